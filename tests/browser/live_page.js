// Looks at the page of `squall run --watch` while a run is played. Started by run.sh, which plays.
//
// The sentences are those of report_page.js: the console is silent, nothing is fetched but the
// view's own, axe-core has no complaint, nothing is wider than the screen. Then Stop is pressed.
"use strict";
const fs = require("fs");
const { chromium } = require("playwright-core");

const axeSource = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const [browserPath, address] = process.argv.slice(2);
const kPatience = 120000;  // only a browser that hangs is an error

let failed = 0;
const check = (sentence, holds, detail = "") => {
  if (!holds) failed += 1;
  console.log((holds ? "ok    " : "FAIL  ") + sentence + (holds || !detail ? "" : ": " + detail));
};

const look = async (browser, width, colorScheme) => {
  const name = `live view, ${width} px, ${colorScheme}`;
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  context.setDefaultTimeout(kPatience);
  const page = await context.newPage();
  const complaints = [], requests = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => requests.push(request.url()));
  page.on("websocket", (socket) => requests.push(socket.url().replace(/^ws/, "http")));
  await page.goto(address);
  await page.waitForFunction(() => document.querySelectorAll("#rows tr").length > 0);
  await page.waitForFunction(() =>
    [...document.querySelectorAll("#rows td:nth-child(6)")].some((cell) => cell.textContent > 0));
  const painted = await page.evaluate(() => {
    const canvas = document.getElementById("connected");
    const image = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(image.data.buffer)).size;
  });
  check(`${name}: the curve is drawn`, painted > 2, `${painted} colours`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  check(`${name}: the page is not wider than the screen`, wide <= width, String(wide));
  const violations = await page.evaluate(axeSource +
    ";axe.run(document, {resultTypes: ['violations']})"
    + ".then(({ violations }) => violations.map((one) => `${one.id}: ${one.nodes[0].target}`))");
  check(`${name}: axe-core has no complaint`, violations.length === 0, violations.join("; "));
  check(`${name}: nothing is fetched but the view's own`,
        requests.every((url) => url === address || url === address + "live"), requests.join(" "));
  check(`${name}: the console has no complaint`, complaints.length === 0, complaints.join("; "));
  return { page, context };
};

(async () => {
  const browser = await chromium.launch({
    executablePath: browserPath,
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
    timeout: kPatience,
  });
  try {
    for (const width of [1280, 390]) {
      for (const colorScheme of ["light", "dark"]) {
        const { page, context } = await look(browser, width, colorScheme);
        const last = width === 390 && colorScheme === "dark";
        if (last) {
          await page.click("#stop");
          await page.waitForFunction(() =>
            /over|gone/.test(document.getElementById("state").textContent));
          check("live view: Stop ends the run", true);
        }
        await context.close();
      }
    }
  } finally {
    await browser.close();
  }
  process.exit(failed === 0 ? 0 : 1);
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
