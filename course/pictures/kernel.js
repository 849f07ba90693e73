// Lesson 10: a kernel of 5 x 5 weights slides over a digit, and its map of 24 x 24 sums fills. The digit
// can be pushed, and two networks say what they read: lesson 04's, and a convolutional one.

const SIDE = 28;
const K = 5;
const MAP = SIDE - K + 1;
const KERNELS = {
  upright: { name: "vertical edges", of: (r, c) => Math.sign(c - 2) },
  flat: { name: "horizontal edges", of: (r) => Math.sign(r - 2) },
  slanted: { name: "slanted strokes", of: (r, c) => (r + c === 4 ? 2 : Math.abs(r + c - 4) === 1 ? 0 : -0.5) },
  blur: { name: "average", of: () => 0.2 },
};

const filled = (of) => Array.from({ length: K * K }, (_, i) => of(Math.floor(i / K), i % K));

/** The digit, pushed so far to the right and down; what leaves the field is gone. */
function pushed(pixels, [right, down]) {
  return Float64Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [r, c] = [Math.floor(i / SIDE) - down, (i % SIDE) - right];
    return r >= 0 && r < SIDE && c >= 0 && c < SIDE ? pixels[r * SIDE + c] / 255 : 0;
  });
}

/** What is lost at the edge: the part of the digit's ink, and whether sums that are not 0 have left the map. */
function cutOff(pixels, image, kernel, [right, down]) {
  const ink = (values) => values.reduce((sum, value) => sum + value, 0);
  const still = pushed(pixels, [0, 0]);
  const gone = (at, by) => at + by < 0 || at + by >= MAP;
  const map = Array.from({ length: MAP * MAP }, (_, i) => [Math.floor(i / MAP), i % MAP])
    .some(([r, c]) => (gone(r, down) || gone(c, right)) && Math.abs(sumAt(still, kernel, r, c)) > 1e-9);
  return { ink: Math.max(0, 1 - ink(image) / ink(still)), map };
}

/** The sum under the kernel at one place: each weight times the pixel that lies below it. */
function sumAt(image, kernel, r, c) {
  return kernel.reduce((sum, weight, i) => sum + weight * image[(r + Math.floor(i / K)) * SIDE + c + (i % K)], 0);
}

/** Each kernel's sums at every place of maps of side x side: a column of W is a kernel. */
function convolved(maps, side, W, kernels) {
  const size = Math.round(Math.sqrt(W.length / kernels / maps.length));
  const out = side - size + 1;
  return Array.from({ length: kernels }, (_, kernel) => Float64Array.from({ length: out * out }, (_, place) => {
    const corner = Math.floor(place / out) * side + (place % out);
    let [sum, row] = [0, 0];
    for (let i = 0; i < size * size; i++) {
      const pixel = corner + Math.floor(i / size) * side + (i % size);
      for (let m = 0; m < maps.length; m++) sum += W[row++ * kernels + kernel] * maps[m][pixel];
    }
    return sum;
  }));
}

/** The largest of each square of 2 x 2, plus a bias, and nothing below 0. */
function pooled(maps, side, b) {
  return maps.map((map, k) => Float64Array.from({ length: (side * side) / 4 }, (_, i) => {
    const at = 2 * Math.floor(i / (side / 2)) * side + 2 * (i % (side / 2));
    return Math.max(0, b[k] + Math.max(map[at], map[at + 1], map[at + side], map[at + side + 1]));
  }));
}

/** The ten probabilities that the convolutional network gives an image of pixels from 0 to 1. */
function answeredByShapes([W1, b1, W2, b2, W3, b3], image) {
  const first = pooled(convolved([image], SIDE, W1, b1.length), MAP, b1);
  const second = pooled(convolved(first, MAP / 2, W2, b2.length), MAP / 2 - K + 1, b2);
  return softmax(convolved(second, 4, W3, 10).map(([z], k) => z + b3[k]));
}

/** What a push does, and what it has lost. */
function pushedSo(lost) {
  const beyond = lost.map ? " Beyond the map’s edge the kernel no longer fits on the paper, so what was there is gone." : "";
  const edge = lost.ink > 1e-9 ? ` **Cut off**: ${percentage(lost.ink)} of its ink has left the paper, and neither network can see that.` : beyond;
  return `Pushed, the digit takes its map **with it**: the same 25 weights look everywhere.${edge} Neither network has seen a pushed digit in training.`;
}

