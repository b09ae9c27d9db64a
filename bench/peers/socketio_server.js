// One node of the peer "Socket.IO + Redis adapter": rooms are Socket.IO's, and what is emitted to
// a room reaches the other nodes through @socket.io/redis-adapter.
//
// Usage: node socketio_server.js REDIS_PORT. Prints its own port. WebSocket only, no compression,
// as Socket.IO's own advice for load says; what one turn of the event loop has for a socket goes out
// in one write (a broadcast is encoded once by Socket.IO itself). A client names its room in the query of its request.
'use strict';

const http = require('node:http');
const { Server } = require('socket.io');
const { createAdapter } = require('@socket.io/redis-adapter');
const Redis = require('ioredis');

const redis = { host: '127.0.0.1', port: Number(process.argv[2]), enableAutoPipelining: true };
const speaker = new Redis(redis);
const listener = new Redis(redis);

const web = http.createServer();
const io = new Server(web, {
  transports: ['websocket'], perMessageDeflate: false, httpCompression: false, serveClient: false,
  adapter: createAdapter(speaker, listener),
});
const corked = []; // sockets with packets of this turn
function cork(tcp) {
  if (tcp.writableCorked > 0) return;
  tcp.cork();
  if (corked.push(tcp) === 1) setImmediate(() => corked.splice(0).forEach((one) => one.uncork()));
}
io.on('connection', (socket) => {
  const tcp = socket.conn.transport.socket._socket;
  socket.conn.on('packetCreate', () => cork(tcp));
  const room = `room-${socket.handshake.query.room}`;
  socket.join(room);
  socket.on('m', (said) => socket.to(room).emit('m', said));
});

// The adapter subscribes when it is made; a ping through both connections comes behind that.
Promise.all([speaker.ping(), new Promise((up) => listener.once('ready', up))])
  .then(() => web.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
    console.log(`listening ${web.address().port}`);
  }));
