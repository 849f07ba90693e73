// Your own handwriting: a photograph of a sheet with digits, what a network reads on it, and each step
// from the photograph to 28 x 28 pixels. The photograph stays in the browser.

const SURE = 0.9; // an answer of a smaller probability is marked as doubtful

/** What the reader says is written, one digit for each found; null for what is not a digit. */
const labelsOf = (typed) => [...typed].filter((letter) => /[0-9–−-]/.test(letter)).map((letter) => (/[0-9]/.test(letter) ? Number(letter) : null));

/** The accuracy of n answers with its standard error, in words. */
function accuracyOf(right, n) {
  const q = right / n;
  const one = `**${right} of ${n}** right: your accuracy is **${written(100 * q, 0)} %**`;
  if (right > 0 && right < n) return `${one}, with a standard error of **${written(100 * Math.sqrt((q * (1 - q)) / n), 0)} points**.`;
  const limit = 0.05 ** (1 / n);
  const share = written(100 * (right ? limit : 1 - limit), 0);
  return `${one}. From these alone the standard error would be 0, which is too good to be true: `
    + `a network that reads ${share} % of your digits would still produce such a sheet one time in twenty.`;
}

/** How many answers are doubtful, and whether so many are that these may be no digits. */
function doubts(digits) {
  const unsure = digits.filter(({ p }) => Math.max(...p) < SURE).length;
  if (!unsure) return "";
  const limit = `the probability is below ${written(100 * SURE, 0)} %, and the box is dotted`;
  const marked = `${unsure} of these answers ${unsure === 1 ? "is" : "are"} **in doubt**: ${limit}. `;
  if (unsure < digits.length / 5) return marked;
  return `${marked}**Are these digits at all?** The network knows nothing else, and calls letters and stains digits, too. `;
}

const NO_INK = "**No ink is found on this paper.** Is it sharp and lit, and does none of it touch the paper’s edge? "
  + "Below, under “Each step”, you can drag the paper’s corners and move the threshold.";

/** Whether four corners go round once and none is dented: else no flat paper looks so. */
const convex = (corners) => corners.every(([x, y], k) => {
  const [[x1, y1], [x2, y2]] = [corners[(k + 1) % 4], corners[(k + 2) % 4]];
  return (x1 - x) * (y2 - y1) - (y1 - y) * (x2 - x1) > 1e-3;
});

