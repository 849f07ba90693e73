// From a photograph to digits: the paper is found, laid straight and freed of its shading; a threshold
// parts ink from paper, connected components are the digits, and each becomes 28 x 28 pixels. What runs
// over every dot of a photograph makes no arrays, which would take seconds.

const LONGEST = 1200; // dots along the longer side; more take time and show no more of a digit
const USUAL_PEN = 0.13; // how wide MNIST's strokes are, as a part of their digit's longer side
const FAINTEST = 0.12; // ink is at least so much darker than its paper: shading and grain are not
const MOST = 400; // components looked at, the largest: a photograph of a carpet has thousands

/** Decode an image file: how light each dot is, 0 to 255, and a canvas with its colours. */
async function opened(file) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((length) => Math.max(1, Math.round(length * scale)));
  const canvas = make("canvas", { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "#fff"; // what is transparent is paper
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const grey = new Float32Array(width * height).map((_, i) => 0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]);
  return { width, height, grey, canvas };
}

/** Otsu's threshold (1979) for values from 0 to 1: it splits them into the two groups that lie furthest apart. */
function otsu(values) {
  const counts = new Float64Array(256);
  for (const value of values) counts[Math.min(255, Math.floor(256 * value))]++;
  const total = values.length;
  const sum = counts.reduce((all, count, i) => all + i * count, 0);
  let [below, sumBelow, best, at] = [0, 0, 0, 0];
  counts.forEach((count, i) => {
    below += count;
    sumBelow += i * count;
    if (!below || below === total) return;
    const apart = below * (total - below) * (sumBelow / below - (sum - sumBelow) / (total - below)) ** 2;
    if (apart > best) [best, at] = [apart, i + 1];
  });
  return at / 256;
}

/** Connected components: what touches, also at a corner, gets one number. Returns the numbers and, for each, its box and area. */
function components(mask, width, height) {
  const labels = new Int32Array(width * height).fill(-1);
  const found = [];
  const stack = [];
  for (let first = 0; first < mask.length; first++) {
    if (!mask[first] || labels[first] >= 0) continue;
    const one = { label: found.length, area: 0, left: width, right: 0, top: height, bottom: 0 };
    found.push(one);
    labels[first] = one.label;
    stack.push(first);
    while (stack.length) {
      const i = stack.pop();
      const [x, y] = [i % width, Math.floor(i / width)];
      one.area++;
      [one.left, one.right] = [Math.min(one.left, x), Math.max(one.right, x)];
      [one.top, one.bottom] = [Math.min(one.top, y), Math.max(one.bottom, y)];
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
          const j = v * width + u;
          if (!mask[j] || labels[j] >= 0) continue;
          labels[j] = one.label;
          stack.push(j);
        }
      }
    }
  }
  return { labels, found };
}

const WHOLE = [[0, 0], [1, 0], [1, 1], [0, 1]];
const middleOf = (values) => new Float64Array(values).sort()[values.length >> 1] ?? 0;

/** The four outermost dots of a component towards the corners, in parts of the photograph. */
function cornersOf(labels, label, width, height) {
  return [[-1, -1], [1, -1], [1, 1], [-1, 1]].map(([right, down]) => {
    let [most, corner] = [-Infinity, null];
    labels.forEach((one, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      if (one === label && right * x + down * y > most) [most, corner] = [right * x + down * y, [(x + 0.5) / width, (y + 0.5) / height]];
    });
    return corner;
  });
}

