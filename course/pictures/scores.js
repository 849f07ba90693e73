// Lesson 02: ten logits, and what the softmax makes of them, by the naive formula and the stable one.

const LARGEST = { float64: Number.MAX_VALUE, float32: 3.4028234663852886e38 };

/** Everything the picture shows, from its state; `round` keeps each result to the chosen floats. */
function computed({ scores, times, plus, floats, held }) {
  const round = floats === "float32" ? Math.fround : (x) => x;
  const sum = (values) => values.reduce((a, b) => round(a + b), 0);
  const z = scores.map((s) => round(times * s + plus));
  const e = z.map((value) => round(Math.exp(value)));
  const total = sum(e);
  const naive = e.map((value) => round(value / total));
  const top = Math.max(...z);
  const shifted = z.map((value) => round(value - top));
  const small = shifted.map((value) => round(Math.exp(value)));
  const smallTotal = sum(small);
  const stable = small.map((value) => round(value / smallTotal));
  const logs = shifted.map((value) => round(value - round(Math.log(smallTotal))));
  const column = stable.map((p, k) => round(p * round((k === held ? 1 : 0) - stable[held])));
  return { z, e, total, naive, stable, logs, column };
}

/** Say what became of the naive formula. */
function verdict({ z, e, total, naive, stable }, floats) {
  const top = Math.max(...z);
  if (!e.every(Number.isFinite)) {
    return `The largest logit is ${written(top, 1)}, and e to that power is more than ${floats} can hold `
      + `(${written(LARGEST[floats])}): it becomes **inf**; inf / inf is **nan**, and any other number / inf is 0. `
      + "The stable formula subtracts the largest logit first, and has nothing larger than 1 to hold.";
  }
  if (total === 0) {
    return `Even the largest logit is ${written(top, 1)}, and e to that power is less than ${floats} can hold: all ten are 0, `
      + "and 0 / 0 is **nan**. The stable formula always keeps one of them at 1.";
  }
  if (!naive.every(Number.isFinite) || total === Infinity) {
    return `Each exponential still fits into ${floats}, but **their sum does not**: it is inf.`;
  }
  const off = stable.map((p, k) => Math.abs(naive[k] - p));
  const worst = argmax(off);
  const limit = floats === "float64" ? 1e-12 : 1e-5;
  if (off[worst] > limit) {
    return "No nan, no warning, and yet the naive formula is **silently wrong**: "
      + `for class ${worst} it says **${written(naive[worst], 6)}**, and the stable one ${written(stable[worst], 6)}. `
      + `The largest exponential is ${written(Math.max(...e), 1)}, so near the end of what ${floats} can hold that few of its digits are left.`;
  }
  if (stable.some((p, k) => p > 0 && Math.abs(naive[k] / p - 1) > 100 * limit)) {
    return `Both formulas agree to ${floats === "float64" ? 12 : 5} places, but not in their smallest probabilities: `
      + `some exponentials are too small for ${floats}, and the naive formula has lost their digits.`;
  }
  const further = top < 20 ? ` Add **${floats === "float64" ? 710 : 90}** to all ten, and they part.` : "";
  return `Both formulas agree: the largest exponential is ${written(Math.max(...e))}, and ${floats} can hold ${written(LARGEST[floats])}.${further}`;
}

