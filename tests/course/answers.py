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

#: Several ways to be right: other formulas, dtypes, orders in memory, types of results.
RIGHT = {
    "confidently_wrong": [
        "return np.mean((p.argmax(1) != labels) * (p.max(1) > limit))",
        "count = 0\nfor row, label in zip(p, labels):\n"
        "    if row.argmax() != label and row.max() > limit:\n        count += 1\n"
        "return count / len(labels)",
        """
answers = np.argmax(p, axis=1)
how_sure = p[np.arange(len(p)), answers]
return np.count_nonzero(how_sure[answers != labels] > limit) / len(p)
""",
    ],
    "accuracy": [
        "return np.mean(np.argmax(p, axis=1) == labels)",
        "right = 0\nfor row, label in zip(p, labels):\n    if list(row).index(max(row)) == label:\n"
        "        right += 1\nreturn right / len(labels)",
        "return 1 - np.count_nonzero(p.argmax(axis=1) - labels) / len(p)",
        "return sum(max(range(len(row)), key=lambda k: row[k]) == label"
        " for row, label in zip(p, labels)) / len(labels)",
    ],
    "label_header": [
        'return int.from_bytes(raw[:4], "big"), int.from_bytes(raw[4:8], "big")',
        'return np.frombuffer(raw[:8], dtype=">u4")',
        'magic, count = np.frombuffer(raw, dtype=">u4", count=2)\nreturn [magic, count]',
        'import struct\nreturn struct.unpack(">2L", raw[:8])',
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
        "e = np.exp(-np.abs(z))\nreturn np.where(z < 0, e, 1) / (1 + e)",
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
        """
total = 0.0
for row, target in zip(z, y):
    s = row - row.max()
    total += np.log(np.exp(s).sum()) - s[target == 1][0]
return total / len(z)
""",
    ],
    "cross_entropy_with_gradient": [
        "log_p = z - np.logaddexp.reduce(z, axis=1)[:, None]\n"
        "return -log_p[y == 1].mean(), (np.exp(log_p) - y) / len(y)",
        "s = z - z.max(axis=1, keepdims=True)\ne = np.exp(s)\ntotal = e.sum(axis=1, keepdims=True)\n"
        "loss = (np.log(total[:, 0]) - s[np.arange(len(z)), y.argmax(axis=1)]).mean()\n"
        "return [np.float32(loss), ((e / total - y) / len(z)).astype('f4')]",
        """
from mnistlib import functions
return functions.cross_entropy(z, y), functions.cross_entropy_gradient(z, y)
""",
    ],
    "layer_gradients": [
        "return np.einsum('nd,nm->dm', inputs, dz), np.ones(len(dz)) @ dz",
        "dW = (inputs[:, :, None] * dz[:, None]).sum(axis=0)\nreturn [dW.astype('f4'), dz.sum(0)]",
        "return (dz.T @ inputs).T, np.array([column.sum() for column in dz.T])",
    ],
    "hidden_gradient": [
        "return (W2 @ dz2.T).T * (a1 - a1 ** 2)",
        "return np.einsum('nk,mk,nm,nm->nm', dz2, W2, a1, 1 - a1).astype(np.float32)",
        "slope = a1 - np.square(a1)\nreturn np.multiply(np.dot(dz2, W2.T), slope)",
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
        """
order = np.arange(n)
for _ in range(epochs):
    rng.shuffle(order)
    for start in range(0, n, batch_size):
        yield order[start:start + batch_size]
""",
        """
for _ in range(epochs):
    order = rng.permutation(n)
    for start in range(0, n, batch_size):
        yield np.sort(order[start:start + batch_size])
""",
    ],
    "sgd_update": [
        DESCEND.format("v[:] = momentum * v + g; w -= learning_rate * v"),
        "for i in range(len(parameters)):\n    velocity[i][...] *= momentum\n    velocity[i][...] += "
        "gradients[i]\n    np.subtract(parameters[i], learning_rate * velocity[i], parameters[i])",
        DESCEND.format("np.multiply(v, momentum, out=v); v += g; w[...] = w - learning_rate * v"),
    ],
    "name_the_faults": [
        FAULTS.format("rate too large", "overfitting", "labels mixed up", "rate too small"),
        'return dict(D="rate too small", C="labels mixed up", B="overfitting", A="rate too large")',
        """
names = ['rate too large', 'overfitting', 'labels mixed up', 'rate too small']
return dict(zip('ABCD', names))
""",
    ],
    "depends_on_company": [
        "z = np.array([[1.0, 2, 3], [3, 1, 0], [0, 0, 5]])\n"
        "return max(np.abs(softmax(z)[i] - softmax(z[[i]])[0]).max() for i in range(3)) > 1e-9",
        "z = np.random.default_rng(3).normal(size=(6, 10))\n"
        "return (~np.isclose(softmax(z), np.vstack([softmax(row[None]) for row in z]))).any()",
        """
z = np.random.default_rng(5).normal(size=(5, 4))
for i in range(5):
    if not np.allclose(softmax(z[i:i + 1])[0], softmax(z)[i]):
        return True
return False
""",
    ],
    "class_bias": [
        "return np.logaddexp.reduce(z, axis=0)",
        "z = z.astype(np.float32).T\nm = z.max(axis=1, keepdims=True)\n"
        "return (m + np.log(np.exp(z - m).sum(axis=1, keepdims=True)))[:, 0]",
        "return np.array([np.logaddexp.reduce(column) for column in z.T])",
    ],
    "rate_for_scaled": [
        "return rate * divisor * divisor",
        "return np.float32(rate * divisor**2)",
        "return (np.sqrt(rate) * divisor) ** 2",
    ],
    "loss_at_the_start": [
        "import math\nreturn math.log(classes), 1 - 1 / classes",
        "p, y = np.full(classes, 1 / classes), np.eye(classes)[0]\n"
        "return -(y * np.log(p)).sum(), ((p - y) ** 2).sum()",
        "p = 1 / classes\nreturn np.log(classes), (1 - p) ** 2 + (classes - 1) * p ** 2",
    ],
    "class_means": [
        "y = np.eye(10)[labels]\nrows = images.reshape(len(images), -1)\n"
        "return y.T @ rows / y.sum(axis=0)[:, None]",
        "return np.stack([np.mean(images[labels == k], axis=0).ravel() for k in range(10)])",
        """
rows = images.reshape(len(images), -1).astype(float)
out = np.zeros((10, rows.shape[1]))
for row, label in zip(rows, labels):
    out[label] += row
return out / np.bincount(labels)[:, None]
""",
    ],
    "central_difference": [
        "return f(u + h) / (2 * h) - f(u - h) / (2 * h)",
        "rise = f(u + h) - f(u - h)\nrun = (u + h) - (u - h)\nreturn rise / run",
        "above, below = f(u + h), f(u - h)\nreturn 0.5 * (above - below) / h",
    ],
    "log_softmax": [
        "return z - np.logaddexp.reduce(z, axis=1)[:, None]",
        "top = z.max(axis=1, keepdims=True)\n"
        "return z - (top + np.log(np.sum(np.exp(z - top), axis=1, keepdims=True)))",
        """
s = z - z.max(axis=-1, keepdims=True)
sums = np.array([np.exp(row).sum() for row in s])
return s - np.log(sums)[:, None]
""",
    ],
    "bias_gradient": [
        "return np.ones(len(dz)) @ dz",
        "return np.einsum('ik->k', dz)",
        "return sum(dz)",
    ],
    "tanh_backward": [
        "return da - da * a * a",
        "return np.multiply(da, (1 - a) * (1 + a))",
        "return da - np.square(a) * da",
    ],
    "check_gradient": [
        NUDGE.format(
            "np.sqrt(((gradient - m) ** 2).sum()) / "
            "np.sqrt(max((gradient ** 2).sum(), (m ** 2).sum()))"
        ),
        "from mnistlib import gradcheck\n"
        "return gradcheck.relative_error(gradient, gradcheck.central_difference(f, u, 1e-4))",
        """
m = np.empty(u.size)
for i in range(u.size):
    e = np.zeros(u.size)
    e[i] = 2e-5
    e = e.reshape(u.shape)
    m[i] = (f(u + e) - f(u - e)) / 4e-5
g = gradient.ravel()
return np.linalg.norm(g - m) / max(np.linalg.norm(g), np.linalg.norm(m))
""",
    ],
    "three_layer_gradients": [
        DEEPER.format("x.T @ dz1, dz1.sum(0), a1.T @ dz2, dz2.sum(0), a2.T @ dz3, dz3.sum(0)"),
        DEEPER.format(
            "[np.float32(g) for g in (x.T @ dz1, dz1.sum(0), a1.T @ dz2, dz2.sum(0), "
            "a2.T @ dz3, dz3.sum(0))]"
        ),
        DEEPER.replace(
            "W1, b1, W2, b2, W3, b3 = parameters",
            "W1, b1 = parameters.W1, parameters.b1\nW2, b2, W3, b3 = parameters[2:]",
        ).format("x.T @ dz1, dz1.sum(0), a1.T @ dz2, dz2.sum(0), a2.T @ dz3, dz3.sum(0)"),
    ],
    "standard_error_by_group": [
        "q, names = right.mean(), np.unique(groups)\nm = len(names)\n"
        "off = [(right[groups == g] - q).sum() for g in names]\n"
        "return np.sqrt(m / (m - 1)) * np.linalg.norm(off) / len(right)",
        "same = groups[:, None] == groups\nd = right - right.mean()\nm = len(set(groups))\n"
        "return (d @ same @ d * m / (m - 1)) ** 0.5 / len(d)",
        """
q, m, total = right.mean(), len(set(groups)), 0
for g in set(groups.tolist()):
    total += (right[groups == g].sum() - q * (groups == g).sum()) ** 2
return (m / (m - 1) * total) ** 0.5 / len(right)
""",
    ],
    "tune": [
        'return {"learning_rate": 1.0, "momentum": 0.5, "epochs": 5}',
        'return {"learning_rate": 0.5, "momentum": 0.9, "epochs": 5}',
        "return dict(learning_rate=np.float64(2), momentum=0, epochs=np.int64(5))",
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
        "return row * (target / np.dot(row, row))",
        "return np.linalg.lstsq(row[None], np.array([target]))[0]",
        "return np.linalg.pinv(row[None])[:, 0] * target",
    ],
    "without_weakest": [
        "c = (left.T @ y) / s[:, None]\nc[len(s) - weakest :] = 0\nreturn right.T @ c",
        "W = np.zeros((right.shape[1], y.shape[1]))\nfor j in range(len(s) - weakest):\n"
        "    W += np.outer(right[j], left[:, j] @ y) / s[j]\nreturn W",
        "instead = np.where(np.arange(len(s)) < len(s) - weakest, 1 / s, 0)\n"
        "return (right.T * instead) @ left.T @ y",
    ],
    "weight_left": [
        "for _ in range(steps):\n    w -= learning_rate * weight_decay * w\nreturn w",
        "return w * np.power(1 - weight_decay * learning_rate, steps)",
        "factor = 1 - learning_rate * weight_decay\nreturn w * np.prod([factor] * steps)",
    ],
    "choose_and_report": [
        "best = np.argmin(watched.sum(axis=1))\ngain = reporting[best] - reporting[0]\n"
        "n = len(gain)\nreturn best, gain.mean(), np.sqrt(gain.var(ddof=1) / n)",
        "means = [np.mean(row) for row in watched]\nbest = means.index(min(means))\n"
        "gains = [a - b for a, b in zip(reporting[best], reporting[0])]\nn = len(gains)\n"
        "mean = sum(gains) / n\nsquares = sum((gain - mean) ** 2 for gain in gains)\n"
        "return best, mean, (squares / (n - 1) / n) ** 0.5",
        """
chosen = 0
for row in range(len(watched)):
    if watched[row].mean() < watched[chosen].mean():
        chosen = row
differences = (reporting - reporting[0])[chosen]
spread = np.std(differences, ddof=1)
return [chosen, np.mean(differences), spread / len(differences) ** 0.5]
""",
    ],
    "decayed": [
        "for w in W.ravel():\n    loss += 0.5 * weight_decay * w * w\n"
        "return loss, weight_decay * W + dW",
        "return loss + 0.5 * weight_decay * np.linalg.norm(W) ** 2, dW + weight_decay * W",
        "price = (W * W).sum() * weight_decay / 2\nreturn price + loss, W * weight_decay + dW",
    ],
    "stopped_at": [
        "best, where, waited = np.inf, None, 0\nfor step in range(len(losses)):\n"
        "    if losses[step] < best:\n        best, where, waited = losses[step], step, 0\n"
        "    else:\n        waited += 1\n    if waited >= patience:\n        return step, where\n"
        "return step, where",
        "for end in range(len(losses)):\n    low = int(np.argmin(losses[:end + 1]))\n"
        "    if end - low >= patience:\n        return end, low\nreturn len(losses) - 1, low",
        """
low, where = losses[0], 0
end = 0
while end < len(losses) - 1 and end - where < patience:
    end += 1
    if losses[end] < low:
        low, where = losses[end], end
return end, where
""",
    ],
    "reliability": [
        "counts, good = np.zeros(10, int), np.zeros(10, int)\nfor s, r in zip(sure, hits):\n"
        "    bin = min(int(s * 10), 9)\n    counts[bin] += 1\n    good[bin] += r\nreturn counts, good",
        """
tenth = np.minimum(np.floor(sure * 10), 9).astype(int)
return np.bincount(tenth, minlength=10), np.bincount(tenth, hits, 10)
""",
        """
k = np.arange(10)[:, None]
tenth = np.where(sure == 1, 9, np.trunc(10 * sure))
return (tenth == k).sum(axis=1), ((tenth == k) & hits).sum(axis=1)
""",
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
        AROUND.format(
            "(1 - np.square(np.subtract(kept[m + 1], kept[m]))) * da",
            "np.dot(dz, layers[m][0].T) + da",
        ),
    ],
    "he_limit": [
        "return (6 / inputs) ** 0.5",
        "return np.float32(np.sqrt(3 * 2 / inputs))",
        "variance = 2 / inputs\nreturn (3 * variance) ** 0.5",
    ],
    "divide_backward": [
        "return dz / w, -dz * (u / w) / w",
        "du = dz * w ** -1\nreturn [du, -u * du / w]",
        """
du = dz / w
return du, -u * du / w
""",
    ],
    "unbroadcast": [
        "while dz.ndim > len(shape):\n    dz = dz.sum(axis=0)\n"
        "for axis, size in enumerate(shape):\n    if size == 1:\n"
        "        dz = dz.sum(axis=axis, keepdims=True)\nreturn dz",
        "padded = (1,) * (dz.ndim - len(shape)) + tuple(shape)\n"
        "axes = tuple(i for i, size in enumerate(padded) if size == 1)\n"
        "return dz.sum(axis=axes).reshape(shape)",
        """
missing = dz.ndim - len(shape)
axes = [i for i in range(dz.ndim) if i < missing or shape[i - missing] == 1]
for axis in axes:
    dz = dz.sum(axis=axis, keepdims=True)
return dz.reshape(shape)
""",
    ],
    "order": [
        """
need, todo = {end}, [end]
while todo:
    for source in parents[todo.pop()]:
        if source not in need:
            need.add(source)
            todo.append(source)
answer = []
while need:
    for name in list(need):
        if not any(name in parents[other] for other in need):
            answer.append(name)
            need.remove(name)
return answer
""",
        "done, seen, stack = [], set(), [(end, False)]\nwhile stack:\n"
        "    name, left = stack.pop()\n    if left:\n        done.append(name)\n"
        "    elif name not in seen:\n        seen.add(name)\n        stack.append((name, True))\n"
        "        stack += [(source, False) for source in parents[name]]\nreturn done[::-1]",
        "from graphlib import TopologicalSorter\nreached, todo = {end}, [end]\nwhile todo:\n"
        "    for source in parents[todo.pop()]:\n        if source not in reached:\n"
        "            reached.add(source)\n            todo.append(source)\n"
        "graph = {name: parents[name] for name in reached}\n"
        "return tuple(TopologicalSorter(graph).static_order())[::-1]",
        """
uses = {}
found, queue = {end}, [end]
while queue:
    name = queue.pop()
    for source in parents[name]:
        uses[source] = uses.get(source, 0) + 1
        if source not in found:
            found.add(source)
            queue.append(source)
ready, answer = [end], []
while ready:
    name = ready.pop(0)
    answer.append(name)
    for source in parents[name]:
        uses[source] -= 1
        if not uses[source]:
            ready.append(source)
return answer
""",
    ],
    "unit_rows_backward": [
        "length = np.linalg.norm(u, axis=1)[:, None]\n"
        "by_length = (-dz * u / length ** 2).sum(axis=1)[:, None]\n"
        "return dz / length + by_length * u / length",
        "rows = []\nfor blame, row in zip(dz, u):\n    length = (row @ row) ** 0.5\n"
        "    z = row / length\n    rows.append((np.eye(len(row)) - np.outer(z, z)) @ blame / length)\n"
        "return np.array(rows)",
        """
squares = np.sum(u**2, axis=1, keepdims=True)
along = np.einsum("nj,nj->n", dz, u)[:, np.newaxis]
return (dz * squares - along * u) / squares**1.5
""",
    ],
    "take_backward": [
        "return np.bincount(index.ravel(), weights=dz.ravel(), minlength=size)",
        "du = np.zeros(size)\nfor place, blame in zip(index.flat, dz.flat):\n"
        "    du[place] += blame\nreturn du",
        """
return np.bincount(index.ravel(), weights=dz.ravel(), minlength=size)
""",
    ],
    "image_patches": [
        "from numpy.lib.stride_tricks import sliding_window_view\n"
        "return sliding_window_view(image, (side, side)).reshape(-1, side * side).T",
        "rows = [image[r:r + side, c:c + side].flatten() for r in range(image.shape[0] - side + 1) "
        "for c in range(image.shape[1] - side + 1)]\nreturn np.stack(rows, axis=1)",
        """
out = []
for top in range(image.shape[0] - side + 1):
    for left in range(image.shape[1] - side + 1):
        out.append(image[top:top + side, left:left + side].reshape(-1))
return np.array(out).T
""",
    ],
    "max_pool": [
        "n, r, c, k = z.shape\nreturn z.reshape(n, r // 2, 2, c // 2, 2, k).max(axis=(2, 4))",
        "half = np.maximum(z[:, ::2], z[:, 1::2])\nreturn np.maximum(half[:, :, ::2], half[:, :, 1::2])",
        """
corners = [z[:, i::2, j::2] for i in (0, 1) for j in (0, 1)]
return np.stack(corners).max(axis=0)
""",
    ],
    "kernel_gradient": [
        "return np.einsum('ircn,krcn->ik', cut, dz)",
        "return np.tensordot(cut, dz, ([1, 2, 3], [1, 2, 3]))",
        "return cut.reshape(len(cut), -1) @ dz.reshape(len(dz), -1).T",
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
        """
spread = lambda a: a.repeat(2, axis=1).repeat(2, axis=2)
return np.where(z == spread(largest), spread(dlargest), 0)
""",
    ],
}

