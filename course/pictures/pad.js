// What the pictures share on which one draws: paper that takes strokes from mouse, finger, pen and keys.

const SIDE = 280; // the paper; ten of its dots make one pixel of the image
const PEN = 11;
const SPECK = 4 * PEN; // ink that is nowhere longer, twice the pen's width, is a dot, not a digit

/** Put ink along a line: each dot of the paper holds the darkest that any line left there. */
function trace(ink, x0, y0, x1, y1) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const square = dx * dx + dy * dy || 1;
  const range = (a, b) => [Math.max(0, Math.floor(Math.min(a, b) - PEN - 1)), Math.min(SIDE - 1, Math.ceil(Math.max(a, b) + PEN + 1))];
  const [left, right] = range(x0, x1);
  const [top, bottom] = range(y0, y1);
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const t = Math.min(1, Math.max(0, ((x + 0.5 - x0) * dx + (y + 0.5 - y0) * dy) / square));
      const distance = Math.hypot(x + 0.5 - x0 - t * dx, y + 0.5 - y0 - t * dy);
      const dark = 255 * Math.min(1, Math.max(0, PEN + 0.5 - distance));
      if (dark > ink[y * SIDE + x]) ink[y * SIDE + x] = dark;
    }
  }
}

/** A paper to draw on. `now` and `change` are the picture's, whose state holds the `strokes`: null until
    something is drawn. `paint` shows them, or a digit until then, and returns the image that becomes of it. */
function pad({ now, change, redraw, told }) {
  const live = new Map(); // the strokes that are being drawn, one for each finger, pen or mouse
  const kept = { strokes: [], ink: new Float64Array(SIDE * SIDE) }; // the ink of whole strokes
  let waiting = 0;
  let pen = [140, 60];
  let down = false;

  const paper = make("canvas", { class: "paper", tabindex: 0, role: "application",
    "aria-label": "Paper. The arrow keys move the pen, the space bar puts it down or lifts it, Backspace undoes the last stroke." });
  const [dot, frame] = [make("span", { class: "pen" }), make("span", { class: "box" })];
  const here = make("span", { class: "invitation" }, "draw here");
  const undoStroke = () => keep((now().strokes ?? []).slice(0, -1));
  const undo = button("undo", undoStroke);
  const clear = button("clear", () => keep([]));

  /** Lift the pen, and keep so many strokes. */
  function keep(strokes) {
    down = false;
    dot.classList.remove("down");
    change({ strokes });
  }
  const point = (event) => {
    const area = paper.getBoundingClientRect();
    return [event.clientX - area.left, event.clientY - area.top].map((v) => Math.round((v * SIDE * 10) / area.width) / 10);
  };
  paper.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    paper.focus({ preventScroll: true });
    paper.setPointerCapture(event.pointerId);
    live.set(event.pointerId, [point(event)]);
    soon();
  });
  paper.addEventListener("pointermove", (event) => {
    if (!live.has(event.pointerId)) return;
    for (const each of event.getCoalescedEvents?.() ?? []) live.get(event.pointerId).push(point(each));
    live.get(event.pointerId).push(point(event));
    soon();
  });
  const lift = (event) => {
    if (!live.has(event.pointerId)) return;
    const strokes = [...(now().strokes ?? []), live.get(event.pointerId)];
    live.delete(event.pointerId);
    change({ strokes });
  };
  paper.addEventListener("pointerup", lift);
  paper.addEventListener("pointercancel", lift);
  paper.addEventListener("contextmenu", (event) => event.preventDefault());

  /** Draw again once a frame, however fast the pen is. */
  function soon() {
    waiting ||= requestAnimationFrame(() => { waiting = 0; redraw(now()); });
  }

  /** The ink of all strokes; what has been traced is not traced again. */
  function inkOf(strokes) {
    if (strokes.length < kept.strokes.length || !kept.strokes.every((one, i) => one.points === strokes[i])) {
      kept.strokes = [];
      kept.ink.fill(0);
    }
    strokes.forEach((points, i) => {
      const stroke = (kept.strokes[i] ??= { points, done: 0 });
      for (; stroke.done < points.length; stroke.done++) trace(kept.ink, ...points[Math.max(stroke.done - 1, 0)], ...points[stroke.done]);
    });
    return kept.ink;
  }
  paper.addEventListener("keydown", (event) => {
    const step = arrow(event);
    const strokes = now().strokes ?? [];
    if (step) {
      pen = pen.map((value, i) => Math.min(SIDE - 12, Math.max(12, value + step[i] * (event.shiftKey ? 2 : 8))));
      if (down) change({ strokes: [...strokes.slice(0, -1), [...(strokes.at(-1) ?? []), pen]] });
      else redraw(now());
    } else if (event.key === " ") {
      down = !down;
      if (down) change({ strokes: [...strokes, [pen]] });
      told.tell(down ? "pen down" : "pen up");
    } else if (event.key === "Backspace") {
      undoStroke();
    } else return;
    event.preventDefault();
    dot.classList.toggle("down", down);
  });

  /** Show the strokes, or the digit; return the 28 x 28 pixels, and whether it is the digit still, or a
      speck: fitted into 20 x 20 it would become a disc, so it stays as small as it was drawn. */
  function showDrawing({ strokes, centre = true }, digit) {
    const fresh = strokes === null && !live.size;
    const ink = inkOf([...(strokes ?? []), ...live.values()]);
    const inked = fresh ? null : box(ink, SIDE);
    const speck = inked !== null && Math.max(inked.width, inked.height) <= SPECK;
    const image = fresh ? digit : centre && !speck ? asMakersDid(ink, SIDE) : asDrawn(ink, SIDE);
    paint(paper, fresh ? digit : ink, fresh ? 28 : SIDE);
    paper.classList.toggle("fresh", fresh);
    here.style.display = fresh ? "" : "none";
    paper.ink = ink;
    dot.style.left = `${pen[0] / 2.8}%`;
    dot.style.top = `${pen[1] / 2.8}%`;
    const part = centre && !speck ? inked : null;
    frame.style.display = part ? "" : "none";
    const sides = part ? { left: part.x, top: part.y, width: part.width, height: part.height } : {};
    for (const [side, value] of Object.entries(sides)) frame.style[side] = `${value / 2.8}%`;
    undo.disabled = clear.disabled = !strokes?.length;
    return { image, fresh, speck };
  }

  return { element: make("div", { class: "sheet" }, paper, frame, here, dot), undo, clear, live, show: showDrawing };
}
