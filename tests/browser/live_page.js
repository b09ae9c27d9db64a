// Looks at the page of `squall run --watch` while a run is played. Started by run.sh, which plays.
//
// The sentences are those of report_page.js: the console is silent, nothing is fetched but the
// view's own, axe-core has no complaint, nothing is wider than the screen. Then Stop is pressed.
"use strict";
const { check, checkQuiet, complaintsOfAxe, inBrowser, onEveryScreen, opened, watched } =
  require("./looking.js");

const [browserPath, address] = process.argv.slice(2);

const checkCurve = async (page, name) => {
  await page.waitForFunction(() => document.querySelectorAll("#rows tr").length > 0);
  await page.waitForFunction(() =>
    [...document.querySelectorAll("#rows td:nth-child(6)")].some((cell) => cell.textContent > 0));
  const painted = await page.evaluate(() => {
    const canvas = document.getElementById("connected");
    const image = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(image.data.buffer)).size;
  });
  check(`${name}: the curve is drawn`, painted > 2, `${painted} colours`);
};

const checkStop = async (page) => {
  await page.click("#stop");
  await page.waitForFunction(() =>
    /over|gone/.test(document.getElementById("state").textContent));
  check("live view: Stop ends the run", true);
};

inBrowser(browserPath, (browser) => onEveryScreen(async (width, colorScheme, last) => {
  const name = `live view, ${width} px, ${colorScheme}`;
  const context = await opened(browser, { viewport: { width, height: 900 }, colorScheme });
  const page = await watched(context);
  await page.goto(address);
  await checkCurve(page, name);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  check(`${name}: the page is not wider than the screen`, wide <= width, String(wide));
  const violations = await complaintsOfAxe(page);
  check(`${name}: axe-core has no complaint`, violations.length === 0, violations.join("; "));
  checkQuiet(name, page, [address, address + "live"]);
  if (last) await checkStop(page);
  await context.close();
}));
