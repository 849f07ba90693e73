"""What is taken out of what a student hands in: each answer with what it needs, and no more."""

import re

import numpy as np
import pytest

from course.classroom import extract
from tests.course.a_class import notebook, that_count


def taken(*cells, name="1.ipynb"):
    found, problems = extract.take_answers([(name, notebook(*cells).encode())])
    assert problems == []
    return {name: versions[0].source for name, versions in found.items()}


def test_only_definitions_are_taken_and_what_they_need():
    found = taken(
        "import numpy as np\nfrom math import exp\nimport os\nos.system('boom')\nnp.random.seed(0)",
        "EPS = 1e-9\nCLASSES: int = 10\neye = np.eye(CLASSES)\nW = train(1)\nA, B = 1, 2\n"
        "square = lambda z: z ** 2",
        "%matplotlib inline\n!rm -rf /\ndef helper(z):\n    return square(z) + EPS + A\n",
        "def another(EPS):\n    EPS[0] = 1",
        "def my_sigmoid(z):\n    return helper(z) + exp(0)\n\nprint(my_sigmoid(W))",
        "for i in range(3):\n    def my_softmax(z): return z",
        "labels = W[0]\nk = 5\ndef my_one_hot(labels, classes=CLASSES):\n"
        "    return np.array([eye[k] for k in labels])",
    )
    assert set(found) == {"sigmoid", "one_hot", "softmax"}
    assert "def my_softmax(z):" in found["softmax"]  # for a person to read
    lines = found["sigmoid"].splitlines()
    assert [line for line in lines if line.strip()] == [
        "from math import exp",
        "EPS = 1e-09",
        "A, B = (1, 2)",
        "square = lambda z: z ** 2",
        "def helper(z):",
        "    return square(z) + EPS + A",
        "def my_sigmoid(z):",
        "    return helper(z) + exp(0)",
    ]
    assert "CLASSES: int = 10" in found["one_hot"]
    assert "os" not in found["one_hot"].split()
    assert "seed" not in found["one_hot"]
    assert not {"labels = W[0]", "k = 5"} & {*found["one_hot"].splitlines()}


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        ("K = range(3)", range(3)),
        ("from math import *\nK = floor(2.5)", 2),
        ("from functools import partial\nrow = partial(sum, start=1)\nK = row([2])", 3),
        ("K = {'axis': 1}\nK['axis'] = 0", {"axis": 0}),
        ("K = []\nK.append(0)\nK += [1]\nK.append(2)\ndel K[1]", [0, 2]),
        ("K = np.ones((2, 2))\nnp.fill_diagonal(K, 0)\nK = K.tolist()", [[0, 1], [1, 0]]),
        ("K = 1\nK = K + 1", 2),
        ("with np.errstate(divide='ignore'):\n    K = 1", 1),
        ("K = []\nfor k in range(3):\n    K.append(k)", [0, 1, 2]),
        ("K = 0\nif K:\n    K = 1\nelse:\n    K = 2", 2),
        ("try:\n    import no_such as K\nexcept ImportError:\n    K = None", None),
        ("def made(n):\n    return [n] * J\nJ = 2\nK = made(1)\nJ = 3", [1, 1]),
        ("J = 1\nK = J\nJ = 2\ndef after(): return K[0]", 1),
    ],
)
def test_a_name_is_what_all_the_lines_make_of_it_that_set_and_change_it(lines, value):
    found = taken(
        f"import numpy as np\n{lines}\ndef my_sigmoid(z):\n    return K", "K += [9]\nK = 9"
    )
    exec(found["sigmoid"], space := {})
    assert space["my_sigmoid"](1) == value


def test_the_last_that_is_more_than_a_stub_counts():
    stub, first, second = [
        f"def my_sigmoid(z):\n    {body}" for body in ("...", "return 1", "return 2")
    ]
    assert "return 1" in taken(first, stub)["sigmoid"]
    assert "return 2" in taken(first, second, stub)["sigmoid"]
    assert taken(stub) == {}
    empty = first.replace("return 1", "raise NotImplementedError")
    assert "return 1" in taken(first, empty)["sigmoid"]
    assert taken(empty) == {}


def test_versions_that_differ_are_kept_and_the_one_that_counts_is_first():
    new, old = (f"def my_sigmoid(z):\n    return {n}".encode() for n in (1, 2))
    copies = [("02.py", new), ("mine.py", b"# my own\n" + new), ("03.py", b"K = 1")]
    answers, _ = extract.take_answers([*copies, ("02 (1).py", old)])
    assert [answer.place for answer in answers["sigmoid"]] == ["mine.py", "02 (1).py"]


