// Draws each chart into its figure and folds the table under it away. Without this script the page is whole.
import { angles, side } from "./angles";
import { bouts, ribbon } from "./day";
import type { Chart, Report } from "./types";
import { days, responses, sittingMap, slouchMap } from "./week";

const charts: Record<string, Chart> = {
  ribbon, angles, bouts, side, days, responses, "slouch-map": slouchMap, "sitting-map": sittingMap,
};

function draw(report: Report, place: HTMLElement, chart: Chart) {
  const drawn = chart(report, Math.max(280, Math.floor(place.clientWidth || place.parentElement?.clientWidth || 640)));
  if (!drawn) return;
  const words = place.closest("figure")?.querySelector("figcaption")?.textContent ?? "";
  drawn.forEach((part, i) => {
    if (!(part instanceof SVGElement)) return;
    if (i > 0) part.setAttribute("aria-hidden", "true");
    else part.setAttribute("aria-label", words);
    part.setAttribute("role", "img");
  });
  place.replaceChildren(...drawn);
}

const data = document.getElementById("report")?.textContent;
if (data) {
  const report = JSON.parse(data) as Report;
  for (const place of document.querySelectorAll<HTMLElement>("[data-chart]")) {
    const chart = charts[place.dataset["chart"] ?? ""];
    if (!chart) continue;
    draw(report, place, chart);
    if (!place.firstChild) continue;
    place.closest("figure")?.querySelector("details")?.removeAttribute("open");
    let width = place.clientWidth;
    new ResizeObserver(() => {
      if (Math.abs(place.clientWidth - width) < 2) return;
      width = place.clientWidth;
      draw(report, place, chart);
    }).observe(place);
  }
}
