// Turns the lines of the load clients into one JSON file and a table.
//
// node report.js LINES RESULT. Lines of one system are merged.
'use strict';

const fs = require('node:fs');
const os = require('node:os');

const [, , linesFile, resultFile] = process.argv;
const systems = {};
for (const line of fs.readFileSync(linesFile, 'utf8').split('\n').filter(Boolean)) {
  const { system, ...row } = JSON.parse(line);
  systems[system] = { ...systems[system], ...row };
}

const ratio = (a, b, of) => {
  if (!systems[a] || !systems[b] || !of(systems[b])) return null;
  return Number((of(systems[a]) / of(systems[b])).toFixed(2));
};
const sustained = (row) => row.sustained_per_s;
const ratios = {
  sustained_squall_to_socketio: ratio('squall', 'socketio', sustained),
  sustained_squall_to_ws: ratio('squall', 'ws', sustained),
  one_room_squall_to_ws: ratio('squall-one-room', 'ws-one-room', sustained),
  cpu_ws_to_squall: ratio('ws', 'squall', (row) => row.at_90?.server_cpu_us_per_delivery),
  connects_squall_to_socketio: ratio('squall', 'socketio', (row) => row.connects_per_s),
  connects_squall_to_ws: ratio('squall', 'ws', (row) => row.connects_per_s),
  memory_squall_to_socketio: ratio('squall', 'socketio', (row) => row.server_bytes_per_connection),
  memory_squall_to_ws: ratio('squall', 'ws', (row) => row.server_bytes_per_connection),
};
const machine = { cpu: os.cpus()[0].model, cores: os.cpus().length, node: process.version };
fs.writeFileSync(resultFile, JSON.stringify({ machine, systems, ratios }, null, 2) + '\n');

const point = (p) => (p && p.asked_per_s > 0
  ? [p.delivered_per_s, p.latency_ms_p50.toFixed(2), p.latency_ms_p99.toFixed(2)] : ['', '', '']);
const cpu = (p) => (p && p.server_cpu_us_per_delivery > 0
  ? p.server_cpu_us_per_delivery.toFixed(2) : '');
const header = ['system', 'sustained/s', 'cpu us', '90 %: /s', 'p50 ms', 'p99 ms', '50 %: /s', 'p50 ms',
  'p99 ms', 'equal: /s', 'p50 ms', 'p99 ms', 'connects/s', 'B/connection'];
const rows = Object.entries(systems).map(([name, row]) => [
  name, row.sustained_per_s ?? '', cpu(row.at_90), ...point(row.at_90), ...point(row.at_50), ...point(row.at_equal),
  row.connects_per_s ?? '', row.server_bytes_per_connection ?? '']);
const widths = header.map((_, i) => Math.max(...[header, ...rows].map((r) => String(r[i]).length)));
const show = (cells, pad) => `| ${cells.map((c, i) => pad(String(c), widths[i], i)).join(' | ')} |`;
const align = (text, width, i) => (i === 0 ? text.padEnd(width) : text.padStart(width));
console.log(show(header, align));
console.log(show(widths.map((w, i) => (i === 0 ? '-'.repeat(w) : `${'-'.repeat(w - 1)}:`)), align));
for (const row of rows) console.log(show(row, align));
for (const [name, value] of Object.entries(ratios)) console.log(`${name}: ${value}`);
