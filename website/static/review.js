// The page Review: which cards are due, and what the reader says of them. Cards, intervals and the answers
// to guesses stand in the page; the rule is that of course/review.py, which keeps the same history:
// {"lessons": {"02": day}, "answers": {"02-end-1": {day: known}}}, with days such as "2026-11-30".
(() => {
  const { element, isMap, Kept } = shared;
  const NEVER = "never"; // sorted after any day
  const MANY = 12; // more questions than one should feel to owe
  const CANNOT_KEEP = "This browser keeps nothing for this page, so save your progress as a file before you leave.";
  const { intervals, lessons } = JSON.parse(document.getElementById("review-data").textContent);
  const place = document.getElementById("reviewing");

  // ---- The rule

  const plus = (day, days) => new Date(Date.parse(day) + days * 864e5).toISOString().slice(0, 10);
  const local = (now = new Date()) => new Date(now - now.getTimezoneOffset() * 6e4).toISOString().slice(0, 10);

  // The day on which a card is asked next; undefined if it is learnt. What a clock that was ahead has
  // dated later than today does not count yet.
  function due(read, answers, today) {
    let last = read;
    let timesKnown = 0;
    for (const day of Object.keys(answers).filter((each) => each <= today).sort()) {
      last = day;
      timesKnown = answers[day] ? timesKnown + 1 : 0;
    }
    if (timesKnown >= intervals.length) return undefined;
    return last > today ? today : plus(last, intervals[timesKnown]);
  }

  // ---- The history

  const nothingYet = () => ({ lessons: {}, answers: {} });
  const isDay = (day) => /^\d{4}-\d\d-\d\d$/.test(day) && !isNaN(Date.parse(day)) && plus(day, 0) === day;

  function isHistory(thing) {
    if (!isMap(thing) || !isMap(thing.lessons) || !isMap(thing.answers)) return false;
    const { lessons, answers } = thing;
    const cards = Object.values(answers);
    if (!cards.every(isMap)) return false;
    const days = [...Object.values(lessons), ...cards.flatMap(Object.keys)];
    return days.every(isDay) && cards.flatMap(Object.values).every((known) => typeof known === "boolean");
  }

  // Both histories in one; where both have a day, the second counts.
  function joined(one, other) {
    const answers = { ...one.answers };
    for (const [name, days] of Object.entries(other.answers)) answers[name] = { ...answers[name], ...days };
    return { lessons: { ...one.lessons, ...other.lessons }, answers };
  }

  const history = new Kept("review", nothingYet, isHistory);
  const typedGuesses = new Kept("guesses", () => ({})); // by guesses.js

  function change(make) {
    history.change(make);
    show();
  }

  // ---- What is shown

  const button = (textContent, onclick) => element("button", { type: "button", textContent, onclick });
  const count = (number, thing) => `${number} ${thing}${number === 1 ? "" : "s"}`;
  const inWords = (day) => new Date(day).toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
  const on = (day, today) => (day === plus(today, 1) ? "tomorrow" : `on ${inWords(day)}`);

  const status = element("p", { role: "status", tabIndex: -1 });
  const room = element("div");
  const list = element("fieldset", {}, element("legend", { textContent: "Lessons you have read" }));
  const guessed = element("details", {}, element("summary", { textContent: "Your guesses, and what came out" }));
  const told = element("p", { role: "status" });
  const rows = {};
  let last; // what became of the card before
  let undo; // and how to take that back
  let shownOn; // the day that is shown

  // When each card of the lessons read is due, in the order in which they are asked: those that were asked
  // before come first, so that a heap of new ones does not keep them back.
  function waiting(today) {
    const cards = lessons.filter(({ number }) => number in history.value.lessons).flatMap(({ number, cards }) => cards.map((name) => ({ number, name })));
    for (const card of cards) {
      const answers = history.value.answers[card.name] ?? {};
      card.day = due(history.value.lessons[card.number], answers, today) ?? NEVER;
      card.rank = `${card.day <= today && !Object.keys(answers).length} ${card.day}`;
    }
    return cards.sort((one, other) => (one.rank < other.rank ? -1 : one.rank > other.rank ? 1 : 0));
  }

  function show() {
    const today = local();
    if (today !== shownOn) last = undo = undefined;
    shownOn = today;
    const cards = waiting(today);
    const ready = cards.filter(({ day }) => day <= today);
    const next = cards.find(({ day }) => day > today && day !== NEVER);
    const sentences = [last];
    if (ready.length && last) sentences.push(`${ready.length} more for today.`);
    else if (ready.length) sentences.push(`${count(ready.length, "question")} for today.${ready.length > MANY ? " Do as many as you like: the rest can wait." : ""}`);
    else if (next) sentences.push(`${last ? "That is all for today" : "Nothing is due today"}. The next question comes ${on(next.day, today)}.`);
    else if (cards.length) sentences.push("You have learnt them all: nothing more is due.");
    else sentences.push("Tick each lesson you have read: its questions come back from tomorrow.");
    status.replaceChildren([...sentences, history.isRefused && CANNOT_KEEP].filter(Boolean).join(" "));
    if (undo) status.append(" ", button("Undo", undo));
    if (ready[0]?.name !== room.dataset.name) ask(ready[0], today);
    for (const { number, cards: all } of lessons) {
      const mine = cards.filter((card) => card.number === number);
      const learnt = mine.filter(({ day }) => day === NEVER).length;
      const soonest = mine.map(({ day }) => day).sort()[0];
      const [box, words] = rows[number];
      box.checked = mine.length > 0;
      const next = `next due ${soonest <= today ? "today" : on(soonest, today)}`;
      words.textContent = !mine.length ? count(all.length, "question") : learnt === all.length ? "all learnt" : learnt ? `${learnt} of ${all.length} learnt, ${next}` : next;
    }
    showGuesses();
  }

  // Shows a card with its answer folded; what the reader may say of it comes with the answer.
  function ask(card, today) {
    const hadFocus = room.contains(document.activeElement);
    room.dataset.name = card?.name ?? "";
    room.replaceChildren();
    if (!card) {
      if (hadFocus) status.focus();
      return;
    }
    const { title } = lessons.find(({ number }) => number === card.number);
    const copy = document.getElementById(`card-${card.name}`).cloneNode(true);
    for (const tag of [copy, ...copy.querySelectorAll("[id]")]) tag.removeAttribute("id");
    const say = (known) => {
      const before = history.value.answers[card.name]?.[today];
      const write = (value) => (kept) => {
        const { [today]: _, ...others } = kept.answers[card.name] ?? {};
        const days = value === undefined ? others : { ...others, [today]: value };
        return { ...kept, answers: { ...kept.answers, [card.name]: days } };
      };
      const { lessons: read, answers } = history.value;
      const back = due(read[card.number], { ...answers[card.name], [today]: known }, today);
      last = back ? `That one comes back ${on(back, today)}.` : "You have learnt that one.";
      undo = () => {
        last = undo = undefined;
        change(write(before));
      };
      change(write(known));
    };
    const answers = element("p", { className: "review-say", hidden: true }, button("Knew it", () => say(true)), " ", button("Not yet", () => say(false)));
    const fold = copy.querySelector("details");
    fold.open = false;
    fold.addEventListener("toggle", () => (answers.hidden = !fold.open));
    const link = fold.lastElementChild; // to the card's place in the lesson
    link.remove();
    const from = element("p", { className: "review-from" }, `Lesson ${card.number}, ${title}: `, ...link.childNodes);
    const box = element("section", { className: "review-card", tabIndex: -1, ariaLabel: `A question from lesson ${card.number}` });
    box.append(from, copy, answers);
    room.append(box);
    window.fitToScreen?.(); // of pages.js, which looks by itself once the page is loaded
    if (hadFocus) box.focus();
  }

  function showGuesses() {
    const mine = typedGuesses.value;
    const parts = lessons.flatMap(({ number, title, page, guesses }) => {
      const lines = guesses.filter(([name]) => mine[page]?.[name]).map(([name, came]) => element("li", { textContent: `${name}: you guessed ${mine[page][name]}; it was ${came}.` }));
      return lines.length ? [element("p", { textContent: `Lesson ${number}, ${title}` }), element("ul", {}, ...lines)] : [];
    });
    guessed.replaceChildren(guessed.firstChild, ...parts);
    guessed.hidden = !parts.length;
  }

  // ---- The history as a file, and gone

  function save() {
    history.recall();
    shared.download("review.json", `${JSON.stringify(history.value, null, 1)}\n`, "application/json");
  }

  async function load(file) {
    const theirs = shared.parsed(await file.text());
    if (!isHistory(theirs)) {
      told.textContent = `${file.name} was not saved by this page or by course.review, so nothing was changed.`;
      return;
    }
    change((kept) => joined(kept, theirs));
    told.textContent = `${file.name} was added to what is kept here.`;
    (room.firstChild ?? status).focus(); // else the way on from the button leads to the answers below
  }

  let gone; // what was cleared, until the page is left
  function forget() {
    const back = gone;
    last = undo = undefined;
    change((kept) => {
      gone = back ? undefined : kept;
      return back ? joined(back, kept) : nothingYet();
    });
    forgetting.textContent = gone ? "Bring it back" : "Clear my progress";
    told.textContent = gone ? "Your progress is cleared. You can bring it back until you leave this page." : "Your progress is back.";
  }

  const file = element("input", { type: "file", accept: ".json", hidden: true });
  const forgetting = button("Clear my progress", forget);
  file.addEventListener("change", async () => {
    await load(file.files[0]);
    file.value = "";
  });

  for (const { number, title } of lessons) {
    document.getElementById(`read-${number}`)?.removeAttribute("id"); // where a page without scripts leads
    const box = element("input", { type: "checkbox", id: `read-${number}`, autocomplete: "off" });
    const words = element("span", { className: "review-days" });
    box.addEventListener("change", () => {
      last = undo = undefined;
      change(({ lessons: { [number]: _, ...others }, answers }) => ({ lessons: box.checked ? { ...others, [number]: local() } : others, answers }));
    });
    rows[number] = [box, words];
    list.append(element("div", {}, element("label", {}, box, ` ${number} ${title}`), " ", words));
  }
  place.replaceChildren(status, room, list, guessed);
  place.append(element("p", { className: "review-keep" }, button("Save my progress as a file", save), " ", button("Load a saved file", () => file.click()), " ", forgetting, file), told);

  show();
  // A lesson's end leads to its tick.
  const tick = rows[location.hash.match(/^#read-(\d\d)$/)?.[1]]?.[0];
  tick?.focus();
  history.watch(show); // perhaps on another day
  typedGuesses.watch(showGuesses);
  window.courseReview = { due }; // for the test that compares the rule with that of Python
})();