/** By how much it gets darker from inside to outside along each edge that lies in the photograph. */
function dropsAt(corners, light) {
  return corners.flatMap(([x0, y0], k) => {
    const [x1, y1] = corners[(k + 1) % 4];
    const long = Math.hypot(x1 - x0, y1 - y0);
    const [outX, outY] = [((y1 - y0) / long) * 0.03, (-(x1 - x0) / long) * 0.03];
    const drops = [];
    for (let t = 0.1; t < 0.95; t += 0.05) {
      const [x, y] = [x0 + t * (x1 - x0), y0 + t * (y1 - y0)];
      const [inside, outside] = [[x - outX, y - outY], [x + outX, y + outY]];
      if ([...inside, ...outside].every((v) => v >= 0 && v < 1)) drops.push(light(...inside) - light(...outside));
    }
    return drops.length < 5 ? [] : [middleOf(drops)];
  });
}

/** The paper's corners in parts of the photograph, clockwise from the top left: of the largest light
    component, if its edges are sharp; the whole photograph, if no paper ends in it. Where half a paper
    lies in the shade, Otsu's threshold is too high. A lower one may show all four of its edges. */
function paperIn(photo) {
  const scale = Math.min(1, 200 / Math.max(photo.width, photo.height));
  const [width, height] = [photo.width, photo.height].map((length) => Math.max(1, Math.round(length * scale)));
  const grey = shrunk(photo.grey, photo.width, { x: 0, y: 0, width: photo.width, height: photo.height }, width, height).map((value) => Math.min(1, value / 255));
  const light = (x, y) => grey[Math.floor(y * height) * width + Math.floor(x * width)];
  const mean = (values) => values.reduce((a, b) => a + b, 0) / (values.length || 1);
  let paper = { edges: 0, corners: WHOLE };
  for (const part of [1, 0.75, 0.5]) {
    const limit = part * otsu(grey);
    const { labels, found } = components(grey.map((value) => value > limit), width, height);
    const largest = found.reduce((a, b) => (b.area > a.area ? b : a), { area: 0 });
    if (largest.area < 0.1 * width * height) continue;
    const corners = cornersOf(labels, largest.label, width, height);
    const step = mean(grey.filter((value) => value > limit)) - mean(grey.filter((value) => value <= limit));
    const drops = dropsAt(corners, light);
    if (drops.length > paper.edges && drops.every((drop) => drop > 0.25 * step)) paper = { edges: drops.length, corners };
  }
  return paper.corners;
}

/** The projective map from a square of side 1 to four corners (Heckbert 1989), as nine numbers. */
function projective([[x0, y0], [x1, y1], [x2, y2], [x3, y3]]) {
  const [ax, bx, sx] = [x1 - x2, x3 - x2, x0 - x1 + x2 - x3];
  const [ay, by, sy] = [y1 - y2, y3 - y2, y0 - y1 + y2 - y3];
  const det = ax * by - bx * ay;
  const [g, h] = [(sx * by - bx * sy) / det, (ax * sy - sx * ay) / det];
  return [x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h, 1];
}

/** The value between four neighbours, which lie in rows of `across`. */
function between(values, across, down, x, y) {
  const [left, top] = [Math.max(0, Math.min(Math.floor(x), across - 1)), Math.max(0, Math.min(Math.floor(y), down - 1))];
  const right = Math.min(left + 1, across - 1);
  const bottom = Math.min(top + 1, down - 1);
  const h = Math.max(0, Math.min(x - left, 1));
  const v = Math.max(0, Math.min(y - top, 1));
  const above = (1 - h) * values[top * across + left] + h * values[top * across + right];
  return (1 - v) * above + v * ((1 - h) * values[bottom * across + left] + h * values[bottom * across + right]);
}

