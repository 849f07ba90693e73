// Lesson 03: the network of twelve numbers. Values run down the page, gradients run up, a step at a time.

const SIZES = { x: 2, W1: 4, b1: 2, W2: 4, b2: 2 };
const EDGES = [[0, 0], [0, 1], [1, 0], [1, 1]]; // from, to: the order of a matrix's entries
const ORDER = ["W1", "b1", "W2", "b2"];

/** Forward: every number on the way to the loss. */
function forward({ x, W1, b1, W2, b2, target }) {
  const through = (a, W, b) => [0, 1].map((to) => a[0] * W[to] + a[1] * W[2 + to] + b[to]);
  const z1 = through(x, W1, b1);
  const a1 = z1.map(sigmoid);
  const z2 = through(a1, W2, b2);
  const p = softmax(z2);
  const top = Math.max(...z2);
  const loss = top - z2[target] + Math.log(Math.exp(z2[0] - top) + Math.exp(z2[1] - top));
  return { z1, a1, z2, p, loss };
}

/** Backward: the gradient of the loss by every number. */
function backward({ x, W2, target }, { z1, a1, p }) {
  // p - 1 would round a small number away: it is minus the other probability.
  const dz2 = p.map((value, k) => (k === target ? -p[1 - k] : value));
  const da1 = [0, 1].map((j) => W2[2 * j] * dz2[0] + W2[2 * j + 1] * dz2[1]);
  const dz1 = da1.map((blame, j) => blame * a1[j] * sigmoid(-z1[j]));
  const outer = (a, d) => EDGES.map(([from, to]) => a[from] * d[to]);
  return { dz2, da1, dz1, dW2: outer(a1, dz2), db2: dz2, dW1: outer(x, dz1), db1: dz1 };
}

/** A parameter's gradient, measured: nudge it both ways, and look at what the loss does. */
function measured(state, name, i, h = 1e-5) {
  const loss = (nudge) => forward({ ...state, [name]: state[name].map((v, j) => (j === i ? v + nudge : v)) }).loss;
  return (loss(h) - loss(-h)) / (2 * h);
}

/** Is a measured gradient more than what rounding makes of 0? */
const isMeasured = (rate) => Math.abs(rate) >= 5e-8;

/** A measured gradient: four decimals where there is room, since the third may be rounded either way. */
function byNudging(rate) {
  if (!isMeasured(rate)) return "≈ 0";
  const size = Math.abs(rate);
  return size >= 0.0005 && size < 9.9999 ? written(rate, 4) : compact(rate);
}

