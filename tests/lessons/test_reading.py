"""What the tests read out of lessons, on small made-up pieces of them."""

import ast

import pytest

from tests.lessons import reading


@pytest.mark.parametrize(
    ("code", "draws"),
    [
        ("plotting.digits(images)", True),
        ("mnistlib.plotting.digits(images)", True),
        ("from mnistlib.plotting import digits\ndigits(images)", True),
        ("plt.subplots()[1].plot(x)", True),
        ("for axis in axes:\n    axis.imshow(image)", True),
        ("def draw():\n    plt.plot(x)", False),
        ("def draw():\n    plt.plot(x)\ndraw()", True),
        ("plotting.use_style()\nplt.rcParams.update({})", False),
        ("plot = 3\nprint(plot)", False),
    ],
)
def test_drawing_cells_are_recognised(code, draws):
    assert reading.drawing_cells([(0, ast.parse(code))]) == ({0} if draws else set())


def test_markdown_is_read_as_jupyter_reads_it():
    text = """# One *two* `three` [four](five.md)

```
# no heading [no](link)
```

Title two
---------

`[no](code)` $[no](maths)$ [a](b_(c).md "title") ![d](e.png) <https://f.g>

<details><summary><a href="h">i</a></summary>

[j](k) \\[no\\](escaped)

</details>
"""
    assert reading.headings(text) == [(1, "One two three four"), (2, "Title two")]
    assert sorted(reading.links(text)) == sorted(
        ["five.md", "b_(c).md", "e.png", "https://f.g", "h", "k"]
    )