/** Lay the paper straight: a rectangle of it, turned by so many degrees; NaN where the photograph ends. */
function straightened(photo, corners, turn) {
  const dots = corners.map(([x, y]) => [x * photo.width, y * photo.height]);
  const side = (a, b) => Math.hypot(dots[a][0] - dots[b][0], dots[a][1] - dots[b][1]);
  const [wide, high] = [(side(0, 1) + side(3, 2)) / 2, (side(0, 3) + side(1, 2)) / 2].map((length) => Math.max(1, Math.min(2 * LONGEST, length)));
  const [c, s] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
  const [width, height] = [Math.abs(c) * wide + Math.abs(s) * high, Math.abs(s) * wide + Math.abs(c) * high].map((length) => Math.max(1, Math.round(length)));
  const m = projective(dots);
  const grey = new Float32Array(width * height).map((_, i) => {
    const x = (i % width) + 0.5 - width / 2;
    const y = Math.floor(i / width) + 0.5 - height / 2;
    const u = (c * x + s * y) / wide + 0.5;
    const v = (c * y - s * x) / high + 0.5;
    if (u < 0 || u > 1 || v < 0 || v > 1) return NaN;
    const w = m[6] * u + m[7] * v + m[8];
    const px = (m[0] * u + m[1] * v + m[2]) / w - 0.5;
    const py = (m[3] * u + m[4] * v + m[5]) / w - 0.5;
    return px > -1 && py > -1 && px < photo.width && py < photo.height ? between(photo.grey, photo.width, photo.height, px, py) : NaN;
  });
  return { width, height, grey };
}

/** How dark each dot is beside the paper around it, 0 to 1: shading is divided out. The paper's own
    light is the 80th percentile of each block, the median of nine such blocks, and straight in between. */
function inked({ width, height, grey }, turned) {
  const light = turned ? grey.map((value) => 255 - value) : grey;
  const block = Math.max(4, Math.ceil(Math.max(width, height) / 20));
  const [columns, rows] = [Math.ceil(width / block), Math.ceil(height / block)];
  const percentiles = Array.from({ length: columns * rows }, (_, k) => {
    const [x0, y0] = [(k % columns) * block, Math.floor(k / columns) * block];
    const some = [];
    for (let y = y0; y < Math.min(y0 + block, height); y += 2) {
      for (let x = x0; x < Math.min(x0 + block, width); x += 2) {
        if (light[y * width + x] >= 0) some.push(light[y * width + x]);
      }
    }
    return new Float64Array(some).sort()[Math.floor(0.8 * some.length)];
  });
  const paper = percentiles.map((_, k) => {
    const [x, y] = [k % columns, Math.floor(k / columns)];
    const near = [];
    for (let v = y - 1; v <= y + 1; v++) {
      for (let u = x - 1; u <= x + 1; u++) {
        if (u >= 0 && u < columns && v >= 0 && v < rows) near.push(percentiles[v * columns + u]);
      }
    }
    return middleOf(near.filter((value) => value >= 0));
  });
  return light.map((value, i) => {
    if (!(value >= 0)) return 0;
    const around = between(paper, columns, rows, ((i % width) + 0.5) / block - 0.5, (Math.floor(i / width) + 0.5) / block - 0.5);
    return Math.max(0, 1 - value / Math.max(around, 30));
  });
}

/** Whether the ink is lighter than its paper: the few dots that stand out are light ones. */
function isLightOnDark({ grey }) {
  const some = grey.filter((value, i) => i % 7 === 0 && value >= 0);
  const middle = middleOf(some);
  return some.reduce((sum, value) => sum + (value - middle) ** 3, 0) > 0 && middle < 128;
}

/** By how many degrees lines of writing rise or fall: where the projection profile, how much ink lies in
    each row, has the sharpest peaks. */
function skew(mask, width, height) {
  const dots = [];
  mask.forEach((on, i) => on && dots.push(i));
  const every = Math.max(1, Math.floor(dots.length / 6000));
  const sharpness = (degrees) => {
    const slope = Math.tan((degrees * Math.PI) / 180);
    const rows = new Float64Array(Math.ceil(height / 4 + width) + 2);
    for (let k = 0; k < dots.length; k += every) rows[Math.floor((Math.floor(dots[k] / width) - slope * (dots[k] % width)) / 4 + width / 2)]++;
    return rows.reduce((sum, count) => sum + count * count, 0);
  };
  let [best, most] = [0, 1.15 * sharpness(0)]; // a turn must be worth it
  for (let degrees = -20; degrees <= 20; degrees += 0.5) if (sharpness(degrees) > most) [best, most] = [degrees, sharpness(degrees)];
  return best;
}

