// Lesson 03: the network of twelve numbers, empty. The reader types each value, then each gradient, and
// of the 27 boxes sees those that can be filled in now.

const title = (name, i) => (name === "loss" ? "the loss" : `${name}[${["W1", "W2", "dW1", "dW2"].includes(name) ? `${i >> 1}, ${i % 2}` : i}]`);

const dot = (g, from, W, to) => g(from, 0) * g(W, to) + g(from, 1) * g(W, 2 + to);
const across = (g, from, W, to) => g(from, 0) * g(W, 2 * to) + g(from, 1) * g(W, 2 * to + 1);
const pairOf = (from, to) => (i) => `${from}[${i >> 1}] and ${to}[${i % 2}]`;

/** What is to be filled in, in an order in which it can be: [name, index, from the numbers before it, how]. */
const ENTRIES = [
  ...[0, 1].map((j) => ["z1", j, (g) => g("x", 0) * g("W1", j) + g("x", 1) * g("W1", 2 + j) + g("b1", j), "each input times its weight, summed, and the bias"]),
  ...[0, 1].map((j) => ["a1", j, (g) => sigmoid(g("z1", j)), "σ(z) = 1 / (1 + exp(−z))"]),
  ...[0, 1].map((k) => ["z2", k, (g) => g("a1", 0) * g("W2", k) + g("a1", 1) * g("W2", 2 + k) + g("b2", k), "each activation times its weight, summed, and the bias"]),
  ...[0, 1].map((k) => ["p", k, (g) => 1 / (1 + Math.exp(g("z2", 1 - k) - g("z2", k))), "exp of its logit, divided by the sum of both"]),
  ["loss", 0, (g) => -Math.log(g("p", g("target", 0))), "−log of the true class’s probability"],
  ...[0, 1].map((k) => ["dz2", k, (g) => g("p", k) - (k === g("target", 0) ? 1 : 0), "p − y, where y is 1 for the true class"]),
  ...[0, 1, 2, 3].map((i) => ["dW2", i, (g) => g("a1", i >> 1) * g("dz2", i % 2), "what came in, times the gradient of the logit it went to"]),
  ...[0, 1].map((k) => ["db2", k, (g) => g("dz2", k), "the gradient of its sum, since what comes in there is 1"]),
  ...[0, 1].map((j) => ["da1", j, (g) => g("W2", 2 * j) * g("dz2", 0) + g("W2", 2 * j + 1) * g("dz2", 1), "both paths to the loss, added up"]),
  ...[0, 1].map((j) => ["dz1", j, (g) => g("da1", j) * g("a1", j) * (1 - g("a1", j)), "the activation’s gradient, times a (1 − a)"]),
  ...[0, 1, 2, 3].map((i) => ["dW1", i, (g) => g("x", i >> 1) * g("dz1", i % 2), "what came in, times the gradient of the sum it went to"]),
  ...[0, 1].map((j) => ["db1", j, (g) => g("dz1", j), "the gradient of its sum, since what comes in there is 1"]),
];

