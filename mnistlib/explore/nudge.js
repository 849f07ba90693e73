// Lesson 02: a slope measured by nudging u both ways, and how its error depends on the nudge h.

const FUNCTIONS = {
  sigmoid: { name: "σ(u)", f: sigmoid, slope: (u) => sigmoid(u) * (1 - sigmoid(u)) },
  exp: { name: "exp(u)", f: Math.exp, slope: Math.exp },
  cube: { name: "u³", f: (u) => u * u * u, slope: (u) => 3 * (u * u) },
  sine: { name: "sin(u)", f: Math.sin, slope: Math.cos },
};
const WIDTH = 360;
const HEIGHT = 280;
const REACH = 2; // the left picture shows u - 2 to u + 2

/** What nudging says of the slope of f at u, both ways and one way, and how far off it is. */
function measured({ f: name, u }, power) {
  const { f, slope } = FUNCTIONS[name];
  const h = 10 ** -power;
  const both = (f(u + h) - f(u - h)) / (2 * h);
  const forward = (f(u + h) - f(u)) / h;
  return { h, both, forward, errors: { both: Math.abs(both - slope(u)), forward: Math.abs(forward - slope(u)) } };
}

function explained({ h, errors }) {
  if (errors.both === 0) return "By luck, all the rounding cancels here: the error is exactly 0.";
  if (h > 0.3) return "A wide nudge: the line cuts through the curve instead of touching it.";
  if (h > 3e-6) return "As h gets ten times smaller, the error of nudging both ways gets a **hundred** times smaller, that of nudging one way only ten times.";
  if (h > 3e-8) return "Nudged both ways, the two values of f now agree in nearly all their digits, and what is left of their difference is **rounding**: divided by an ever smaller h, it grows. Nudged one way, the error still shrinks, to about h = 1e-8.";
  if (h > 1e-15) return "Now the two values of f agree in nearly all their digits, and what is left of their difference is **rounding**. Divided by an ever smaller h, it grows.";
  return "u + h and u are hardly different numbers any more, or not different at all. Nothing is left to measure.";
}