/** Mark the components that the paper's edge cuts off, or that are its edge. */
function markCut({ width, height, grey, labels, found }) {
  labels.forEach((label, i) => {
    if (label < 0) return;
    const x = i % width;
    const y = Math.floor(i / width);
    const inside = x > 1 && y > 1 && x < width - 2 && y < height - 2;
    if (!inside || [-2, 2, -2 * width, 2 * width].some((step) => !(grey[i + step] >= 0))) found[label].cut = true;
  });
}

/** A component large enough to be ink, and whole. */
const isPiece = (one) => one.area >= 6 && !one.cut;

/** Join what lies one above the other and close by, as the strokes of a 5 do; leave out specks and what the paper's edge cuts off. */
function joined(found, { smallest, gap }) {
  const size = (one) => Math.max(one.right - one.left, one.bottom - one.top) + 1;
  const parts = found.filter(isPiece).sort((a, b) => b.area - a.area).slice(0, MOST);
  const usual = middleOf(parts.map(size).filter((length) => length > 0.3 * Math.max(...parts.map(size))));
  const groups = parts.filter((one) => size(one) > 0.04 * usual).map((one) => ({ ...one, labels: [one.label] }));
  for (let again = true; again;) {
    again = false;
    for (let a = 0; a < groups.length; a++) {
      for (let b = groups.length - 1; b > a; b--) {
        const [one, other] = [groups[a], groups[b]];
        const both = {
          left: Math.min(one.left, other.left), right: Math.max(one.right, other.right),
          top: Math.min(one.top, other.top), bottom: Math.max(one.bottom, other.bottom),
        };
        const narrower = Math.min(one.right - one.left, other.right - other.left) + 1;
        const shared = Math.min(one.right, other.right) - Math.max(one.left, other.left) + 1;
        const apart = Math.max(one.top, other.top) - Math.min(one.bottom, other.bottom) - 1;
        if (shared < 0.3 * narrower || apart > gap * usual || size(both) > 1.6 * usual) continue;
        groups[a] = { ...both, area: one.area + other.area, labels: [...one.labels, ...other.labels] };
        groups.splice(b, 1);
        again = true;
      }
    }
  }
  return groups.filter((one) => size(one) >= smallest * usual);
}

/** In the order of reading: in rows from the top, each from the left. */
function inOrder(groups) {
  const tall = middleOf(groups.map((one) => one.bottom - one.top + 1));
  const rows = [];
  for (const one of [...groups].sort((a, b) => a.top + a.bottom - b.top - b.bottom)) {
    const middle = (one.top + one.bottom) / 2;
    const row = rows.find((some) => Math.abs(some.middle - middle) < 0.6 * tall);
    if (!row) rows.push({ middle, ones: [one] });
    else {
      row.ones.push(one);
      row.middle = row.ones.reduce((sum, { top, bottom }) => sum + (top + bottom) / 2, 0) / row.ones.length;
    }
  }
  return rows.flatMap((row) => row.ones.sort((a, b) => a.left - b.left));
}

/** A window of the paper around one digit, and the ink in it that is the digit's own, 0 or 255. */
function cutOut({ width, height, grey, labels }, one) {
  const side = Math.ceil(1.3 * (Math.max(one.right - one.left, one.bottom - one.top) + 1)) + 4;
  const [left, top] = [Math.round((one.left + one.right - side) / 2), Math.round((one.top + one.bottom - side) / 2)];
  const own = new Set(one.labels);
  const read = (get) => Float64Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [left + (i % side), top + Math.floor(i / side)];
    return x >= 0 && y >= 0 && x < width && y < height ? get(y * width + x) : get(-1);
  });
  return { side, paper: read((i) => (grey[i] >= 0 ? grey[i] : 255)), mask: read((i) => (own.has(labels[i]) ? 255 : 0)) };
}

