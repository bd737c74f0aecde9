// The charts along the day: the ribbon with its marks and the trunk's angle, and the stretches of sitting.
import * as Plot from "@observablehq/plot";
import { hairline, legend, minutes, paints, plot, quietAxis } from "./paint";
import type { Chart, Day, Mark, Posture } from "./types";

const postures: [Posture, string][] = [
  ["sitting", "Sitting"], ["standing", "Standing"], ["walking", "Walking"], ["lying", "Lying"], ["unsure", "Unsure"],
  ["not-worn", "Not worn"],
];

const signs: [Mark, string, string][] = [
  ["corrected", "✓", "acted on"], ["ignored", "!", "not answered"], ["snoozed", "z", "snoozed"],
  ["skipped", "–", "skipped"], ["wrong", "×", "“that was wrong”"], ["withdrawn", "∘", "no answer needed"],
  ["routine", "R", "routine"], ["workout", "W", "workout"], ["calibration", "C", "calibrated"],
];

const margin = { marginLeft: 34, marginRight: 18 };

// The hours with wear, sitting or marks, both ends on an hour.
function extent(day: Day): [number, number] {
  const worn = (day.runs ?? []).filter((r) => r[2] !== "not-worn");
  const from = [...worn.map((r) => r[0]), ...(day.marks ?? []).map((m) => m.at_min)];
  const to = [...worn.map((r) => r[0] + r[1]), ...(day.marks ?? []).map((m) => m.at_min + 1)];
  const hours = (day.ticks ?? []).map((t) => t[0]);
  const start = Math.min(...from), end = Math.max(...to);
  return [Math.max(0, ...hours.filter((h) => h <= start)), Math.min(day.length_min, ...hours.filter((h) => h >= end))];
}

// Hour names as the wall clock showed them, as many as have room.
function hourAxis(day: Day, [from, to]: [number, number], width: number): Plot.Markish {
  const shown = (day.ticks ?? []).filter((t) => t[0] >= from && t[0] <= to);
  const room = Math.max(1, Math.floor(width / 46));
  const step = [1, 2, 3, 4, 6, 12].find((s) => shown.length / s <= room) ?? 12;
  const named = new Map(shown.filter((t) => Number(t[1].slice(0, 2)) % step === 0));
  return Plot.axisX([...named.keys()], { tickFormat: (at: number) => named.get(at) ?? "", tickSize: 4, ...quietAxis });
}

// Marks nearer than a letter's width are set above each other.
function rows(marks: NonNullable<Day["marks"]>, apart: number) {
  const last: number[] = [];
  return [...marks].sort((a, b) => a.at_min - b.at_min).map((mark) => {
    let row = last.findIndex((at) => mark.at_min - at >= apart);
    if (row < 0) row = last.length < 3 ? last.length : 2;
    last[row] = mark.at_min;
    return { ...mark, row };
  });
}

export const ribbon: Chart = (report, width) => {
  const day = report.days[0];
  if (!day?.runs?.length) return null;
  const domain = extent(day), paint = paints();
  const minutePx = (width - margin.marginLeft - margin.marginRight) / (domain[1] - domain[0]);
  const marks = rows(day.marks ?? [], 13 / minutePx);
  const lanes = Math.max(0, ...marks.map((m) => m.row + 1));
  const inside = day.runs.filter((r) => r[0] + r[1] > domain[0] && r[0] < domain[1])
    .map(([at, length, posture]) => ({ from: Math.max(at, domain[0]), to: Math.min(at + length, domain[1]), posture }));
  const lane = plot({
    width, height: 44 + 16 * lanes, ...margin, marginTop: 16 * lanes, marginBottom: 4,
    x: { domain, axis: null }, y: { domain: [0, 1], axis: null },
    marks: [
      ...postures.map(([name, label]) => Plot.rect(inside.filter((r) => r.posture === name), {
        x1: "from", x2: "to", y1: 0, y2: 1, fill: paint.fill(name), title: (r) => `${label}, ${minutes(r.to - r.from)}`,
      })),
      ...marks.map((m) => Plot.text([m], {
        x: "at_min", y: 1, dy: -9 - 15 * m.row, text: () => signs.find((s) => s[0] === m.kind)?.[1] ?? "",
        fill: "var(--ink)", fontWeight: 650, fontSize: 13,
        title: () => `${m.at} ${signs.find((s) => s[0] === m.kind)?.[2] ?? ""}`,
      })),
    ],
  }, paint);
  const used = new Set(inside.map((r) => r.posture)), marked = new Set(marks.map((m) => m.kind));
  return [
    lane, angle(day, domain, width, report.slouch_threshold_deg),
    legend([
      ...postures.filter(([name]) => used.has(name)).map(([name, label]) => ({ label, paint: name })),
      ...signs.filter(([kind]) => marked.has(kind)).map(([, sign, label]) => ({ label, sign })),
    ]),
  ];
};