function render({ model, el }) {
  const data = model.get("data");
  const digits = Array.from({ length: 10 }, (_, k) => new Uint8Array(data.buffer, data.byteOffset + 784 * k, 784));
  const connected = unpack(data, 7840);
  const { arrays: shapes } = unpackArrays(data, connected.end); // the convolutional one
  const [W1, b1] = shapes;
  const learnt = Array.from(b1, (_, k) => Array.from({ length: K * K }, (_, i) => W1[i * b1.length + k]));
  const { change, now, start, stop, told } = bind(model, el, redraw);
  let sliding = false;
  const last = MAP * MAP - 1;

  const digit = make("canvas", { class: "field", tabindex: 0, role: "application", "aria-label": "The digit. The arrow keys push it." });
  const map = make("canvas", { class: "field map", tabindex: 0, role: "application", "aria-label": "The map of sums. The arrow keys move the kernel." });
  const [patch, cell] = [make("span", { class: "box" }), make("span", { class: "box" })];
  const goTo = (r, c) => {
    const at = within(0, r, MAP - 1) * MAP + within(0, c, MAP - 1);
    change({ at, reached: Math.max(now().reached, at) });
  };
  for (const [canvas, side, back] of [[digit, SIDE, 2], [map, MAP, 0]]) {
    followPointer(canvas, (event) => {
      const { left, top, width } = canvas.getBoundingClientRect();
      sliding = false;
      goTo(...[event.clientY - top, event.clientX - left].map((v) => Math.floor((v * side) / width) - back));
    });
    canvas.addEventListener("keydown", (event) => {
      const way = arrow(event);
      if (!way) return;
      if (canvas === digit) push(way);
      else goTo(Math.floor(now().at / MAP) + way[1], (now().at % MAP) + way[0]);
    });
  }
  const push = ([right, down]) => change({ shift: [within(-12, now().shift[0] + right, 12), within(-12, now().shift[1] + down, 12)] });

  const slide = button("slide", () => {
    sliding = !sliding;
    if (sliding && now().reached >= last) change({ at: 0, reached: 0 });
    redraw(now());
    if (sliding) go();
  }, { class: "main" });
  function go() {
    if (!sliding || !el.isConnected) return;
    const at = Math.min(last, now().reached + 3);
    if (at === last) sliding = false;
    change({ at, reached: at });
    setTimeout(go, 30);
  }
  const whole = button("whole map", () => change({ reached: last, at: last }));
  const startAgain = () => { sliding = false; change(start); };
  const cells = Array.from({ length: K * K }, (_, i) => button("", () => {
    const kernel = [...now().kernel];
    kernel[i] = kernel[i] === 0 ? 1 : kernel[i] > 0 ? -1 : 0;
    change({ kernel, name: "own" });
  }, { tabindex: i ? -1 : 0 }));
  const weights = make("div", { class: "kernel", role: "group", "aria-label": "25 weights; the arrow keys move among them", onkeydown: (event) => {
    const at = cells.indexOf(event.target);
    const way = at >= 0 && arrow(event);
    if (!way) return;
    const next = within(0, Math.floor(at / K) + way[1], K - 1) * K + within(0, (at % K) + way[0], K - 1);
    cells.forEach((one, i) => { one.tabIndex = i === next ? 0 : -1; });
    cells[next].focus();
  } });
  weights.append(...cells);
  const known = Object.entries(KERNELS).map(([key, { name }]) => [key, name]);
  const names = choice("the kernel", [...known, ["own", "your own"]],
    (name) => change(name === "own" ? { name } : { name, kernel: filled(KERNELS[name].of) }));
  const taught = choice("one that the convolutional network has learnt", learnt.map((_, k) => [`learnt ${k}`, String(k + 1)]),
    (name) => change({ name, kernel: learnt[name.slice(7)] }));
  const which = choice("the digit", digits.map((_, k) => [k, String(k)]), (k) => change({ digit: k, shift: [0, 0] }));
  const ways = [["←", [-1, 0], "left"], ["→", [1, 0], "right"], ["↑", [0, -1], "up"], ["↓", [0, 1], "down"]];
  const pushes = ways.map(([sign, way, name]) => button(sign, () => push(way), { "aria-label": `push the digit ${name}` }));
  const verdict = make("p", { class: "verdict" });
  const readers = ["lesson 04’s network", "a convolutional one"].map((name) => {
    const [said, sure] = [make("strong", {}), make("span", { class: "number" })];
    return { name, said, sure, element: make("p", {}, make("span", {}, name), said, sure) };
  });

  function redraw(state) {
    const image = pushed(digits[state.digit], state.shift);
    const sums = Array.from({ length: MAP * MAP }, (_, i) => sumAt(image, state.kernel, Math.floor(i / MAP), i % MAP));
    const top = Math.max(1e-9, ...sums.map(Math.abs));
    el.sums = sums;
    paint(digit, image.map((value) => 255 * value), SIDE);
    // Grey is 0, ink a positive sum, paper a negative one; the dark turns all over. What is not reached yet is left out.
    paint(map, sums.map((sum) => 128 + (127 * sum) / top), MAP);
    sums.forEach((_, i) => i > state.reached && map.getContext("2d").clearRect(i % MAP, Math.floor(i / MAP), 1, 1));
    const [r, c] = [Math.floor(state.at / MAP), state.at % MAP];
    for (const [mark, side, size] of [[patch, SIDE, K], [cell, MAP, 1]]) {
      for (const [name, value] of [["left", c], ["top", r], ["width", size], ["height", size]]) mark.style[name] = `${(100 * value) / side}%`;
    }
    cells.forEach((one, i) => {
      const weight = state.kernel[i];
      const places = Number.isInteger(weight) ? 0 : 1;
      one.textContent = written(Number(weight.toFixed(places)), places);
      one.classList.toggle("plus", weight > 0);
      one.classList.toggle("minus", weight < 0);
      one.setAttribute("aria-label", `weight in row ${Math.floor(i / K)}, column ${i % K}: ${written(weight, places && 3)}`);
    });
    names.set(state.name);
    which.set(state.digit);
    slide.textContent = sliding ? "pause" : "slide";
    taught.set(state.name);
    const answers = [answered(connected, image.map((value) => 255 * value)).p, answeredByShapes(shapes, image)];
    const read = answers.map((p, i) => {
      const { name, said, sure, element } = readers[i];
      const right = argmax(p) === state.digit;
      said.textContent = `${argmax(p)} ${right ? "✓" : "✗"}`;
      element.className = right ? "" : "wrong";
      show(sure, Math.max(...p));
      sure.textContent = percentage(Math.max(...p));
      return `${name} reads ${argmax(p)}`;
    });
    el.answers = answers;
    const lost = cutOff(digits[state.digit], image, state.kernel, state.shift);
    const moved = state.shift.some(Boolean) ? pushedSo(lost) : "Now push the digit with the arrows.";
    words(verdict, `At row ${r}, column ${c} the 25 weights times the 25 pixels below them sum to **${written(sums[state.at], 2)}**. ${moved}`);
    if (!sliding) told.tell(`${verdict.textContent} ${read.join(", ")}.`);
  }

  const sheet = (canvas, mark, caption) => make("figure", {}, make("div", { class: "sheet" }, canvas, mark), make("figcaption", {}, caption));
  el.append(heading("A kernel slides over a digit", startAgain), make("div", { class: "strip" }, which, names),
    make("div", { class: "sliding" }, sheet(digit, patch, "the digit: drag the kernel over it"),
      make("figure", {}, weights, make("figcaption", {}, "press one to change it"),
        make("div", { class: "pushes" }, slide, whole), make("div", { class: "pushes" }, make("span", { class: "note" }, "push the digit "), pushes)),
      sheet(map, cell, "its map: ink above 0, grey 0, paper below")),
    make("div", { class: "readers" }, readers.map((reader_) => reader_.element)), verdict,
    make("details", {}, make("summary", {}, "Kernels that were learnt"), taught), told);
  redraw(start);
  return () => { sliding = false; stop(); };
}

export default { render };
