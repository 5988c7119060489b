// What a browser test asks of a page as it is shown: returns one line for everything that is wrong.
(() => {
  const wrong = [], say = (what) => wrong.push(what);
  const shown = (e) => e.getClientRects().length > 0;
  const slack = 1.5; // of a drawing's own units

  // The page as a whole.
  if (document.documentElement.scrollWidth > window.innerWidth) say("the page scrolls sideways: " + document.documentElement.scrollWidth + " of " + window.innerWidth);
  if (!document.documentElement.lang || !document.title) say("no language or title");
  for (const name of ["main", "header", "nav", "h1"])
    if (document.querySelectorAll(name).length !== 1) say("not one " + name);
  let level = 0;
  for (const h of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    const now = +h.tagName[1];
    if (now > level + 1 && !h.closest("nav")) say("heading too deep: " + h.textContent);
    if (!h.textContent.trim()) say("empty heading");
    if (!h.closest("nav")) level = now;
  }
  const ids = new Set();
  for (const e of document.querySelectorAll("[id]")) {
    if (ids.has(e.id)) say("id twice: " + e.id);
    ids.add(e.id);
  }
  for (const a of document.querySelectorAll("a"))
    if (!a.hash || !ids.has(a.hash.slice(1))) say("link to nothing: " + a.getAttribute("href"));
  for (const e of document.querySelectorAll("[aria-labelledby]"))
    for (const id of e.getAttribute("aria-labelledby").split(" ")) if (!ids.has(id)) say("labelled by nothing: " + id);
  for (const e of document.querySelectorAll("[role=region]")) if (!e.getAttribute("aria-label")) say("region without a label");
  for (const t of document.querySelectorAll("table")) {
    if (!t.caption || !t.caption.textContent.trim()) say("table without a caption");
    if (!t.querySelector("tbody tr")) say("table without rows: " + t.caption.textContent);
    for (const th of t.querySelectorAll("th")) if (!th.scope) say("heading without a scope: " + th.textContent);
    for (const th of t.querySelectorAll("thead th")) if (shown(th) && broken(th)) say("word broken in a table's head: " + th.textContent);
  }
  for (const d of document.querySelectorAll("details")) if (!d.querySelector("summary")) say("details without a summary");

  // broken reports whether a word of a cell stands on two lines.
  function broken(cell) {
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), range = document.createRange();
    while (walker.nextNode()) {
      for (const m of walker.currentNode.data.matchAll(/[\p{L}\p{N}]+/gu)) {
        range.setStart(walker.currentNode, m.index);
        range.setEnd(walker.currentNode, m.index + m[0].length);
        if (new Set([...range.getClientRects()].map((r) => Math.round(r.top))).size > 1) return true;
      }
    }
    return false;
  }

  // Figures. A line may be of no length: an interval of no width has its mark.
  for (const f of document.querySelectorAll("figure")) {
    if (!shown(f)) continue;
    const name = f.id || f.textContent.trim().slice(0, 30);
    const drawings = [...f.querySelectorAll("svg[role=img]")].filter(shown), canvases = [...f.querySelectorAll("canvas")].filter(shown);
    if (!drawings.length && !canvases.length) say(name + ": nothing is shown");
    if (f.id && !f.querySelector("details table")) say(name + ": no table behind it");
    canvases.forEach((c) => canvas(name, c));
    drawings.forEach((d) => drawing(name, d));
  }
  function canvas(name, c) {
    const box = c.getBoundingClientRect();
    if (box.width < 100 || box.height < 50) return say(name + ": a canvas of no size");
    const copy = new OffscreenCanvas(c.width, c.height).getContext("2d", { willReadFrequently: true });
    copy.drawImage(c, 0, 0);
    const pixels = copy.getImageData(0, 0, c.width, c.height).data, colours = new Set();
    let painted = 0;
    for (let i = 3; i < pixels.length; i += 4)
      if (pixels[i] > 200) {
        painted++;
        colours.add((pixels[i - 3] >> 4) + "," + (pixels[i - 2] >> 4) + "," + (pixels[i - 1] >> 4));
      }
    if (painted < 200 || colours.size < 3) say(name + ": an empty canvas, " + painted + " points in " + colours.size + " colours");
  }
  function drawing(name, d) {
    const view = d.viewBox.baseVal, box = d.getBoundingClientRect();
    if (!view || view.width < 50 || view.height < 20 || box.width < 50) return say(name + ": a drawing of no size");
    const label = d.getAttribute("aria-label") || (d.getAttribute("aria-labelledby") || "").split(" ").map((id) => (document.getElementById(id) || {}).textContent || "").join(" ");
    if (label.trim().length < 10) say(name + ": a drawing without a label");
    const marks = [...d.querySelectorAll("path, rect, circle, polyline, line")].filter((m) => !m.closest("defs") && !m.matches(".grid, .zero, .shade, .mark-line, .leader, .track, .target"));
    if (!marks.some((m) => m.getBBox().width > 0 || m.getBBox().height > 0)) say(name + ": no data is drawn");
    for (const m of marks) {
      const b = m.getBBox();
      if (!(b.width > 0 || b.height > 0) && !m.matches(".line")) say(name + ": a mark of no size: " + m.outerHTML.slice(0, 90));
      if (b.x < -8 || b.y < -8 || b.x + b.width > view.width + 8 || b.y + b.height > view.height + 8) say(name + ": a mark outside: " + m.outerHTML.slice(0, 90));
      if (/NaN|Infinity/.test(m.outerHTML)) say(name + ": no number: " + m.outerHTML.slice(0, 90));
    }
    const texts = [...d.querySelectorAll("text")].filter((t) => t.textContent.trim()).map((t) => ({ t, b: placed(t) }));
    for (const { t, b } of texts)
      if (b.x < view.x - slack || b.y < view.y - slack || b.x + b.width > view.x + view.width + slack || b.y + b.height > view.y + view.height + slack)
        say(name + ": text outside the drawing: " + t.textContent + " " + [b.x, b.y, b.width, b.height].map(Math.round) + " of " + [view.width, view.height].map(Math.round));
    for (let i = 0; i < texts.length; i++)
      for (let k = i + 1; k < texts.length; k++) {
        const a = texts[i].b, b = texts[k].b;
        const wide = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x), tall = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
        if (wide > slack && tall > 4) say(name + ": texts overlap: " + texts[i].t.textContent + " | " + texts[k].t.textContent);
      }
  }
  // placed is a text's box in the drawing's units, whatever it is transformed by. A line is taller than its letters.
  function placed(t) {
    const b = t.getBBox(), own = t.getCTM(), all = t.ownerSVGElement.getCTM();
    if (!own || !all) return b;
    const m = all.inverse().multiply(own), xs = [], ys = [];
    for (const [x, y] of [[b.x, b.y], [b.x + b.width, b.y], [b.x, b.y + b.height], [b.x + b.width, b.y + b.height]]) {
      xs.push(m.a * x + m.c * y + m.e);
      ys.push(m.b * x + m.d * y + m.f);
    }
    return { x: Math.min(...xs), y: Math.min(...ys), width: Math.max(...xs) - Math.min(...xs), height: Math.max(...ys) - Math.min(...ys) };
  }

  // Contrast, as WCAG 2 counts it: 4.5 of text, 3 of large text and of marks.
  function colour(text) {
    const m = text.match(/^rgba?\(([^)]*)\)$/);
    if (!m) return null;
    const v = m[1].split(/[ ,/]+/).map(Number);
    return { r: v[0], g: v[1], b: v[2], a: v[3] === undefined ? 1 : v[3] };
  }
  function light(c) {
    const [r, g, b] = [c.r, c.g, c.b].map((v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }
  function ratio(a, b) {
    const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  }
  function behind(e) {
    for (; e; e = e.parentElement) {
      const c = colour(getComputedStyle(e).backgroundColor);
      if (c && c.a > 0.99) return c;
    }
    return { r: 255, g: 255, b: 255, a: 1 };
  }
  const pale = new Set();
  function contrast(e, own, least, what) {
    const c = colour(own);
    if (!c) return;
    const got = ratio(c, behind(e));
    const key = what + " " + (e.getAttribute("class") || e.tagName) + ": " + got.toFixed(2) + " of " + least;
    if (got < least && !pale.has(key)) {
      pale.add(key);
      say("too little contrast: " + key + " (" + e.textContent.trim().slice(0, 30) + ")");
    }
  }
  for (const e of document.querySelectorAll("body *")) {
    if (!shown(e) || e.closest(".skip") || e.closest("script")) continue;
    const style = getComputedStyle(e);
    const words = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (e.ownerSVGElement) {
      if (words) contrast(e, style.fill, 4.5, "text of a drawing");
      if (e.matches(".line:not(.band)")) contrast(e, style.stroke, 3, "line");
      if (e.matches(".mark, .area, .bar")) contrast(e, ratio(colour(style.fill), behind(e)) < 3 ? style.stroke : style.fill, 3, "mark"); // it may be hollow
    } else if (words) {
      const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && +style.fontWeight >= 700);
      contrast(e, style.color, large ? 3 : 4.5, "text");
    }
  }
  return wrong;
})()
