// Lesson 03: the network of twelve numbers. Values run down the page, blame runs up, a step at a time.

const SIZES = { x: 2, W1: 4, b1: 2, W2: 4, b2: 2 };
const EDGES = [[0, 0], [0, 1], [1, 0], [1, 1]]; // from, to: the order of a matrix's entries
const ORDER = ["W1", "b1", "W2", "b2"];

/** Write a number as a small fraction, or one plus log 3, where it is one. */
function friendly(value) {
  for (const [extra, name] of [[0, ""], [Math.log(3), "log 3"]]) {
    for (const below of [1, 2, 3, 4, 8, 16, 32, 64, 128]) {
      const above = Math.round((value - extra) * below);
      if (Math.abs(value - extra - above / below) > 1e-9) continue;
      const fraction = `${above}${below > 1 ? `/${below}` : ""}`.replace("-", "−");
      return !name ? fraction : above ? `${fraction} + ${name}` : name;
    }
  }
  return written(value, 4);
}

const bracket = (value) => (value < 0 ? `(${friendly(value)})` : friendly(value));

/** Forward: every number on the way to the loss. */
function forward({ x, W1, b1, W2, b2, target }) {
  const through = (a, W, b) => [0, 1].map((to) => a[0] * W[to] + a[1] * W[2 + to] + b[to]);
  const z1 = through(x, W1, b1);
  const a1 = z1.map(sigmoid);
  const z2 = through(a1, W2, b2);
  const p = softmax(z2);
  const top = Math.max(...z2);
  const loss = top + Math.log(Math.exp(z2[0] - top) + Math.exp(z2[1] - top)) - z2[target];
  return { z1, a1, z2, p, loss };
}

/** Backward: the blame of every number. */
function backward({ x, W2, target }, { a1, p }) {
  const dz2 = p.map((value, k) => value - (k === target ? 1 : 0));
  const da1 = [0, 1].map((j) => W2[2 * j] * dz2[0] + W2[2 * j + 1] * dz2[1]);
  const dz1 = da1.map((blame, j) => blame * a1[j] * (1 - a1[j]));
  const outer = (a, d) => EDGES.map(([from, to]) => a[from] * d[to]);
  return { dz2, da1, dz1, dW2: outer(a1, dz2), db2: dz2, dW1: outer(x, dz1), db1: dz1 };
}

/** A parameter's blame, measured: nudge it both ways, and look at what the loss does. */
function measured(state, name, i, h = 1e-5) {
  const loss = (nudge) => forward({ ...state, [name]: state[name].map((v, j) => (j === i ? v + nudge : v)) }).loss;
  return (loss(h) - loss(-h)) / (2 * h);
}

/** The steps: what each brings to light, and its formula in numbers. */
function steps(s) {
  const v = forward(s);
  const d = backward(s, v);
  const ordinal = ["first", "second"];
  const sum = (a, W, b, to) => `${bracket(a[0])} · ${bracket(W[to])} + ${bracket(a[1])} · ${bracket(W[2 + to])} + ${bracket(b[to])}`;
  const found = [];
  const step = (shown, text) => found.push({ shown, text });
  for (const j of [0, 1]) step([`z1${j}`], `The ${ordinal[j]} hidden unit adds up what comes in: z = ${sum(s.x, s.W1, s.b1, j)} = **${friendly(v.z1[j])}**`);
  for (const j of [0, 1]) step([`a1${j}`], `and squashes the sum: a = σ(${friendly(v.z1[j])}) = **${friendly(v.a1[j])}**`);
  for (const k of [0, 1]) step([`z2${k}`], `The ${ordinal[k]} output unit’s logit: z = ${sum(v.a1, s.W2, s.b2, k)} = **${friendly(v.z2[k])}**`);
  step(["p0", "p1"], `The softmax: the logits differ by ${friendly(v.z2[0] - v.z2[1])}, so p = **(${friendly(v.p[0])}, ${friendly(v.p[1])})**`);
  step(["loss"], `The loss: −log ${friendly(v.p[s.target])} = **${written(v.loss, 4)}**. Now back: who is to blame?`);
  for (const k of [0, 1]) step([`dz2${k}`], `The ${ordinal[k]} logit: p − y = ${friendly(v.p[k])} − ${k === s.target ? 1 : 0} = **${friendly(d.dz2[k])}**`);
  EDGES.forEach(([j, k], i) => step([`dW2${i}`], `The weight from the ${ordinal[j]} hidden unit to the ${ordinal[k]} logit: what came in, times the blame of what went out: ${bracket(v.a1[j])} · ${bracket(d.dz2[k])} = **${friendly(d.dW2[i])}**`));
  step(["db20", "db21"], "The output biases: what comes in there is always 1, so their blame is that of their logits.");
  for (const j of [0, 1]) step([`da1${j}`], `The ${ordinal[j]} activation reaches the loss by two roads, which add up: ${bracket(s.W2[2 * j])} · ${bracket(d.dz2[0])} + ${bracket(s.W2[2 * j + 1])} · ${bracket(d.dz2[1])} = **${friendly(d.da1[j])}**`);
  for (const j of [0, 1]) step([`dz1${j}`], `Through the sigmoid, whose slope is a (1 − a) = ${friendly(v.a1[j] * (1 - v.a1[j]))}: ${bracket(d.da1[j])} · ${friendly(v.a1[j] * (1 - v.a1[j]))} = **${friendly(d.dz1[j])}**`);
  EDGES.forEach(([i, j], e) => step([`dW1${e}`], `The weight from the ${ordinal[i]} pixel to the ${ordinal[j]} hidden unit: ${bracket(s.x[i])} · ${bracket(d.dz1[j])} = **${friendly(d.dW1[e])}**`));
  step(["db10", "db11"], "And the hidden biases: the blame of their units’ sums. Every number now has its share.");
  return { found, v, d };
}

