// Lesson 12: a card of pairs, and one digit that is asked about. Lines show whom the network looks at:
// as thick as the attention weights. All the numbers come from the network that came with the picture.

const MEAN_PIXEL = 0.1307;
const KINDS = 4; // handwritings of each digit: digit k has the images 4 k to 4 k + 3

/** Read the network, and the images of 40 digits. */
function unpackCards(data) {
  const { arrays: [W1, b1, Wq, Wk, Wv, b2], end } = unpackArrays(data);
  const network = { d: Wq.length / b1.length, W1, b1, Wq, Wk, Wv, b2 };
  return { network, images: Array.from({ length: 10 * KINDS }, (_, i) => new Uint8Array(data.buffer, data.byteOffset + end + 784 * i, 784)) };
}

/** The features of an image of pixels from 0 to 255. */
function featuresOf({ W1, b1 }, image) {
  return layer(Float64Array.from(image, (value) => value / 255 - MEAN_PIXEL), W1, b1).map((z) => Math.max(z, 0));
}

/** One look: from features to scores, weights and the ten probabilities. */
function looked({ d, Wq, Wk, Wv, b2 }, asked, pairs, times) {
  const q = layer(asked, Wq, new Float64Array(d));
  const scores = pairs.map(([key]) => (times / Math.sqrt(d)) * layer(key, Wk, new Float64Array(d)).reduce((sum, k, j) => sum + k * q[j], 0));
  const weights = softmax(scores);
  const values = pairs.map(([, value]) => layer(value, Wv, new Float64Array(10)));
  const z = Array.from(b2, (b, c) => values.reduce((sum, v, i) => sum + weights[i] * v[c], b));
  return { scores, weights, p: softmax(z) };
}

const digitOf = (image) => Math.floor(image / KINDS);
const another = (image, by = 1) => KINDS * digitOf(image) + ((image + by) % KINDS);

