// What the pictures share. The host puts this text before a picture's own, so that the two are one
// module; a picture's state lives in its model, and the picture is drawn from it, never the reverse.

/** Make an element: make("p", {class: "note", onclick: f}, "words", child). */
function make(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
function draw(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat());
  return element;
}

/** Write a number as a reader would: a true minus sign, powers of ten only where they are needed. */
function written(value, places = 3) {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "−inf";
  const size = Math.abs(value);
  const text = size >= 1e5 || (size > 0 && size < 0.5 * 10 ** -places) ? value.toExponential(1) : value.toFixed(places);
  return (Number(text) === 0 ? text.replace("-", "") : text).replaceAll("-", "−");
}

/** Write a number in at most seven letters, whatever its size. */
function compact(value) {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || value === 0) return written(value, 0);
  const isPlain = size < 9999.5 && size >= 0.0005;
  const power = () => value.toExponential(size < 9.5e9 && size >= 1e-9 ? 1 : 0).replace("+", "");
  const places = [1000, 100, 10].filter((limit) => size < limit).length;
  return (isPlain ? value.toFixed(places) : power()).replaceAll("-", "−");
}

/** Write a number as one would by hand: a small fraction, or one plus log 3 or log 4, where it is one;
    `short` where room is small. */
function friendly(value, short = false) {
  for (const [extra, name] of [[0, ""], [Math.log(3), "log 3"], [Math.log(4), "log 4"]]) {
    for (const below of [1, 2, 3, 4, 8, 16, 32, 64, 128]) {
      const above = Math.round((value - extra) * below);
      if (Math.abs(value - extra - above / below) > 1e-12 * Math.abs(value)) continue;
      const fraction = `${above}${below > 1 ? `/${below}` : ""}`.replace("-", "−");
      const text = !name ? fraction : above ? `${fraction} + ${name}` : name;
      if (!short || text.length <= 9) return text;
    }
  }
  return short || Math.abs(value) >= 1e4 || Math.abs(value) < 1e-4 ? compact(value) : written(value, 4);
}

/** The same as a factor: a negative one in brackets. */
const bracket = (value) => (value < 0 ? `(${friendly(value)})` : friendly(value));

/** Show a number: rounded for the reader, whole in data-value for whoever checks it. */
function show(element, value, places) {
  element.textContent = written(value, places);
  element.dataset.value = value;
}

/** Write a probability as a percentage: a tiny one is 0.00 %. */
const percentage = (p) => (Number.isNaN(p) ? "nan" : `${(100 * p).toFixed(2)}\u00a0%`);

/** A digit with its article: a 7, an 8. */
const named = (digit) => `${digit === 8 ? "an" : "a"} ${digit}`;

/** A bar that starts at the left, or in the middle if it may go either way; widths are parts of 1. Of kind
    "percent", its number is a percentage. */
function bar(kind = "") {
  const ink = make("span", { class: "bar-ink" });
  const number = make("span", { class: "bar-number" });
  const element = make("span", { class: `bar ${kind}` }, make("span", { class: "bar-track" }, ink), number);
  element.set = (value, width = value, places = 3) => {
    const share = Number.isFinite(width) ? Math.min(Math.abs(width), 1) : 0;
    const either = kind.includes("either");
    ink.style.width = `${share * (either ? 50 : 100)}%`;
    if (either) ink.style.left = `${width < 0 ? 50 - share * 50 : 50}%`;
    element.classList.toggle("broken", !Number.isFinite(value));
    show(number, value, places);
    if (kind.includes("percent")) number.textContent = percentage(value);
  };
  return element;
}

/** A slider with its name before it and its value behind; a `long` one has the whole width of a phone,
    and room for a button beside it. */
