// Exercises answered in the page: an editor for each, its reply, and how far the reader is.
(() => {
  const { engine, size, wholeSize, head, lessons } = window.exercisesHere;
  const up = document.currentScript.dataset.up;
  const SIGNS = { right: "✓", tried: "○", open: "·" };

  function element(tag, properties = {}, ...inside) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...inside);
    return made;
  }

  // ---- What the browser keeps: {softmax: {code, state, kept}}, in which `state` is there once it was run

  const KEY = "digits-from-arrays-up";
  let answers = {};
  function remember() {
    try {
      localStorage.setItem(KEY, JSON.stringify(answers));
    } catch {
      notKept = " This browser keeps nothing: take your answers away before you leave.";
    }
  }
  function recall() {
    try {
      answers = JSON.parse(localStorage.getItem(KEY)) ?? answers;
    } catch {} // then what this page knows is all there is
  }
  let notKept = "";
  recall();

  const tasks = lessons.flatMap(({ page, items }) => items.filter((item) => item.name && !item.trains).map((item) => ({ ...item, page })));
  const stateOf = (name) => answers[name]?.state ?? "open";

  // ---- Python, which is started by the first run and after each stop

  let busy = false;
  let starting; // a promise, while Python starts and as long as it runs

  function python(tell) {
    if (!starting) {
      const begun = window.pythonEngine.start({ ...engine, folder: `${up}_static/here/` }, tell);
      begun.catch(() => begun === starting && (starting = undefined));
      starting = begun;
    }
    return starting;
  }

  function end() {
    window.pythonEngine.stop();
    starting = undefined;
  }

  // ---- An editor

  const TAB = "    ";

  function type(editor, text) {
    editor.focus();
    // Typed like this, it can be undone.
    if (!document.execCommand("insertText", false, text)) {
      editor.setRangeText(text, editor.selectionStart, editor.selectionEnd, "end");
      editor.dispatchEvent(new Event("input"));
    }
  }

  function lineOf(editor) {
    const before = editor.value.slice(0, editor.selectionStart);
    return before.slice(before.lastIndexOf("\n") + 1);
  }

  function remove(editor, count) {
    editor.setSelectionRange(editor.selectionStart - count, editor.selectionEnd);
    if (!document.execCommand("delete")) type(editor, "");
  }

  function outdent(editor) {
    const spaces = lineOf(editor).match(/ *$/)[0].length;
    if (spaces) remove(editor, ((spaces - 1) % TAB.length) + 1);
  }

  function onKey(event, run) {
    const editor = event.target;
    const chosen = editor.selectionStart !== editor.selectionEnd;
    const line = lineOf(editor);
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey || event.shiftKey)) run();
    else if (event.key === "Escape") editor.dataset.leaves = "yes";
    else if (event.key === "Tab" && !editor.dataset.leaves && event.shiftKey) outdent(editor);
    else if (event.key === "Tab" && !editor.dataset.leaves) type(editor, TAB.slice(line.length % TAB.length));
    else if (event.key === "Enter") type(editor, `\n${line.match(/^ */)[0]}${/:\s*$/.test(line) ? TAB : ""}`);
    else if (event.key === "Backspace" && !chosen && /^ {2,}$/.test(line)) outdent(editor);
    else return;
    if (event.key !== "Escape") event.preventDefault();
  }

  // The keys that a phone's keyboard hides.
  function keys(editor) {
    const row = element("div", { className: "here-keys", role: "toolbar", ariaLabel: "Keys" });
    const add = (label, said, act) => {
      const key = element("button", { type: "button", textContent: label, ariaLabel: said, tabIndex: -1 });
      key.addEventListener("pointerdown", (event) => event.preventDefault()); // the keyboard stays open
      key.addEventListener("click", act);
      row.append(key);
    };
    add("⇥", "indent", () => type(editor, TAB));
    add("⇤", "outdent", () => outdent(editor));
    for (const [left, right] of ["()", "[]"]) {
      add(left + right, `brackets ${left} ${right}`, () => {
        type(editor, left + right);
        editor.setSelectionRange(editor.selectionStart - 1, editor.selectionStart - 1);
      });
    }
    for (const sign of "=-+*/@.,:_<>\"#") add(sign, sign, () => type(editor, sign));
    add("←", "left", () => editor.setSelectionRange(...Array(2).fill(Math.max(0, editor.selectionStart - 1))));
    add("→", "right", () => editor.setSelectionRange(...Array(2).fill(editor.selectionEnd + 1)));
    return row;
  }

  // ---- An exercise

  // What stands above an exercise in its lesson, with the reader's own answers for the stubs.
  function above(items, name) {
    const before = items.slice(0, items.findIndex((item) => item.name === name));
    return before.map((item) => (item.name ? answers[item.name]?.code ?? item.stub : item.code));
  }

  function place(items, { name, stub }, cell) {
    const editor = element("textarea", {
      id: `here-${name}`,
      value: answers[name]?.code ?? stub,
      spellcheck: false,
      rows: 5,
      autocapitalize: "off",
      autocomplete: "off",
    });
    editor.setAttribute("autocorrect", "off");
    const label = element("label", { htmlFor: editor.id });
    const sign = element("span", { role: "img" });
    label.append("Your answer, ", element("code", { textContent: `my_${name}` }), " ", sign);
    const help = element("span", {
      id: `here-help-${name}`,
      className: "here-help",
      textContent: "Tab indents, Shift and Enter run. Escape, then Tab, leaves.",
    });
    editor.setAttribute("aria-describedby", help.id);
    const run = element("button", { type: "button", className: "here-run" });
    const stop = element("button", { type: "button", textContent: "Stop", disabled: true });
    const anew = element("button", { type: "button", textContent: "Start over" });
    const bar = element("progress", { max: 1, value: 0, hidden: true, ariaLabel: "Loading Python" });
    const status = element("span", { role: "status", className: "here-status" });
    const reply = element("div", { className: "here-reply", ariaLive: "polite" });
    const box = element("section", { className: "here", ariaLabel: `Exercise my_${name}` });
    box.append(label, help, editor, keys(editor), element("div", { className: "here-buttons" }, run, stop, anew, bar, status), reply);

    const fit = () => {
      editor.style.height = "";
      editor.style.height = `${editor.scrollHeight + 4}px`; // and its border
    };
    const show = () => {
      const first = !Object.values(answers).some(({ state }) => state); // else it is in the browser's cache
      run.textContent = first ? `Load Python (${size}) and run` : "Run";
      const state = stateOf(name);
      Object.assign(sign, { hidden: state === "open", textContent: SIGNS[state], ariaLabel: state });
    };
    const keep = (changes) => {
      recall(); // another tab may have kept something since
      answers[name] = { ...answers[name], code: editor.value, ...changes };
      remember();
      tellProgress();
    };

    async function answer() {
      if (busy) return;
      busy = true;
      keep({});
      stop.disabled = false;
      for (const each of document.querySelectorAll(".here-run")) each.disabled = true;
      bar.hidden = Boolean(starting);
      status.textContent = starting ? "Running" : "Loading Python";
      status.scrollIntoView({ block: "nearest" });
      let said;
      try {
        await python((share) => {
          bar.value = share;
          if (share === 1) status.textContent = "Starting Python";
        });
        bar.hidden = true;
        status.textContent = "Running";
        const mine = tasks.filter((task) => task.name !== name).map((task) => answers[task.name]?.kept).filter(Boolean);
        const call = [name, above(items, name), editor.value, mine].map((each) => JSON.stringify(each)).join(", ");
        said = JSON.parse(await window.pythonEngine.run(`print(page.reply(${call}))`));
      } catch (error) {
        if (error.message !== "stopped") end();
        const last = error.message.trim().split("\n").at(-1);
        said = { kind: "stopped", html: "", printed: error.message === "stopped" ? "Stopped." : `Python has ended, and starts anew with the next run: ${last}` };
      }
      busy = false;
      bar.hidden = true;
      stop.disabled = true;
      for (const each of document.querySelectorAll(".here-run")) each.disabled = false;
      reply.innerHTML = said.html;
      if (said.printed) reply.prepend(element("pre", { textContent: said.printed }));
      const was = stateOf(name);
      const state = said.kind === "right" || was === "right" ? "right" : said.kind === "not attempted" ? was : "tried";
      if (said.html) keep({ state, ...(said.kind === "right" ? { kept: said.kept } : {}) }); // else nothing was checked
      status.textContent = `${said.kind === "stopped" ? "Stopped" : "Done"}.${notKept}`;
      document.querySelectorAll(".here").forEach((each) => each.show());
      // Who has read on meanwhile stays there.
      const { top } = status.getBoundingClientRect();
      if (top > 0 && top < innerHeight) reply.scrollIntoView({ block: "nearest" });
    }

    box.show = show;
    box.fit = fit;
    show();
    run.addEventListener("click", answer);
    stop.addEventListener("click", end);
    const startOver = anew.textContent;
    let given; // what was there before it was started over
    anew.addEventListener("click", () => {
      const back = anew.textContent !== startOver;
      const text = back ? given : stub;
      given = editor.value;
      editor.focus();
      editor.select();
      type(editor, text);
      reply.replaceChildren();
      anew.textContent = back ? startOver : "Bring it back";
    });
    editor.addEventListener("keydown", (event) => onKey(event, answer));
    editor.addEventListener("blur", () => delete editor.dataset.leaves);
    editor.addEventListener("input", () => {
      delete editor.dataset.leaves;
      anew.textContent = startOver;
      fit();
      keep({});
    });
    cell.before(box);
    cell.classList.add("here-replaced");
    fit();
  }

  // ---- The lesson as a whole, run here and compared with what is printed in the page

  function certificate({ number, whole }) {
    const run = element("button", { type: "button", className: "here-run", textContent: `Run this lesson here and compare (${wholeSize})` });
    const stop = element("button", { type: "button", textContent: "Stop", disabled: true, onclick: end });
    const bar = element("progress", { max: 1, value: 0, hidden: true, ariaLabel: "Running the lesson" });
    const status = element("span", { role: "status", className: "here-status" });
    const result = element("div", { className: "here-reply", ariaLive: "polite" });
    const said = `All cells of this lesson, in order, and what each prints compared with what is printed here: that takes about ${whole.takes}. Figures are left out: the page has no matplotlib. Where NumPy's own choice of a type is printed, 32 stands for 64.`;

    async function compare() {
      let equal = 0;
      let outputs = 0;
      let first;
      const all = { ...engine, scripts: [...engine.scripts, ...whole.scripts], folder: `${up}_static/here/` };
      await window.pythonEngine.start(all, (share) => (bar.value = share));
      const cells = Number(await window.pythonEngine.run(`import whole; print(whole.begin("${number}"))`));
      for (let i = 0; i < cells; i++) {
        status.textContent = `Cell ${i + 1} of ${cells}`;
        bar.value = i / cells;
        const cell = JSON.parse(await window.pythonEngine.run(`print(whole.step(${i}))`));
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
      for (const each of document.querySelectorAll(".here-run")) each.disabled = true;
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
      for (const each of document.querySelectorAll(".here-run")) each.disabled = false;
    });
    return [element("p", { textContent: said }), element("p", { className: "here-buttons" }, run, stop, bar, status), result];
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
      const editor = document.getElementById(`here-${name}`);
      if (!editor) continue;
      editor.value = code;
      editor.closest(".here").fit();
    }
    remember();
    tellProgress();
    return known.length;
  }

  function progress() {
    const box = element("details", { className: "here-progress" });
    const summary = element("summary");
    const list = element("div");
    const status = element("p", { role: "status" });
    const file = element("input", { type: "file", accept: ".py", hidden: true });
    const away = element("button", { type: "button", textContent: "Take the right ones away as mine.py", onclick: takeAway });
    const back = element("button", { type: "button", textContent: "Bring a mine.py back", onclick: () => file.click() });
    const said = "They are kept in this browser alone. Beside the notebooks, mine.py makes them yours in Jupyter too. The page's Python has NumPy and no other package, and the whole numbers of its arrays have 32 bits, not 64.";
    file.addEventListener("change", async () => {
      const count = await bringBack(file.files[0]);
      status.textContent = `${count} ${count === 1 ? "answer was" : "answers were"} brought back; run them to have them checked.`;
      file.value = "";
    });
    box.append(summary, list, element("p", { textContent: said }), element("p", { className: "here-buttons" }, away, back, file), status);
    const open = lessons.find(({ page, whole }) => whole && location.pathname.endsWith(`/${page}`));
    if (open) box.append(...certificate(open));
    tellProgress = () => {
      const right = tasks.filter(({ name }) => stateOf(name) === "right").length;
      summary.textContent = `Your answers: ${right} of ${tasks.length} right`;
      list.replaceChildren(
        ...lessons.map(({ number, page }) => {
          const row = element("p", {}, element("strong", { textContent: `${number} ` }));
          for (const { name } of tasks.filter((task) => task.page === page)) {
            const state = stateOf(name);
            const link = element("a", { href: `${up}${page}#here-${name}`, textContent: name });
            row.append(element("span", { className: "here-state" }, element("span", { textContent: SIGNS[state], role: "img", ariaLabel: state }), " ", link), " ");
          }
          return row;
        }),
      );
    };
    tellProgress();
    return box;
  }

  // ---- The page

  const main = document.querySelector("article");
  const title = main?.querySelector("h1");
  if (title) title.after(progress());
  const cells = [...document.querySelectorAll("div.cell")];
  for (const { page, items } of lessons) {
    if (!location.pathname.endsWith(`/${page}`)) continue;
    for (const item of items) {
      if (!item.name) continue;
      const cell = cells.find((each) => each.querySelector("pre")?.textContent.includes(`def my_${item.name}(`));
      if (cell && item.trains) cell.after(element("p", { className: "here-note", textContent: "This one trains a network on the digits, which the page does not carry: answer it in Jupyter." }));
      else if (cell) place(items, item, cell);
    }
  }
  window.addEventListener("resize", () => document.querySelectorAll(".here").forEach((box) => box.fit()));
  window.addEventListener("storage", (event) => {
    if (event.key !== KEY) return;
    recall();
    tellProgress();
  });
  // A link to an editor leads to its exercise's heading.
  function lead() {
    if (location.hash.startsWith("#here-")) document.getElementById(location.hash.slice(1))?.closest("section[id]").scrollIntoView();
  }
  window.addEventListener("hashchange", lead);
  window.addEventListener("load", () => setTimeout(lead)); // after the browser's own leap to it
})();
