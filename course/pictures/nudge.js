// Lesson 03: a slope measured by nudging u both ways, and how its error depends on the nudge h.

/** The second and third derivatives say how large the error would be if nothing were rounded. */
const FUNCTIONS = {
  sigmoid: { name: "σ(u)", f: sigmoid, slope: (u) => sigmoid(u) * sigmoid(-u), second: (u) => bump(u) * (1 - 2 * sigmoid(u)), third: (u) => bump(u) * (1 - 6 * bump(u)), range: [-0.15, 1.15] },
  exp: { name: "exp(u)", f: Math.exp, slope: Math.exp, second: Math.exp, third: Math.exp, range: [-2, 22] },
  square: { name: "u²", f: (u) => u * u, slope: (u) => 2 * u, second: () => 2, third: () => 0, range: [-1.5, 10] },
  cube: { name: "u³", f: (u) => u * u * u, slope: (u) => 3 * (u * u), second: (u) => 6 * u, third: () => 6, range: [-28, 28] },
  sine: { name: "sin(u)", f: Math.sin, slope: Math.cos, second: (u) => -Math.sin(u), third: (u) => -Math.cos(u), range: [-1.6, 1.6] },
};
const bump = (u) => sigmoid(u) * sigmoid(-u);
const WIDTH = 360;
const HEIGHT = 280;
const NUDGES = Array.from({ length: 33 }, (_, i) => i / 2); // minus the powers of ten
const REACH = 4.3; // the left picture shows u from -4.3 to 4.3: 3, the widest nudge, and the mark there

/** What nudging says of the slope of f at u, both ways and one way, and how far off it is. */
function measured({ f: name, u }, power) {
  const { f, slope, second, third } = FUNCTIONS[name];
  const h = 10 ** -power;
  const both = (f(u + h) - f(u - h)) / (2 * h);
  const forward = (f(u + h) - f(u)) / h;
  const size = (pair) => ({ both: Math.abs(pair.both), forward: Math.abs(pair.forward) });
  const errors = size({ both: both - slope(u), forward: forward - slope(u) });
  // The curve's own part of each error; where h is wide, rounding is too small to matter.
  const curved = { both: third(u) * h * h / 6, forward: second(u) * h / 2 + third(u) * h * h / 6 };
  const bend = size(curved);
  const wide = h > 0.02 && name !== "square";
  const rounding = wide ? { both: 0, forward: 0 } : size({ both: both - slope(u) - curved.both, forward: forward - slope(u) - curved.forward });
  return { h, both, forward, errors, bend, rounding, up: u + h, down: u - h };
}

/** How many times smaller an error gets, as a word, when h gets ten times smaller. */
function times(ratio) {
  if (ratio < 1) return `about ${written(1 / ratio, 1)} times larger`;
  const near = { "a **hundred**": 100, "**ten**": 10 };
  return `about ${Object.keys(near).find((word) => Math.abs(Math.log10(ratio / near[word])) < 0.15) ?? written(ratio, ratio < 10 ? 1 : 0)} times smaller`;
}

/** What all the nudges together show. */
function overall(state) {
  if (state.f === "square") return "Both ways, only rounding can make an error, and a small h enlarges it. ";
  const error = (power) => measured(state, power).errors.both;
  const best = NUDGES.reduce((one, other) => (error(other) < error(one) ? other : one));
  if (!NUDGES.some((power) => power > best && error(power) > error(best))) return "The error only falls: at this u rounding adds nothing. ";
  return `The error is lowest near ${written(10 ** -best, 0)}: right of it the bend makes it, left of it rounding. `;
}

/** How much of two numbers is the same. */
function agreement(above, below) {
  if (above === below) return "are **the same number**";
  const same = Math.floor(-Math.log10(Math.abs(above - below) / Math.max(Math.abs(above), Math.abs(below))));
  return same < 3 ? "are rounded" : `agree in about ${same} of their 16 digits`;
}

