// Looks at the page of two runs of one scenario: on every screen and on paper, as report_page.js
// does of one run; and that its charts are as wide as they need, so that nothing of them is hidden.
//
// two_runs_page.js BROWSER FOLDER: the folder holds two_runs.html. Started by run.sh.
"use strict";
const path = require("path");
const {
  check, checkQuiet, complaintsOfAxe, geometry, inBrowser, layout, onEveryScreen, opened, watched,
} = require("./looking.js");

const [browserPath, folder] = process.argv.slice(2);
const pageUrl = "file://" + path.join(folder, "two_runs.html");

const hidden = () => [...document.querySelectorAll("figure .chart")]
  .filter((box) => box.clientWidth > 0 && box.scrollWidth > box.clientWidth + 1)
  .map((box) => `${box.closest("figure").id}: ${box.scrollWidth} on ${box.clientWidth}`);

inBrowser(browserPath, async (browser) => {
  await onEveryScreen(async (width, colorScheme) => {
    const name = `two runs, ${width} px, ${colorScheme}`;
    const context = await opened(browser, { viewport: { width, height: 900 }, colorScheme });
    const page = await watched(context);
    await page.goto(pageUrl);
    const found = [...await page.evaluate(geometry), ...await page.evaluate(layout)];
    check(`${name}: nothing is clipped, nothing lies on anything`,
          found.length === 0, found.join("; "));
    const cut = width === 1280 ? await page.evaluate(hidden) : [];
    check(`${name}: no chart is wider than its place`, cut.length === 0, cut.join("; "));
    const violations = await complaintsOfAxe(page);
    check(`${name}: axe-core has no complaint`, violations.length === 0, violations.join("; "));
    checkQuiet(name, page, [pageUrl]);
    await context.close();
  });
  const context = await opened(browser, { viewport: { width: 720, height: 1000 } });
  const page = await watched(context);
  await page.goto(pageUrl);
  await page.emulateMedia({ media: "print" });
  const overlaps = await page.evaluate(geometry);
  check("two runs, on paper: no text of a chart is clipped or lies on another",
        overlaps.length === 0, overlaps.join("; "));
  const wide = await page.evaluate(() => [...document.querySelectorAll("table, svg, pre")]
    .filter((node) => node.getBoundingClientRect().right > 721).length);
  check("two runs, on paper: no table or chart is wider than the sheet", wide === 0, String(wide));
  await context.close();
});
