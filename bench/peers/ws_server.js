// One node of the peer "ws + ioredis": every message goes through Redis to every node, and each
// node writes it to the members that are connected to it.
//
// The same design as squall's broadcast, and at its best: a frame is built once for all members, and
// what one turn of the event loop has for a socket goes out in one write. Usage: node ws_server.js REDIS_PORT. Prints its own port.
// A client names its room in the query of its request; what it says goes to that room.
'use strict';

const { WebSocketServer, Sender } = require('ws');
const Redis = require('ioredis');

const redis = { host: '127.0.0.1', port: Number(process.argv[2]), enableAutoPipelining: true };
const speaker = new Redis(redis);
const listener = new Redis(redis);
const rooms = new Map(); // room -> its members here

// In front of what the client said: room and sender, so that a sender does not hear itself.
function published(room, sender, said) {
  const head = Buffer.allocUnsafe(8);
  head.writeUInt32LE(room, 0);
  head.writeUInt32LE(sender, 4);
  return Buffer.concat([head, said]);
}

const dirty = []; // sockets with frames of this turn
function queue(member, frame) {
  if (member.frames.push(frame) > 1) return;
  if (dirty.push(member) === 1) setImmediate(flush);
}
function flush() {
  for (const member of dirty.splice(0)) {
    const frames = member.frames;
    member.frames = [];
    if (member.readyState !== member.OPEN) continue;
    member._socket.write(frames.length === 1 ? frames[0] : Buffer.concat(frames));
  }
}

listener.on('messageBuffer', (_, message) => {
  const members = rooms.get(message.readUInt32LE(0));
  if (members === undefined) return;
  const sender = message.readUInt32LE(4);
  const frame = Buffer.concat(Sender.frame(message.subarray(8), {
    fin: true, rsv1: false, opcode: 2, mask: false, readOnly: true,
  }));
  for (const member of members) {
    if (member.number !== sender) queue(member, frame);
  }
});

const server = new WebSocketServer({
  host: '127.0.0.1', port: 0, backlog: 4096, perMessageDeflate: false,
});
server.on('connection', (socket, request) => {
  const query = new URLSearchParams(request.url.slice(request.url.indexOf('?')));
  const room = Number(query.get('room'));
  socket.frames = [];
  socket.number = Number(query.get('client'));
  if (!rooms.has(room)) rooms.set(room, new Set());
  rooms.get(room).add(socket);
  socket.on('message', (said) => speaker.publish('peers', published(room, socket.number, said)));
  socket.on('close', () => rooms.get(room).delete(socket));
  socket.on('error', () => {});
});

Promise.all([listener.subscribe('peers'), new Promise((up) => server.on('listening', up))])
  .then(() => console.log(`listening ${server.address().port}`));
