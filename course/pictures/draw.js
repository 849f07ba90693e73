// Lessons 00 and 04: draw a digit. It becomes 28 x 28 as MNIST's makers did it, and a network answers.

/** What is on the paper, where that is no digit of the reader's. */
function about(image, fresh, speck) {
  if (fresh) return "Somebody else wrote this one, MNIST’s first test image: draw your own over it. ";
  if (!image.some(Boolean)) return "The paper is empty, and still it answers. ";
  return speck ? "This is only a dot, and still it answers. " : "";
}

function render({ model, el }) {
  const network = unpack(model.get("data"));
  const { change, now, stop, told } = bind(model, el, redraw);
  const drawing = pad({ now, change, redraw, told });
  const { undo, clear, live } = drawing;
  const seen = make("canvas", { class: "seen", role: "img" });
  const units = make("canvas", { class: "units", role: "img" });
  const ten = tenBars();
  const verdict = make("p", { class: "verdict" });
  const left = make("p", { class: "note" });
  const ways = choice("Make it 28 × 28", [[true, "as MNIST’s makers did"], [false, "as drawn"]], (centre) => change({ centre }));

  function redraw({ strokes, centre }) {
    const { image, fresh, speck } = drawing.show({ strokes, centre }, network.digit);
    paint(seen, image);
    seen.setAttribute("aria-label", "what the network is given, 28 by 28 pixels");
    ways.set(centre);
    left.textContent = speck && centre ? "A dot is not fitted into 20 × 20: it would become a disc. It stays as small as it was drawn." : "";
    answer(image, fresh, speck);
    if (live.size) return; // Python hears of a stroke once it is whole
    const before = model.get("pixels");
    if (before && image.every((value, i) => before.byteLength === 784 && value === before.getUint8(i))) return;
    model.set("pixels", new DataView(image.slice().buffer));
    model.save_changes();
  }

  /** Ask the network that came with the picture. */
  function answer(image, fresh, speck) {
    const { a1, p } = answered(network, image);
    ten.set(p);
    const side = Math.ceil(Math.sqrt(network.hidden));
    paint(units, Float64Array.from({ length: side * side }, (_, j) => 255 * (a1[j] ?? 0)), side);
    units.setAttribute("aria-label", `${network.hidden} hidden units, ${a1.filter((a) => a > 0.5).length} of them above one half`);
    units.values = a1;
    const order = [...p.keys()].sort((k, l) => p[l] - p[k]);
    const [first, second] = order.map((k) => percentage(p[k]));
    const answers = `The network says **${order[0]}**, with a probability of ${first}; next comes ${order[1]}, with ${second}.`;
    const text = `${about(image, fresh, speck)}${answers}`;
    words(verdict, text);
    if (!live.size) told.tell(text.replaceAll("**", ""));
  }

  const small = (canvas, caption) => make("figure", {}, canvas, make("figcaption", {}, caption));
  el.append(make("p", { class: "title" }, "Draw a digit, and ask a network"),
    make("div", { class: "drawing" },
      make("div", {}, drawing.element, make("div", { class: "strip" }, undo, clear)),
      make("div", { class: "between" }, small(seen, "what it is given"), small(units, `its ${network.hidden} hidden units`)),
      ten),
    verdict, make("div", { class: "strip" }, ways, left),
    make("p", { class: "note" }, "By the keyboard: on the paper, the arrow keys move the pen, "
      + "the space bar puts it down or lifts it, Backspace undoes the last stroke."), told);
  redraw(now());
  return stop;
}

export default { render };
