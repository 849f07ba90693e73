// Lessons 00 and 04: draw a digit. It becomes 28 x 28 as MNIST's makers did it, and a network answers.

const SIDE = 280; // the paper; ten of its dots make one pixel of the image
const PEN = 11;

/** Read the network: whole numbers of one byte with a scale for each column, or float64. */
function unpack(data) {
  const [exact, pixels, hidden, classes] = [0, 4, 8, 12].map((at) => data.getUint32(at, true));
  let at = 16;
  const read = (count, size, get) => {
    const values = Float64Array.from({ length: count }, (_, i) => get(at + size * i));
    at += size * count;
    return values;
  };
  const floats = (count) => (exact ? read(count, 8, (i) => data.getFloat64(i, true)) : read(count, 4, (i) => data.getFloat32(i, true)));
  const matrix = (rows, columns) => {
    if (exact) return floats(rows * columns);
    const scales = floats(columns);
    return read(rows * columns, 1, (i) => data.getInt8(i)).map((value, i) => value * scales[i % columns]);
  };
  const network = { hidden, classes, W1: matrix(pixels, hidden), b1: floats(hidden), W2: matrix(hidden, classes), b2: floats(classes) };
  network.digit = new Uint8Array(data.buffer, data.byteOffset + at, pixels);
  return network;
}

/** One layer before its activation: x W + b. */
function layer(x, W, b) {
  const z = Float64Array.from(b);
  x.forEach((value, i) => { if (value) for (let j = 0; j < z.length; j++) z[j] += value * W[i * z.length + j]; });
  return z;
}

/** Put ink along a line: each dot of the paper holds the darkest that any line left there. */
function trace(ink, x0, y0, x1, y1) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const square = dx * dx + dy * dy || 1;
  const range = (a, b) => [Math.max(0, Math.floor(Math.min(a, b) - PEN - 1)), Math.min(SIDE - 1, Math.ceil(Math.max(a, b) + PEN + 1))];
  const [left, right] = range(x0, x1);
  const [top, bottom] = range(y0, y1);
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const t = Math.min(1, Math.max(0, ((x + 0.5 - x0) * dx + (y + 0.5 - y0) * dy) / square));
      const distance = Math.hypot(x + 0.5 - x0 - t * dx, y + 0.5 - y0 - t * dy);
      const dark = 255 * Math.min(1, Math.max(0, PEN + 0.5 - distance));
      if (dark > ink[y * SIDE + x]) ink[y * SIDE + x] = dark;
    }
  }
}

function inked(strokes) {
  const ink = new Float64Array(SIDE * SIDE);
  for (const stroke of strokes) stroke.forEach(([x, y], i) => trace(ink, ...stroke[Math.max(i - 1, 0)], x, y));
  return ink;
}

/** The smallest box that holds all the ink; null if there is none. */
function box(ink) {
  const found = { left: SIDE, top: SIDE, right: -1, bottom: -1 };
  ink.forEach((dark, i) => {
    if (dark < 1) return;
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    found.left = Math.min(found.left, x);
    found.right = Math.max(found.right, x);
    found.top = Math.min(found.top, y);
    found.bottom = Math.max(found.bottom, y);
  });
  return found.right < 0 ? null : { x: found.left, y: found.top, width: found.right - found.left + 1, height: found.bottom - found.top + 1 };
}

/** How much of each dot goes into which of `count` equal parts of a stretch, as [dot, share] each. */
function shares(start, length, count) {
  return Array.from({ length: count }, (_, part) => {
    const [from, to] = [(part * length) / count, ((part + 1) * length) / count];
    const dots = [];
    for (let dot = Math.floor(from); dot < Math.min(Math.ceil(to - 1e-9), length); dot++) dots.push([start + dot, (Math.min(dot + 1, to) - Math.max(dot, from)) / (to - from)]);
    return dots;
  });
}

/** Shrink a part of the paper to width x height pixels, each the mean of what it covers. */
function shrunk(ink, part, width, height) {
  const [columns, rows] = [shares(part.x, part.width, width), shares(part.y, part.height, height)];
  return rows.flatMap((row) => columns.map((column) => row.reduce((sum, [y, v]) => sum + v * column.reduce((s, [x, h]) => s + h * ink[y * SIDE + x], 0), 0)));
}

/** As MNIST's makers did it: the ink's box, fitted into 20 x 20, its centre of mass at row and column 14 (counted from 0). */
function asMakersDid(ink) {
  const part = box(ink);
  const image = new Uint8Array(784);
  if (!part) return image;
  const scale = 20 / Math.max(part.width, part.height);
  const [width, height] = [part.width, part.height].map((length) => Math.max(1, Math.round(length * scale)));
  const small = shrunk(ink, part, width, height).map(Math.round);
  const mass = small.reduce((a, b) => a + b, 0) || 1;
  const centre = (coordinate) => small.reduce((sum, dark, i) => sum + dark * coordinate(i), 0) / mass;
  const place = (middle, length) => Math.min(28 - length, Math.max(0, Math.round(14 - middle)));
  const [x0, y0] = [place(centre((i) => i % width), width), place(centre((i) => Math.floor(i / width)), height)];
  small.forEach((dark, i) => { image[(y0 + Math.floor(i / width)) * 28 + x0 + (i % width)] = dark; });
  return image;
}