function render({ model, el }) {
  const told = teller();
  const { change, stop } = bind(model, el, redraw);
  const start = model.get("state");
  const parts = {};
  const svg = draw("svg", { viewBox: "0 0 400 420", class: "sheet-of-paper", role: "img", "aria-label": "The network of twelve numbers, drawn from its two pixels at the top to the loss at the bottom. The table below tells the same." });

  /** A value, and below it its blame, side by side with the place where they belong. */
  function label(name, x, y, anchor = "middle", blame = true) {
    const value = draw("text", { x, y, "text-anchor": anchor, class: "value" });
    const share = draw("text", { x, y: y + 15, "text-anchor": anchor, class: "blame" });
    svg.append(...(blame ? [value, share] : [value]));
    parts[name] = { value, share };
  }

  const at = [105, 295];
  const levels = { x: 30, hidden: 165, output: 330 };
  [["W1", levels.x + 16, levels.hidden - 36], ["W2", levels.hidden + 42, levels.output - 36]].forEach(([name, top, bottom]) => EDGES.forEach(([from, to], i) => {
    const line = draw("line", { x1: at[from], y1: top, x2: at[to], y2: bottom, class: "edge" });
    svg.append(line);
    const t = from === to ? 0.62 : 0.27;
    const side = from === to ? (from ? 8 : -8) : from ? -4 : 4;
    label(`${name}${i}`, at[from] + t * (at[to] - at[from]) + side, top + t * (bottom - top) + 2, (from === to) === (from === 1) ? "start" : "end");
    parts[`${name}${i}`].line = line;
    if (from !== to) for (const text of [parts[`${name}${i}`].value, parts[`${name}${i}`].share]) text.setAttribute("text-anchor", from ? "end" : "start");
  }));
  at.forEach((x, i) => {
    svg.append(draw("rect", { x: x - 26, y: levels.x - 16, width: 52, height: 30, rx: 6, class: "node" }));
    label(`x${i}`, x, levels.x + 4, "middle", false);
    for (const [level, one, two] of [[levels.hidden, "z1", "a1"], [levels.output, "z2", "p"]]) {
      svg.append(draw("rect", { x: x - 62, y: level - 36, width: 124, height: one === "z1" ? 78 : 62, rx: 8, class: "node" }));
      svg.append(draw("text", { x: x - 54, y: level - 17, class: "name" }, one[0]), draw("text", { x: x - 54, y: level + 17, class: "name" }, two[0]));
      label(`${one}${i}`, x + 4, level - 17);
      label(`${two}${i}`, x + 4, level + 17);
    }
    for (const [name, y] of [["b1", levels.hidden - 6], ["b2", levels.output - 6]]) label(`${name}${i}`, i ? 362 : 38, y, i ? "start" : "end");
  });
  label("loss", 200, 385, "middle", false);
  const truth = draw("text", { x: 200, y: 408, "text-anchor": "middle", class: "name" });
  svg.append(truth);

  const formula = make("p", { class: "verdict" });
  const count = make("span", { class: "note" });
  const total = steps(start).found.length;
  const go = (to) => change({ step: Math.min(total, Math.max(0, to)) });
  const back = button("back", () => go(model.get("state").step - 1));
  const next = button("next", () => go(model.get("state").step + 1));
  const all = button("all", () => go(total));
  const again = button("start again", () => change(start));
  const names = Object.entries(SIZES).flatMap(([name, size]) => Array.from({ length: size }, (_, i) => [name, i]));
  const title = (name, i) => `${name}[${SIZES[name] === 4 ? EDGES[i].join(", ") : i}]`;
  const which = make("select", { "aria-label": "which number to move" }, names.map(([name, i], at_) => make("option", { value: at_ }, title(name, i))));
  which.addEventListener("change", () => change({ held: Number(which.value) }));
  const mover = slider("move it", { min: -5, max: 5, step: 0.25, unit: friendly }, (value) => {
    const [name, i] = names[model.get("state").held];
    change({ [name]: model.get("state")[name].map((v, j) => (j === i ? value : v)) });
  });
  const targets = choice("the truth is", [[0, "the first class"], [1, "the second"]], (target) => change({ target }));
  const nudged = make("p", { class: "note" });
  const cells = ORDER.flatMap((name) => Array.from({ length: SIZES[name] }, (_, i) => {
    const [value, blame, nudge] = [0, 1, 2].map((c) => make("td", { class: ["value", "blame", "nudge"][c] }));
    return { name, i, value, blame, nudge, element: make("tr", {}, make("th", { scope: "row" }, title(name, i)), value, blame, nudge) };
  }));
  const table = make("table", { class: "shares" },
    make("thead", {}, make("tr", {}, ["", "value", "its blame", "by nudging"].map((text) => (text ? make("th", { scope: "col" }, text) : make("td", {}))))),
    make("tbody", {}, cells.map((cell) => cell.element)));

  function redraw(state) {
    const { found, v, d } = steps(state);
    const lit = new Set(found.slice(0, state.step).flatMap((one) => one.shown));
    const fresh = new Set(found[state.step - 1]?.shown ?? []);
    const values = { ...state, ...v };
    for (const [name, { value, share, line }] of Object.entries(parts)) {
      const [array, i] = name === "loss" ? ["loss", 0] : [name.slice(0, -1), Number(name.at(-1))];
      const given = array in SIZES;
      const shown = given || lit.has(name);
      const number = array === "loss" ? v.loss : values[array][i];
      value.textContent = shown ? `${array === "loss" ? "loss " : array[0] === "b" ? "b " : ""}${array === "loss" ? written(number, 4) : friendly(number)}` : "·";
      value.classList.toggle("fresh", fresh.has(name));
      const blamed = lit.has(`d${name}`);
      share.textContent = blamed ? friendly(d[`d${array}`][i]) : "";
      share.classList.toggle("fresh", fresh.has(`d${name}`));
      line?.classList.toggle("fresh", fresh.has(`d${name}`));
    }
    truth.textContent = `the truth: the ${state.target ? "second" : "first"} class`;
    const text = state.step ? found[state.step - 1].text : "Press next: one number after another comes to light, down to the loss, and then the blame of each on the way back up.";
    words(formula, text);
    count.textContent = `step ${state.step} of ${total}`;
    back.disabled = state.step === 0;
    next.disabled = all.disabled = state.step === total;
    const [name, i] = names[state.held];
    which.value = state.held;
    mover.set(state[name][i]);
    targets.set(state.target);
    for (const cell of cells) {
      const blamed = lit.has(`d${cell.name}${cell.i}`);
      for (const [element, number, places] of [[cell.value, state[cell.name][cell.i]], [cell.blame, d[`d${cell.name}`][cell.i]], [cell.nudge, measured(state, cell.name, cell.i), 6]]) {
        element.textContent = element === cell.value || blamed ? (places ? written(number, places) : friendly(number)) : "·";
        element.dataset.value = number;
      }
    }
    svg.dataset.value = v.loss;
    const rate = measured(state, name, i);
    const known = name === "x" || lit.has(`d${name}${i}`);
    nudged.textContent = !known ? `Step on until ${title(name, i)} has its blame; then see here what a nudge of it does.` : `Raise ${title(name, i)} by 0.001, and the loss moves by about ${written(rate / 1000, 6)}: ${written(rate, 4)} for each 1.${name === "x" ? " (No parameter, but it has its blame too.)" : ""}`;
    told.tell(`Step ${state.step}. ${text.replaceAll("**", "")}`);
  }

  el.append(make("p", { class: "title" }, "Twelve numbers, and the blame of each"),
    make("div", { class: "strip" }, back, next, all, again, count), formula,
    make("div", { class: "backprop" }, svg, make("div", {}, make("div", { class: "strip" }, which, mover), targets, nudged, table)),
    make("p", { class: "note" }, "Values are blue. Below each, in orange, stands its blame: how fast the loss grows as that number is nudged upwards."), told);
  redraw(start);
  return stop;
}

export default { render };
