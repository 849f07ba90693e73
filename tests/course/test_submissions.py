"""Whose a file is that a class handed in, by the names that learning platforms give."""

import zipfile

import pytest

from course.classroom import submissions
from tests.course.a_class import GOOD, notebook


def students_of(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        code = f"def my_one_hot(labels): return {name!r}"
        (folder / name).write_text(notebook(code) if name.endswith("ipynb") else code)
    return submissions.submissions_in(folder)


def places(submission):
    return sorted(version.place for version in submission.answers["one_hot"])


def test_moodles_folders_and_files_are_their_students(tmp_path):
    both = students_of(
        tmp_path,
        "Ada Lovelace_1001_assignsubmission_file_/sub/02.ipynb",  # until Moodle 4.0
        "Zoe Müller_1002_assignsubmission_file/02.ipynb",  # from 4.1 on
        "Anna-Lena O'Neill_1003_assignsubmission_file_02.ipynb",  # not in folders
        "Anna-Lena O'Neill_1003_assignsubmission_file_03_more.ipynb",
        "Anna-Lena O'Neill_1003_assignsubmission_onlinetext_onlinetext.html",
    )
    found = {s.student: (places(s), s.unread) for s in both}
    assert found == {
        "Ada Lovelace (1001)": (["sub/02.ipynb"], ""),
        "Zoe Müller (1002)": (["02.ipynb"], ""),
        "Anna-Lena O'Neill (1003)": (
            ["02.ipynb", "03_more.ipynb"],
            "onlinetext.html (no .ipynb, no .py, and no zip that can be read)",
        ),
    }
    for submission in both:  # as Moodle's importer takes a page back
        _, number, kind, plugin, rest = f"{submission.returned_as}marks.html".split("_", 4)
        assert (kind, plugin, rest) == ("assignsubmission", "file", "marks.html")
        assert f"({number})" in submission.student


def test_canvas_files_are_their_students(tmp_path):
    found = students_of(
        tmp_path,
        "lovelaceada_LATE_4711_900_02_sigmoid-1.ipynb",
        "lovelaceada_LATE_4711_1000_02_sigmoid.ipynb",
        "müller_zoe_4712_17_mine.py",
    )
    assert {s.student: places(s) for s in found} == {
        "lovelaceada (4711)": ["02_sigmoid-1.ipynb", "02_sigmoid.ipynb"],
        "müller_zoe (4712)": ["mine.py"],
    }


def test_a_name_with_numbers_in_it_is_no_platforms(tmp_path):
    names = {s.student for s in students_of(tmp_path, "ada_2.py", "group_3_a.py", "eve_1_2_/x.py")}
    assert names == {"ada_2", "group_3_a", "eve_1_2_"}


@pytest.mark.parametrize(
    "text",
    [
        "ada,ada@x.org\nZoe Müller,z77\n",
        "\ufeffIdentifier;Full name;Email address\n"
        "Participant 1001;Ada;ada@x.org\nTeilnehmer/in 1002;Zoe;z77@x\n",
    ],
)
def test_a_file_of_names_says_what_the_platform_calls_whom(tmp_path, text):
    (tmp_path / "names.csv").write_text(text, encoding="utf-8")
    names = submissions.read_names(tmp_path / "names.csv")
    students_of(tmp_path / "class", "ada_1001_assignsubmission_file_/1.py")
    students_of(tmp_path / "class", "Zoe Müller_1002_assignsubmission_file_/1.py")
    students_of(tmp_path / "class", "eve_1003_assignsubmission_file_/1.py")
    known = [s.known_as for s in submissions.submissions_in(tmp_path / "class", names)]
    assert known[0].startswith("z77")
    assert known[1:] == ["ada@x.org", ""]  # who is not there has no row in the grades


def test_a_line_without_a_second_name_is_refused(tmp_path):
    (tmp_path / "names.csv").write_text("ada,a1\nbob,\n")
    with pytest.raises(ValueError, match="line 2: 'bob' has no second name"):
        submissions.read_names(tmp_path / "names.csv")


def test_a_file_that_holds_no_answers_is_no_reason_not_to_mark(tmp_path):
    folder = tmp_path / "ada"
    folder.mkdir()
    for name in ("02.ipynb", "progress.json", "plot.png", "._02.ipynb.txt", "mine.pyc", "me.txt"):
        (folder / name).touch()
    (folder / "02.ipynb").write_text(notebook(GOOD))
    [found] = submissions.submissions_in(tmp_path)
    assert ({*found.answers}, found.unread) == ({"one_hot"}, "")


def test_others_code_is_not_read_and_too_much_costs_only_what_is_too_much(tmp_path, monkeypatch):
    for inner in (".venv", "env/lib", "mnistlib"):  # others' code
        (tmp_path / "ada" / inner).mkdir(parents=True)
        (tmp_path / "ada" / inner / "code.py").touch()
    (tmp_path / "ada" / "env" / "pyvenv.cfg").touch()
    for name in "abcd":
        (tmp_path / "ada" / f"{name}.py").write_text("K = 1")
    monkeypatch.setattr(submissions, "SUBMISSION_BYTES", 10)
    files, problems = submissions.read_files([submissions.entry_of(tmp_path / "ada")])
    assert [place for place, _ in files] == ["a.py", "b.py"]
    assert problems == [f"{name}.py (beyond 0 MB in all)" for name in "cd"]


def zipped(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in files.items():
            made.writestr(name, text)


def test_a_zip_is_read_one_level_deep(tmp_path):
    (tmp_path / "ada").mkdir()
    work = {"work/02.ipynb": notebook(GOOD), "mine.py": GOOD.replace("eye", "identity")}
    others = ("more.zip", "__MACOSX/._02.ipynb", "mnistlib/data.py", "plot.png")
    zipped(tmp_path / "ada" / "week 2.zip", work | dict.fromkeys(others, ""))
    zipped(tmp_path / "bob_1003_assignsubmission_file_all.zip", {"mine.py": GOOD})
    ada, bob = submissions.submissions_in(tmp_path)
    assert places(ada) == ["week 2.zip/mine.py", "week 2.zip/work/02.ipynb"]
    assert ada.unread == "week 2.zip/more.zip (no .ipynb, no .py, and no zip that can be read)"
    assert (bob.student, places(bob)) == ("bob (1003)", ["all.zip/mine.py"])


def test_a_zip_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "cut.zip").write_bytes(b"PK\x03\x04 and no more")
    [cut] = submissions.submissions_in(tmp_path)
    assert cut.unread == "cut.zip (no .ipynb, no .py, and no zip that can be read)"
