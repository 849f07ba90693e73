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

// Paper is white, whatever the screen is, and folds nothing out: hints, answers and solutions are printed.
// Code that only draws stays folded, and so does what a card of the home page says more, which its lesson says.
const root = document.documentElement;
let theme;
let unfolded = [];
window.addEventListener("beforeprint", () => {
  theme = root.dataset.theme;
  root.dataset.theme = "light";
  unfolded = [...document.querySelectorAll("article details:not(.code, .able, [open])")];
  for (const fold of unfolded) fold.open = true;
});
window.addEventListener("afterprint", () => {
  root.dataset.theme = theme;
  for (const fold of unfolded) fold.open = false;
});