function angle(day: Day, domain: [number, number], width: number, threshold: number | null): SVGElement {
  const line = (day.angle_deg ?? []).map((deg, at) => ({ at, deg })).slice(domain[0], domain[1]);
  const top = Math.max(30, ...line.map((p) => p.deg ?? 0)), bottom = Math.min(-5, ...line.map((p) => p.deg ?? 0));
  const degrees = [0, 20, 40, 60].filter((d) => d <= top);
  return plot({
    width, height: 118, ...margin, marginTop: 10, marginBottom: 24,
    x: { domain, axis: null }, y: { domain: [bottom, top] },
    marks: [
      Plot.gridY(degrees, { ...hairline, strokeOpacity: 1 }),
      Plot.axisY(degrees, { tickFormat: (d: number) => `${d}°`, tickSize: 0, ...quietAxis }),
      hourAxis(day, domain, width),
      ...(threshold === null ? [] : [Plot.ruleY([threshold], { stroke: "var(--slouch)", strokeDasharray: "4 3" })]),
      Plot.lineY(line, { x: "at", y: "deg", stroke: "var(--ink)", strokeWidth: 1, strokeLinejoin: "round" }),
      ...(threshold === null ? [] : [Plot.text([threshold], {
        x: () => domain[1], y: (d) => d, text: () => "your slouch line", textAnchor: "end", dy: -7,
        fill: "var(--slouch)", stroke: "var(--paper)", strokeWidth: 3,
      })]),
    ],
  });
}

export const bouts: Chart = (report, width) => {
  const day = report.days[0];
  if (!day?.runs?.length || !day.bouts.list.length) return null;
  const domain = extent(day), paint = paints();
  const top = Math.max(65, ...day.bouts.list.map((b) => b.length_min));
  const kinds = [
    { label: "under 30 min", from: 0, to: 30, paint: "short" },
    { label: "30 min and more", from: 30, to: 60, paint: "sitting" },
    { label: "60 min and more", from: 60, to: Infinity, paint: "long" },
  ];
  const svg = plot({
    width, height: 170, ...margin, marginTop: 12, marginBottom: 24, x: { domain, axis: null }, y: { domain: [0, top] },
    marks: [
      Plot.ruleY([0, 30, 60], hairline),
      Plot.axisY([0, 30, 60, 90, 120].filter((m) => m <= top), { tickSize: 0, ...quietAxis }),
      hourAxis(day, domain, width),
      ...kinds.map((k) => Plot.rect(day.bouts.list.filter((b) => b.length_min >= k.from && b.length_min < k.to), {
        x1: "at_min", x2: (b) => b.at_min + b.length_min, y1: 0, y2: "length_min", insetLeft: 0.5, insetRight: 0.5,
        fill: paint.fill(k.paint), title: (b) => `${b.from} to ${b.to}, ${minutes(b.length_min)}`,
      })),
      Plot.text(day.bouts.list.filter((b) => b.length_min >= 60), {
        x: (b) => b.at_min + b.length_min / 2, y: "length_min", text: (b) => `${Math.round(b.length_min)}`, dy: -8,
        fill: "var(--ink)", fontWeight: 600,
      }),
    ],
  }, paint);
  return [svg, legend([...kinds, { label: "height and figures: minutes", sign: "↕" }])];
};
