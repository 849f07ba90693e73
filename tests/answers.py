"""Answers to the exercises as readers might type them: bodies of functions, right and wrong."""

ARGS = {
    "label_header": "raw",
    "one_hot": "labels, classes=10",
    "split": "images, labels, validation, rng",
    "nearest_mean": "x, means",
    "sigmoid": "x",
    "softmax": "z",
    "softmax_backward": "p, dp",
    "cross_entropy": "z, y",
    "layer_gradients": "inputs, dz",
    "hidden_gradient": "dz2, W2, a1",
    "mended_gradients": "parameters, x, y",
    "minibatches": "n, batch_size, rng, epochs",
    "sgd_update": "parameters, gradients, velocity, learning_rate, momentum",
    "name_the_faults": "",
    "depends_on_company": "softmax",
    "class_bias": "z",
    "rate_for_scaled": "rate",
}

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
BY_ROW = "{} = {}.copy()\nout = np.zeros_like({})\nfor i in range(len(out)):\n    {}\nreturn out"

# Several ways to be right: other formulas, dtypes, orders in memory, types of results.
RIGHT = {
    "label_header": [
        'return int.from_bytes(raw[:4], "big"), int.from_bytes(raw[4:8], "big")',
        'return np.frombuffer(raw[:8], dtype=">u4")',
        'magic, count = np.frombuffer(raw, dtype=">i4", count=2)\nreturn [magic, count]',
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
    ],
    "nearest_mean": [
        "return ((x[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)",
        "return np.array([((x - m) ** 2).sum(axis=1) for m in means]).argmin(axis=0)",
        "return np.linalg.norm(x.astype('f4')[:, None] - means, axis=-1).argmin(1).astype('u1')",
    ],
    "sigmoid": [
        "return 0.5 * (1 + np.tanh(x / 2))",
        "return np.exp(-np.logaddexp(0, -x.astype(np.float32)))",
        "out = np.empty_like(x)\nleft = x < 0\nout[~left] = 1 / (1 + np.exp(-x[~left]))\n"
        "e = np.exp(x[left])\nout[left] = e / (1 + e)\nreturn out",
        "with np.errstate(over='ignore'):\n    return 1 / (1 + np.exp(-x))",
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
        "return bool(np.abs(softmax(z)[2] - softmax(z[2:])[0]).max() > 1e-9)",
        "z = np.random.default_rng(3).normal(size=(6, 10))\n"
        "return (~np.isclose(softmax(z), np.vstack([softmax(row[None]) for row in z]))).any()",
    ],
    "class_bias": [
        "return np.logaddexp.reduce(z, axis=0)",
        "z = z.astype(np.float32).T\nm = z.max(axis=1, keepdims=True)\n"
        "return (m + np.log(np.exp(z - m).sum(axis=1, keepdims=True)))[:, 0]",
    ],
    "rate_for_scaled": ["return rate * 65025", "return np.float32(rate * 255 * 255)"],
}