function render({ model, el }) {
  const { change, now, start, stop, told } = bind(model, el, redraw);
  const say = make("p", { class: "verdict" });
  const rows = start.scores.map((_, k) => {
    const input = make("input", { type: "range", min: -10, max: 10, step: 0.1, "aria-label": `logit of class ${k}` });
    input.addEventListener("input", () => {
      const scores = [...now().scores];
      scores[k] = Number(input.value);
      change({ scores, held: k });
    });
    input.addEventListener("focus", () => { if (now().held !== k) change({ held: k }); });
    const parts = {
      input, z: make("span", { class: "z" }), naive: bar("warm"), stable: bar(),
      log: make("span", { class: "log" }), column: bar("either"),
    };
    parts.stable.classList.add("pull");
    const pull = (event) => {
      const { left, width } = parts.stable.getBoundingClientRect();
      const state = now();
      const others = computed(state).z.filter((_, j) => j !== k);
      const top = Math.max(...others);
      const p = within(0.001, (event.clientX - left) / width, 0.999);
      const z = Math.log(p / (1 - p)) + top + Math.log(others.reduce((total, value) => total + Math.exp(value - top), 0));
      if (!state.times) return change({ held: k });
      const score = within(-10, Math.round(((z - state.plus) / state.times) * 10) / 10, 10);
      change({ scores: state.scores.map((value, j) => (j === k ? score : value)), held: k });
    };
    followPointer(parts.stable, pull);
    const name = make("span", { class: "k" }, String(k));
    const heldMark = make("td", { class: "name" }, name, input, parts.z);
    parts.element = make("tr", {}, heldMark, make("td", {}, parts.naive), make("td", {}, parts.stable),
      make("td", { class: "number" }, parts.log), make("td", {}, parts.column));
    return parts;
  });
  const columnHead = make("th", { scope: "col" });
  const heads = ["class k and its logit z", "p, naive", "p, stable", "log p"];
  const table = make("table", { class: "scores" },
    make("thead", {}, make("tr", {}, heads.map((text) => make("th", { scope: "col" }, text)), columnHead)),
    make("tbody", {}, rows.map((parts) => parts.element)));
  const most = () => (now().floats === "float64" ? 710 : 90); // where e to a power of 0 to 10 more begins to be too much
  const break_ = button("", () => change({ plus: most() }), { class: "main" });
  const jacobian = button("slopes, too", () => change({ jacobian: !now().jacobian }));
  const times = slider("multiply all by", { min: 0, max: 10, step: 0.1 }, (value) => change({ times: value }));
  const plus = slider("add to all", { min: -900, max: 900, step: 1, places: 0, long: true }, (value) => change({ plus: value }));
  const floats = choice("numbers are stored as", [["float64", "float64"], ["float32", "float32"]], (value) => change({ floats: value }));
  const note = make("p", { class: "note" });

  function redraw(state) {
    const found = computed(state);
    const widest = Math.max(0.05, ...found.column.map(Math.abs).filter(Number.isFinite));
    rows.forEach((parts, k) => {
      parts.input.value = state.scores[k];
      parts.input.setAttribute("aria-valuetext", `${written(found.z[k], 1)}, probability ${written(found.stable[k])}`);
      parts.element.classList.toggle("held", k === state.held);
      show(parts.z, found.z[k], 1);
      parts.naive.set(found.naive[k]);
      parts.stable.set(found.stable[k]);
      show(parts.log, found.logs[k], 2);
      parts.column.set(found.column[k], found.column[k] / widest);
    });
    table.classList.toggle("jacobian", Boolean(state.jacobian));
    jacobian.setAttribute("aria-pressed", Boolean(state.jacobian));
    const column = " The last column is one column of the Jacobian: how each probability changes as the marked logit is raised. It sums to 0.";
    note.textContent = `Drag a logit, or the end of a stable probability’s bar.${state.jacobian ? column : ""}`;
    break_.textContent = `+ ${most()} to all`;
    columnHead.textContent = `∂p / ∂z${"₀₁₂₃₄₅₆₇₈₉"[state.held]}`;
    times.set(state.times);
    plus.set(state.plus);
    floats.set(state.floats);
    const text = verdict(found, state.floats);
    words(say, text);
    told.tell(`Class ${state.held}: z ${written(found.z[state.held], 1)}, probability ${written(found.stable[state.held])}. ${text.replaceAll("**", "")}`);
  }

  el.append(heading("Ten logits, and what the softmax makes of them", () => change(start)), make("div", { class: "strip" }, plus, break_), say, table,
    make("div", { class: "strip" }, times, floats, jacobian), note, told);
  redraw(start);
  return stop;
}

export default { render };