function render({ model, el }) {
  const data = model.get("data");
  const network = unpack(data);
  const sample = new Uint8Array(data.buffer, data.byteOffset + network.end);
  const { change, now, start, stop, told } = bind(model, el, redraw);
  const example = new Blob([sample]);
  let [photo, own, sheet, made, problem, waiting, first] = [null, false, null, "", "", 0, null];

  const picker = make("input", { type: "file", accept: "image/*", class: "hidden-input", onchange: () => picker.files.length && take(picker.files[0]) });
  const choose = make("label", { class: "main file" }, picker, make("span", {}, "choose a photograph or scan"));
  const again = button("the sample sheet", () => take(example, start.typed, start.chosen));
  const paper = make("canvas", { class: "photo", role: "img", "aria-label": "the paper, laid straight" });
  const boxes = make("div", { class: "found", role: "group", "aria-label": "the digits found, in the order of reading" });
  const page = make("div", { class: "photographed" }, paper, boxes);
  const typed = make("input", { type: "text", inputmode: "numeric", autocomplete: "off", spellcheck: "false", oninput: () => change({ typed: typed.value }) });
  const verdict = make("p", { class: "verdict" });
  const steps = ["on the paper", "ink 255, paper 0", "fitted: 20\u00a0×\u00a020", "centred: 28\u00a0×\u00a028"].map((caption) => {
    const canvas = make("canvas", { role: "img", "aria-label": caption });
    return { canvas, element: make("figure", {}, canvas, make("figcaption", {}, caption)) };
  });
  steps[0].canvas.classList.add("photo");
  const ten = tenBars();
  const which = make("p", { class: "note which" });
  const chain = make("div", { class: "chain" }, steps.map((step) => step.element), ten);

  // The steps that can be set: each is found out until the reader moves it.
  const set = (part) => change({ steps: { ...now().steps, ...part } });
  const outline = draw("polygon", { class: "outline" });
  const corners = ["top left", "top right", "bottom right", "bottom left"].map((name, k) => {
    const lie = () => now().steps.corners ?? sheet.corners; // the sheet itself is read a moment later
    const move = ([x, y]) => {
      const moved = lie().map((corner, i) => (i === k ? [within(0, x / photo.width, 1), within(0, y / photo.height, 1)] : corner));
      if (convex(moved) || !convex(lie())) set({ corners: moved });
    };
    return grip(draw("circle", {}), `the paper’s corner at the ${name}`, {
      move, nudge: ([right, up]) => move([lie()[k][0] * photo.width + right * photo.width / 200, lie()[k][1] * photo.height - up * photo.width / 200]),
    });
  });
  const over = draw("svg", {}, outline, ...corners);
  const original = make("div", { class: "photographed" });
  const degrees = (value) => `${written(value, 1)}°`;
  const percent = (value) => `${written(100 * value, 0)} %`;
  const turn = slider("turn by", { min: -30, max: 30, step: 0.5, unit: degrees }, (value) => set({ turn: value }));
  const threshold = slider("threshold of darkness", { min: 0.03, max: 0.9, step: 0.01, unit: percent }, (value) => set({ threshold: value }));
  const smallest = slider("leave out what is smaller than", { min: 0, max: 1, step: 0.05, unit: percent }, (value) => set({ smallest: value }));
  const gap = slider("join parts closer than", { min: 0, max: 1, step: 0.05, unit: percent }, (value) => set({ gap: value }));
  const pen = slider("make strokes wider by", { min: 0, max: 0.2, step: 0.01, unit: percent }, (value) => set({ pen: value }));
  const ink = choice("the ink is", [["auto", "detected"], ["dark", "dark"], ["light", "light"]], (value) => set({ ink: value }));
  const quarter = button("quarter turn", () => set({ corners: [sheet.corners[3], ...sheet.corners.slice(0, 3)], turn: null }));
  const whole = button("the whole photograph", () => set({ corners: WHOLE }));
  const automatic = button("all automatic", () => change({ steps: start.steps }));
  const adjust = make("details", {}, make("summary", {}, "Each step, to adjust"),
    make("p", { class: "note" }, "1. The paper in the photograph: drag its corners."),
    original, make("div", { class: "strip" }, whole, quarter, turn),
    make("p", { class: "note" }, "2. Shading is divided out, and a threshold (Otsu’s, until you move it) separates ink from paper."),
    make("div", { class: "strip" }, ink, threshold),
    make("p", { class: "note" }, "3. Connected components become digits: parts one above the other are joined, specks left out. "
      + "Both sizes are parts of the usual digit’s."),
    make("div", { class: "strip" }, gap, smallest),
    make("p", { class: "note" }, "4. MNIST was written with a broad pen, so a thin pen’s strokes are made wider, by a part of the digit’s size."),
    make("div", { class: "strip" }, pen, automatic));

  /** Take an image file; what cannot be read leaves the last sheet as it is. */
  async function take(file, labels = "", chosen = 0) {
    let taken;
    try {
      if (!file.size) throw new Error("empty");
      taken = await opened(file);
    } catch {
      problem = `**${file.name ?? "This file"} cannot be read as an image.** `
        + "It may be damaged, or of a kind that this browser does not know; it does know JPEG and PNG.";
      redraw(now());
      return;
    }
    first = await readUnhurried(taken, start.steps);
    photo = taken;
    [own, problem, made, picker.value] = [file !== example, "", "", ""];
    change({ steps: start.steps, typed: labels, chosen });
    clearTimeout(waiting);
    finish(now());
  }

  for (const name of ["dragover", "drop"]) {
    el.addEventListener(name, (event) => {
      event.preventDefault();
      event.stopPropagation();
      if (event.dataTransfer.files.length) take(event.dataTransfer.files[0]);
    });
  }

  boxes.addEventListener("keydown", (event) => {
    const way = arrow(event);
    if (!way) return;
    const [right, down] = way;
    change({ chosen: within(0, now().chosen + right + down, sheet.digits.length - 1) });
    boxes.children[now().chosen]?.focus();
  });

  /** Read the sheet again, if the photograph or a step has changed. */
  function read(settings) {
    if (made === JSON.stringify(settings)) return;
    made = JSON.stringify(settings);
    sheet = first ?? readSheet(photo, settings);
    first = null;
    el.sheet = sheet;
    for (const digit of sheet.digits) digit.p = answered(network, digit.image).p;
    const { width, height, grey } = sheet.paper;
    paint(paper, grey.map((value) => (value >= 0 ? 255 - value : 0)), width, height);
    paper.style.width = `min(100cqi, ${(26 * width) / height}rem)`;
    boxes.replaceChildren(...sheet.digits.map(({ one }, k) => {
      const place = { left: one.left / width, top: one.top / height, width: (one.right - one.left + 1) / width, height: (one.bottom - one.top + 1) / height };
      const style = Object.entries(place).map(([side, value]) => `${side}: ${100 * value}%`).join("; ");
      return button("", () => change({ chosen: k }), { style });
    }));
    unclutter();
    over.setAttribute("viewBox", `0 0 ${photo.width} ${photo.height}`);
    original.style.width = `min(100cqi, ${(20 * photo.width) / photo.height}rem)`;
    if (original.firstChild !== photo.canvas) original.replaceChildren(photo.canvas, over);
    photo.canvas.className = "photo";
    const dots = sheet.corners.map(([x, y]) => [x * photo.width, y * photo.height]);
    outline.setAttribute("points", dots.join(" "));
    outline.style.strokeWidth = photo.width / 150;
    corners.forEach((mark, k) => {
      fill(mark, { cx: dots[k][0], cy: dots[k][1], r: photo.width / 35 }, []);
      mark.say(0, `${written(100 * sheet.corners[k][0], 0)} % across, ${written(100 * sheet.corners[k][1], 0)} % down`);
    });
    turn.set(sheet.turn);
    threshold.set(sheet.paper.threshold);
    smallest.set(settings.smallest);
    gap.set(settings.gap);
    pen.set(sheet.wider);
    ink.set(settings.ink);
    const images = new Uint8Array(784 * sheet.digits.length);
    sheet.digits.forEach(({ image }, k) => images.set(image, 784 * k));
    model.set("pixels", new DataView(images.buffer));
    model.save_changes();
  }

  /** Where the answers would cover one another, only the chosen digit's is written. */
  function unclutter() {
    boxes.classList.remove("crowded");
    const em = Number.parseFloat(boxes.firstChild ? getComputedStyle(boxes.firstChild, "::after").fontSize : 0);
    const edges = [...boxes.children].map((box) => box.getBoundingClientRect());
    const covers = edges.some((box, k) => {
      const [right, up] = k ? [box.right - edges[k - 1].right, box.top - edges[k - 1].top] : [Infinity, 0];
      return right > 0 && right < 1.6 * em && Math.abs(up) < 1.25 * em; // an answer's width and height
    });
    boxes.classList.toggle("crowded", covers);
  }
  const sized = new ResizeObserver(unclutter);
  sized.observe(page);

  function redraw(state) {
    clearTimeout(waiting); // a slider that is dragged asks often
    waiting = setTimeout(() => finish(state), made ? 30 : 0);
  }

  function finish(state) {
    if (photo) read(state.steps);
    const digits = sheet?.digits ?? [];
    const labels = labelsOf(state.typed);
    const marked = digits.length > 0 && labels.length === digits.length;
    const chosen = within(0, state.chosen, digits.length - 1);
    digits.forEach(({ p }, k) => {
      const box = boxes.children[k];
      const verdictOf = () => {
        if (marked && labels[k] !== null) return argmax(p) === labels[k] ? "right" : "wrong";
        return Math.max(...p) < SURE ? "unsure" : "";
      };
      const is = verdictOf();
      const aside = { right: ", right", wrong: `, wrong: ${named(labels[k])}`, unsure: ", in doubt" }[is] ?? "";
      box.className = marked && labels[k] === null ? "out" : is === "right" ? "" : is;
      box.dataset.answer = argmax(p) + ({ wrong: " ✗", unsure: "?" }[is] ?? "");
      box.tabIndex = k === chosen ? 0 : -1;
      box.setAttribute("aria-pressed", k === chosen);
      box.setAttribute("aria-label", `digit ${k + 1}: read as ${argmax(p)}${aside}`);
    });
    if (typed.value !== state.typed) typed.value = state.typed;
    chain.hidden = which.hidden = !digits.length;
    if (digits.length) {
      const { side, paper: part, mask, fit, image, p, one } = digits[chosen];
      paint(steps[0].canvas, part.map((value) => 255 - value), side);
      paint(steps[1].canvas, mask, side);
      const twenty = new Uint8Array(400);
      const [left, top] = [(20 - fit.width) >> 1, (20 - fit.height) >> 1];
      fit.pixels.forEach((dark, i) => { twenty[(top + Math.floor(i / fit.width)) * 20 + left + (i % fit.width)] = dark; });
      paint(steps[2].canvas, twenty, 20);
      paint(steps[3].canvas, image, 28);
      ten.set(p);
      const wide = one.right - one.left > 1.5 * (one.bottom - one.top);
      which.textContent = `Digit ${chosen + 1} of ${digits.length}, from the paper to what the network is given.${wide ? " It is wide: are these two digits that touch?" : ""}`;
    }
    const count = `${digits.length} digit${digits.length === 1 ? "" : "s"}`;
    const most = sheet?.pieces > MOST ? `**More than this can read**: of ${sheet.pieces} pieces of ink only the ${MOST} largest are looked at. ` : "";
    const counted = labels.map((label, k) => [label, digits[k]]).filter(([label]) => label !== null);
    const said = () => {
      if (problem || !photo) return problem;
      if (!digits.length) return NO_INK;
      if (!labels.length) {
        const read = `${count} found, and read as **${digits.map(({ p }) => argmax(p)).join(" ")}**. `;
        return `${most}${read}${doubts(digits)}Type above what you wrote, in the order of reading, and it is marked.`;
      }
      if (!marked) {
        return `${count} found, and ${labels.length} typed. Type one for each, in the order of reading, and a – for anything that is not a digit.`;
      }
      if (!counted.length) return "Nothing to mark: no digit is typed.";
      const right = counted.filter(([label, { p }]) => argmax(p) === label).length;
      const holds = own ? "This holds for your hand, this pen and this light." : "These are test digits on a sheet made by the computer; yours will be harder.";
      return `${accuracyOf(right, counted.length)} ${holds}`;
    };
    const text = said();
    words(verdict, text);
    told.tell(text.replaceAll("**", ""));
  }

  return take(example, start.typed, start.chosen).then(() => {
    el.append(make("p", { class: "title" }, "Your own handwriting, photographed"), page,
      make("div", { class: "strip" }, choose, again),
      make("p", { class: "note" }, "A dark pen, white paper, no digit touching another. The photograph stays on your computer."),
      make("label", { class: "typed" }, make("span", {}, "what is written, in the order of reading"), typed), verdict, which, chain, adjust, told);
    return () => { clearTimeout(waiting); sized.disconnect(); stop(); };
  });
}

export default { render };
