// What every browser test asks: of drawings, of the layout, of the console, of axe-core.
//
// A check is a sentence; all are run, the failed ones are printed, and any of them is exit 1.
"use strict";
const fs = require("fs");
const path = require("path");
const { kPatience, launched } = require("../support/chromium.js");

const axeSource = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

let failed = 0;
const check = (sentence, holds, detail = "") => {
  if (!holds) failed += 1;
  console.log((holds ? "ok    " : "FAIL  ") + sentence + (holds || !detail ? "" : ": " + detail));
};

// ---- What is asked inside the page -------------------------------------------------------------

// Texts of one drawing that lie on each other, or leave it. Halos and bars may touch texts.
const geometry = () => {
  const found = [];
  for (const svg of document.querySelectorAll("figure .chart svg, .pictures svg")) {
    const frame = svg.getBoundingClientRect();
    if (frame.width === 0) continue;
    const name = (svg.closest("figure") || svg).id;
    const texts = [...svg.querySelectorAll("text")].map((node) => ({
      text: node.textContent, box: node.getBoundingClientRect(),
    }));
    texts.forEach(({ text, box }, i) => {
      const out = box.left < frame.left - 1 || box.right > frame.right + 1 ||
        box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
      if (out) found.push(`${name}: "${text}" is clipped`);
      for (const other of texts.slice(i + 1)) {
        const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const high = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        // Boxes hold the whole line height; letters touch only when much of it is shared.
        if (wide > 2 && high > 5) found.push(`${name}: "${text}" lies on "${other.text}"`);
      }
    });
  }
  return found;
};

// Blocks of the page that are wider than it, or lie on the block before them.
const layout = () => {
  const found = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    found.push(`the page is ${root.scrollWidth} wide on ${root.clientWidth}`);
  }
  const boxes = [...document.querySelectorAll("article > *, figure")]
    .filter((node) => getComputedStyle(node).float === "none")
    .map((node) => ({ node, box: node.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0 && box.height > 0);
  boxes.forEach(({ node, box }, i) => {
    for (const other of boxes.slice(i + 1)) {
      if (node.contains(other.node) || other.node.contains(node)) continue;
      const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
      const high = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
      if (wide > 2 && high > 2) found.push(`<${node.localName}> lies on <${other.node.localName}>`);
    }
  });
  return found;
};

// The page that the test was started for, and the result it was rendered from: `node TEST BROWSER
// FOLDER`.
const rendered = (name) => {
  const [browserPath, folder] = process.argv.slice(2);
  const pagePath = path.join(folder, name);
  return {
    browserPath,
    folder,
    pageUrl: "file://" + pagePath,
    html: fs.readFileSync(pagePath, "utf8"),
    result: JSON.parse(fs.readFileSync(path.join(folder, "report.json"), "utf8")),
  };
};

const opened = async (browser, options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(kPatience);
  return context;
};

const watched = async (context) => {
  const page = await context.newPage();
  page.complaints = [];
  page.requests = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) page.complaints.push(message.text());
  });
  page.on("pageerror", (error) => page.complaints.push(error.message));
  page.on("request", (request) => page.requests.push(request.url()));
  page.on("websocket", (socket) => page.requests.push(socket.url().replace(/^ws/, "http")));
  return page;
};

const complaintsOfAxe = (page) => page.evaluate(axeSource +
  ";axe.run(document, {resultTypes: ['violations']})" +
  ".then(({ violations }) => violations.map((one) => `${one.id}: ${one.nodes[0].target}`" +
  " + ` (${one.nodes.length})`))");

// What no page may do: complain of itself, and fetch what is not its own.
const checkQuiet = (name, page, own) => {
  const strange = page.requests.filter((url) => !own.includes(url));
  check(`${name}: nothing is fetched but its own`, strange.length === 0, strange.join(" "));
  check(`${name}: the console has no complaint`,
        page.complaints.length === 0, page.complaints.join("; "));
};

// The screens of readers; `look` is told the width, the colours, and whether it is the last one.
const onEveryScreen = async (look) => {
  for (const width of [1280, 390]) {
    for (const colorScheme of ["light", "dark"]) {
      await look(width, colorScheme, width === 390 && colorScheme === "dark");
    }
  }
};

// Starts the browser, runs all checks in it, and ends the process with what came out.
const inBrowser = async (executablePath, checks) => {
  const browser = await launched(executablePath);
  try {
    await checks(browser);
  } catch (error) {
    check("the test is run to its end", false, error.stack);
  } finally {
    await browser.close();
  }
  console.log(failed === 0 ? "all checks hold" : `${failed} checks failed`);
  process.exit(failed === 0 ? 0 : 1);
};

module.exports = {
  check, checkQuiet, complaintsOfAxe, geometry, inBrowser, layout, onEveryScreen, opened, rendered,
  watched,
};
