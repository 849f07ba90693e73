// A field in the place of each cell that asks for a guess, and the guess beside the answer that a later
// cell prints. The browser keeps what was guessed; without a script the cell and its words remain.
(() => {
  const KEY = "guesses";
  const lesson = location.pathname.split("/").at(-1).replace(/\.html$/, "");

  function all() {
    try {
      return JSON.parse(localStorage.getItem(KEY)) ?? {};
    } catch {
      return {}; // kept by nobody, or damaged: then there are none
    }
  }

  function keep(name, guess) {
    const guesses = all();
    guesses[lesson] = { ...guesses[lesson], [name]: guess };
    try {
      localStorage.setItem(KEY, JSON.stringify(guesses));
    } catch {} // a browser that keeps nothing still shows it below
  }

  function show(name, guess) {
    for (const place of document.querySelectorAll("[data-guessed]")) {
      if (place.dataset.guessed !== name) continue;
      const said = guess ? `You guessed ${guess}` : "You made no guess";
      const { answer } = place.dataset;
      place.textContent = guess === answer ? `${said}, and that is the answer.` : `${said}; the answer is ${answer}.`;
    }
  }

  const guesses = all()[lesson] ?? {};
  document.querySelectorAll("[data-guess]").forEach((place, i) => {
    const name = place.dataset.guess;
    const field = Object.assign(document.createElement("input"), {
      id: `guess-${i}`,
      value: guesses[name] ?? "",
      maxLength: 60,
      autocomplete: "off",
    });
    const label = Object.assign(document.createElement("label"), { htmlFor: field.id, textContent: `Your guess: ${name}` });
    const box = Object.assign(document.createElement("p"), { className: "guess" });
    box.append(label, field);
    field.addEventListener("input", () => {
      keep(name, field.value.trim());
      show(name, field.value.trim());
    });
    show(name, field.value);
    place.closest(".cell").replaceWith(box);
  });
})();
