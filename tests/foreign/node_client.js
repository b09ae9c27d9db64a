// Node's `ws` against servers of the live engine: node_client.js ECHO NODE (ports of 127.0.0.1).
//
// ECHO says everything again; NODE is a node of a cluster in whose plan this client is not.
'use strict';

const http = require('http');
const WebSocket = require('ws');
const { check, equal, finish } = require('./checks.js');

const [echo, node] = process.argv.slice(2).map((port) => `127.0.0.1:${port}`);
// As a client of squall's names itself, without being one.
const path = '/ws?endpoint=0&connection=1';
// Without compression in one, offering it in the others: the server must not mind.
const plain = { perMessageDeflate: false };

function opened(address, protocols, options) {
  return new Promise((yes, no) => {
    const socket = new WebSocket(`ws://${address}${path}`, protocols, options);
    socket.once('open', () => yes(socket));
    socket.once('error', no);
  });
}

function next(socket, event) {
  return new Promise((yes, no) => {
    socket.once(event, (...values) => yes(values));
    if (event !== 'close') socket.once('close', (code) => no(new Error(`closed with ${code}`)));
  });
}

async function closed(socket) {
  socket.on('error', () => {});
  const [code] = await next(socket, 'close');
  return code;
}

async function says_again(payload, options) {
  const socket = await opened(echo, [], options);
  const answer = next(socket, 'message');
  socket.send(payload);
  const [data, binary] = await answer;
  equal(binary, typeof payload !== 'string', 'binary');
  equal(Buffer.compare(data, Buffer.from(payload)), 0, 'difference');
  socket.close(1000);
  equal(await closed(socket), 1000, 'code');
}

async function all() {
  const text = 'h\u00e9 \u20ac \u{1f99d}\u0000';
  await check('text of all planes comes back', () => says_again(text, plain));
  await check('text comes back to who offered compression', () => says_again('squeeze me', {}));
  for (const size of [0, 125, 126, 65535, 65536, 1 << 20, 12 << 20]) {
    await check(`${size} bytes come back`, () => says_again(Buffer.alloc(size, 7), plain));
  }

  await check('fragments are put together, and a ping between them is answered', async () => {
    const socket = await opened(echo, [], plain);
    const both = Promise.all([next(socket, 'pong'), next(socket, 'message')]);
    socket.send('one ', { fin: false });
    socket.ping('between');
    socket.send('', { fin: false });
    socket.send('two', { fin: true });
    const [[pong], [message]] = await both;
    equal(pong.toString(), 'between', 'pong');
    equal(message.toString(), 'one two', 'message');
    socket.terminate();
  });

  await check('a pong carries what the ping carried', async () => {
    const socket = await opened(node, [], plain);
    for (const payload of ['', 'keep-alive', 'x'.repeat(125)]) {
      const pong = next(socket, 'pong');
      socket.ping(payload);
      equal((await pong)[0].toString(), payload, 'pong');
    }
    socket.terminate();
  });

  for (const address of [echo, node]) {
    for (const code of [1000, 1001, 3000, 4999]) {
      await check(`a goodbye with ${code} to ${address} is answered with it`, async () => {
        const socket = await opened(address, [], plain);
        socket.close(code, 'so long');
        equal(await closed(socket), code, 'code');
      });
    }
  }
  await check('a goodbye without a code is answered without one', async () => {
    const socket = await opened(node, [], plain);
    socket.close();
    equal(await closed(socket), 1005, 'code');
  });
  await check('a goodbye of the server is heard', async () => {
    const socket = await opened(echo, [], plain);
    socket.send('close 1012');
    equal(await closed(socket), 1012, 'code');
  });

  // Beneath the library: what it would never send.
  const wrong = [
    ['a reserved bit', [0xc1, 0x80, 0, 0, 0, 0], 1002],
    ['a reserved opcode', [0x83, 0x80, 0, 0, 0, 0], 1002],
    ['a frame without a mask', [0x81, 0x02, 0x68, 0x69], 1002],
    ['a continuation of nothing', [0x80, 0x80, 0, 0, 0, 0], 1002],
    ['text that is none', [0x81, 0x81, 0, 0, 0, 0, 0xff], 1007],
    ['2^62 bytes', [0x82, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1009],
  ];
  for (const address of [echo, node]) {
    for (const [what, bytes, code] of wrong) {
      await check(`${what} is answered with ${code} by ${address}`, async () => {
        const socket = await opened(address, [], plain);
        socket._socket.write(Buffer.from(bytes));
        equal(await closed(socket), code, 'code');
      });
    }
  }
  await check('who sends too much hears 1009', async () => {
    const socket = await opened(node, [], plain);
    socket.send(Buffer.alloc(20 << 20));
    equal(await closed(socket), 1009, 'code');
  });

  await check('an ordinary request is answered with 426', async () => {
    const answer = await new Promise((yes, no) => http.get(`http://${node}/`, yes).on('error', no));
    equal(answer.statusCode, 426, 'status');
    equal(answer.headers['sec-websocket-version'], '13', 'version');
    answer.resume();
  });
  await check('another version is answered with 426', async () => {
    const answer = await new Promise((yes, no) => {
      const socket = new WebSocket(`ws://${node}${path}`, [], { ...plain, protocolVersion: 8 });
      socket.on('unexpected-response', (request, response) => yes(response));
      socket.on('open', () => no(new Error('it opened')));
      socket.on('error', () => {});
    });
    equal(answer.statusCode, 426, 'status');
    answer.resume();
  });
  finish();
}

all();
