// Draws the picture of the README: the first screen of a report. Started by `make picture`.
//
// picture.js BROWSER REPORT.html PICTURE.webp
"use strict";
const fs = require("fs");
const path = require("path");

const { check, inBrowser, opened, watched } = require("./looking.js");

const [browserPath, report, picture] = process.argv.slice(2);

// WebP is a fifth of PNG here, and the browser is who can write it.
const asWebp = async (page, png) => {
  const data = await page.evaluate(async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width;
    canvas.height = image.height;
    canvas.getContext("2d").drawImage(image, 0, 0);
    return canvas.toDataURL("image/webp", 0.6);
  }, "data:image/png;base64," + png.toString("base64"));
  return Buffer.from(data.split(",")[1], "base64");
};

inBrowser(browserPath, async (browser) => {
  const context = await opened(browser, { viewport: { width: 1120, height: 1000 } });
  const page = await watched(context);
  await page.goto("file://" + path.resolve(report));
  const webp = await asWebp(page, await page.screenshot());
  fs.writeFileSync(picture, webp);
  check("the picture has fewer than 150 kB", webp.length < 150000, String(webp.length));
});
