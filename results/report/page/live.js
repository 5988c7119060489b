// Draws the charts over time again, on a screen: with a readout under the pointer and a zoom, all of a page together.
// Colours and dashes come from the style sheet. Where anything fails, the drawings that are there already stay.
(function () {
  "use strict";
  var source = document.getElementById("live-figures");
  if (!source || typeof uPlot === "undefined") return;
  var figures = JSON.parse(source.textContent);
  var charts = [], shared = uPlot.sync("seconds"), whole = null, settling = false;
  var SVG = "http://www.w3.org/2000/svg";

  function element(name, parent, className, text) {
    var e = document.createElement(name);
    if (className) e.className = className;
    if (text) e.textContent = text;
    parent.appendChild(e);
    return e;
  }
  // sample is a piece of line in a style: the key of the readout, and where its colour and dashes are read.
  function sample(style, parent) {
    var svg = document.createElementNS(SVG, "svg"), path = document.createElementNS(SVG, "path");
    svg.setAttribute("viewBox", "0 0 30 12");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("class", "line s" + style);
    path.setAttribute("d", "M0 6H30");
    svg.appendChild(path);
    parent.appendChild(svg);
    return path;
  }
  function variable(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }
  function dashes(path) {
    var text = getComputedStyle(path).strokeDasharray;
    return text === "none" ? [] : text.split(/[ ,]+/).map(parseFloat);
  }
  function moment(s) {
    var sign = s < 0 ? "−" : "";
    if (whole[1] <= 180) return sign + Math.abs(+s.toFixed(1)) + " s";
    var all = Math.round(Math.abs(s)), rest = all % 60;
    return sign + Math.floor(all / 60) + ":" + (rest < 10 ? "0" : "") + rest;
  }
  function plain(v) {
    if (v == null) return "–";
    var a = Math.abs(v);
    return v.toLocaleString("en", { maximumFractionDigits: a < 10 ? 2 : a < 100 ? 1 : 0 });
  }

  // columns are what uPlot draws of a plot: moments, then of every line its last values, and if it has them its bounds.
  function columns(figure, plot) {
    var data = [figure.at];
    plot.lines.forEach(function (l) {
      data.push(l.last);
      if (l.low) data.push(l.high, l.low);
    });
    return data;
  }
  function lines(plot, samples) {
    var series = [{}], bands = [];
    plot.lines.forEach(function (l, i) {
      var colour = function () { return getComputedStyle(samples[i]).stroke; };
      series.push({ label: l.name, stroke: colour, width: 1.6, dash: dashes(samples[i]), points: { show: false } });
      if (!l.low) return;
      var bound = { stroke: "transparent", width: 0, points: { show: false } };
      bands.push({ series: [series.length, series.length + 1], fill: function () { return translucent(colour()); } });
      series.push(bound, Object.assign({}, bound));
    });
    return { series: series, bands: bands };
  }
  function translucent(colour) { return colour.replace(/^rgb\((.*)\)$/, "rgba($1, .22)"); }

  function axes(plot, last) {
    var font = "12px " + getComputedStyle(document.body).fontFamily;
    var soft = function () { return variable("--soft"); }, grid = { stroke: function () { return variable("--rule"); }, width: 1 };
    return [
      { stroke: soft, font: font, grid: grid, ticks: { show: false }, size: last ? 28 : 6, space: 64,
        values: function (u, splits) { return splits.map(function (s) { return last ? moment(s) : ""; }); } },
      { stroke: soft, font: font, grid: grid, ticks: { show: false }, size: 50, space: 34, splits: plot.log ? powers : undefined,
        values: function (u, splits) { return splits.map(function (v) { return v == null ? "" : plain(v); }); } }];
  }
  function powers(u, axis, low, high) {
    var all = [];
    for (var p = Math.round(Math.log10(low)); p <= Math.log10(high) + 1e-6; p++) all.push(Math.pow(10, p));
    return all;
  }

  function range(plot) {
    return function (u, low, high) {
      if (!plot.log) return [0, high > 0 ? high * 1.08 : 1];
      if (!(low > 0)) return [1, 10];
      low = Math.pow(10, Math.floor(Math.log10(low)));
      return [low, Math.max(low * 10, Math.pow(10, Math.ceil(Math.log10(high))))];
    };
  }

  // notes draws what happened: shaded times below the lines, moments above them, their words on the first plot.
  function shade(figure) {
    return function (u) {
      u.ctx.save();
      u.ctx.fillStyle = variable("--shade");
      figure.notes.forEach(function (n) {
        if (n.to <= n.from) return;
        var a = Math.max(u.valToPos(n.from, "x", true), u.bbox.left), b = Math.min(u.valToPos(n.to, "x", true), u.bbox.left + u.bbox.width);
        if (b > a) u.ctx.fillRect(a, u.bbox.top, b - a, u.bbox.height);
      });
      u.ctx.restore();
    };
  }
  function label(figure, first) {
    return function (u) {
      var dot = window.devicePixelRatio || 1, right = u.bbox.left + u.bbox.width, row = 0;
      u.ctx.save();
      u.ctx.strokeStyle = u.ctx.fillStyle = variable("--ink");
      u.ctx.lineWidth = 1.2 * dot;
      u.ctx.setLineDash([4 * dot, 3 * dot]);
      u.ctx.font = 12 * dot + "px " + getComputedStyle(document.body).fontFamily;
      figure.notes.forEach(function (n) {
        var x = u.valToPos(n.from, "x", true);
        if (x < u.bbox.left - 1 || x > right + 1) return;
        if (n.to <= n.from) {
          u.ctx.beginPath();
          u.ctx.moveTo(x, u.bbox.top);
          u.ctx.lineTo(x, u.bbox.top + u.bbox.height);
          u.ctx.stroke();
        }
        if (!first || !n.text) return;
        var beyond = x + u.ctx.measureText(n.text).width + 6 * dot > right;
        u.ctx.textAlign = beyond ? "right" : "left";
        u.ctx.fillText(n.text, x + (beyond ? -5 : 5) * dot, u.bbox.top - (6 + 14 * (row++ % 2)) * dot);
      });
      u.ctx.restore();
    };
  }

  function zoom(low, high) {
    settling = true;
    charts.forEach(function (c) { c.plot.setScale("x", { min: low, max: high }); });
    settling = false;
    var near = low > whole[0] + 1e-6 || high < whole[1] - 1e-6;
    document.querySelectorAll(".tools button").forEach(function (b) { b.hidden = !near; });
  }
  function follow(u, scale) {
    if (scale === "x" && !settling && charts.length) zoom(u.scales.x.min, u.scales.x.max);
  }

  function readout(plot, place) {
    element("b", place, "", plot.title);
    return plot.lines.map(function (l) {
      var item = element("span", place), path = sample(l.style, item);
      element("span", item, "", plot.lines.length > 1 ? l.name : "");
      return { path: path, value: element("i", item, "") };
    });
  }
  function tell(figure, plot, keys) {
    return function (u) {
      var at = u.cursor.idx;
      plot.lines.forEach(function (l, i) {
        keys[i].value.textContent = at == null ? "" : plain(l.last[at]) + (l.last[at] == null ? "" : plot.unit);
      });
      if (figure.clock) figure.clock.textContent = at == null ? figure.hint : "at " + moment(figure.at[at]);
    };
  }

  function draw(figure, plot, index, place) {
    var keys = readout(plot, element("p", place, "readout"));
    var box = element("div", place, "plot"), last = index === figure.plots.length - 1;
    var drawn = lines(plot, keys.map(function (k) { return k.path; }));
    var height = (index ? 92 : 150) + (last ? 28 : 6) + (index === 0 && figure.notes.length ? 26 : 0);
    var u = new uPlot({
      width: Math.max(box.clientWidth, 120), height: height, padding: [index === 0 && figure.notes.length ? 32 : 8, 18, 0, 0],
      series: drawn.series, bands: drawn.bands, axes: axes(plot, last), legend: { show: false },
      scales: { x: { time: false, range: function (u, low, high) { return [low, high]; } }, y: { distr: plot.log ? 3 : 1, range: range(plot) } },
      cursor: { y: false, points: { size: 7 }, sync: { key: shared.key, scales: ["x", null], setSeries: false }, drag: { x: true, y: false, setScale: true } },
      hooks: { setCursor: [tell(figure, plot, keys)], setScale: [follow], drawClear: [shade(figure)], draw: [label(figure, index === 0)] },
    }, columns(figure, plot), box);
    u.over.addEventListener("dblclick", function () { zoom(whole[0], whole[1]); });
    charts.push({ plot: u, box: box, height: height });
  }

  function tools(figure, place) {
    var bar = element("p", place, "tools");
    figure.hint = "Point at the chart to read it, drag across it to zoom; the table below has every number.";
    figure.clock = element("span", bar, "", figure.hint);
    var button = element("button", bar, "", "Show the whole load");
    button.type = "button";
    button.hidden = true;
    button.addEventListener("click", function () { zoom(whole[0], whole[1]); });
  }

  function show(figure) {
    var at = document.getElementById(figure.name), place = document.createElement("div");
    place.className = "live";
    at.insertBefore(place, at.querySelector("details"));
    at.classList.add("alive");
    var before = charts.length;
    try {
      tools(figure, place);
      figure.plots.forEach(function (plot, i) { draw(figure, plot, i, place); });
    } catch (problem) {
      charts.splice(before).forEach(function (c) { c.plot.destroy(); });
      place.remove();
      at.classList.remove("alive");
      console.error(problem);
    }
  }

  whole = [Math.min.apply(null, figures.map(function (f) { return f.from; })), Math.max.apply(null, figures.map(function (f) { return f.to; }))];
  figures.forEach(function (f) { // charts share their axis, and not all begin with the warm-up
    if (f.from > whole[0] + 1e-6) f.notes.unshift({ from: whole[0], to: f.from, text: "warm-up" });
    show(f);
  });
  zoom(whole[0], whole[1]);
  new ResizeObserver(function () {
    charts.forEach(function (c) {
      if (c.box.clientWidth > 0 && c.box.clientWidth !== c.plot.width) c.plot.setSize({ width: c.box.clientWidth, height: c.height });
    });
  }).observe(document.body);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", function () {
    requestAnimationFrame(function () { charts.forEach(function (c) { c.plot.redraw(false, true); }); });
  });
})();
