// Lesson 09: a dozen points, and a curve with few features or many. Calm, wild at the threshold, calm beyond.

const WIDTH = 360;
const HEIGHT = 250;
const MOST = 100; // features
const COUNTS = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 20, 24, 30, 40, 55, 75, MOST];
const BOX = { left: 34, right: 352, top: 22, bottom: 212 }; // of the points, in the drawing's units
const HIGH = 2.5; // the largest target that is shown; positions go from -1 to 1

/** The first Legendre polynomials at u, as lesson 09's `terms`: (j + 1) P(j + 1) = (2j + 1) u P(j) - j P(j - 1). */
function features(u, count) {
  const row = [1, u];
  for (let j = 1; j + 1 < count; j++) row.push(((2 * j + 1) * u * row[j] - j * row[j - 1]) / (j + 1));
  return row.slice(0, count);
}

/** Solve a symmetric positive system by Cholesky's way; null if it is not positive. */
function solve(A, b) {
  const n = b.length;
  const L = A.map((row) => [...row]);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = A[i][j];
      for (let k = 0; k < j; k++) sum -= L[i][k] * L[j][k];
      if (i === j && !(sum > 0)) return null;
      L[i][j] = i === j ? Math.sqrt(sum) : sum / L[j][j];
    }
  }
  const y = [];
  for (let i = 0; i < n; i++) y.push((b[i] - y.reduce((sum, value, k) => sum + L[i][k] * value, 0)) / L[i][i]);
  const x = Array(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    x[i] = y[i];
    for (let k = i + 1; k < n; k++) x[i] -= L[k][i] * x[k];
    x[i] /= L[i][i];
  }
  return x;
}

/** The curve of the smallest mean squared error plus decay / 2 times the weights squared, as its weights. */
function weights(points, count, decay) {
  const rows = points.map(([u]) => features(u, count));
  const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
  const y = points.map(([, v]) => v);
  // Through the smaller of the two matrices; the weights are the same.
  const inner = count <= points.length;
  const lines = inner ? rows[0].map((_, j) => rows.map((row) => row[j])) : rows;
  const gram = lines.map((a, i) => lines.map((b, j) => dot(a, b) + (i === j ? (points.length * decay) / 2 : 0)));
  if (inner) return solve(gram, lines.map((line) => dot(line, y)));
  const dual = solve(gram, y);
  return dual && rows[0].map((_, j) => rows.reduce((sum, row, i) => sum + row[j] * dual[i], 0));
}

const truth = (u) => Math.sin(3 * u);

/** The weight decay, as it is set: to three digits. */
const asSet = (decay) => (decay < 0.001 ? written(decay, 3) : String(Number(decay.toPrecision(3))));

/** Which curve so many features choose; `found` is the curve, `missed` whether it passes beside a point. */
function curveChosen({ points, count, decay }, found, missed) {
  const n = points.length;
  const features = `**${count}** features for ${n} points`;
  if (count < n) return `${features}: fewer than points, so the curve cannot pass through them all.`;
  if (decay > 1e-8) return `${features}, with weight decay ${asSet(decay)}: the curve need not pass through them all.`;
  if (found && missed) return `${features}: a curve through them all needs weights so large that even λ ≈ 0, which is 1e−8, holds it off.`;
  if (count === n) return `${features}: the threshold. One curve passes through them all, however it must bend.`;
  return `${features}: many curves pass through them all, and the smallest weights choose one.`;
}

/** How far the curve is off, at the points and from the true one. */
function explained(state, found) {
  const missed = !(found?.own < 0.0005);
  const chosen = curveChosen(state, found, missed);
  if (!found) return `${chosen} It cannot be solved here: two points are too close together. Move one, or raise the weight decay.`;
  const own = missed ? `off by ${written(found.own, 3)} at the points, and ` : "";
  return `${chosen} It is ${own}off by **${written(found.real, 2)}** from the true curve.`;
}

