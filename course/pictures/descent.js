// Lesson 04: gradient descent with momentum on a bowl or in a narrow valley, up to the edge of stability.

const SHAPES = { bowl: [1, 1], valley: [1, 20] }; // the two curvatures
const STEPS = 60;
const LEAVING = 12; // steps that are drawn of a path that leaves; more would be a solid block
const WIDTH = 360;
const HEIGHT = 280;

/** The path: v <- mu v + gradient, then u <- u - eta v, where the gradient is kappa u. */
function path({ shape, rate, momentum, start }) {
  const kappa = SHAPES[shape];
  const found = [start];
  let [u, v] = [start, [0, 0]];
  for (let t = 0; t < STEPS; t++) {
    v = v.map((value, i) => momentum * value + kappa[i] * u[i]);
    u = u.map((value, i) => value - rate * v[i]);
    found.push(u);
  }
  return found;
}

const lossAt = (kappa, u) => (kappa[0] * u[0] ** 2 + kappa[1] * u[1] ** 2) / 2;

/** The largest rate that is still stable. */
const edge = (kappa, momentum) => (2 * (1 + momentum)) / Math.max(...kappa);

/** By what a step multiplies what is left along a direction, in the long run: the larger root's size. */
function factor(kappa, rate, momentum) {
  const half = (1 + momentum - rate * kappa) / 2;
  const inside = half * half - momentum;
  return inside < 0 ? Math.sqrt(momentum) : Math.abs(half) + Math.sqrt(inside);
}

function explained({ rate, momentum, shape, start }) {
  const kappa = SHAPES[shape];
  if (!start[0] && !start[1]) return "You have started **at the bottom**: the gradient is 0, and no rate moves it.";
  if (shape === "valley" && !start[1]) {
    return "You have started exactly in the middle of the valley, where the steep direction has no gradient: only the flat one counts. "
      + "Start a little to one side, and you will see the edge.";
  }
  const limit = edge(kappa, momentum);
  const [flat, steep] = kappa.map((k) => factor(k, rate, momentum));
  const along = shape === "valley" && !start[0];
  const swing = Number(((1 + momentum) / (1 - momentum)).toFixed(1));
  const widens = momentum ? `it swings up to ${swing} times as wide as it began, then goes to and fro` : "it goes to and fro, and neither settles nor leaves";
  if (Math.abs(rate / limit - 1) < 1e-9) return `Exactly **at the edge**: ${widens}.`;
  if (rate > limit) {
    const what = shape === "bowl" ? "distance" : "steep direction";
    return `**Beyond the edge**: each step makes the ${what} about ${written(steep, 2)} times as large, and the path leaves.`;
  }
  const remains = (part) => written(part, part > 0.995 ? 4 : 2);
  const speed = `After each step about ${remains(flat)} of the distance remains in the flat direction, and ${remains(steep)} in the steep one.`;
  if (along) {
    return `It settles. You have started where the flat direction has no gradient; after each step about ${remains(steep)} of the distance remains in the steep one.`;
  }
  if (shape === "bowl") return `It settles. After each step about ${remains(flat)} of the distance remains.`;
  return flat > steep + 0.02 ? `It settles, slowed down by the **flat** direction. ${speed}` : `It settles. ${speed}`;
}