function explained(state) {
  const { f: name, u, power } = state;
  const now = measured(state, power);
  const { h, errors, bend, rounding } = now;
  const next = measured(state, power + 1);
  if (now.up === u && now.down === u) return "To the computer u + h and u − h are **both u**: nothing is left to measure, and the measured slope is 0.";
  if (name === "square") {
    const both = errors.both ? "what you see is **rounding**, divided by h" : "and here nothing was rounded, so the error is **exactly 0**";
    const more = rounding.forward > h ? ", and here rounding adds more than that" : "";
    return "The slope of a parabola, nudged both ways, has no error of its own at any h, since the two bends cancel: "
      + `${both}. Nudged one way, the error is h itself${more}.`;
  }
  if (errors.both === 0) {
    const exact = "The measured slope is the formula’s, to the last digit";
    if (bend.both < Math.abs(FUNCTIONS[name].slope(u)) * 2 ** -53) return `${exact}: here the bend’s part is below that digit, and no rounding is left.`;
    return `${exact}: here the rounding happens to cancel.`;
  }
  if (rounding.both > bend.both) {
    const agreeing = agreement(FUNCTIONS[name].f(now.up), FUNCTIONS[name].f(now.down));
    const one = errors.forward === 0 || rounding.forward > bend.forward ? "" : " One way, it is still mostly the bend.";
    return `Here it is mostly **rounding**, divided by h: f(u + h) and f(u − h) ${agreeing}.${one}`;
  }
  // Without rounding: at a wide h there is next to none; at a narrow one the bend’s first terms are all.
  const [before, after] = h > 0.2 ? [errors, next.errors] : [bend, next.bend];
  const alone = { both: before.both / after.both, forward: before.forward / after.forward };
  const first = `The curve’s bend makes the error: rounding aside, a tenth of h makes it ${times(alone.both)}`;
  if (FUNCTIONS[name].second(u) === 0) {
    return `${first}. Here the curve bends as much to the left as to the right, so nudging one way errs **just as little**: that is the luck of this u.`;
  }
  return `${first} both ways, and ${times(alone.forward)} one way.`;
}

/** What is seen before anything is pressed. */
function beginning(error) {
  const misses = error ? `misses its slope by **${written(error, 1)}**` : "it is";
  return "The solid line goes through two points of the curve, a nudge h to either side. "
    + `It should be as steep as the dashed one, which touches the curve, and ${misses}. Bring the points closer: **make h smaller**.`;
}

/** A measured slope: ten decimals, unless it is tiny. */
const slopeWritten = (slope) => (slope !== 0 && Math.abs(slope) < 1e-6 ? slope.toExponential(3) : slope.toFixed(10));
const errorWritten = (error) => (error ? error.toExponential(1).replace("e+0", "") : "0");

const HOW_TO_READ = "Drag the open circle along the curve, and the two nudged points. Among the errors, circles: nudged both ways; "
  + "squares: upwards only; one that is exactly 0 lies at the bottom, dotted; faint are those not yet tried. "
  + "On the curve, the dashed line touches it, and the solid one goes through the two nudged points.";

