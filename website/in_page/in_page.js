// Exercises answered in the page: an editor for each, its reply, and how far the reader is.
(() => {
  const { engine, size, memory, offline, pages, head, lessons } = window.inPage;
  const { element, isMap, Kept } = shared;
  const up = document.documentElement.dataset.content_root;
  const folder = `${up}_static/in_page/`;
  const STATES = { right: ["✓", "right"], tried: ["○", "tried"], open: ["·", "not tried yet"] };
  // Seconds after which the page ends a Python that has not answered: it ends itself after ten, where it can,
  // and each training of an examination after a minute.
  const PATIENCE = 30;
  const PATIENCE_FOR_SIX_TRAININGS = 600;
  const here = lessons.find(({ page }) => location.pathname.endsWith(`/${page}`));
  const scripts = [...engine.scripts, ...(here?.network?.scripts ?? [])];
  const megabytes = scripts.reduce((sum, [, bytes]) => sum + bytes, 0) / 1e6;

  // ---- What the browser keeps: {softmax: {code, state, kept, other}}, in which `state` is there once it was run, `kept` is
  // what was right, and `other` what another tab or a file had in the place of `code`.

  const isAnswers = (thing) => isMap(thing) && Object.values(thing).every(isMap);
  const answers = new Kept("digits-from-arrays-up", () => ({}), isAnswers);
  const answerTo = (name) => answers.value[name] ?? {};
  const notKept = () => (answers.isRefused ? " This browser keeps nothing for this page, so save your answers as a file before you leave." : "");
  const SET_ASIDE = `Something that this browser had kept of your answers could not be read. It was set aside, under the name ${answers.key}-damaged.`;

  const exercises = lessons.flatMap(({ page, statements }) => statements.filter(({ name, trains }) => name && !trains).map((exercise) => ({ ...exercise, page })));
  const allNames = [...exercises.map(({ name }) => name), "network"];
  const stateOf = (name) => answerTo(name).state ?? "open";
  const places = []; // of this page's exercises

  // ---- Python, which is started by the first run or the first key, and after each end

  let busy = false;
  let starting; // a promise, while Python starts and as long as it runs
  let share = 0; // of what it consists of that is loaded

  // It is in the browser's cache, or on the same disk as the page.
  const isAtHand = () => location.protocol === "file:" || Object.values(answers.value).some(({ state }) => state);

  function python() {
    if (!starting) {
      share = 0;
      const tell = (now) => {
        share = now;
        for (const place of places) place.tellLoading();
      };
      const begun = keepOffline().then(() => window.pythonEngine.start({ ...engine, scripts, folder }, tell));
      begun.catch(() => begun === starting && (starting = undefined));
      starting = begun;
    }
    return starting;
  }

  function end(reason = "stopped") {
    window.pythonEngine.stop(reason);
    starting = undefined;
  }

  // From a web server, what was loaded once is there for all pages, and all pages without a connection too.
  async function keepOffline() {
    if (!location.protocol.startsWith("http") || !navigator.serviceWorker) return;
    try {
      const taken = new Promise((go) => navigator.serviceWorker.addEventListener("controllerchange", go, { once: true }));
      await navigator.serviceWorker.register(`${up}offline.js`);
      // It may never be ready, where a browser blocks it without a word.
      const late = new Promise((go) => setTimeout(go, 3000));
      await Promise.race([navigator.serviceWorker.controller ?? taken, late]);
      const keep = offline.map((path) => new URL(up + path, location.href).href);
      const pieces = scripts.map(([name]) => name);
      navigator.serviceWorker.controller?.postMessage({ keep, pieces });
    } catch {} // a browser that forbids it loads everything again next time, and that is all
  }

  // What Python says is data, since an answer may have written it: of its HTML the plainest elements are
  // made again, without whatever they carry, and the rest is text.
  const PLAIN = ["P", "BR", "CODE", "STRONG", "EM", "PRE"];
  function plainly(node) {
    if (node.nodeType === Node.TEXT_NODE) return [node.data];
    const inside = [...node.childNodes].flatMap(plainly);
    return PLAIN.includes(node.nodeName) ? [element(node.nodeName, {}, ...inside)] : inside;
  }
  const shown = (html) => plainly(new DOMParser().parseFromString(html, "text/html").body);

  // ---- An editor, which is editor.mjs's

  // A reader who reaches an editor with Tab may be passing by: until another key is pressed, Tab moves on and indents nothing.
  let passing = false;
  window.addEventListener("keydown", ({ key }) => (passing = key === "Tab" || (passing && key === "Shift")), true);
  window.addEventListener("pointerdown", () => (passing = false), true);

  // The keys that a phone's keyboard hides, in one row that scrolls.
  function keys(box) {
    const row = element("div", { className: "in-page-keys", role: "toolbar", ariaLabel: "Keys" });
    const add = (label, said, act) => {
      const key = element("button", { type: "button", textContent: label, ariaLabel: said, tabIndex: -1 });
      key.addEventListener("pointerdown", (event) => event.preventDefault()); // the keyboard stays open
      key.addEventListener("click", act);
      row.append(key);
    };
    add("⇥", "indent", () => box.editor.type("    "));
    for (const pair of ["()", "[]"]) add(pair, `brackets ${pair[0]} ${pair[1]}`, () => box.editor.type(pair, 1));
    for (const character of "=-+*/@.,:_<>\"#") add(character, character, () => box.editor.type(character));
    add("←", "left", () => box.editor.move(-1));
    add("→", "right", () => box.editor.move(1));
    return row;
  }

  // ---- An exercise

  // What one sees of it. The network of lesson 13 has a place like an exercise's, and is examined in place of being checked.
  function partsOf({ name, isNetwork }) {
    const label = element("label", { id: `answer-label-${name}`, htmlFor: `answer-${name}` });
    const sign = element("span", { role: "img" });
    if (isNetwork) label.append("Your network ", sign);
    else label.append("Your answer, ", element("code", { textContent: `my_${name}` }), " ", sign);
    const help = element("span", {
      id: `answer-help-${name}`,
      className: "in-page-help",
      textContent: "Shift and Enter run it. While you type, Tab indents; Escape, then Tab, takes you on.",
    });
    const room = element("div", { className: "in-page-editor" });
    const run = element("button", { type: "button", className: "in-page-run" });
    const stop = element("button", { type: "button", textContent: "Stop", disabled: true });
    const over = element("button", { type: "button", textContent: "Start over" });
    const bar = element("progress", { max: 1, value: 0, hidden: true, ariaLabel: "Loading Python" });
    const status = element("span", { role: "status", className: "in-page-status" });
    const swap = element("button", { type: "button", textContent: "Show the other version" });
    const note = element("p", { className: "in-page-other", hidden: true }, "There is another version of this answer, from another tab or from before a file was loaded. ", swap);
    const reply = element("div", { className: "in-page-reply", ariaLive: "polite" });
    // What the reader wrote is printed in the place of the stub; an editor holds only the lines in sight.
    const paper = element("pre", { className: "in-page-paper" });
    const box = element("section", { className: "in-page", ariaLabel: isNetwork ? "Your network" : `Exercise my_${name}` });
    const buttons = element("div", { className: "in-page-buttons" }, run, stop, over, bar, status);
    // The editor keeps the focus: the keys would vanish, and the buttons move away under the finger.
    for (const press of ["pointerdown", "mousedown"]) buttons.addEventListener(press, (event) => event.preventDefault());
    box.append(label, help, room, keys(box), buttons, note, reply, paper);
    return { label, sign, help, room, run, stop, over, bar, status, swap, note, reply, paper, box };
  }

  // What stands above an exercise in its lesson, with the reader's own answers for the stubs.
  function above(statements, exercise) {
    const before = statements.slice(0, statements.findIndex(({ name }) => name === exercise));
    return before.map(({ name, stub, code }) => (name ? answerTo(name).code ?? stub : code));
  }

  class Place {
    constructor(statements, exercise, cell) {
      const { name, stub, isNetwork } = exercise;
      Object.assign(this, { statements, name, stub, isNetwork, cell, parts: partsOf(exercise) });
      this.verb = isNetwork ? "Examine" : "Run";
      this.patience = isNetwork ? PATIENCE_FOR_SIX_TRAININGS : PATIENCE;
      this.saved = answerTo(name).code ?? stub; // what this page last read from the browser, or wrote there
      this.isWriting = false; // while the page puts the text there
      this.waitsForPython = false;
      this.given = undefined; // what was there before it was started over

      const { label, help, room, run, stop, over, swap, box } = this.parts;
      const forCode = { autocapitalize: "off", autocomplete: "off", autocorrect: "off", spellcheck: "false" };
      const attributes = { ...forCode, id: label.htmlFor, "aria-labelledby": label.id, "aria-describedby": help.id };
      const onChange = () => this.change();
      const onRun = () => this.answer();
      this.editor = box.editor = window.courseEditor({ parent: room, text: this.saved, attributes, passing: () => passing, onChange, onRun });
      label.addEventListener("click", () => this.editor.focus());
      run.addEventListener("click", onRun);
      stop.addEventListener("click", () => end());
      over.addEventListener("click", () => this.startOver());
      swap.addEventListener("click", () => this.showOther());
      window.addEventListener("beforeprint", () => this.writeOnPaper());
      this.show();
      cell.before(box);
      cell.classList.add("in-page-replaced");
    }

    show() {
      const { run, sign, note } = this.parts;
      run.textContent = isAtHand() ? this.verb : `Load Python (${size}) and ${this.verb.toLowerCase()}`;
      const state = stateOf(this.name);
      const [character, words] = STATES[state];
      const { kept, other } = answerTo(this.name);
      note.hidden = other === undefined || other === this.editor.text;
      const isChanged = state === "right" && kept && kept.trim() !== this.editor.text.trim();
      sign.hidden = state === "open";
      if (isChanged) Object.assign(sign, { textContent: "changed since it was right", role: null, ariaLabel: null, title: "" });
      else Object.assign(sign, { textContent: character, role: "img", ariaLabel: words, title: words });
    }

    // What the page itself writes into the editor is no change of the reader's.
    write(text) {
      this.isWriting = true;
      this.editor.text = text;
      this.isWriting = false;
    }

    put(text) {
      this.write(text);
      this.saved = text;
    }

    // Keeps what is in the editor. Another tab may have changed the answer after this one had read it: neither version is lost.
    keep(changes) {
      const { name, stub, saved } = this;
      const mine = this.editor.text;
      answers.change((all) => {
        const theirs = all[name]?.code ?? stub;
        const answer = { ...all[name], ...changes };
        if (theirs !== saved && theirs !== mine) answer.other = theirs;
        if (mine === stub) delete answer.code; // a later version of the lesson may ask otherwise
        else answer.code = mine;
        return { ...all, [name]: answer };
      });
      this.saved = mine;
      if (answers.isRefused) this.parts.status.textContent = notKept();
      if (changes.state) tellProgress();
      this.show();
    }

    showOther() {
      const { other } = answerTo(this.name);
      const mine = this.editor.text;
      this.write(other);
      this.keep({ other: mine });
    }

    // Takes over what another tab has written, unless the reader is typing here.
    renew() {
      const theirs = answerTo(this.name).code ?? this.stub;
      const isTyping = this.editor.focused && document.hasFocus();
      if (theirs !== this.saved && this.editor.text === this.saved && !isTyping) this.put(theirs);
      this.show();
    }

    change() {
      if (this.isWriting) return;
      this.parts.over.textContent = "Start over";
      this.keep({});
      if (isAtHand()) python().catch(() => {}); // it starts while the reader types
    }

    startOver() {
      const { over, reply } = this.parts;
      const back = over.textContent !== "Start over";
      const text = back ? this.given : this.stub;
      this.given = this.editor.text;
      this.write(text);
      this.keep({});
      this.editor.focus();
      reply.replaceChildren();
      over.textContent = back ? "Start over" : "Bring it back";
    }

    writeOnPaper() {
      const isAnswered = this.editor.text.trim() !== this.stub.trim();
      this.parts.paper.textContent = isAnswered ? this.editor.text : "";
      this.parts.box.classList.toggle("in-page-answered", isAnswered);
      this.cell.classList.toggle("in-page-replaced-on-paper", isAnswered);
    }

    // The bar, and the button that was pressed, tell how much is loaded; how far Python has started nobody
    // can tell, so that the bar only moves.
    tellLoading() {
      if (!this.waitsForPython) return;
      const { run, bar, status } = this.parts;
      const isLoaded = share === 1;
      bar.hidden = false;
      run.textContent = isLoaded ? this.verb : `Loaded: ${Math.round(share * megabytes)} of ${Math.round(megabytes)} MB`;
      if (isLoaded) bar.removeAttribute("value");
      else bar.value = share;
      status.textContent = isLoaded ? "Starting Python, which takes ten seconds or more" : "Loading Python";
    }

    async answer() {
      if (busy) return;
      busy = true;
      const { stop, bar, status } = this.parts;
      this.keep({});
      stop.disabled = false;
      for (const each of places) each.parts.run.disabled = true;
      this.waitsForPython = true;
      const started = python();
      this.tellLoading();
      status.scrollIntoView({ block: "nearest" });
      const asked = this.editor.text;
      let said;
      let timer;
      try {
        await started;
        this.waitsForPython = false;
        bar.hidden = true;
        status.textContent = this.isNetwork ? "Training it six times, which takes a minute or two" : "Running";
        timer = setTimeout(() => end("late"), this.patience * 1000);
        said = JSON.parse(await window.pythonEngine.run(`print(bridge.${this.question(asked)})`));
      } catch (error) {
        said = { kind: "stopped", html: "", printed: this.whyItEnded(error.message) };
      }
      clearTimeout(timer);
      this.waitsForPython = busy = false;
      bar.hidden = true;
      stop.disabled = true;
      for (const each of places) each.parts.run.disabled = false;
      this.tell(said);
    }

    // The call of bridge.py that checks or examines what was typed.
    question(asked) {
      if (this.isNetwork) return `examine(${JSON.stringify(asked)})`;
      const mine = exercises.filter(({ name }) => name !== this.name).map(({ name }) => answerTo(name).kept).filter(Boolean);
      return `reply(${[this.name, above(this.statements, this.name), asked, mine].map((each) => JSON.stringify(each)).join(", ")})`;
    }

    whyItEnded(message) {
      if (message === "stopped") return "Stopped.";
      if (message === "late") return `After ${this.patience} seconds without an answer the page stopped Python. It starts anew with the next run.`;
      end();
      return `Python has ended, and starts anew with the next run: ${message.trim().split("\n").at(-1)}`;
    }

    tell({ kind, html, printed, kept }) {
      const { reply, status } = this.parts;
      reply.replaceChildren(...shown(html));
      reply.dataset.kind = kind;
      if (printed) reply.prepend(element("pre", { textContent: printed }));
      const was = stateOf(this.name);
      const state = kind === "right" || was === "right" ? "right" : kind === "not attempted" ? was : "tried";
      if (html) this.keep({ state, ...(kind === "right" ? { kept, other: undefined } : {}) }); // else nothing was checked
      const became = { stopped: "Stopped", right: "Right", report: "Answered", "not attempted": "Not attempted" };
      status.textContent = `${became[kind] ?? "Not yet"}.${notKept()}`;
      for (const each of places) each.show();
      // If the reader has read on meanwhile, the page stays where it is.
      const { top } = status.getBoundingClientRect();
      if (top > 0 && top < innerHeight) reply.scrollIntoView({ block: "nearest" });
    }
  }

  // ---- How far the reader is, and the answers as a file

  let tellProgress = () => {};

  // The right answers, as Jupyter's mine.py holds them, and below them what was typed besides, in comments.
  const UNFINISHED = "# Below stands what was not right when this was saved. Jupyter does not use it; the page reads it again.";
  const asComment = (code) => code.trimEnd().split("\n").map((line) => `#| ${line}`.trimEnd()).join("\n");

  function takeAway() {
    answers.recall();
    const right = allNames.map((name) => answerTo(name).kept).filter(Boolean);
    const isUnfinished = ({ code, kept }) => code && code.trim() !== kept?.trim();
    const unfinished = allNames.filter((name) => isUnfinished(answerTo(name))).map((name) => `# --- ${name}\n${asComment(answerTo(name).code)}`);
    const parts = [head, ...right, ...(unfinished.length ? [UNFINISHED, ...unfinished] : [])];
    shared.download("mine.py", `${parts.map((part) => part.trimEnd()).join("\n\n\n")}\n`, "text/x-python");
  }

  // A function of a file: its first line, and all up to one that begins with a letter or a decorator.
  const FUNCTION = /^def my_(\w+)\(.*(?:\r?\n(?![A-Za-z_@]|# ---|# Below).*)*/gm;
  const COMMENTED = /^# --- (\w+)\r?\n((?:#\|.*(?:\r?\n|$))+)/gm;

  // An answer of a file comes into its editor, and what was typed there stays as the other version.
  async function bringBack(file) {
    const text = await file.text();
    const found = {};
    for (const [code, name] of text.matchAll(FUNCTION)) found[name] = code;
    for (const [, name, code] of text.matchAll(COMMENTED)) found[name] = code.replace(/^#\| ?/gm, "");
    const names = allNames.filter((name) => name in found);
    answers.change((all) => {
      const loaded = names.map((name) => {
        const answer = { state: "tried", ...all[name], code: `${found[name].trimEnd()}\n` };
        if (all[name]?.code && all[name].code !== answer.code) answer.other = all[name].code;
        return [name, answer];
      });
      return { ...all, ...Object.fromEntries(loaded) };
    });
    for (const place of places) if (names.includes(place.name)) place.put(answerTo(place.name).code);
    renew();
    return names.length;
  }

  function progress() {
    const box = element("details", { id: "answers", className: "in-page-progress" });
    const summary = element("summary");
    const list = element("div");
    const status = element("p", { role: "status" });
    const file = element("input", { type: "file", accept: ".py", hidden: true });
    const away = element("button", { type: "button", textContent: "Save them as mine.py", onclick: takeAway });
    const back = element("button", { type: "button", textContent: "Load a mine.py", onclick: () => file.click() });
    const key = Object.values(STATES).map((state) => state.join(" ")).join(", ");
    const words = [
      `${key}. Your answers are kept in this browser and nowhere else. Save them as mine.py beside the notebooks, and Jupyter uses the right ones too; the others stand in it as comments, and come back when you load the file here.`,
      `Python runs in the page, not on a server: loading it takes ${size} once, and running it up to ${memory} of memory. It has NumPy and no other package. Two things differ from Jupyter: whole numbers have 32 bits by default, and NumPy warns of no overflow, so that "unstable" is decided by the value alone. What comes from a web server is kept, with all other pages (${pages}), for when there is no connection.`,
    ];
    file.addEventListener("change", async () => {
      const count = await bringBack(file.files[0]);
      status.textContent = `${count} ${count === 1 ? "answer was" : "answers were"} loaded; run them to have them checked.`;
      file.value = "";
    });
    box.append(summary);
    const inside = [list, ...words.map((textContent) => element("p", { textContent })), element("p", { className: "in-page-buttons" }, away, back, file), status];
    // A page holds what is folded only once it is opened.
    box.addEventListener("toggle", () => box.append(...inside), { once: true });
    tellProgress = () => {
      const right = exercises.filter(({ name }) => stateOf(name) === "right").length;
      summary.textContent = `Your answers so far: ${right} of ${exercises.length} right`;
      list.replaceChildren(
        ...lessons.map(({ number, page }) => {
          const row = element("p", {}, element("strong", { textContent: `${number} ` }));
          for (const { name } of exercises.filter((exercise) => exercise.page === page)) {
            const state = stateOf(name);
            const [sign, words] = STATES[state];
            const link = element("a", { href: `${up}${page}#answer-${name}`, textContent: name, ariaLabel: `${name}, ${words}` });
            row.append(element("span", { className: "in-page-state" }, element("span", { textContent: sign, ariaHidden: "true" }), " ", link), " ");
          }
          return row;
        }),
      );
    };
    tellProgress();
    return box;
  }

  // ---- The page

  // Where a phone's keyboard opens, the page ends above it, and so do the keys below an editor.
  document.querySelector("meta[name=viewport]").content += ", interactive-widget=resizes-content";

  const note = (textContent) => element("p", { className: "in-page-note", textContent });
  const cells = [...document.querySelectorAll("div.cell")];
  const cellThatDefines = (name) => cells.find((each) => each.querySelector("pre")?.textContent.includes(`def ${name}(`));
  for (const exercise of here?.statements ?? []) {
    if (!exercise.name) continue;
    const cell = cellThatDefines(`my_${exercise.name}`);
    if (cell && exercise.trains) cell.before(note("This one trains a network on the digits, which the page does not carry, so it needs Jupyter."));
    else if (cell) places.push(new Place(here.statements, exercise, cell));
  }
  if (here?.network) {
    const cell = cellThatDefines("my_train");
    places.push(new Place([], { name: "network", stub: here.network.stub, isNetwork: true }, cell));
    cell.after(note("Here your network learns 3,000 images and is asked about 2,000 digits by strangers. The three landmarks below, and the figure, need Jupyter."));
  }
  document.querySelector("article")?.append(progress());
  const told = element("p", { className: "in-page-set-aside", role: "status" });
  places[0]?.parts.box.before(told);
  function renew() {
    if (answers.wasDamaged) told.textContent = SET_ASIDE;
    tellProgress();
    for (const place of places) place.renew();
  }
  answers.watch(renew);
  renew();
  // A link to an editor leads to its exercise's heading.
  function lead() {
    if (location.hash.startsWith("#answer-")) document.getElementById(location.hash.slice(1))?.closest("section[id]").scrollIntoView();
  }
  window.addEventListener("hashchange", lead);
  setTimeout(lead); // after the browser's own leap to it
})();
