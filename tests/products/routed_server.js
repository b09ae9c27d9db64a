// One node of the routed scheme as articles describe it: a table in Redis says on which server a
// client is, and what is for him is posted there over HTTP.
//
// Usage: node routed_server.js PORT REDIS_PORT. Speaks what tests/products/plain.json says. Who is in
// a room is a set in Redis; where somebody is, a hash, and a node remembers it until it proves wrong.
'use strict';

const http = require('node:http');
const { WebSocketServer } = require('ws');
const Redis = require('ioredis');

const [port, redisPort] = process.argv.slice(2).map(Number);
const redis = new Redis({ host: '127.0.0.1', port: redisPort });
const here = new Map(); // user -> his socket on this node
const routes = new Map(); // user -> the node he was on, as last heard
const agent = new http.Agent({ keepAlive: true });
let me = '';

// Who of `users` is here gets it; the others were somewhere else.
function push(users, message) {
  const text = JSON.stringify(message);
  for (const user of users) here.get(user)?.send(text);
  return users.filter((user) => !here.has(user));
}

function post(node, body) {
  return new Promise((resolve) => {
    const request = http.request(
      { host: '127.0.0.1', port: node, method: 'POST', agent },
      (answer) => {
        let text = '';
        answer.on('data', (bytes) => { text += bytes; });
        answer.on('end', () => resolve(JSON.parse(text)));
      },
    );
    request.on('error', () => resolve(body.users)); // nobody was reached there
    request.end(JSON.stringify(body));
  });
}

// The table is asked for whom this node does not know yet, or knew wrongly.
async function send(users, message, again) {
  const unknown = users.filter((user) => !routes.has(user));
  if (unknown.length > 0) {
    const nodes = await redis.hmget('routes', ...unknown);
    unknown.forEach((user, i) => nodes[i] && routes.set(user, nodes[i]));
  }
  const byNode = new Map();
  for (const user of users) {
    const node = routes.get(user);
    if (node) byNode.set(node, [...(byNode.get(node) ?? []), user]);
  }
  for (const [node, those] of byNode) {
    const missed = node === me ? push(those, message) : await post(node, { users: those, message });
    missed.forEach((user) => routes.delete(user));
    if (missed.length > 0 && again) await send(missed, message, false);
  }
}

const server = http.createServer((request, response) => {
  let text = '';
  request.on('data', (bytes) => { text += bytes; });
  request.on('end', () => {
    if (request.method !== 'POST') return response.end();
    const { users, message } = JSON.parse(text);
    return response.end(JSON.stringify(push(users, message)));
  });
});

const does = {
  async login(socket, { user }) {
    socket.user = user;
    here.set(user, socket);
    await redis.hset('routes', user, me);
    socket.send(JSON.stringify({ type: 'welcome' }));
  },
  async join(socket, { room }) {
    await redis.sadd(`room:${room}`, socket.user);
    socket.send(JSON.stringify({ type: 'joined', room }));
  },
  async leave(socket, { room }) {
    await redis.srem(`room:${room}`, socket.user);
  },
  async say(socket, { room, id, pad }) {
    const members = await redis.smembers(`room:${room}`);
    const message = { type: 'said', room, id, from: socket.user, pad };
    await send(members.filter((user) => user !== socket.user), message, true);
    socket.send(JSON.stringify({ type: 'ack', id }));
  },
};

new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
  socket.on('message', (data) => {
    const message = JSON.parse(data);
    does[message.type](socket, message).catch(() => socket.terminate());
  });
  socket.on('close', () => {
    if (here.get(socket.user) === socket) here.delete(socket.user);
  });
  socket.on('error', () => {});
});

server.listen(port, '127.0.0.1', () => {
  me = String(server.address().port);
  console.log(`listening ${me}`);
});
