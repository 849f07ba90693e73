// Lesson 03: the network of twelve numbers, empty. The reader types each value, then each gradient, and
// of the 27 boxes sees those that can be filled in now.

const title = (name, i) => (name === "loss" ? "the loss" : `${name}[${["W1", "W2", "dW1", "dW2"].includes(name) ? `${i >> 1}, ${i % 2}` : i}]`);

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

/** Write a number as one would by hand: a small fraction where it is one, or three decimals. */
function shortly(value) {
  const below = [1, 2, 4, 8, 16, 32, 64].find((n) => Math.abs(value * n - Math.round(value * n)) < 1e-9);
  return below ? `${Math.round(value * below)}${below > 1 ? `/${below}` : ""}`.replace("-", "−") : written(value, 3);
}

/** Is a typed number this one, as exactly as it was typed? Two decimals at least. */
function same(text, typed, wanted) {
  const decimals = /^[-−+\s]*\d*[.,](\d+)\s*$/.exec(text)?.[1].length ?? 9;
  return Math.abs(typed - wanted) <= Math.max(6e-4, decimals >= 2 && decimals < 9 ? 0.501 * 10 ** -decimals : 0);
}

/** Judge every box: right, carried (right, from an earlier slip), wrong, or unreadable. */
function judged(state) {
  const typed = Object.fromEntries(Object.entries(state.typed).map(([name, text]) => [name, read(text)]));
  const truth = {};
  const given = (name, i) => (name === "target" ? state.target : state[name]?.[i]);
  const found = {};
  for (const [name, i, value] of ENTRIES) {
    const box = `${name}${i}`;
    truth[box] = value((n, j) => truth[`${n}${j}`] ?? given(n, j));
    const text = state.typed[box];
    if (!text?.trim()) continue;
    const own = value((n, j) => (Number.isFinite(typed[`${n}${j}`]) ? typed[`${n}${j}`] : truth[`${n}${j}`]) ?? given(n, j));
    found[box] = !Number.isFinite(typed[box]) ? "unreadable" : same(text, typed[box], truth[box]) ? "right" : same(text, typed[box], own) ? "carried" : same(text, -typed[box], own) ? "sign" : "wrong";
  }
  return { found, truth };
}

