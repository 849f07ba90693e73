// Lessons 02 and 06: a grid of images by classes. The softmax runs along a row, or down a column.

const COUNTED = ["no", "one", "two", "three", "four", "five", "six"];
const AT_ONCE = COUNTED.length - 1; // how many zeros one press adds

const transposed = (rows) => rows[0].map((_, k) => rows.map((row) => row[k]));

/** Along each row, or down each column: each line of numbers becomes parts of 1. */
function answers(rows, axis) {
  return axis === 1 ? rows.map(softmax) : transposed(transposed(rows).map(softmax));
}

const ALONG_ROWS = "The lit **row** sums to 1: one image shares it out among ten classes. "
  + "Add or take out images: no answer moves. Now try it **in a column**.";

/** What so many images make of a column; `moved` are those that are read against their own logits. */
function downColumns(count, column, moved, isRoom) {
  const lit = `The lit **column** sums to 1: ${count} image${count > 1 ? "s share" : " has all of"} class ${column}.`;
  if (count === 1) return `${lit} One image alone gets a 1 for every class, and of equal numbers the first is taken: 0.`;
  if (!moved.length) {
    const next = `Take one out${isRoom ? ", or add some" : ""}.`;
    return `${lit} With these images no answer differs from what the image’s own logits say. ${next}`;
  }
  const listed = moved.slice(0, 3).join(", ") + (moved.length > 3 ? ` and ${moved.length - 3} more` : "");
  const whose = moved.length > 1 ? "their own" : "its own";
  return `${lit} It reads ${listed}, against ${whose} logits. Add or take out an image: others may change.`;
}

function render({ model, el }) {
  const { z, labels, pixels } = unpackAsked(model.get("data"));
  const { change, now, start, stop, told } = bind(model, el, redraw);
  const verdict = make("p", { class: "verdict" });
  const body = make("tbody", {});
  const heads = [..."0123456789", "says"].map((name) => make("th", { scope: "col" }, name));
  const table = make("table", { class: "axes", "aria-label": "Images by classes; each cell holds a part of 1" },
    make("thead", {}, make("tr", {}, make("td", {}), heads)), body);
  const lines = z.map((_, i) => {
    const canvas = make("canvas", { role: "img", "aria-label": `an image of ${named(labels[i])}` });
    paint(canvas, pixels(i));
    const cells = Array.from({ length: 10 }, (_, k) => button("", () => change({ held: [i, k] }), { tabindex: -1, "data-row": i, "data-column": k }));
    const says = make("td", { class: "says-it" });
    const out = button("−", () => remove(i), { class: "out", title: "take this image out", "aria-label": `take out this ${labels[i]}` });
    const element = make("tr", {}, make("th", { scope: "row" }, out, canvas), cells.map((cell) => make("td", {}, cell)), says);
    return { cells, says, out, element };
  });
  table.addEventListener("keydown", (event) => {
    const way = event.target.dataset.column && arrow(event);
    if (!way) return;
    const { rows, held } = now();
    const [right, down] = way;
    const row = rows[within(0, rows.indexOf(held[0]) + down, rows.length - 1)];
    change({ held: [row, within(0, held[1] + right, 9)] });
    lines[row].cells[now().held[1]].focus();
  });

  function remove(i) {
    const rows = now().rows.filter((row) => row !== i);
    change({ rows, held: now().held[0] === i ? [rows[0], now().held[1]] : now().held });
    (rows.length > 1 ? lines[rows[0]].out : add).focus();
  }

  const axis = choice("The numbers that sum to 1 lie", [[1, "in a row (axis=1)"], [0, "in a column (axis=0)"]], (value) => change({ axis: value, before: null }));
  const add = button("add an image", () => {
    const next = z.findIndex((_, i) => !now().rows.includes(i));
    change({ rows: [...now().rows, next] });
  });
  const zerosLeft = (rows) => [...labels.keys()].filter((i) => labels[i] === 0 && !rows.includes(i)).slice(0, AT_ONCE);
  const twin = button("", () => change({ rows: [...now().rows, ...zerosLeft(now().rows)] }), { class: "main" });

  function redraw({ rows, axis: along, held }) {
    // What is marked is what changes an answer: first the other axis, then the company.
    axis.querySelector("label:last-of-type").classList.toggle("suggested", along === 1);
    twin.classList.toggle("main", along === 0);
    const p = answers(rows.map((i) => z[i]), along);
    const said = p.map(argmax);
    const alone = rows.map((i) => argmax(z[i]));
    el.answers = p;
    const elements = rows.map((i) => lines[i].element);
    // Only if other rows are shown: what is put anew into the page loses its focus.
    const areShown = elements.length === body.children.length && elements.every((element, r) => element === body.children[r]);
    if (!areShown) body.replaceChildren(...elements);
    const [row, column] = [Math.max(0, rows.indexOf(held[0])), held[1]];
    rows.forEach((i, r) => {
      lines[i].cells.forEach((cell, k) => {
        const lit = along === 1 ? r === row : k === column;
        const shown = p[r][k] < 0.005 ? "" : written(p[r][k], 2).replace(/^0\./, ".").replace("1.00", "1");
        cell.textContent = shown;
        cell.dataset.value = p[r][k];
        cell.classList.toggle("lit", lit);
        cell.classList.toggle("most", k === said[r]);
        cell.tabIndex = r === row && k === column ? 0 : -1;
        cell.setAttribute("aria-label", `${labels[i]} in row ${r}, class ${k}: ${shown === "" ? "under .005" : shown}`);
        cell.style.setProperty("--share", `${100 * p[r][k]}%`);
      });
      lines[i].says.textContent = `${said[r]} ${said[r] === labels[i] ? "✓" : "✗"}`;
      lines[i].says.classList.toggle("moved", said[r] !== alone[r]);
      lines[i].out.disabled = rows.length === 1;
    });
    add.disabled = rows.length >= z.length;
    const zeros = zerosLeft(rows).length;
    twin.textContent = `add ${COUNTED[zeros || AT_ONCE]} 0${zeros === 1 ? "" : "s"}`;
    twin.disabled = zeros === 0;
    add.title = add.disabled ? "all images are in already" : "";
    twin.title = twin.disabled ? "all images of a 0 are in already" : "";
    axis.set(along);
    const moved = rows.map((i, r) => (said[r] === alone[r] ? "" : `${named(labels[i])} as **${said[r]}**`)).filter(Boolean);
    words(verdict, along === 1 ? ALONG_ROWS : downColumns(rows.length, column, moved, !add.disabled));
    told.tell(verdict.textContent);
  }

  const note = "Each row is an image, each column a class. Choose a cell to light its row or column. "
    + "Orange answers are not what the image’s own logits say; − takes an image out.";
  el.append(heading("Which numbers sum to 1?", () => change(start)),
    make("div", { class: "strip" }, axis), make("div", { class: "strip" }, twin, add),
    verdict, table, make("p", { class: "note" }, note), told);
  redraw(start);
  return stop;
}

export default { render };