/** The steps: what each brings to light, its formula in numbers, and along which weights it goes. */
function steps(s) {
  const v = forward(s);
  const d = backward(s, v);
  const ordinal = ["first", "second"];
  const sum = (a, W, b, to) => `${bracket(a[0])} · ${bracket(W[to])} + ${bracket(a[1])} · ${bracket(W[2 + to])} + ${bracket(b[to])}`;
  const found = [];
  const step = (shown, text, along = []) => found.push({ shown, text, along });
  const into = (W, to) => [`${W}${to}`, `${W}${2 + to}`];
  for (const j of [0, 1]) {
    step([`z1${j}`], `The ${ordinal[j]} hidden unit adds up what comes in: z = ${sum(s.x, s.W1, s.b1, j)} = **${friendly(v.z1[j])}**`, into("W1", j));
  }
  for (const j of [0, 1]) step([`a1${j}`], `and squashes the sum: a = σ(${friendly(v.z1[j])}) = **${friendly(v.a1[j])}**`);
  for (const k of [0, 1]) {
    step([`z2${k}`], `The ${ordinal[k]} output unit’s logit: z = ${sum(v.a1, s.W2, s.b2, k)} = **${friendly(v.z2[k])}**`, into("W2", k));
  }
  step(["p0", "p1"], `The softmax: the logits differ by ${friendly(v.z2[0] - v.z2[1])}, so p = **(${friendly(v.p[0])}, ${friendly(v.p[1])})**`);
  step(["loss"], `The loss: −log ${friendly(v.p[s.target])} = **${friendly(v.loss)}**. That is all of the way forward (**back** retraces it). `
    + "Now the way back: how much does each number share in it?");
  for (const k of [0, 1]) {
    step([`dz2${k}`], `The ${ordinal[k]} logit’s gradient: p − y = ${friendly(v.p[k])} − ${k === s.target ? 1 : 0} = **${friendly(d.dz2[k])}**`);
  }
  EDGES.forEach(([j, k], i) => {
    const product = `${bracket(v.a1[j])} · ${bracket(d.dz2[k])} = **${friendly(d.dW2[i])}**`;
    step([`dW2${i}`], `The weight from the ${ordinal[j]} hidden unit to the ${ordinal[k]} logit: what came in, times the gradient of what went out: ${product}`, [`W2${i}`]);
  });
  step(["db20", "db21"], "The output biases: what comes in there is always 1, so their gradients are those of their logits.");
  for (const j of [0, 1]) {
    const paths = [0, 1].map((k) => `${bracket(s.W2[2 * j + k])} · ${bracket(d.dz2[k])}`).join(" + ");
    step([`da1${j}`], `The ${ordinal[j]} activation reaches the loss by two paths, which add up: ${paths} = **${friendly(d.da1[j])}**`, [`W2${2 * j}`, `W2${2 * j + 1}`]);
  }
  for (const j of [0, 1]) {
    const slope = friendly(v.a1[j] * sigmoid(-v.z1[j]));
    step([`dz1${j}`], `Through the sigmoid, whose slope is a (1 − a) = ${slope}: ${bracket(d.da1[j])} · ${slope} = **${friendly(d.dz1[j])}**`);
  }
  EDGES.forEach(([i, j], e) => {
    const product = `${bracket(s.x[i])} · ${bracket(d.dz1[j])} = **${friendly(d.dW1[e])}**`;
    step([`dW1${e}`], `The weight from the ${ordinal[i]} pixel to the ${ordinal[j]} hidden unit: ${product}`, [`W1${e}`]);
  });
  step(["db10", "db11"], "And the hidden biases: the gradients of their units’ sums. Every parameter now has its gradient.");
  return { found, v, d };
}

const BEGINNING = "Press **next**: one number after another comes to light, down to the loss, and then the gradients on the way back up. "
  + "Drag any weight, bias or pixel to change it.";

