// Colours stay in the style sheet (so light and dark need no redrawing); here are the patterns that say the same
// without colour, and what all charts have in common.
import * as Plot from "@observablehq/plot";

const svgNs = "http://www.w3.org/2000/svg";

// Strokes drawn over the fill, in a square of 6 pixels. A name without strokes, or ending in "-plain", is a plain fill.
const strokes: Record<string, string> = {
  sitting: "",
  standing: "M-1,1l2,-2M0,6l6,-6M5,7l2,-2",
  walking: "M1.5,1.5h1.2M4.5,4.5h1.2",
  lying: "M0,3h6",
  unsure: "M3,0v6",
  "not-worn": "",
  long: "M-1,1l2,-2M0,6l6,-6M5,7l2,-2",
  slouch: "M-1,5l2,2M0,0l6,6M5,-1l2,2",
};

let serial = 0;

function element(name: string, attributes: Record<string, string | number>): SVGElement {
  const e = document.createElementNS(svgNs, name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, String(value));
  return e;
}

// A set of patterns with ids of its own: fill(name) to paint with, defs() to put into the same svg.
export function paints() {
  const id = `p${serial++}-`;
  const used = new Set<string>();
  return {
    fill(name: string): string {
      if (!strokes[name]) return `var(--${name.replace("-plain", "")})`;
      used.add(name);
      return `url(#${id}${name})`;
    },
    defs(): SVGElement {
      const defs = element("defs", {});
      for (const name of used) {
        const pattern = element("pattern", { id: id + name, width: 6, height: 6, patternUnits: "userSpaceOnUse" });
        const stroke = { stroke: "var(--paper)", "stroke-width": 1.4, "stroke-opacity": 0.75, fill: "none" };
        pattern.append(
          element("rect", { width: 6, height: 6, fill: `var(--${name})` }),
          element("path", { d: strokes[name]!, ...stroke }),
        );
        defs.append(pattern);
      }
      return defs;
    },
  };
}

export function plot(options: Plot.PlotOptions, paint?: ReturnType<typeof paints>): SVGElement {
  const svg = Plot.plot({
    style: { fontSize: "12px", background: "none", color: "var(--muted)", fontFamily: "inherit" },
    ...options,
  }) as unknown as SVGElement;
  svg.querySelector("style")?.remove(); // the page's policy allows only its own style sheet, which says the same
  if (paint) svg.prepend(paint.defs());
  return svg;
}

// A row of swatches (by pattern) or signs (by character).
export function legend(entries: { label: string; paint?: string; sign?: string }[]): HTMLElement {
  const list = document.createElement("ul");
  list.className = "legend";
  list.setAttribute("aria-hidden", "true"); // the sentence and the table say it
  for (const { label, paint, sign } of entries) {
    const item = document.createElement("li");
    if (paint) {
      const patterns = paints();
      const svg = element("svg", { viewBox: "0 0 18 12", width: 18, height: 12 });
      svg.append(element("rect", { width: 18, height: 12, fill: patterns.fill(paint) }));
      svg.prepend(patterns.defs());
      item.append(svg);
    } else if (sign) {
      const b = document.createElement("b");
      b.textContent = sign;
      item.append(b);
    }
    item.append(label);
    list.append(item);
  }
  return list;
}

export const hairline = { stroke: "var(--hair)" };
export const quietAxis = { label: null, color: "var(--muted)" };
export const minutes = (m: number): string => {
  const whole = Math.round(m);
  const hours = Math.floor(whole / 60), rest = whole % 60;
  return whole < 60 ? `${whole} min` : rest ? `${hours} h ${String(rest).padStart(2, "0")} min` : `${hours} h`;
};
