// Lesson 04: a network of 784 pixels, some hidden units and 10 classes learns before the reader's eyes.

const PIXELS = 784;
const LOSSES = 3; // the plot of losses shows 0 to this, or to 6, 12, ... where the loss rises higher
const SIZES = {
  batch: [1, 2, 4, 8, 16, 32, 64, 128, 256],
  hidden: [1, 2, 4, 8, 16, 32, 64, 128],
  images: [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000],
};

/** Read the digits, two pixels a byte, 0 to 15; of each only the pixels that hold ink are kept. */
function unpack(data) {
  const [training, validation] = [data.getUint32(0, true), data.getUint32(4, true)];
  const count = training + validation;
  const images = Array.from({ length: count }, (_, i) => {
    const pixels = Uint8Array.from({ length: PIXELS }, (_, j) => (data.getUint8(8 + count + (i * PIXELS + j) / 2 | 0) >> (j % 2 ? 0 : 4)) & 15);
    const at = Uint16Array.from([...pixels.keys()].filter((j) => pixels[j]));
    return { label: data.getUint8(8 + i), pixels, at, values: Float64Array.from(at, (j) => pixels[j] / 15) };
  });
  return { training: images.slice(0, training), validation: images.slice(training) };
}

/** Chance that is the same for everybody: numbers from 0 to 1. */
function chance(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Glorot's weights, and biases of 0; each with its velocity. */
function initialised(hidden, random) {
  const matrix = (rows, columns) => Float64Array.from({ length: rows * columns }, () => (2 * random() - 1) * Math.sqrt(6 / (rows + columns)));
  const W = { W1: matrix(PIXELS, hidden), b1: new Float64Array(hidden), W2: matrix(hidden, 10), b2: new Float64Array(10) };
  return { hidden, W, v: Object.fromEntries(Object.entries(W).map(([name, array]) => [name, new Float64Array(array.length)])) };
}

/** From one image to its probabilities and its loss. */
function forward({ hidden, W }, { at, values, label }) {
  const a1 = Float64Array.from(W.b1);
  for (let i = 0; i < at.length; i++) {
    const row = at[i] * hidden;
    for (let j = 0; j < hidden; j++) a1[j] += values[i] * W.W1[row + j];
  }
  for (let j = 0; j < hidden; j++) a1[j] = sigmoid(a1[j]);
  const z2 = Array.from(W.b2);
  for (let j = 0; j < hidden; j++) for (let k = 0; k < 10; k++) z2[k] += a1[j] * W.W2[10 * j + k];
  const top = Math.max(...z2);
  const loss = top - z2[label] + Math.log(z2.reduce((sum, z) => sum + Math.exp(z - top), 0));
  return { a1, p: softmax(z2), loss };
}

/** One step of gradient descent with momentum on a batch; returns the batch's loss before it. */
function learn(network, batch, rate, momentum) {
  const { hidden, W, v } = network;
  for (const array of Object.values(v)) for (let i = 0; i < array.length; i++) array[i] *= momentum;
  let total = 0;
  const dz1 = new Float64Array(hidden);
  const gradients = batch.map((image) => ({ image, ...forward(network, image) }));
  for (const { image, a1, p, loss } of gradients) {
    total += loss;
    const dz2 = p.map((value, k) => (value - (k === image.label ? 1 : 0)) / batch.length);
    dz2.forEach((value, k) => { v.b2[k] += value; });
    for (let j = 0; j < hidden; j++) {
      let da1 = 0;
      for (let k = 0; k < 10; k++) {
        da1 += W.W2[10 * j + k] * dz2[k];
        v.W2[10 * j + k] += a1[j] * dz2[k];
      }
      dz1[j] = da1 * a1[j] * (1 - a1[j]);
      v.b1[j] += dz1[j];
    }
    for (let i = 0; i < image.at.length; i++) {
      const row = image.at[i] * hidden;
      for (let j = 0; j < hidden; j++) v.W1[row + j] += image.values[i] * dz1[j];
    }
  }
  for (const name of Object.keys(W)) for (let i = 0; i < W[name].length; i++) W[name][i] -= rate * v[name][i];
  return total / batch.length;
}

/** Mean loss and accuracy on some images. */
function score(network, images) {
  let [loss, right] = [0, 0];
  for (const image of images) {
    const found = forward(network, image);
    loss += found.loss / images.length;
    right += argmax(found.p) === image.label;
  }
  return { loss, accuracy: right / images.length };
}

const BY_HEART = " With so little loss left its gradients are nearly 0, so even a large rate may change nothing. "
  + "To see what a rate does, press **new run**.";

function explained({ records, step }, images) {
  const [first, last] = [records[0], records.at(-1)];
  if (!step) return "It guesses: one in ten is right. Press **start**, and watch the ten digits.";
  if (!Number.isFinite(last.training.loss)) {
    return "**It has diverged**: the loss is no longer a number. Lower the rate or the momentum, and begin a new run.";
  }
  const percent = ({ accuracy }) => `${written(100 * accuracy, 0)} %`;
  const said = `After ${step} step${step > 1 ? "s" : ""} it reads ${percent(last.training)} of its training images, and ${percent(last.validation)} of others.`;
  if (step >= 10 && last.training.loss > first.training.loss) {
    return `${said} **It thrashes**: its loss is larger than before the first step. The rate was too high for this momentum. Begin a new run with a lower one.`;
  }
  const recent = records.slice(-13);
  const jumps = recent.filter((one, i) => i && one.training.loss > 1.1 * recent[i - 1].training.loss).length;
  if (jumps > 3) return `${said} **It thrashes**: the loss on the very images it trains on goes up as often as down. A lower rate would calm it.`;
  const best = Math.min(...records.map((one) => one.validation.loss));
  const overfits = last.validation.loss > 1.15 * best && last.validation.loss > 1.5 * last.training.loss;
  const rise = ` **It overfits**: on its ${images} training images the loss is ${written(last.training.loss, 2)}; `
    + `on others it was ${written(best, 2)}, and has risen to ${written(last.validation.loss, 2)}. Would more images help, or fewer steps?`;
  const byHeart = last.training.accuracy === 1 && last.training.loss < 0.005;
  return said + (overfits ? rise : "") + (byHeart ? BY_HEART : "");
}

function render({ model, el }) {
  const { training, validation } = unpack(model.get("data"));
  const { change, now, start, stop, told } = bind(model, el, redraw);
  const asked = Array.from({ length: 10 }, (_, k) => validation.find((image) => image.label === k));
  const past = [];
  const { live } = start; // then Python takes the steps, with the reader's own data
  const counts = SIZES.images.filter((count) => count <= (live ? live.images : training.length));
  let running = false;
  let run;

  /** Begin anew; the last run stays behind, faint. */
  function begin() {
    if (run?.step) past.push(run.records);
    past.splice(0, past.length - 4);
    if (live) {
      el.run = run = { id: Math.random(), step: 0, records: [], images: { length: now().images } };
      return ask("begin");
    }
    const random = chance(now().seed);
    const images = training.slice(0, now().images);
    run = { network: initialised(now().hidden, random), random, images, queue: [], batches: [], losses: [], step: 0, records: [] };
    run.first = Object.fromEntries(Object.entries(run.network.W).map(([name, array]) => [name, [...array]]));
    el.run = run;
    record();
  }

  /** Ask Python to begin, to take a step, or to take steps for a moment. */
  function ask(order, amount = {}) {
    const { rate, momentum, batch, images, hidden, seed } = now();
    model.send({ do: order, run: run.id, rate, momentum, batch, images, hidden, seed, ...amount });
  }

  function hear({ run: id, step, training: seen, validation: others, answers, problem }) {
    if (id !== run.id) return;
    if (problem) {
      running = false;
      run.problem = problem;
    } else {
      [run.step, run.answers] = [step, answers];
      keep({ step, training: { ...seen, loss: seen.loss ?? NaN }, validation: { ...others, loss: others.loss ?? NaN } });
    }
    redraw(now());
    if (running && el.isConnected) ask("go on", { seconds: 0.1 });
  }

  function deal(size) {
    const order = run.images.map((_, i) => i);
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(run.random() * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    for (let i = 0; i < order.length; i += size) run.queue.push(order.slice(i, i + size));
  }

  function one() {
    const { rate, momentum, batch } = now();
    if (run.size !== batch) run.queue = [];
    run.size = batch;
    if (!run.queue.length) deal(batch);
    const chosen = run.queue.shift();
    if (run.step < 20) run.batches.push(chosen);
    run.losses.push(learn(run.network, chosen.map((i) => run.images[i]), rate, momentum));
    run.step++;
  }

  function record() {
    run.answers = asked.map((image) => forward(run.network, image).p);
    keep({ step: run.step, training: score(run.network, run.images), validation: score(run.network, validation) });
  }

  function keep(scores) {
    run.records.push(scores);
    if (run.records.length > 400) run.records = run.records.filter((_, i) => i % 2 === 0 || i > 350);
    if (!Number.isFinite(scores.training.loss)) running = false;
  }

  function frame() {
    if (!running || !el.isConnected) return;
    if (live) return ask("go on", { seconds: 0.1 });
    const until = performance.now() + 50;
    do one(); while (performance.now() < until && (run.step > 40 || run.step % 4));
    record();
    redraw(now());
    setTimeout(() => requestAnimationFrame(frame), run.step < 40 ? 60 : 0);
  }

  const go = button("start", () => {
    running = !running;
    redraw(now());
    if (running) frame();
  }, { class: "main" });
  const single = button("one step", () => {
    running = false;
    if (live) return ask("go on", { steps: 1 });
    one();
    record();
    redraw(now());
  });
  const fresh = button("new run", () => { running = false; begin(); redraw(now()); });
  const startAgain = () => { running = false; run = null; past.length = 0; change(start); begin(); redraw(now()); };
  const fields = asked.map((image) => {
    const canvas = make("canvas", { "aria-hidden": "true" });
    paint(canvas, image.pixels.map((value) => 17 * value));
    const answer = make("figcaption", {});
    return { image, answer, element: make("figure", {}, canvas, answer) };
  });

  const plot = (title, least, format) => {
    let [top, last] = [least, 60];
    const x = (step) => 50 + (step / last) * 296;
    const y = (value) => 22 + (1 - Math.min(value / top, 9)) * 170;
    const lines = draw("g", {});
    const heights = [0, 0.5, 1].map((part) => ({ part, text: draw("text", { x: 46, y: y(part * top) + 4, "text-anchor": "end" }) }));
    const end = draw("text", { x: 346, y: 212, "text-anchor": "end" });
    const svg = draw("svg", { viewBox: "0 0 360 218", role: "img", class: "plot" },
      ...heights.flatMap(({ part, text }) => [draw("line", { x1: 50, x2: 346, y1: y(part * top), y2: y(part * top), class: "grid" }), text]),
      clipped({ x: 50, y: 20, width: 297, height: 174 }, lines), draw("text", { x: 4, y: 13 }, title), draw("text", { x: 50, y: 212 }, "0 steps"), end);
    svg.show = (name) => {
      // This run fills the plot; what earlier ones did later, or higher, is cut off.
      last = Math.max(60, run.records.at(-1).step);
      const most = Math.max(...run.records.flatMap((one_) => [one_.training[name], one_.validation[name]]).filter(Number.isFinite));
      for (top = least; top < most;) top *= 2;
      for (const { part, text } of heights) text.textContent = format(part * top);
      const path = (records, part, kind) => draw("polyline", { class: `${part} ${kind}`, points: records.map((one_) => {
        const value = one_[part][name];
        return `${x(one_.step).toFixed(1)},${y(Number.isNaN(value) ? Infinity : value).toFixed(1)}`;
      }).join(" ") });
      const pair = (records, kind) => ["training", "validation"].map((part) => path(records, part, kind));
      lines.replaceChildren(...past.flatMap((records) => pair(records, "past")), ...pair(run.records, ""));
      end.textContent = last;
      const latest = run.records.at(-1);
      const [trained, validated] = [latest.training, latest.validation].map((one_) => written(one_[name], 3));
      svg.setAttribute("aria-label", `${title}: ${trained} on the training images, ${validated} on the validation images.`);
    };
    return svg;
  };
  const loss = plot("loss", LOSSES, (value) => written(value, value < 100 ? 1 : 0));
  const accuracy = plot("accuracy", 1, (value) => `${100 * value} %`);

  const rateNow = () => written(now().rate, now().rate < 0.1 ? 3 : 2);
  const rate = slider("learning rate, η", { min: -2, max: 1.5, step: 0.05, unit: rateNow },
    (power) => change({ rate: Number((10 ** power).toPrecision(2)) }));
  const momentum = slider("momentum, μ", { min: 0, max: 0.95, step: 0.05, places: 2 }, (value) => change({ momentum: value }));
  const sizes = Object.fromEntries([["batch", "batch size"], ["hidden", "hidden units"], ["images", "training images"]].map(([name, title]) => [name,
    slider(title, { min: 0, max: (name === "images" ? counts : SIZES[name]).length - 1, unit: (i) => String(SIZES[name][i]) }, (i) => {
      change({ [name]: SIZES[name][i] });
      if (name !== "batch") { begin(); redraw(now()); }
    })]));
  const verdict = make("p", { class: "verdict" });

  function redraw(state) {
    if (!run?.records.length && !run?.problem) return;
    go.textContent = running ? "pause" : "start";
    rate.set(Math.log10(state.rate));
    momentum.set(state.momentum);
    for (const [name, one_] of Object.entries(sizes)) one_.set(SIZES[name].indexOf(state[name]));
    if (run.problem) {
      words(verdict, `**Training has stopped with an error**: ${run.problem}`);
      return told.tell(verdict.textContent);
    }
    loss.show("loss");
    accuracy.show("accuracy");
    for (const [k, { image, answer, element }] of fields.entries()) {
      const p = run.answers[k];
      const said = argmax(p);
      answer.textContent = `${said} ${said === image.label ? "✓" : "✗"}`;
      element.classList.toggle("wrong", said !== image.label);
      element.setAttribute("aria-label", `${named(image.label)}: it says ${said}, ${written(100 * p[said], 0)} %`);
    }
    const text = explained(run, run.images.length);
    words(verdict, text);
    if (!running) told.tell(text.replaceAll("**", ""));
  }

  if (live) model.on("msg:custom", hear);
  begin();
  if (!live) for (let i = 1; i <= 40; i++) { // whoever comes sees it under way
    one();
    if (i % 2 === 0) record();
  }
  const legend = `Blue, solid: on its training images. Orange, dashed: on ${live ? live.validation : validation.length} others, the validation images. `
    + `Faint: earlier runs.${live ? " Python takes the steps; the curves are drawn from the first thousand of each." : ""}`;
  el.append(heading("A network learns, and you hold the dials", startAgain),
    make("div", { class: "digits" }, fields.map((field) => field.element)),
    make("div", { class: "strip" }, go, single, fresh),
    make("div", { class: "strip" }, rate, momentum, sizes.images, sizes.hidden, sizes.batch),
    verdict, make("div", { class: "two-plots" }, loss, accuracy),
    make("p", { class: "note" }, legend), told);
  redraw(now());
  return () => {
    running = false;
    if (live) model.off("msg:custom", hear);
    stop();
  };
}

export default { render };