function render({ model, el }) {
  const told = teller();
  const { change, stop } = bind(model, el, redraw);
  const now = () => model.get("state");
  const start = now();

  const curve = draw("polyline", { class: "curve" });
  const tangent = draw("line", { class: "tangent" });
  const secant = draw("line", { class: "secant" });
  const points = [0, 1].map(() => draw("circle", { r: 5, class: "point" }));
  const place = draw("text", { y: HEIGHT - 6, "text-anchor": "middle" });
  const left = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "plot" },
    draw("rect", { width: WIDTH, height: HEIGHT - 24, class: "frame" }), tangent, secant, curve, ...points, place);

  const x = (power) => WIDTH - 20 - (power * (WIDTH - 65)) / 16;
  const y = (error) => 18 + (Math.min(Math.max(-Math.log10(error), -0.5), 16.5) + 0.5) * ((HEIGHT - 70) / 17);
  const marks = draw("g", {});
  const cursor = draw("line", { y1: 12, y2: HEIGHT - 48, class: "cursor" });
  const axis = [0, 4, 8, 12, 16].flatMap((n) => [
    draw("text", { x: x(n), y: HEIGHT - 30, "text-anchor": "middle" }, n ? `1e−${n}` : "1"),
    draw("text", { x: 38, y: y(10 ** -n) + 4, "text-anchor": "end" }, n ? `1e−${n}` : "1"),
    draw("line", { x1: 44, x2: WIDTH - 8, y1: y(10 ** -n), y2: y(10 ** -n), class: "grid" }),
  ]);
  const right = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "plot" }, ...axis, cursor, marks,
    draw("text", { x: WIDTH / 2 + 20, y: HEIGHT - 8, "text-anchor": "middle" }, "the nudge h"), draw("text", { x: 4, y: 11 }, "error"));

  const f = choice("the function", Object.entries(FUNCTIONS).map(([key, { name }]) => [key, name]), (value) => change({ f: value, seen: [now().power] }));
  const u = slider("where, u", { min: -3, max: 3, step: 0.1 }, (value) => change({ u: value, seen: [now().power] }));
  const nudge = slider("the nudge, h", { min: 0, max: 16, step: 0.5, unit: (power) => written(10 ** -power, 0) }, (power) => change({ power, seen: [...new Set([...now().seen, power])] }));
  const all = button("all nudges", () => change({ seen: Array.from({ length: 33 }, (_, i) => i / 2) }));
  const again = button("start again", () => change(start));
  const cells = Object.fromEntries(["slope", "both", "forward", "errorBoth", "errorForward"].map((name) => [name, make("td", { class: name })]));
  const table = make("table", { class: "shares nudged" },
    make("thead", {}, make("tr", {}, make("td", {}), make("th", { scope: "col" }, "slope"), make("th", { scope: "col" }, "error"))),
    make("tbody", {}, ...[["by the formula", cells.slope, make("td", {}, "")], ["nudged both ways", cells.both, cells.errorBoth], ["nudged upwards only", cells.forward, cells.errorForward]]
      .map(([name, ...found]) => make("tr", {}, make("th", { scope: "row" }, name), ...found))));
  const verdict = make("p", { class: "verdict" });

  function drawCurve(state, h) {
    const { f: value, slope } = FUNCTIONS[state.f];
    const us = Array.from({ length: 121 }, (_, i) => state.u - REACH + (i * REACH) / 60);
    const values = us.map(value);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const scale = (HEIGHT - 74) / (high - low || 1);
    const at = (u_, v) => [((u_ - state.u) / REACH + 1) * (WIDTH / 2), HEIGHT - 49 - (v - low) * scale];
    curve.setAttribute("points", us.map((u_, i) => at(u_, values[i]).join()).join(" "));
    const lay = (line, rate, u0, v0) => {
      const ends = [-REACH, REACH].map((d) => at(state.u + d, v0 + rate * (state.u + d - u0)));
      ["x1", "y1", "x2", "y2"].forEach((name, i) => line.setAttribute(name, ends.flat()[i]));
    };
    lay(tangent, slope(state.u), state.u, value(state.u));
    lay(secant, (value(state.u + h) - value(state.u - h)) / (2 * h), state.u - h, value(state.u - h));
    points.forEach((point, i) => {
      const [cx, cy] = at(state.u + (i ? h : -h), value(state.u + (i ? h : -h)));
      point.setAttribute("cx", cx);
      point.setAttribute("cy", cy);
    });
    place.setAttribute("x", WIDTH / 2);
    place.textContent = `u = ${written(state.u, 1)}, nudged by ${written(h, 2)} both ways`;
  }

  function redraw(state) {
    const found = measured(state, state.power);
    drawCurve(state, found.h);
    marks.replaceChildren(...state.seen.flatMap((power) => {
      const { errors } = measured(state, power);
      return [draw("rect", { x: x(power) - 3.5, y: y(errors.forward) - 3.5, width: 7, height: 7, class: "one" }), draw("circle", { cx: x(power), cy: y(errors.both), r: 4.5, class: "two" })];
    }));
    cursor.setAttribute("x1", x(state.power));
    cursor.setAttribute("x2", x(state.power));
    f.set(state.f);
    u.set(state.u);
    nudge.set(state.power);
    const numbers = { slope: FUNCTIONS[state.f].slope(state.u), both: found.both, forward: found.forward, errorBoth: found.errors.both, errorForward: found.errors.forward };
    for (const [name, value] of Object.entries(numbers)) {
      cells[name].textContent = name.startsWith("error") ? (value ? value.toExponential(1).replace("-", "−") : "0") : value.toFixed(10).replace("-", "−");
      cells[name].dataset.value = value;
    }
    words(verdict, explained(found));
    left.setAttribute("aria-label", `The curve of ${FUNCTIONS[state.f].name} around ${written(state.u, 1)}, the line through its two nudged points, and the line that touches it.`);
    right.setAttribute("aria-label", `The error against the nudge, both on scales of powers of ten: ${state.seen.length} of 33 nudges tried.`);
    told.tell(`h ${written(found.h, 0)}: error ${cells.errorBoth.textContent}. ${verdict.textContent}`);
  }

  el.append(make("p", { class: "title" }, "How small a nudge?"),
    make("div", { class: "strip" }, f, u), make("div", { class: "strip" }, nudge, all, again),
    make("div", { class: "two-plots" }, left, right), table, verdict,
    make("p", { class: "note" }, "Circles: nudged both ways. Squares: nudged upwards only. The dashed line touches the curve, the full one goes through the two nudged points."), told);
  redraw(start);
  return stop;
}

export default { render };
