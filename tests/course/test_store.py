"""What is kept takes the library's place, here and in the next notebook, and nothing is lost."""

import ast
import linecache
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from course.exercises import EXERCISES, check, keep, mine
from mnistlib import autodiff, data, functions, network, original, training

from .common import HOMES, kept_file, names_in, refuse, well_formed
from .handed_in import right, unexplained, write

pytestmark = pytest.mark.usefixtures("untouched")

COUNTING = "np.calls = getattr(np, 'calls', []) + ['{}']\n"


def forward(values, x):
    W1, b1, W2, b2 = values
    hidden = 1 / (1 + (-(x @ W1 + b1)).exp())
    return hidden[np.arange(len(x))].unit_rows() @ W2 + b2


def short_run():
    """Train the network, and differentiate one by the tape; every answer that can be kept is called."""
    rng = np.random.default_rng(7)
    images = rng.integers(0, 256, (60, 28, 28), dtype=np.uint8)
    labels = rng.integers(0, 10, 60).astype(np.uint8)
    batches = training.minibatches(60, 20, rng=rng, epochs=3)
    parameters = network.initialise(rng, hidden=8)
    _, history = training.train(
        network, parameters, (images, labels), batches, learning_rate=0.1, momentum=0.5, every=3,
        monitor={"training": (images, labels)},
    )  # fmt: skip
    repaired = original.Recipe(softmax="over the classes", jacobian="whole", pixels="scaled")
    weights = repaired.initial_weights(np.random.RandomState(7))
    _, slopes = repaired.gradients(weights, data.scale(images), data.one_hot(labels))
    tape = autodiff.TapeModel(forward, network.prepare)
    _, by_tape = tape.gradients(parameters, data.scale(images), data.one_hot(labels))
    return [*history.batch_loss, *history.loss("training"), *slopes.W2[0], *by_tape.b1]


def test_kept_functions_take_the_librarys_place_here_and_in_a_new_process(monkeypatch):
    monkeypatch.setattr(np, "calls", [], raising=False)
    wanted = short_run()
    assert mine() == "yours:         none yet\nthe library's: everything else"
    replies = keep(*[write(name, COUNTING.format(name) + right(name)[0]) for name in HOMES])
    assert repr(replies).splitlines() == [
        f"my_{name}: right. {exercise.notice} From here on it is {exercise.home.__name__}.{name}."
        for name, exercise in HOMES.items()
    ]
    np.calls = []
    np.testing.assert_allclose(short_run(), wanted, rtol=1e-10)
    assert set(np.calls) == set(HOMES)
    lines = ["import numpy as np; from tests.course import test_store as t", "print(t.mine())",
             "np.calls = []; run = t.short_run()", "print(set(np.calls) == set(t.HOMES))",
             "print(*run)"]  # fmt: skip
    here = Path(__file__).parents[2]
    fresh = subprocess.run([sys.executable, "-c", "\n".join(lines)], cwd=here, text=True,
                           capture_output=True, timeout=60, check=True)  # fmt: skip
    *said, counted, numbers = fresh.stdout.splitlines()
    everything = [
        f"yours:         {', '.join(HOMES)}",
        "the library's: nothing, all of it is yours",
    ]
    assert (said, counted) == (everything, "True")
    np.testing.assert_allclose([float(x) for x in numbers.split()], wanted, rtol=1e-10)


def test_a_wrong_answer_is_not_kept():
    for body in unexplained("softmax"):
        answer = write("softmax", body)
        assert repr(check(answer)) == str(keep(answer))
    assert functions.softmax is EXERCISES["softmax"].reference
    assert names_in(kept_file().parent) == set()


def test_keeping_again_replaces_and_leaves_the_others():
    keep(write("sigmoid", right("sigmoid")[0]))
    keep(write("softmax", right("softmax")[0]))
    keep(write("softmax", right("softmax")[1]))
    text = kept_file().read_text()
    assert [node.name for node in ast.parse(text).body[1:]] == ["my_sigmoid", "my_softmax"]
    assert right("softmax")[0] not in text
    assert names_in(kept_file().parent) == {"mine.py"}
    assert mine().splitlines()[0] == "yours:         sigmoid, softmax"


def test_what_leans_on_the_notebook_is_not_kept():
    message = keep(write("softmax", "return helper(z)", helper=functions.softmax))
    assert message.startswith("my_softmax: right.")
    assert (
        "it is not kept, because it depends on your notebook. On its own, my_softmax: raises."
        in message
    )
    assert "name 'helper' is not defined" in message
    assert message.endswith("Put everything it needs inside the function, imports too.")
    assert functions.softmax is EXERCISES["softmax"].reference
    assert not kept_file().exists()


