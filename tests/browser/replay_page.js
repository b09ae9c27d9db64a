// Looks at a replay page as its readers do: wide and narrow, light and dark, on paper, without
// scripts; drags its time line, and holds what it shows against result.json. Started by run.sh.
"use strict";
const {
  check, checkQuiet, complaintsOfAxe, geometry, inBrowser, layout, onEveryScreen, opened, rendered,
  watched,
} = require("./looking.js");

const { browserPath, pageUrl, html, result } = rendered("replay.html");

// The first word of the line below the title.
const slices = async (page) => {
  const strategy = (await page.locator("p.why").innerText()).split(",")[0];
  return result.results.find((one) => one.strategy === strategy).charts.slices;
};

const shown = async (page, name) =>
  Number((await page.locator(`dd[data-of="${name}"]`).innerText()).replaceAll(" ", ""));

// Dragged to some seconds, the sums are those of result.json (one seed, one second a slice).
const checkDragging = async (page) => {
  const stored = await slices(page);
  const wrong = [];
  const strip = await page.locator("#strip").boundingBox();
  for (const share of [0.02, 0.2, 0.4, 0.6, 0.98]) {
    await page.mouse.move(strip.x + strip.width * 0.5, strip.y + 20);
    await page.mouse.down();
    await page.mouse.move(strip.x + strip.width * share, strip.y + 20, { steps: 3 });
    await page.mouse.up();
    const second = parseInt(await page.locator("#now").innerText(), 10);
    for (const [name, column] of [["clients connected", "connected"], ["pairs owed", "owed"],
                                  ["delivered", "delivered"], ["lost", "lost"]]) {
      const number = await shown(page, name);
      if (number !== stored[column][second]) {
        wrong.push(`${name} at ${second} s: ${number}, stored ${stored[column][second]}`);
      }
    }
    const causes = await page.locator("#causes b").allInnerTexts();
    const sum = causes.reduce((all, one) => all + Number(one.replaceAll(" ", "")), 0);
    if (sum !== stored.lost[second]) wrong.push(`causes at ${second} s: ${sum}`);
  }
  check("dragged to any second, the sums are those of result.json", wrong.length === 0,
        wrong.join("; "));
  const before = await page.locator("#now").innerText();
  await page.locator("#at").focus();
  await page.keyboard.press("ArrowLeft");
  check("arrow keys move the time line", (await page.locator("#now").innerText()) !== before);
};

const checkScreens = (browser) => onEveryScreen(async (width, colorScheme) => {
  const name = `replay, ${width} px, ${colorScheme}`;
  const context = await opened(browser, {
    viewport: { width, height: 900 }, colorScheme, offline: true,
  });
  const page = await watched(context);
  await page.goto(pageUrl);
  const blocks = await page.evaluate(layout);
  check(`${name}: the page is not wider than the screen, no block lies on another`,
        blocks.length === 0, blocks.join("; "));
  await checkDragging(page);
  const violations = await complaintsOfAxe(page);
  check(`${name}: axe-core has no complaint`, violations.length === 0, violations.join("; "));
  await page.locator("#pictures summary").click();
  const overlaps = await page.evaluate(geometry);
  check(`${name}: no text of a picture is clipped or lies on another`,
        overlaps.length === 0, overlaps.join("; "));
  checkQuiet(name, page, [pageUrl]);
  await context.close();
});

const checkWithoutScripts = async (browser) => {
  const context = await opened(browser, { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(pageUrl);
  const pictures = await page.locator(".pictures svg").count();
  check("without scripts there is a sequence of pictures", pictures >= 3, String(pictures));
  check("without scripts nothing is shown that does nothing",
        !(await page.locator("#stage").isVisible()));
  await page.emulateMedia({ media: "print" });
  const wide = await page.locator(".pictures svg").evaluateAll((all) =>
    all.every((svg) => svg.getBoundingClientRect().width > 200));
  check("on paper the pictures are shown", wide);
  await context.close();
};

inBrowser(browserPath, async (browser) => {
  check(`the replay has ${html.length} bytes, less than 2 MB`, Buffer.byteLength(html) < 2e6);
  await checkScreens(browser);
  await checkWithoutScripts(browser);
});