function render({ model, el }) {
  const { change, now, start, stop, told } = bind(model, el, redraw);
  const middle = (BOX.top + BOX.bottom) / 2;
  const unit = { u: (BOX.right - BOX.left) / 2, v: (BOX.bottom - BOX.top) / (2 * HIGH) };
  const x = (u) => BOX.left + (u + 1) * unit.u;
  const y = (v) => middle - v * unit.v;
  const grid = Array.from({ length: 401 }, (_, i) => i / 200 - 1);
  const text = (words, at, attributes) => draw("text", { x: at[0], y: at[1], ...attributes }, words);

  const curve = draw("polyline", { class: "curve" });
  const real = draw("polyline", { class: "true", points: grid.map((u) => `${x(u)},${y(truth(u))}`).join(" ") });
  const box = { x: BOX.left, y: BOX.top, width: BOX.right - BOX.left, height: BOX.bottom - BOX.top };
  const left = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", class: "plot fit", "aria-label": "Points, and the curve that is fitted to them" },
    draw("rect", { ...box, class: "frame" }),
    ...[-2, 0, 2].map((v) => text(written(v, 0), [BOX.left - 6, y(v) + 4], { "text-anchor": "end" })),
    ...[-1, 0, 1].map((u) => text(written(u, 0), [x(u), 226], { "text-anchor": "middle" })),
    text("target", [4, 13]), text("position u", [x(0), 244], { "text-anchor": "middle" }),
    clipped(box, real, curve));
  const inBox = (u, v) => [within(-0.98, u, 0.98), within(0.1 - HIGH, v, HIGH - 0.1)];
  const put = (i, u, v) => renew({ points: now().points.map((point, j) => (j === i ? inBox(u, v) : point)) });
  // What a finger can grab is taller than it is wide: its neighbours are as near as 26.
  const marks = start.points.map((_, i) => grip(draw("g", {}, draw("ellipse", { rx: 13, ry: 22, class: "hit" }), draw("circle", { r: 7, class: "point" })), `point ${i + 1}`, {
    move: ([a, b]) => put(i, (a - BOX.left) / unit.u - 1, (middle - b) / unit.v),
    nudge: ([right, up]) => put(i, now().points[i][0] + right / 40, now().points[i][1] + up / 20),
  }));
  left.append(...marks);

  const threshold = start.points.length;
  const step = (count) => 54 + ((Math.log(count) - Math.log(2)) / (Math.log(MOST) - Math.log(2))) * (WIDTH - 76);
  const high = (error) => BOX.top + (2 - within(-2, Math.log10(error), 2)) * 47.5;
  const ghosts = draw("g", { class: "ghosts" }); // what is to be found
  const errors = draw("g", {});
  const cursor = draw("line", { y1: BOX.top, y2: BOX.bottom, class: "cursor" });
  const right = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "plot fit" },
    ...[100, 10, 1, 0.1, 0.01].flatMap((error) => [
      draw("line", { x1: 54, x2: WIDTH - 8, y1: high(error), y2: high(error), class: "grid" }),
      text(String(error), [48, high(error) + 4], { "text-anchor": "end" }),
    ]),
    ...[2, 4, threshold, 40, MOST].map((n) => text(String(n), [step(n), 226], { "text-anchor": "middle" })),
    draw("line", { x1: step(threshold), x2: step(threshold), y1: BOX.top, y2: BOX.bottom, class: "grid threshold" }),
    text("as many features", [step(threshold) + 6, BOX.bottom - 22]), text("as points", [step(threshold) + 6, BOX.bottom - 6]),
    ghosts, cursor, errors, text("distance from the true curve", [4, 13]), text("features", [200, 244], { "text-anchor": "middle" }));

  const error = ({ points, decay }, count) => {
    const w = weights(points, count, decay);
    const value = (u) => features(u, count).reduce((sum, feature, j) => sum + feature * w[j], 0);
    const at = w && grid.map(value);
    const mean = (values) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    return w ? { at, real: mean(at.map((v, i) => v - truth(grid[i]))), own: mean(points.map(([u, v]) => v - value(u))) } : null;
  };
  /** Other points or another decay: the numbers of features that were tried are tried again. */
  const renew = (part) => change({ ...part, drawn: tried(Object.keys(now().drawn), { ...now(), ...part }) });
  const tried = (counts, state) => Object.fromEntries(counts.map((n) => [n, error(state, Number(n))?.real]));
  const count = slider("features", { min: 0, max: COUNTS.length - 1, unit: (i) => String(COUNTS[i]) },
    (i) => change({ count: COUNTS[i], drawn: { ...now().drawn, ...tried([now().count], now()) } }));
  const decayNow = () => (now().decay > 1e-8 ? asSet(now().decay) : "≈ 0");
  const decay = slider("weight decay, λ", { min: -8, max: 1, step: 0.25, unit: decayNow },
    (power) => renew({ decay: Number((10 ** power).toPrecision(3)) }));
  const all = button("try many numbers", () => change({ drawn: { ...now().drawn, ...tried(COUNTS, now()) } }), { class: "main" });
  const verdict = make("p", { class: "verdict" });

  function redraw(state) {
    const found = error(state, state.count);
    curve.setAttribute("points", found ? grid.map((u, i) => `${x(u)},${within(-1e4, y(found.at[i]), 1e4)}`).join(" ") : "");
    marks.forEach((mark, i) => {
      const [u, v] = state.points[i];
      mark.setAttribute("transform", `translate(${x(u)} ${y(v)})`);
      mark.say(v, `at ${written(u, 2)}, ${written(v, 2)}`);
    });
    const ghostly = COUNTS.map((n) => [n, error(state, n)?.real]).filter(([, value]) => value);
    ghosts.replaceChildren(draw("polyline", { points: ghostly.map(([n, value]) => `${step(n)},${high(value)}`).join(" ") }));
    const known = Object.entries({ ...state.drawn, [state.count]: found?.real }).filter(([, value]) => value);
    errors.replaceChildren(...known.map(([n, value]) => {
      const kind = Number(n) === state.count ? "one now" : "one";
      const [cx, cy, r] = [step(Number(n)), high(value), kind === "one" ? 3.5 : 5.5];
      // What is larger than the plot shows has an arrow at its upper edge.
      if (value > 100) return draw("polygon", { points: `${cx - r},${cy} ${cx + r},${cy} ${cx},${cy - 2 * r}`, class: kind });
      return draw("circle", { cx, cy, r, class: kind });
    }));
    cursor.setAttribute("x1", step(state.count));
    cursor.setAttribute("x2", step(state.count));
    count.set(COUNTS.findLastIndex((n) => n <= state.count));
    decay.set(Math.log10(state.decay));
    el.fitted = found;
    const peak = ghostly.reduce((one, other) => (other[1] > one[1] ? other : one), [0, 0])[0];
    const highest = Object.keys(state.drawn).length >= COUNTS.length ? `The error is highest with **${peak}** features, and falls again beyond. ` : "";
    words(verdict, highest + explained(state, found));
    right.setAttribute("aria-label", `The error against the number of features; ${Object.keys(state.drawn).length} numbers tried.`);
    told.tell(verdict.textContent);
  }

  el.append(heading("A dozen points, and a curve", () => change(start)), make("div", { class: "two-plots" }, left, right),
    make("div", { class: "strip" }, count, decay, all), verdict,
    make("p", { class: "note" }, "Drag the orange points. The features are Legendre’s polynomials at u; the blue curve is their sum, "
      + "with weights of least squares. Dotted: the true curve, from which the points come, with some noise added."), told);
  redraw(start);
  return stop;
}

export default { render };