def test_what_cannot_be_written_is_not_kept_and_what_was_there_stays(monkeypatch, tmp_path):
    keep(write("sigmoid", right("sigmoid")[0]))
    before = kept_file().read_text(encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr("os.replace", refuse)
        said = keep(write("softmax", right("softmax")[0]))
    assert "But it could not be kept: [Errno 13] Permission denied" in said
    assert "set the environment variable MNISTLIB_MINE to a file in a folder" in said
    assert kept_file().read_text(encoding="utf-8") == before
    kept_file().write_bytes(b"# caf\xe9\n")
    assert "could not be kept: 'utf-8' codec" in keep(write("softmax", right("softmax")[0]))
    assert kept_file().read_bytes() == b"# caf\xe9\n"
    monkeypatch.setenv("MNISTLIB_MINE", str(tmp_path / "no" / "such" / "folder.py"))
    assert "No such file or directory" in keep(write("softmax", right("softmax")[0]))
    assert functions.softmax is EXERCISES["softmax"].reference


def test_an_answer_that_the_library_has_no_place_for_is_kept_and_checked_again():
    body = right("accuracy")[0]
    assert keep(write("accuracy", body)).endswith("It is kept.")
    assert "def my_accuracy(" in kept_file().read_text(encoding="utf-8")
    assert mine().splitlines()[0] == "yours:         accuracy"


def test_what_has_no_lines_is_not_kept():
    answer = write("softmax", right("softmax")[0])
    linecache.cache.pop(answer.__code__.co_filename)
    assert "it is not a plain function whose lines can be found" in keep(answer)
    assert functions.softmax is EXERCISES["softmax"].reference
    assert not kept_file().exists()


def test_a_kept_function_that_was_spoilt_is_left_out_and_said():
    keep(write("one_hot", right("one_hot")[0]))
    keep(write("softmax", right("softmax")[0]))
    text = kept_file().read_text()
    kept_file().write_text(text.replace("axis=1", "axis=0", 1))
    kept = mine()
    assert kept.startswith("yours:         one_hot\nthe library's: everything else\n")
    assert "\nLeft out, my_softmax: wrong shape. With z = [[0., 0.]]:" in kept
    assert functions.softmax is EXERCISES["softmax"].reference


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        (b"def my_softmax(z:\n", r"never closed \(mine.py, line 1\)"),
        ("# sch\xf6n".encode("latin-1"), "'utf-8' codec can't decode"),
        (b"1 / 0", "division by zero"),
    ],
)
def test_a_file_that_does_not_run_is_left_alone_and_python_says_why(spoilt, words):
    keep(write("sigmoid", right("sigmoid")[0]))
    kept_file().write_bytes(spoilt)
    with pytest.raises(Exception, match=words):
        mine()
    message = keep(write("softmax", right("softmax")[0]))
    assert re.search(f"But it could not be kept: (mine.py does not run: .*)?{words}", message)
    if "utf-8" not in words:
        assert message.endswith(
            " mine() shows the line. Mend it, or delete the file and keep your functions again."
        )
    assert functions.softmax is EXERCISES["softmax"].reference
    assert kept_file().read_bytes() == spoilt


def test_what_else_the_reader_writes_into_the_file_stays_and_serves():
    keep(write("softmax", right("softmax")[0]))
    kept_file().write_text(
        kept_file().read_text() + "\n\n# mine\ndef helper(z):\n    return np.logaddexp(0, -z)\n\n\n"
        "@np.errstate(over='ignore')\ndef my_sigmoid(z):\n    return np.exp(-helper(z))\n"
        "from mnistlib.functions import log_softmax\n"
    )
    assert mine().startswith("yours:         sigmoid, softmax\n")
    assert functions.sigmoid(np.array([-1000.0])) == 0
    keep(write("softmax", right("softmax")[1]))
    keep(write("one_hot", right("one_hot")[0]))
    assert "# mine\ndef helper(z):\n" in kept_file().read_text()
    assert mine().startswith("yours:         one_hot, sigmoid, softmax\n")
    kept_file().unlink()
    assert mine().startswith("yours:         none yet\n")
    assert functions.softmax is EXERCISES["softmax"].reference


def test_a_cell_of_a_notebook_can_be_kept():
    cells = [
        "import numpy as np\nfrom course.exercises import keep",
        "def my_softmax(z):\n    " + right("softmax")[0],
        "print(repr(keep(my_softmax)))",
    ]
    program = f"""
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for cell in {cells!r}:
    shell.run_cell(cell, store_history=True).raise_error()
"""
    environment = {**os.environ, "IPYTHONDIR": str(kept_file().parent / "ipython")}
    ran = subprocess.run([sys.executable, "-c", program], text=True, capture_output=True,
                         timeout=60, check=True, env=environment)  # fmt: skip
    assert "From here on it is mnistlib.functions.softmax." in ran.stdout
    assert mine().startswith("yours:         softmax\n")


def test_one_reply_says_what_is_kept_and_what_is_not():
    answers = [
        write("one_hot", right("one_hot")[0]), write("softmax", "return z"), write("sigmoid", "...")
    ]  # fmt: skip
    message = keep(*answers)
    first, *others = [check(answer) for answer in answers]
    own = f"{first!r} From here on it is mnistlib.data.one_hot."
    assert repr(message) == str(message) == "\n".join([own, *map(repr, others)])
    shown = message._repr_html_()
    assert shown.count("<p ") == 3
    assert shown.endswith("\n".join(reply._repr_html_() for reply in others))
    well_formed(shown)
    assert mine().startswith("yours:         one_hot\n")


@pytest.mark.parametrize("nowhere", ["", os.devnull])
def test_without_a_file_nothing_is_written_and_keeping_holds_for_this_notebook(
    monkeypatch, nowhere, tmp_path
):
    monkeypatch.setenv("MNISTLIB_MINE", nowhere)
    monkeypatch.chdir(tmp_path)
    device = os.stat(os.devnull).st_mode
    answer = write("softmax", right("softmax")[0])
    assert "From here on it is mnistlib.functions.softmax." in keep(answer)
    assert functions.softmax is answer
    said = keep(write("accuracy", right("accuracy")[0]))
    assert said.endswith("It is not kept: the environment variable MNISTLIB_MINE names no file.")
    assert list(tmp_path.iterdir()) == []
    assert os.stat(os.devnull).st_mode == device
    assert mine().startswith("yours:         none yet")
