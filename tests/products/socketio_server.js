// One node of a Socket.IO cluster: rooms in memory, or through an adapter over Redis.
//
// Usage: node socketio_server.js PORT [redis|streams REDIS_PORT]. WebSocket only. Prints its port.
// The events are those of squall's dialect: join, leave, send, and msg to everybody in a room.
'use strict';

const http = require('node:http');
const { Server } = require('socket.io');
const Redis = require('ioredis');

const [port, adapter, redisPort] = process.argv.slice(2);
const redis = () => new Redis({ host: '127.0.0.1', port: Number(redisPort) });
const options = { transports: ['websocket'], perMessageDeflate: false, serveClient: false };
const waits = [];
// Until the adapter of streams has read an entry, it reads from "$", and misses what is written
// between two of its reads. A node takes clients when it has read one, which nobody else heeds.
const hasReadItsStream = (client) => new Promise((done) => {
  const writer = redis();
  const read = client.xread.bind(client);
  const writes = setInterval(() => writer.xadd('socket.io', '*', 'nsp', ''), 20);
  client.xread = (...words) => read(...words).then((entries) => {
    if (entries === null) return entries;
    clearInterval(writes);
    client.xread = read;
    done();
    return entries;
  });
});
if (adapter === 'redis') {
  const { createAdapter } = require('@socket.io/redis-adapter');
  const speaker = redis();
  const listener = redis();
  options.adapter = createAdapter(speaker, listener);
  waits.push(speaker.ping(), new Promise((up) => listener.once('ready', up)));
}
if (adapter === 'streams') {
  const { createAdapter } = require('@socket.io/redis-streams-adapter');
  const client = redis();
  options.adapter = createAdapter(client);
  options.connectionStateRecovery = { maxDisconnectionDuration: 120000 };
  waits.push(hasReadItsStream(client));
}

const web = http.createServer();
const io = new Server(web, options);
io.on('connection', (socket) => {
  socket.on('join', (room, done) => {
    socket.join(room);
    done();
  });
  socket.on('leave', (room) => socket.leave(room));
  socket.on('send', (room, message, done) => {
    socket.to(room).emit('msg', message);
    done();
  });
});

Promise.all(waits).then(() => web.listen({ host: '127.0.0.1', port: Number(port) }, () => {
  console.log(`listening ${web.address().port}`);
}));