function render({ model, el }) {
  const { change, now, start, stop, told } = bind(model, el, redraw);
  const toU = (u) => change({ u: within(-3, Math.round(u * 10) / 10, 3) });
  const toPower = (power) => {
    const kept = within(0, Math.round(power * 2) / 2, 16);
    change({ power: kept, seen: [...new Set([...now().seen, kept])] });
  };

  const curve = draw("polyline", { class: "curve" });
  const tangent = draw("line", { class: "tangent" });
  const secant = draw("line", { class: "secant" });
  const place = draw("text", { x: WIDTH / 2, y: HEIGHT - 6, "text-anchor": "middle" });
  const frame = { width: WIDTH, height: HEIGHT - 24 };
  const left = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", class: "plot" },
    draw("rect", { ...frame, class: "frame" }), clipped(frame, tangent, secant, curve), place);
  const at = (u, v) => {
    const [low, high] = FUNCTIONS[now().f].range;
    return [(u / REACH + 1) * (WIDTH / 2), (HEIGHT - 24) * (1 - (v - low) / (high - low))];
  };
  const points = [-1, 1].map((side) => grip(draw("circle", { r: 7, class: "point wide" }), side < 0 ? "u minus h" : "u plus h", {
    move: ([x]) => toPower(-Math.log10(within(1e-16, side * ((x / (WIDTH / 2) - 1) * REACH - now().u), 1))),
    nudge: ([right, up]) => toPower(now().power - (side * right + up) / 2),
  }));
  const middle = grip(draw("circle", { r: 9, class: "one middle" }), "the point u", {
    move: ([x]) => toU((x / (WIDTH / 2) - 1) * REACH),
    nudge: ([right, up]) => toU(now().u + (right + up) / 10),
  });
  left.append(...points, middle);

  const x = (power) => WIDTH - 20 - (power * (WIDTH - 85)) / 16;
  const y = (error) => 26 + (within(-0.5, -Math.log10(error), 16.5) + 0.5) * ((HEIGHT - 78) / 17);
  const ghosts = draw("g", { class: "ghosts" }); // what is to be found
  const marks = draw("g", {});
  const line = draw("line", { y1: 12, y2: HEIGHT - 48, class: "cursor" });
  const here = draw("g", {}, draw("rect", { x: -14, y: 12, width: 28, height: HEIGHT - 60, class: "hit" }), line);
  const toPlace = ([along]) => toPower(((WIDTH - 20 - along) * 16) / (WIDTH - 85));
  const cursor = grip(draw("g", { class: "whole" }, draw("rect", { x: 50, width: WIDTH - 50, height: HEIGHT - 48, class: "hit" }), here), "the nudge h, in the plot of errors", {
    take: (at) => at && toPlace(at), // anywhere in the plot
    move: toPlace,
    nudge: ([right, up]) => toPower(now().power - (right + up) / 2),
  });
  const hint = draw("text", { x: WIDTH / 2 + 20, y: HEIGHT - 6, "text-anchor": "middle" });
  const axis = draw("g", { "aria-hidden": "true" }, [0, 4, 8, 12, 16].flatMap((n) => [
    draw("text", { x: x(n), y: HEIGHT - 30, "text-anchor": "middle" }, n ? `1e−${n}` : "1"),
    draw("text", { x: 54, y: y(10 ** -n) + 4, "text-anchor": "end" }, n ? `1e−${n}` : "1"),
    draw("line", { x1: 56, x2: WIDTH - 8, y1: y(10 ** -n), y2: y(10 ** -n), class: "grid" }),
  ]));
  const right = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", class: "plot" }, axis, ghosts, marks, cursor, hint,
    draw("text", { x: 4, y: 12 }, "error"));

  const f = choice("the function", Object.entries(FUNCTIONS).map(([key, { name }]) => [key, name]), (value) => change({ f: value }));
  const u = slider("where, u", { min: -3, max: 3, step: 0.1 }, toU);
  const powers = { min: -16, max: 0, step: 0.5, long: true, unit: (n) => written(10 ** n, 0) };
  const nudge = slider("the nudge, h", powers, (n) => toPower(-n)); // to the left is smaller, as in the plot
  const all = button("all nudges", () => change({ seen: NUDGES }), { class: "main" });
  const cells = Object.fromEntries(["slope", "both", "forward", "errorBoth", "errorForward"].map((name) => [name, make("td", { class: name })]));
  const table = make("table", { class: "shares nudged" },
    make("thead", {}, make("tr", {}, make("td", {}), make("th", { scope: "col" }, "slope"), make("th", { scope: "col" }, "error"))),
    make("tbody", {}, ...[
      ["by the formula", cells.slope, make("td", {}, "")],
      ["● nudged both ways", cells.both, cells.errorBoth],
      ["□ nudged upwards only", cells.forward, cells.errorForward],
    ].map(([name, ...found]) => make("tr", {}, make("th", { scope: "row" }, name), ...found))));
  const verdict = make("p", { class: "verdict above" });

  function drawCurve(state, { h, both }) {
    const { f: value, slope } = FUNCTIONS[state.f];
    const us = Array.from({ length: 161 }, (_, i) => -REACH + (i * REACH) / 80);
    curve.setAttribute("points", us.map((u_) => at(u_, value(u_)).join()).join(" "));
    const lay = (mark, rate, u0, v0) => {
      const ends = [-REACH, REACH].map((u_) => at(u_, v0 + rate * (u_ - u0)));
      ["x1", "y1", "x2", "y2"].forEach((name, i) => mark.setAttribute(name, ends.flat()[i]));
    };
    lay(tangent, slope(state.u), state.u, value(state.u));
    lay(secant, both, state.u - h, value(state.u - h));
    [[middle, 0], [points[0], -h], [points[1], h]].forEach(([mark, d]) => {
      const [cx, cy] = at(state.u + d, value(state.u + d));
      fill(mark, { cx, cy }, []);
    });
    middle.say(state.u, `u ${written(state.u, 1)}`);
    for (const mark of [...points, cursor]) mark.say(state.power, `h ${written(h, 0)}`);
    place.textContent = `u = ${written(state.u, 1)}, h = ${written(h, 0)}`;
  }

  function redraw(state) {
    const found = measured(state, state.power);
    drawCurve(state, found);
    const pair = (power, kind) => {
      const { both, forward } = measured(state, power).errors;
      return [
        draw("rect", { x: x(power) - 3.5, y: y(forward) - 3.5, width: 7, height: 7, class: kind(forward)[0] }),
        draw("circle", { cx: x(power), cy: y(both), r: 4.5, class: kind(both)[1] }),
      ];
    };
    ghosts.replaceChildren(...NUDGES.flatMap((power) => pair(power, () => ["upwards", "both"])));
    marks.replaceChildren(...state.seen.flatMap((power) => pair(power, (error) => (error ? ["one", "two"] : ["one zero", "two zero"]))));
    hint.textContent = state.seen.length > 1 ? "the nudge h" : "← drag: a smaller nudge h";
    here.setAttribute("transform", `translate(${x(state.power)} 0)`);
    f.set(state.f);
    u.set(state.u);
    nudge.set(-state.power);
    const { both, forward, errors } = found;
    const numbers = { slope: FUNCTIONS[state.f].slope(state.u), both, forward, errorBoth: errors.both, errorForward: errors.forward };
    for (const [name, value] of Object.entries(numbers)) {
      const text = name.startsWith("error") ? errorWritten(value) : slopeWritten(value);
      cells[name].textContent = text.replaceAll("-", "−");
      cells[name].dataset.value = value;
    }
    const all = state.seen.length === NUDGES.length;
    words(verdict, state.seen.length === 1 && state.power === 0 ? beginning(found.errors.both) : explained(state));
    if (all) verdict.prepend(overall(state), make("br"), `At h = ${written(found.h, 0)}: `);
    const { name } = FUNCTIONS[state.f];
    left.setAttribute("aria-label", `The curve of ${name}, the line through the two points nudged from ${written(state.u, 1)}, and the line that touches it.`);
    right.setAttribute("aria-label", `The error against the nudge, both on scales of powers of ten: ${state.seen.length} of 33 nudges tried.`);
    told.tell(`h ${written(found.h, 0)}: error ${cells.errorBoth.textContent}. ${verdict.textContent}`);
  }

  el.append(heading("How small a nudge?", () => change(start)), verdict, make("div", { class: "strip" }, nudge, all),
    make("div", { class: "two-plots" }, left, right), make("div", { class: "two-plots below" }, table, make("div", { class: "strip" }, f, u)),
    make("details", {}, make("summary", {}, "How to read it"), make("p", { class: "note" }, HOW_TO_READ)), told);
  redraw(start);
  return stop;
}

export default { render };
