// One node behind TLS that asks who its users are: rooms of its own process, as ws_server.js.
//
// Usage: node secure_server.js PORT CERTIFICATE KEY. A user without the header X-Key: open is answered
// 401, one whose login shows another token than "good" is closed with 4401. Speaks plain.json.
'use strict';

const fs = require('node:fs');
const https = require('node:https');
const { WebSocketServer } = require('ws');

const [port, certificate, key] = process.argv.slice(2);
const web = https.createServer({ cert: fs.readFileSync(certificate), key: fs.readFileSync(key) });
const server = new WebSocketServer({
  server: web,
  perMessageDeflate: false,
  verifyClient: ({ req }) => req.headers['x-key'] === 'open',
});
const rooms = new Map(); // room -> its members

const does = {
  login(socket, { user, token }) {
    socket.user = user;
    if (token !== 'good') return socket.close(4401, 'who are you?');
    return socket.send(JSON.stringify({ type: 'welcome' }));
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
    const text = JSON.stringify({ type: 'said', room, id, from: socket.user, pad });
    for (const member of rooms.get(room) ?? []) if (member !== socket) member.send(text);
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
web.listen({ host: '127.0.0.1', port: Number(port) }, () => console.log('listening'));