/** Of what goes wrong by hand, what comes out, and what differs then: [value, words] of each box. */
const sums = (x, W, b) => (g, i) => [
  [dot(g, x, W, i), "the bias is missing"],
  [across(g, x, W, i) + g(b, i), `these are the weights of a row; into this unit lead a column’s, ${W}[0, ${i}] and ${W}[1, ${i}]`],
  ...[0, 1].map((j) => [g(x, j) * g(W, 2 * j + i) + g(b, i), `${x}[${1 - j}] with its weight is missing`]),
  [dot(g, x, W, i) - g(b, i), "the bias is added, not taken away"],
  ...[0, 1].map((j) => [dot(g, x, W, i) + g(b, i) - 2 * g(x, j) * g(W, 2 * j + i), `look at the sign of ${x}[${j}] times its weight`]),
  [dot(g, x, W, i) + g(b, 1 - i), `that is the other unit’s bias, ${b}[${1 - i}]`],
];
const products = (from, to) => (g, i) => [
  ...[0, 1, 2, 3].map((j) => [g(from, j >> 1) * g(to, j % 2), `you have multiplied ${pairOf(from, to)(j)}; this weight lies between ${pairOf(from, to)(i)}`]),
  [g(to, i % 2), `${from}[${i >> 1}] is missing, which came in`],
  [g(from, i >> 1), `${to}[${i % 2}] is missing, the gradient of what went out`],
];
const biases = (bias, to) => (g, i) => [
  [g(bias, i) * g(to, i), "the bias itself does not enter; what comes in is 1"],
  [g(to, 1 - i), "that is the other unit’s"],
];
const slips = {
  z1: sums("x", "W1", "b1"),
  z2: sums("a1", "W2", "b2"),
  a1: (g, j) => [
    [Math.exp(-g("z1", j)), "that is exp(−z) alone"],
    [sigmoid(-g("z1", j)), "that is σ(−z): look at the sign in the exponent"],
    [Math.exp(g("z1", j)), "that is exp(z) alone"],
    [g("z1", j), "that is z itself, not yet squashed"],
  ],
  p: (g, k) => [
    [1 / (1 + Math.exp(g("z2", k) - g("z2", 1 - k))), "that is the other class’s"],
    [Math.exp(g("z2", k)), "that is exp of the logit; divide it by the sum of both"],
    [g("z2", k) / (g("z2", 0) + g("z2", 1)), "you have divided the logits themselves; take exp of both first"],
    [Math.exp(g("z2", k) - g("z2", 1 - k)), "these are the odds; divide them by 1 + the odds"],
  ],
  loss: (g) => [
    [-Math.log(g("p", 1 - g("target", 0))), "that is the surprise at the other class"],
    [-Math.log10(g("p", g("target", 0))), "that is the logarithm to the base 10; log is the natural one"],
    [1 - g("p", g("target", 0)), "that is 1 − p; the logarithm is missing"],
    [g("p", g("target", 0)), "that is p; its logarithm is missing"],
  ],
  dz2: (g, k) => [
    [g("p", k), "that is p; y is not yet taken away"],
    [g("p", k) - (k === g("target", 0) ? 0 : 1), "that is y of the other class"],
  ],
  dW2: products("a1", "dz2"),
  db2: biases("b2", "dz2"),
  da1: (g, j) => [
    ...[0, 1].map((k) => [g("W2", 2 * j + k) * g("dz2", k), `that is the path through z2[${k}] alone; add the other`]),
    [dot(g, "dz2", "W2", j), `these are the weights into z2[${j}]; from a1[${j}] lead W2[${j}, 0] and W2[${j}, 1]`],
    [g("W2", 2 * j) * g("dz2", 0) - g("W2", 2 * j + 1) * g("dz2", 1), "look at the sign of the second path"],
  ],
  dz1: (g, j) => [
    [g("da1", j), "the sigmoid’s slope, a (1 − a), is missing"],
    [g("da1", j) * g("a1", j), "the factor 1 − a is missing"],
    [g("a1", j) * (1 - g("a1", j)), `that is the slope alone; da1[${j}] is missing`],
    [g("da1", j) * g("z1", j) * (1 - g("z1", j)), "the slope is a (1 − a), of a and not of z"],
  ],
  dW1: products("x", "dz1"),
  db1: biases("b1", "dz1"),
};

/** Which boxes come to light together: a stage, once each box of those before it holds a number. */
const STAGES = [["z1", "a1"], ["z2", "p", "loss"], ["dz2", "dW2", "db2"], ["da1", "dz1"], ["dW1", "db1"]];
const stageOf = (name) => STAGES.findIndex((names) => names.includes(name));

/** Read a number as it would be written by hand: -3/8, 0,375, log 3, 1 + log(4). nan if it is none. */
function read(text) {
  const tokens = text.replaceAll("−", "-").replaceAll(",", ".").toLowerCase().match(/\d*\.?\d+|log|ln|[-+*/()·]|\S/g) ?? [];
  let at = 0;
  const atom = () => {
    const token = tokens[at++];
    if (token === "-") return -atom();
    if (token === "log" || token === "ln") return Math.log(atom());
    if (token === "(") {
      const inner = sum();
      return tokens[at++] === ")" ? inner : NaN;
    }
    return token === undefined || token === "" ? NaN : Number(token);
  };
  const product = () => {
    let value = atom();
    while (["*", "·", "/"].includes(tokens[at])) value = tokens[at++] === "/" ? value / atom() : value * atom();
    return value;
  };
  const sum = () => {
    let value = product();
    while (["+", "-"].includes(tokens[at])) value = tokens[at++] === "-" ? value - product() : value + product();
    return value;
  };
  const value = sum();
  return at === tokens.length ? value : NaN;
}

/** Is a typed number this one, as exactly as it was typed? Two decimals at least. */
function same(text, typed, wanted) {
  const decimals = /^[-−+\s]*\d*[.,](\d+)\s*$/.exec(text)?.[1].length ?? 9;
  return Math.abs(typed - wanted) <= Math.max(6e-4, decimals >= 2 && decimals < 9 ? 0.501 * 10 ** -decimals : 0);
}