#: Wrong answers that must be refused without a sentence of their own: the kind of reply, and the body
#: of the function. (Those with a sentence stand above it, in course/exercises/lesson_NN.txt.)
WRONG = {
    "accuracy": [
        ("wrong value", "return 0.5"),
    ],
    "label_header": [
        ("wrong shape", 'return int.from_bytes(raw[:8], "big")'),
    ],
    "one_hot": [
        (
            "raises",
            """
y = np.zeros((len(labels), classes))
y[range(classes), labels] = 1
return y
""",
        ),
        ("wrong shape", "return np.eye(classes)[labels][:, :, None]"),
    ],
    "split": [
        (
            "wrong value",
            """
rng.shuffle(images)
rng.shuffle(labels)
return (images[:-validation], labels[:-validation]), (images[-validation:], labels[-validation:])
""",
        ),
        (
            "wrong value",
            """
order = rng.random(); order = np.random.permutation(len(labels))
train, held = order[validation:], order[:validation]
return (images[train], labels[train]), (images[held], labels[held])
""",
        ),
    ],
    "class_means": [
        ("wrong shape", "return images.reshape(len(images), -1)[labels == 0]"),
        (
            "wrong value",
            "return np.array([np.median(images[labels == k].reshape((labels == k).sum(), -1), axis=0) for k in range(10)]) / 255",  # noqa: E501
        ),
    ],
    "nearest_mean": [
        ("raises", "return ((means ** 2).sum(axis=1) - 2 * x @ means).argmin(axis=1)"),
        ("wrong shape", "return [0 for row in x]"),
    ],
    "central_difference": [
        ("wrong value", "return (f(u + h) - f(u - h)) / (2 + h)"),
    ],
    "sigmoid": [
        ("wrong value", "return 1 / (1 - np.exp(-z) + 2)"),
    ],
    "softmax": [
        (
            "wrong value",
            """
z -= z.max(axis=1, keepdims=True)
return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
""",
        ),
        (
            "wrong shape",
            """
e = np.exp(z)
e / e.sum(axis=1, keepdims=True)
""",
        ),
    ],
    "bias_gradient": [
        ("wrong value", "return np.abs(dz).sum(axis=0)"),
    ],
    "layer_gradients": [
        ("wrong shape", "return inputs.T @ dz, inputs.sum(axis=1)"),
        ("wrong shape", "return np.vstack([inputs.T @ dz, dz.sum(axis=0), dz.sum(axis=0)])"),
        ("wrong value", "return inputs.T @ dz, np.abs(dz).sum(axis=0)"),
    ],
    "hidden_gradient": [
        ("raises", "return dz2 @ W2.T * np.exp(-z1) / (1 + np.exp(-z1)) ** 2"),
    ],
    "check_gradient": [
        (
            "wrong value",
            """
h, m = 3e-9, np.zeros_like(u)
for i in np.ndindex(*u.shape):
    up = u.copy()
    up[i] += h
    m[i] = (f(up) - f(u)) / h
return np.linalg.norm(gradient - m) / max(np.linalg.norm(gradient), np.linalg.norm(m))
""",
        ),
        (
            "wrong shape",
            """
m = np.zeros_like(u)
for i in np.ndindex(*u.shape):
    up, down = u.copy(), u.copy()
    up[i] += 1e-5
    down[i] -= 1e-5
    m[i] = (f(up) - f(down)) / 2e-5
return np.allclose(m, gradient), m
""",
        ),
        (
            "wrong value",
            """
m = np.zeros_like(u)
for i in np.ndindex(*u.shape):
    up, down = u.copy(), u.copy()
    up[i] += 1e-5
    down[i] -= 1e-5
    m[i] = (f(up) - f(down)) / 1e-5
return np.linalg.norm(gradient - m) / max(np.linalg.norm(gradient), np.linalg.norm(m))
""",
        ),
    ],
    "mended_gradients": [
        (
            "wrong value",
            """
W1, b1, W2, b2 = parameters
a1 = 1 / (1 + np.exp(-(x @ W1 + b1)))
e = np.exp(a1 @ W2 + b2)
p = e / e.sum(axis=1, keepdims=True)
dz2 = (p - y) / len(x)
dz1 = dz2 @ W2.T * a1 * (1 - a1)
return x.T @ dz1, np.median(dz1, axis=0) * len(x), a1.T @ dz2, dz2.sum(0)
""",
        ),
    ],
    "three_layer_gradients": [
        (
            "wrong value",
            """
W1, b1, W2, b2, W3, b3 = parameters
a1 = 1 / (1 + np.exp(-(x @ W1 + b1)))
a2 = 1 / (1 + np.exp(-(a1 @ W2 + b2)))
e = np.exp(a2 @ W3 + b3)
dz3 = (e / e.sum(axis=1, keepdims=True) - y) / len(x)
dz2 = dz3 @ W3.T * a2 * (1 - a2)
dz1 = dz2 @ W2.T * a1 * (1 - a1) ** 3
return x.T @ dz1, dz1.sum(0), a1.T @ dz2, dz2.sum(0), a2.T @ dz3, dz3.sum(0)
""",
        ),
    ],
    "minibatches": [
        ("wrong shape", "return n"),
        (
            "raises",
            """
for _ in range(epochs):
    order = rng.permutation(n)
    for start in range(0, n, batch_size):
        yield oder[start:start + batch_size]
""",
        ),
    ],
    "sgd_update": [
        (
            "wrong value",
            """
for w, g, v in zip(parameters, gradients, velocity):
    v *= momentum; v += g; g *= learning_rate; w -= learning_rate * v
""",
        ),
        (
            "wrong value",
            """
for w, g, v in zip(parameters, gradients, velocity):
    v *= momentum; v += g; w /= 1 + learning_rate * v
""",
        ),
        (
            "wrong value",
            """
for w, g, v in zip(parameters, gradients, velocity):
    v *= momentum; v -= g; w += learning_rate * v
""",
        ),
    ],
    "standard_error_by_group": [
        ("wrong value", "return right.std(ddof=1) / np.sqrt(len(np.unique(groups)))"),
        ("wrong shape", "return np.bincount(groups, weights=right) / np.bincount(groups)"),
    ],
    "depends_on_company": [
        (
            "wrong shape",
            """
z = np.eye(3)
return softmax(z)[:1] != softmax(z[:1])
""",
        ),
    ],
    "paired": [
        (
            "wrong value",
            """
g, l = (after & ~before).sum(), (before & ~after).sum()
return g, l, abs(g - l) / np.sqrt(g + l)
""",
        ),
        ("wrong value", "return (after != before).sum(), (after == before).sum(), 1.0"),
        ("wrong value", "return (after & before).sum(), (before & ~after).sum(), 1.0"),
    ],
    "rate_for_scaled": [
        ("wrong shape", "rate * divisor ** 2"),
    ],
    "deep_gradients": [
        (
            "wrong shape",
            """
found = []
for (W, b), a in list(zip(layers, kept))[::-1]:
    found = [a.T @ dz, dz.sum(axis=0)] + found
    dz = dz @ W.T * (1 - a ** 2)
return found[0]
""",
        ),
    ],
    "decayed": [
        (
            "wrong value",
            """
dW += weight_decay * W
return loss + weight_decay / 2 * (W ** 2).sum(), dW
""",
        ),
    ],
    "stopped_at": [
        ("wrong shape", "return int(np.argmin(losses))"),
    ],
    "reliability": [
        ("wrong shape", "return hits.mean()"),
    ],
    "residual_gradients": [
        (
            "wrong shape",
            """
found = []
for m in range(len(layers) - 1, -1, -1):
    dz = da * (1 - (kept[m + 1] - kept[m]) ** 2)
    found = [kept[m].T @ dz, dz.sum(axis=0)] + found
    da = da + dz @ layers[m][0].T
return found[0]
""",
        ),
    ],
    "he_limit": [
        ("wrong shape", "return np.array([np.sqrt(6 / inputs)])"),
    ],
    "divide_backward": [
        (
            "wrong shape",
            """
return dz / w
""",
        ),
        (
            "wrong value",
            """
du, dw = dz / w, -dz * u / w ** 2
return du.astype(int), dw.astype(int)
""",
        ),
    ],
    "unbroadcast": [
        (
            "wrong value",
            """
padded = (1,) * (dz.ndim - len(shape)) + tuple(shape)
axes = tuple(i for i, size in enumerate(padded) if size == 1)
return dz.sum(axis=axes).reshape(shape).astype(int)
""",
        ),
    ],
    "order": [
        (
            "wrong value",
            """
done = []
def visit(name):
    if name not in done:
        for source in parents[name]:
            visit(source)
        done.append(name)
visit(end)
return done[::-1]
""",
        ),
    ],
    "image_patches": [
        ("wrong shape", "return image[:side, :side].ravel()"),
    ],
    "pixel_blame": [
        (
            "raises",
            """
dx = np.zeros(np.array(dz.shape) + len(kernel) - 2)
for top, left in np.ndindex(*dz.shape):
    for down, right in np.ndindex(*kernel.shape):
        dx[top + down, left + right] += kernel[down, right] * dz[top, left]
return dx
""",
        ),
    ],
}

