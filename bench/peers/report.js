// Turns the lines of the load clients into one JSON file and a table.
//
// node report.js LINES RESULT. Lines of one system are merged, but those with a `step`: these are
// rounds, in which all systems were played in turn at one rate.
'use strict';

const fs = require('node:fs');
const os = require('node:os');

const [, , linesFile, resultFile] = process.argv;
const systems = {};
for (const line of fs.readFileSync(linesFile, 'utf8').split('\n').filter(Boolean)) {
  const { system, ...row } = JSON.parse(line);
  const before = systems[system] ?? {};
  systems[system] = row.step ? { ...before, rounds: [...(before.rounds ?? []), row] }
    : { ...before, ...row };
}

const ratio = (a, b, of) => {
  if (!systems[a] || !systems[b] || !of(systems[b])) return null;
  return Number((of(systems[a]) / of(systems[b])).toFixed(2));
};
const sustained = (row) => row.sustained_per_s;
const cpu_of = (round) => round.step.server_cpu_us_per_delivery;
const middle = (numbers) => {
  const sorted = numbers.filter((n) => n > 0).sort((a, b) => a - b);
  return sorted.length === 0 ? 0 : sorted[Math.floor((sorted.length - 1) / 2)];
};
// Of the processor time for a delivery, round by round: least, median, most.
const in_rounds = (a, b) => {
  const mine = systems[a]?.rounds ?? [], theirs = systems[b]?.rounds ?? [];
  const all = mine.slice(0, theirs.length).map((round, i) => cpu_of(round) / cpu_of(theirs[i]));
  if (all.length === 0) return null;
  return [Math.min(...all), middle(all), Math.max(...all)].map((n) => Number(n.toFixed(2)));
};
const ratios = {
  sustained_squall_to_socketio: ratio('squall', 'socketio', sustained),
  sustained_squall_to_ws: ratio('squall', 'ws', sustained),
  one_room_squall_to_ws: ratio('squall-one-room', 'ws-one-room', sustained),
  cpu_ws_to_squall: ratio('ws', 'squall', (row) => row.at_90?.server_cpu_us_per_delivery),
  cpu_socketio_to_squall_in_rounds: in_rounds('socketio', 'squall'),
  cpu_ws_to_squall_in_rounds: in_rounds('ws', 'squall'),
  cpu_ws_to_squall_one_room_in_rounds: in_rounds('ws-one-room', 'squall-one-room'),
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
const header = ['system', 'sustained/s', 'cpu us in rounds', 'cpu us at 90 %', '90 %: /s', 'p50 ms', 'p99 ms', '50 %: /s', 'p50 ms',
  'p99 ms', 'equal: /s', 'p50 ms', 'p99 ms', 'connects/s', 'B/connection'];
const rows = Object.entries(systems).map(([name, row]) => [
  name, row.sustained_per_s ?? '', row.rounds ? middle(row.rounds.map(cpu_of)).toFixed(2) : '',
  cpu(row.at_90), ...point(row.at_90), ...point(row.at_50), ...point(row.at_equal),
  row.connects_per_s ?? '', row.server_bytes_per_connection ?? '']);
const widths = header.map((_, i) => Math.max(...[header, ...rows].map((r) => String(r[i]).length)));
const show = (cells, pad) => `| ${cells.map((c, i) => pad(String(c), widths[i], i)).join(' | ')} |`;
const align = (text, width, i) => (i === 0 ? text.padEnd(width) : text.padStart(width));
console.log(show(header, align));
console.log(show(widths.map((w, i) => (i === 0 ? '-'.repeat(w) : `${'-'.repeat(w - 1)}:`)), align));
for (const row of rows) console.log(show(row, align));
for (const [name, value] of Object.entries(ratios)) console.log(`${name}: ${value}`);