# Wrong answers: the kind of reply, words that must be in it, and the function's body.
WRONG = {
    "label_header": [
        ("wrong value", "little-endian", 'return tuple(np.frombuffer(raw[:8], dtype="<u4"))'),
        ("wrong value", "last byte", "return raw[3], raw[7]"),
        ("wrong value", "other order", 'a, b = np.frombuffer(raw[:8], ">u4")\nreturn b, a'),
        ("wrong value", "four bytes too early", 'return [int.from_bytes(raw[:4], "big")] * 2'),
        ("wrong value", r"got b'\x00\x00\x08\x01'", "return raw[:4], raw[4:8]"),
        ("wrong value", "got '2049'", 'return "2049", "3"'),
        ("wrong shape", "wanted 2 results", 'return int.from_bytes(raw[:8], "big")'),
        ("raises", "NameError: name 'struct'", 'return struct.unpack(">2I", raw)'),
    ],
    "one_hot": [
        ("wrong shape", "rows should be examples", "return np.eye(classes)[labels].T"),
        ("wrong value", "counted from 1",
         "return 1.0 * (labels[:, None] == 1 + np.arange(classes))"),
        ("wrong value", "with 0", "return 1 - np.eye(classes)[labels]"),
        ("wrong value", "every class up to", "return np.tri(classes)[labels]"),
        ("wrong shape", "ten columns", "return np.eye(10)[labels]"),
        ("wrong value", "", "y = np.zeros((len(labels), classes))\ny[:, labels] = 1\nreturn y"),
        ("slow", "one by one", "y = np.zeros((len(labels), classes))\n"
         "for i, k in enumerate(labels):\n    y[i, k] = 1\nreturn y"),
        ("slow", "", "return np.array([[float(k == c) for c in range(classes)] for k in labels])"),
    ],
    "split": [
        ("wrong value", "one order for both",
         "a, b = rng.permutation(images), rng.permutation(labels)\n"
         "return (a[validation:], b[validation:]), (a[:validation], b[:validation])"),
        ("wrong value", "nothing was shuffled", SPLIT.replace("rng.permutation", "np.arange")),
        ("wrong value", "draws nothing from rng", SPLIT.replace("rng", "np.random")),
        ("wrong value", "draws nothing", SPLIT.replace("rng", "np.random.default_rng(0)")),
        ("wrong value", "in both parts", SPLIT.replace("held = order[validation:]",
         "held = order[:len(labels) - validation]")),
        ("wrong shape", "exchanged", SPLIT.replace("train, held", "held, train")),
        ("wrong shape", "form that the task", SPLIT.replace("labels[held]", "labels[held] / 255")),
        ("wrong shape", "two pairs", "return images[1:], labels[1:], images[:1], labels[:1]"),
        ("wrong value", "in both parts", "draw = rng.integers(0, len(labels), len(labels))\n"
         + SPLIT.replace("order[", "draw[")),
    ],
    "nearest_mean": [
        ("wrong value", "argmin", "return ((x[:, None] - means) ** 2).sum(axis=2).argmax(axis=1)"),
        ("wrong value", "lengths", "return (x @ means.T).argmax(axis=1)"),
        ("wrong shape", "over the images",
         "return (-2 * x @ means.T + (means ** 2).sum(axis=1)).argmin(axis=0)"),
        ("wrong value", "which class it is",
         "return (-2 * x @ means.T + (means**2).sum(axis=1)).min(axis=1)"),
        ("wrong value", "factor 2",
         "return (-x @ means.T + (means ** 2).sum(axis=1)).argmin(axis=1)"),
        ("wrong value", "", "return np.abs(x[:, None] - means).sum(axis=2).argmin(axis=1)"),
        ("wrong shape", "np.array(...)", "return [0 for row in x]"),
        ("raises", "matmul", "return ((means ** 2).sum(axis=1) - 2 * x @ means).argmin(axis=1)"),
        ("slow", "", "return np.array([((means - row) ** 2).sum(axis=1).argmin() for row in x])"),
    ],
    "sigmoid": [
        ("unstable", "overflow", "return 1 / (1 + np.exp(-x))"),
        ("unstable", "got [nan]", "return np.exp(x) / (1 + np.exp(x))"),
        ("unstable", "the value is right, but", "return np.where(x > 0, 1 / (1 + np.exp(-x)), "
         "np.exp(x) / (1 + np.exp(x)))"),
        ("wrong value", "sigmoid of -x", "return 1 / (1 + np.exp(x))"),
        ("wrong value", "tanh", "return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))"),
        ("wrong value", "the slope", "s = 1 / (1 + np.exp(-x))\nreturn s * (1 - s)"),
        ("wrong value", "loses the sign", "return 1 / (1 + np.exp(-abs(x)))"),
        ("wrong value", "nan", "return np.exp(x) * np.nan"),
        ("slow", "", "return np.vectorize(lambda t: 1 / (1 + np.exp(-t)) if t > -700 else 0.0)(x)"),
    ],
    "softmax": [
        ("unstable", "nan", "e = np.exp(z - z.min(axis=-1, keepdims=True))\n"
         "return e / e.sum(axis=-1, keepdims=True)"),
        ("wrong value", "batch axis", "return np.exp(z) / np.exp(z).sum(axis=0)"),
        ("wrong value", "batch axis", "e = np.exp(z - z.max(axis=0))\nreturn e / sum(e)"),
        ("wrong value", "whole batch", "return np.exp(z) / np.exp(z).sum()"),
        ("wrong value", "nobody has divided", "return np.exp(z - z.max(axis=1, keepdims=True))"),
        ("wrong value", "without taking exponentials", "return z / z.sum(axis=1, keepdims=True)"),
        ("unstable", "overflow", "return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)"),
        ("unstable", "got [[0.2689, 0.7311], [ nan, nan]",
         "e = np.exp(z - z.max())\nreturn e / e.sum(axis=1, keepdims=True)"),
        ("raises", "(2,3) (2,)", "e = np.exp(z)\nreturn e / e.sum(axis=1)"),
        ("wrong value", "It changes z", "z -= z.max(axis=1, keepdims=True)\n"
         "return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)"),
        ("wrong shape", "`return` missing", "e = np.exp(z - z.max(axis=1, keepdims=True))\n"
         "e / e.sum(axis=1, keepdims=True)"),
        ("slow", "",
         BY_ROW.format("z", "z", "z", "e = np.exp(z[i] - z[i].max()); out[i] = e / e.sum()")),
        ("slow", "", "def one(row):\n    e = np.exp(row - row.max())\n    return e / e.sum()\n"
         "return np.apply_along_axis(one, 1, z)"),
        ("slow", "", "return np.array([(e := np.exp(row - max(row))) / sum(e) for row in z])"),
        ("slow", "", "top = np.array([max(row) for row in z.tolist()])[:, None]\ne = np.exp(z - top)\n"
         "return e / np.sum(e, axis=1, keepdims=True)"),
    ],
    "softmax_backward": [
        ("wrong value", "diagonal", "return dp * p * (1 - p)"),
        ("wrong value", "whole batch", "return p * (dp - np.sum(p * dp))"),
        ("wrong value", "down the columns", "return p * (dp - (p * dp).sum(axis=0))"),
        ("wrong value", "lacks the probabilities",
         "return p * (dp - dp.sum(axis=1, keepdims=True))"),
        ("raises", "broadcast", "return p * (dp - (p * dp).sum(axis=1))"),
        ("wrong value", "", "return p - dp"),
        ("slow", "",
         BY_ROW.format("q", "p", "p", "out[i] = (np.diag(q[i]) - np.outer(q[i], q[i])) @ dp[i]")),
    ],
    "cross_entropy": [
        ("unstable", "nan", "s = z - z.max()\n"
         "log_p = s - np.log(np.exp(s).sum(axis=-1, keepdims=True))\n"
         "return -(y * log_p).sum() / len(z)"),
        ("unstable", "divide by zero",
         "p = np.exp(z - z.max(axis=1, keepdims=True))\np /= p.sum(axis=1, keepdims=True)\n"
         "return -np.mean(np.log(p[y == 1]))"),
        ("unstable", "wanted 1000", "p = np.exp(z - z.max(axis=1, keepdims=True))\n"
         "p /= p.sum(axis=1, keepdims=True)\nreturn -(y * np.log(p + 1e-12)).sum() / len(z)"),
        ("wrong value", "not divided", "return (np.logaddexp.reduce(z, axis=1) - z[y == 1]).sum()"),
        ("wrong value", "times classes",
         "return np.mean(y * (np.logaddexp.reduce(z, axis=1)[:, None] - z))"),
        ("wrong value", "the sign", "return (z[y == 1] - np.logaddexp.reduce(z, axis=1)).mean()"),
        ("wrong value", "base 2",
         "return (np.logaddexp.reduce(z, axis=1) - z[y == 1]).mean() / np.log(2)"),
        ("wrong shape", "a single value", "return np.logaddexp.reduce(z, axis=1) - z[y == 1]"),
        ("slow", "", "z = z - z.max(axis=1, keepdims=True)\n"
         "log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))\n"
         "return -np.mean([log_p[i, k] for i, k in enumerate(y.argmax(axis=1))])"),
        ("slow", "", "total = 0\nfor row, k in zip(z, y.argmax(axis=1)):\n    m = max(row)\n"
         "    total += m + np.log(np.exp(row - m).sum()) - row[k]\nreturn total / len(z)"),
    ],
    "layer_gradients": [
        ("wrong shape", "transposed", "return dz.T @ inputs, dz.sum(axis=0)"),
        ("wrong shape", "over the units", "return inputs.T @ dz, dz.sum(axis=1)"),
        ("wrong value", "got the mean", "return inputs.T @ dz, dz.mean(axis=0)"),
        ("wrong value", "once more", "n = len(dz)\nreturn inputs.T @ dz / n, dz.sum(axis=0) / n"),
        ("wrong shape", "(1, 2)", "return inputs.T @ dz, dz.sum(axis=0, keepdims=True)"),
        ("wrong shape", "2 results", "return inputs.T @ dz"),
        ("raises", "matmul", "return inputs @ dz, dz.sum(axis=0)"),
        ("slow", "", "dW = 0\nfor a, d in zip(inputs, dz):\n    dW = dW + np.outer(a, d)\n"
         "return dW, dz.sum(axis=0)"),
    ],
    "hidden_gradient": [
        ("wrong value", "slope is still missing", "return dz2 @ W2.T"),
        ("wrong value", "a1 * (1 - a1)", "return dz2 @ W2.T * a1"),
        ("wrong value", "without another sigmoid",
         "s = 1 / (1 + np.exp(-a1))\nreturn dz2 @ W2.T * s * (1 - s)"),
        ("wrong value", "without a square", "return dz2 @ W2.T * a1 * (1 - a1) ** 2"),
        ("raises", "matmul", "return dz2 @ W2 * a1 * (1 - a1)"),
        ("raises", "NameError: name 'z1'",
         "return dz2 @ W2.T * np.exp(-z1) / (1 + np.exp(-z1)) ** 2"),
        ("slow", "", "return np.array([W2 @ d * a * (1 - a) for d, a in zip(dz2, a1)])"),
    ],
    "mended_gradients": [
        ("wrong value", "bug is still there",
         BACKWARD.format("x.T @ dz1, dz1.mean(axis=0), a1.T @ dz2, dz2.sum(axis=0)")),
        ("wrong value", "missing everywhere",
         BACKWARD.replace(" / len(x)", "").format("x.T @ dz1, dz1.sum(0), a1.T @ dz2, dz2.sum(0)")),
        ("wrong value", "other three have lost",
         BACKWARD.replace(" / len(x)", "").format("x.T @ dz1, dz1.mean(0), a1.T @ dz2, dz2.sum(0)")),
        ("wrong value", "db2 is a mean as well",
         BACKWARD.format("x.T @ dz1, dz1.mean(0), a1.T @ dz2, dz2.mean(0)")),
        ("wrong shape", "order", BACKWARD.format("a1.T @ dz2, dz2.sum(0), x.T @ dz1, dz1.sum(0)")),
        ("wrong shape", "4 results", BACKWARD.format("dz1.sum(axis=0)")),
        ("wrong shape", "result 2",
         BACKWARD.format("x.T @ dz1, dz1.sum(1), a1.T @ dz2, dz2.sum(0)")),
    ],
    "minibatches": [
        ("wrong value", "nothing was shuffled", DEAL.replace("rng.permutation(n)", "np.arange(n)")),
        ("wrong value", "every epoch has the same order",
         "order = rng.permutation(n)\n" + DEAL.replace("order = rng.permutation(n)", "pass")),
        ("wrong value", "another comes twice",
         DEAL.replace("rng.permutation(n)", "rng.integers(0, n, n)")),
        ("wrong shape", "wanted batches of [2, 2, 1]",
         DEAL.replace("range(0, n,", "range(0, n - n % 2,")),
        ("wrong shape", "2 times over", DEAL.replace("range(epochs)", "range(1)")),
        ("wrong value", "draws nothing", "rng = np.random.default_rng()\n" + DEAL),
        ("wrong value", "another comes twice",
         "return [rng.integers(0, n, batch_size) for _ in range(epochs * n // batch_size)]"),
        ("wrong shape", "something to loop over", "return n"),
        ("raises", "NameError", DEAL.replace("yield order", "yield oder")),
    ],
    "sgd_update": [
        ("wrong value", "uphill", DESCEND.format("v *= momentum; v += g; w += learning_rate * v")),
        ("wrong value", "gradient alone",
         DESCEND.format("v *= momentum; v += g; w -= learning_rate * g")),
        ("wrong value", "1 - momentum",
         DESCEND.format("v *= momentum; v += (1 - momentum) * g; w -= learning_rate * v")),
        ("wrong value", "old velocity",
         DESCEND.format("w -= learning_rate * v; v *= momentum; v += g")),
        ("wrong value", "nothing has changed",
         DESCEND.format("v = momentum * v + g; w = w - learning_rate * v")),
        ("wrong value", "have not moved",
         DESCEND.format("v *= momentum; v += g; w = w - learning_rate * v")),
        ("wrong value", "handed on",
         DESCEND.format("v = momentum * v + g; w -= learning_rate * v")),
        ("wrong value", "rate is in the velocity",
         DESCEND.format("v *= momentum; v -= learning_rate * g; w += v")),
        ("wrong value", "It changes gradients",
         DESCEND.format("v *= momentum; v += g; g *= learning_rate; w -= learning_rate * v")),
        ("raises", "does not support item assignment", "for i, g in enumerate(gradients):\n"
         "    velocity[i] = momentum * velocity[i] + g\n"
         "    parameters[i] -= learning_rate * velocity[i]"),
    ],
    "name_the_faults": [
        ("wrong value", "Wrong: 2 of the four, B among them",
         FAULTS.format("rate too large", "labels mixed up", "overfitting", "rate too small")),
        ("wrong value", "Wrong: 4 of the four, A among them",
         FAULTS.format(*["overfitting", "rate too large"] * 2)),
        ("wrong value", "No fault is called 'too large'",
         FAULTS.format("too large", "a", "b", "c")),
        ("wrong shape", "A, B, C and D", 'return ["rate too large", "overfitting", "x", "y"]'),
        ("wrong shape", "A, B, C and D", 'return {"A": "overfitting"}'),
    ],
    "depends_on_company": [
        ("wrong value", "when the answers agree",
         "z = np.eye(3) + np.arange(3)\nreturn np.allclose(softmax(z[:1]), softmax(z)[:1])"),
        ("wrong value", "says True", "z = np.eye(3)\nreturn not np.allclose(softmax(z), z)"),
        ("wrong value", "says False",
         "z = np.eye(3)\nreturn not np.allclose(softmax(z), softmax(z.copy()))"),
        ("wrong value", "whose rows sum to 1",
         "p = softmax(np.random.default_rng(0).normal(size=(5, 4)))\n"
         "return not np.allclose(p.sum(axis=1), 1)"),
        ("wrong value", "on rows that differ", "return not np.allclose(softmax(np.ones((1, 4))), "
         "softmax(np.ones((5, 4)))[:1])"),
        ("wrong shape", "a single value", "z = np.eye(3)\nreturn softmax(z)[:1] != softmax(z[:1])"),
    ],
    "class_bias": [
        ("unstable", "overflow", "return np.log(np.exp(z).sum(axis=0))"),
        ("unstable", "divide by zero", "return z.max() + np.log(np.exp(z - z.max()).sum(axis=0))"),
        ("wrong shape", "over the classes", "return np.log(np.exp(z).sum(axis=1))"),
        ("wrong value", "mean logit", "return np.mean(z, axis=0)"),
        ("wrong value", "added again", "return np.log(np.exp(z - z.max(axis=0)).sum(axis=0))"),
        ("wrong value", "log n is missing", "return np.log(np.mean(np.exp(z), axis=0))"),
        ("wrong shape", "(1, 4)", "return np.log(np.exp(z).sum(axis=0, keepdims=True))"),
    ],
    "rate_for_scaled": [
        ("wrong value", "one factor of 255", "return 255 * rate"),
        ("wrong value", "other way round: smaller", "return rate / 255"),
        ("wrong value", "twice", "return rate / 255 ** 2"),
        ("wrong value", "cannot be the same", "return rate"),
        ("wrong shape", "missing", "rate * 255 ** 2"),
    ],
}  # fmt: skip
