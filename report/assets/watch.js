// The live view: draws what the server of `squall run --watch` says, several times a second.
// Plain canvases, no library; the numbers beside them say the same in words.
"use strict";
(() => {
  const get = (id) => document.getElementById(id);
  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name);
  const percent = (part, whole) =>
    whole > 0 ? (100 * part / whole).toPrecision(3) + " %" : "–";
  const sum = (values) => values.reduce((a, b) => a + b, 0);

  const charts = [
    { id: "loss", value: (row, i) => row.owed[i] > 0 ? 100 * row.lost[i] / row.owed[i] : 0 },
    { id: "connected", value: (row, i) => row.connected[i] },
    { id: "delivered", value: (row, i) => row.delivered[i] },
  ];

  const draw = (chart, state) => {
    const canvas = get(chart.id);
    const scale = window.devicePixelRatio || 1;
    const width = canvas.clientWidth, height = canvas.clientHeight;
    canvas.width = width * scale;
    canvas.height = height * scale;
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    const left = 56, right = 8, top = 6, bottom = 20;
    const seconds = Math.max(1, state.measure);
    let most = 0;
    for (const row of state.rows) {
      for (let i = 0; i < row.connected.length; i++) most = Math.max(most, chart.value(row, i));
    }
    const high = most > 0 ? most : 1;
    const x = (second) => left + (width - left - right) * second / seconds;
    const y = (value) => height - bottom - (height - top - bottom) * value / high;
    pen.fillStyle = style("margin");
    for (const fault of state.faults) {
      pen.fillRect(x(fault.from), top, Math.max(1, x(fault.to) - x(fault.from)),
                   height - top - bottom);
    }
    pen.strokeStyle = style("axis");
    pen.strokeRect(left, top, width - left - right, height - top - bottom);
    pen.fillStyle = style("muted");
    pen.font = "11px system-ui, sans-serif";
    pen.textAlign = "right";
    pen.fillText(high.toPrecision(3), left - 4, top + 10);
    pen.fillText("0", left - 4, height - bottom);
    pen.textAlign = "center";
    pen.fillText("0 s", left, height - 6);
    pen.fillText(Math.round(seconds) + " s", width - right - 12, height - 6);
    state.rows.forEach((row, number) => {
      pen.strokeStyle = style("s" + number % 8);
      pen.setLineDash([[], [6, 3], [2, 2]][Math.floor(number / 8) % 3]);
      pen.beginPath();
      for (let i = 0; i < row.connected.length; i++) {
        i === 0 ? pen.moveTo(x(i), y(chart.value(row, i))) : pen.lineTo(x(i), y(chart.value(row, i)));
      }
      pen.stroke();
    });
    pen.setLineDash([]);
  };

  const cells = (row, state, number) => {
    const lost = row.done > 0 ? percent(row.lost_done, row.owed_done)
                              : percent(sum(row.lost), sum(row.owed));
    const now = row.under_way === 0 ? (row.done > 0 ? "done" : "waiting")
              : row.now < 0 ? "warming up" : Math.floor(row.now) + " of " + state.measure + " s";
    const most = Math.max(0, ...row.sessions);
    const nodes = row.sessions.length === 0 ? "–"
      : row.sessions.length + " nodes, " + Math.min(...row.sessions) + " to " + most;
    return ["", row.strategy, row.done + " of " + state.reps, now, lost,
            String(row.connected_now), nodes];
  };

  const table = (state) => {
    const body = get("rows");
    while (body.rows.length < state.rows.length) {
      const row = body.insertRow();
      for (let i = 0; i < 7; i++) row.insertCell();
      row.cells[0].append(document.createElement("i"));
    }
    state.rows.forEach((row, number) => {
      const texts = cells(row, state, number);
      const line = body.rows[number];
      line.cells[0].firstChild.style.background = style("s" + number % 8);
      for (let i = 1; i < 7; i++) line.cells[i].textContent = texts[i];
      const bars = line.cells[6];
      const strip = document.createElement("div");
      strip.className = "nodes";
      strip.setAttribute("aria-hidden", "true");
      const most = Math.max(1, ...row.sessions);
      for (const sessions of row.sessions.slice(0, 100)) {
        const bar = document.createElement("i");
        bar.style.height = Math.round(100 * sessions / most) + "%";
        strip.append(bar);
      }
      bars.append(strip);
    });
  };

  let ended = false;
  const show = (state) => {
    get("scenario").textContent = state.scenario;
    const faults = state.faults.map((fault) => fault.name + " at " + fault.from + " s");
    get("faults").textContent = faults.length > 0 ? "Faults, shaded: " + faults.join(", ") + "."
                                                  : "The script has no faults.";
    table(state);
    for (const chart of charts) draw(chart, state);
    ended = state.over;
    get("state").textContent = ended ? "The run is over." : "Playing.";
    get("stop").disabled = ended;
  };

  const socket = new WebSocket(location.href.replace(/^http/, "ws") + "live");
  socket.onmessage = (event) => show(JSON.parse(event.data));
  socket.onclose = () => {
    get("stop").disabled = true;
    if (!ended) get("state").textContent = "The run has gone away.";
  };
  get("stop").onclick = () => {
    socket.send("stop");
    get("state").textContent = "Asked to stop: what is done will be kept.";
  };
})();
