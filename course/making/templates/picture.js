// Lesson «NN»: «what is seen, and what can be moved».

function render({ model, el }) {
  const told = teller();
  const { change, stop } = bind(model, el, redraw);
  const range = { min: 0, max: 10, step: 0.1 };
  const value = slider("«what it sets»", range, (now) => change({ value: now }));

  function redraw(state) {
    value.set(state.value);
    told.tell(`«What it sets»: ${written(state.value, 1)}.`);
  }

  el.append(make("p", { class: "title" }, "«What to do, in five words»"), value, told);
  redraw(model.get("state"));
  return stop;
}

export default { render };
