// Lessons 00 and 06: the original is asked about one digit; its softmax runs over the batch, so the
// answer depends on who else is in it. Each number here comes from the same stored logits. Lesson 00
// knows answers and bars alone; what is `behind` them, for lesson 06, is shown on request.

const SHOWN = 6; // of the company, as many stand beside the digit that is asked about

/** The original's softmax of a batch: one maximum for all, and for each class a sum over the rows. */
function overBatch(rows) {
  const top = Math.max(...rows.flat());
  const e = rows.map((row) => row.map((value) => Math.exp(value - top)));
  const sums = e.reduce((a, b) => a.map((value, k) => value + b[k]));
  return e.map((row) => row.map((value, k) => value / sums[k]));
}

/** What the batch subtracts from each class: c, the logarithm of the sum of e to the scores. */
function bias(rows) {
  return rows[0].map((_, k) => {
    const top = Math.max(...rows.map((row) => row[k]));
    return top + Math.log(rows.reduce((sum, row) => sum + Math.exp(row[k] - top), 0));
  });
}

const BEHIND = "z: the digit’s ten scores. c: for each class, the logarithm of the sum of e to the scores of all digits in the batch. "
  + "Part of the batch: e to the z − c. The left bars are drawn against the longest of them, the right ones against 1.";

function explained(answer, right, batch, asked, behind) {
  if (batch.length === 1) {
    return `Alone, ${behind ? "each number is divided by itself: " : ""}all ten numbers are **1**, and of equal ones the first is taken, **0**. `
      + "Any digit at all would be called 0. Now **bring in one other**, and watch the answer.";
  }
  const same = "The digit is the same, and so are its scores.";
  if (answer === asked.byClass) {
    const both = `${same} With this company, both ways say **${answer}**`;
    return answer === right ? `${both}.` : `${both}, and both are wrong: it is ${named(right)}.`;
  }
  const why = behind ? "the company has set c, and the largest z − c wins: so" : "in this company";
  return `${same} But ${why} the answer is **${answer}**, where the scores alone say ${asked.byClass}.`;
}

