// Plots: each is drawn from the table that stands under it, so both say the same.
(() => {
  const HEIGHT = 260;
  const DASHES = [[], [], [8, 3], [2, 3]];
  const drawn = new Map();
  const language = document.documentElement.lang || "en";
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: "UTC" });
  const UNITS = [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"], [0.001, "millisecond"]];

  function duration(seconds) {
    const [size, unit] = UNITS.find(([size]) => seconds >= size) ?? [1, "second"];
    const shown = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 };
    return new Intl.NumberFormat(language, shown).format(seconds / size);
  }

  const FORMATS = { share: (v) => percent.format(v), count: (v) => number.format(v), seconds: duration };

  function colour(name) {
    const probe = document.createElement("i");
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  }

  const faded = (rgb) => rgb.replace("rgb(", "rgba(").replace(")", ", 0.16)");
  const value = (cell, name) => (cell.dataset[name] === undefined ? null : Number(cell.dataset[name]));

  function read(table) {
    const rows = [...table.tBodies[0].rows];
    const heads = [...table.tHead.rows[0].cells].slice(1);
    return {
      xs: rows.map((row) => Number(row.cells[0].dataset.at)),
      series: heads.map((head, n) => {
        const cells = rows.map((row) => row.cells[n + 1]);
        const number = Number(head.dataset.colour);
        return {
          label: head.textContent,
          stroke: colour(`series-${number}`),
          dash: "dashed" in head.dataset ? [4, 4] : (DASHES[number] ?? []),
          ys: cells.map((cell) => value(cell, "value")),
          lows: cells.map((cell) => value(cell, "low")),
          highs: cells.map((cell) => value(cell, "high")),
          said: cells.map((cell) => cell.textContent.replace(/\s+/g, " ").trim()),
        };
      }),
    };
  }

  // Lines with a band each, as far as there is an interval.
  function lines(found, banded) {
    const data = [found.xs];
    const series = [{}];
    const bands = [];
    for (const one of found.series) {
      data.push(one.ys);
      series.push({ stroke: one.stroke, width: 2, dash: one.dash, points: { show: !one.dash.length || one.dash[0] !== 4, size: 6, fill: one.stroke } });
      if (one.lows.every((low) => low === null)) continue;
      if (!banded) continue;
      data.push(one.highs, one.lows);
      series.push({ width: 0, points: { show: false } }, { width: 0, points: { show: false } });
      bands.push({ series: [series.length - 2, series.length - 1], fill: faded(one.stroke) });
    }
    return { data, series, bands };
  }

  // Bars on top of each other: the whole is drawn first, and covered by all but its last part.
  function bars(found) {
    const sums = found.xs.map(() => 0);
    const layers = found.series.map((one) => {
      const ys = one.ys.map((y, n) => (sums[n] += y ?? 0));
      return { ys, fill: one.stroke };
    });
    layers.reverse();
    const paths = uPlot.paths.bars({ size: [0.6, 48] });
    return {
      data: [found.xs, ...layers.map((layer) => layer.ys)],
      series: [{}, ...layers.map(({ fill }) => ({ fill, stroke: fill, width: 0, paths, points: { show: false } }))],
      bands: [],
    };
  }

  function heights(found, unit) {
    const known = found.series.flatMap((one) => [...one.ys, ...one.lows, ...one.highs]).filter((y) => y !== null);
    if (unit === "share") {
      const banded = found.series.some((one) => one.lows.some((low) => low !== null));
      const least = Math.floor(Math.min(...known) * 10) / 10;
      return { range: [banded ? Math.min(least, 0.9) : 0, 1] };
    }
    if (unit === "seconds") {
      const from = Math.max(0.001, Math.min(...known) / 2);
      return { distr: 3, range: [from, Math.max(10 * from, Math.max(...known) * 2)] };
    }
    return { range: (plot, low, high) => [0, Math.max(1, high * 1.1)] };
  }

  function axes(place, found, times) {
    const stroke = colour("muted");
    const grid = { stroke: colour("line"), width: 1 };
    const common = { stroke, grid, ticks: grid, font: "12px system-ui, sans-serif", labelFont: "12px system-ui, sans-serif", labelSize: 18 };
    const format = FORMATS[place.dataset.unit];
    const across = times ? (v) => day.format(v * 1000) : FORMATS.share;
    const whole = place.dataset.unit === "count" ? { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000] } : {};
    // Ticks stand where the data does: under the bars, and at times that people count in.
    const thinned = (plot) => found.xs.filter((x, n) => n % Math.max(1, Math.ceil((found.xs.length * 70) / plot.width)) === 0);
    const steps = times ? { splits: thinned } : {};
    const counted = [0.001, 0.01, 0.1, 1, 10, 60, 600, 3600, 6 * 3600, 86400, 7 * 86400, 30 * 86400];
    const spans = place.dataset.unit === "seconds" ? { splits: (plot, i, low, high) => counted.filter((v) => v >= low && v <= high), filter: (plot, splits) => splits } : {};
    return [
      { ...common, ...steps, label: place.dataset.across, space: 70, values: (plot, at) => at.map(across) },
      { ...common, ...whole, ...spans, label: place.dataset.up, size: 72, values: (plot, at) => at.map((v) => (v === null ? "" : format(v))) },
    ];
  }

  function marked(place) {
    const at = Number(place.dataset.mark);
    return (plot) => {
      if (!at || at < plot.scales.x.min || at > plot.scales.x.max) return;
      const x = Math.round(plot.valToPos(at, "x", true));
      const { ctx, bbox } = plot;
      ctx.save();
      ctx.strokeStyle = ctx.fillStyle = colour("text");
      ctx.setLineDash([4, 4]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.textAlign = x > bbox.left + bbox.width / 2 ? "right" : "left";
      ctx.fillText(place.dataset.markLabel, x + (ctx.textAlign === "left" ? 6 : -6), bbox.top + 14);
      ctx.restore();
    };
  }

  // Shares lie where they lie, and some alone: each has its own interval.
  function whiskers(found) {
    return (plot) => {
      const { ctx } = plot;
      ctx.save();
      ctx.setLineDash([]);
      for (const one of found.series) {
        ctx.strokeStyle = one.stroke;
        found.xs.forEach((at, n) => {
          if (one.lows[n] === null) return;
          const x = Math.round(plot.valToPos(at, "x", true));
          ctx.beginPath();
          ctx.moveTo(x, plot.valToPos(one.lows[n], "y", true));
          ctx.lineTo(x, plot.valToPos(one.highs[n], "y", true));
          ctx.stroke();
        });
      }
      ctx.restore();
    };
  }

  // What is under the pointer, in the words of the table.
  function told(place, found, rows) {
    const tip = document.createElement("div");
    tip.className = "plot-tip";
    tip.hidden = true;
    const line = (label, said) => {
      const p = document.createElement("p");
      for (const text of [label, said]) p.append(Object.assign(document.createElement("span"), { textContent: text }));
      return p;
    };
    return {
      init: (plot) => plot.over.append(tip),
      setCursor: (plot) => {
        const { idx, left, top } = plot.cursor;
        tip.hidden = idx === null || idx === undefined || left < 0;
        if (tip.hidden) return;
        tip.replaceChildren(line(rows[idx], ""), ...found.series.map((one) => line(one.label, one.said[idx])));
        const wide = plot.over.clientWidth;
        tip.style.left = `${Math.max(0, Math.min(left + 12, wide - tip.offsetWidth))}px`;
        tip.style.top = `${Math.max(0, top - tip.offsetHeight - 8)}px`;
      },
    };
  }

  function draw(place) {
    const table = place.closest("[data-figure]").querySelector("table");
    const found = read(table);
    const kind = place.dataset.plot;
    const times = kind !== "shares";
    const { data, series, bands } = kind === "bars" ? bars(found) : lines(found, times);
    const rows = [...table.tBodies[0].rows].map((row) => row.cells[0].textContent);
    const tip = told(place, found, rows);
    const ends = [found.xs[0], found.xs.at(-1)];
    const margin = times ? (ends[1] - ends[0]) / Math.max(2, 2 * (found.xs.length - 1)) : 0;
    const options = {
      width: place.clientWidth,
      height: HEIGHT,
      series,
      bands,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: kind !== "bars" } },
      scales: { x: { time: false, range: times ? [ends[0] - margin, ends[1] + margin] : [0, 1] }, y: heights(found, place.dataset.unit) },
      axes: axes(place, found, times),
      hooks: { init: [tip.init], setCursor: [tip.setCursor], draw: [marked(place), ...(times ? [] : [whiskers(found)])] },
    };
    drawn.get(place)?.destroy();
    drawn.set(place, new uPlot(options, data, place));
    place.dataset.drawn = "";
  }

  function begin() {
    if (!window.uPlot) return;
    for (const place of document.querySelectorAll("[data-plot]:not([data-drawn])")) {
      if (place.clientWidth) draw(place);
      resized.observe(place);
    }
  }

  const resized = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const plot = drawn.get(target);
      if (!plot && target.clientWidth) draw(target);
      else if (plot && target.clientWidth && target.clientWidth !== plot.width) plot.setSize({ width: target.clientWidth, height: HEIGHT });
    }
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-as-table]");
    if (!button) return;
    const shown = button.closest("[data-figure]").classList.toggle("as-table");
    button.setAttribute("aria-pressed", String(shown));
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => [...drawn.keys()].forEach(draw));
  document.addEventListener("DOMContentLoaded", begin);
})();
