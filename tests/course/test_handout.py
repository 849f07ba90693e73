"""The students' copy works and answers nothing; the teacher's answers everything."""

import os
import re
import subprocess
import sys
import tomllib

import nbformat
import numpy as np
import pytest
import yaml

from course import exercises
from course.classroom import handout, inspection, sandbox
from course.lessons import ROOT, all_lessons, pngs
from course.lessons.markdown import FOLD
from course.making import execute
from tests.course.a_class import that_count
from tests.course.handed_in import write
from tests.lessons import reading

LESSONS = all_lessons()
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)


@pytest.fixture(autouse=True)
def nothing_left(monkeypatch):
    """Let no check be remembered where the tests run, and no compiled code be left in the copies."""
    monkeypatch.setenv("MNISTLIB_MINE", os.devnull)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class") / "handout"
    handout.main([str(folder)])
    return folder


def notebook(folder, lesson):
    path = folder / "students" / "notebooks" / lesson.path.name
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def page(folder, lesson):
    return (folder / "teacher" / f"{lesson.name}.md").read_text(encoding="utf-8")


def flat(text):
    return "".join(text.split())


@each_lesson
def test_the_students_lesson_was_never_run_and_holds_no_answer_and_all_else(folder, lesson):
    made = notebook(folder, lesson)
    assert set(made.metadata) == {"kernelspec", "language_info"}
    for cell in made.cells:
        # The words that describe a picture tell what is in it.
        assert set(cell.metadata) <= {"tags", "jupyter"}
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
    text = "\n\n".join(cell.source for cell in made.cells)
    summaries = re.findall("<summary>(.*?)</summary>", text)
    assert [summary for summary in summaries if not summary.startswith(handout.HELP)] == []
    assert text.count("<details>") == text.count("</details>") == len(summaries)
    assert "Stuck?" not in text  # that fold has the pencil sheet's numbers
    answers = [fold for fold in FOLD.finditer(lesson.markdown) if fold["summary"] == "Answer"]
    assert text.count("*Your answer:*") == len(answers)
    for fold in answers:
        assert flat(fold["inside"]) not in flat(text)
    ours = [cell.source for _, cell in lesson.cells("code")]
    assert [cell.source for cell in made.cells if cell.cell_type == "code"] == ours
    headings = re.findall(r"^#+ .+$", lesson.markdown, re.MULTILINE)
    assert [heading for heading in headings if heading not in text] == []


@each_lesson
def test_the_teachers_page_has_every_answer_solution_and_reply(folder, lesson):
    text = page(folder, lesson)
    assert text.startswith(f"# {lesson.number} {lesson.header.title}\n")
    assert "<details>" not in text
    for fold in FOLD.finditer(lesson.markdown):
        if not fold["summary"].startswith((*handout.HELP, handout.SOLUTION)):
            assert flat(fold["inside"]).replace(".ipynb", ".md") in flat(text)
    for exercise in lesson.exercises:
        for words in (exercise.heading, exercise.stub, *exercise.hints):
            assert flat(words) in flat(text)
        for words in re.split(r"(\{[^}]*\})", exercise.notice):  # a {field} is filled in a reply
            assert (flat(words) in flat(text)) != words.startswith("{")
        for way, said in exercise.mistakes:
            assert flat(way) in flat(text)
            assert said in text
        assert f"{exercise.solution.__name__}(" in text


def test_the_links_of_the_teachers_copy_lead_somewhere(folder):
    for file in (folder / "teacher").iterdir():
        for target in re.findall(r"\]\(([^)#]*)", file.read_text(encoding="utf-8")):
            assert re.match("https?://", target) or (file.parent / target).is_file(), target


def test_a_graded_variant_is_not_handed_out():
    names = ["lesson_10.py", "lesson_10.txt", "lesson_90.py", "lesson_90.txt", "lesson_91.py"]
    assert handout.NOT_FOR_STUDENTS("exercises", names) == {*names[2:]}


def test_every_exercise_stands_in_one_lesson_with_its_minutes_and_task():
    asked = [exercise for lesson in LESSONS for exercise in lesson.exercises]
    assert sorted(exercise.name for exercise in asked) == sorted(exercises.EXERCISES)
    assert [exercise.name for exercise in asked if not 1 <= exercise.minutes <= 30] == []
    assert [exercise.name for exercise in asked if len(exercise.task) < 40] == []


def test_the_copies_are_apart_and_the_students_has_what_it_needs(folder):
    assert sorted(path.name for path in folder.iterdir()) == ["students", "teacher"]
    students = folder / "students"
    names = {path.relative_to(students).as_posix() for path in students.rglob("*")}
    assert {"README.md", "LICENSE", "requirements.txt", "pyproject.toml"} <= names
    assert {"data/train-images-idx3-ubyte.gz", "studies/seeds.json"} <= names
    assert {f"mnistlib/{path.name}" for path in (ROOT / "mnistlib").glob("*.py")} <= names
    assert not any("__pycache__" in name or name.startswith(("tests", ".")) for name in names)
    assert (students / "README.md").read_bytes() == handout.STUDENTS.read_bytes()


