// Lesson «NN»: «what is seen, and what can be moved».

function render({ model, el }) {
  const { change, start, stop, told } = bind(model, el, redraw);
  const range = { min: 0, max: 10, step: 0.1 };
  const value = slider("«what it sets»", range, (to) => change({ value: to }));

  function redraw(state) {
    value.set(state.value);
    told.tell(`«What it sets»: ${written(state.value, 1)}.`);
  }

  el.append(heading("«What to do, in five words»", () => change(start)), value, told);
  redraw(start);
  return stop;
}

export default { render };
