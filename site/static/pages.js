// What is wider than the screen scrolls inside itself, and the keyboard must reach it too.
function fitToScreen() {
  for (const formula of document.querySelectorAll(".nobreak")) {
    formula.classList.remove("wide");
    const room = formula.closest("p, li, dd, td, div").clientWidth;
    formula.classList.toggle("wide", formula.getBoundingClientRect().width > room + 1);
  }
  for (const box of document.querySelectorAll("div.math, .nobreak, .pst-scrollable-table-container, pre")) {
    // What stands in a line of text scrolls nowhere, and one browser gives it no width to compare.
    const inLine = getComputedStyle(box).display === "inline";
    const wide = !inLine && box.scrollWidth > box.clientWidth + 1;
    box.classList.toggle("scrolls", wide);
    if (wide || (!inLine && box.scrollHeight > box.clientHeight + 1)) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}
window.addEventListener("load", fitToScreen);
window.addEventListener("resize", fitToScreen);
document.addEventListener("toggle", fitToScreen, true); // what was folded has been laid out only now

// Who has chosen a heading from "On this page" wants to see it, not the menu above it.
document.addEventListener("click", (event) => {
  event.target.closest("dialog[open] :is(a[href^='#'], .close)")?.closest("dialog").close();
});

// Paper is white, whatever the screen is.
const root = document.documentElement;
let theme;
window.addEventListener("beforeprint", () => {
  theme = root.dataset.theme;
  root.dataset.theme = "light";
});
window.addEventListener("afterprint", () => {
  root.dataset.theme = theme;
});