/** Judge a number, where `own` is what follows from the numbers typed before: an earlier slip is carried on. */
function kindOf(text, typed, truth, own) {
  if (!Number.isFinite(typed)) return "unreadable";
  if (same(text, typed, truth)) return "right";
  if (same(text, typed, own)) return "carried";
  return same(text, -typed, own) ? "sign" : "wrong";
}

/** Judge every box, and say why where it is wrong. */
function judged(state) {
  const typed = Object.fromEntries(Object.entries(state.typed).map(([name, text]) => [name, read(text)]));
  const truth = {};
  const given = (name, i) => (name === "target" ? state.target : state[name]?.[i]);
  const [found, why] = [{}, {}];
  for (const [name, i, value, how] of ENTRIES) {
    const box = `${name}${i}`;
    truth[box] = value((n, j) => truth[`${n}${j}`] ?? given(n, j));
    const text = state.typed[box];
    if (!text?.trim()) continue;
    const known = (n, j) => (Number.isFinite(typed[`${n}${j}`]) ? typed[`${n}${j}`] : truth[`${n}${j}`]) ?? given(n, j);
    const own = value(known);
    found[box] = kindOf(text, typed[box], truth[box], own);
    if (found[box] !== "wrong") continue;
    const slip = slips[name](known, i).find(([outcome]) => same(text, typed[box], outcome));
    why[box] = slip ? slip[1] : `too ${typed[box] > own ? "large" : "small"}; it is ${how}`;
  }
  return { found, truth, why };
}

