// The zoom layer: a chart that carries data becomes a uPlot when it is pointed at or asked for.
// The static SVG stays in the page, is what prints, and comes back with a button.
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
    return most / least > 40 ? { distr: 4, asinh: least } : { distr: 1 };
  };

  const options = (zoom, panel, size, key) => {
    const axis = { stroke: () => ink("muted"), grid: { stroke: () => ink("grid"), width: 1 } };
    const tail = zoom.axis === "percentile";
    return {
      title: panel.title,
      width: size.width,
      height: size.height,
      cursor: { sync: { key }, focus: { prox: 24 } },
      focus: { alpha: 0.35 },
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
        { label: tail ? "share" : "at", value: (_, x) =>
          x === null ? "" : tail ? percentile(x) : x + " s" },
        ...panel.series.map((one) => ({
          label: one.name,
          stroke: () => ink(one.ink),
          width: 1.8,
          dash: dashes(one.dash),
          value: (_, y) => (y === null ? "" : String(+y.toPrecision(4))),
        })),
      ],
      hooks: { drawClear: [bands(zoom)] },
    };
  };

  const show = (figure, zoom, layer) => {
    figure.classList.add("zoomed");
    if (layer.childNodes.length > 0) return;
    const width = Math.max(320, Math.min(560, figure.clientWidth));
    const height = zoom.panels.length > 1 ? 170 : 260;
    for (const panel of zoom.panels) {
      const data = [zoom.x, ...panel.series.map((one) => one.values)];
      live.push(new uPlot(options(zoom, panel, { width, height }, figure.id), data, layer));
    }
  };

  const prepare = (script) => {
    const figure = script.closest("figure");
    const chart = figure.querySelector(".chart");
    const zoom = JSON.parse(script.textContent);
    const layer = document.createElement("div");
    const tools = document.createElement("div");
    const button = document.createElement("button");
    layer.className = "layer";
    tools.className = "tools";
    button.type = "button";
    const label = () => {
      const on = figure.classList.contains("zoomed");
      button.textContent = on ? "as printed" : "zoom";
      button.title = on ? "back to the static chart" :
        "values under the pointer; drag to zoom, double click for all";
    };
    button.addEventListener("click", () => {
      if (figure.classList.contains("zoomed")) figure.classList.remove("zoomed");
      else show(figure, zoom, layer);
      label();
    });
    chart.addEventListener("pointerenter", () => {
      if (figure.dataset.touched) return;
      figure.dataset.touched = "1";
      show(figure, zoom, layer);
      label();
    });
    label();
    tools.append(button);
    figure.prepend(tools);
    chart.after(layer);
  };

  for (const script of document.querySelectorAll("script.zoom")) prepare(script);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const plot of live) plot.redraw(false, true);
  });
})();