function render({ model, el }) {
  const network = unpack(model.get("data"));
  const told = teller();
  const { change, stop } = bind(model, el, redraw);
  const now = () => model.get("state");
  let live = null; // the stroke that is being drawn
  let pen = [140, 60];
  let down = false;

  const paper = make("canvas", { class: "paper", tabindex: 0, role: "application",
    "aria-label": "Paper. The arrow keys move the pen, the space bar puts it down or lifts it, Backspace takes back the last stroke." });
  const [dot, frame] = [make("span", { class: "pen" }), make("span", { class: "box" })];
  const here = make("span", { class: "here" }, "draw here");
  const seen = make("canvas", { class: "seen", role: "img" });
  const units = make("canvas", { class: "units", role: "img" });
  const bars = Array.from({ length: network.classes }, () => bar());
  const verdict = make("p", { class: "verdict" });
  const centred = choice("Make it 28 × 28", [[true, "as MNIST’s makers did"], [false, "as it lies"]], (centre) => change({ centre }));
  const undo = button("take back", () => change({ strokes: (now().strokes ?? []).slice(0, -1) }));
  const clear = button("clear", () => { change({ strokes: [] }); down = false; });

  const point = (event) => {
    const area = paper.getBoundingClientRect();
    return [event.clientX - area.left, event.clientY - area.top].map((v) => Math.round((v * SIDE * 10) / area.width) / 10);
  };
  paper.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    paper.focus({ preventScroll: true });
    paper.setPointerCapture(event.pointerId);
    live = [point(event)];
    redraw(now());
  });
  paper.addEventListener("pointermove", (event) => {
    if (!live) return;
    live.push(point(event));
    redraw(now());
  });
  const lift = () => {
    if (!live) return;
    const strokes = [...(now().strokes ?? []), live];
    live = null;
    change({ strokes });
  };
  paper.addEventListener("pointerup", lift);
  paper.addEventListener("pointercancel", lift);
  paper.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const strokes = now().strokes ?? [];
    if (step) {
      pen = pen.map((value, i) => Math.min(SIDE - 12, Math.max(12, value + step[i] * (event.shiftKey ? 2 : 8))));
      if (down) change({ strokes: [...strokes.slice(0, -1), [...strokes.at(-1), pen]] });
      else redraw(now());
    } else if (event.key === " ") {
      down = !down;
      if (down) change({ strokes: [...strokes, [pen]] });
      told.tell(down ? "pen down" : "pen up");
    } else if (event.key === "Backspace") {
      down = false;
      change({ strokes: strokes.slice(0, -1) });
    } else return;
    event.preventDefault();
    dot.classList.toggle("down", down);
  });

  function redraw({ strokes, centre }) {
    const fresh = strokes === null && !live;
    const ink = inked([...(strokes ?? []), ...(live ? [live] : [])]);
    const image = fresh ? network.digit : centre ? asMakersDid(ink) : Uint8Array.from(shrunk(ink, { x: 0, y: 0, width: SIDE, height: SIDE }, 28, 28), Math.round);
    paint(paper, fresh ? network.digit : ink, fresh ? 28 : SIDE);
    paper.classList.toggle("fresh", fresh);
    here.style.display = fresh ? "" : "none";
    paper.ink = ink;
    dot.style.left = `${pen[0] / 2.8}%`;
    dot.style.top = `${pen[1] / 2.8}%`;
    const part = centre && !fresh ? box(ink) : null;
    frame.style.display = part ? "" : "none";
    if (part) for (const [side, value] of [["left", part.x], ["top", part.y], ["width", part.width], ["height", part.height]]) frame.style[side] = `${value / 2.8}%`;

    const a1 = layer(Float64Array.from(image, (value) => value / 255), network.W1, network.b1).map(sigmoid);
    const p = softmax([...layer(a1, network.W2, network.b2)]);
    bars.forEach((one, k) => {
      one.set(p[k]);
      one.classList.toggle("most", k === argmax(p));
    });
    paint(seen, image);
    seen.setAttribute("aria-label", "what the network is given, 28 by 28 pixels");
    const side = Math.ceil(Math.sqrt(network.hidden));
    paint(units, Float64Array.from({ length: side * side }, (_, j) => 255 * (a1[j] ?? 0)), side);
    units.setAttribute("aria-label", `${network.hidden} hidden units, ${a1.filter((a) => a > 0.5).length} of them above one half`);
    units.values = a1;
    const order = [...p.keys()].sort((k, l) => p[l] - p[k]);
    const text = `${fresh ? "This is a test digit. " : image.some(Boolean) ? "" : "The paper is empty, and still it answers. "}The network says **${order[0]}**, and gives it ${written(p[order[0]])}; next comes ${order[1]} with ${written(p[order[1]])}.`;
    words(verdict, text);
    centred.set(centre);
    undo.disabled = clear.disabled = !strokes?.length;
    if (live) return; // Python hears of a stroke once it is whole
    told.tell(text.replaceAll("**", ""));
    const before = model.get("pixels");
    if (before && image.every((value, i) => before.byteLength === 784 && value === before.getUint8(i))) return;
    model.set("pixels", new DataView(image.slice().buffer));
    model.save_changes();
  }

  const sheet = make("div", { class: "sheet" }, paper, frame, here, dot);
  const small = (canvas, caption) => make("figure", {}, canvas, make("figcaption", {}, caption));
  el.append(make("p", { class: "title" }, "Draw a digit, and ask a network"),
    make("div", { class: "drawing" },
      make("div", {}, sheet, make("div", { class: "strip" }, undo, clear)),
      make("div", { class: "between" }, small(seen, "what it is given"), small(units, `its ${network.hidden} hidden units`)),
      make("div", { class: "ten" }, bars.flatMap((one, k) => [make("span", { class: "k" }, String(k)), one]))),
    verdict, make("div", { class: "strip" }, centred),
    make("p", { class: "note" }, "By the keyboard: on the paper, the arrow keys move the pen, the space bar puts it down or lifts it, Backspace takes back the last stroke."), told);
  redraw(now());
  return stop;
}

export default { render };