/** The ink that borders on paper. */
const rimOf = ({ side, mask }) => [...mask.keys()].filter((i) => mask[i] && !(mask[i - 1] && mask[i + 1] && mask[i - side] && mask[i + side]));

/** How wide its strokes are: twice the area for each dot of its rim. */
const strokeWidth = (cut) => (2 * cut.mask.filter(Boolean).length) / rimOf(cut).length;

/** Dilation: ink spreads to every dot within a radius of its rim. */
function thickened({ side, mask }, radius) {
  const wider = mask.slice();
  const reach = Math.floor(radius);
  for (const i of reach ? rimOf({ side, mask }) : []) {
    for (let v = -reach; v <= reach; v++) {
      for (let u = -reach; u <= reach; u++) {
        const x = (i % side) + u;
        const y = Math.floor(i / side) + v;
        if (u * u + v * v <= radius * radius && x >= 0 && y >= 0 && x < side && y < side) wider[y * side + x] = 255;
      }
    }
  }
  return wider;
}

/** All of it: from a photograph to its digits, each with the pictures of its steps. A setting of null is
    found out. It yields between steps. */
function* readingSheet(photo, settings) {
  const corners = settings.corners ?? paperIn(photo);
  let turn = settings.turn ?? 0;
  let paper;
  for (let pass = 0; pass < 2; pass++) {
    yield;
    paper = straightened(photo, corners, turn);
    yield;
    paper.turned = settings.ink === "auto" ? isLightOnDark(paper) : settings.ink === "light";
    paper.ink = inked(paper, paper.turned);
    yield;
    paper.threshold = settings.threshold ?? Math.max(FAINTEST, otsu(paper.ink));
    const mask = paper.ink.map((value) => (value > paper.threshold ? 1 : 0));
    Object.assign(paper, components(mask, paper.width, paper.height));
    markCut(paper);
    yield;
    const [noise, dark] = [0, 1].map((on) => middleOf(paper.ink.filter((_, i) => i % 5 === 0 && mask[i] === on)));
    paper.groups = settings.threshold === null && dark < noise + 1.2 * FAINTEST ? [] : joined(paper.found, settings);
    const own = new Set(paper.groups.flatMap((one) => one.labels));
    if (pass || settings.turn !== null || paper.groups.length < 4) break;
    turn = -skew(mask.map((on, i) => (on && own.has(paper.labels[i]) ? 1 : 0)), paper.width, paper.height);
    if (!turn) break; // nothing to lay straight
  }
  yield;
  const cuts = inOrder(paper.groups).map((one) => ({ one, ...cutOut(paper, one) }));
  const long = ({ one }) => Math.max(one.right - one.left, one.bottom - one.top) + 1;
  const pen = middleOf(cuts.map((cut) => strokeWidth(cut) / long(cut)));
  const wider = settings.pen ?? Math.max(0, (USUAL_PEN - pen) / (1 - USUAL_PEN));
  const digits = cuts.map((cut) => {
    const mask = thickened(cut, (wider / 2) * long(cut));
    const fit = fitted(mask, cut.side);
    return { ...cut, mask, fit, image: centred(fit) };
  });
  return { corners, turn, paper, pieces: paper.found.filter(isPiece).length, pen, wider, digits };
}

/** The digits of a photograph, all steps at once. */
function readSheet(photo, settings) {
  const steps = readingSheet(photo, settings);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/** The same for a photograph that has just come: between two steps the page is its reader's. */
async function readUnhurried(photo, settings) {
  const steps = readingSheet(photo, settings);
  let step = steps.next();
  while (!step.done) {
    await new Promise((go) => setTimeout(go));
    step = steps.next();
  }
  return step.value;
}
