// What is wider than the screen scrolls inside itself, and the keyboard must reach it too.
// First all is measured and then all is set: in turns, the browser would lay out the page each time.
function fitToScreen() {
  const formulas = [...document.querySelectorAll(".nobreak")];
  for (const formula of formulas) formula.classList.remove("wide");
  const room = (formula) => formula.closest("p, li, dd, td, div").clientWidth;
  const tooWide = formulas.map((formula) => formula.getBoundingClientRect().width > room(formula) + 1);
  formulas.forEach((formula, i) => formula.classList.toggle("wide", tooWide[i]));
  const places = "div.math, .nobreak, .pst-scrollable-table-container, .cell_output .highlight, pre:not(.cell_output .highlight pre)";
  const boxes = [...document.querySelectorAll(places)].map((box) => {
    // What stands in a line of text scrolls nowhere, and one browser gives it no width to compare.
    const inLine = getComputedStyle(box).display === "inline";
    const wide = !inLine && box.scrollWidth > box.clientWidth + 1;
    const long = box.matches(".cell_output .highlight") && box.scrollHeight > box.clientHeight + 1;
    return { box, wide, long };
  });
  for (const { box, wide, long } of boxes) {
    box.classList.toggle("scrolls", wide);
    const named = wide ? "wider than the page: the arrow keys scroll it" : "long: the arrow keys scroll it";
    const attributes = { tabindex: 0, role: "group", "aria-label": named };
    for (const [name, value] of Object.entries(attributes)) {
      if (wide || long) box.setAttribute(name, value);
      else box.removeAttribute(name);
    }
  }
}
window.addEventListener("load", fitToScreen);
window.addEventListener("resize", fitToScreen);
document.addEventListener("toggle", fitToScreen, true); // what was folded has been laid out only now

// Whoever copies code by keyboard stays at its button, which says that it worked. (The click changes its picture.)
document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest("button.copybtn");
    if (button) setTimeout(() => button.focus({ preventScroll: true }));
  },
  true,
);

// Whoever chooses a heading from "On this page" wants to see it, not the menu above it.
document.addEventListener("click", (event) => {
  event.target.closest("dialog[open] :is(a[href^='#'], .close)")?.closest("dialog").close();
});

// The home page's 2 begins in the company in which it is read; who only looks sees the next one change that, once.
const flip = document.querySelector(".flip");
if (flip?.querySelector(".right:checked") && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
  const next = flip.querySelector("label:has(.right) + label input");
  const turning = setTimeout(() => (next.checked = true), 1500);
  for (const touch of ["pointerdown", "focusin"]) flip.addEventListener(touch, () => clearTimeout(turning));
}

// Paper is white, whatever the screen is, and folds nothing out. What a lesson folds, such as hints, answers and
// solutions, is printed after the rest, out of sight of whoever works with a pencil, each under the heading of its
// task; an answer leaves room for the reader's own. Folded code is printed in its place; code that only draws stays folded,
// and so does what a card of the home page says more, which its lesson says.
const root = document.documentElement;
let theme;
let unfolded = [];
let moved = [];
const answers = document.createElement("section");
answers.className = "on-paper";
const head = document.createElement("style"); // loose sheets tell of what they are

function taskOf(fold) {
  const heading = fold.closest("section").querySelector(":is(h1, h2, h3, h4)").firstChild.textContent;
  const item = fold.closest("li");
  return item ? `${heading}, ${[...item.parentElement.children].indexOf(item) + 1}` : heading;
}

window.addEventListener("beforeprint", () => {
  theme = root.dataset.theme;
  root.dataset.theme = "light";
  head.textContent = `@page { @top-right { content: ${JSON.stringify(document.title)}; font: 9pt serif; } }`;
  document.head.append(head);
  unfolded = [...document.querySelectorAll("article details:not(.drawing, .able, [open])")];
  for (const fold of unfolded) fold.open = true;
  const title = document.createElement("h2");
  title.textContent = "Hints, answers and solutions";
  answers.replaceChildren(title);
  moved = document.querySelector(".lesson-tools") ? unfolded.filter((fold) => fold.closest("section") && !fold.matches(".code") && !fold.parentElement.closest("details")) : [];
  let task;
  moved = moved.map((fold) => {
    const heading = document.createElement("h3");
    heading.textContent = taskOf(fold);
    if (heading.textContent !== task) answers.append(heading);
    task = heading.textContent;
    const place = document.createElement("p");
    const name = fold.querySelector("summary").textContent;
    if (/^Answer|by hand|pencil/.test(name)) place.className = "room"; // for one's own
    else if (!/^(Hint|Solution)/.test(name)) place.textContent = `${name.replace(/\.$/, "")} (at the end)`;
    fold.replaceWith(place);
    answers.append(fold);
    return [fold, place];
  });
  if (moved.length) document.querySelector("article").append(answers);
});
window.addEventListener("afterprint", () => {
  root.dataset.theme = theme;
  for (const [fold, place] of moved) place.replaceWith(fold);
  answers.remove();
  head.remove();
  for (const fold of unfolded) fold.open = false;
});
