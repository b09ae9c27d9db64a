// One node of the peer "ws + ioredis": every message goes through Redis to every node, and each
// node writes it to the members that are connected to it.
//
// The same design as squall's broadcast. Usage: node ws_server.js REDIS_PORT. Prints its own port.
// A client names its room in the query of its request; what it says goes to that room.
'use strict';

const { WebSocketServer } = require('ws');
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

listener.on('messageBuffer', (_, message) => {
  const members = rooms.get(message.readUInt32LE(0));
  if (members === undefined) return;
  const sender = message.readUInt32LE(4);
  const said = message.subarray(8);
  for (const member of members) {
    if (member.number !== sender) member.send(said, { binary: true });
  }
});

const server = new WebSocketServer({
  host: '127.0.0.1', port: 0, backlog: 4096, perMessageDeflate: false,
});
server.on('connection', (socket, request) => {
  const query = new URLSearchParams(request.url.slice(request.url.indexOf('?')));
  const room = Number(query.get('room'));
  socket.number = Number(query.get('client'));
  if (!rooms.has(room)) rooms.set(room, new Set());
  rooms.get(room).add(socket);
  socket.on('message', (said) => speaker.publish('peers', published(room, socket.number, said)));
  socket.on('close', () => rooms.get(room).delete(socket));
  socket.on('error', () => {});
});

Promise.all([listener.subscribe('peers'), new Promise((up) => server.on('listening', up))])
  .then(() => console.log(`listening ${server.address().port}`));
