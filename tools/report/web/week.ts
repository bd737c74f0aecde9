// The charts of several days.
import * as Plot from "@observablehq/plot";
import { hairline, legend, minutes, paints, plot, quietAxis } from "./paint";
import type { Chart, Day, Report } from "./types";

const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const stacked = [["sitting", "Sitting"], ["standing", "Standing"], ["walking", "Walking"], ["lying", "Lying"]] as const;

// Names of the days, as many as have room.
function dayAxis(report: Report, width: number): Plot.Markish {
  const short = report.days.length > 10 || width < 420;
  const step = Math.ceil(report.days.length / (width / (short ? 26 : 56)));
  const named = new Map(report.days.filter((_, i) => i % step === 0).map((d) => {
    const number = String(Number(d.date.slice(8)));
    return [d.date, short ? number : `${d.weekday.slice(0, 3)} ${number}`];
  }));
  const tickFormat = (date: string) => named.get(date) ?? "";
  return Plot.axisX([...named.keys()], { tickSize: 0, tickFormat, ...quietAxis });
}

export const days: Chart = (report, width) => {
  const paint = paints();
  const parts = (name: (typeof stacked)[number][0]) => report.days.map((d) => {
    let below = 0;
    for (const [other] of stacked) {
      if (other === name) break;
      below += d.posture_min[other];
    }
    return { date: d.date, from: below / 60, to: (below + d.posture_min[name]) / 60, min: d.posture_min[name] };
  });
  const shown = stacked.filter(([name]) => report.days.some((d) => d.posture_min[name] > 0));
  if (!shown.length) return null;
  const worn = report.days.filter((d) => d.worn_min > 0);
  const slouched = { x: "date", y: (d: Day) => d.slouch_min / 60 };
  const svg = plot({
    width, height: 240, marginLeft: 34, marginRight: 8, marginTop: 14, marginBottom: 26,
    x: { domain: report.days.map((d) => d.date), padding: 0.25, axis: null }, y: { axis: null },
    marks: [
      Plot.gridY({ interval: 2, ...hairline, strokeOpacity: 1 }),
      Plot.axisY({ interval: 2, tickSize: 0, tickFormat: (h: number) => `${h} h`, ...quietAxis }),
      dayAxis(report, width),
      ...shown.map(([name, label]) => Plot.barY(parts(name), {
        x: "date", y1: "from", y2: "to", fill: paint.fill(name), title: (p) => `${label} ${minutes(p.min)}`,
      })),
      Plot.tickY(worn, { ...slouched, stroke: "var(--paper)", strokeWidth: 6 }),
      Plot.tickY(worn, {
        ...slouched, stroke: "var(--ink)", strokeWidth: 3, title: (d: Day) => `Slouched ${minutes(d.slouch_min)}`,
      }),
    ],
  }, paint);
  return [svg, legend([
    ...shown.map(([name, label]) => ({ label, paint: name })),
    { label: "slouched, of sitting", sign: "━" },
  ])];
};

// Depth of colour says the value; so does the figure in the cell.
function map(
  report: Report, width: number, colour: string, value: (c: NonNullable<Report["map"]>[number]) => number | null,
  full: number, words: (v: number) => string,
) {
  const cells = (report.map ?? []).flatMap((c) => {
    const v = value(c);
    return v === null ? [] : [{ day: weekdays[c.weekday]!, hour: c.hour, v }];
  });
  if (!cells.length) return null;
  const hours = cells.map((c) => c.hour), first = Math.min(...hours), last = Math.max(...hours);
  const range = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  return [plot({
    width, height: 30 + 25 * range.length, marginLeft: 46, marginRight: 8, marginTop: 24, marginBottom: 6,
    x: { domain: weekdays, padding: 0.04, axis: null }, y: { domain: range, padding: 0.08, axis: null },
    marks: [
      Plot.axisX({ anchor: "top", tickSize: 0, ...quietAxis }),
      Plot.axisY({ tickSize: 0, ...quietAxis, tickFormat: (h: number) => `${String(h).padStart(2, "0")}:00` }),
      Plot.cell(cells, { x: "day", y: "hour", fill: "var(--card)", rx: 3 }),
      Plot.cell(cells, {
        x: "day", y: "hour", rx: 3, fill: colour, fillOpacity: (c) => 0.06 + 0.5 * Math.min(1, c.v / full),
      }),
      Plot.text(cells, { x: "day", y: "hour", text: (c) => words(c.v), fill: "var(--ink)", fontSize: 11 }),
    ],
    opacity: { type: "identity" },
  })];
}

export const slouchMap: Chart = (report, width) =>
  map(report, width, "var(--slouch)", (c) => c.slouch_share, 0.6,
    (v) => `${Math.round(v * 100)}${width < 520 ? "" : " %"}`);
export const sittingMap: Chart = (report, width) =>
  map(report, width, "var(--sitting)", (c) => c.sitting_min, 60,
    (v) => `${Math.round(v)}${width < 520 ? "" : " min"}`);

const fates = [
  ["acted_on", "acted on", "accent"], ["snoozed", "snoozed", "standing"], ["skipped", "skipped", "lying"],
  ["ignored", "not answered", "unsure"], ["wrong", "“that was wrong”", "slouch"],
] as const;

export const responses: Chart = (report, width) => {
  const paint = paints();
  const shown = fates.filter(([name]) => report.days.some((d) => d.prompts[name] > 0));
  if (!shown.length) return null;
  const parts = (name: (typeof fates)[number][0]) => report.days.map((d) => {
    let below = 0;
    for (const [other] of fates) {
      if (other === name) break;
      below += d.prompts[other];
    }
    return { date: d.date, from: below, to: below + d.prompts[name] };
  });
  const most = Math.max(...report.days.map((d) => d.prompts.sent));
  const svg = plot({
    width, height: 160, marginLeft: 34, marginRight: 8, marginTop: 10, marginBottom: 26,
    x: { domain: report.days.map((d) => d.date), padding: 0.25, axis: null },
    y: { domain: [0, Math.max(4, most)], axis: null },
    marks: [
      Plot.gridY({ ticks: 4, ...hairline, strokeOpacity: 1 }),
      Plot.axisY({ ticks: 4, tickSize: 0, ...quietAxis }),
      dayAxis(report, width),
      ...shown.map(([name, label, swatch]) => Plot.barY(parts(name), {
        x: "date", y1: "from", y2: "to", fill: paint.fill(swatch), title: (p) => `${p.to - p.from} ${label}`,
      })),
    ],
  }, paint);
  return [svg, legend(shown.map(([, label, swatch]) => ({ label, paint: swatch })))];
};
