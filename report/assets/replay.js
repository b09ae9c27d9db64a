// The replay: a second is chosen by dragging, by keys or by playing; everything shown is looked up
// in the data of the page. Without it the pictures below say the same.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const seconds = data.owed.length;
  const slider = $("at"), strip = $("strip");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const many = (number) => number.toString().replace(/\B(?=(\d{3})+$)/g, " ");
  const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name);
  const make = (name, className, text) => {
    const node = document.createElement(name);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  };

  // ---- nodes and the clients in them -----------------------------------------------------------

  const fullest = Math.max(1, ...data.nodes.flatMap((node) =>
    node.live.map((live, i) => live + node.ghosts[i])));
  const tiles = data.nodes.map((node) => {
    const tile = make("div", "node"), head = make("div", "node-head");
    const parts = {
      tile, state: make("span", "state"), live: make("i", "live"), ghosts: make("i", "ghost"),
      words: make("p", "note"), dots: make("div", "dots"),
    };
    const bar = make("div", "node-bar");
    head.append(make("b", "", node.name), parts.state);
    bar.append(parts.live, parts.ghosts);
    tile.append(head, bar, parts.words, parts.dots);
    $("nodes").append(tile);
    return parts;
  });
  const away = make("div", "node away");
  const awayDots = make("div", "dots");
  const awayHead = make("div", "node-head");
  awayHead.append(make("b", "", "not connected"));
  away.append(awayHead, awayDots);
  $("nodes").append(away);

  const openAt = (stays, time) => stays.filter((stay) => stay[1] <= time && time < stay[3]);
  const dots = data.clients.map((stays) => {
    const dot = make("i", "dot");
    const first = openAt(stays, data.first)[0];
    return { dot, stays, home: first ? first[0] : -1, at: null, look: "" };
  });

  const placeClients = (time) => {
    for (const one of dots) {
      const open = openAt(one.stays, time);
      const alive = open.filter((stay) => time < stay[2]);
      const stay = alive[0] || open[0];
      const look = !stay ? "dot gone" : alive.length === 0 ? "dot ghost" :
        one.home >= 0 && alive.every((each) => each[0] !== one.home) ? "dot moved" : "dot live";
      const where = stay ? tiles[stay[0]].dots : awayDots;
      if (one.at !== where) where.append(one.dot);
      if (one.look !== look) one.dot.className = look;
      one.at = where;
      one.look = look;
    }
  };

  const showNodes = (place) => {
    data.nodes.forEach((node, n) => {
      const parts = tiles[n];
      const state = node.state[place];
      parts.tile.className = "node " + state;
      parts.state.textContent = state;
      parts.live.style.width = 100 * node.live[place] / fullest + "%";
      parts.ghosts.style.width = 100 * node.ghosts[place] / fullest + "%";
      const words = [many(node.live[place]) + " connected"];
      if (node.ghosts[place] > 0) words.push(many(node.ghosts[place]) + " dead, unnoticed");
      if (node.waiting[place] > 0) words.push(many(node.waiting[place]) + " cut off, not back");
      parts.words.textContent = words.join("; ");
    });
  };

  // ---- pairs -----------------------------------------------------------------------------------

  const bars = (list, rows, empty) => {
    const most = Math.max(1, ...rows.map((row) => row.pairs));
    list.replaceChildren(...rows.map((row) => {
      const line = make("li"), bar = make("i");
      bar.style.width = 100 * row.pairs / most + "%";
      line.append(make("span", "", row.name), make("b", "", many(row.pairs)), bar);
      return line;
    }));
    if (rows.length === 0) list.append(make("li", "note", empty));
  };

  const sumTo = (pairs, place) => pairs.slice(0, place + 1).reduce((sum, one) => sum + one, 0);

  const showPairs = (place) => {
    const facts = [["clients connected", data.connected[place]], ["pairs owed", data.owed[place]],
                   ["delivered", data.delivered[place]], ["lost", data.lost[place]]];
    if (data.fault) facts.push(["lost to " + data.fault, data.billed[place]]);
    facts.push(["lost since the replay began", sumTo(data.lost, place)]);
    $("sums").replaceChildren(...facts.map(([name, value]) => {
      const fact = make("div");
      const number = make("dd", "", many(value));
      number.dataset.of = name;
      fact.append(make("dt", "", name), number);
      return fact;
    }));
    bars($("causes"), data.causes.map(({ name, pairs }) => ({ name, pairs: pairs[place] }))
      .filter((row) => row.pairs > 0), "nothing");
    bars($("rooms"), data.rooms.map(({ name, pairs }) => ({ name, pairs: sumTo(pairs, place) }))
      .filter((row) => row.pairs > 0).sort((a, b) => b.pairs - a.pairs).slice(0, 8), "nowhere");
  };

  const showSteps = (time) => {
    for (const step of document.querySelectorAll("#steps li")) {
      const at = Number(step.dataset.at);
      step.classList.toggle("past", at < time + 1);
      step.classList.toggle("now", time <= at && at < time + 1);
    }
  };

  // ---- the strip above the slider --------------------------------------------------------------

  const drawStrip = (place) => {
    const wide = strip.clientWidth, high = strip.clientHeight;
    strip.width = wide * devicePixelRatio;
    strip.height = high * devicePixelRatio;
    const pen = strip.getContext("2d");
    pen.scale(devicePixelRatio, devicePixelRatio);
    const x = (second) => (second + 0.5) / seconds * wide;
    if (data.fault) {
      pen.fillStyle = ink("fault");
      const from = Math.max(0, (data.begin - data.first) / seconds * wide);
      const to = Math.min(wide, (data.end - data.first) / seconds * wide);
      pen.fillRect(from, 0, Math.max(2, to - from), high);
    }
    const most = Math.max(1, ...data.lost), all = Math.max(1, ...data.connected);
    pen.fillStyle = ink("bad");
    data.lost.forEach((lost, i) => {
      const tall = lost / most * (high - 8);
      pen.fillRect(i / seconds * wide, high - tall, Math.max(1, wide / seconds - 0.5), tall);
    });
    pen.strokeStyle = ink("s0");
    pen.lineWidth = 1.5;
    pen.beginPath();
    data.connected.forEach((count, i) =>
      pen.lineTo(x(i), 4 + (1 - count / all) * (high - 8)));
    pen.stroke();
    pen.fillStyle = ink("fg");
    pen.fillRect(x(place) - 1, 0, 2, high);
  };

  const show = () => {
    const place = Number(slider.value);
    const time = data.first + place;
    const inside = data.fault && data.begin < time + 1 && time < data.end;
    const text = time + " s";
    $("now").textContent = text;
    slider.setAttribute("aria-valuetext", text);
    $("phase").textContent = !data.fault ? "" : inside ? data.fault + " is under way" :
      time < data.begin ? "before " + data.fault : "after " + data.fault;
    drawStrip(place);
    showPairs(place);
    showNodes(place);
    placeClients(time);
    showSteps(time);
  };

  // ---- moving ----------------------------------------------------------------------------------

  let playing = null;
  const stop = () => {
    clearInterval(playing);
    playing = null;
    $("play").textContent = "Play";
  };
  $("play").addEventListener("click", () => {
    if (playing !== null) return stop();
    if (Number(slider.value) === seconds - 1) slider.value = 0;
    $("play").textContent = "Pause";
    playing = setInterval(() => {
      if (Number(slider.value) === seconds - 1) return stop();
      slider.value = Number(slider.value) + 1;
      show();
    }, still ? 1000 : 200);
  });
  slider.addEventListener("input", show);
  strip.addEventListener("pointerdown", (event) => strip.setPointerCapture(event.pointerId));
  const drag = (event) => {
    if (event.type === "pointermove" && event.buttons === 0) return;
    const share = event.offsetX / strip.clientWidth;
    slider.value = Math.max(0, Math.min(seconds - 1, Math.floor(share * seconds)));
    show();
  };
  strip.addEventListener("pointerdown", drag);
  strip.addEventListener("pointermove", drag);
  for (const time of document.querySelectorAll("#steps time")) {
    const button = make("button", "", time.textContent);
    button.type = "button";
    button.title = "go to this second";
    button.addEventListener("click", () => {
      slider.value = Math.floor(Number(time.parentElement.dataset.at)) - data.first;
      show();
    });
    time.replaceChildren(button);
  }
  addEventListener("resize", show);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  addEventListener("beforeprint", () => { $("pictures").open = true; });

  $("stage").hidden = false;
  $("pictures").open = false;
  slider.value = Math.max(0, Math.min(seconds - 1, Math.floor(data.begin) - data.first - 1));
  show();
})();
