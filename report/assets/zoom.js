// The zoom layer: a chart that carries data becomes a uPlot when it is pointed at or asked for.
// The static SVG stays in the page, is what prints, and comes back with a button. All charts over
// time have one cursor, for the pointer and for the arrow keys.
"use strict";
(() => {
  const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name);
  const dashes = (text) => (text ? text.split(" ").map(Number) : undefined);
  const live = [];

  const percentile = (x) => {
    const share = 100 * (1 - 1 / x);
    const digits = Math.max(0, Math.ceil(Math.log10(x)) - 2);
    return share.toFixed(x < 10 ? 0 : digits) + " %";
  };

  const bands = (zoom) => (plot) => {
    const { ctx, bbox } = plot;
    ctx.save();
    for (const band of zoom.bands) {
      const from = Math.max(bbox.left, plot.valToPos(band.from, "x", true));
      const to = Math.min(bbox.left + bbox.width, plot.valToPos(band.to, "x", true));
      if (to <= from) continue;
      ctx.globalAlpha = 0.7;
      ctx.fillStyle = ink("fault");
      ctx.fillRect(from, bbox.top, Math.max(2, to - from), bbox.height);
      if (zoom.lanes) continue;  // named there
      ctx.globalAlpha = 1;
      ctx.fillStyle = ink("fg");
      ctx.font = 11 * devicePixelRatio + "px system-ui";
      ctx.fillText(band.label, from + 3, bbox.top + 12 * devicePixelRatio, bbox.width);
    }
    ctx.restore();
  };

  // Values that spread over decades, zeros among them, need a scale that has room for both.
  const spread = (panel) => {
    if (panel.scale !== "spread") return { distr: panel.scale === "log" ? 3 : 1 };
    const above = panel.series.flatMap((one) => one.values).filter((value) => value > 0);
    const least = Math.min(...above), most = Math.max(...above);
    if (!(most / least > 40)) return { distr: 1 };
    const zeros = panel.series.some((one) => one.values.includes(0));
    return zeros ? { distr: 4, asinh: least } : { distr: 3 };
  };

  const shownValue = (panel, y) => {
    if (y === null || y === undefined) return "none";
    return +y.toPrecision(4) + (panel.unit ? " " + panel.unit : "");
  };

  // The numbers under the cursor, beside it; only in the plot that has the pointer or the focus.
  const tooltip = (panel, xText) => {
    let box = null;
    return {
      hooks: {
        init: (plot) => {
          box = document.createElement("div");
          box.className = "tooltip";
          plot.over.append(box);
        },
        setCursor: (plot) => {
          const { idx, left } = plot.cursor;
          const mine = plot.over.matches(":hover") || plot.root.parentElement.matches(":focus");
          box.hidden = !mine || idx === null || idx === undefined || left < 0;
          if (box.hidden) return;
          const at = document.createElement("b");
          at.textContent = xText(plot.data[0][idx]);
          const lines = plot.series.slice(1).map((one, i) => {
            const line = document.createElement("span");
            const mark = document.createElement("i");
            mark.style.background = ink(panel.series[i].ink);
            line.append(mark, one.label + " ", shownValue(panel, plot.data[i + 1][idx]));
            return line;
          });
          box.replaceChildren(at, ...lines);
          const right = left > plot.over.clientWidth / 2;
          box.style.left = right ? "" : left + 12 + "px";
          box.style.right = right ? plot.over.clientWidth - left + 12 + "px" : "";
        },
      },
    };
  };

  // Rows of bars that follow the x axis of the plot below them.
  const lanes = (zoom, strip) => {
    const rows = [
      { name: "faults", bars: zoom.bands.map((one) => ({ ...one, what: "fault" })) },
      ...(zoom.lanes || []).map((one) => ({
        name: one.name, bars: one.spells.map((spell) => ({ ...spell, label: spell.what })),
      })),
    ].filter((row) => row.bars.length > 0);
    const place = (plot) => {
      const left = plot.over.offsetLeft, wide = plot.over.clientWidth;
      const { min, max } = plot.scales.x;
      strip.replaceChildren(...rows.map((row) => {
        const line = document.createElement("div");
        const name = document.createElement("small");
        name.textContent = row.name;
        name.style.width = left - 6 + "px";
        line.append(name);
        for (const bar of row.bars) {
          const from = Math.max(0, (bar.from - min) / (max - min) * wide);
          const to = Math.min(wide, (bar.to - min) / (max - min) * wide);
          if (to <= 0 || from >= wide) continue;
          const box = document.createElement("span");
          box.className = "lane " + bar.what;
          box.style.left = left + from + "px";
          box.style.width = Math.max(2, to - from) + "px";
          box.title = row.name + ": " + bar.label + ", " + bar.from + " s to " + bar.to + " s";
          if (bar.what === "fault" && to - from > 40) box.textContent = bar.label;
          line.append(box);
        }
        return line;
      }));
    };
    return { hooks: { ready: place, setScale: (plot, key) => key === "x" && place(plot),
                      setSize: place } };
  };

  const options = (zoom, panel, size, plugins) => {
    const axis = { stroke: () => ink("muted"), grid: { stroke: () => ink("grid"), width: 1 } };
    const tail = zoom.axis === "percentile";
    const xText = (x) => (x === null ? "" : tail ? percentile(x) : +x.toFixed(3) + " s");
    return {
      title: panel.title,
      width: size.width,
      height: size.height,
      // One cursor over all charts that share an axis; a drag zooms them all.
      cursor: { sync: { key: zoom.axis, setSeries: true, scales: ["x", null] },
                focus: { prox: 24 } },
      focus: { alpha: 0.35 },
      plugins: [...plugins, tooltip(panel, xText)],
      scales: {
        x: { time: false, distr: tail ? 3 : 1 },
        y: spread(panel),
      },
      axes: [
        { ...axis, values: (_, ticks) =>
          ticks.map((t) => (t === null ? "" : tail ? percentile(t) : t + " s")) },
        { ...axis, size: 58, values: (_, ticks) =>
          ticks.map((t) => (t === null ? "" : String(+t.toPrecision(6)))) },
      ],
      series: [
        { label: tail ? "share" : "at", value: (_, x) => xText(x) },
        ...panel.series.map((one) => ({
          label: one.name,
          stroke: () => ink(one.ink),
          width: 1.8,
          dash: dashes(one.dash),
          value: (_, y) => shownValue(panel, y),
        })),
      ],
      hooks: { drawClear: [bands(zoom)] },
    };
  };

  // Arrow keys move the cursor of every plot of this axis; Shift: ten points; Home and End.
  const keyed = (layer, plots, axis) => {
    layer.tabIndex = 0;
    layer.setAttribute("role", "group");
    layer.setAttribute("aria-label", "Chart; arrow keys move the cursor, Escape shows all");
    const said = document.createElement("p");
    said.className = "unseen";
    said.setAttribute("role", "status");
    layer.append(said);
    layer.addEventListener("keydown", (event) => {
      const x = plots[0].data[0];
      const now = plots[0].cursor.idx ?? 0;
      const step = event.shiftKey ? 10 : 1;
      const last = x.length - 1;
      const to = { ArrowLeft: now - step, ArrowRight: now + step, Home: 0, End: last }[event.key];
      if (event.key === "Escape") {
        for (const plot of plots) plot.setScale("x", { min: x[0], max: x[x.length - 1] });
      }
      if (to === undefined) return;
      event.preventDefault();
      const index = Math.max(0, Math.min(last, to));
      const value = x[index];
      for (const one of live) {
        if (one.axis !== axis) continue;
        one.plot.setCursor({ left: one.plot.valToPos(value, "x"), top: 4 }, true, false);
      }
      const numbers = plots.map((plot) => plot.series.slice(1)
        .map((one, i) => one.label + " " + (plot.data[i + 1][index] ?? "none")).join(", "));
      said.textContent = +value.toFixed(3) + ": " + numbers.join("; ");
    });
  };

  const size = (figure, zoom) => ({
    width: Math.max(300, figure.clientWidth),
    height: zoom.panels.length > 1 ? 170 : 260,
  });

  const show = (figure, zoom, layer) => {
    figure.classList.add("zoomed");
    if (layer.childNodes.length > 0) return;
    const strip = document.createElement("div");
    strip.className = "lanes";
    if (zoom.lanes) layer.append(strip);
    const plots = zoom.panels.map((panel, i) => {
      const data = [zoom.x, ...panel.series.map((one) => one.values)];
      const plugins = zoom.lanes && i === 0 ? [lanes(zoom, strip)] : [];
      return new uPlot(options(zoom, panel, size(figure, zoom), plugins), data, layer);
    });
    for (const plot of plots) live.push({ plot, axis: zoom.axis, figure, zoom });
    keyed(layer, plots, zoom.axis);
  };

  const fit = (figure) => {
    for (const one of live) if (one.figure === figure) one.plot.setSize(size(figure, one.zoom));
  };

  const buttonOf = (tools, work) => {
    const button = document.createElement("button");
    button.type = "button";
    button.addEventListener("click", work);
    tools.append(button);
    return button;
  };

  const prepare = (script) => {
    const figure = script.closest("figure");
    const chart = figure.querySelector(".chart");
    const zoom = JSON.parse(script.textContent);
    const layer = document.createElement("div");
    const tools = document.createElement("div");
    layer.className = "layer";
    tools.className = "tools";
    const zoomed = () => figure.classList.contains("zoomed");
    const wide = buttonOf(tools, () => {
      show(figure, zoom, layer);
      figure.classList.toggle("full");
      fit(figure);
      label();
    });
    const button = buttonOf(tools, () => {
      if (zoomed()) figure.classList.remove("zoomed", "full");
      else show(figure, zoom, layer);
      fit(figure);
      label();
    });
    const label = () => {
      button.textContent = zoomed() ? "as printed" : "zoom";
      button.title = zoomed() ? "back to the static chart" :
        "values under the pointer; drag to zoom, double click for all";
      wide.textContent = figure.classList.contains("full") ? "half width" : "full width";
      wide.title = "zoom, as wide as the page";
    };
    chart.addEventListener("pointerenter", () => {
      if (figure.dataset.touched) return;
      figure.dataset.touched = "1";
      show(figure, zoom, layer);
      label();
    });
    label();
    figure.prepend(tools);
    chart.after(layer);
  };

  for (const script of document.querySelectorAll("script.zoom")) prepare(script);
  addEventListener("resize", () => {
    for (const figure of new Set(live.map((one) => one.figure))) fit(figure);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const { plot } of live) plot.redraw(false, true);
  });
})();
