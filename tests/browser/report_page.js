// Looks at a rendered report as its readers do: on a wide and a narrow screen, light and dark, on
// paper, and with scripts and styles blocked. Started by run.sh, which renders it.
//
// Every check is a sentence; all are run, the failed ones are printed, and any of them is exit 1.
"use strict";
const fs = require("fs");
const path = require("path");

const {
  check, checkQuiet, complaintsOfAxe, geometry, inBrowser, layout, onEveryScreen, opened, rendered,
  watched,
} = require("./looking.js");

const { browserPath, folder, pageUrl, html, result } = rendered("report.html");

const headline = () =>
  [...document.querySelectorAll("table.headline tbody tr, table.more tbody tr")].flatMap((row) =>
    [...row.querySelectorAll("td[data-metric]")].map((cell) => ({
      strategy: row.querySelector("th").textContent.replace("◆", "").trim(),
      metric: cell.dataset.metric,
      text: cell.textContent.trim(),
    })));

// ---- The checks ---------------------------------------------------------------------------------

const scaleOf = (metric, unit) => {
  if (metric === "bytes.amplification") return 1;
  if (unit === "ratio") return 100;
  return metric.startsWith("ready_again") ? 1e-9 : 1e-6;
};

// The numbers a reader sees are those of result.json, to the digits that are shown.
const checkNumbers = (cells) => {
  const wrong = [];
  for (const cell of cells) {
    const strategy = result.results.find((one) => one.strategy === cell.strategy);
    const metric = strategy && strategy.metrics[cell.metric];
    if (!metric) {
      wrong.push(`${cell.strategy} ${cell.metric} is not in result.json`);
      continue;
    }
    const shown = cell.text.split(/ ± | \[/)[0];
    const value = metric.pooled ?? metric.mean;  // a quantile is of all seeds together
    if (metric.no_data || value === "infinity") {
      const words = metric.no_data ? /^[a-z ]+$/ : /^∞$/;
      if (!words.test(shown)) wrong.push(`${cell.strategy} ${cell.metric}: ${cell.text}`);
      continue;
    }
    const mean = value * scaleOf(cell.metric, metric.unit);
    const decimals = (shown.split(".")[1] || "").length;
    if (!(Math.abs(Number(shown) - mean) <= 0.51 * 10 ** -decimals)) {
      wrong.push(`${cell.strategy} ${cell.metric}: ${cell.text}, stored ${mean}`);
    }
  }
  check(`the ${cells.length} numbers of the headline are those of result.json`,
        cells.length >= 5 * result.results.length && wrong.length === 0, wrong.join("; "));
};

const checkScreens = (browser) => onEveryScreen(async (width, colorScheme) => {
  const name = `${width} px, ${colorScheme}`;
  const context = await opened(browser, {
    viewport: { width, height: 900 }, colorScheme, offline: true,
  });
  const page = await watched(context);
  await page.goto(pageUrl);
  const overlaps = await page.evaluate(geometry);
  check(`${name}: no text of a chart is clipped or lies on another`,
        overlaps.length === 0, overlaps.join("; "));
  const blocks = await page.evaluate(layout);
  check(`${name}: the page is not wider than the screen, no block lies on another`,
        blocks.length === 0, blocks.join("; "));
  const back = await page.evaluate(() =>
    getComputedStyle(document.documentElement).backgroundColor);
  check(`${name}: the page is ${colorScheme}`,
        back === (colorScheme === "dark" ? "rgb(20, 22, 26)" : "rgb(255, 255, 255)"), back);
  const violations = await complaintsOfAxe(page);
  check(`${name}: axe-core has no complaint`, violations.length === 0, violations.join("; "));
  if (width === 1280) await checkWide(page, colorScheme);
  checkQuiet(name, page, [pageUrl]);
  await context.close();
});

// Only on the wide screen: the first screen holds the answer, and the zoom layer works.
const checkWide = async (page, colorScheme) => {
  const first = await page.evaluate(() => {
    const table = document.querySelector("table.headline");
    const advice = document.querySelector(".advice").getBoundingClientRect();
    return { fits: table.scrollWidth <= table.parentElement.clientWidth, bottom: advice.bottom };
  });
  check(`1280 px, ${colorScheme}: the headline needs no scrolling`, first.fits);
  check(`1280 px, ${colorScheme}: verdict, table and advice are on the first screen`,
        first.bottom <= 900, String(first.bottom));
  if (!html.includes("uPlot=function")) {
    console.log("note  this squall was built without the zoom layer");
    return;
  }
  const buttons = page.locator("figure > .tools button:last-child");
  const count = await buttons.count();
  for (let i = 0; i < count; ++i) await buttons.nth(i).click();
  const canvases = await page.evaluate(() =>
    [...document.querySelectorAll("figure canvas")].map((canvas) => canvas.clientWidth));
  check(`1280 px, ${colorScheme}: the zoom layer draws`,
        count >= 2 && canvases.length > count && canvases.every((wide) => wide > 200),
        canvases.join(" "));
  for (let i = 0; i < count; ++i) await buttons.nth(i).click();
  const back = await page.evaluate(geometry);
  check(`1280 px, ${colorScheme}: the static charts come back`, back.length === 0);
  await checkTime(page);
};

// Pointer and keys move one cursor through all charts over time, with the numbers beside it; a
// range is zoomed in all of them, as wide as the page.
const checkTime = async (page) => {
  const figure = page.locator("figure[id$=timeline]");
  if ((await figure.count()) === 0) return;
  const numbers = await figure.locator("script.zoom").evaluate((node) =>
    JSON.parse(node.textContent));
  await figure.locator(".tools button", { hasText: "full width" }).click();
  const wide = await figure.evaluate((node) =>
    [node.clientWidth, node.querySelector("canvas").clientWidth,
     document.querySelector("main").clientWidth]);
  check("a chart over time is as wide as the page when asked",
        wide[0] >= wide[2] - 2 && wide[1] >= wide[2] - 40, wide.join(" "));
  const layer = figure.locator(".layer");
  await layer.focus();
  await page.keyboard.press("Home");
  for (let i = 0; i < 5; ++i) await page.keyboard.press("ArrowRight");
  const tip = await figure.locator(".tooltip:not([hidden])").first().innerText();
  const first = numbers.panels[0].series[0].values[5];
  check("the tooltip of the keyboard's cursor has the numbers of that second",
        tip.startsWith(numbers.x[5] + " s") &&
          tip.includes(first === null ? "none" : String(+first.toPrecision(4))), tip);
  const said = await layer.locator("[role=status]").innerText();
  check("the keyboard's cursor is said", said.startsWith(String(numbers.x[5])), said);
  const over = layer.locator(".u-over").first();
  const box = await over.boundingBox();
  await page.mouse.move(box.x + box.width * 0.25, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 40, { steps: 4 });
  await page.mouse.up();
  const lanes = await layer.locator(".lanes .lane").count();
  check("faults and nodes have lanes where there are any",
        (lanes > 0) === (numbers.bands.length > 0 || (numbers.lanes || []).length > 0) ||
          numbers.bands.every((band) => band.from > numbers.x.at(-1) / 2), String(lanes));
  await layer.focus();
  await page.keyboard.press("Escape");
  await figure.locator(".tools button", { hasText: "as printed" }).click();
};

const checkSpeed = async (browser) => {
  const bytes = Buffer.byteLength(html);
  check(`the page has ${bytes} bytes, less than 2 MB`, bytes < 2e6);
  const context = await opened(browser);
  const page = await context.newPage();
  await page.goto(pageUrl);
  const ms = await page.evaluate(() => {
    const times = performance.getEntriesByType("navigation")[0];
    return Math.round(times.loadEventEnd - times.startTime);
  });
  // Machines differ; what is asked for is 1 s, what is judged is that nothing is badly wrong.
  console.log(`note  rendered in ${ms} ms`);
  check("the page is rendered in less than 30 s", ms < 30000, `${ms} ms`);
  checkNumbers(await page.evaluate(headline));
  await context.close();
};

const checkPaper = async (browser) => {
  const context = await opened(browser, { viewport: { width: 720, height: 1000 } });
  const page = await watched(context);
  await page.goto(pageUrl);
  const button = page.locator("figure > .tools button:last-child");
  if ((await button.count()) > 0) await button.first().click();
  await page.emulateMedia({ media: "print" });
  const overlaps = await page.evaluate(geometry);
  check("on paper: no text of a chart is clipped or lies on another",
        overlaps.length === 0, overlaps.join("; "));
  const wide = await page.evaluate(() => [...document.querySelectorAll("table, svg, pre")]
    .map((node) => node.getBoundingClientRect()).filter((box) => box.right > 721).length);
  check("on paper: no table or chart is wider than the sheet", wide === 0, `${wide} are`);
  const charts = await page.evaluate(() => [...document.querySelectorAll("figure .chart svg")]
    .every((svg) => svg.getBoundingClientRect().width > 300));
  check("on paper: the static charts are shown, also where the zoom layer was open", charts);
  const pdf = await page.pdf({ format: "A4", margin: { top: "10mm", left: "10mm",
                                                       bottom: "10mm", right: "10mm" } });
  fs.writeFileSync(path.join(folder, "report.pdf"), pdf);
  const text = pdf.toString("latin1");
  const images = (text.match(/\/Subtype\s*\/Image/g) || []).length;
  const pages = (text.match(/\/Type\s*\/Page\b/g) || []).length;
  check(`the PDF has ${pages} pages of vectors, no bitmap`, pages >= 2 && images === 0,
        `${images} bitmaps`);
  await context.close();
};

// Of two screenshots of one drawing: how many colours the first has, and which share of its squares
// has clearly another mean colour in the second. Squares, since one may lie half a pixel lower.
const compare = async (page, first, second) => page.evaluate(async ([one, two]) => {
  const kSide = 10;
  const read = async (data) => {
    const image = new Image();
    image.src = "data:image/png;base64," + data;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width;
    canvas.height = image.height;
    const pen = canvas.getContext("2d");
    pen.drawImage(image, 0, 0);
    return pen.getImageData(0, 0, canvas.width, canvas.height);
  };
  const mean = (image, left, top) => {
    const sum = [0, 0, 0];
    for (let y = top; y < top + kSide; ++y) {
      for (let x = left; x < left + kSide; ++x) {
        for (let k = 0; k < 3; ++k) sum[k] += image.data[4 * (y * image.width + x) + k];
      }
    }
    return sum.map((value) => value / kSide ** 2);
  };
  const a = await read(one), b = await read(two);
  const colours = new Set(new Uint32Array(a.data.buffer));
  const wide = Math.min(a.width, b.width), high = Math.min(a.height, b.height);
  let different = 0, squares = 0;
  for (let y = 0; y + kSide <= high; y += kSide) {
    for (let x = 0; x + kSide <= wide; x += kSide) {
      const other = mean(b, x, y);
      if (mean(a, x, y).some((value, k) => Math.abs(value - other[k]) > 40)) different += 1;
      squares += 1;
    }
  }
  return { colours: colours.size, different: different / squares };
}, [first.toString("base64"), second.toString("base64")]);

// As a CI server shows stored pages: sandboxed, no script, no style.
const checkBlocked = async (browser) => {
  const context = await opened(browser);
  const page = await context.newPage();
  const address = "http://report.invalid/";
  await page.route("**/*", (route) => route.request().url() === address
    ? route.fulfill({ body: html, contentType: "text/html; charset=utf-8", headers: {
      "content-security-policy":
        "sandbox; default-src 'none'; img-src 'self'; script-src 'none'; style-src 'none'",
    } })
    : route.abort());
  await page.goto(address);
  const table = await page.locator("table.headline").boundingBox();
  check("blocked: the headline table is there",
        table !== null && table.width > 600 && table.height > 100, JSON.stringify(table));
  const plain = await opened(browser);
  const styled = await plain.newPage();
  await styled.goto(pageUrl);
  const helper = await plain.newPage();
  const charts = page.locator("figure .chart svg");
  const count = await charts.count();
  check("blocked: the static charts are there", count >= 7, String(count));
  for (let i = 0; i < count; ++i) {
    const box = await charts.nth(i).boundingBox();
    const seen = await compare(helper, await charts.nth(i).screenshot(),
                               await styled.locator("figure .chart svg").nth(i).screenshot());
    // Without presentation attributes lines would be gone and everything else black.
    check(`blocked: chart ${i + 1} looks as it does with styles`,
          box.width > 300 && box.height > 80 && seen.colours >= 12 && seen.different < 0.02,
          JSON.stringify({ box, ...seen }));
  }
  await page.screenshot({ path: path.join(folder, "blocked.png"), fullPage: true });
  await plain.close();
  await context.close();
};

inBrowser(browserPath, async (browser) => {
  await checkSpeed(browser);
  await checkScreens(browser);
  await checkPaper(browser);
  await checkBlocked(browser);
});
