// The pages' host of the pictures one can touch. To a picture it is what anywidget is in Jupyter: an
// element to draw in, and a model. A picture's text and data come in a script that the build made,
// since a page opened from the disk may load scripts but neither modules nor data.
window.mnistlibPictures = {};

class Model {
  constructor(traits) {
    this.traits = traits;
    this.listeners = {};
  }
  get(name) {
    return this.traits[name];
  }
  set(name, value) {
    this.traits[name] = value;
    for (const listener of this.listeners[`change:${name}`] ?? []) listener();
  }
  on(event, listener) {
    (this.listeners[event] ??= new Set()).add(listener);
  }
  off(event, listener) {
    this.listeners[event]?.delete(listener);
  }
  save_changes() {}
}

function load(address) {
  return new Promise((loaded, failed) => {
    document.head.append(Object.assign(document.createElement("script"), { src: address, onload: loaded, onerror: failed }));
  });
}

async function wake(place) {
  const { name, source, state: own = "{}" } = place.dataset;
  window.mnistlibPictures[name] ?? (await load(source));
  const { module, state, data } = window.mnistlibPictures[name];
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const model = new Model({ state: { ...structuredClone(state), ...JSON.parse(own) }, data: new DataView(bytes.buffer), image: new DataView(new ArrayBuffer(0)) });
  const address = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
  const picture = (await import(address)).default;
  URL.revokeObjectURL(address);
  const el = Object.assign(document.createElement("div"), { model });
  await picture.render({ model, el });
  place.append(el);
  place.classList.add("awake"); // and with that the still picture and its words are for paper alone
}

// A picture is loaded when the reader comes near it.
const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    wake(target);
  }
}, { rootMargin: "600px" });
document.querySelectorAll(".touchable").forEach((place) => near.observe(place));
