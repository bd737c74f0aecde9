// look.mjs CHROMIUM PAGES SHOTS — opens every page as a reader might and complains about what a reader would notice.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [executablePath, pages, shots] = process.argv.slice(2);
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
const profile = mkdtempSync(join(tmpdir(), "plumbline-page-"));
const context = await chromium.launchPersistentContext(profile, { executablePath, headless: true, args });
let faults = 0, looks = 0;

function check(ok, what) {
  looks++;
  if (ok) return;
  faults++;
  console.log(`  FAULT ${what}`);
}

// What the page says of itself, in one go.
const inspect = () => {
  const figures = [...document.querySelectorAll("[data-chart]")];
  const edge = document.documentElement.clientWidth + 1;
  const wide = [...document.querySelectorAll("main *")]
    .filter((e) => !e.closest(".scroll") && !e.closest("svg") && e.getBoundingClientRect().right > edge);
  const texts = [...document.querySelectorAll(".chart svg text")].filter((t) => t.textContent);
  return {
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    wide: wide.slice(0, 3).map((e) => e.className || e.tagName),
    undrawn: figures.filter((f) => !f.querySelector("svg")).map((f) => f.dataset.chart),
    unnamed: figures.filter((f) => !f.querySelector("svg[role=img][aria-label]")).length,
    cut: texts.map((t) => [t.textContent, t.getBoundingClientRect()])
      .filter(([, box]) => box.left < -1 || box.right > edge).map(([words]) => words).slice(0, 3),
    black: texts.filter((t) => getComputedStyle(t).fill === "rgb(0, 0, 0)").length,
    tables: document.querySelectorAll("table").length,
    figures: document.querySelectorAll("figure").length,
    open: [...document.querySelectorAll("details")].filter((d) => d.open && d.parentElement.querySelector("svg")).length,
  };
};

// WCAG contrast of all text against what lies behind it, in the page's own colours.
const contrast = () => {
  const parse = (c) => (c.match(/[\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  let worst = [99, ""];
  for (const e of document.querySelectorAll("h1,h2,h3,p,figcaption,summary,td,th,dt,dd,li,small,b,.eyebrow")) {
    if (!e.textContent.trim()) continue;
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < worst[0]) worst = [ratio, e.className || e.tagName];
  }
  return worst;
};

async function look(file, width, scheme, script) {
  const name = `${file.replace(".html", "")}-${width}-${scheme}${script ? "" : "-noscript"}`;
  const page = await context.newPage();
  const words = [], requests = [];
  page.on("console", (m) => words.push(m.text()));
  page.on("pageerror", (e) => words.push(String(e)));
  page.on("dialog", (d) => { words.push("a dialog"); d.dismiss(); });
  page.on("request", (r) => requests.push(r.url()));
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
  await page.setViewportSize({ width, height: 900 });
  let path = resolve(pages, file);
  if (!script) { // taken out, as a reader without one sees it
    const bare = readFileSync(path, "utf8").replace(/<script>[^]*?<\/script>/, "");
    writeFileSync(path = join(profile, file), bare);
  }
  await page.goto(pathToFileURL(path).href, { waitUntil: "load" });
  const seen = await page.evaluate(inspect), [ratio, where] = await page.evaluate(contrast);
  check(words.length === 0, `${name}: the console says ${words[0]}`);
  check(requests.length === 1, `${name}: asks for ${requests[1]}`);
  check(seen.overflow <= 0 && seen.wide.length === 0, `${name}: too wide by ${seen.overflow}: ${seen.wide}`);
  check(!script || seen.undrawn.length === 0, `${name}: no chart in ${seen.undrawn}`);
  check(!script || seen.unnamed === 0, `${name}: ${seen.unnamed} charts without words`);
  check(seen.cut.length === 0, `${name}: cut off: ${seen.cut}`);
  check(seen.black === 0 || scheme === "light", `${name}: ${seen.black} black words on dark`);
  check(script ? seen.open === 0 : true, `${name}: ${seen.open} tables unfolded under charts`);
  check(ratio >= 4.5, `${name}: contrast ${ratio.toFixed(2)} in ${where}`);
  if (!file.startsWith("empty")) check(seen.tables >= 4, `${name}: only ${seen.tables} tables`);
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
  await page.close();
}

async function print(file) {
  const page = await context.newPage();
  await page.goto(pathToFileURL(resolve(pages, file)).href);
  const path = join(shots, file.replace(".html", ".pdf"));
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true, path });
  const sheets = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  check(sheets >= 1 && sheets <= 4, `${file}: ${sheets} printed sheets`);
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize({ width: 688, height: 1000 }); // 182 mm
  check((await page.evaluate(inspect)).overflow <= 0, `${file}: wider than the paper`);
  await page.screenshot({ path: join(shots, file.replace(".html", "-print.png")), fullPage: true });
  await page.close();
}

// A phone turned on its side: charts are drawn anew.
async function turn(file) {
  const page = await context.newPage();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(pathToFileURL(resolve(pages, file)).href);
  const before = await page.evaluate(() => Number(document.querySelector(".chart svg").getAttribute("width")));
  await page.setViewportSize({ width: 844, height: 390 });
  const wider = (w) => Number(document.querySelector(".chart svg").getAttribute("width")) > w;
  const redrawn = await page.waitForFunction(wider, before, { timeout: 5000 }).then(() => true, () => false);
  check(redrawn, `${file}: charts stay ${before} px wide`);
  await page.close();
}

try {
  const files = readdirSync(pages).filter((f) => f.endsWith(".html")).sort();
  if (files.length === 0) throw new Error(`no pages in ${pages}`);
  for (const file of files) {
    for (const width of [390, 820, 1600]) for (const scheme of ["light", "dark"]) await look(file, width, scheme, true);
    await look(file, 390, "light", false);
    await print(file);
    if (!file.startsWith("empty")) await turn(file);
  }
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
}
console.log(`test_page: ${looks} checks, ${faults} faults; pictures in ${shots}`);
process.exit(faults ? 1 : 0);