function render({ model, el }) {
  const { change, now, start, stop, told } = bind(model, el, redraw);
  const parts = {};
  const names = Object.entries(SIZES).flatMap(([name, size]) => Array.from({ length: size }, (_, i) => [name, i]));
  const title = (name, i) => `${name}[${SIZES[name] === 4 ? EDGES[i].join(", ") : i}]`;
  const put = (name, i, value) => change({ [name]: now()[name].map((v, j) => (j === i ? value : v)) });
  const described = "The network of twelve numbers, from its two pixels at the top to the loss at the bottom. The table repeats each gradient.";
  const svg = draw("svg", { viewBox: "0 0 400 538", class: "sheet-of-paper", role: "group", "aria-label": described });
  const text = (x, y, kind, anchor = "middle") => draw("text", { x, y, class: kind, "text-anchor": anchor });

  /** A number that can be grabbed: to the right and up it grows. */
  function holder(name, i, x, y, width, height, ...inside) {
    const group = draw("g", { class: "chip" }, draw("rect", { x, y, width, height, rx: 6 }), ...inside);
    const place = names.findIndex(([n, j]) => n === name && j === i);
    let held = 0;
    svg.append(grip(group, title(name, i), {
      take: () => {
        held = now()[name][i];
        if (now().held !== place) change({ held: place });
      },
      move: (to, from) => put(name, i, held + Math.round((to[0] - from[0] + from[1] - to[1]) / 12) / 4),
      nudge: ([right, up]) => put(name, i, now()[name][i] + (right + up) / 4),
      far: 0,
    }));
    return group;
  }

  // A weight stands below the unit that it comes from, and its wire leads on to the unit that it goes to:
  // the two wires between the middles cross below the weights, where nothing hides which is which.
  const ports = [46, 157, 243, 354];
  for (const [name, top, bottom] of [["W1", 38, 166], ["W2", 252, 380]]) EDGES.forEach(([from, to], i) => {
    const [x, low] = [ports[i], top + 64];
    const line = draw("polyline", { points: `${x},${top} ${x},${low} ${ports[2 * to + from]},${bottom}`, class: "edge" });
    svg.prepend(line);
    const [label, value, share] = [text(x, low - 41, "name small"), text(x, low - 23, "value"), text(x, low - 6, "blame")];
    label.textContent = title(name, i);
    parts[`${name}${i}`] = { value, share, line, group: holder(name, i, x - 40, low - 54, 80, 54, label, value, share) };
  });
  const truths = [];
  [0, 1].forEach((i) => {
    const x = 100 + 200 * i;
    const value = text(x + 9, 28, "value");
    parts[`x${i}`] = { value, group: holder("x", i, x - 62, 6, 124, 32, text(x - 54, 28, "name small", "start"), value) };
    parts[`x${i}`].group.querySelector(".name").textContent = title("x", i);
    for (const [top, rows] of [[166, ["b1", "z1", "a1"]], [380, ["b2", "z2", "p"]]]) {
      svg.append(draw("rect", { x: x - 97, y: top, width: 194, height: 86, rx: 8, class: "node" }));
      rows.forEach((name, row) => {
        const y = top + 22 + 27 * row;
        const share = text(x + 92, y, name === "p" ? "name" : "blame", "end");
        const [label, number] = [text(x - 91, y, "name small", "start"), text(x - 58, y, "value", "start")];
        label.textContent = title(name, i);
        parts[`${name}${i}`] = name === "p" ? { value: number } : { value: number, share };
        if (name === "p") truths[i] = share;
        if (row) svg.append(label, number, share);
        else parts[`${name}${i}`].group = holder(name, i, x - 95, top + 2, 190, 27, label, number, share);
      });
    }
    svg.prepend(draw("polyline", { points: `${x},466 ${160 + 80 * i},502`, class: "edge" }));
  });
  parts.loss = { value: text(200, 524, "value") };
  svg.append(draw("rect", { x: 103, y: 502, width: 194, height: 32, rx: 8, class: "node" }), parts.loss.value);

  const formula = make("p", { class: "verdict" });
  const count = make("span", { class: "note" });
  const total = steps(start).found.length;
  const go = (to) => change({ step: within(0, to, total) });
  const back = button("back", () => go(now().step - 1));
  const next = button("next", () => go(now().step + 1), { class: "main" });
  const all = button("all", () => go(total));
  const inBox = ([name, i]) => Number(now()[name][i].toPrecision(12));
  const typed = make("input", { type: "number", step: 0.25, onchange: () => {
    if (Number.isFinite(typed.valueAsNumber)) put(...names[now().held], typed.valueAsNumber);
  }, onblur: () => { typed.value = inBox(names[now().held]); } });
  const held = make("span", {});
  const targets = choice("the truth is", [[0, "the first class"], [1, "the second"]], (target) => change({ target }));
  const nudged = make("p", { class: "note" });
  const cells = ORDER.flatMap((name) => Array.from({ length: SIZES[name] }, (_, i) => {
    const [value, blame, nudge] = [0, 1, 2].map((c) => make("td", { class: ["value", "blame", "nudge"][c] }));
    return { name, i, value, blame, nudge, element: make("tr", {}, make("th", { scope: "row" }, title(name, i)), value, blame, nudge) };
  }));
  const table = make("table", { class: "shares" },
    make("thead", {}, make("tr", {}, ["", "value", "gradient", "by nudging"].map((words_) => (words_ ? make("th", { scope: "col" }, words_) : make("td", {}))))),
    make("tbody", {}, cells.map((cell) => cell.element)));

  /** What the loss does when a number is nudged, in words. */
  function nudging(state, name, i) {
    const rate = measured(state, name, i);
    if (!isMeasured(rate)) return `Nudge ${title(name, i)}, and the loss hardly moves: a share too small to measure, or none.`;
    const by = (rate / 1000).toPrecision(2).replace("+", "").replaceAll("-", "−");
    const pixel = name === "x" ? " (A pixel is no parameter, but it has a gradient too.)" : "";
    return `Raise ${title(name, i)} by 0.001, and the loss moves by about ${by}.${pixel}`;
  }

  /** What one step brings to light, in words. */
  function called(shown) {
    const [first] = shown;
    if (first === "loss") return "the loss";
    const name = first.startsWith("d") ? first.slice(1) : first;
    const [array, i] = [name.slice(0, -1), Number(name.at(-1))];
    return `${first === name ? "" : shown.length > 1 ? "the gradients of " : "the gradient of "}${shown.length > 1 ? array : title(array, i)}`;
  }

  function redraw(state) {
    const { found, v, d } = steps(state);
    const lit = new Set(found.slice(0, state.step).flatMap((one) => one.shown));
    const { shown: newest = [], along = [] } = found[state.step - 1] ?? {};
    const fresh = new Set(newest);
    const coming = found[state.step]?.shown ?? []; // what the reader may work out before it comes to light
    const values = { ...state, ...v };
    for (const [name, { value, share, line, group }] of Object.entries(parts)) {
      const [array, i] = name === "loss" ? ["loss", 0] : [name.slice(0, -1), Number(name.at(-1))];
      const shown = array in SIZES || lit.has(name);
      const number = array === "loss" ? v.loss : values[array][i];
      value.textContent = (array === "loss" ? "loss " : "") + (shown ? friendly(number, true) : coming.includes(name) ? "?" : "·");
      value.classList.toggle("fresh", fresh.has(name));
      const blamed = lit.has(`d${name}`);
      if (share) share.textContent = blamed ? friendly(d[`d${array}`][i], true) : coming.includes(`d${name}`) ? "?" : "";
      share?.classList.toggle("fresh", fresh.has(`d${name}`));
      const chosen = array in SIZES && title(array, i) === title(...names[state.held]);
      line?.classList.toggle("fresh", along.includes(name));
      line?.classList.toggle("back", along.includes(name) && newest[0][0] === "d");
      line?.classList.toggle("held", chosen);
      group?.say(number, `${friendly(number)}${blamed ? `, gradient ${friendly(d[`d${array}`][i])}` : ""}`);
      group?.classList.toggle("held", chosen);
    }
    truths.forEach((tag, k) => { tag.textContent = `y = ${k === state.target ? 1 : 0}`; });
    const said = state.step ? found[state.step - 1].text : BEGINNING;
    words(formula, state.step && coming.length ? `${said}${/[.?]$/.test(said) ? "" : "."} Next: ${called(coming)}.` : said);
    count.textContent = `step ${state.step} of ${total}`;
    back.disabled = state.step === 0;
    next.disabled = all.disabled = state.step === total;
    const [name, i] = names[state.held];
    held.textContent = title(name, i);
    typed.setAttribute("aria-label", title(name, i));
    typed.value = inBox([name, i]);
    targets.set(state.target);
    table.hidden = !ORDER.some((one) => lit.has(`d${one}0`)); // before, there is nothing in it to read
    for (const cell of cells) {
      const blamed = lit.has(`d${cell.name}${cell.i}`);
      cell.element.hidden = !blamed;
      const numbers = { value: state[cell.name][cell.i], blame: d[`d${cell.name}`][cell.i], nudge: measured(state, cell.name, cell.i) };
      for (const [column, number] of Object.entries(numbers)) {
        cell[column].textContent = column === "nudge" ? byNudging(number) : friendly(number, true);
        cell[column].dataset.value = number;
      }
    }
    svg.dataset.value = v.loss;
    const known = name === "x" || lit.has(`d${name}${i}`);
    nudged.textContent = known ? nudging(state, name, i) : `Step on until ${title(name, i)} has its gradient; then see here what nudging it does.`;
    told.tell(`Step ${state.step}. ${said.replaceAll("**", "")}`);
  }

  el.append(heading("Twelve numbers, and the gradient of each", () => change(start)),
    make("div", { class: "strip" }, next, back, all, count),
    make("div", { class: "backprop" }, formula, svg, make("div", {}, make("label", { class: "typed" }, held, " = ", typed), targets, nudged, table),
      make("p", { class: "note" }, "Values are blue. The gradient, in orange, is the number’s blame: "
        + "how fast the loss grows as the number is nudged upwards.")), told);
  redraw(start);
  return stop;
}

export default { render };
