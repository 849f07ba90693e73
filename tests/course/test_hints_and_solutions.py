"""Hints are folded, and a solution is a function that the lesson could hold."""

import ast
import inspect
import sys
import textwrap
from dataclasses import replace

import pytest

from course import exercises
from course.exercises import EXERCISES, markup

from .common import every_exercise, well_formed
from .handed_in import named, write

pytestmark = pytest.mark.usefixtures("untouched")


@every_exercise
def test_the_solution_is_the_librarys_own_source_without_its_docstring(name):
    exercise = EXERCISES[name]
    shown = exercises.solution(write(name, "..."))
    own = ast.parse(textwrap.dedent(inspect.getsource(exercise.solution))).body[0]
    [definition] = ast.parse(shown).body
    statements = [ast.dump(each) for each in own.body]
    assert definition.name == own.name
    assert [ast.dump(each) for each in definition.body if ast.dump(each) not in statements] == []
    assert ast.dump(definition.body[-1]) == statements[-1]
    assert ast.get_docstring(definition) is None
    assert not any(isinstance(each, ast.Raise) for each in ast.walk(definition))
    assert not any(each.annotation for each in definition.args.args)
    html = exercises.folded(write(name, "..."))._repr_html_()
    assert html.count("<details>") == len(exercise.hints) + 1
    text = well_formed(html)
    assert shown in text
    assert all(hint.replace("`", "") in text for hint in exercise.hints)


@every_exercise
def test_a_solution_names_no_private_helper_and_uses_every_name_it_sets(name):
    tree = ast.parse(exercises.solution(write(name, "...")))
    names = [each for each in ast.walk(tree) if isinstance(each, ast.Name)]
    used = {each.id for each in names if isinstance(each.ctx, ast.Load)}
    attributes = {each.attr for each in ast.walk(tree) if isinstance(each, ast.Attribute)}
    assert [each for each in used | attributes if each.startswith("_")] == []
    assigned = [each.targets[0] for each in ast.walk(tree) if isinstance(each, ast.Assign)]
    assert {each.id for each in assigned if isinstance(each, ast.Name)} <= used


def test_folded_text_is_escaped(monkeypatch):
    def smaller(a):
        return a & 1 < 2

    exercise = replace(EXERCISES["softmax"], solution=smaller, hints=("<b> & c",))
    monkeypatch.setitem(EXERCISES, "smaller", exercise)
    html = exercises.folded(named(smaller, "smaller"))._repr_html_()
    assert "<p>&lt;b&gt; &amp; c</p>" in html
    assert "return a & 1 < 2" in well_formed(html)
    assert "< 2" not in html
    well_formed(html)


def test_where_there_is_no_pygments_a_program_is_shown_without_colours(monkeypatch):
    monkeypatch.setitem(sys.modules, "pygments.lexers", None)
    assert well_formed(markup.program("return a < b\n")) == "return a < b\n"