function slider(name, { min, max, step = 1, places = 1, long = false, unit = (v) => written(v, places) }, change) {
  const input = make("input", { type: "range", min, max, step, "aria-label": name });
  const value = make("output", { "aria-hidden": "true" }); // the slider itself tells it
  const element = make("label", { class: long ? "slider long" : "slider" }, make("span", {}, name), input, value);
  element.input = input;
  input.addEventListener("input", () => change(Number(input.value)));
  element.set = (number) => {
    input.value = number;
    input.setAttribute("aria-valuetext", unit(number));
    value.textContent = unit(number);
  };
  return element;
}

/** One of several: radio buttons that look like one row. Options are [value, words]. */
function choice(legend, options, change) {
  const group = `choice-${Math.random().toString(36).slice(2)}`;
  const inputs = options.map(([value]) => make("input", { type: "radio", name: group, value, onchange: () => change(value) }));
  const labels = options.map(([, words], i) => make("label", {}, inputs[i], make("span", {}, words)));
  const element = make("fieldset", { class: "choice" }, make("legend", {}, legend), make("div", {}, labels));
  element.set = (value) => inputs.forEach((input, i) => { input.checked = options[i][0] === value; });
  return element;
}

function button(words, press, attributes = {}) {
  return make("button", { type: "button", onclick: press, ...attributes }, words);
}

/** A picture's name, and beside it the button that makes all as it was. */
function heading(words, press) {
  const again = button("start again", press, { class: "again", title: "start again", "aria-label": "start again" });
  return make("div", { class: "heading" }, make("p", { class: "title" }, words), again);
}

/** Dark ink on white paper, one canvas pixel for each of `side` x `rows` numbers from 0 to 255. */
function paint(canvas, pixels, side = 28, rows = side) {
  [canvas.width, canvas.height] = [side, rows];
  const image = new ImageData(side, rows);
  for (let i = 0; i < side * rows; i++) {
    image.data.fill(255 - pixels[i], 4 * i, 4 * i + 3);
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** Tell a screen reader what the reader's own act has changed, once the reader has paused. It doesn't stay:
    whoever reads on finds the same words in the picture. */
function teller() {
  const element = make("p", { class: "told", "aria-live": "polite" });
  let waiting;
  element.tell = (words) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (element.closest(".explore")?.contains(document.activeElement)) element.textContent = words;
      waiting = setTimeout(() => { element.textContent = ""; }, 5000);
    }, 400);
  };
  return element;
}

/** The words that go with the picture, split so that **this** stands out. */
function words(element, text) {
  element.replaceChildren(...text.replaceAll(" %", "\u00a0%").split("**").map((part, i) => (i % 2 ? make("strong", {}, part) : part)));
}

function softmax(z) {
  const top = Math.max(...z);
  const e = z.map((value) => Math.exp(value - top));
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((value) => value / sum);
}

function sigmoid(z) {
  return Math.exp(Math.min(z, 0)) / (1 + Math.exp(-Math.abs(z)));
}

/** The first place of the largest, as NumPy's argmax; a nan counts as the largest. */
function argmax(values) {
  const lost = values.findIndex(Number.isNaN);
  return lost >= 0 ? lost : values.indexOf(Math.max(...values));
}

/** Read digits that are asked about together: as many logits, labels and pixels as the first number says. */
function unpackAsked(data) {
  const count = data.getUint32(0, true);
  const z = Array.from({ length: count }, (_, i) => Array.from({ length: 10 }, (_, k) => data.getFloat32(4 + 4 * (10 * i + k), true)));
  const at = data.byteOffset + 4 + 40 * count;
  return { z, labels: new Uint8Array(data.buffer, at, count), pixels: (i) => new Uint8Array(data.buffer, at + count + 784 * i, 784) };
}

/** Where in a drawing a pointer is, in the drawing's own units. */
function placeIn(svg, { clientX, clientY }) {
  const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(svg.getScreenCTM().inverse());
  return [x, y];
}

/** What is seen of a drawing within a rectangle of it alone. */
function clipped(box, ...parts) {
  const id = `clip-${Math.random().toString(36).slice(2)}`;
  return draw("g", { "clip-path": `url(#${id})` }, draw("clipPath", { id }, draw("rect", box)), ...parts);
}