function render({ model, el }) {
  const { z, labels, pixels } = unpackAsked(model.get("data"));
  const { change, now, start, stop, told } = bind(model, el, redraw);
  const a = (i) => named(labels[i]);
  const count = labels.length;

  const portrait = make("canvas", { class: "portrait", role: "img" });
  const [question, around] = [0, 1].map(() => make("p", { class: "question" }));
  const guests = Array.from({ length: SHOWN }, () => make("canvas", {}));
  const beside = make("div", { class: "guests", "aria-hidden": "true" }, guests); // the question tells them
  const spoken = [["In this company it says", "warm"], ["Its scores alone say", ""]].map(([name, kind]) => {
    const parts = { digit: make("span", { class: "digit" }), mark: make("span", { class: "judged" }) };
    parts.element = make("div", { class: `says ${kind}` }, make("span", {}, name), parts.digit, parts.mark);
    return parts;
  });
  const rows = Array.from({ length: 10 }, (_, k) => {
    const parts = { z: make("td", { class: "z number" }), c: make("td", { class: "c number" }), batch: bar("warm"), classes: bar() };
    parts.element = make("tr", {}, make("th", { scope: "row" }, String(k)), parts.z, parts.c, make("td", {}, parts.batch), make("td", {}, parts.classes));
    return parts;
  });
  const heads = Array.from({ length: 5 }, () => make("th", { scope: "col" }));
  const table = make("table", { class: "answers" },
    make("thead", {}, make("tr", {}, heads)),
    make("tbody", {}, rows.map((parts) => parts.element)));
  const verdict = make("p", { class: "verdict" });
  const [note, pressing] = [0, 1].map(() => make("p", { class: "note" }));
  const shown = choice("Show", [["", "the answers"], ["behind", "the numbers behind them (lesson 06)"]], (value) => change({ behind: value !== "" }));

  const companies = { nobody: "nobody", one: "one other", all: "all 199 others", class: "all of one class", own: "my choice" };
  const kinds = choice("Who else is asked about at the same time?", Object.entries(companies), (company) => gather({ company }));
  const ofClass = make("select", { "aria-label": "which class keeps it company" },
    Array.from({ length: 10 }, (_, k) => make("option", { value: k }, `the ${k}s`)));
  ofClass.addEventListener("change", () => gather({ company: "class", ofClass: Number(ofClass.value) }));
  const surprise = button("bring in one that changes the answer", () => {
    const { asked, others } = now();
    const answer = argmax(overBatch([asked, ...others].map((i) => z[i]))[0]);
    const found = single(asked);
    // In steps of 7 each answer has its turn, and nobody sees which comes next.
    sway(Array.from({ length: 10 }, (_, i) => (answer + 7 * (i + 1)) % 10).find((k) => found[k].length));
  }, { class: "main" });
  const says = Array.from({ length: 10 }, (_, k) => button("", () => sway(k)));
  const counts = make("div", { class: "sway" },
    make("span", {}, "Or choose its answer: one companion is enough (in brackets, how many would do)"), make("div", {}, says));
  const uses = [["company", "puts it into the company, or takes it out"], ["asked", "asks about it"]];
  const clicks = choice("Choosing one of the digits above", uses, (value) => change({ clicks: value }));
  const tiles = Array.from({ length: count }, (_, i) => {
    const canvas = make("canvas", {});
    paint(canvas, pixels(i));
    return button(canvas, () => press(i), { "data-digit": i, tabindex: -1 });
  });
  const tray = make("div", { class: "tray scrolls", role: "group", "aria-label": "200 test digits; the arrow keys move among them" }, tiles);
  tray.addEventListener("keydown", walk);
  let at = 0;

  /** Say who is in the batch, from the kind of company. */
  function gather(part) {
    const { company, ofClass: k, asked, others } = { ...now(), ...part };
    const all = tiles.map((_, i) => i).filter((i) => i !== asked);
    const one = others.find((i) => i !== asked) ?? all[0];
    const found = { nobody: [], one: [one], all, class: all.filter((i) => labels[i] === k), own: others.filter((i) => i !== asked) };
    change({ ...part, others: found[company] });
  }

  /** Take the next digit with which alone the answer is k. */
  function sway(k) {
    const { asked, others } = now();
    const after = (i) => (i - (others[0] ?? 0) - 1 + count) % count;
    const one = single(asked)[k].sort((i, j) => after(i) - after(j))[0];
    if (one === undefined) return;
    change({ company: "one", others: [one] });
    tray.scrollTop += tiles[one].getBoundingClientRect().top - tray.getBoundingClientRect().top - 6; // it is seen there, too
  }

  /** For each answer, the digits with which as its only company the digit asked gets it. */
  function single(asked) {
    const found = Array.from({ length: 10 }, () => []);
    tiles.forEach((_, i) => { if (i !== asked) found[argmax(overBatch([z[asked], z[i]])[0])].push(i); });
    return found;
  }

  function press(i) {
    focusOn(i);
    const { clicks: mode, asked, others } = now();
    if (mode === "asked") return gather({ asked: i });
    if (i !== asked) change({ company: "own", others: others.includes(i) ? others.filter((j) => j !== i) : [...others, i] });
  }

  function focusOn(i) {
    tiles[at].tabIndex = -1;
    at = i;
    tiles[at].tabIndex = 0;
  }

  function walk(event) {
    const columns = tiles.filter((tile) => tile.offsetTop === tiles[0].offsetTop).length;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -at, End: count - 1 - at }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    if (tiles[at + step]) focusOn(at + step);
    tiles[at].focus();
  }

  function redraw({ asked, others, company, clicks: mode, ofClass: k, behind }) {
    const batch = [asked, ...others].map((i) => z[i]);
    const p = { batch: overBatch(batch)[0], classes: softmax(z[asked]) };
    const c = bias(batch);
    const answers = [argmax(p.batch), argmax(p.classes)];
    paint(portrait, pixels(asked));
    portrait.setAttribute("aria-label", `the digit asked about, ${a(asked)}`);
    const company_ = others.length === 0 ? "nobody" : others.length === 1 ? a(others[0]) : `${others.length} others`;
    words(question, `You ask about this **${labels[asked]}**.`);
    words(around, `In its company: **${company_}**.`);
    guests.forEach((guest, i) => {
      guest.hidden = i >= others.length;
      if (!guest.hidden) paint(guest, pixels(others[i]));
    });
    beside.classList.toggle("more", others.length > SHOWN);
    spoken.forEach((parts, i) => {
      parts.digit.textContent = answers[i];
      parts.mark.textContent = answers[i] === labels[asked] ? "✓ right" : "✗ wrong";
      parts.element.classList.toggle("wrong", answers[i] !== labels[asked]);
    });
    const longest = Math.max(...p.batch);
    rows.forEach((parts, i) => {
      show(parts.z, z[asked][i], 2);
      show(parts.c, c[i], 2);
      parts.batch.set(p.batch[i], p.batch[i] / longest, 4);
      if (!others.length) parts.batch.querySelector(".bar-number").textContent = i || behind ? "1" : "1, the first of ten equal ones";
      parts.classes.set(p.classes[i]);
      parts.batch.classList.toggle("most", i === answers[0]);
      parts.classes.classList.toggle("most", i === answers[1]);
    });
    const text = explained(answers[0], labels[asked], batch, { byClass: answers[1] }, behind);
    words(verdict, text);
    table.classList.toggle("behind", behind);
    table.classList.toggle("tie", !others.length);
    const inFront = others.length ? "how strongly it says so, in this company" : "alone, it says all ten equally strongly";
    const columns = behind ? ["class", "z", "c", "part of the batch", "p over the classes"] : ["digit", "", "", inFront, ""];
    heads.forEach((head, i) => { head.textContent = columns[i]; });
    note.textContent = behind ? BEHIND : "The longest bar fills the width.";
    shown.set(behind ? "behind" : "");
    kinds.set(company);
    clicks.set(mode);
    pressing.textContent = mode === "asked" ? "Press a digit to ask about it." : "Press a digit: it joins the company or leaves it.";
    ofClass.value = k;
    ofClass.style.display = company === "class" ? "" : "none";
    single(asked).forEach((found, i) => {
      words(says[i], `**${i}**`);
      says[i].append(make("small", {}, ` (${found.length})`));
      says[i].disabled = found.length === 0;
      says[i].title = found.length ? "" : "no single companion makes it say this";
      says[i].setAttribute("aria-pressed", others.length === 1 && answers[0] === i);
      says[i].dataset.value = found.length;
    });
    const inBatch = new Set(others);
    tiles.forEach((tile, i) => {
      tile.classList.toggle("asked", i === asked);
      tile.setAttribute("aria-pressed", inBatch.has(i));
      tile.setAttribute("aria-label", `${a(i)}${i === asked ? ", the one asked about" : inBatch.has(i) ? ", in its company" : ""}`);
    });
    told.tell(`${question.textContent} ${around.textContent} In this company ${answers[0]}, by its scores alone ${answers[1]}. ${text.replaceAll("**", "")}`);
  }

  const right = (answers) => answers.filter((answer, i) => answer === labels[i]).length;
  const totals = [right(overBatch(z).map(argmax)), right(z.map(argmax)), right(z.map(() => 0))];
  const [together, alone, zeros] = totals.map((total) => make("strong", { class: "total", "data-value": total }, String(total)));
  const sum = make("p", { class: "note" }, "Of these 200 digits it reads ", together,
    " right if all are asked about together; its scores alone, each digit by itself, read ", alone,
    "; and asked about one at a time it is right ", zeros, " times, since then it always says 0.");
  const twoAnswers = make("div", { class: "spoken" }, spoken.map((parts) => parts.element));
  focusOn(0);
  el.append(heading("A digit, and its company", () => change(start)),
    make("div", { class: "company" },
      make("div", {},
        make("div", { class: "asking" }, portrait, make("div", {}, question, around, beside), twoAnswers),
        make("div", { class: "strip" }, surprise), make("div", { class: "strip" }, kinds, ofClass)),
      make("div", {}, pressing, tray, counts, verdict), table),
    make("details", { open: start.behind }, make("summary", {}, "More settings, and how often it is right"),
      make("div", { class: "strip" }, clicks), make("div", { class: "strip" }, shown), note, sum), told);
  redraw(now());
  return stop;
}

export default { render };
