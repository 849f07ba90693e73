// Exercises answered in the page: an editor for each, its reply, and how far the reader is.
(() => {
  const { engine, size, memory, wholeSize, head, lessons } = window.inPage;
  const up = document.documentElement.dataset.content_root;
  const folder = `${up}_static/in_page/`;
  const STATES = { right: ["✓", "right"], tried: ["○", "tried"], open: ["·", "not tried yet"] };
  // Seconds after which the page ends a Python that has not answered: it ends itself after ten, where it can.
  const PATIENCE = 30;

  function element(tag, properties = {}, ...inside) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...inside);
    return made;
  }

  // ---- What the browser keeps: {softmax: {code, state, kept}}, in which `state` is there once it was run

  const KEY = "digits-from-arrays-up";
  const CANNOT_KEEP = " This browser keeps nothing for this page, so take your answers away as a file before you leave.";
  let answers = {};
  let notKept = "";
  function remember() {
    try {
      localStorage.setItem(KEY, JSON.stringify(answers));
      notKept = "";
    } catch {
      notKept = CANNOT_KEEP; // forbidden, or full
    }
  }
  function recall() {
    if (notKept) return; // what this page knows is more than what the browser has
    try {
      answers = JSON.parse(localStorage.getItem(KEY)) ?? answers;
    } catch {} // then what this page knows is all there is
  }
  recall();

  const tasks = lessons.flatMap(({ page, items }) => items.filter((item) => item.name && !item.trains).map((item) => ({ ...item, page })));
  const stateOf = (name) => answers[name]?.state ?? "open";
  const boxes = () => [...document.querySelectorAll(".in-page")];

  // ---- Python, which is started by the first run and after each end

  let busy = false;
  let starting; // a promise, while Python starts and as long as it runs

  function python(tell) {
    if (!starting) {
      const begun = keepOffline().then(() => window.pythonEngine.start({ ...engine, folder }, tell));
      begun.catch(() => begun === starting && (starting = undefined));
      starting = begun;
    }
    return starting;
  }

  function end(reason = "stopped") {
    window.pythonEngine.stop(reason);
    starting = undefined;
  }

  // From a web server, what was loaded once is there for all pages, and without a connection too.
  async function keepOffline() {
    if (!location.protocol.startsWith("http") || !navigator.serviceWorker) return;
    try {
      const taken = new Promise((go) => navigator.serviceWorker.addEventListener("controllerchange", go, { once: true }));
      await navigator.serviceWorker.register(`${up}offline.js`);
      // It may never be ready, where a browser blocks it without a word.
      const late = new Promise((go) => setTimeout(go, 3000));
      await Promise.race([navigator.serviceWorker.controller ?? taken, late]);
      const onPage = performance.getEntriesByType("resource").map(({ name }) => name);
      const pieces = [engine, ...lessons.map(({ whole }) => whole ?? { scripts: [] })].flatMap(({ scripts }) => scripts.map(([name]) => name));
      navigator.serviceWorker.controller?.postMessage({ keep: [location.href, ...onPage], pieces });
    } catch {} // a browser that forbids it loads everything again next time, and that is all
  }

  // ---- An editor: a text area, and CodeMirror in its place as soon as that is loaded

  const TAB = "    ";

  // A reader who reaches an editor with Tab may be passing by: until another key is pressed, Tab moves on and indents nothing.
  let passing = false;
  window.addEventListener("keydown", ({ key }) => (passing = key === "Tab" || (passing && key === "Shift")), true);
  window.addEventListener("pointerdown", () => (passing = false), true);

  function plainEditor(area, onChange, onRun) {
    const type = (text, back = 0) => {
      area.focus();
      // Typed like this, it can be undone.
      if (!document.execCommand("insertText", false, text)) {
        area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
        onChange();
      }
      const place = area.selectionStart - back;
      area.setSelectionRange(place, place);
    };
    area.addEventListener("input", onChange);
    area.addEventListener("focus", () => passing && (area.dataset.leaves = "yes"));
    area.addEventListener("keydown", (event) => {
      if (event.key === "Escape") area.dataset.leaves = "yes";
      else if (event.key === "Enter" && (event.ctrlKey || event.metaKey || event.shiftKey)) {
        event.preventDefault();
        onRun();
      } else if (event.key === "Tab" && !event.shiftKey && !area.dataset.leaves) {
        event.preventDefault();
        type(TAB);
      } else if (event.key !== "Tab") delete area.dataset.leaves;
    });
    return {
      get text() {
        return area.value;
      },
      set text(text) {
        area.value = text;
        onChange();
      },
      type,
      move: (by) => area.setSelectionRange(...Array(2).fill(Math.max(0, area.selectionStart + by))),
      select: (from, to) => area.setSelectionRange(from, to),
      focus: () => area.focus(),
      get focused() {
        return document.activeElement === area;
      },
    };
  }

  let loading;
  function loadEditor() {
    loading ??= new Promise((onload, onerror) => {
      document.head.append(element("script", { src: `${folder}editor.js`, onload, onerror }));
    });
    return loading;
  }
  const inSight = new IntersectionObserver(
    (entries) => entries.filter((entry) => entry.isIntersecting).forEach(({ target }) => {
      inSight.unobserve(target);
      loadEditor().then(() => target.upgrade(), () => {}); // else the text area stays
    }),
    { rootMargin: "800px" },
  );

  // The keys that a phone's keyboard hides, in one row that scrolls.
  function keys(box) {
    const row = element("div", { className: "in-page-keys", role: "toolbar", ariaLabel: "Keys" });
    const add = (label, said, act) => {
      const key = element("button", { type: "button", textContent: label, ariaLabel: said, tabIndex: -1 });
      key.addEventListener("pointerdown", (event) => event.preventDefault()); // the keyboard stays open
      key.addEventListener("click", act);
      row.append(key);
    };
    add("⇥", "indent", () => box.editor.type(TAB));
    for (const pair of ["()", "[]"]) add(pair, `brackets ${pair[0]} ${pair[1]}`, () => box.editor.type(pair, 1));
    for (const character of "=-+*/@.,:_<>\"#") add(character, character, () => box.editor.type(character));
    add("←", "left", () => box.editor.move(-1));
    add("→", "right", () => box.editor.move(1));
    return row;
  }

  // ---- An exercise

  // What stands above an exercise in its lesson, with the reader's own answers for the stubs.
  function above(items, name) {
    const before = items.slice(0, items.findIndex((item) => item.name === name));
    return before.map((item) => (item.name ? answers[item.name]?.code ?? item.stub : item.code));
  }

  function place(items, { name, stub }, cell) {
    const area = element("textarea", { id: `answer-${name}`, value: answers[name]?.code ?? stub, spellcheck: false, rows: stub.split("\n").length });
    const forCode = { autocapitalize: "off", autocomplete: "off", autocorrect: "off", spellcheck: "false" };
    for (const [attribute, value] of Object.entries(forCode)) area.setAttribute(attribute, value);
    const label = element("label", { id: `answer-label-${name}`, htmlFor: area.id });
    const sign = element("span", { role: "img" });
    label.append("Your answer, ", element("code", { textContent: `my_${name}` }), " ", sign);
    const help = element("span", {
      id: `answer-help-${name}`,
      className: "in-page-help",
      textContent: "Shift and Enter run it. While you type, Tab indents; Escape, then Tab, takes you on.",
    });
    area.setAttribute("aria-describedby", help.id);
    const room = element("div", { className: "in-page-editor" }, area);
    const run = element("button", { type: "button", className: "in-page-run" });
    const stop = element("button", { type: "button", textContent: "Stop", disabled: true });
    const over = element("button", { type: "button", textContent: "Start over" });
    const anew = element("button", { type: "button", textContent: "Start Python anew" });
    const bar = element("progress", { max: 1, value: 0, hidden: true, ariaLabel: "Loading Python" });
    const status = element("span", { role: "status", className: "in-page-status" });
    const note = element("p", { className: "in-page-other", hidden: true });
    const reply = element("div", { className: "in-page-reply", ariaLive: "polite" });
    const box = element("section", { className: "in-page", ariaLabel: `Exercise my_${name}` });
    const buttons = element("div", { className: "in-page-buttons" }, run, stop, over, anew, bar, status);
    box.append(label, help, room, keys(box), buttons, note, reply);
    // The editor keeps the focus: the keys would vanish, and the buttons move away under the finger.
    for (const press of ["pointerdown", "mousedown"]) buttons.addEventListener(press, (event) => event.preventDefault());

    let saved = area.value; // what this page last read from the browser, or wrote there
    let set = false; // while the text is put there by the page

    const show = () => {
      const first = !Object.values(answers).some(({ state }) => state); // else it is in the browser's cache
      run.textContent = first ? `Load Python (${size}) and run` : "Run";
      const state = stateOf(name);
      const [character, words] = STATES[state];
      const other = state === "right" && answers[name]?.kept && answers[name].kept.trim() !== box.editor.text.trim();
      const said = other ? "right, and kept: an earlier version of this" : words;
      Object.assign(sign, { hidden: state === "open", textContent: character, ariaLabel: said, title: said });
    };
    const put = (text) => {
      set = true;
      box.editor.text = text;
      set = false;
      saved = text;
    };
    const keep = (changes) => {
      recall(); // another tab may have kept something since
      const theirs = answers[name]?.code ?? stub;
      const mine = box.editor.text;
      if (theirs !== saved && theirs !== mine) offer(theirs);
      answers[name] = { ...answers[name], ...changes };
      if (mine === stub) delete answers[name].code; // a later version of the lesson may ask otherwise
      else answers[name].code = mine;
      remember();
      saved = mine;
      if (notKept) status.textContent = notKept;
      tellProgress();
    };
    // Another tab changed the answer after this one had read it: neither version is lost.
    const offer = (theirs) => {
      const swap = element("button", { type: "button", textContent: "Show the other version" });
      swap.addEventListener("click", () => {
        const mine = box.editor.text;
        put(theirs);
        keep({});
        theirs = mine;
      });
      note.replaceChildren("This answer was changed in another tab as well. ", swap);
      note.hidden = false;
    };
    const onChange = () => {
      if (set) return;
      over.textContent = "Start over";
      keep({});
    };

    async function answer() {
      if (busy) return;
      busy = true;
      keep({});
      stop.disabled = false;
      for (const each of document.querySelectorAll(".in-page-run")) each.disabled = true;
      bar.hidden = Boolean(starting);
      status.textContent = starting ? "Running" : "Loading Python";
      status.scrollIntoView({ block: "nearest" });
      const asked = box.editor.text;
      let said;
      let timer;
      try {
        await python((share) => {
          bar.value = share;
          if (share === 1) status.textContent = "Starting Python";
        });
        bar.hidden = true;
        status.textContent = "Running";
        timer = setTimeout(() => end("late"), PATIENCE * 1000);
        const mine = tasks.filter((task) => task.name !== name).map((task) => answers[task.name]?.kept).filter(Boolean);
        const call = [name, above(items, name), asked, mine].map((each) => JSON.stringify(each)).join(", ");
        said = JSON.parse(await window.pythonEngine.run(`print(bridge.reply(${call}))`));
      } catch (error) {
        said = { kind: "stopped", html: "", printed: whyItEnded(error.message) };
      }
      clearTimeout(timer);
      busy = false;
      bar.hidden = true;
      stop.disabled = true;
      for (const each of document.querySelectorAll(".in-page-run")) each.disabled = false;
      reply.innerHTML = said.html;
      if (said.printed) reply.prepend(element("pre", { textContent: said.printed }));
      const was = stateOf(name);
      const state = said.kind === "right" || was === "right" ? "right" : said.kind === "not attempted" ? was : "tried";
      if (said.html) keep({ state, ...(said.kind === "right" ? { kept: said.kept } : {}) }); // else nothing was checked
      status.textContent = `${said.kind === "stopped" ? "Stopped" : "Done"}.${notKept}`;
      boxes().forEach((each) => each.show());
      // If the reader has read on meanwhile, the page stays where it is.
      const { top } = status.getBoundingClientRect();
      if (top > 0 && top < innerHeight) reply.scrollIntoView({ block: "nearest" });
    }

    function whyItEnded(message) {
      if (message === "stopped") return "Stopped.";
      if (message === "late") return `After ${PATIENCE} seconds without an answer the page stopped Python. It starts anew with the next run.`;
      end();
      return `Python has ended, and starts anew with the next run: ${message.trim().split("\n").at(-1)}`;
    }

    box.editor = plainEditor(area, onChange, answer);
    box.show = show;
    box.put = put;
    // Takes over what another tab has written, unless the reader is typing here.
    box.renew = () => {
      const theirs = answers[name]?.code ?? stub;
      if (theirs !== saved && box.editor.text === saved && !(box.editor.focused && document.hasFocus())) put(theirs);
      show();
    };
    box.upgrade = () => {
      const { focused, text } = box.editor;
      const [from, to] = [area.selectionStart, area.selectionEnd];
      const attributes = { ...forCode, id: area.id, "aria-labelledby": label.id, "aria-describedby": help.id };
      area.remove();
      box.editor = window.courseEditor({ parent: room, text, attributes, passing: () => passing, onChange, onRun: answer });
      label.addEventListener("click", () => box.editor.focus());
      box.editor.select(from, to);
      if (focused) box.editor.focus();
    };
    show();
    run.addEventListener("click", answer);
    stop.addEventListener("click", () => end());
    anew.addEventListener("click", () => {
      end();
      status.textContent = "The next run starts a new Python.";
    });
    let given; // what was there before it was started over
    over.addEventListener("click", () => {
      const back = over.textContent !== "Start over";
      const text = back ? given : stub;
      given = box.editor.text;
      put(text);
      keep({});
      box.editor.focus();
      reply.replaceChildren();
      over.textContent = back ? "Start over" : "Bring it back";
    });
    cell.before(box);
    cell.classList.add("in-page-replaced");
    inSight.observe(box);
  }

  // ---- The lesson as a whole, run here and compared with what is printed in the page

  function certificate({ number, whole }) {
    const run = element("button", { type: "button", className: "in-page-run", textContent: `Run this lesson here and compare (${wholeSize})` });
    const stop = element("button", { type: "button", textContent: "Stop", disabled: true, onclick: () => end() });
    const bar = element("progress", { max: 1, value: 0, hidden: true, ariaLabel: "Running the lesson" });
    const status = element("span", { role: "status", className: "in-page-status" });
    const result = element("div", { className: "in-page-reply", ariaLive: "polite" });
    const said = `All cells of this lesson, in order, and what each prints compared with what is printed here: that takes about ${whole.takes}. Figures are left out: the page has no matplotlib. Where NumPy's own choice of a type is printed, 32 stands for 64.`;

    async function compare() {
      let equal = 0;
      let outputs = 0;
      let first;
      const all = { ...engine, scripts: [...engine.scripts, ...whole.scripts], folder };
      await keepOffline();
      await window.pythonEngine.start(all, (share) => (bar.value = share));
      const cells = Number(await window.pythonEngine.run(`import lesson_runner; print(lesson_runner.begin("${number}"))`));
      for (let i = 0; i < cells; i++) {
        status.textContent = `Cell ${i + 1} of ${cells}`;
        bar.value = i / cells;
        const cell = JSON.parse(await window.pythonEngine.run(`print(lesson_runner.step(${i}))`));
        if (cell.equal === null) continue;
        outputs += 1;
        if (cell.equal) equal += 1;
        else first ??= { ...cell, place: i + 1 };
      }
      result.append(element("p", { textContent: `${equal} of ${outputs} printed outputs are equal, and ${whole.figures} figures were left out.` }));
      if (!first) return;
      result.append(element("p", { textContent: `The first that differs is that of code cell ${first.place}. The lesson prints` }), element("pre", { textContent: first.stored }));
      result.append(element("p", { textContent: "and this page" }), element("pre", { textContent: first.here }));
    }

    run.addEventListener("click", async () => {
      if (busy) return;
      busy = true;
      end(); // the Python of the exercises has no digits
      result.replaceChildren();
      stop.disabled = bar.hidden = false;
      for (const each of document.querySelectorAll(".in-page-run")) each.disabled = true;
      status.textContent = "Loading Python and the digits";
      try {
        await compare();
        status.textContent = "Done.";
      } catch (error) {
        status.textContent = error.message === "stopped" ? "Stopped." : `Python has ended: ${error.message.trim().split("\n").at(-1)}`;
      }
      end(); // and its memory is given back
      busy = false;
      stop.disabled = bar.hidden = true;
      for (const each of document.querySelectorAll(".in-page-run")) each.disabled = false;
    });
    return [element("p", { textContent: said }), element("p", { className: "in-page-buttons" }, run, stop, bar, status), result];
  }

  // ---- How far the reader is, and the answers as a file

  let tellProgress = () => {};

  function takeAway() {
    recall();
    const kept = tasks.map(({ name }) => answers[name]?.kept).filter(Boolean);
    const text = [head.trimEnd(), ...kept.map((source) => source.trimEnd())].join("\n\n\n") + "\n";
    const address = URL.createObjectURL(new Blob([text], { type: "text/x-python" }));
    element("a", { href: address, download: "mine.py" }).click();
  }

  // The functions of a file by their names: a first line, and all that stands indented below it.
  function functionsIn(text) {
    const found = {};
    let name;
    for (const line of text.split(/\r?\n/)) {
      const begins = line.match(/^def (my_)?(\w+)(\(.*)/);
      if (begins) {
        // Of softmax and my_softmax the second counts: the first may be a helper.
        name = begins[1] || !(begins[2] in found) ? begins[2] : undefined;
        if (name) found[name] = `def my_${name}${begins[3]}\n`;
      } else if (!/^([ \t)]|$)/.test(line)) name = undefined;
      else if (name) found[name] += `${line}\n`;
    }
    return found;
  }

  async function bringBack(file) {
    const found = functionsIn(await file.text());
    const known = tasks.filter(({ name }) => name in found);
    recall();
    for (const { name } of known) {
      const code = `${found[name].trimEnd()}\n`;
      answers[name] = { ...answers[name], code, state: stateOf(name) === "open" ? "tried" : stateOf(name) };
      document.getElementById(`answer-${name}`)?.closest(".in-page").put(code);
    }
    remember();
    tellProgress();
    return known.length;
  }

  function progress() {
    const box = element("details", { id: "answers", className: "in-page-progress" });
    const summary = element("summary");
    const list = element("div");
    const status = element("p", { role: "status" });
    const file = element("input", { type: "file", accept: ".py", hidden: true });
    const away = element("button", { type: "button", textContent: "Save the right ones as mine.py", onclick: takeAway });
    const back = element("button", { type: "button", textContent: "Load a mine.py", onclick: () => file.click() });
    const key = Object.values(STATES).map((state) => state.join(" ")).join(", ");
    const words = [
      `${key}. Your answers are kept in this browser and nowhere else. Save them as mine.py beside the notebooks, and Jupyter uses them too.`,
      `Python runs in the page, not on a server: loading it takes ${size} once, and running it about ${memory} of memory. It has NumPy and no other package, and its default integers have 32 bits, not 64.`,
    ];
    file.addEventListener("change", async () => {
      const count = await bringBack(file.files[0]);
      status.textContent = `${count} ${count === 1 ? "answer was" : "answers were"} loaded; run them to have them checked.`;
      file.value = "";
    });
    box.append(summary);
    const open = lessons.find(({ page, whole }) => whole && location.pathname.endsWith(`/${page}`));
    const inside = [list, ...words.map((textContent) => element("p", { textContent })), element("p", { className: "in-page-buttons" }, away, back, file), status];
    // A page holds what is folded only once it is opened.
    box.addEventListener("toggle", () => box.append(...inside, ...(open ? certificate(open) : [])), { once: true });
    tellProgress = () => {
      const right = tasks.filter(({ name }) => stateOf(name) === "right").length;
      summary.textContent = `Your answers so far: ${right} of ${tasks.length} right`;
      list.replaceChildren(
        ...lessons.map(({ number, page }) => {
          const row = element("p", {}, element("strong", { textContent: `${number} ` }));
          for (const { name } of tasks.filter((task) => task.page === page)) {
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

  const cells = [...document.querySelectorAll("div.cell")];
  for (const { page, items } of lessons) {
    if (!location.pathname.endsWith(`/${page}`)) continue;
    for (const item of items) {
      if (!item.name) continue;
      const cell = cells.find((each) => each.querySelector("pre")?.textContent.includes(`def my_${item.name}(`));
      if (cell && item.trains) cell.after(element("p", { className: "in-page-note", textContent: "This one trains a network on the digits, which the page does not carry, so it needs Jupyter." }));
      else if (cell) place(items, item, cell);
    }
  }
  document.querySelector("article")?.append(progress());
  function renew() {
    recall();
    tellProgress();
    boxes().forEach((box) => box.renew());
  }
  window.addEventListener("storage", (event) => event.key === KEY && renew());
  window.addEventListener("pageshow", renew); // a page that comes back from the browser's memory
  document.addEventListener("visibilitychange", () => document.hidden || renew());
  // A link to an editor leads to its exercise's heading.
  function lead() {
    if (location.hash.startsWith("#answer-")) document.getElementById(location.hash.slice(1))?.closest("section[id]").scrollIntoView();
  }
  window.addEventListener("hashchange", lead);
  setTimeout(lead); // after the browser's own leap to it
})();