function render({ model, el }) {
  const { network, images } = unpackCards(model.get("data"));
  const { change, now, start, stop, told } = bind(model, el, redraw);
  const known = images.map((image) => featuresOf(network, image));
  const drawing = pad({ now, change, redraw, told });
  const count = now().pairs.length;

  const other = button("another handwriting", () => change({ asked: another(now().asked), strokes: null }));
  const looks = draw("svg", { class: "looks", viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" });
  const lines = Array.from({ length: count }, (_, i) => draw("line", { x1: 0, y1: 50, x2: 100, y2: (100 * (i + 0.5)) / count }));
  looks.append(...lines);
  const rows = Array.from({ length: count }, (_, i) => {
    const parts = { key: make("canvas", {}), value: make("canvas", {}), weight: make("span", { class: "weight number" }) };
    parts.ask = button(parts.key, () => askAbout(i));
    parts.turn = button(parts.value, () => turn(i));
    parts.move = button("↕", () => {}, { class: "grip move" });
    parts.element = make("div", { class: "pair" }, parts.ask, parts.turn, parts.weight, parts.move);
    grab(parts.move, i);
    return parts;
  });
  const pairs = make("div", { class: "pairs" }, rows.map((parts) => parts.element));
  const ten = tenBars();
  const verdict = make("p", { class: "verdict" });
  const times = slider("scores times", { min: 0, max: 2, step: 0.05, places: 2 }, (value) => change({ times: value }));
  const usual = button("as trained", () => change({ times: 1 }));
  const deal = button("new card", dealCard, { class: "main" });

  /** Ask about a pair's digit, by another image of it than the key's own. */
  function askAbout(i) {
    const key = now().pairs[i][0];
    change({ asked: another(key), strokes: null });
  }

  /** Put the next digit beside a key. */
  function turn(i) {
    change({ pairs: now().pairs.map(([key, value], j) => [key, j === i ? (value + KINDS) % images.length : value]) });
  }

  /** Let the pairs at two places change places. */
  function swap(i, j) {
    const { pairs: before } = now();
    change({ pairs: before.map((pair, place) => (place === i ? before[j] : place === j ? before[i] : pair)) });
  }

  function dealCard() {
    const any = (n) => Math.floor(Math.random() * n);
    const digits = Array.from({ length: 10 }, (_, k) => [Math.random(), k]).sort(([a], [b]) => a - b).slice(0, count).map(([, k]) => k);
    const dealt = digits.map((k) => [KINDS * k + any(KINDS), any(images.length)]);
    change({ pairs: dealt, asked: another(dealt[any(count)][0], 1 + any(KINDS - 1)), strokes: null });
  }

  /** A handle moves its pair: by the arrow keys, or dragged. */
  function grab(handle, place) {
    let at = null;
    const step = (to) => {
      if (to < 0 || to >= count || to === at) return;
      swap(at, to);
      at = to;
    };
    handle.addEventListener("keydown", (event) => {
      const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!way) return;
      event.preventDefault();
      at = place;
      step(place + way);
      rows[within(0, place + way, count - 1)].move.focus();
    });
    followPointer(handle, (event) => {
      if (event.type === "pointerdown") at = place;
      const { top, height } = pairs.getBoundingClientRect();
      step(within(0, Math.floor(((event.clientY - top) / height) * count), count - 1));
    });
  }

  function redraw(state) {
    const { image, fresh } = drawing.show(state, images[state.asked]);
    const asked = fresh ? known[state.asked] : featuresOf(network, image);
    const { weights, p } = looked(network, asked, state.pairs.map((pair) => pair.map((i) => known[i])), state.times);
    const most = argmax(weights);
    const answer = argmax(p);
    const clear = weights.filter((weight) => weight > weights[most] - 1e-9).length === 1;
    rows.forEach((parts, i) => {
      const [key, value] = state.pairs[i];
      paint(parts.key, images[key]);
      paint(parts.value, images[value]);
      show(parts.weight, weights[i], 2);
      parts.weight.textContent = weights[i].toFixed(2);
      parts.ask.setAttribute("aria-label", `pair ${i + 1}, key image ${digitOf(key)}: ask about it`);
      parts.turn.setAttribute("aria-label", `pair ${i + 1}, value image ${digitOf(value)}: change it`);
      parts.move.setAttribute("aria-label", `pair ${i + 1}: move it with the arrow keys up and down, or drag it`);
      lines[i].style.strokeWidth = `${0.6 + 13 * weights[i]}px`;
      lines[i].classList.toggle("most", clear && i === most);
      parts.element.classList.toggle("most", clear && i === most);
    });
    ten.set(p);
    times.set(state.times);
    const text = said(state, fresh, { empty: !image.some(Boolean), weights, most, answer });
    words(verdict, text);
    if (!drawing.live.size) told.tell(text.replaceAll("**", ""));
  }

  /** Put into words where it looks, and what it answers. */
  function said({ pairs: card, asked, times: factor }, fresh, { empty, weights, most, answer }) {
    const digit = digitOf(asked);
    const looksAt = digitOf(card[most][0]);
    const drawn = empty ? "**Nothing is drawn**, and still it looks and answers. " : "";
    const where = factor === 0
      ? "With all scores 0 it can’t choose: every pair weighs the same, and it hears the mean of the values."
      : `It looks most at pair ${most + 1}, ${named(looksAt)}, with a weight of ${written(weights[most], 2)}.`;
    const judged = () => {
      if (!fresh) return ""; // what a reader has drawn, nobody knows
      const beside = card.filter(([key]) => digitOf(key) === digit).map(([, value]) => digitOf(value));
      if (beside.length !== 1) return ` No single key image shows ${named(digit)}, so no answer is right.`;
      if (beside[0] !== answer) return ` ✗ Beside the ${digit} stands ${named(beside[0])}.`;
      return ` ✓ That is right${factor !== 0 && looksAt === digit ? "" : ", by luck"}.`;
    };
    return `${drawn}${where} It says **${answer}**.${judged()}`;
  }

  const heads = ["key image", "value image", "weight"].map((name) => make("span", {}, name));
  el.append(heading("Which digit is beside this one?", () => change(start)),
    make("div", { class: "attended" },
      make("div", { class: "attending" },
        make("span", { class: "head" }, "question image"), make("span", {}), make("div", { class: "pair head" }, heads),
        make("div", { class: "asking-for" }, drawing.element), looks, pairs),
      make("div", {}, make("span", { class: "head" }, "its answer"), ten)),
    make("div", { class: "strip" }, other, drawing.undo, drawing.clear, deal),
    verdict, make("div", { class: "strip" }, times, usual),
    make("p", { class: "note" }, "Draw over the digit on the left, or press a key image to ask about it. Press a value image to change it; "
      + "drag ↕, or use its arrow keys, to move a pair. The bars are the ten probabilities."), told);
  redraw(now());
  return stop;
}

export default { render };