function render({ model, el }) {
  const told = teller();
  const { change, stop } = bind(model, el, redraw);
  const now = () => model.get("state");
  const start = now();
  const boxes = {};
  const plain = (value) => (Math.abs(value - Math.log(3)) < 1e-9 ? "log 3" : written(value, Number.isInteger(value) ? 0 : 1));

  const done = (found, one) => ["right", "carried"].includes(found[one]);
  const nextOpen = (found) => ENTRIES.map(([name, i]) => name + i).find((one) => !done(found, one));

  /** A box to type in; Enter has it judged, and once it is right goes on to the next. */
  function box(name, i) {
    const judge = () => change({ typed: { ...now().typed, [name + i]: input.value }, shown: now().shown.filter((one) => one !== name + i), last: name + i });
    const input = make("input", { type: "text", autocomplete: "off", "aria-label": title(name, i), onchange: judge, onkeydown: (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      if (input.value !== (now().typed[name + i] ?? "")) judge();
      const { found } = judged(now());
      if (done(found, name + i)) boxes[nextOpen(found)]?.input.focus();
    } });
    const element = make("span", { class: `cell ${name[0] === "d" ? "blame" : "value"}` }, input);
    boxes[name + i] = { name, input, element };
    return element;
  }
  const given = (name, i) => make("span", { class: "given" }, plain(start[name][i]));
  const weight = (name, i) => make("div", { class: "weight" }, make("span", { class: "note" }, title(name, i)), given(name, i), box(`d${name}`, i));
  const row = (letter, value, gradient) => [make("span", { class: "k" }, letter), value, gradient].flat();
  const truth = (k) => make("span", { class: "note" }, `y = ${k === start.target ? 1 : 0}`);
  const unit = (b, z, a, i) => make("div", { class: "unit" }, row(title(b, i), given(b, i), box(`d${b}`, i)), row(title(z, i), box(z, i), box(`d${z}`, i)), row(title(a, i), box(a, i), a === "a1" ? box("da1", i) : truth(i)));
  // Four columns, one for each weight of a layer: it stands below the unit that it comes from, and its
  // wire leads on to the unit that it goes to.
  const wires = (kind, ends) => draw("svg", { class: `wires ${kind}`, viewBox: "0 0 8 1", preserveAspectRatio: "none", "aria-hidden": "true" }, ends.map(([from, to]) => draw("line", { x1: from, y1: 0, x2: to, y2: 1 })));
  const layer = (name) => [wires("short", [1, 3, 5, 7].map((x) => [x, x])), [0, 1, 2, 3].map((i) => weight(name, i)), wires("", [0, 1, 2, 3].map((i) => [2 * i + 1, 4 * (i % 2) + 2 * (i >> 1) + 1]))].flat();
  const net = make("div", { class: "filling" },
    [0, 1].map((i) => make("div", { class: "unit" }, row(title("x", i), given("x", i), make("span", {})))), layer("W1"),
    [0, 1].map((i) => unit("b1", "z1", "a1", i)), layer("W2"), [0, 1].map((i) => unit("b2", "z2", "p", i)),
    wires("short", [[2, 3], [6, 5]]), make("div", { class: "unit loss" }, row("loss", box("loss", 0), [])));
  const verdict = make("p", { class: "verdict" });
  const showOne = button("show me this one", () => {
    const { found, truth } = judged(now());
    const next = nextOpen(found);
    change({ typed: { ...now().typed, [next]: shortly(truth[next]) }, shown: [...now().shown, next], last: next });
  });
  const again = button("start again", () => change(start));

  function redraw(state) {
    const { found } = judged(state);
    const open = ENTRIES.find(([name, i]) => !done(found, name + i));
    const empty = ENTRIES.find(([name, i]) => [undefined, "unreadable"].includes(found[name + i]));
    const reached = empty ? stageOf(empty[0]) : STAGES.length;
    for (const [name, { name: own, input, element }] of Object.entries(boxes)) {
      element.classList.toggle("later", stageOf(own) > reached && !found[name]);
      element.classList.toggle("done", done(found, name));
      if (document.activeElement !== input || name === state.last) input.value = state.typed[name] ?? "";
      element.dataset.mark = { right: "✓", carried: "✓ from yours", sign: "✗", wrong: "✗", unreadable: "?" }[found[name]] ?? "";
      element.classList.toggle("next", Boolean(open) && name === open[0] + open[1]);
      element.classList.toggle("wrong", ["sign", "wrong", "unreadable"].includes(found[name]));
    }
    const last = ENTRIES.find(([name, i]) => name + i === state.last);
    const kind = found[state.last];
    const name = last && title(last[0], last[1]);
    const said = !kind ? "" : state.shown.includes(state.last) ? `${name}: shown; it is ${last[3]}. ` : {
      right: `**Right**: ${name}. `,
      carried: `**Right, from your numbers**: ${name} follows from an earlier slip, and that is all that is wrong with it. `,
      sign: `${name}: **look at the sign**. `,
      wrong: `Not yet: ${name} is ${last[3]}. `,
      unreadable: `${name}: this cannot be read as a number. Try 5/7, −0.2 or log 5. `,
    }[kind];
    const counts = (wanted) => Object.entries(found).filter(([one, is]) => is === wanted && !state.shown.includes(one)).length;
    const next = open ? `Next, the marked box: **${title(open[0], open[1]).replace("loss[0]", "the loss")}**.` : `All 27 are filled in: a forward and a backward pass${state.shown.length > start.shown.length ? "" : ", by hand"}.`;
    words(verdict, `${said}${next} ${counts("right")} of 27 right${counts("carried") ? `, ${counts("carried")} right but for an earlier slip` : ""}${state.shown.length ? `, ${state.shown.length} shown` : ""}.`);
    showOne.disabled = !open;
    told.tell(verdict.textContent);
  }

  el.append(make("p", { class: "title" }, "Fill in the network: values down, gradients back up"),
    make("div", { class: "filled" }, make("div", {}, verdict, make("div", { class: "strip" }, showOne, again)), net,
      make("p", { class: "note" }, "Blue: values. Orange: gradients of the loss. Type 5/7, −0.2 or log 5; then press Enter or Tab to have it marked. A dot marks a box that comes later.")), told);
  redraw(start);
  return stop;
}

export default { render };