function render({ model, el }) {
  const { change, now, start, stop, told } = bind(model, el, redraw);
  const scale = 75;
  const at = ([a, b]) => [WIDTH / 2 + a * scale, HEIGHT / 2 - b * scale];

  const rings = draw("g", {});
  const trail = draw("polyline", { class: "trail" });
  const dots = draw("g", {});
  const arrow = draw("polygon", { class: "leaving" });
  const toGround = ([a, b]) => place([(a - WIDTH / 2) / scale, (HEIGHT / 2 - b) / scale]);
  const rounded = (value) => Math.round(value * 20) / 20;
  const place = (u) => change({ start: [within(-2.3, rounded(u[0]), 2.3), within(-1.8, rounded(u[1]), 1.8)] });
  const first = grip(draw("circle", { r: 9, class: "point wide" }), "the start", {
    move: toGround,
    nudge: ([right, up]) => place([now().start[0] + right / 20, now().start[1] + up / 20]),
  });
  const frame = { width: WIDTH, height: HEIGHT };
  const left = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", class: "plot" },
    clipped(frame, draw("rect", { ...frame, class: "frame" }), rings, trail, dots, arrow, first));
  left.addEventListener("click", (event) => event.target !== first && toGround(placeIn(left, event)));

  const x = (t) => 58 + (t * (WIDTH - 72)) / STEPS;
  let [top, gap] = [3, 3]; // five powers of ten, at first from 1000 down to 1e-9
  const y = (loss) => 28 + Math.min(top - Math.log10(loss), 4 * gap) * ((HEIGHT - 74) / (4 * gap));
  const curve = draw("polyline", { class: "curve" });
  const heights = [0, 1, 2, 3, 4].map((i) => draw("text", { x: 54, y: 32 + (i * (HEIGHT - 74)) / 4, "text-anchor": "end" }));
  const grid = heights.map((_, i) => draw("line", { x1: 56, x2: WIDTH - 8, y1: 28 + (i * (HEIGHT - 74)) / 4, y2: 28 + (i * (HEIGHT - 74)) / 4, class: "grid" }));
  const ticks = [0, 20, 40, 60].map((t) => draw("text", { x: x(t), y: HEIGHT - 28, "text-anchor": "middle" }, String(t)));
  const right = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "plot" },
    ...grid, ...heights, ...ticks, clipped({ x: 56, y: 27, width: WIDTH - 64, height: HEIGHT - 72 }, curve),
    draw("text", { x: WIDTH / 2 + 20, y: HEIGHT - 8, "text-anchor": "middle" }, "step"), draw("text", { x: 4, y: 11 }, "loss"));

  const shape = choice("the ground", [["bowl", "a bowl"], ["valley", "a narrow valley"]], (value) => {
    const ratio = Math.max(...SHAPES[now().shape]) / Math.max(...SHAPES[value]);
    change({ shape: value, rate: Number((now().rate * ratio).toPrecision(6)) });
  });
  // The slider counts hundredths of 1 / kappa, so that one slider suits both grounds.
  const rate = slider("learning rate, η", { min: 1, max: 400, unit: () => written(now().rate, 4) },
    (hundredths) => change({ rate: Number((hundredths / 100 / Math.max(...SHAPES[now().shape])).toPrecision(6)) }));
  const momentum = slider("momentum, μ", { min: 0, max: 0.95, step: 0.05, places: 2 }, (value) => change({ momentum: value }));
  const steps = slider("steps", { min: 0, max: STEPS, places: 0 }, (value) => change({ steps: value }));
  const toEdge = button("go to the edge", () => change({ rate: edge(SHAPES[now().shape], now().momentum) }), { class: "main" });
  const verdict = make("p", { class: "verdict" });
  const cells = Object.fromEntries(["limit", "rate", "loss"].map((name) => [name, make("td", { class: name })]));
  const row = (text, cell) => make("tr", {}, make("th", { scope: "row" }, text), cell);
  const table = make("table", { class: "shares nudged" }, make("tbody", {},
    row("the edge, 2 (1 + μ) / κ", cells.limit), row("your rate, η", cells.rate), row("loss after these steps", cells.loss)));
  const gauge = draw("svg", { viewBox: "0 0 360 46", class: "gauge", "aria-hidden": "true" });

  function redraw(state) {
    const kappa = SHAPES[state.shape];
    const most = Math.max(...kappa);
    const limit = edge(kappa, state.momentum);
    const walked = path(state);
    const shown = walked.slice(0, state.steps + 1);
    const losses = walked.map((u) => lossAt(kappa, u));
    rings.replaceChildren(...[0.02, 0.15, 0.5, 1.2, 2.5, 4.5, 8, 14, 24].map((level) => {
      const [rx, ry] = kappa.map((k) => scale * Math.sqrt((2 * level) / k));
      return draw("ellipse", { cx: WIDTH / 2, cy: HEIGHT / 2, rx, ry, class: "ring" });
    }));
    const leaves = state.rate > limit * (1 + 1e-9) && lossAt(kappa, walked.at(-1)) > lossAt(kappa, walked[0]);
    const seen = shown.map((u) => at(u).map((v) => Math.min(1e4, Math.max(-1e4, v))));
    const out = seen.findIndex(([a, b]) => a < 0 || b < 0 || a > WIDTH || b > HEIGHT);
    const inView = leaves ? seen.slice(0, 1 + Math.min(LEAVING, out < 0 ? STEPS : out)) : seen;
    trail.setAttribute("points", inView.map((p) => p.join()).join(" "));
    dots.replaceChildren(...inView.slice(1).map(([cx, cy]) => draw("circle", { cx, cy, r: 2.6, class: "point" })));
    // A path that leaves ends in an arrow: where its last step crosses the frame, or where that step ends.
    const [[a0, b0], [a1, b1]] = inView.length > 1 ? inView.slice(-2) : [inView[0], inView[0]];
    arrow.style.display = leaves && (out >= 0 || shown.length > inView.length) ? "" : "none";
    const inside = (from, to, end) => (within(0, to, end) === to ? 1 : (from - within(0, to, end)) / (from - to));
    const part = Math.min(inside(a0, a1, WIDTH), inside(b0, b1, HEIGHT));
    const way = (Math.atan2(b1 - b0, a1 - a0) * 180) / Math.PI;
    arrow.setAttribute("points", "0,0 -14,-6 -14,6");
    arrow.setAttribute("transform", `translate(${a0 + part * (a1 - a0)} ${b0 + part * (b1 - b0)}) rotate(${way})`);
    fill(first, { cx: inView[0][0], cy: inView[0][1] }, []);
    first.say(state.start[0], `at ${written(state.start[0], 2)}, ${written(state.start[1], 2)}`);
    const highest = Math.max(0, ...losses.map(Math.log10).filter(Number.isFinite));
    [top, gap] = highest <= 3 ? [3, 3] : [3 * Math.ceil(highest / 3), 3 * Math.ceil((Math.ceil(highest / 3) + 1) / 4)];
    heights.forEach((text, i) => {
      const n = top - i * gap;
      text.textContent = n === 3 ? "1000" : n ? written(10 ** n, 0).replace(".0", "").replace("+", "") : "1";
    });
    curve.setAttribute("points", losses.slice(0, state.steps + 1).map((loss, t) => `${x(t)},${y(loss)}`).join(" "));
    left.path = walked;
    const along = (value) => 10 + Math.min(value * most, 4) * 85;
    gauge.replaceChildren(
      draw("rect", { x: 10, y: 18, width: along(limit) - 10, height: 10, class: "stable" }),
      draw("rect", { x: along(limit), y: 18, width: 350 - along(limit), height: 10, class: "beyond" }),
      draw("line", { x1: along(limit), x2: along(limit), y1: 12, y2: 34, class: "cursor" }),
      draw("polygon", { points: [[-6, 13], [6, 13], [0, 25]].map(([a, b]) => `${along(state.rate) + a},${b}`).join(" "), class: "present" }),
      draw("text", { x: along(limit), y: 45, "text-anchor": limit * most > 3.2 ? "end" : "middle" }, "the edge"),
      draw("text", { x: Math.min(Math.max(along(state.rate), 35), 320), y: 10, "text-anchor": "middle" }, "your rate"));
    shape.set(state.shape);
    rate.set(Math.round(state.rate * most * 100));
    momentum.set(state.momentum);
    steps.set(state.steps);
    show(cells.limit, limit, 4);
    show(cells.rate, state.rate, 4);
    show(cells.loss, losses[state.steps], 3);
    const text = explained(state);
    words(verdict, text);
    left.setAttribute("aria-label", `The path from above, ${state.steps} steps: ${text.replaceAll("**", "")}`);
    right.setAttribute("aria-label", `The loss after each step, on a scale of powers of ten: from ${written(losses[0])} to ${written(losses[state.steps])}.`);
    told.tell(`Rate ${written(state.rate, 4)}, edge ${written(limit, 4)}. ${text.replaceAll("**", "")}`);
  }

  el.append(heading("Downhill, up to the edge of stability", () => change(start)),
    make("div", { class: "descending" },
      make("div", { class: "two-plots" }, make("figure", {}, left, make("figcaption", { class: "below" }, "drag the start, or press elsewhere")), right),
      make("div", { class: "strip" }, rate, momentum),
      make("div", { class: "two-plots below" }, make("div", {}, gauge, make("div", { class: "strip" }, toEdge)), verdict,
        make("div", { class: "strip" }, shape, steps), table)),
    make("p", { class: "note" }, "The loss is ½ (κ₁ u₁² + κ₂ u₂²), seen from above; "
      + "κ is the larger of the two curvatures, 1 in the bowl and 20 across the valley."), told);
  redraw(start);
  return stop;
}

export default { render };