def test_a_later_version_just_to_see_does_not_replace_the_first():
    cells = notebook(*(f"def my_sigmoid(z):\n    return {n}" for n in (1, 2, 1, 3)))
    answers, _ = extract.take_answers([("02.ipynb", cells.encode())])
    returned = [answer.source[-1] for answer in answers["sigmoid"]]
    assert returned == ["3", "1", "2"]


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        ("my_sigmoid = np.vectorize(my_sigmoid)", [1, 1]),
        (
            "half = 0.5\ndef halved(f): return lambda z: half * f(z)\nmy_sigmoid = halved(my_sigmoid)",
            0.5,
        ),
    ],
)
def test_what_wraps_an_answer_below_it_belongs_to_it(lines, value):
    found = taken("import numpy as np\ndef my_sigmoid(z):\n    return 1", lines, "half = 5")
    exec(found["sigmoid"], space := {})
    assert np.all(space["my_sigmoid"](np.zeros(2)) == value)


@pytest.mark.parametrize(
    "slip",
    [
        "def my_softmax(z:\n    return z",
        "def my_softmax(z, z):\n    return z",  # which only Python's second look finds
        "def my_softmax(z):\n    s = !ls\n    return s",  # which only Jupyter runs
    ],
)
def test_what_our_python_refuses_is_for_a_person_to_decide_and_costs_its_cell_or_py_file(slip):
    good = "def my_sigmoid(z):\n    return z"
    found = that_count([("1.ipynb", notebook(good, slip).encode())])
    assert found["sigmoid"].source == good
    assert found["softmax"].why_not_tried.startswith("SyntaxError: ")
    assert re.search(r", line \d; this is Python 3\.\d+$", found["softmax"].why_not_tried)
    assert found["softmax"].source == slip
    found = that_count([("mine.py", f"{good}\n\n{slip}".encode())])
    assert [bool(version.why_not_tried) for version in found.values()] == [True, True]


def test_a_file_that_is_nested_too_deeply_costs_itself_alone():
    good = "def my_sigmoid(z):\n    return z"
    deep = "def my_softmax(z):\n    return z" + ".T" * 2500
    found, [problem] = extract.take_answers([("a.py", deep.encode()), ("b.py", good.encode())])
    assert set(found) == {"sigmoid"}
    assert problem.startswith("a.py (maximum recursion depth")


@pytest.mark.parametrize(
    "cell",
    [
        "from mnistlib.functions import softmax as my_softmax",
        "my_softmax = lambda z: z",
    ],
)
def test_a_name_that_is_no_definition_of_its_own_is_not_marked_with_the_reason(cell):
    good, stub = "def my_softmax(z):\n    return 1", "def my_softmax(z):\n    ..."
    for cells in ([cell], [stub, cell], [good, cell]):
        files = [("1.ipynb", notebook(*cells).encode())]
        assert "no `def my_softmax" in that_count(files)["softmax"].why_not_tried
        files.append(("0.py", good.encode()))
        assert "return 1" in that_count(files)["softmax"].source


def test_a_helper_means_what_it_meant_where_the_answer_stands():
    found = taken(
        "def half(z): return z / 2",
        "def my_sigmoid(z): return half(z)",
        "def half(z): return z // 2",
        "def my_softmax(z): return half(z) + later(z)",
        "def later(z): return z",
    )
    assert "z / 2" in found["sigmoid"]
    assert "z // 2" not in found["sigmoid"]
    assert "z // 2" in found["softmax"]
    assert "def later" in found["softmax"]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("02.ipynb", "02 (1).ipynb"),
        ("02.ipynb", "Kopie von 02.ipynb"),
        ("old/z.ipynb", "02.ipynb"),
        ("z.ipynb", "mine.py"),
    ],
)
def test_of_two_files_one_counts_by_a_plain_rule(older, newer):
    def file(place, code):
        return place, (notebook(code) if place.endswith("ipynb") else code).encode()

    files = [
        file(older, "def my_sigmoid(z): return 'old'"),
        file(newer, "def my_sigmoid(z): return 'new'"),
    ]
    for order in (files, files[::-1]):
        assert [a.place for a in extract.take_answers(order)[0]["sigmoid"]] == [newer, older]


@pytest.mark.parametrize("line", ["%matplotlib inline", "%time z = 2 * z", "!ls", "np.exp?"])
def test_what_jupyter_alone_understands_is_left_out(line):
    source = taken(f"%%time\ndef my_sigmoid(z):\n    {line}\n    return z")["sigmoid"]
    assert source.splitlines() == ["def my_sigmoid(z):", "    pass", "    return z"]
