"""Answers to the exercises as readers might type them: bodies of functions, right and wrong."""

BACKWARD = """
W1, b1, W2, b2 = parameters
a1 = 1 / (1 + np.exp(-(x @ W1 + b1)))
e = np.exp(a1 @ W2 + b2)
p = e / e.sum(axis=1, keepdims=True)
dz2 = (p - y) / len(x)
dz1 = dz2 @ W2.T * a1 * (1 - a1)
return {}
"""
SPLIT = """
order = rng.permutation(len(labels))
train, held = order[validation:], order[:validation]
return (images[train], labels[train]), (images[held], labels[held])
"""
DEAL = """
for _ in range(epochs):
    order = rng.permutation(n)
    for start in range(0, n, batch_size):
        yield order[start:start + batch_size]
"""
DESCEND = """
for w, g, v in zip(parameters, gradients, velocity):
    {}
"""
FAULTS = 'return {{"A": "{}", "B": "{}", "C": "{}", "D": "{}"}}'

NUDGE = """
m = np.zeros_like(u)
for i in np.ndindex(*u.shape):
    up, down = u.copy(), u.copy()
    up[i] += 1e-5
    down[i] -= 1e-5
    m[i] = (f(up) - f(down)) / 2e-5
return {}
"""
ONE_SIDED = """
h, m = {1}, np.zeros_like(u)
for i in np.ndindex(*u.shape):
    up = u.copy()
    up[i] += h
    m[i] = {0}
return np.linalg.norm(gradient - m) / max(np.linalg.norm(gradient), np.linalg.norm(m))
"""
DEEPER = """
W1, b1, W2, b2, W3, b3 = parameters
a1 = 1 / (1 + np.exp(-(x @ W1 + b1)))
a2 = 1 / (1 + np.exp(-(a1 @ W2 + b2)))
e = np.exp(a2 @ W3 + b3)
dz3 = (e / e.sum(axis=1, keepdims=True) - y) / len(x)
dz2 = dz3 @ W3.T * a2 * (1 - a2)
dz1 = dz2 @ W2.T * a1 * (1 - a1)
return {}
"""

LAID_BACK = """
dx = np.zeros(np.array(dz.shape) + len(kernel) - 1)
for top, left in np.ndindex(*dz.shape):
    for down, right in np.ndindex(*kernel.shape):
        dx[top + down, left + right] {} {}
return dx
"""
BACK = """
found = []
for (W, b), a in list(zip(layers, kept))[::-1]:
    found = [a.T @ dz, dz.sum(axis=0)] + found
    dz = {}
return found
"""
AROUND = """
found = []
for m in range(len(layers) - 1, -1, -1):
    dz = {}
    found = [kept[m].T @ dz, dz.sum(axis=0)] + found
    da = {}
return found
"""
CORNERS = """
dz = np.zeros_like(z)
for i in (0, 1):
    for j in (0, 1):
        dz[:, i::2, j::2] = {}
return dz
"""

# Several ways to be right: other formulas, dtypes, orders in memory, types of results.
RIGHT = {
    "accuracy": [
        "return np.mean(np.argmax(p, axis=1) == labels)",
        "right = 0\nfor row, label in zip(p, labels):\n    if list(row).index(max(row)) == label:\n"
        "        right += 1\nreturn right / len(labels)",
        "return 1 - np.count_nonzero(p.argmax(axis=1) - labels) / len(p)",
        "return float(sum(p[i, labels[i]] == p[i].max() for i in range(len(p))) / len(p))",
    ],
    "label_header": [
        'return int.from_bytes(raw[:4], "big"), int.from_bytes(raw[4:8], "big")',
        'return np.frombuffer(raw[:8], dtype=">u4")',
        'magic, count = np.frombuffer(raw, dtype=">u4", count=2)\nreturn [magic, count]',
        'import struct\nreturn struct.unpack(">2i", raw[:8])',
    ],
    "one_hot": [
        "return np.eye(classes)[labels]",
        "return labels[:, None] == np.arange(classes)",
        "y = np.zeros((classes, len(labels)), 'f4')\ny[labels, range(len(labels))] = 1\nreturn y.T",
    ],
    "split": [
        SPLIT,
        "order = np.arange(len(labels))\nrng.shuffle(order)\ntrain, held = order[:-validation], "
        "order[-validation:]\nreturn [[images[train], labels[train]], [images[held], labels[held]]]",
        "held = rng.choice(len(labels), validation, replace=False)\n"
        "train = np.setdiff1d(np.arange(len(labels)), held)\n"
        "return (images[train], labels[train]), (images[held], labels[held])",
        "held = np.zeros(len(labels), bool)\n"
        "held[rng.choice(len(labels), validation, replace=False)] = True\n"
        "return (images[~held], labels[~held]), (images[held], labels[held])",
        SPLIT.replace("order[:validation]", "order[:validation]; held.sort()"),
        SPLIT.replace("rng.permutation(len(labels))", "rng.random(len(labels)).argsort()"),
        SPLIT.replace("rng.p", "np.random.default_rng(rng.integers(2**32)).p"),
    ],
    "nearest_mean": [
        "return ((x[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)",
        "return np.array([((x - m) ** 2).sum(axis=1) for m in means]).argmin(axis=0)",
        "return np.linalg.norm(x.astype('f4')[:, None] - means, axis=-1).argmin(1).astype('u1')",
    ],
    "sigmoid": [
        "return np.exp(-np.logaddexp(0, -z))",
        "out = np.empty(z.shape)\nleft = z < 0\nout[~left] = 1 / (1 + np.exp(-z[~left]))\n"
        "e = np.exp(z[left])\nout[left] = e / (1 + e)\nreturn out",
    ],
    "softmax": [
        "return np.exp(z - np.logaddexp.reduce(z, axis=1)[:, None])",
        "e = np.exp((z.T - z.max(axis=1)).astype(np.float32))\nreturn (e / e.sum(axis=0)).T",
        "z = np.copy(z)\nz -= z.max(axis=1, keepdims=True)\nnp.exp(z, out=z)\n"
        "z /= np.einsum('ij->i', z)[:, None]\nreturn z",
    ],
    "softmax_backward": [
        "jacobian = np.eye(p.shape[1]) * p[:, None] - p[:, :, None] * p[:, None]\n"
        "return (jacobian @ dp[:, :, None])[:, :, 0]",
        "return p * (dp - np.einsum('ij,ij->i', p, dp)[:, None])",
        "p, dp = np.asfortranarray(p, 'f4'), dp.T.copy().T\n"
        "return p * dp - p * (p * dp).sum(axis=1, keepdims=True)",
    ],
    "cross_entropy": [
        "return (np.logaddexp.reduce(z, axis=1) - (z * y).sum(axis=1)).mean()",
        "z = z - z.max(axis=1)[:, None]\nright = z[np.arange(len(z)), y.argmax(axis=1)]\n"
        "return np.float32(np.mean(np.log(np.exp(z).sum(axis=1)) - right))",
    ],
    "cross_entropy_with_gradient": [
        "log_p = z - np.logaddexp.reduce(z, axis=1)[:, None]\n"
        "return -log_p[y == 1].mean(), (np.exp(log_p) - y) / len(y)",
        "s = z - z.max(axis=1, keepdims=True)\ne = np.exp(s)\ntotal = e.sum(axis=1, keepdims=True)\n"
        "loss = (np.log(total[:, 0]) - s[np.arange(len(z)), y.argmax(axis=1)]).mean()\n"
        "return [np.float32(loss), ((e / total - y) / len(z)).astype('f4')]",
    ],
    "layer_gradients": [
        "return np.einsum('nd,nm->dm', inputs, dz), np.ones(len(dz)) @ dz",
        "dW = (inputs[:, :, None] * dz[:, None]).sum(axis=0)\nreturn [dW.astype('f4'), dz.sum(0)]",
    ],
    "hidden_gradient": [
        "return (W2 @ dz2.T).T * (a1 - a1 ** 2)",
        "return np.einsum('nk,mk,nm,nm->nm', dz2, W2, a1, 1 - a1).astype(np.float32)",
    ],
    "mended_gradients": [
        BACKWARD.format("x.T @ dz1, dz1.sum(axis=0), a1.T @ dz2, dz2.sum(axis=0)"),
        BACKWARD.format("[np.float32(g) for g in (x.T @ dz1, dz1.sum(0), a1.T @ dz2, dz2.sum(0))]"),
        "from mnistlib import network\nreturn network.gradients(parameters, x, y)[1]",
    ],
    "minibatches": [
        DEAL,
        DEAL.replace(
            "yield order[start:start + batch_size]", "yield list(order[start:][:batch_size])"
        ),
        "batches = []\nfor _ in range(epochs):\n    order = rng.permutation(n)\n    batches += "
        "np.array_split(order, range(batch_size, n, batch_size))\nreturn batches",
    ],
    "sgd_update": [
        DESCEND.format("v[:] = momentum * v + g; w -= learning_rate * v"),
        "for i in range(len(parameters)):\n    velocity[i][...] *= momentum\n    velocity[i][...] += "
        "gradients[i]\n    np.subtract(parameters[i], learning_rate * velocity[i], parameters[i])",
    ],
    "name_the_faults": [
        FAULTS.format("rate too large", "overfitting", "labels mixed up", "rate too small"),
        'return dict(D="rate too small", C="labels mixed up", B="overfitting", A="rate too large")',
    ],
    "depends_on_company": [
        "z = np.array([[1.0, 2, 3], [3, 1, 0], [0, 0, 5]])\n"
        "return max(np.abs(softmax(z)[i] - softmax(z[[i]])[0]).max() for i in range(3)) > 1e-9",
        "z = np.random.default_rng(3).normal(size=(6, 10))\n"
        "return (~np.isclose(softmax(z), np.vstack([softmax(row[None]) for row in z]))).any()",
    ],
    "class_bias": [
        "return np.logaddexp.reduce(z, axis=0)",
        "z = z.astype(np.float32).T\nm = z.max(axis=1, keepdims=True)\n"
        "return (m + np.log(np.exp(z - m).sum(axis=1, keepdims=True)))[:, 0]",
    ],
    "rate_for_scaled": ["return rate * divisor * divisor", "return np.float32(rate * divisor**2)"],
    "loss_at_the_start": [
        "import math\nreturn math.log(classes), 1 - 1 / classes",
        "p, y = np.full(classes, 1 / classes), np.eye(classes)[0]\n"
        "return -(y * np.log(p)).sum(), ((p - y) ** 2).sum()",
    ],
    "class_means": [
        "y = np.eye(10)[labels]\nrows = images.reshape(len(images), -1)\n"
        "return y.T @ rows / y.sum(axis=0)[:, None]",
        "return np.stack([np.mean(images[labels == k], axis=0).ravel() for k in range(10)])",
    ],
    "central_difference": [
        "return f(u + h) / (2 * h) - f(u - h) / (2 * h)",
        "rise = f(u + h) - f(u - h)\nrun = (u + h) - (u - h)\nreturn rise / run",
    ],
    "log_softmax": [
        "return z - np.logaddexp.reduce(z, axis=1)[:, None]",
        "top = z.max(axis=1, keepdims=True)\n"
        "return z - (top + np.log(np.sum(np.exp(z - top), axis=1, keepdims=True)))",
    ],
    "bias_gradient": [
        "return np.ones(len(dz)) @ dz",
        "return np.einsum('ik->k', dz)",
        "return sum(dz)",
    ],
    "tanh_backward": ["return da - da * a * a", "return np.multiply(da, (1 - a) * (1 + a))"],
    "check_gradient": [
        NUDGE.format(
            "np.sqrt(((gradient - m) ** 2).sum()) / "
            "np.sqrt(max((gradient ** 2).sum(), (m ** 2).sum()))"
        ),
        "from mnistlib import gradcheck\n"
        "return gradcheck.relative_error(gradient, gradcheck.central_difference(f, u, 1e-4))",
    ],
    "three_layer_gradients": [
        DEEPER.format("x.T @ dz1, dz1.sum(0), a1.T @ dz2, dz2.sum(0), a2.T @ dz3, dz3.sum(0)"),
        DEEPER.format(
            "[np.float32(g) for g in (x.T @ dz1, dz1.sum(0), a1.T @ dz2, dz2.sum(0), "
            "a2.T @ dz3, dz3.sum(0))]"
        ),
    ],
    "standard_error_by_group": [
        "q, names = right.mean(), np.unique(groups)\nm = len(names)\n"
        "off = [(right[groups == g] - q).sum() for g in names]\n"
        "return np.sqrt(m / (m - 1)) * np.linalg.norm(off) / len(right)",
        "same = groups[:, None] == groups\nd = right - right.mean()\nm = len(set(groups))\n"
        "return (d @ same @ d * m / (m - 1)) ** 0.5 / len(d)",
    ],
    "tune": [
        'return {"learning_rate": 1.0, "momentum": 0.5, "epochs": 5}',
    ],
    "paired": [
        "import math\ngained = int(sum(after > before))\nlost = int(sum(before > after))\n"
        "n = gained + lost\ntail = [math.comb(n, k) for k in range(n + 1) if k >= max(gained, lost)]\n"
        "return gained, lost, min(1, 2 * sum(tail) / 2**n)",
        "import math\ng, l = (after & ~before).sum(), (before & ~after).sum()\nif g + l == 0:\n"
        "    return 0, 0, 1\nn = int(g + l)\nlog = [math.lgamma(n + 1) - math.lgamma(k + 1) - "
        "math.lgamma(n - k + 1) - n * math.log(2) for k in range(min(g, l) + 1)]\n"
        "return g, l, min(1, 2 * sum(map(math.exp, log)))",
        "from mnistlib import uncertainty\nr = uncertainty.paired(before, after)\n"
        "return r.gained, r.lost, r.p",
    ],
    "deep_gradients": [
        BACK.format("(dz @ W.T) * (1 - a) * (1 + a)"),
        "found = []\nfor m in range(len(layers) - 1, -1, -1):\n"
        "    found = [kept[m].T @ dz, dz.sum(axis=0)] + found\n    if m > 0:\n"
        "        z = kept[m - 1] @ layers[m - 1][0] + layers[m - 1][1]\n"
        "        dz = dz @ layers[m][0].T * (1 - np.tanh(z) ** 2)\nreturn found",
        BACK.format("dz @ W.T - dz @ W.T * a * a").replace("return found", "return tuple(found)"),
    ],
    "lightest_weights": [
        "return a * (target / np.dot(a, a))",
        "return np.linalg.lstsq(a[None], np.array([target]))[0]",
        "return np.linalg.pinv(a[None])[:, 0] * target",
    ],
    "decayed": [
        "for w in W.ravel():\n    loss += 0.5 * weight_decay * w * w\n"
        "return loss, weight_decay * W + dW",
        "return loss + 0.5 * weight_decay * np.linalg.norm(W) ** 2, dW + weight_decay * W",
    ],
    "stopped_at": [
        "best, where, waited = np.inf, None, 0\nfor step in range(len(losses)):\n"
        "    if losses[step] < best:\n        best, where, waited = losses[step], step, 0\n"
        "    else:\n        waited += 1\n    if waited >= patience:\n        return step, where\n"
        "return step, where",
        "for end in range(len(losses)):\n    low = int(np.argmin(losses[:end + 1]))\n"
        "    if end - low >= patience:\n        return end, low\nreturn len(losses) - 1, low",
    ],
    "reliability": [
        "edges = {'bins': 10, 'range': (0, 1)}\n"
        "return np.histogram(sure, **edges)[0], np.histogram(sure[hits], **edges)[0]",
        "counts, good = np.zeros(10, int), np.zeros(10, int)\nfor s, r in zip(sure, hits):\n"
        "    bin = min(int(s * 10), 9)\n    counts[bin] += 1\n    good[bin] += r\nreturn counts, good",
        "tenth = np.digitize(sure, np.linspace(0, 1, 11)[1:-1])\n"
        "return np.bincount(tenth, minlength=10), np.bincount(tenth, hits, 10)",
    ],
    "decayed_fit": [
        "n, m = a.shape\n"
        "return np.linalg.solve(a.T @ a + n * weight_decay / 2 * np.eye(m), a.T @ y)",
        "n = len(a)\nreturn a.T @ np.linalg.solve(a @ a.T + n * weight_decay / 2 * np.eye(n), y)",
        "m = a.shape[1]\nroot = np.sqrt(len(a) * weight_decay / 2) * np.eye(m)\n"
        "more = np.zeros((m, y.shape[1]))\n"
        "return np.linalg.lstsq(np.vstack([a, root]), np.vstack([y, more]))[0]",
    ],
    "relu_backward": [
        "return np.where(a > 0, da, 0)",
        "return da * np.sign(a)",
        "dz = da.copy()\ndz[a == 0] = 0\nreturn dz",
    ],
    "residual_gradients": [
        AROUND.format("da * (1 - (kept[m + 1] - kept[m]) ** 2)", "dz @ layers[m][0].T + da"),
        AROUND.format(
            "da - da * np.tanh(kept[m] @ layers[m][0] + layers[m][1]) ** 2",
            "da + np.einsum('ik,jk->ij', dz, layers[m][0])",
        ).replace("return found", "return tuple(found)"),
    ],
    "he_limit": [
        "return (6 / inputs) ** 0.5",
        "return np.float32(np.sqrt(3 * 2 / inputs))",
    ],
    "image_patches": [
        "from numpy.lib.stride_tricks import sliding_window_view\n"
        "return sliding_window_view(image, (side, side)).reshape(-1, side * side)",
        "rows = [image[r:r + side, c:c + side].flatten() for r in range(image.shape[0] - side + 1) "
        "for c in range(image.shape[1] - side + 1)]\nreturn np.stack(rows)",
    ],
    "max_pool": [
        "n, r, c, k = z.shape\nreturn z.reshape(n, r // 2, 2, c // 2, 2, k).max(axis=(2, 4))",
        "half = np.maximum(z[:, ::2], z[:, 1::2])\nreturn np.maximum(half[:, :, ::2], half[:, :, 1::2])",
    ],
    "kernel_gradients": [
        "return np.einsum('nrci,nrck->ik', cut, dz), dz.sum(axis=(0, 1, 2))",
        "return np.tensordot(cut, dz, ([0, 1, 2], [0, 1, 2])), np.float32(dz.sum((0, 1, 2)))",
    ],
    "pixel_blame": [
        LAID_BACK.format("+=", "kernel[down, right] * dz[top, left]"),
        "from scipy.signal import convolve2d\nreturn convolve2d(dz, kernel)",
        "side = len(kernel)\npadded = np.pad(dz, side - 1)\n"
        "rows, columns = np.array(dz.shape) + side - 1\n"
        "return np.array([[(padded[r:r + side, c:c + side] * kernel[::-1, ::-1]).sum() "
        "for c in range(columns)] for r in range(rows)])",
    ],
    "max_pool_backward": [
        CORNERS.format("dlargest * (z[:, i::2, j::2] == largest)"),
        "big = np.kron(largest, np.ones((1, 2, 2, 1)))\n"
        "return np.kron(dlargest, np.ones((1, 2, 2, 1))) * (z >= big)",
    ],
}

