// Loads what answers an exercise in the page once one comes near. Until then a page carries this alone.
(() => {
  const folder = `${document.documentElement.dataset.content_root}_static/in_page/`;

  const load = (name) => shared.loadScript(`${folder}${name}.js`);

  let loading;
  window.loadEditors = () => (loading ??= load("data").then(() => load("engine")).then(() => load("editor")).then(() => load("in_page")));

  const near = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      near.disconnect();
      window.loadEditors();
    },
    { rootMargin: "1000px" },
  );
  for (const cell of document.querySelectorAll("div.cell")) {
    if (/^\s*def my_/m.test(cell.querySelector("pre")?.textContent ?? "")) near.observe(cell);
  }
  if (location.hash.startsWith("#answer")) window.loadEditors();
})();
