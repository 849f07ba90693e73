"""What a screen reader says of a lesson, and in what order: its page's tree of accessibility."""

from itertools import pairwise

import pytest

from course.exercises import EXERCISES
from course.lessons import all_lessons
from website.tests.tabs import UNFOLD, Tab
from website.tests.test_every_page import WAKE

pytestmark = pytest.mark.takes(seconds=8)

CONTROLS = {"button", "checkbox", "combobox", "DisclosureTriangle", "link", "menuitem", "radio"}
CONTROLS |= {"searchbox", "slider", "spinbutton", "switch", "tab", "textbox"}
PICTURES = {"Canvas", "figure", "graphics-document", "image", "SvgRoot"}
NAMED_BY = {"figure": "Figcaption", "Figcaption": "StaticText"}
OPEN = f"{UNFOLD}; document.querySelectorAll('details').forEach(fold => fold.open = true)"
OUT_OF_ORDER = """
    [...document.querySelectorAll("article section")].flatMap(section => {
        const parts = [...section.querySelectorAll(":scope > *, summary")]
            .filter(tag => tag.offsetHeight);
        const tops = parts.map(tag => tag.getBoundingClientRect().top);
        return parts.filter((tag, i) => i && tops[i] < tops[i - 1] - 1)
            .map(tag => tag.outerHTML.slice(0, 80));
    })
"""


def heard(page):
    """Return what a page tells who cannot see it, in order: role, name and level of each part."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    known = {node["nodeId"]: node for node in nodes}

    def parts(node):
        role, name = node["role"]["value"], node.get("name", {}).get("value", "")
        below = [part for child in node.get("childIds", []) for part in parts(known[child])]
        if node["ignored"] or role == "InlineTextBox":
            return below
        level = [each["value"]["value"] for each in node["properties"] if each["name"] == "level"]
        if role in NAMED_BY and not name:
            name = "".join(text for part, text, _ in below if part == NAMED_BY[role])
        return [(role, name, *(level or [None])), *below]

    return parts(nodes[0])


@pytest.fixture(scope="module")
def lesson():
    return next(each for each in all_lessons() if each.number == "03")


@pytest.fixture(scope="module")
def page(browser, roots, lesson):
    """Open a lesson and all that it folds, with its pictures and its editors awake."""
    page = Tab(browser, roots["http"]).open(f"notebooks/{lesson.name}.html")
    page.evaluate(OPEN)
    page.evaluate(WAKE)
    yield page
    page.context.close()


@pytest.fixture(scope="module")
def said(page):
    return heard(page)


def test_headings_come_in_order_and_no_level_is_left_out(said):
    levels = [level for role, _, level in said if role == "heading"]
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(below <= above + 1 for above, below in pairwise(levels))


def test_each_picture_and_each_control_has_a_name(page, said):
    assert [part for part in said if part[0] in CONTROLS | PICTURES and not part[1].strip()] == []
    assert page.locator("article [tabindex='0']:not([aria-label])").count() == 0
    assert page.locator(".course-nav [aria-current=page]").count() == 1
    assert {"button", "DisclosureTriangle", "link"} <= {role for role, *_ in said}
    words = page.locator("article img:visible").evaluate_all("all => all.map(img => img.alt)")
    assert words
    assert [each for each in words if ("image", each, None) not in said] == []
    formulas = page.locator("article .math:visible").count()
    assert [role for role, *_ in said].count("MathMLMath") == formulas > 10  # and not twice


def test_code_is_told_from_what_it_prints(page, said):
    for role, name, part in (("group", "Code", "input"), ("group", "Output", "output")):
        cells = page.locator(f"article .cell_{part}:not(:has(details)):visible")
        printed = cells.filter(has=page.locator("pre"))
        assert said.count((role, name, None)) == printed.count() > 5, name
    assert page.locator(".cell_output button.copybtn").count() == 0  # nobody runs an output


def test_an_exercise_comes_as_stub_then_hints_then_solution(page, said, lesson):
    starts = [i for i, (role, *_) in enumerate(said) if role == "heading"] + [len(said)]
    parts = [said[start:end] for start, end in pairwise(starts)]
    parts = [part for part in parts if part[0][1].startswith("Exercise ")]
    for exercise, part in zip(lesson.exercises, parts, strict=True):
        names = [name for _, name, _ in part]
        hints = [f"Hint {i + 1}" for i in range(len(EXERCISES[exercise.name].hints))]
        folds = [name for role, name, _ in part if role == "DisclosureTriangle"]
        first = folds.index("Hint 1")  # a pencil's numbers may be folded before the stub
        assert folds[first : first + len(hints) + 1] == [*hints, "Solution"], exercise.name
        editor = next(i for i, name in enumerate(names) if f"my_{exercise.name}" in name)
        assert editor < names.index("Hint 1"), exercise.name
    boxes = [name for role, name, _ in said if role == "textbox"]
    editors = [name for name in boxes if name.startswith("Your answer, my_")]
    assert len(editors) == sum(exercise.level != "open" for exercise in lesson.exercises)
    assert page.evaluate(OUT_OF_ORDER) == []
