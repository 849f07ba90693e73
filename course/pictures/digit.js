// What the pictures of handwriting share: how ink becomes 28 x 28 pixels, and a network that reads them.

/** Read a network's arrays, as packing.py has laid them out, and where they end. */
function unpackArrays(data, from = 0) {
  const whole = (i) => data.getUint32(from + 4 * i, true);
  const [exact, count] = [whole(0), whole(1)];
  let at = from + 8 + 8 * count;
  const read = (length, size, get) => {
    const values = Float64Array.from({ length }, (_, i) => get(at + size * i));
    at += size * length;
    return values;
  };
  const arrays = Array.from({ length: count }, (_, i) => {
    const [rows, columns] = [whole(2 + 2 * i), whole(3 + 2 * i)];
    if (exact) return read((rows || 1) * columns, 8, (place) => data.getFloat64(place, true));
    const scales = read(columns, 4, (place) => data.getFloat32(place, true));
    return rows ? read(rows * columns, 1, (place) => data.getInt8(place)).map((value, j) => value * scales[j % columns]) : scales;
  });
  return { arrays, end: at };
}

/** Read a network of one hidden layer, and the digit that comes with it. */
function unpack(data, from = 0) {
  const { arrays: [W1, b1, W2, b2], end } = unpackArrays(data, from);
  const digit = new Uint8Array(data.buffer, data.byteOffset + end, 784);
  return { hidden: b1.length, W1, b1, W2, b2, digit, end: end + 784 };
}

/** One layer before its activation: x W + b. */
function layer(x, W, b) {
  const z = Float64Array.from(b);
  x.forEach((value, i) => { if (value) for (let j = 0; j < z.length; j++) z[j] += value * W[i * z.length + j]; });
  return z;
}

/** What a network makes of an image of 784 pixels from 0 to 255: its hidden units and its probabilities. */
function answered(network, image) {
  const a1 = layer(Float64Array.from(image, (value) => value / 255), network.W1, network.b1).map(sigmoid);
  return { a1, p: softmax([...layer(a1, network.W2, network.b2)]) };
}

/** A bar for each of ten probabilities; `set(p)` shows them, and marks the largest. */
function tenBars() {
  const bars = Array.from({ length: 10 }, () => bar("percent"));
  const element = make("div", { class: "ten" }, bars.flatMap((one, k) => [make("span", { class: "k" }, String(k)), one]));
  element.set = (p) => bars.forEach((one, k) => {
    one.set(p[k]);
    one.classList.toggle("most", k === argmax(p));
  });
  return element;
}

/** The smallest box that holds all the ink of a paper; null if there is none. */
function box(ink, across) {
  const found = { left: Infinity, top: Infinity, right: -1, bottom: -1 };
  ink.forEach((dark, i) => {
    if (dark < 1) return;
    const [x, y] = [i % across, Math.floor(i / across)];
    found.left = Math.min(found.left, x);
    found.right = Math.max(found.right, x);
    found.top = Math.min(found.top, y);
    found.bottom = Math.max(found.bottom, y);
  });
  const { left, top, right, bottom } = found;
  return right < 0 ? null : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** How much of each dot goes into which of `count` equal parts of a stretch, as [dot, share] each. */
function shares(start, length, count) {
  return Array.from({ length: count }, (_, part) => {
    const [from, to] = [(part * length) / count, ((part + 1) * length) / count];
    const dots = [];
    for (let dot = Math.floor(from); dot < Math.min(Math.ceil(to - 1e-9), length); dot++) dots.push([start + dot, (Math.min(dot + 1, to) - Math.max(dot, from)) / (to - from)]);
    return dots;
  });
}

/** Shrink a part of a paper to width x height pixels, each the mean of what it covers. */
function shrunk(ink, across, part, width, height) {
  const [columns, rows] = [shares(part.x, part.width, width), shares(part.y, part.height, height)];
  return rows.flatMap((row) => columns.map((column) => {
    let sum = 0;
    for (const [y, v] of row) for (const [x, h] of column) sum += v * h * ink[y * across + x];
    return sum;
  }));
}

/** The ink's box fitted into 20 x 20, with its aspect kept; null if there is no ink. */
function fitted(ink, across) {
  const part = box(ink, across);
  if (!part) return null;
  const scale = 20 / Math.max(part.width, part.height);
  const [width, height] = [part.width, part.height].map((length) => Math.max(1, Math.round(length * scale)));
  return { part, width, height, pixels: shrunk(ink, across, part, width, height).map(Math.round) };
}

/** Put it into 28 x 28, its centre of mass at row and column 14, counted from 0. */
function centred({ width, height, pixels }) {
  const image = new Uint8Array(784);
  const mass = pixels.reduce((a, b) => a + b, 0) || 1;
  const middle = (coordinate) => pixels.reduce((sum, dark, i) => sum + dark * coordinate(i), 0) / mass;
  const place = (at, length) => Math.min(28 - length, Math.max(0, Math.round(14 - at)));
  const [x0, y0] = [place(middle((i) => i % width), width), place(middle((i) => Math.floor(i / width)), height)];
  pixels.forEach((dark, i) => { image[(y0 + Math.floor(i / width)) * 28 + x0 + (i % width)] = dark; });
  return image;
}

/** As MNIST's makers did it: the one, and then the other. */
function asMakersDid(ink, across) {
  const fit = fitted(ink, across);
  return fit ? centred(fit) : new Uint8Array(784);
}

/** The whole paper as 28 x 28 pixels, and nothing moved. */
const asDrawn = (ink, across) => Uint8Array.from(shrunk(ink, across, { x: 0, y: 0, width: across, height: across }, 28, 28), Math.round);
