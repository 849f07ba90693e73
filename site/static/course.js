// What is wider than the screen scrolls inside itself, and the keyboard must reach it too.
function fitToScreen() {
  for (const formula of document.querySelectorAll(".nobreak")) {
    formula.classList.remove("wide");
    const room = formula.closest("p, li, dd, td, div").clientWidth;
    formula.classList.toggle("wide", formula.getBoundingClientRect().width > room + 1);
  }
  const scrollers = "div.math, .nobreak.wide, .pst-scrollable-table-container, pre";
  for (const box of document.querySelectorAll(scrollers)) {
    const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
    if (scrolls) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}
window.addEventListener("load", fitToScreen);
window.addEventListener("resize", fitToScreen);

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
