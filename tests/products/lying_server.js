// A server that speaks plain.json and lies: what attach has to see, and to survive.
//
// Usage: node lying_server.js PORT LIE. duplicates: every message twice. reorders: every second one
// is held back until the next. drops: each thousandth frame is forgotten. garbage: bytes in place of
// every tenth. silent: takes connections and says nothing, not even to the handshake. mute:
// takes the handshake and says nothing after it. middle: ends each tenth connection within a frame.
// huge: a frame that says it has 2^40 bytes. No npm.
'use strict';

const http = require('node:http');
const net = require('node:net');
const { createHash } = require('node:crypto');

const [port, lie] = process.argv.slice(2);
const rooms = new Map(); // room -> its members
const held = new Map(); // socket -> a message held back
let frames = 0;

function frame(text) {
  const bytes = Buffer.from(text);
  const head = bytes.length < 126
    ? Buffer.from([0x81, bytes.length])
    : Buffer.from([0x81, 126, bytes.length >> 8, bytes.length & 255]);
  return Buffer.concat([head, bytes]);
}

const lies = {
  duplicates: (member, said) => member.write(Buffer.concat([said, said])),
  reorders(member, said) {
    if (!held.has(member)) return held.set(member, said);
    member.write(Buffer.concat([said, held.get(member)]));
    return held.delete(member);
  },
  drops: (member, said) => frames % 1000 !== 0 && member.write(said),
  garbage: (member, said) => member.write(frames % 10 ? said : frame('{"type":"said","id":[')),
  middle(member, said) {
    if (frames % 200) return member.write(said);
    return member.end(said.subarray(0, said.length >> 1));
  },
  huge(member, said) {
    if (frames % 200) return member.write(said);
    return member.write(Buffer.from([0x82, 127, 0, 0, 1, 0, 0, 0, 0, 0]));
  },
};

function heard(socket, message) {
  if (lie === 'mute') return;
  const answer = (what) => socket.write(frame(JSON.stringify(what)));
  if (message.type === 'login') {
    socket.user = message.user;
    answer({ type: 'welcome' });
  } else if (message.type === 'join') {
    if (!rooms.has(message.room)) rooms.set(message.room, new Set());
    rooms.get(message.room).add(socket);
    answer({ type: 'joined', room: message.room });
  } else if (message.type === 'say') {
    answer({ type: 'ack', id: message.id });
    const said = frame(JSON.stringify({ ...message, type: 'said', from: socket.user }));
    for (const member of rooms.get(message.room) ?? []) {
      if (member === socket) continue;
      frames += 1;
      lies[lie](member, said);
    }
  }
}

// Whole masked frames off the front of what came; the rest.
function read(socket, bytes) {
  while (bytes.length >= 6) {
    let size = bytes[1] & 127;
    let at = 2;
    if (size === 126) {
      size = bytes.readUInt16BE(2);
      at = 4;
    }
    if (bytes.length < at + 4 + size) break;
    const mask = bytes.subarray(at, at + 4);
    const payload = Buffer.from(bytes.subarray(at + 4, at + 4 + size)).map((b, i) => b ^ mask[i % 4]);
    const opcode = bytes[0] & 15;
    if (opcode === 1) heard(socket, JSON.parse(payload));
    if (opcode === 9) socket.write(Buffer.concat([Buffer.from([0x8a, size]), payload]));
    if (opcode === 8) socket.end();
    bytes = bytes.subarray(at + 4 + size);
  }
  return bytes;
}

function serve() {
  const server = http.createServer((_, response) => response.end('here\n'));
  server.on('upgrade', (request, socket) => {
    const key = request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
    const accept = createHash('sha1').update(key).digest('base64');
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
      + `Sec-WebSocket-Accept: ${accept}\r\n\r\n`);
    let rest = Buffer.alloc(0);
    socket.on('data', (data) => {
      rest = read(socket, Buffer.concat([rest, data]));
    });
    socket.on('close', () => rooms.forEach((members) => members.delete(socket)));
    socket.on('error', () => {});
  });
  return server;
}

const server = lie === 'silent' ? net.createServer((socket) => socket.on('error', () => {})) : serve();
server.listen({ host: '127.0.0.1', port: Number(port) }, () => console.log('listening'));