@pytest.mark.parametrize("is_withheld", [True, False])
def test_the_students_copy_shows_solutions_only_if_the_teacher_wants(folder, tmp_path, is_withheld):
    copy = folder / "students"
    if not is_withheld:
        copy = tmp_path / "students"
        handout.make_students(copy, with_solutions=True)
    code = "from course import exercises, review\n\n\ndef my_softmax(z): ...\n\n\n"
    code += "print(exercises.solution(my_softmax), exercises.folded(my_softmax).html)\n"
    code += "print(review.ask())\n"
    code += "print(exercises.check(my_softmax).kind)"
    program = tmp_path / "ask.py"
    program.write_text(code, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(copy)}
    asked = subprocess.run(
        [sys.executable, program], cwd=copy, env=environment, capture_output=True, text=True
    )
    assert asked.stdout.endswith("not attempted\n"), asked.stderr
    assert "so it cannot ask them again." in asked.stdout
    assert ("Your teacher has the solution." in asked.stdout) == is_withheld
    assert ("def softmax(z)" not in asked.stdout) == is_withheld


def test_a_lesson_of_the_students_copy_runs_on_its_own(folder, monkeypatch):
    students = folder / "students"
    monkeypatch.setenv("PYTHONPATH", str(students))
    lesson = LESSONS[11]  # a quick one, which loads data and runs a study
    made = notebook(folder, lesson)
    asks = "import mnistlib\nprint(mnistlib.__file__)"
    made.cells.append(nbformat.v4.new_code_cell(asks))
    execute.execute(made, students / "notebooks")
    *cells, asked = [cell for cell in made.cells if cell.cell_type == "code"]
    assert str(students) in asked.outputs[0].text
    stored = [cell for _, cell in lesson.cells("code")]
    for number, (cell, wanted) in enumerate(zip(cells, stored, strict=True)):
        place = f"{lesson.name}, code cell {number}"
        if "folded(" not in cell.source:  # the solution is withheld here
            assert sorted(reading.texts(cell)) == sorted(reading.texts(wanted)), place
        assert len(pngs(cell.outputs)) == len(pngs(wanted.outputs)), place


@each_lesson
def test_each_solution_pasted_into_the_students_copy_is_right_and_needs_no_second_look(
    folder, lesson
):
    made = notebook(folder, lesson)
    for cell in made.cells:
        stub = re.search(r"^def my_(\w+)", cell.source, re.MULTILINE)
        exercise = exercises.EXERCISES.get(stub[1]) if stub else None
        if exercise:
            shown = str(exercises.solution(write(stub[1], "...")))
            cell.source = shown.replace(
                f"def {exercise.solution.__name__}(", f"def my_{stub[1]}(", 1
            )
    file = (lesson.path.name, nbformat.writes(made).encode())
    answers = that_count([file])
    for exercise in lesson.exercises:
        source = answers[exercise.name].source
        assert sandbox.try_source(exercise.name, source).kind == "right", exercise.name
        assert inspection.reason_to_read(exercise.name, source) == "", exercise.name


def test_a_folder_that_is_not_empty_or_inside_what_is_copied_is_refused(tmp_path):
    (tmp_path / "grades.txt").write_text("1")
    with pytest.raises(SystemExit, match="is not empty"):
        handout.main([str(tmp_path)])
    assert [path.name for path in tmp_path.rglob("*")] == ["grades.txt"]
    with pytest.raises(SystemExit, match="lies inside"):
        handout.main([str(ROOT / "mnistlib" / "copy")])
    assert not (ROOT / "mnistlib" / "copy").exists()


# --- What the page for teachers says, and how the course is cited

TEACHERS = (ROOT / "website" / "pages" / "teachers.md").read_text(encoding="utf-8")


def test_the_page_for_teachers_says_how_long_the_computer_works():
    longest = max(lesson.header.seconds for lesson in LESSONS)
    assert f" {longest:.0f} at most on two quiet cores" in TEACHERS


def test_the_page_for_teachers_names_exercises_that_there_are():
    names = {exercise.name for lesson in LESSONS for exercise in lesson.exercises}
    assert {*re.findall(r"`my_(\w+)`", TEACHERS)} <= names


def test_the_pages_variant_works_as_it_stands(monkeypatch):
    space = {}
    exec(re.search(r"```python\n(.+?)```", TEACHERS, re.DOTALL)[1], space)
    [variant] = space["EXERCISES"]
    monkeypatch.setitem(exercises.EXERCISES, variant.name, variant)

    def my_margin_gradient(z, y):
        return np.where(y * z < 0, -y, 0.0)

    reply = exercises.check(my_margin_gradient)
    assert reply.kind == "wrong value"
    assert "is every right answer sure enough?" in reply.text
    for seed in range(5):
        drawn = sandbox.with_cases_drawn(variant, seed)
        assert exercises.check_answer(drawn, variant.reference).kind == "right"
    assert exercises.check_answer(variant, variant.reference).kind == "right"


def test_the_citation_is_one_and_says_what_the_project_says():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"# {cited['title']}\n" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert cited["version"] == project["version"]
    [author] = cited["authors"]
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert f"Copyright (c) 2026 {author['name']}" in licence
    assert f"{author['name']} (2026). *{cited['title']}*, version {cited['version']}." in TEACHERS