#: What the checker sees by itself, where no sentence of an exercise explains an answer.
SEEN = {
    "bias_gradient": [
        ("db = dz.sum(axis=0)\ndb[-1] = 0.9\nreturn db", "only the last entry is wrong"),
        ("return np.zeros(dz.shape[1])", "every number is 0"),
        ("return np.ones(dz.shape[1])", "every number is 1, in every case"),
        ("return dz.sum(axis=0).astype(int)", "behind the point"),
        ("return np.sort(dz.sum(axis=0))", "sorted by size"),
        (
            "return np.full(dz.shape[1], dz.sum(axis=0).mean())",
            "everywhere stands one number: the mean of all",
        ),
    ],
    "layer_gradients": [
        ("return (inputs.T @ dz,)", "these are right as far as they go. What of db?"),
        ("return inputs.T @ dz, np.abs(dz).sum(axis=0)", "if `dz` were taken without its signs"),
        ("return inputs[:-1].T @ dz[:-1], dz.sum(axis=0)", "all but the last along the axis `n`"),
        ("return inputs.T @ dz + dz.sum()", "one array came, and wanted are dW, db"),
        ("return np.exp(inputs).T @ dz, dz.sum(axis=0)", "if `inputs` went through exp first"),
    ],
    "hidden_gradient": [
        ("return dz2 @ W2.T * (a1 - a1**2) ** 2", "multiplied by `a1 * (1 - a1)`"),
        (
            "return dz2 @ W2.reshape(W2.shape[::-1]) * a1 * (1 - a1)",
            "if `W2` were laid out by reshape where it should be transposed",
        ),
        (
            "return (dz2 @ W2.T * a1 * (1 - a1)).sum(axis=1)",
            "the sum along axis 1 of what is wanted",
        ),
    ],
    "log_softmax": [
        (
            """
m = z.max(axis=1, keepdims=True)
return z - m - np.log(np.exp(z).sum(axis=1, keepdims=True))
""",
            "with the largest of each row of `z` subtracted",
        ),
        (
            """
m = z.max(axis=1, keepdims=True)
return z - m - np.log1p(np.exp(z - m).sum(axis=1, keepdims=True))
""",
            "one step takes `log1p`",
        ),
        (
            "s = z - z.max(axis=1, keepdims=True)\n"
            "return s - np.log(np.exp(s).mean(axis=1, keepdims=True))",
            "the logarithm of the length of the axis `classes`",
        ),
    ],
    "softmax_backward": [
        ("return p * dp * (1 - p.sum(axis=1, keepdims=True))", "every number is 0. Which two"),
        ("return p * (p - (p * p).sum(axis=1, keepdims=True))", "if `dp` were `p` itself"),
    ],
    "decayed": [
        (
            """
return loss + weight_decay / 2 * (W**2).sum(), dW + weight_decay * np.abs(W).max()
""",
            "compare what is left: in each case one number",
        ),
        (
            "return loss * weight_decay / 2 * (W**2).sum(), dW + weight_decay * W",
            "that is `loss`, multiplied by what should be added to it",
        ),
        (
            "return loss + weight_decay / 2 * (W**2).sum(), dW + 3 * weight_decay * W",
            "compare what is left: in every case it is 3 times",
        ),
    ],
    "divide_backward": [
        ("return dz / u, -dz * w / u**2 * 3", "if `u` and `w` were exchanged"),
        ("return dz / w, -dz * u / w * 5", "multiplied by 5 and multiplied by `w`"),
        ("return dz * u / w**2, dz", "multiplied by `u` and divided by `w`"),
    ],
    "tanh_backward": [
        (
            "right = da * (1 - a**2)\nreturn np.where(a == 0, right, right / 3 + 2)",
            "just the entries where `a` is not 0, in every case",
        ),
        ("return da * (1 - a * 2)", "in one step `*` stands where another sign belongs"),
        ("return da / 3 * (1 - a**2) + 1 / 7", "work this one out by hand"),
    ],
    "sgd_update": [
        (
            "for w, g, v in zip(parameters, gradients, velocity):\n"
            "    v *= learning_rate; v += g; w -= momentum * v",
            "if `learning_rate` and `momentum` were exchanged",
        ),
    ],
    "lightest_weights": [
        (
            "return row * target / (row @ row) ** 2",
            "divided by the sum of the squares of all of `row`",
        ),
    ],
    "stopped_at": [
        ("return 0, 0, 0", "results"),
        (
            "low = int(np.argmin(losses[: patience + 1]))\nreturn len(losses) - 1, low",
            "too large by 2 here",
        ),
    ],
    "he_limit": [
        ("return np.sqrt(6 / (inputs + 1))", "if `inputs` were larger by 1"),
        ("return (6 / inputs) ** 0.7", "with inputs = 6 it is right. What is different here?"),
    ],
    "class_means": [
        (
            "rows = images.reshape(len(images), -1)\nmeans = np.zeros((10, rows.shape[1]))\n"
            "for k in range(1, 10):\n    means[k] = rows[labels == k].mean(axis=0)\nreturn means",
            "only the first row is wrong",
        ),
    ],
    "kernel_gradient": [
        (
            """
return cut.reshape(len(cut), -1) @ dz[:, :, :, ::-1].reshape(len(dz), -1).T
""",
            "if `dz` came in the opposite order along axis 3",
        ),
        (
            "return (cut[..., :-1].reshape(len(cut), -1) @ dz[..., :-1].reshape(len(dz), -1).T)",
            "all but the last along the axis `n`",
        ),
    ],
    "pixel_blame": [
        ("return np.zeros(np.array(dz.shape) + len(kernel))", "too long by 1 in every case"),
        ("return np.zeros((0, 0))", "there are no numbers in it"),
    ],
    "image_patches": [
        (
            "places = [(i, j) for i in range(image.shape[0] - side + 1)\n"
            "          for j in range(image.shape[1] - side + 1)]\n"
            "return np.array([image[i : i + side, j : j + side] for i, j in places])",
            "as many numbers as there should be",
        ),
    ],
    "order": [
        (
            "names, todo = [], [end]\nwhile todo:\n    name = todo.pop()\n    if name in names:\n"
            "        names.remove(name)\n    names.append(name)\n    todo += parents[name]\n"
            "return names",
            "each fork doubles the roads",
        ),
    ],
    "softmax": [
        (
            "e = 2 ** (z - z.max(axis=1, keepdims=True))\nreturn e / e.sum(axis=1, keepdims=True)",
            "if `z` were multiplied by the logarithm of 2",
        ),
        ("return np.exp(z) / np.exp(z) @ z", "z is an array of shape (n, classes) = "),
        ("top = z.max(axis=0)\nreturn z[top]", "top is an array of shape"),
    ],
    "sigmoid": [
        (
            "z = np.clip(z, -1, 1)\nreturn 1 / (1 + np.exp(-z))",
            "below 0.2689 or above 0.7311: there it was cut off",
        ),
        (
            "e = np.exp(-np.abs(z.astype('f4')))\nreturn np.where(z < 0, e, 1) / (1 + e)",
            "its dtype is float32",
        ),
        (
            "big = np.exp(-z)\ntotal = 1 + big\nreturn 1 / total + 0 * big",
            "NumPy warned in the line `big = np.exp(-z)`.",
        ),
    ],
    "relu_backward": [
        (
            "out = da * (a > 0)\nout[:, -1] = 3.3\nreturn out",
            "in every case only the last column is wrong. At row 0, column 1",
        ),
        (
            "before = da.copy()\nda *= a > 0\nout = da.copy()\nda[...] = before\nreturn out",
            "but in the line `da *= a > 0` it writes into an argument that is its caller's",
        ),
    ],
    "accuracy": [
        (
            "right = p.argmax(axis=1) == labels\nreturn right.mean",
            "that is mean itself, a function that was not called",
        ),
    ],
    "three_layer_gradients": [
        (
            """
W1, b1, W2, b2, W3, b3 = parameters
a1 = 1 / (1 + np.exp(-(x @ W1 + b1)))
a2 = 1 / (1 + np.exp(-(a1 @ W2 + b2)))
e = np.exp(a2 @ W3 + b3)
dz3 = (e / e.sum(axis=1, keepdims=True) - y) / len(x)
dz2 = dz3 @ W3.T * a2 * (1 - a2)
dz1 = dz2 @ W2.T * a1 * (1 - a1)
return x.T @ dz1, dz1.sum(0), a1.T @ dz2, dz2.sum(0), a1.T @ dz3, dz3.sum(0)
""",
            "in one step `a1` stands where another value belongs",
        ),
    ],
    "standard_error_by_group": [
        (
            """
names = np.unique(groups)
m = len(names)
e = np.array([(right[groups == g] - right.mean()).sum() for g in names])
return np.sqrt(m / (m - 1) * (e**2).mean()) / len(right)
""",
            "divided by the root of the number of different entries of `groups`",
        ),
    ],
    "unbroadcast": [
        (
            "return np.full(shape, dz[(0,) * dz.ndim])",
            "in each case one number stands at all places",
        ),
        (
            """
extra = dz.ndim - len(shape)
dz = dz.sum(axis=tuple(range(extra)))
for axis, size in enumerate(shape):
    if size == 1:
        dz = dz.sum(axis=axis)
return dz
""",
            "the numbers are right, and in their order",
        ),
    ],
    "label_header": [
        (
            """
import struct
return struct.unpack('>IIB', raw[:9])
""",
            "what is wanted comes first, and 1 more behind it",
        ),
    ],
    "reliability": [
        (
            """
t = np.minimum((10 * sure).astype(int), 9)
counts = np.bincount(t, minlength=10), np.bincount(t[hits], minlength=10)
return tuple(np.cumsum(each) for each in counts)
""",
            "each entry is the sum of what is wanted up to there",
        ),
    ],
    "loss_at_the_start": [
        (
            """
p = 1 / classes
return -np.log(1 - p), (1 - p) ** 2 + (classes - 1) * p**2
""",
            "in one step a value stands subtracted from 1",
        ),
    ],
    "residual_gradients": [
        (
            """
found = []
for m in range(len(layers) - 1, -1, -1):
    dz = da * (1 - (kept[m + 1] - kept[m]) ** 2)
    found = [kept[m].T @ dz, dz.sum(axis=0)] + found
    da = 2 * da + dz @ layers[m][0].T
return found
""",
            "a part of a sum or difference comes in twice",
        ),
    ],
    "one_hot": [
        (
            """
y = np.zeros((len(labels), classes))
for k in range(classes):
    y[k, labels == k] = 1
return y
""",
            "those Trues and Falses are as many as another axis has entries",
        ),
    ],
    "cross_entropy_with_gradient": [
        (
            """
log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
return -(y * log_p).sum() / len(z), (np.exp(log_p) - y) / z.shape[1]
""",
            "divided by the length of the axis `classes` and multiplied by the length of the axis `n`",
        ),
    ],
}