# Wrong answers that an exercise's own list of mistakes does not hold: the kind of reply, words that
# must be in it, and the function's body. (The mistakes of the list are tested from there.)
WRONG = {
    "accuracy": [
        ("wrong value", "Of how many", "return sum(p.argmax(axis=1) == labels)"),
        ("wrong value", "in hundredths", "return 100 * np.mean(p.argmax(axis=1) == labels)"),
        ("wrong shape", "whether it is right",
         "return [bool(row.argmax() == label) for row, label in zip(p, labels)]"),
        ("raises", "down the columns", "return (p.argmax(axis=0) == labels).sum() / len(labels)"),
        ("wrong value", "one answer for all", "return np.mean(np.argmax(p) == labels)"),
        ("wrong value", "1 minus", "return (p.argmax(axis=1) != labels).mean()"),
        ("wrong value", "at which step", "return 0.5"),
        ("wrong value", "more than one half",
         "right = 0\nfor row, label in zip(p, labels):\n    right += row[label] > 0.5\n"
         "return right / len(p)"),
    ],
    "label_header": [
        ("raises", "buffer", 'import struct\nreturn struct.unpack(">2I", raw)'),
        ("wrong shape", "wanted 2 results", 'return int.from_bytes(raw[:8], "big")'),
        ("wrong value", "magic number: wanted",
         'import struct\nreturn struct.unpack(">4H", raw[:8])[1::2]'),
        ("wrong value", "those are the single bytes", "return raw[:4], raw[4:8]"),
        ("wrong shape", "those are the single bytes", "return list(raw[:4]), list(raw[4:8])"),
        ("raises", "a file of images", 'import struct\nreturn struct.unpack(">4I", raw[:16])'),
        ("wrong value", "from its last byte", "return np.frombuffer(raw, np.uint32, 2)"),
        ("raises", "the whole file", "return np.frombuffer(raw, np.uint32)"),
        ("wrong value", "not read from the header", "return 2049, 60000"),
        ("raises", "int() reads a number that is written out in digits",
         "return int(raw[:4]), int(raw[4:8])"),
        ("wrong value", "the four bytes were added as if each counted alike",
         "return raw[0]+raw[1]+raw[2]+raw[3], raw[4]+raw[5]+raw[6]+raw[7]"),
        ("raises", "it was given the whole file",
         "import struct\nreturn struct.unpack('>2I', raw)"),
        ("wrong value", "the second number was read to the end of the file",
         "return int.from_bytes(raw[:4], 'big'), int.from_bytes(raw[4:], 'big')"),
    ],
    "one_hot": [
        ("wrong value", "counted from 1", "return np.eye(classes + 1)[labels][:, 1:]"),
        ("raises", "IndexError",
         "y = np.zeros((len(labels), classes))\ny[range(classes), labels] = 1\nreturn y"),
        ("wrong shape", "got an array of shape", "return np.eye(classes)[labels][:, :, None]"),
        ("wrong value", "1 minus", "return 1 - np.eye(classes)[labels]"),
        ("wrong shape", "transposed", "return np.eye(classes)[labels].T"),
        ("raises", "a label chose among as many rows as there are examples",
         "out = np.zeros((len(labels), classes))\nfor i in labels:\n"
         "    out[i, labels[i]] = 1\nreturn out"),
        ("wrong shape", "all the labels went into one row",
         "out = np.zeros(classes)\nout[labels] = 1\nreturn out"),
        ("wrong shape", "the numbers are right",
         "return [[1 if k == l else 0 for k in range(classes)] for l in labels]"),
        ("wrong value", "each row got a 1 for every label",
         "y = np.zeros((len(labels), classes))\ny[:, labels] += 1\nreturn y"),
    ],
    "split": [
        ("wrong value", "one and the same order",
         "a, b = rng.permutation(images), rng.permutation(labels)\n"
         "return (a[validation:], b[validation:]), (a[:validation], b[:validation])"),
        ("wrong value", "nothing was drawn", SPLIT.replace("rng.permutation", "np.random.permutation")),
        ("wrong value", "decides nothing", SPLIT.replace("rng", "np.random.default_rng(0)")),
        ("wrong value", "decides nothing", SPLIT.replace("rng.permutation", "np.arange")),
        ("wrong value", "From where does it draw",
         SPLIT.replace("rng.permutation", "rng.random(); order = np.random.permutation")),
        ("wrong value", "not what it was", SPLIT.replace("images[train]", "images[train] / 255")),
        ("wrong value", "not what it was", SPLIT.replace("labels[held]", "labels[held] + 100")),
        ("wrong value", "not what it was",
         SPLIT.replace("images[train]", "images[train].reshape(len(train), 4)")),
        ("wrong value", "there twice", SPLIT.replace("labels[held]", "labels[train[:validation]]")),
        ("wrong value", "there twice", SPLIT.replace("held = order[validation:]",
         "held = order[:len(labels) - validation]")),
        ("wrong value", "exchanged", SPLIT.replace("train, held", "held, train")),
        ("wrong value", "grouped otherwise", "return images[1:], labels[1:], images[:1], labels[:1]"),
        ("wrong value", "follow the order of the file",
         SPLIT.replace("rng.permutation(", "rng.random(3); order = np.arange(")),
        ("wrong value", "follow the order of the file", SPLIT.replace(
            "rng.permutation(len(labels))", "np.roll(np.arange(len(labels)), rng.integers(99))")),
        ("wrong value", "follow the order of the file", SPLIT.replace(
            "rng.permutation(len(labels))", "np.roll(np.arange(len(labels)), rng.integers(99))\n"
            "order[:validation] = rng.permutation(order[:validation])")),
        ("wrong value", "follow the order of the file",
         "step = len(labels) // validation\nheld = np.arange(validation) * step + rng.integers(step)\n"
         "train = np.setdiff1d(np.arange(len(labels)), held)\n"
         "return (images[train], labels[train]), (images[held], labels[held])"),
        ("wrong value", "follow the order of the file", SPLIT.replace(
            "rng.permutation(len(labels))",
            "np.concatenate([np.arange(len(labels)).reshape(-1, 5)[i] for i in "
            "rng.permutation(len(labels) // 5)]) if len(labels) % 5 == 0 else np.arange(len(labels))")),
        ("wrong value", "Where does `validation` come in?",
         "order = rng.permutation(len(labels))\ntrain, held = order[:50_000], order[50_000:]\n"
         "return (images[train], labels[train]), (images[held], labels[held])"),
        ("wrong value", "the parts are grouped otherwise",
         "order = rng.permutation(len(labels))\n"
         "images, labels = images[order], labels[order]\n"
         "return images[validation:], labels[validation:], images[:validation], "
         "labels[:validation]"),
        ("wrong value", "images and labels no longer belong together",
         "images = rng.permutation(images)\nlabels = rng.permutation(labels)\n"
         "return (images[:-validation], labels[:-validation]), (images[-validation:], "
         "labels[-validation:])"),
        ("wrong value", "or shuffle(a)?",
         "rng.shuffle(images)\nrng.shuffle(labels)\n"
         "return (images[:-validation], labels[:-validation]), (images[-validation:], "
         "labels[-validation:])"),
    ],
    "class_means": [
        ("wrong shape", "wanted an array of shape (classes, pixels)",
         "return images.reshape(len(images), -1)[labels == 0]"),
        ("wrong value", "wanted",
         "return np.array([np.median(images[labels == k].reshape((labels == k).sum(), -1), axis=0) "
         "for k in range(10)]) / 255"),
        ("wrong value", "wanted",
         "return np.array([sum(images[labels == k]).ravel() / (labels == k).sum() for k in "
         "range(10)])"),
        ("wrong shape", "a list",
         "return [images[labels == k].reshape((labels == k).sum(), -1).mean(axis=0) for k in "
         "range(10)]"),
        ("wrong shape", "that is one number for each image",
         "return np.array([images[labels == k].mean(axis=(1, 2)) for k in range(10)])"),
        ("raises", "it works for images of 784 pixels only",
         "return np.array([images[labels == k].mean(axis=0) for k in "
         "range(10)]).reshape(10, 784)"),
        ("raises", "it works for images of 784 pixels only",
         "rows = images.reshape(-1, 784)\n"
         "return np.array([rows[labels == k].mean(axis=0) for k in range(10)])"),
        ("wrong value", "stood behind the point",
         "rows = images.reshape(len(images), -1)\nout = np.zeros((10, rows.shape[1]), np.uint8)\n"
         "for k in range(10):\n    out[k] = rows[labels == k].mean(axis=0)\nreturn out"),
        ("wrong value", "divided by 10",
         "rows = images.reshape(len(images), -1)\n"
         "return np.array([rows[labels == k].sum(axis=0) / 10 for k in range(10)])"),
        ("wrong value", "that is the median",
         "rows = images.reshape(len(images), -1)\n"
         "return np.array([np.median(rows[labels == k], axis=0) for k in range(10)])"),
        ("wrong shape", "labels were taken for the numbers of images",
         "return images.reshape(len(images), -1)[labels].mean(axis=0)"),
    ],
    "nearest_mean": [
        ("wrong value", "scaled once more",
         "return (-2 * (x / 255) @ means.T + (means ** 2).sum(axis=1)).argmin(axis=1)"),
        ("wrong value", "all in one number",
         "return (-2 * x @ means.T + (means ** 2).sum()).argmin(axis=1)"),
        ("raises", "added over the means",
         "return (-2 * x @ means.T + (means ** 2).sum(axis=0)).argmin(axis=1)"),
        ("wrong shape", "stand in a column",
         "return (-2 * x @ means.T + (means ** 2).sum(axis=1, keepdims=True)).argmin(axis=1)"),
        ("wrong value", "What does abs do",
         "return abs((means ** 2).sum(axis=1) - 2 * x @ means.T).argmin(axis=1)"),
        ("wrong value", "compares directions",
         "products = x @ means.T / np.linalg.norm(means, axis=1)\nreturn products.argmax(axis=1)"),
        ("wrong value", "wrong factor",
         "return (2 * x @ means.T + (means ** 2).sum(axis=1)).argmin(axis=1)"),
        ("wrong value", "without being squared",
         "return np.abs(x[:, None] - means).sum(axis=-1).argmin(axis=-1)"),
        ("raises", "columns on its left",
         "return ((means ** 2).sum(axis=1) - 2 * x @ means).argmin(axis=1)"),
        ("wrong shape", "a list of 1", "return [0 for row in x]"),
        ("wrong shape", "images and means were paired off",
         "return np.linalg.norm(x - means, axis=1).argmin()"),
        ("wrong value", "the squares were added over the means",
         "d = ((x[:, None] - means)**2).sum(axis=1)\nreturn d.argmin(axis=1)"),
        ("wrong value", "that is how near it is",
         "d = ((x[:, None] - means)**2).sum(axis=2)\nreturn d.min(axis=1)"),
        ("wrong value", "the differences were added before they were squared",
         "d = (x[:, None] - means).sum(axis=2)**2\nreturn d.argmin(axis=1)"),
    ],
    "central_difference": [
        ("wrong value", "every sign", "return (f(u - h) - f(u + h)) / (2 * h)"),
        ("wrong value", "wanted 6.", "return (f(u + h) - f(u - h)) / (2 + h)"),
        ("wrong value", "wanted", "h = 1e-5\nreturn (f(u + h) - f(u - h)) / (2 * h)"),
        ("wrong value", "wanted", "return (f(u + h / 2) - f(u - h / 2)) / h"),
        ("wrong value", "Which way does f go", "return abs((f(u + h) - f(u - h)) / (2 * h))"),
        ("wrong value", "Which way does f go", "return max((f(u + h) - f(u - h)) / (2 * h), 0.0)"),
        ("wrong value", "the rise was divided by 2 and multiplied by h",
         "return (f(u+h) - f(u-h)) / 2*h"),
        ("wrong value", "the rise is of one side",
         "return (f(u+h) - f(u)) / (2*h)"),
        ("wrong value", "that is the slope at 0",
         "return (f(h) - f(-h)) / (2*h)"),
        ("raises", "h was added to f itself",
         "return (f + h - (f - h)) / (2*h)"),
    ],
    "sigmoid": [
        ("unstable", "cut off", "return 1 / (1 + np.exp(-np.clip(z, -15, 15)))"),
        ("unstable", "some exponential",
         "with np.errstate(over='ignore'):\n    return 1 / (1 + np.exp(-z))"),
        ("unstable", "cancel", "return 0.5 * (1 + np.tanh(z / 2))"),
        ("unstable", "overflow encountered in exp", "return np.exp(z) / (1 + np.exp(z))"),
        ("wrong value", "slope", "s = 1 / (1 + np.exp(-z))\nreturn s * (1 - s)"),
        ("raises", "ambiguous",
         "return 1 / (1 + np.exp(-z)) if z > 0 else np.exp(z) / (1 + np.exp(z))"),
        ("wrong value", "wanted", "return 1 / (1 - np.exp(-z) + 2)"),
        ("raises", "an `if` asks once",
         "if z >= 0:\n    return 1/(1+np.exp(-z))\nreturn np.exp(z)/(1+np.exp(z))"),
        ("wrong value", "the size |z| does not know the sign of z",
         "return np.where(z > 0, 1/(1+np.exp(-z)), 1 - 1/(1+np.exp(-z)))"),
        ("wrong value", "right of 0 the numerator grows and grows",
         "return np.exp(z)/(1+np.exp(-abs(z)))"),
        ("raises", "math's functions take one number",
         "import math\nreturn 1/(1+math.exp(-z))"),
        ("wrong value", "the answer has z's own type",
         "out = np.empty_like(z)\np = z >= 0\nout[p] = 1 / (1 + np.exp(-z[p]))\n"
         "e = np.exp(z[~p])\nout[~p] = e / (1 + e)\nreturn out"),
        ("unstable", "two numbers near 1 cancel",
         "s = 1 / (1 + np.exp(-abs(z)))\nreturn np.where(z >= 0, s, 1 - s)"),
        ("raises", "a loop over z takes its rows",
         "out = []\nfor v in z:\n    out.append(1 / (1 + np.exp(-v)) if v >= 0 else "
         "np.exp(v) / (1 + np.exp(v)))\nreturn np.array(out)"),
    ],
    "softmax": [
        ("unstable", "mean is not large enough", "e = np.exp(z - z.mean(axis=-1, keepdims=True))\n"
         "return e / e.sum(axis=-1, keepdims=True)"),
        ("raises", "ValueError: (2,3) and (2,) do not fit", "e = np.exp(z)\nreturn e / e.sum(axis=1)"),
        ("wrong value", "columns sum to 1", "e = np.exp(z - z.max(axis=0))\nreturn e / sum(e)"),
        ("wrong value", "it changes z", "z -= z.max(axis=1, keepdims=True)\n"
         "return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)"),
        ("unstable", "not the row's own",
         "e = np.exp(z - z.max())\nreturn e / e.sum(axis=1, keepdims=True)"),
        ("unstable", "NumPy warned", "e = np.exp(z - z.min(axis=-1, keepdims=True))\n"
         "return e / e.sum(axis=-1, keepdims=True)"),
        ("wrong shape", "`return` missing", "e = np.exp(z)\ne / e.sum(axis=1, keepdims=True)"),
        ("wrong value", "that max is Python's",
         "e = np.exp(z - max(z))\nreturn e/e.sum(axis=1, keepdims=True)"),
        ("wrong value", "the scores were divided by the largest",
         "e = np.exp(z / z.max(axis=1, keepdims=True))\n"
         "return e / e.sum(axis=1, keepdims=True)"),
        ("wrong value", "the smallest score got the largest probability",
         "e = np.exp(z.max(axis=1, keepdims=True) - z)\n"
         "return e/e.sum(axis=1, keepdims=True)"),
        ("unstable", "the exponential of a large score overflows",
         "return np.array([np.exp(row)/np.exp(row).sum() for row in z])"),
        *[("unstable", "a small number was added to the sum",
           "e = np.exp(z - z.max(axis=1, keepdims=True))\n"
           f"return e / (e.sum(axis=1, keepdims=True) + {small})")
          for small in (1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6)],
        ("unstable", "z was cut off",
         "z = np.clip(z, -500, 500)\nreturn np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)"),
    ],
    "softmax_backward": [
        ("raises", "column, (n, 1)", "return p * (dp - (p * dp).sum(axis=1))"),
        ("wrong value", "factor in front", "return dp - (p * dp).sum(axis=1, keepdims=True)"),
        ("wrong value", "every sign", "return p * ((p * dp).sum(axis=1, keepdims=True) - dp)"),
        ("wrong value", "wanted", "return p - dp"),
        ("raises", "columns on its left", "return p * (dp - p @ dp)"),
        ("raises", "a formula for one example met a whole batch",
         "J = np.diag(p) - np.outer(p, p)\nreturn J @ dp"),
        ("wrong value", "p stands where dp should",
         "return dp * (p - (p*p).sum(axis=1, keepdims=True))"),
        ("wrong shape", "the numbers are right",
         "out = []\nfor row, d in zip(p, dp):\n"
         "    J = np.diag(row) - np.outer(row, row)\n    out.append(J @ d)\nreturn out"),
        ("wrong value", "the sum was subtracted without a factor",
         "s = (p*dp).sum(axis=-1, keepdims=True)\nreturn p*dp - s"),
        ("wrong value", "a formula for one example", "return dp @ (np.diag(p) - np.outer(p, p))"),
        ("wrong value", "the Jacobian of the first row",
         "J = np.diag(p[0]) - np.outer(p[0], p[0])\nreturn dp @ J"),
    ],
    "log_softmax": [
        ("wrong value", "probabilities", "e = np.exp(z)\nreturn e / e.sum(axis=1, keepdims=True)"),
        ("wrong value", "logarithms were divided",
         "s = z - z.max(axis=1, keepdims=True)\n"
         "return s / np.log(np.exp(s).sum(axis=1, keepdims=True))"),
        ("wrong value", "Which comes first",
         "return z - np.log(np.exp(z)).sum(axis=1, keepdims=True)"),
        ("wrong value", "only the maximum", "return z - z.max(axis=1, keepdims=True)"),
        ("unstable", "a small number was added",
         "s = z - z.max(axis=1, keepdims=True)\n"
         "return s - np.log(np.exp(s).sum(axis=1, keepdims=True) + 1e-12)"),
        ("wrong value", "maximum was subtracted in the sum only",
         "top = z.max(axis=1, keepdims=True)\n"
         "return z - np.log(np.exp(z - top).sum(axis=1, keepdims=True))"),
        ("wrong value", "every sign", "return np.log(np.exp(z).sum(axis=1, keepdims=True)) - z"),
        ("unstable", "logarithm come first",
         "e = np.exp(z - z.max(axis=1, keepdims=True))\n"
         "return np.log(e / e.sum(axis=1, keepdims=True))"),
        ("unstable", "wanted", "e = np.exp(z - z.max(axis=1, keepdims=True))\n"
         "return np.log(e / e.sum(axis=1, keepdims=True) + 1e-12)"),
        ("wrong value", "one sum served the whole batch",
         "return z - np.log(np.sum(np.exp(z)))"),
        ("wrong value", "the sum was subtracted itself",
         "z = z - z.max(axis=1, keepdims=True)\n"
         "return z - np.exp(z).sum(axis=1, keepdims=True)"),
        ("wrong value", "the scores' own logarithm was taken",
         "return np.log(z) - np.log(z.sum(axis=1, keepdims=True))"),
        ("wrong value", "the log of the sum was added",
         "m = z.max(axis=1, keepdims=True)\n"
         "return z - m + np.log(np.exp(z - m).sum(axis=1, keepdims=True))"),
    ],
    "cross_entropy": [
        ("wrong value", "the scores' own logarithm", "return -(y * np.log(z)).sum() / len(z)"),
        ("wrong value", "divided by 10",
         "s = z - np.log(np.exp(z).sum(axis=1, keepdims=True))\nreturn -(y * s).sum() / 10"),
        ("unstable", "the exponential of a large score overflows",
         "lse = np.log(np.exp(z).sum(axis=1))\nreturn np.mean(lse - (z * y).sum(axis=1))"),
        ("unstable", "logarithm come first", "p = np.exp(z - z.max(axis=1, keepdims=True))\n"
         "p /= p.sum(axis=1, keepdims=True)\nreturn -(y * np.log(p + 1e-12)).sum() / len(z)"),
        ("wrong value", "examples", "return (np.logaddexp.reduce(z, axis=1) - z[y == 1]).sum()"),
        ("wrong value", "every sign", "return (z[y == 1] - np.logaddexp.reduce(z, axis=1)).mean()"),
        ("raises", "column",
         "s = z - z.max(axis=1)\nreturn -(y * (s - np.log(np.exp(s).sum(axis=1)))).sum() / len(z)"),
        ("unstable", "NumPy warned", "top = z.max(axis=1, keepdims=True)\n"
         "log_p = z - np.log(np.exp(z - top).sum(axis=1, keepdims=True)) - np.log(np.exp(top))\n"
         "return -(y * log_p).sum() / len(z)"),
        ("wrong shape", "wanted one value", "return np.logaddexp.reduce(z, axis=1) - z[y == 1]"),
        ("wrong value", "the mean ran over all entries",
         "s = z - z.max(axis=1, keepdims=True)\n"
         "lp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))\nreturn -(y*lp).mean()"),
        ("raises", "y holds numbers",
         "s = z - z.max(axis=1, keepdims=True)\n"
         "lp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))\nreturn -(lp[y]).mean()"),
        ("wrong value", "each example met the targets of all",
         "s = z - z.max(axis=1, keepdims=True)\n"
         "lp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))\n"
         "return -(y @ lp.T).mean()"),
    ],
    "cross_entropy_with_gradient": [
        *[("wrong value", "went back through the softmax twice",
           "from mnistlib import functions\np = functions.softmax(z)\nreturn "
           f"functions.cross_entropy(z, y), functions.softmax_backward(p, p - y){mean}")
          for mean in ("", " / len(z)")],
        ("wrong value", "subtracted from the scores",
         "from mnistlib import functions\nreturn functions.cross_entropy(z, y), z - y"),
        ("unstable", "Can the pencil cancel p",
         "s = z - z.max(axis=1, keepdims=True)\ne = np.exp(s)\np = e / e.sum(axis=1, keepdims=True)\n"
         "loss = (np.log(e.sum(axis=1)) - s[y == 1]).mean()\ndp = -y / p / len(z)\n"
         "return loss, p * (dp - (p * dp).sum(axis=1, keepdims=True))"),
        ("unstable", "logarithm come first", "e = np.exp(z - z.max(axis=1, keepdims=True))\n"
         "p = e / e.sum(axis=1, keepdims=True)\nreturn -np.log(p[y == 1]).mean(), (p - y) / len(z)"),
        ("wrong value", "Where does 1/n come in", "log_p = z - np.logaddexp.reduce(z, axis=1)[:, None]\n"
         "return -(y * log_p).sum() / len(z), np.exp(log_p) - y"),
        ("wrong value", "Does the loss depend on the others",
         "log_p = z - np.logaddexp.reduce(z, axis=1)[:, None]\n"
         "return -(y * log_p).sum() / len(z), y * (np.exp(log_p) - 1) / len(z)"),
        ("wrong value", "points downhill", "log_p = z - np.logaddexp.reduce(z, axis=1)[:, None]\n"
         "return -(y * log_p).sum() / len(z), (y - np.exp(log_p)) / len(z)"),
        ("wrong shape", "the loss alone", "return (np.logaddexp.reduce(z, axis=1) - z[y == 1]).mean()"),
    ],
    "bias_gradient": [
        ("wrong shape", "axis too many", "return dz.sum(axis=0, keepdims=True)"),
        ("wrong value", "one example's", "return dz[0] * len(dz) / len(dz)"),
        ("wrong value", "wanted", "return np.abs(dz).sum(axis=0)"),
        ("wrong value", "every sign", "return -dz.sum(axis=0)"),
        ("wrong shape", "the sum ran along the units",
         "return sum(dz[0])"),
        ("wrong shape", "that is one number for each example",
         "return np.sum(dz, axis=1)"),
        ("wrong value", "that is a mean",
         "return dz.sum(axis=0) / len(dz)"),
        ("wrong shape", "the numbers are right",
         "return [sum(col) for col in dz.T]"),
    ],
    "layer_gradients": [
        ("wrong value", "one example's product only",
         "return inputs[-1][:, None] * dz[-1], dz.sum(axis=0)"),
        ("raises", "add up over the examples", "return inputs @ dz, dz.sum(axis=0)"),
        ("wrong shape", "db: wanted", "return inputs.T @ dz, inputs.sum(axis=1)"),
        ("wrong shape", "2 results",
         "return np.vstack([inputs.T @ dz, dz.sum(axis=0), dz.sum(axis=0)])"),
        ("wrong value", "wanted", "return inputs.T @ dz, np.abs(dz).sum(axis=0)"),
        ("wrong shape", "dW is transposed",
         "return dz.T @ inputs, dz.sum(axis=0)"),
        ("wrong shape", "dz itself is not yet the gradient of W",
         "return dz, dz.sum(axis=0)"),
        ("wrong shape", "db has a row for each example still",
         "return inputs.T @ dz, dz"),
        ("wrong shape", "the biases got a sum of inputs",
         "return inputs.T @ dz, inputs.T @ np.ones(len(dz))"),
    ],
    "hidden_gradient": [
        ("wrong value", "brackets", "return dz2 @ W2.T * a1 * 1 - a1"),
        ("raises", "which end", "return dz2 @ W2 * a1 * (1 - a1)"),
        ("raises", "name 'z1' is not defined",
         "return dz2 @ W2.T * np.exp(-z1) / (1 + np.exp(-z1)) ** 2"),
        ("wrong value", "every sign", "return dz2 @ W2.T * a1 * (a1 - 1)"),
        ("wrong shape", "transposed", "return W2 @ dz2.T * (a1 * (1 - a1)).T"),
        ("raises", "the weights came first",
         "return (W2 @ dz2) * a1 * (1-a1)"),
        ("wrong shape", "entries of dz2 and W2 were multiplied in pairs",
         "return dz2 * W2 * a1*(1-a1)"),
        ("wrong shape", "a1.T @ dz2 is the gradient of the weights",
         "return a1.T @ dz2 * a1 * (1-a1)"),
        ("wrong shape", "dz2 was turned round",
         "return dz2.T @ W2 * a1*(1-a1)"),
    ],
    "tanh_backward": [
        ("wrong value", "at a = 1 and a = -1", "return da * (1 + a * a)"),
        ("wrong value", "at a = 1 and a = -1", "return da - 2 * da * a**2"),
        ("wrong value", "way back through a sigmoid", "return da * (a - a ** 2)"),
        ("wrong value", "wanted", "return da * (1 + a ** 2)"),
        ("wrong value", "every sign", "return da * (a ** 2 - 1)"),
        ("wrong value", "multiply first", "return da - a ** 2"),
        ("raises", "columns on its left", "return da @ (1 - a ** 2)"),
        ("wrong value", "a and da were taken for each other",
         "return da * (1 - np.tanh(da)**2)"),
        ("wrong value", "a went through a second tanh",
         "return da / np.cosh(a)**2"),
        ("wrong value", "the subtraction came last",
         "return da * 1 - a**2"),
        ("raises", "that is a matrix product",
         "return (1 - a**2) @ da"),
    ],
    "check_gradient": [
        ("wrong value", "upwards only", ONE_SIDED.format("(f(up) - f(u)) / h", "1e-6")),
        ("wrong value", "upwards only", ONE_SIDED.format("(f(up) - f(u)) / h", "1e-7")),
        ("wrong value", "upwards only", ONE_SIDED.format("(f(up) - f(u)) / h", "1e-8")),
        ("wrong value", "wanted 0.", ONE_SIDED.format("(f(up) - f(u)) / h", "3e-9")),
        ("wrong value", "downwards only", ONE_SIDED.format("(f(u) - f(2 * u - up)) / h", "1e-6")),
        ("wrong value", "so long", ONE_SIDED.format("(f(up) - f(2 * u - up)) / 2 / h", "1e-3")),
        ("wrong value", "a verdict", NUDGE.format("bool(np.linalg.norm(gradient - m) < 1e-7 * max("
                                                  "np.linalg.norm(gradient), np.linalg.norm(m)))")),
        ("wrong value", "Pythagoras", NUDGE.format(
            "abs(gradient - m).sum() / max(abs(gradient).sum(), abs(m).sum())")),
        ("wrong value", "compared by itself", NUDGE.format("np.mean(abs(gradient - m) / abs(m))")),
        ("wrong value", "of a matrix", NUDGE.format(
            "np.linalg.norm(gradient - m, 2) / max(np.linalg.norm(gradient, 2), "
            "np.linalg.norm(m, 2))")),
        ("wrong value", "two directions", NUDGE.format(
            "1 - (gradient * m).sum() / np.sqrt((gradient**2).sum() * (m**2).sum())")),
        ("raises", "Which one number", NUDGE.format(
            "abs(gradient - m) / max(abs(gradient), abs(m))")),
        ("wrong value", "squares", NUDGE.format("((gradient - m) ** 2).sum() / max((gradient ** "
         "2).sum(), (m ** 2).sum())")),
        ("wrong shape", "wanted one value", NUDGE.format("np.abs(gradient - m) / "
         "np.maximum(abs(gradient), abs(m))")),
        ("wrong value", "lengths were subtracted", NUDGE.format("abs(np.linalg.norm(gradient) - "
         "np.linalg.norm(m)) / max(np.linalg.norm(gradient), np.linalg.norm(m))")),
        ("wrong shape", "wanted one value", NUDGE.format("np.allclose(m, gradient), m")),
        ("wrong value", "wanted", NUDGE.replace("/ 2e-5", "/ 1e-5").format("np.linalg.norm(gradient "
         "- m) / max(np.linalg.norm(gradient), np.linalg.norm(m))")),
        ("wrong value", "all the entries of u were nudged at once",
         "m = (f(u+1e-5) - f(u-1e-5))/2e-5\n"
         "return np.linalg.norm(gradient - m)/max(np.linalg.norm(gradient), "
         "np.linalg.norm(m))"),
        ("wrong value", "each entry was compared by itself",
         NUDGE.format("np.max(np.abs(gradient - m) / np.abs(m))")),
        ("wrong value", "sizes were added up",
         NUDGE.format("np.abs(gradient - m).sum() / np.abs(gradient).sum()")),
        ("wrong value", "every slope came out as 0",
         NUDGE.replace("u.copy(), u.copy()", "u, u").format(
             "np.linalg.norm(gradient-m)/np.linalg.norm(m)")),
    ],
    "mended_gradients": [
        ("wrong value", "db2 is too large now",
         BACKWARD.format("x.T @ dz1, dz1.mean(axis=0), a1.T @ dz2, dz2.sum(axis=0) * 10")),
        ("wrong shape", "the loss, and the gradients beside it",
         "from mnistlib import network\nreturn network.gradients(parameters, x, y)"),
        ("wrong value", "a bias was left out", BACKWARD.replace(" + b1", "").replace(" + b2", "")
         .format("x.T @ dz1, dz1.sum(axis=0), a1.T @ dz2, dz2.sum(axis=0)")),
        ("wrong value", "bug is still there",
         BACKWARD.format("x.T @ dz1, dz1.mean(axis=0), a1.T @ dz2, dz2.sum(axis=0)")),
        ("wrong value", "missing everywhere",
         BACKWARD.replace(" / len(x)", "").format("x.T @ dz1, dz1.sum(0), a1.T @ dz2, dz2.sum(0)")),
        ("wrong value", "db1: wanted", BACKWARD.format("x.T @ dz1, dz1.mean(0), a1.T @ dz2, "
         "dz2.mean(0)")),
        ("wrong shape", "4 results", BACKWARD.format("dz1.sum(axis=0)")),
        ("wrong shape", "db1: wanted", BACKWARD.format("x.T @ dz1, dz1.sum(1), a1.T @ dz2, "
         "dz2.sum(0)")),
        ("wrong value", "what was right before",
         BACKWARD.replace("a1 * (1 - a1)", "(1 - a1**2)").format(
             "x.T @ dz1, dz1.sum(axis=0), a1.T @ dz2, dz2.sum(axis=0)")),
        ("wrong shape", "the hidden biases got one number together",
         BACKWARD.format("x.T @ dz1, dz1.sum(), a1.T @ dz2, dz2.sum(axis=0)")),
        ("wrong value", "now all four are n times too small",
         BACKWARD.format("x.T @ dz1/len(x), dz1.sum(axis=0)/len(x), a1.T @ dz2/len(x), "
         "dz2.sum(axis=0)/len(x)")),
        ("wrong shape", "they come in pairs",
         BACKWARD.format("[x.T @ dz1, dz1.sum(axis=0)], [a1.T @ dz2, dz2.sum(axis=0)]")),
    ],
    "three_layer_gradients": [
        ("wrong value", "a bias was left out",
         DEEPER.replace(" + b1", "").replace(" + b2", "").replace(" + b3", "")
         .format("x.T @ dz1, dz1.sum(0), a1.T @ dz2, dz2.sum(0), a2.T @ dz3, dz3.sum(0)")),
        ("wrong value", "again at each layer",
         DEEPER.replace("dz3 @ W3.T", "dz3 @ W3.T / len(x)").replace("dz2 @ W2.T", "dz2 @ W2.T / len(x)")
         .format("x.T @ dz1, dz1.sum(0), a1.T @ dz2, dz2.sum(0), a2.T @ dz3, dz3.sum(0)")),
        ("wrong value", "n times too large", DEEPER.replace(" / len(x)", "").format(
            "x.T @ dz1, dz1.sum(0), a1.T @ dz2, dz2.sum(0), a2.T @ dz3, dz3.sum(0)")),
        ("wrong value", "dW1: wanted", DEEPER.replace("dz2 @ W2.T", "dz3 @ W3.T").format(
            "x.T @ dz1, dz1.sum(0), a1.T @ dz2, dz2.sum(0), a2.T @ dz3, dz3.sum(0)")),
        ("wrong value", "dW1: wanted", DEEPER.replace("a2 * (1 - a2)", "1").format(
            "x.T @ dz1, dz1.sum(0), a1.T @ dz2, dz2.sum(0), a2.T @ dz3, dz3.sum(0)")),
        ("wrong shape", "6 results", DEEPER.format("x.T @ dz1, a1.T @ dz2, a2.T @ dz3")),
        ("wrong value", "the last hidden layer's slope is there",
         DEEPER.replace("a1 * (1 - a1)\n", "1\n").format(
             "x.T @ dz1, dz1.sum(0), a1.T @ dz2, dz2.sum(0), a2.T @ dz3, dz3.sum(0)")),
        ("wrong value", "blame came to the hidden units and went on as it was",
         DEEPER.replace("* a1 * (1 - a1)", "").replace("* a2 * (1 - a2)", "").format(
             "x.T @ dz1, dz1.sum(0), a1.T @ dz2, dz2.sum(0), a2.T @ dz3, dz3.sum(0)")),
        ("wrong shape", "the weights come first",
         DEEPER.format("x.T @ dz1, a1.T @ dz2, a2.T @ dz3, dz1.sum(0), dz2.sum(0), dz3.sum(0)")),
        ("wrong shape", "the biases of a layer got one number together",
         DEEPER.format("x.T @ dz1, dz1.sum(), a1.T @ dz2, dz2.sum(), a2.T @ dz3, dz3.sum()")),
    ],
    "minibatches": [
        ("wrong value", "share a batch in two epochs",
         "order = rng.permutation(n)\n"
         "cut = [order[start:start + batch_size] for start in range(0, n, batch_size)]\n"
         "for _ in range(epochs):\n    for batch in cut:\n        yield rng.permutation(batch)"),
        ("wrong value", "the same neighbours", DEAL.replace(
            "for _ in", "order = rng.permutation(n)\nfor _ in", 1).replace(
            "order = rng.permutation(n)\n    for", "order = np.roll(order, 1)\n    for")),
        ("wrong value", "have the same order", DEAL.replace(
            "for _ in", "order = rng.permutation(n)\nfor _ in", 1).replace(
            "order = rng.permutation(n)\n    for", "order = order[::-1]\n    for")),
        ("wrong value", "are left over", DEAL.replace("(0, n,", "(0, n - batch_size + 1,")),
        ("wrong value", "Where does one epoch end",
         "order = np.concatenate([rng.permutation(n) for _ in range(epochs)])\n"
         "return [order[i:i + batch_size] for i in range(0, len(order), batch_size)]"),
        ("wrong value", "Which loop deals the others", DEAL.replace("range(epochs)", "range(1)")),
        ("wrong value", "nothing was drawn", DEAL.replace("rng.permutation(n)", "np.arange(n)")),
        ("wrong value", "two epochs have the same order",
         "order = rng.permutation(n)\n" + DEAL.replace("order = rng.permutation(n)", "pass")),
        ("wrong value", "is missing or comes twice",
         DEAL.replace("rng.permutation(n)", "rng.integers(0, n, n)")),
        ("wrong value", "wanted batches of [2, 2, 1]",
         DEAL.replace("range(0, n,", "range(0, n - n % 2,")),
        ("wrong value", "2 times over", DEAL.replace("range(epochs)", "range(1)")),
        ("wrong value", "nothing was drawn", "rng = np.random.default_rng()\n" + DEAL),
        ("wrong value", "not what is in them",
         "for _ in range(epochs):\n    starts = np.arange(0, n, batch_size)\n"
         "    last = starts[-1:]\n    for start in [*rng.permutation(starts[:-1]), *last]:\n"
         "        yield np.arange(start, min(start + batch_size, n))"),
        ("wrong value", "ow many batches", DEAL.replace("yield order[", "yield [order][")),
        ("wrong shape", "form that the task", "return n"),
        ("raises", "NameError", DEAL.replace("yield order", "yield oder")),
        ("wrong value", "wanted batches of [2",
         "order = rng.permutation(n)\n"
         "return np.array_split(order, n // batch_size) * epochs"),
        ("wrong value", "missing or comes twice",
         "return [rng.choice(n, batch_size) for _ in range(epochs * n // batch_size)]"),
        ("wrong value", "that is one batch",
         "for e in range(epochs):\n    order = rng.permutation(n)\n"
         "    for i in range(0, n, batch_size):\n        return order[i:i+batch_size]"),
        ("wrong value", "ow many batches",
         "out = []\nfor e in range(epochs):\n    order = rng.permutation(n)\n"
         "    out.append([order[i:i+batch_size] for i in range(0, n, batch_size)])\n"
         "return out"),
    ],
    "sgd_update": [
        ("wrong value", "looks ahead", DESCEND.format(
            "v[:] = momentum * v + g; w -= learning_rate * (momentum * v + g)")),
        ("wrong value", "it changes gradients",
         DESCEND.format("v *= momentum; v += g; g *= learning_rate; w -= learning_rate * v")),
        ("raises", "does not support item assignment", "for i, g in enumerate(gradients):\n"
         "    velocity[i] = momentum * velocity[i] + g\n"
         "    parameters[i] -= learning_rate * velocity[i]"),
        ("wrong value", "parameters[1]: wanted", DESCEND.format("v *= momentum; v += g; w *= 1 - "
         "learning_rate * v")),
        ("wrong value", "parameters[1]: wanted", DESCEND.format("v *= momentum; v -= g; w += "
         "learning_rate * v")),
        ("wrong value", "parameters[1]: wanted", "w, g, v = parameters[0], gradients[0], velocity[0]\n"
         "v *= momentum; v += g; w -= learning_rate * v"),
        ("wrong value", "some arrays are as they were",
         "for w, g, v in zip(parameters, gradients, velocity):\n    v = momentum*v + g\n"
         "    w = w - learning_rate*v"),
        ("raises", "a tuple of arrays is no array",
         "velocity = momentum * velocity + gradients\n"
         "parameters = parameters - learning_rate * velocity"),
        ("wrong value", "nothing was changed",
         "new = []\nfor w, g, v in zip(parameters, gradients, velocity):\n"
         "    v = momentum * v + g\n    new.append(w - learning_rate * v)\nreturn new"),
        ("wrong value", "the rate is in the velocity",
         "for w, g, v in zip(parameters, gradients, velocity):\n"
         "    v[:] = momentum * v - learning_rate * g; w += v"),
    ],
    "name_the_faults": [
        ("wrong value", "validation loss get well below log 10, and what",
         FAULTS.format("rate too large", "labels mixed up", "overfitting", "rate too small")),
        ("wrong value", "Does its loss leap",
         FAULTS.format("rate too small", "overfitting", "labels mixed up", "rate too large")),
        ("wrong value", "rong: 2 of the four, B among them",
         FAULTS.format("rate too large", "labels mixed up", "overfitting", "rate too small")),
        ("wrong value", "rong: 4 of the four, A among them",
         FAULTS.format(*["overfitting", "rate too large"] * 2)),
        ("wrong value", "o fault is called 'too large'", FAULTS.format("too large", "a", "b", "c")),
        ("wrong value", '"A", "B", "C"', 'return ["rate too large", "overfitting", "x", "y"]'),
        ("wrong value", "4 of the four",
         'return {"A": "overfitting", "B": "rate too large", "C": "rate too small", "D": '
         '"labels mixed up"}'),
        ("wrong value", "No fault is called 'Rate too large'",
         'return {"A": "Rate too large", "B": "overfitting", "C": "labels mixed up", "D": '
         '"rate too small"}'),
        ("wrong value", 'Wanted a dictionary with the letters "A"',
         'return {"a": "rate too large"}'),
        ("wrong value", "3 of the four",
         'return {"A": "overfitting", "B": "overfitting", "C": "overfitting", "D": '
         '"overfitting"}'),
    ],
    "standard_error_by_group": [
        ("wrong value", "Who is writer 0",
         "size, hits = np.bincount(groups), np.bincount(groups, weights=right)\nm = len(size)\n"
         "off = hits - right.mean() * size\nreturn np.sqrt(m / (m - 1) * off @ off) / len(right)"),
        ("wrong value", "Which numbers do these have",
         "q, m = right.mean(), len(set(groups))\n"
         "off = np.array([right[groups == g].sum() - q * (groups == g).sum() for g in range(m)])\n"
         "return np.sqrt(m / (m - 1) * (off**2).sum()) / len(right)"),
        ("wrong value", "factor for few groups",
         "q, n = right.mean(), len(right)\noff = [(right[groups == g] - q).sum() for g in set(groups)]"
         "\nreturn np.sqrt(n / (n - 1)) * np.linalg.norm(off) / n"),
        ("wrong value", "independent", "q = right.mean()\nreturn np.sqrt(q * (1 - q) / len(right))"),
        ("wrong value", "small groups counted as much",
         "by = np.array([right[groups == g].mean() for g in np.unique(groups)])\n"
         "return by.std(ddof=1) / np.sqrt(len(by))"),
        ("wrong value", "wanted", "return right.std(ddof=1) / np.sqrt(len(np.unique(groups)))"),
        ("wrong shape", "wanted one value",
         "return np.bincount(groups, weights=right) / np.bincount(groups)"),
        ("wrong value", "factor for few groups",
         "q = right.mean()\noff = [(right[groups == g] - q).sum() "
         "for g in np.unique(groups)]\nreturn np.linalg.norm(off) / len(right)"),
        ("wrong value", "that is how much groups differ",
         "accs = [right[groups == g].mean() for g in np.unique(groups)]\n"
         "return np.std(accs)"),
        ("wrong value", "not divided by the number of examples",
         "q = right.mean()\n"
         "e = [(right[groups == g] - q).sum() for g in np.unique(groups)]\n"
         "return np.sqrt(np.sum(np.square(e))) / len(e)"),
        ("wrong value", "what one answer is expected to bring was subtracted once",
         "q = right.mean()\n"
         "e = [right[groups == g].sum() - q for g in np.unique(groups)]\nm = len(e)\n"
         "return np.sqrt(m/(m-1) * np.sum(np.square(e))) / len(right)"),
        ("wrong value", "taken for one coin",
         "m = len(np.unique(groups))\nq = right.mean()\nreturn np.sqrt(q*(1-q)/m)"),
    ],
    "tune": [
        ("wrong value", "It has had 100 steps",
         'return {"learning_rate": 0.3, "momentum": 0.9, "epochs": 1}'),
        ("wrong value", "On which side of the basin",
         'return {"learning_rate": 0.1, "momentum": 0, "epochs": 5}'),
        ("wrong value", "of learning_rate is '0.3'",
         'return {"learning_rate": "0.3", "momentum": 0.9, "epochs": 5}'),
        ("wrong value", "epochs from 1 to 5",
         'return {"learning_rate": 1.0, "momentum": 0.5, "epochs": 50}'),
        ("wrong value", "on validation", 'return {"learning_rate": 0.1, "momentum": 0.0, "epochs": 1}'),
        ("wrong value", "It has had 100 steps",
         'return {"learning_rate": 0.001, "momentum": 0.9, "epochs": 1}'),
        ("wrong value", "hich key is amiss", 'return {"rate": 1.0}'),
        ("wrong value", "anted a dictionary", "return 0.5"),
        ("wrong value", "of epochs is '5'",
         'return {"learning_rate": 1, "momentum": 0.9, "epochs": "5"}'),
        ("wrong value", "hich key is amiss",
         'return {"learning rate": 0.5, "momentum": 0.9, "epochs": 5}'),
        ("wrong value", "The rate must be above 0",
         'return {"learning_rate": 0.5, "momentum": 0.9, "epochs": 5.5}'),
    ],
    "class_bias": [
        ("unstable", "overflow", "return np.log(np.exp(z).sum(axis=0))"),
        ("unstable", "mean is not large enough",
         "top = z.mean(axis=0)\nreturn top + np.log(np.exp(z - top).sum(axis=0))"),
        ("wrong shape", "axis too many", "return np.log(np.exp(z).sum(axis=0, keepdims=True))"),
        ("wrong value", "every sign", "return -np.log(np.exp(z).sum(axis=0))"),
        ("wrong value", "log of a mean", "return np.log(np.mean(np.exp(z), axis=0))"),
        ("wrong shape", "that is one number for each image",
         "return np.log(np.exp(z).sum(axis=1))"),
        ("wrong value", "that is the sum itself",
         "return np.exp(z - z.max(axis=0)).sum(axis=0)"),
        ("wrong shape", "the maximum is each image's",
         "m = z.max(axis=1, keepdims=True)\nreturn m + np.log(np.exp(z - m).sum(axis=0))"),
        ("unstable", "one maximum served all classes",
         "m = z.max()\nreturn m + np.log(np.exp(z - m).sum(axis=0))"),
        ("wrong shape", "same for all images", "return z - np.log(np.exp(z).sum(axis=0))"),
        ("unstable", "one image's logits", "s = z[0]\nreturn s + np.log(np.exp(z - s).sum(0))"),
        ("unstable", "one image's logits", "s = z[-1]\nreturn s + np.log(np.exp(z - s).sum(0))"),
        ("unstable", "overflows", "z = z.astype(np.longdouble)\nreturn np.log(np.exp(z).sum(0))"),
        ("unstable", "made equal to it", "return np.log(np.exp(z.clip(-700, 700)).sum(0))"),
    ],
    "depends_on_company": [
        ("raises", "still has two axes", "z = np.random.default_rng(7).normal(size=(5, 3))\n"
         "return not np.allclose(softmax(z)[0], softmax(z[0]))"),
        ("wrong value", "only one row", "z = np.random.default_rng(7).normal(size=(6, 3))\n"
         "return not np.allclose(softmax(z[:1]), softmax(z)[:1])"),
        ("wrong value", "only one row", "z = np.random.default_rng(7).normal(size=(6, 3))\n"
         "return bool(np.abs(softmax(z[5:]) - softmax(z)[5]).max() > 1e-9)"),
        ("wrong value", "for a last bit", "z = np.random.default_rng(7).normal(size=(6, 3))\n"
         "return not all((softmax(z[[i]])[0] == softmax(z)[i]).all() for i in range(6))"),
        ("wrong value", "for a last bit", "z = np.random.default_rng(7).normal(size=(6, 3))\n"
         "return bool((softmax(z[:1]) != softmax(z)[:1]).any())"),
        ("wrong value", "too small for your bound",
         "z = np.random.default_rng(7).normal(size=(6, 3))\n"
         "return not all(np.allclose(softmax(z[[i]]), softmax(z)[i], atol=0.1) for i in range(6))"),
        ("wrong value", "rise in company, or fall",
         "z = np.random.default_rng(7).normal(size=(6, 3))\n"
         "return (softmax(z[:1]) - softmax(z)[:1]).max() > 1e-6"),
        ("wrong value", "so far apart", "z = 1000 * np.random.default_rng(7).normal(size=(6, 3))\n"
         "return not all(np.allclose(softmax(z[[i]]), softmax(z)[i]) for i in range(6))"),
        ("wrong value", "tells one kind", "z = np.random.default_rng(7).normal(size=(6, 3))\n"
         "return np.allclose(softmax(z).sum(axis=0), 1)"),
        ("wrong value", "says True", "z = np.eye(3)\nreturn not np.allclose(softmax(z), z)"),
        ("wrong value", "says False",
         "z = np.eye(3)\nreturn not np.allclose(softmax(z), softmax(z.copy()))"),
        ("wrong value", "rows sum to 1", "p = softmax(np.random.default_rng(0).normal(size=(5, 4)))\n"
         "return not np.allclose(p.sum(axis=1), 1)"),
        ("wrong shape", "one value, True", "z = np.eye(3)\nreturn softmax(z)[:1] != softmax(z[:1])"),
        ("wrong value", "in company both times", "z = np.random.default_rng(7).normal(size=(6, 3))\n"
         "return not np.allclose(softmax(z[:2]), softmax(z)[:2])"),
        ("wrong value", "in company both times", "z = np.random.default_rng(7).normal(size=(6, 3))\n"
         "return bool(np.abs(softmax(z[:3])[1] - softmax(z)[1]).max() > 1e-6)"),
        ("wrong value", "another order", "z = np.random.default_rng(7).normal(size=(6, 3))\n"
         "return not np.allclose(softmax(z), softmax(z[::-1])[::-1])"),
        ("wrong value", "its double", "z = np.array([[3.0, 1, 2], [3, 1, 2]])\n"
         "return not np.allclose(softmax(z)[:1], softmax(z[:1]))"),
        ("wrong value", "tells one kind", "return softmax.__name__ == 'softmax_over_batch'"),
        ("wrong value", "in quotation marks", "z = np.random.default_rng(7).normal(size=(6, 3))\n"
         "return 'True' if any((~np.isclose(softmax(z)[i], softmax(z[[i]])[0])).any() "
         "for i in range(6)) else 'False'"),
        ("wrong shape", "answer for each class", "z = np.random.default_rng(7).normal(size=(6, 10))\n"
         "return softmax(z)[0] != softmax(z[0])"),
        ("wrong value", "nobody has ever checked", "z = np.random.default_rng(7).normal(size=(6, 3))\n"
         "e = np.exp(z)\nreturn not np.allclose(softmax(z), e / e.sum(axis=1, keepdims=True))"),
    ],
    "paired": [
        ("wrong value", "all the right answers", "from mnistlib import uncertainty\n"
         "return after.sum(), before.sum(), uncertainty.paired(before, after).p"),
        ("wrong value", "p: wanted", "g, l = (after & ~before).sum(), (before & ~after).sum()\n"
         "return g, l, abs(g - l) / np.sqrt(g + l)"),
        ("wrong shape", "p is still to come", "return (after & ~before).sum(), (before & ~after).sum()"),
        ("wrong value", "p came out the same for every pair",
         "return int((after > before).sum()), int((before > after).sum()), 0.5"),
        ("wrong value", "lost: wanted", "return (after != before).sum(), (after == before).sum(), 1.0"),
        ("wrong value", "gained: wanted",
         "return (after & before).sum(), (before & ~after).sum(), 1.0"),
        ("wrong value", "numbers of right answers were subtracted",
         "gained = sum(after) - sum(before)\nlost = sum(before) - sum(after)\n"
         "return gained, lost, 1.0"),
        ("wrong value", "that is the chance that all fell one way",
         "g = (after & ~before).sum()\nl = (before & ~after).sum()\n"
         "return g, l, 0.5**(g+l)"),
        ("raises", "an `and` asks once",
         "g = (after and not before).sum()\nl = (before and not after).sum()\n"
         "return g, l, 1"),
        ("unstable", "64 bits", "import math\ng = (after & ~before).sum()\n"
         "l = (before & ~after).sum()\nn = g + l\n"
         "tail = sum(math.comb(n, fewer) for fewer in range(min(g, l) + 1))\n"
         "return g, l, min(1.0, 2 * tail / 2**n)"),
        ("unstable", "64 bits", "import math\ng = (after & ~before).sum()\n"
         "l = (before & ~after).sum()\nn = g + l\n"
         "tail = sum(math.comb(n, fewer) for fewer in range(min(g, l) + 1))\n"
         "return g, l, min(1.0, 2 * tail / np.power(2, n))"),
        ("unstable", "too small for one", "import math\ng = int((after & ~before).sum())\n"
         "l = int((before & ~after).sum())\nn = g + l\n"
         "tail = sum(math.comb(n, fewer) for fewer in range(min(g, l) + 1))\n"
         "return g, l, min(1.0, 2 * tail * 0.5**n)"),
        ("wrong value", "no toss at all", "import math\ng = int((after & ~before).sum())\n"
         "l = int((before & ~after).sum())\nn = g + l\nif n == 0:\n    return 0, 0, 0\n"
         "tail = sum(math.comb(n, fewer) for fewer in range(min(g, l) + 1))\n"
         "return g, l, min(1.0, 2 * tail / 2**n)"),
        ("wrong value", "all the right answers", "import math\ng = int(after.sum())\n"
         "l = int((before & ~after).sum())\nn = g + l\n"
         "tail = sum(math.comb(n, fewer) for fewer in range(min(g, l) + 1))\n"
         "return g, l, min(1.0, 2 * tail / 2**n)"),
        ("wrong value", "gains and losses cancel", "import math\n"
         "g = max(int(after.sum()) - int(before.sum()), 0)\n"
         "l = max(int(before.sum()) - int(after.sum()), 0)\nn = g + l\n"
         "tail = sum(math.comb(n, fewer) for fewer in range(min(g, l) + 1))\n"
         "return g, l, min(1.0, 2 * tail / 2**n)"),
        ("wrong value", "always taken from one side", "import math\n"
         "g = int((after & ~before).sum())\nl = int((before & ~after).sum())\nn = g + l\n"
         "tail = sum(math.comb(n, k) for k in range(g + 1))\n"
         "return g, l, min(1.0, 2 * tail / 2**n)"),
        ("wrong value", "every answer was a toss of the coin",
         "import math\ng = (after & ~before).sum()\nl = (before & ~after).sum()\n"
         "return g, l, 2*sum(math.comb(len(before), k) for k in "
         "range(min(g,l)+1))/2**len(before)"),
    ],
    "rate_for_scaled": [
        ("wrong value", "one factor", "return rate * divisor"),
        ("wrong shape", "missing", "rate * divisor ** 2"),
        ("wrong value", "is not it", "return rate * (divisor + 1) ** 2"),
        ("wrong value", "number of pixels", "return rate * 784"),
        ("wrong value", "one factor too many", "return rate * divisor ** 3"),
        ("wrong value", "number of pixels", "return rate * 784 * divisor"),
        ("wrong value", "longer or shorter", "return rate / divisor ** 2"),
        ("wrong value", "two factors were added", "return rate * (divisor + divisor)"),
        ("wrong value", "one divisor only", "return rate * 65025"),
        ("wrong value", "the old rate has no part", "return divisor * divisor"),
        ("wrong value", "a root was taken", "return rate * np.sqrt(divisor)"),
    ],
    "loss_at_the_start": [
        ("wrong value", "are exchanged", "return 1 - 1 / classes, np.log(classes)"),
        ("wrong value", "below 0", "return np.log(1 / classes), 1 - 1 / classes"),
        ("wrong value", "another base", "return np.log10(classes), 1 - 1 / classes"),
        ("wrong value", "What do the others give",
         "p = 1 / classes\nreturn np.log(classes), (1 - p) ** 2"),
        ("wrong value", "mean over the classes",
         "p, y = np.full(classes, 1 / classes), np.eye(classes)[0]\n"
         "return -(y * np.log(p)).sum(), ((p - y) ** 2).mean()"),
        ("wrong value", "Of how many is y not 0",
         "return -classes * np.log(1 / classes), 1 - 1 / classes"),
        ("wrong value", "How many are there",
         "p = 1 / classes\nreturn -np.log(p), (1 - p) ** 2 + p ** 2"),
        ("wrong value", "one number of classes", "return np.log(10), 0.9"),
        ("wrong shape", "one of the two", "return np.log(classes)"),
        ("wrong value", "knows nothing", "return 0.0, 0.0"),
        ("wrong shape", "number for each class",
         "p = np.full(classes, 1 / classes)\nreturn -np.log(p), (1 - p) ** 2"),
        ("wrong value", "before its logarithm", "p = 1 / classes\nreturn -p * np.log(p), (1 - p) ** 2"),
    ],
    "deep_gradients": [
        ("wrong value", "sigmoid's slope", BACK.format("dz @ W.T * a * (1 - a)")),
        ("wrong value", "stands between", BACK.format("dz @ W.T")),
        ("wrong value", "through what does it come first",
         BACK.format("(1 - a ** 2) * dz @ W.T")),
        ("wrong value", "Whose dz", BACK.format("dz").replace(
            "    found =", "    dz = dz @ W.T * (1 - a ** 2)\n    found =")),
        ("wrong value", "gather its blame",
         BACK.format("dz @ W.T * (1 - a ** 2)").replace("axis=0", "axis=1")),
        ("wrong shape", "order is another",
         BACK.format("dz @ W.T * (1 - a ** 2)").replace("return found", "return found[::-1]")),
        ("wrong shape", "wanted 4 results",
         BACK.format("dz @ W.T * (1 - a ** 2)").replace("return found", "return found[0]")),
        ("wrong value", "used as on the way up", BACK.format("dz @ W * (1 - a ** 2)")),
        ("raises", "made for two layers", "(W1, b1), (W2, b2) = layers\nx, a1 = kept\n"
         "dW2, db2 = a1.T @ dz, dz.sum(axis=0)\ndz = dz @ W2.T * (1 - a1 ** 2)\n"
         "return [x.T @ dz, dz.sum(axis=0), dW2, db2]"),
        ("wrong value", "last layer's weights every time",
         BACK.format("dz @ layers[-1][0].T * (1 - a ** 2)")),
        ("wrong value", "from the same activations", BACK.format("dz @ W.T * (1 - kept[1] ** 2)")),
        ("wrong value", "the last layer's first", BACK.format("dz @ W.T * (1 - a ** 2)")
         .replace("] + found", "]").replace("found = [a", "found += [a")),
        ("wrong value", "are means over the images",
         BACK.format("dz @ W.T * (1 - a ** 2)").replace(".sum", ".mean")),
        ("wrong value", "met first", BACK.format("dz @ W.T * (1 - a ** 2)")
         .replace("[::-1]", "").replace("] + found", "]").replace("found = [a", "found += [a")),
        ("wrong value", "met first", BACK.format("dz @ W.T * (1 - a ** 2)").replace("[::-1]", "")),
        ("wrong value", "opposite directions", BACK.format("dz @ W.T * (1 - a ** 2)")
         .replace("zip(layers, kept)", "zip(layers, kept[::-1])")),
        ("wrong value", "ReLU's slope", BACK.format("dz @ W.T * (a > 0)")),
        ("wrong value", "slope of tanh", BACK.format("dz @ W.T * (1 - a) ** 2")),
        ("wrong value", "got a slope, too",
         "dz = dz * (1 - kept[-1] ** 2)" + BACK.format("dz @ W.T * (1 - a ** 2)")),
        ("wrong value", "each dW is transposed",
         BACK.format("dz @ W.T * (1 - a ** 2)").replace("a.T @ dz", "dz.T @ a")),
        ("wrong shape", "What became of those",
         BACK.format("dz @ W.T * (1 - a ** 2)").replace("] + found", "]")),
        ("wrong shape", "first layer's are missing",
         BACK.format("dz @ W.T * (1 - a ** 2)").replace("return found", "return found[2:]")),
    ],
    "lightest_weights": [
        ("wrong value", "with more weight than needed", "return target / a / len(a)"),
        ("wrong value", "weights are alike", "return np.ones(len(a)) * target / sum(a)"),
        ("wrong value", "where does it belong", "return a * target"),
        ("wrong value", "length of a once", "return a * target / np.linalg.norm(a)"),
        ("wrong value", "What was the target", "return a / (a @ a)"),
        ("wrong value", "a sign was lost", "return target * np.abs(a) / (a @ a)"),
        ("wrong shape", "Of what", "return target / (a @ a)"),
        ("wrong value", "one feature does it all", "w = 0 * a\nw[0] = target / a[0]\nreturn w"),
        ("wrong shape", "in a column", "return np.linalg.pinv(a[None]) * target"),
        ("raises", "as many equations", "return np.linalg.solve(a[None], [target])"),
    ],
    "decayed": [
        ("wrong value", "twice the price",
         "return loss + weight_decay * np.sum(W ** 2), dW + weight_decay * W"),
        ("wrong value", "half a square",
         "return loss + weight_decay / 2 * np.sum(W ** 2), dW + 2 * weight_decay * W"),
        ("wrong value", "takes absolute values",
         "return loss + weight_decay * abs(W).sum(), dW + weight_decay * np.sign(W)"),
        ("wrong value", "Would a gradient check",
         "return loss + weight_decay / 2 * (W * W).sum(), dW"),
        ("wrong value", "root of the sum",
         "return loss + weight_decay / 2 * np.linalg.norm(W), dW + weight_decay * W"),
        ("wrong value", "that price is twice as high",
         "return loss + weight_decay * (W ** 2).sum(), dW + 2 * weight_decay * W"),
        ("wrong value", "where a step leads",
         "return loss + weight_decay / 2 * (W ** 2).sum(), (1 - weight_decay) * W - dW"),
        ("wrong value", "it changes dW",
         "dW += weight_decay * W\nreturn loss + weight_decay / 2 * (W ** 2).sum(), dW"),
        ("wrong shape", "the loss alone",
         "return loss + weight_decay / 2 * (W ** 2).sum()"),
        ("wrong shape", "still to be summed",
         "return loss + weight_decay / 2 * W ** 2, dW + weight_decay * W"),
    ],
    "stopped_at": [
        ("wrong value", "looked at all the losses", "return len(losses) - 1, np.argmin(losses)"),
        ("wrong value", "known before it came", "return np.argmin(losses), np.argmin(losses)"),
        ("wrong value", "a new lowest",
         "low = 0\nfor now in range(len(losses)):\n    if losses[now] <= losses[low]: low = now\n"
         "    if now - low == patience: break\nreturn now, low"),
        ("wrong value", "one scoring too many",
         "low = 0\nfor now in range(len(losses)):\n    if losses[now] < losses[low]: low = now\n"
         "    if now - low > patience: break\nreturn now, low"),
        ("wrong value", "one before it",
         "rises = 0\nfor now in range(1, len(losses)):\n"
         "    rises = rises + 1 if losses[now] > losses[now - 1] else 0\n"
         "    if rises == patience: break\nreturn now, np.argmin(losses[:now + 1])"),
        ("wrong value", "counted every scoring",
         "best, low, waited = losses[0], 0, 0\nfor now in range(1, len(losses)):\n"
         "    if losses[now] < best: best, low = losses[now], now\n"
         "    else: waited += 1\n    if waited == patience: return now, low\nreturn now, low"),
        ("wrong shape", "wanted 2 results", "return int(np.argmin(losses))"),
        ("wrong value", "is it a new lowest",
         "waited = 0\nfor i in range(1, len(losses)):\n"
         "    waited = 0 if losses[i] < losses[i - 1] else waited + 1\n"
         "    if waited >= patience: return i, np.argmin(losses[:i + 1])\n"
         "return len(losses) - 1, np.argmin(losses)"),
        ("wrong value", "Which place has the last",
         "low = 0\nfor now in range(len(losses)):\n    if losses[now] < losses[low]: low = now\n"
         "    if now - low == patience: return now, low\nreturn len(losses), low"),
        ("wrong value", "one scoring early",
         "low = 0\nfor now in range(len(losses)):\n    if losses[now] < losses[low]: low = now\n"
         "    if now - low == patience: return now - 1, low\nreturn now, low"),
    ],
    "reliability": [
        ("wrong shape", "one tenth too many",
         "b = (sure * 10).astype(int)\n"
         "return np.bincount(b, minlength=10), np.bincount(b[hits], minlength=10)"),
        ("wrong value", "rounded to the nearest",
         "b = np.minimum(np.round(sure * 10).astype(int), 9)\n"
         "return np.bincount(b, minlength=10), np.bincount(b[hits], minlength=10)"),
        ("wrong value", "share that is right",
         "b = np.minimum((sure * 10).astype(int), 9)\ncounts = np.bincount(b, minlength=10)\n"
         "return counts, np.bincount(b, hits, 10) / np.maximum(counts, 1)"),
        ("wrong value", "counts what is wrong",
         "b = np.minimum((sure * 10).astype(int), 9)\n"
         "return np.bincount(b, minlength=10), np.bincount(b, ~hits, 10)"),
        ("wrong value", "a probability of 1 was lost",
         "edges = np.linspace(0, 1, 11)\n"
         "counts = np.array([((sure >= e) & (sure < e + 0.1)).sum() for e in edges[:10]])\n"
         "good = np.array([((sure >= e) & (sure < e + 0.1) & hits).sum() for e in edges[:10]])\n"
         "return counts, good"),
        ("wrong value", "on a border fell into the tenth below",
         "k = np.arange(10)[:, None]\nthere = (sure > k / 10) & (sure <= (k + 1) / 10)\n"
         "return there.sum(axis=1), (there & hits).sum(axis=1)"),
        ("wrong value", "on a border fell into the tenth below",
         "b = (9.999 * sure).astype(int)\n"
         "return np.bincount(b, minlength=10), np.bincount(b[hits], minlength=10)"),
        ("wrong value", "on a border fell into the tenth below",
         "b = np.maximum(np.ceil(10 * sure).astype(int) - 1, 0)\n"
         "return np.bincount(b, minlength=10), np.bincount(b[hits], minlength=10)"),
        ("wrong value", "Where do they begin and end",
         "return np.histogram(sure, 10)[0], np.histogram(sure[hits], 10)[0]"),
        ("wrong shape", "in two lists",
         "b = np.minimum((sure * 10).astype(int), 9)\ncounts = np.bincount(b, minlength=10)\n"
         "return list(counts), [int(hits[b == k].sum()) for k in range(10)]"),
        ("wrong value", "How are they left out",
         "b = np.minimum((sure * 10).astype(int), 9)\n"
         "return np.bincount(b, minlength=10), np.bincount(b * hits, minlength=10)"),
        ("wrong shape", "wanted 2 results", "return hits.mean()"),
    ],
    "decayed_fit": [
        ("wrong value", "without a price", "return np.linalg.pinv(a) @ y"),
        ("wrong value", "if there were one example",
         "return np.linalg.solve(a.T @ a + weight_decay / 2 * np.eye(a.shape[1]), a.T @ y)"),
        ("wrong value", "Where is the half",
         "return np.linalg.solve(a.T @ a + len(a) * weight_decay * np.eye(a.shape[1]), a.T @ y)"),
        ("wrong value", "n and the half",
         "return np.linalg.solve(a.T @ a + weight_decay * np.eye(a.shape[1]), a.T @ y)"),
        ("wrong shape", "[:, None]",
         "U, s, V = np.linalg.svd(a, full_matrices=False)\n"
         "return V.T @ (s / (s**2 + len(a) * weight_decay / 2) * (U.T @ y))"),
        ("wrong value", "without a price", "return np.linalg.solve(a.T @ a, a.T @ y)"),
        ("wrong value", "columns were multiplied",
         "U, s, V = np.linalg.svd(a, full_matrices=False)\n"
         "return V.T @ (s / (s**2 + len(a) * weight_decay / 2) * U.T @ y)"),
        ("wrong value", "to every entry",
         "return np.linalg.solve(a.T @ a + len(a) * weight_decay / 2, a.T @ y)"),
        ("raises", "Which setting of it",
         "left, s, right = np.linalg.svd(a)\n"
         "return right.T @ ((s / (s**2 + len(a) * weight_decay / 2))[:, None] * (left.T @ y))"),
        ("wrong value", "for the number of features",
         "m = a.shape[1]\nreturn np.linalg.solve(a.T @ a + m * weight_decay / 2 * np.eye(m), a.T @ y)"),
        ("wrong value", "all directions shrank alike",
         "return np.linalg.pinv(a) @ y / (1 + len(a) * weight_decay / 2)"),
        ("wrong value", "multiplied by right itself",
         "left, s, right = np.linalg.svd(a, full_matrices=False)\n"
         "return right @ ((s / (s**2 + len(a) * weight_decay / 2))[:, None] * (left.T @ y))"),
        ("wrong shape", "each row is a class",
         "return np.linalg.solve(a.T @ a + len(a) * weight_decay / 2 * np.eye(a.shape[1]), a.T @ y).T"),
    ],
    "relu_backward": [
        ("wrong value", "weighted by the value", "return da * a"),
        ("wrong value", "counts as awake", "return da * (a >= 0)"),
        ("wrong value", "Whose sign", "return da * (da > 0)"),
        ("wrong value", "slope alone", "return np.where(a > 0, 1.0, 0.0)"),
        ("wrong value", "every sign", "return -da * (a > 0)"),
        ("wrong value", "the slope of tanh", "return da * (1 - a ** 2)"),
        ("wrong value", "not only one at the kink", "return da * np.heaviside(a, 0.5)"),
        ("wrong value", "From where on is a unit awake", "return da * (a > 0.4)"),
        ("wrong value", "What if all are awake", "return da * (a > a.min())"),
        ("raises", "decides once", "if a > 0:\n    return da\nreturn 0"),
        ("raises", "decides once", "return da * max(a, 0)"),
        ("wrong shape", "in the place of one that sleeps", "return da[a > 0]"),
        ("wrong value", "Which ones are awake", "return np.where(a > 0, 0, da)"),
        ("wrong value", "What comes down", "return np.where(a > 0, a, 0)"),
        ("wrong value", "turned its blame around", "return np.where(a > 0, 1, -1) * da"),
    ],
    "residual_gradients": [
        ("wrong value", "By which other way",
         AROUND.format("da * (1 - (kept[m + 1] - kept[m]) ** 2)", "dz @ layers[m][0].T")),
        ("wrong value", "Which part of it",
         AROUND.format("da * (1 - kept[m + 1] ** 2)", "da + dz @ layers[m][0].T")),
        ("wrong value", "what it adds", AROUND.format("da", "da + dz @ layers[m][0].T")),
        ("wrong shape", "wanted 4 results",
         AROUND.format("da * (1 - (kept[m + 1] - kept[m]) ** 2)", "da + dz @ layers[m][0].T")
         .replace("return found", "return found[0]")),
        ("wrong value", "wanted", AROUND.format("da * (1 - (kept[m + 1] - kept[m]) ** 2)",
                                                "da + da @ layers[m][0].T")),
        ("wrong value", "blame of the very top", "top = da\n" + AROUND.format(
            "da * (1 - (kept[m + 1] - kept[m]) ** 2)", "top + dz @ layers[m][0].T").strip()),
        ("wrong value", "used as on the way up", AROUND.format(
            "da * (1 - (kept[m + 1] - kept[m]) ** 2)", "da + dz @ layers[m][0]")),
        ("wrong value", "pass through tanh", AROUND.format(
            "da * (1 - (kept[m + 1] - kept[m]) ** 2)", "dz + dz @ layers[m][0].T")),
        ("wrong value", "a value was added", AROUND.format(
            "da * (1 - (kept[m + 1] - kept[m]) ** 2)", "kept[m] + dz @ layers[m][0].T")),
        ("raises", "made for two layers", "(W1, b1), (W2, b2) = layers\nx, a1, a2 = kept\n"
         "d2 = da * (1 - (a2 - a1) ** 2)\nda = da + d2 @ W2.T\nd1 = da * (1 - (a1 - x) ** 2)\n"
         "return x.T @ d1, d1.sum(axis=0), a1.T @ d2, d2.sum(axis=0)"),
        ("wrong value", "paired with what left it",
         "found = []\nfor (W, b), a in zip(layers[::-1], kept[::-1]):\n    dz = da * (1 - a ** 2)\n"
         "    found = [a.T @ dz, dz.sum(axis=0)] + found\n    da = da + dz @ W.T\nreturn found"),
        ("wrong value", "one place too high",
         "found, above = [], kept[-1]\nfor (W, b), a in zip(layers[::-1], kept[::-1]):\n"
         "    dz = da * (1 - (above - a) ** 2)\n    found = [a.T @ dz, dz.sum(axis=0)] + found\n"
         "    da, above = da + dz @ W.T, a\nreturn found"),
        ("wrong value", "after the weights", AROUND.format(
            "da", "da + da @ layers[m][0].T * (1 - (kept[m + 1] - kept[m]) ** 2)")),
        ("wrong value", "added to the sum once more", AROUND.format(
            "da * (1 - (kept[m + 1] + kept[m]) ** 2)", "da + dz @ layers[m][0].T")),
        ("wrong value", "slope of tanh", AROUND.format(
            "da * (1 - (kept[m + 1] - kept[m]))", "da + dz @ layers[m][0].T")),
        ("wrong value", "before these", AROUND.format(
            "da * (1 - (kept[m + 1] - kept[m]) ** 2)", "da + da @ layers[m][0].T")),
        ("wrong value", "through its weights, too", AROUND.format(
            "da * (1 - (kept[m + 1] - kept[m]) ** 2)", "(da + dz) @ layers[m][0].T")),
        ("wrong value", "comes in two ways", AROUND.format(
            "da * (1 - (kept[m + 1] - kept[m]) ** 2)", "da * (dz @ layers[m][0].T)")),
        ("wrong value", "are means over the images", AROUND.format(
            "da * (1 - (kept[m + 1] - kept[m]) ** 2)", "da + dz @ layers[m][0].T")
         .replace(".sum", ".mean")),
    ],
    "he_limit": [
        ("wrong value", "standard deviation", "return np.sqrt(2 / inputs)"),
        ("wrong value", "variance itself", "return 2 / inputs"),
        ("wrong value", "square of what is wanted", "return 6 / inputs"),
        ("wrong value", "half of its inputs", "return np.sqrt(3 / inputs)"),
        ("wrong shape", "wanted one value", "return np.array([np.sqrt(6 / inputs)])"),
        ("wrong value", "root was taken of a part", "return np.sqrt(6) / inputs"),
        ("wrong value", "outside the root", "return 3 * np.sqrt(2 / inputs)"),
        ("wrong value", "put in as the limit", "return (2 / inputs) ** 2 / 3"),
        ("wrong value", "many inputs have large", "return np.sqrt(inputs / 6)"),
        ("wrong shape", "both ends", "return -np.sqrt(6 / inputs), np.sqrt(6 / inputs)"),
    ],
    "image_patches": [
        ("wrong shape", "side by side",
         "return np.array([image[r:r + side, c:c + side].ravel() for r in range(0, len(image) - side "
         "+ 1, side) for c in range(0, image.shape[1] - side + 1, side)])"),
        ("wrong value", "down its columns",
         "return np.array([image[r:r + side, c:c + side].T.ravel() for r in range(len(image) - side "
         "+ 1) for c in range(image.shape[1] - side + 1)])"),
        ("wrong shape", "last places are missing",
         "return np.array([image[r:r + side, c:c + side].ravel() for r in range(len(image) - side) "
         "for c in range(image.shape[1] - side)])"),
        ("wrong shape", "wanted an array", "return image[:side, :side].ravel()"),
        ("wrong value", "fractions were cut off", "rows, columns = np.array(image.shape) - side + 1\n"
         "out = np.zeros((rows * columns, side * side), dtype=int)\n"
         "for i in range(rows * columns):\n    r, c = divmod(i, columns)\n"
         "    out[i] = image[r:r + side, c:c + side].ravel()\nreturn out"),
        ("raises", "hang over the edge", "r, c = image.shape\nreturn np.array([image[i:i + side, "
         "j:j + side].ravel() for i in range(r) for j in range(c)])"),
        ("wrong shape", "makes one array of them",
         "return [image[r:r + side, c:c + side].flatten().tolist() for r in range(len(image) - side "
         "+ 1) for c in range(image.shape[1] - side + 1)]"),
        ("wrong shape", "two axes, down and right",
         "from numpy.lib.stride_tricks import sliding_window_view\n"
         "cut = sliding_window_view(image, (side, side))\n"
         "return cut.reshape(*cut.shape[:2], side * side)"),
    ],
    "max_pool": [
        ("wrong value", "mean of the four",
         "n, r, c, k = z.shape\nreturn z.reshape(n, r // 2, 2, c // 2, 2, k).mean(axis=(2, 4))"),
        ("wrong value", "one corner", "return z[:, ::2, ::2]"),
        ("wrong shape", "whole map", "return z.max(axis=(1, 2))"),
        ("wrong value", "cut off",
         "n, r, c, k = z.shape\n"
         "return np.maximum(z.reshape(n, r // 2, 2, c // 2, 2, k).max(axis=(2, 4)), 0)"),
        ("wrong shape", "What of the columns", "return np.maximum(z[:, ::2], z[:, 1::2])"),
        ("wrong value", "never asked", "return np.maximum(np.maximum(z[:, ::2, ::2], "
         "z[:, ::2, 1::2]), z[:, 1::2, ::2])"),
        ("wrong value", "four neighbours of one row", "n, r, c, k = z.shape\n"
         "return z.reshape(n, r // 2, c // 2, 4, k).max(axis=3)"),
        ("wrong value", "compared with one another", "n, r, c, k = z.shape\n"
         "big = z.reshape(n, r // 2, 2, c // 2, 2, k).max(axis=(2, 4, 5))\n"
         "return np.stack([big] * k, axis=3)"),
    ],
    "kernel_gradients": [
        ("wrong shape", "transposed",
         "return np.einsum('nrci,nrck->ki', cut, dz), dz.sum(axis=(0, 1, 2))"),
        ("wrong shape", "Where is a bias added",
         "return np.einsum('nrci,nrck->ik', cut, dz), dz.sum(axis=0)"),
        ("wrong value", "mean over all places",
         "m = dz[..., 0].size\n"
         "return np.einsum('nrci,nrck->ik', cut, dz) / m, dz.sum(axis=(0, 1, 2)) / m"),
        ("wrong shape", "dW alone", "return np.einsum('nrci,nrck->ik', cut, dz)"),
        ("wrong value", "mixed the kernels", "return cut.reshape(-1, cut.shape[-1]).T @ "
         "dz.reshape(dz.shape[-1], -1).T, dz.sum(axis=(0, 1, 2))"),
    ],
    "pixel_blame": [
        ("wrong value", "kept the blame of one of them",
         LAID_BACK.format("=", "kernel[down, right] * dz[top, left]")),
        ("wrong value", "Under which weight was the centre", LAID_BACK.format(
            "+=", "kernel[len(kernel) - 1 - down, len(kernel) - 1 - right] * dz[top, left]")),
        ("wrong value", "Which of its indices goes down",
         LAID_BACK.format("+=", "kernel[right, down] * dz[top, left]")),
        ("wrong value", "without a weight", LAID_BACK.format("+=", "dz[top, left]")),
        ("wrong value", "without the blame", LAID_BACK.format("+=", "kernel[down, right]")),
        ("wrong shape", "How much larger than the map",
         "from scipy.signal import convolve2d\n"
         "return convolve2d(dz, kernel)[:dz.shape[0], :dz.shape[1]]"),
        ("wrong shape", "still in rows", "return dz.reshape(-1, 1) @ kernel.reshape(1, -1)"),
        ("wrong value", "fractions were cut off", LAID_BACK.format(
            "+=", "kernel[down, right] * dz[top, left]").replace("- 1)", "- 1, int)")),
        ("raises", "IndexError", LAID_BACK.format(
            "+=", "kernel[down, right] * dz[top, left]").replace("+ len(kernel) - 1", "")),
    ],
    "max_pool_backward": [
        ("wrong value", "all four got the blame", CORNERS.format("dlargest")),
        ("wrong value", "the four share it", CORNERS.format("dlargest / 4")),
        ("wrong value", "who was the largest", CORNERS.format("z[:, i::2, j::2] == largest")),
        ("wrong value", "hands back the values",
         CORNERS.format("largest * (z[:, i::2, j::2] == largest)")),
        ("wrong value", "every sign", CORNERS.format("-dlargest * (z[:, i::2, j::2] == largest)")),
        ("wrong value", "Which of them may it equal",
         CORNERS.format("dlargest * np.isin(z[:, i::2, j::2], largest)")),
        ("wrong value", "nearly the largest",
         CORNERS.format("dlargest * np.isclose(z[:, i::2, j::2], largest, atol=1e-2)")),
        ("wrong value", "through a ReLU", CORNERS.format("dlargest * (z[:, i::2, j::2] > 0)")),
        ("wrong value", "the pooling's business",
         CORNERS.format("dlargest * (z[:, i::2, j::2] == np.maximum(largest, 0))")),
    ],
}  # fmt: skip