function render({ model, el }) {
  const { change, now, start, stop, told } = bind(model, el, redraw);
  const boxes = {};
  const terms = (j) => `${friendly(start.x[0])} · ${bracket(start.W1[j])} + ${friendly(start.x[1])} · ${bracket(start.W1[2 + j])} + ${friendly(start.b1[j])}`;
  const done = (found, one) => ["right", "carried"].includes(found[one]);
  const nextOpen = (found) => ENTRIES.map(([name, i]) => name + i).find((one) => !done(found, one));

  /** A box to type in; Enter has it judged, and once it is right goes on to the next. */
  function box(name, i) {
    const place = name + i;
    const judge = () => change({
      typed: { ...now().typed, [place]: input.value }, shown: now().shown.filter((one) => one !== place), last: place,
    });
    const onkeydown = (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      goOn();
    };
    const input = make("input", { type: "text", autocomplete: "off", "aria-label": title(name, i), onchange: judge, onkeydown });
    const element = make("span", { class: `cell ${name[0] === "d" ? "blame" : "value"}` }, input);
    boxes[place] = { name, input, element, judge };
    return element;
  }
  const given = (name, i) => make("span", { class: "given" }, friendly(start[name][i]));
  const weight = (name, i) => make("div", { class: "weight" },
    make("span", { class: "note" }, title(name, i)), given(name, i), box(`d${name}`, i));
  const row = (letter, value, gradient) => [make("span", { class: "k" }, letter), value, gradient].flat();
  const truth = (k) => make("span", { class: "note" }, `y = ${k === start.target ? 1 : 0}`);
  const unit = (b, z, a, i) => make("div", { class: "unit" },
    row(title(b, i), given(b, i), box(`d${b}`, i)),
    row(title(z, i), box(z, i), box(`d${z}`, i)),
    row(title(a, i), box(a, i), a === "a1" ? box("da1", i) : truth(i)));
  // Four columns, one for each weight of a layer: it stands below the unit that it comes from, and its
  // wire leads on to the unit that it goes to.
  const wires = (kind, ends) => draw("svg",
    { class: `wires ${kind}`, viewBox: "0 0 8 1", preserveAspectRatio: "none", "aria-hidden": "true" },
    ends.map(([from, to]) => draw("line", { x1: from, y1: 0, x2: to, y2: 1 })));
  const layer = (name) => [
    wires("short", [1, 3, 5, 7].map((x) => [x, x])),
    ...[0, 1, 2, 3].map((i) => weight(name, i)),
    wires("", [0, 1, 2, 3].map((i) => [2 * i + 1, 4 * (i % 2) + 2 * (i >> 1) + 1])),
  ];
  const net = make("div", { class: "filling" },
    [0, 1].map((i) => make("div", { class: "unit" }, row(title("x", i), given("x", i), make("span", {})))), layer("W1"),
    [0, 1].map((i) => unit("b1", "z1", "a1", i)), layer("W2"), [0, 1].map((i) => unit("b2", "z2", "p", i)),
    wires("short", [[2, 3], [6, 5]]), make("div", { class: "unit loss" }, row("loss", box("loss", 0), [])));
  const verdict = make("p", { class: "verdict" });
  /** Have the box that is typed in marked; once it is right, go on to the next. */
  function goOn() {
    const here = Object.entries(boxes).find(([, { input }]) => input === document.activeElement);
    if (here && !here[1].input.value.trim()) return words(verdict, "Type a number into the marked box first.");
    if (here && here[1].input.value !== (now().typed[here[0]] ?? "")) here[1].judge();
    const { found } = judged(now());
    const at = here?.[0] ?? now().last;
    boxes[done(found, at) ? nextOpen(found) : at]?.input.focus();
  }
  // The box keeps its focus while the button is pressed: were it marked then, the button could move away.
  const check = button("check", goOn, { class: "main", onmousedown: (event) => event.preventDefault() });
  const showOne = button("show me this one", () => {
    const { found, truth } = judged(now());
    const next = nextOpen(found);
    const text = friendly(truth[next]);
    const fits = text.length <= 6; // into its box
    change({ typed: { ...now().typed, [next]: fits ? text : written(truth[next]) }, shown: [...now().shown, next], last: next });
  });

  function redraw(state) {
    const { found, why } = judged(state);
    const open = ENTRIES.find(([name, i]) => !done(found, name + i));
    const empty = ENTRIES.find(([name, i]) => [undefined, "unreadable"].includes(found[name + i]));
    const reached = empty ? stageOf(empty[0]) : STAGES.length;
    for (const [name, { name: own, input, element }] of Object.entries(boxes)) {
      element.classList.toggle("later", stageOf(own) > reached && !found[name]);
      element.classList.toggle("done", done(found, name));
      if (document.activeElement !== input || name === state.last) input.value = state.typed[name] ?? "";
      element.dataset.mark = { right: "✓", carried: "(✓)", sign: "✗", wrong: "✗", unreadable: "?" }[found[name]] ?? "";
      element.classList.toggle("next", Boolean(open) && name === open[0] + open[1]);
      element.classList.toggle("wrong", ["sign", "wrong", "unreadable"].includes(found[name]));
    }
    const last = ENTRIES.find(([name, i]) => name + i === state.last);
    const kind = found[state.last];
    const name = last && title(last[0], last[1]);
    const isShown = state.shown.includes(state.last);
    const greeting = kind && state.last === start.last && isShown && open?.[0] === "z1";
    const ofLast = () => {
      if (!kind) return "";
      if (isShown) return `${name}: shown; it is ${last[3]}. `;
      return {
        right: `**Right**: ${name}. `,
        carried: `**Right, from your numbers**: ${name} follows from an earlier slip, and that is all that is wrong with it. `,
        sign: `${name}: **look at the sign**. `,
        wrong: `Not yet, ${name}: **${why[state.last]}**. `,
        unreadable: `${name}: this cannot be read as a number. Try 5/7, −0.2 or log 5. `,
      }[kind];
    };
    const next = () => {
      if (open) return `Next, the marked box: **${title(open[0], open[1])}**.`;
      return `All 27 are filled in: a forward and a backward pass${state.shown.length > start.shown.length ? "" : ", by hand"}.`;
    };
    const said = greeting
      ? `**z1[0]** = ${terms(0)} = 0. Your turn: **z1[1]** = ${terms(1)}. Type it into the marked box.`
      : ofLast() + next();
    const counts = (wanted) => Object.entries(found).filter(([one, is]) => is === wanted && !state.shown.includes(one)).length;
    const carried = counts("carried") ? `, ${counts("carried")} right but for an earlier slip` : "";
    const shown = state.shown.length ? `, ${state.shown.length} shown` : "";
    words(verdict, `${said} ${counts("right")} of 27 right${carried}${shown}.`);
    showOne.disabled = !open;
    told.tell(verdict.textContent);
  }

  el.append(heading("Fill in the network: values down, gradients back up", () => change(start)),
    make("div", { class: "filled" }, make("div", {}, verdict, make("div", { class: "strip" }, check, showOne)), net,
      make("p", { class: "note" }, "Blue: values. Orange: gradients of the loss. Type 5/7, −0.2 or log 5; "
        + "then press Enter or Tab to have it marked. A dot marks a box that comes later.")), told);
  redraw(start);
  return stop;
}

export default { render };
