// A browser's WebSocket against servers of the live engine: browser_client.js CHROMIUM ECHO NODE.
//
// A browser cannot ping or fragment; it is the strictest about goodbyes: `wasClean`.
'use strict';

const { launched } = require('../support/chromium.js');
const { check, equal, finish } = require('./checks.js');

const [browser_path, echo, node] = process.argv.slice(2);

// In the page: opens, says, collects until it is closed. `close`: [code, reason] after the answers.
function play({ port, said, answers, close, protocols }) {
  return new Promise((yes) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws?endpoint=0&connection=1`, protocols);
    const heard = [];
    socket.binaryType = 'arraybuffer';
    const leave = () => {
      if (close && heard.length >= answers) socket.close(...close);
    };
    socket.onopen = () => {
      for (const one of said) socket.send(typeof one === 'number' ? new Uint8Array(one) : one);
      leave();
    };
    socket.onmessage = ({ data }) => {
      heard.push(typeof data === 'string' ? data : data.byteLength);
      leave();
    };
    socket.onclose = ({ code, wasClean }) => yes({ heard, code, clean: wasClean });
  });
}

async function all() {
  const browser = await launched(browser_path);
  const page = await browser.newPage();
  const sees = (sentence, what, wanted) =>
    check(sentence, async () => {
      equal(await page.evaluate(play, { said: [], answers: 0, ...what }), wanted, 'seen');
    });

  const text = 'h\u00e9 \u20ac \u{1f99d}';
  const many = [text, 0, 126, 65536, 3 << 20];
  await sees('text and bytes come back', { port: echo, said: many, answers: 5, close: [1000] },
    { heard: many, code: 1000, clean: true });
  await sees('a goodbye with a reason', { port: echo, close: [4321, 'enough'] },
    { heard: [], code: 4321, clean: true });
  await sees('a goodbye without a code', { port: node, close: [] },
    { heard: [], code: 1005, clean: true });
  await sees('a goodbye to a node', { port: node, close: [3000, 'bye'] },
    { heard: [], code: 3000, clean: true });
  await sees('a goodbye of the server', { port: echo, said: ['close 1012'] },
    { heard: [], code: 1012, clean: true });
  // Whether it is clean depends on who is faster: a browser that still has megabytes to write when
  // the connection ends behind the server's words has not answered them.
  await check('who sends too much hears 1009', async () => {
    const seen = await page.evaluate(play, { said: [20 << 20], answers: 0, port: node });
    equal(seen.code, 1009, 'code');
  });
  await browser.close();
  finish();
}

all().catch((error) => {
  console.log(error.stack);
  process.exit(1);
});
