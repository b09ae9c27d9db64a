// One node of a plain cluster on ws: rooms of its own process, or of all of them through Redis.
//
// Usage: node ws_server.js PORT [REDIS_PORT [sessions]]. Speaks what tests/products/plain.json says.
// Port 0 is any free one; prints its own. With `sessions` only who is logged in is shared: a node
// can look up everybody, and still speak to nobody but its own.
'use strict';

const { WebSocketServer } = require('ws');
const Redis = require('ioredis');

const [port, redisPort] = process.argv.slice(2, 4).map(Number);
const sessionsOnly = process.argv[4] === 'sessions';
const rooms = new Map(); // room -> its members here

function said(message) {
  const text = JSON.stringify(message);
  for (const member of rooms.get(message.room) ?? []) {
    if (member.user !== message.from) member.send(text);
  }
}

let publish = said;
let ready = Promise.resolve();
let keepSession = () => {};
if (redisPort && sessionsOnly) {
  const store = new Redis({ host: '127.0.0.1', port: redisPort });
  keepSession = (user) => store.hset('sessions', user, JSON.stringify({ user, node: process.pid }))
    .catch(() => {});
  ready = store.ping();
} else if (redisPort) {
  // What cannot be published now is lost at once, as in the design that is simulated: by default
  // ioredis keeps it, and gives it up after 20 tries, which, uncaught, ends the process.
  const options = { enableOfflineQueue: false, retryStrategy: () => 100 };
  const speaker = new Redis({ host: '127.0.0.1', port: redisPort, ...options });
  const listener = new Redis({ host: '127.0.0.1', port: redisPort, ...options });
  publish = (message) => speaker.publish('rooms', JSON.stringify(message)).catch(() => {});
  listener.on('message', (_, text) => said(JSON.parse(text)));
  for (const client of [speaker, listener]) client.on('error', () => {}); // it dials again
  const up = (client) => new Promise((done) => client.once('ready', done));
  ready = Promise.all([up(speaker), up(listener).then(() => listener.subscribe('rooms'))]);
}

const server = new WebSocketServer({ host: '127.0.0.1', port, perMessageDeflate: false });
const does = {
  login(socket, { user }) {
    socket.user = user;
    keepSession(user);
    socket.send(JSON.stringify({ type: 'welcome' }));
  },
  join(socket, { room }) {
    if (!rooms.has(room)) rooms.set(room, new Set());
    rooms.get(room).add(socket);
    socket.send(JSON.stringify({ type: 'joined', room }));
  },
  leave(socket, { room }) {
    rooms.get(room)?.delete(socket);
  },
  say(socket, { room, id, pad }) {
    publish({ type: 'said', room, id, from: socket.user, pad });
    socket.send(JSON.stringify({ type: 'ack', id }));
  },
};
server.on('connection', (socket) => {
  socket.on('message', (data) => {
    const message = JSON.parse(data);
    does[message.type](socket, message);
  });
  socket.on('close', () => rooms.forEach((members) => members.delete(socket)));
  socket.on('error', () => {});
});

Promise.all([ready, new Promise((up) => server.on('listening', up))])
  .then(() => console.log(`listening ${server.address().port}`));
