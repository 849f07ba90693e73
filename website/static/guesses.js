// A field in the place of each cell that asks for a guess, and the guess beside the answer that a later
// cell prints. What answers it (the output of the next cell that is tagged `answer`, and all below it until
// something else begins) is folded behind the field until the reader has guessed, or asks for it. The
// browser keeps both; without a script the cell and its words remain, and all is open.
(() => {
  const { element, isMap, Kept } = shared;
  // Of each lesson, the guesses by their names; and whether what came out was shown. A browser that keeps nothing still shows it below.
  const guesses = new Kept("guesses", () => ({}));
  const shown = new Kept("guesses-shown", () => ({}));
  const lesson = location.pathname.split("/").at(-1).replace(/\.html$/, "");
  const here = (all) => (isMap(all[lesson]) ? all[lesson] : {});
  const keep = (kept, name, value) => kept.change((all) => ({ ...all, [lesson]: { ...here(all), [name]: value } }));

  // How right a guess is: "right"; or "rounded", a number of two digits or more that the answer rounds to; or
  // nothing. Numbers are the same however they are written. This is the rule of `course/guesses.py`.
  const NUMBER = /^([-+]?)((?:\d+|\d{1,3}(?:,\d{3})+)?(?:\.(\d*))?)(?:e([-+]?\d{1,2}))? ?%?$/;
  function read(written) {
    const text = written.trim().toLowerCase().replaceAll("\u2212", "-");
    const exact = text.match(/^(?:(-?)(?:log|ln) ?\(?(\d+(?:\.\d+)?)\)?|(-?\d+) ?\/ ?(\d+))$/);
    const value = exact && (exact[2] ? Math.log(exact[2]) * (exact[1] ? -1 : 1) : exact[3] / exact[4]);
    if (exact) return Number.isFinite(value) ? { value, decimals: Infinity, digits: Infinity } : undefined;
    const [, sign, number, fraction = "", power = "0"] = text.match(NUMBER) ?? [];
    if (!/\d/.test(number ?? "")) return undefined;
    const plain = number.replaceAll(",", "");
    return { value: Number(`${sign}${plain}e${power}`), decimals: fraction.length - power, digits: plain.replace(".", "").replace(/^0+/, "").length };
  }
  // An answer in several parts is right if each part is, whatever stands between them.
  function judged(guess, answer) {
    const whole = judgedWhole(guess, answer);
    if (whole) return whole;
    const [ours, theirs] = [words(guess), words(answer)];
    const each = ours.length === theirs.length ? ours.map((word, i) => judgedWhole(word, theirs[i])) : [""];
    if (!each.length || each.includes("")) return "";
    return each.includes("rounded") ? "rounded" : "right";
  }
  const BETWEEN = ["", "%", "and", "the", "a", "an"];
  const words = (text) =>
    text
      .trim()
      .toLowerCase()
      .replace(/ \(.*?\)/g, "")
      .replace(/^[()[\]]+|[()[\]]+$/g, "")
      .split(/,?\s+|; ?|,(?!\d{3}(?!\d))/) // 101,770 is one number
      .filter((word) => !BETWEEN.includes(word));
  function judgedWhole(guess, answer) {
    const plain = (text) => text.trim().toLowerCase().replace(/\s+/g, " ");
    if (plain(guess) === plain(answer)) return "right";
    const one = read(guess);
    const other = read(answer);
    if (!one || !other) return "";
    const off = Math.abs(one.value - other.value);
    if (off <= 1e-12 * Math.abs(other.value)) return "right";
    const finest = other.decimals > 0 ? other.decimals : Infinity; // a count is exact
    if (off > 0.5000001 * 10 ** -Math.min(one.decimals, finest)) return "";
    if (one.decimals >= finest) return "right";
    return one.digits > 1 ? "rounded" : "";
  }

  function compare(name, guess) {
    for (const place of document.querySelectorAll("[data-guessed]")) {
      if (place.dataset.guessed !== name) continue;
      const { answer } = place.dataset;
      const bold = (textContent) => element("strong", { textContent });
      const ends = { right: [", and that is the answer."], rounded: [", which is right to its own digits; the answer is ", bold(answer), "."] };
      // Paper, on which nobody can guess, says the answer alone.
      if (guess) place.replaceChildren("You guessed ", bold(guess), ...(ends[judged(guess, answer)] ?? ["; the answer is ", bold(answer), "."]));
      else place.replaceChildren(element("span", { className: "no-guess", textContent: "You made no guess; the" }), ` answer is ${answer}.`);
    }
  }

  const asking = [...document.querySelectorAll(".cell:has([data-guess])")];
  const answering = [...document.querySelectorAll(".cell.tag_answer")];
  const isBefore = (one, other) => Boolean(one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);

  // What is folded for a cell that asks: the output of the first cell after it that answers, unless another
  // asks before, and what follows that cell up to the next one that asks, to a heading, or to a paragraph that
  // begins with a few words of its own in bold, such as "Predict.": that is the next question, or a task. "Change a
  // number." is a task for the code above it, and stays with what that printed.
  const isHeading = (tag) => tag.matches("section, h1, h2, h3, h4");
  const isLeadIn = (tag) => tag.matches("p") && tag.firstChild?.nodeName === "STRONG" && /^(?!Change ).{3,40}\.$/.test(tag.firstChild.textContent);
  function whatAnswers(cell, next) {
    const output = answering
      .filter((each) => isBefore(cell, each) && !(next && isBefore(next, each)))
      .map((each) => each.querySelector(":scope > .cell_output"))
      .find((each) => each); // a cell that only defines something tells nothing yet
    if (!output) return undefined;
    const answer = output.parentElement;
    const below = [];
    for (let each = answer.nextElementSibling; each && each !== next && !isHeading(each) && !isLeadIn(each); each = each.nextElementSibling) below.push(each);
    // Code in which the answer stands in words would tell it, so it is folded as well.
    const { answer: words } = answer.querySelector("[data-guessed]")?.dataset ?? {};
    const tells = words && answer.querySelector(".cell_input")?.textContent.includes(`"${words}"`);
    const marker = document.createComment("what answers");
    answer[tells ? "before" : "after"](marker);
    return { marker, parts: [tells ? answer : output, ...below] };
  }

  function ask(cell, next, number) {
    const name = cell.querySelector("[data-guess]").dataset.guess;
    const field = element("input", { id: `guess-${number}`, maxLength: 60, autocomplete: "off" });
    const label = element("label", { htmlFor: field.id, textContent: `Your guess: ${name}` });
    const box = element("form", { className: "guess" }, label, field);
    box.addEventListener("submit", (event) => event.preventDefault());
    field.addEventListener("input", () => {
      keep(guesses, name, field.value.trim());
      compare(name, field.value.trim());
    });
    // What was kept, here or meanwhile in another tab, unless the reader is typing.
    const renew = () => {
      const guess = here(guesses.value)[name];
      if (document.activeElement === field) return;
      field.value = typeof guess === "string" ? guess : "";
      compare(name, field.value);
    };
    renew();
    guesses.watch(renew);
    const found = whatAnswers(cell, next);
    cell.replaceWith(box);
    if (!found) {
      const kept = element("span", { role: "status" });
      box.append(element("button", { className: "show-guessed", textContent: "Keep it" }), kept);
      box.addEventListener("submit", () => (kept.textContent = field.value.trim() && "Kept. The answer comes further down, with yours beside it."));
    }
    if (!found || here(shown.value)[name]) return;

    const show = element("button", { className: "show-guessed", textContent: "Show what came out", disabled: !field.value.trim() });
    const anyway = element("button", { type: "button", className: "show-anyway", textContent: "Show it without a guess" });
    const folded = element("div", { className: "what-came-out", tabIndex: -1, role: "group", ariaLabel: "What came out" });
    found.marker.replaceWith(folded); // the field stays with its question, above the code that answers
    folded.append(...found.parts);
    folded.setAttribute("hidden", "onbeforematch" in folded ? "until-found" : ""); // not every browser knows that
    box.append(show, anyway);
    const allow = () => (show.disabled = !field.value.trim());
    field.addEventListener("input", allow);
    guesses.watch(allow);

    const open = () => {
      folded.removeAttribute("hidden");
      show.remove();
      anyway.remove();
      keep(shown, name, true);
      window.fitToScreen?.(); // of pages.js: it had no width until now
    };
    const openAndGoOn = () => {
      open();
      folded.focus({ preventScroll: true }); // a screen reader goes on with what came out,
      folded.scrollIntoView({ block: "nearest" }); // and the page moves only if that is out of sight
    };
    box.addEventListener("submit", () => field.value.trim() && openAndGoOn());
    anyway.addEventListener("click", openAndGoOn);
    folded.addEventListener("beforematch", open);
    folded.open = open;
    shown.watch(() => here(shown.value)[name] && folded.hasAttribute("hidden") && open());
  }
  asking.forEach((cell, i) => ask(cell, asking[i + 1], i));

  // A link into what is folded opens it, in browsers that don't by themselves.
  function lead() {
    const place = document.querySelector(":target");
    const folded = place?.closest(".what-came-out[hidden]");
    if (!folded) return;
    folded.open();
    place.scrollIntoView();
  }
  lead();
  addEventListener("hashchange", lead);
})();
