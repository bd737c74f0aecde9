// The histogram of trunk angles, and the balance of left and right.
import * as Plot from "@observablehq/plot";
import { hairline, legend, minutes, paints, plot, quietAxis } from "./paint";
import type { Chart } from "./types";

// Bins have unequal widths in degrees and equal ones on the page; between borders the scale is linear.
function position(deg: number, borders: number[]): number {
  const first = borders[0]!, last = borders[borders.length - 1]!;
  if (deg <= first) return 0.5;
  if (deg >= last) return borders.length + 0.5;
  const i = borders.findIndex((b) => deg < b);
  const low = borders[i - 1]!, high = borders[i]!;
  return i + (deg - low) / (high - low);
}

export const angles: Chart = (report, width) => {
  const borders = report.angle_borders_deg, paint = paints(), threshold = report.slouch_threshold_deg;
  const sum = (i: number) => report.days.reduce((total, d) => total + (d.angle_bins_min[i] ?? 0), 0);
  const bins = [...borders, 0].map((_, i) => ({ i, min: sum(i) }));
  const most = Math.max(...bins.map((b) => b.min));
  if (!(most > 0)) return null;
  const zone = (i: number) => {
    const from = borders[i - 1] ?? -Infinity, to = borders[i] ?? Infinity;
    return from >= 20 ? "slouch" : from >= -5 && to <= 5 ? "upright" : "quiet";
  };
  const fills = { slouch: paint.fill("slouch"), quiet: "var(--quiet)", upright: "var(--accent)" };
  const rules = [20, 60].map((deg) => ({ deg, at: borders.indexOf(deg) + 1 })); // of ISO 11226
  const above = { frameAnchor: "top", dy: -30 } as const;
  const svg = plot({
    width, height: 220, marginLeft: 8, marginRight: 8, marginTop: 38, marginBottom: 26,
    x: { domain: [0, bins.length], axis: null }, y: { domain: [0, most], axis: null },
    marks: [
      ...Object.entries(fills).map(([name, fill]) => Plot.rect(bins.filter((b) => zone(b.i) === name), {
        x1: "i", x2: (b) => b.i + 1, y1: 0, y2: "min", fill, insetLeft: 2, insetRight: 2, title: (b) => minutes(b.min),
      })),
      Plot.ruleY([0], { stroke: "var(--muted)" }),
      Plot.text(bins.filter((b) => b.min >= 0.5), {
        x: (b) => b.i + 0.5, y: "min", dy: -8, fill: "var(--ink)", text: (b) => `${Math.round(b.min)}`,
      }),
      Plot.axisX(borders.map((_, i) => i + 1), {
        tickFormat: (_: number, i: number) => `${borders[i]}°`.replace("-", "−"), tickSize: 4, ...quietAxis,
      }),
      Plot.ruleX(rules, { x: "at", ...hairline, stroke: "var(--quiet)" }),
      Plot.text(rules, {
        x: "at", ...above, dx: 4, textAnchor: "start", text: (r) => (width < 700 ? "" : "ISO 11226: ") + `${r.deg}°`,
        fill: "var(--muted)",
      }),
      ...(threshold === null ? [] : [
        Plot.ruleX([position(threshold, borders)], { stroke: "var(--slouch)", strokeDasharray: "4 3" }),
        Plot.text([threshold], {
          x: (d) => position(d, borders), ...above, dx: -4, textAnchor: "end",
          text: (d) => `your slouch line, ${Math.round(d)}°`, fill: "var(--slouch)",
        }),
      ]),
    ],
  }, paint);
  return [svg, legend([
    { label: "near upright", paint: "accent" },
    { label: "leaning back, or a little forward", paint: "quiet" },
    { label: "beyond 20° forward", paint: "slouch" },
    { label: "figures: minutes", sign: "↕" },
  ])];
};

export const side: Chart = (report, width) => {
  const left = report.days.reduce((sum, d) => sum + d.lean_left_min, 0);
  const right = report.days.reduce((sum, d) => sum + d.lean_right_min, 0);
  const most = Math.max(left, right);
  if (!(most > 0)) return null;
  const sides = [
    { name: `left ${minutes(left)}`, value: -left, anchor: "start", corner: "top-left" },
    { name: `right ${minutes(right)}`, value: right, anchor: "end", corner: "top-right" },
  ] as const;
  return [plot({
    width, height: 58, marginLeft: 8, marginRight: 8, marginTop: 22, marginBottom: 4,
    x: { domain: [-most, most], axis: null }, y: { axis: null },
    marks: [
      Plot.barX(sides, { x: "value", fill: "var(--sitting)" }),
      Plot.ruleX([0], { stroke: "var(--ink)" }),
      ...sides.map((s) => Plot.text([s], {
        frameAnchor: s.corner, textAnchor: s.anchor, dy: -20, text: "name", fill: "var(--ink)",
      })),
    ],
  })];
};
