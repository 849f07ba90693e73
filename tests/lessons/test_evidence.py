"""The check of the prose's numbers is itself tested, on small made-up cells; and the front door's."""

import re

import nbformat
import pytest

from course.lessons import ROOT, chosen

from . import evidence


def unsupported(prose, *outputs):
    code = nbformat.v4.new_code_cell(
        outputs=[nbformat.v4.new_output("stream", text=text) for text in outputs]
    )
    cells = [nbformat.v4.new_markdown_cell(prose), code]
    return [number for _, number, _ in evidence.unsupported(cells, "02_here")]


@pytest.mark.parametrize(
    ("prose", "output", "numbers"),
    [
        ("It gets 83.93 %.", "accuracy 0.8383", ["83.93 %"]),
        ("It gets 83.9 %.", "accuracy 83.83 %", ["83.9 %"]),
        ("It gets 83.830 %.", "accuracy 0.8383", ["83.830 %"]),
        ("The loss is 2.3026, not 2.3.", "loss=2.303", ["2.3026"]),
        ("It gets 98 %.", "right: 98 of 100, 98.0", ["98 %"]),
        ("It is 5.0.", "5", ["5.0"]),
        ("A slope of -0.25.", "0.25", ["-0.25"]),
        (r"$81 \%$ and `0.5` and $\sigma=0.25$", "", [r"81 \%", "0.5", "0.25"]),
        ("It was 0.95. So says [he](https://example.org).", "", ["0.95"]),
        ("| A | 0.95 |\n|---|---|\n| B | 0.7 [paper](https://example.org) |", "", ["0.95"]),
        ("- 0.95\n- [paper](https://example.org)", "", ["0.95"]),
        ("See 0.95 [above](02_here.ipynb#Top) or [below](#Next).", "", ["0.95"]),
        ("## The 0.5 rule", "", ["0.5"]),
        ("There are 61,000 of them.", "(60000, 28, 28)", ["61,000"]),
        ("There are 60,000 of them.", "60000 %, 60000.5", ["60,000"]),
    ],
)
def test_unsupported_numbers_are_found(prose, output, numbers):
    assert unsupported(prose, output) == numbers


def test_a_large_integer_may_stand_in_the_code():
    code = nbformat.v4.new_code_cell("steps = 10_000  # not 20_000")
    prose = nbformat.v4.new_markdown_cell("After 10,000 steps or 20,000.")
    assert [n for _, n, _ in evidence.unsupported([code, prose])] == ["20,000"]


def test_only_what_the_reader_sees_printed_counts():
    assert unsupported("It is 0.5.", "") == ["0.5"]
    warned = nbformat.v4.new_output("stream", name="stderr", text="0.5")
    shown = nbformat.v4.new_output("execute_result", data={"text/plain": "0.5"})
    prose = nbformat.v4.new_markdown_cell("It is 0.5.")
    for output, count in ((warned, 1), (shown, 0)):
        cells = [prose, nbformat.v4.new_code_cell(outputs=[output])]
        assert len(evidence.unsupported(cells)) == count


@pytest.mark.parametrize("page", ["README.md", "website/pages/index.md"])
def test_the_front_door_says_what_lesson_06_printed(page):
    said = re.search(
        r"(\d+) of 1,000 test digits get four [^,]+, and (\d+) only one",
        (ROOT / page).read_text("utf-8"),
    )
    outputs = [
        output.text
        for _, cell in chosen(["06"])[0].cells("code")
        for output in cell.outputs
        if output.output_type == "stream"
    ]
    printed = re.search(r"these four companies.*\[ *(\d+) +\d+ +\d+ +(\d+)\]", "".join(outputs))
    assert said.groups() == printed.groups()[::-1]