/** Let `follow(event)` hear a pointer that was pressed on an element, from there on until it is lifted. */
function followPointer(element, follow) {
  element.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    element.setPointerCapture(event.pointerId);
    follow(event);
  });
  element.addEventListener("pointermove", (event) => element.hasPointerCapture(event.pointerId) && follow(event));
}

/** Let a mark in a drawing be grabbed. `move(to, from)` hears where it is dragged, in the drawing's own
    units; `nudge([right, up])` hears the arrow keys, five times as much with Shift or as a page, and `far`
    for Home and End: 0 where there is no end. `take` hears that it begins, from a pointer with its place. */
function grip(mark, name, { take = () => {}, move, nudge, far = 1000 }) {
  // Without ends of its own a slider goes from 0 to 100, and -2 is told as 0.
  fill(mark, { tabindex: 0, role: "slider", "aria-label": name, "aria-valuemin": -1000, "aria-valuemax": 1000, "aria-valuenow": 0 }, []);
  mark.classList.add("grip");
  const place = (event) => placeIn(mark.ownerSVGElement, event);
  let [from, finger] = [null, null]; // where the first finger took hold; a second one is not heard
  mark.addEventListener("pointerdown", (event) => {
    if (event.button || finger !== null) return;
    event.preventDefault();
    mark.focus({ preventScroll: true });
    mark.setPointerCapture(event.pointerId);
    [from, finger] = [place(event), event.pointerId];
    take(from);
  });
  // Chromium does not heed touch-action on a part of a drawing: it would scroll, and let go of the mark.
  mark.addEventListener("touchstart", (event) => getComputedStyle(mark).touchAction === "none" && event.preventDefault(), { passive: false });
  mark.addEventListener("pointermove", (event) => event.pointerId === finger && move(place(event), from));
  for (const end of ["pointerup", "pointercancel"]) mark.addEventListener(end, (event) => { if (event.pointerId === finger) finger = null; });
  mark.addEventListener("keydown", (event) => {
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const pages = { PageUp: [0, 5], PageDown: [0, -5], Home: far && [0, -far], End: far && [0, far] };
    const way = { ...ways, ...pages }[event.key];
    if (!way) return;
    event.preventDefault();
    take();
    nudge(way.map((part) => part * (event.shiftKey ? 5 : 1)));
  });
  mark.say = (value, text) => fill(mark, { "aria-valuenow": value, "aria-valuetext": text }, []);
  return mark;
}

/** How far an arrow key goes, as [right, down], and nothing else comes of it; undefined for other keys. */
function arrow(event) {
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (way) event.preventDefault();
  return way;
}

/** Keep a number between two others. */
const within = (low, value, high) => Math.min(high, Math.max(low, value));

/** Keep the keys pressed on a picture from Jupyter, where x cuts the cell; only Ctrl+S still saves. Jupyter
    asks the focused element alone, and may listen on the document before anything below it. What takes no
    focus itself gives it to the picture. Returns what ends this. */
function keepKeys(el) {
  el.tabIndex = -1;
  const hear = ({ target, key, ctrlKey, metaKey }) => {
    if (el.contains(target)) target.toggleAttribute("data-lm-suppress-shortcuts", !(key === "s" && (ctrlKey || metaKey)));
  };
  window.addEventListener("keydown", hear, true);
  return () => window.removeEventListener("keydown", hear, true);
}

/** Bind a picture to its model: `redraw` follows each change of the state. Returns what every picture needs:
    `change(part)` sets part of the state, `now()` is the state, `start` the first one, `told` tells a screen
    reader, and `stop` ends it all. */
function bind(model, el, redraw) {
  el.classList.add("explore");
  const letGo = keepKeys(el);
  const change = (part) => {
    model.set("state", { ...now(), ...part });
    model.save_changes();
  };
  const now = () => model.get("state");
  const follow = () => redraw(now());
  model.on("change:state", follow);
  const stop = () => {
    letGo();
    model.off("change:state", follow);
  };
  return { change, now, start: now(), stop, told: teller() };
}
