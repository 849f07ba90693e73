// The search page lists each place once, with the words around what was found. They come in a script,
// texts.js: a page opened from the disk may not fetch another, and over the web one file is lighter.
function around(text, words) {
  const found = words.map((word) => text.toLowerCase().indexOf(word)).filter((at) => at >= 0);
  const first = Math.min(...found, text.length);
  const from = first < 100 ? 0 : text.indexOf(" ", first - 100) + 1; // where a word begins
  const to = from + 240 < text.length ? text.lastIndexOf(" ", from + 240) : text.length;
  return (from ? "… " : "") + text.slice(from, to) + (to < text.length ? " …" : "");
}

Search.query = (query) => {
  const [whole, terms, excluded, highlighted, objects] = Search._parseQuery(query);
  const words = [...terms, ...objects].map((word) => word.toLowerCase());
  const places = new Map();
  // The best comes last.
  for (const [page, title, anchor, kind] of Search._performSearch(whole, terms, excluded, highlighted, objects).reverse()) {
    const sections = window.courseTexts[page];
    const has = (count) => ({ text, title }) => words.filter((word) => `${title} ${text}`.toLowerCase().includes(word)).length >= count;
    const section = sections.find(({ id }) => `#${id}` === anchor) ?? sections.find(has(words.length)) ?? sections.find(has(1)) ?? sections[0];
    const address = `${page}.html${anchor || `#${section.id}`}`;
    if (places.has(address)) continue;
    const item = document.createElement("li");
    const names = kind ? [title, kind] : [...new Set([sections[0].title, section.title])];
    item.append(Object.assign(document.createElement("a"), { href: address, textContent: names.join(" › ") }));
    if (!kind) item.append(Object.assign(document.createElement("p"), { className: "context", textContent: around(section.text, words) }));
    places.set(address, item);
  }
  Search.output.append(...places.values());
  _finishSearch(places.size);
};
