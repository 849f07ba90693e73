"""Whatever is damaged, one line names it and says what to do, in every command."""

import errno
import os
import shutil
import subprocess
import sys
import types

import nbformat
import pytest

from course import __main__, done, files, lessons, new, studies
from course.classroom import handout, marks
from course.computers import certificate
from course.lessons import execute
from mnistlib import data
from website import build

SOURCE = "# %% [markdown]\n# # 07 Nines\n\n# %%\nprint(7)\n"
#: What is damaged in a file that was good: its new bytes, and what is said of it.
BYTES = {
    "empty": (lambda good: b"", "07_nines"),
    "UTF-16": (lambda good: good.decode().encode("utf-16"), "is not text in UTF-8, but in UTF-16."),
    "Latin-1": (lambda good: good.replace(b"Nines", b"N\xe4ne"), "is not text in UTF-8."),
    "zeros": (lambda good: bytes(len(good)), "is not text in UTF-8."),
    "a merge": (
        lambda good: good.replace(b"\n", b"\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> topic\n", 1),
        ":2 still has both sides of a merge",
    ),
}
IN_ITS_PLACE = {
    "nothing": (lambda path: None, "No such file or directory"),
    "a folder": (lambda path: path.mkdir(), "it is a folder"),
    "the null device": (lambda path: path.symlink_to(os.devnull), "it is a device or a pipe"),
    "a pipe": (os.mkfifo if hasattr(os, "mkfifo") else None, "it is a device or a pipe"),
}
DAMAGES = [*BYTES, *IN_ITS_PLACE]
not_on_windows = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")


@pytest.fixture
def lesson(tmp_path):
    """Write a lesson with both of its files."""
    made = lessons.Lesson("07_nines", tmp_path)
    made.source_path.write_text(SOURCE, encoding="utf-8")
    cells = [
        nbformat.v4.new_markdown_cell("# 07 Nines"),
        nbformat.v4.new_code_cell("print(7)", execution_count=1),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), made.path)
    return made


def spoil(path, damage):
    """Damage a file; return what is to be said of it."""
    if damage in BYTES:
        change, words = BYTES[damage]
        path.write_bytes(change(path.read_bytes()))
        return words
    path.unlink()
    make, words = IN_ITS_PLACE[damage]
    make(path)
    return words


def line_of(raised):
    """Return what a command ended with, which is one line."""
    message = str(raised.value)
    assert message
    assert "\n" not in message
    return message


@not_on_windows
@pytest.mark.parametrize("which", ["source_path", "path"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_lesson_is_named_with_what_to_do(lesson, damage, which):
    path = getattr(lesson, which)
    words = spoil(path, damage)
    with pytest.raises(files.Damaged) as raised:
        lesson.refuse_damaged()
    message = line_of(raised)
    assert message.startswith(str(path))
    assert words in message
    if which == "source_path":
        assert f"`git checkout -- {path}`" in message
    else:
        assert "`python -m course execute 07`" in message
        assert ("delete it" in message) == (damage != "nothing")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "[1, 2]",
        lambda text: "[" * 10**5,
        lambda text: "{}",
        lambda text: text.replace('"cells"', '"cell"'),
        lambda text: text.replace('"nbformat": 4', '"nbformat": 99'),
        lambda text: text.replace('"cell_type": "code"', '"cell_type": "cod"'),
    ],
    ids=["cut", "a list", "brackets", "nothing", "no cells", "a later format", "an unknown cell"],
)
def test_a_notebook_that_is_none_is_named(lesson, change):
    lesson.path.write_text(change(lesson.path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(
        files.Damaged, match=r"07_nines\.ipynb is not a whole notebook \("
    ) as raised:
        lesson.refuse_damaged()
    line_of(raised)


def test_a_picture_that_is_none_and_a_cell_that_is_no_python_are_named(lesson):
    notebook = lesson.notebook
    notebook.cells[1].source = "print(7"
    notebook.cells[1].outputs = [nbformat.v4.new_output("display_data", {"image/png": "aGVsbG8="})]
    with pytest.raises(files.Damaged, match=r"07_nines\.ipynb, cell 1: .+ not a whole PNG"):
        lesson.figures()
    with pytest.raises(files.Damaged, match=r"07_nines\.ipynb, cell 1, line 1 is not Python"):
        lesson.trees  # noqa: B018


def test_a_folder_without_lessons_is_named(tmp_path):
    with pytest.raises(files.Damaged, match=r"has no lesson, NN_topic\.py\. `git checkout"):
        lessons.all_lessons(tmp_path)


#: For each command: where it looks for lessons, and a command line.
COMMANDS = {
    "execute": (execute, "chosen", ["07"]),
    "certificate": (certificate, "chosen", ["07"]),
    "done": (done, "chosen", ["lesson", "07"]),
    "handout": (handout, "all_lessons", ["{}"]),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_ends_in_the_line_before_it_has_written_anything(
    lesson, monkeypatch, tmp_path, name
):
    module, finder, arguments = COMMANDS[name]
    monkeypatch.setattr(module, finder, lambda *_: [lesson])
    monkeypatch.setattr(done, "all_lessons", lambda: [lesson])
    lesson.path.write_text("", encoding="utf-8")
    copies = tmp_path / "copies"
    with pytest.raises(SystemExit, match=r"07_nines\.ipynb is not a whole notebook") as raised:
        __main__.main([name, *(part.format(copies) for part in arguments)])
    line_of(raised)
    assert not copies.exists()


def system_error(number, path="x.csv"):
    return OSError(number, os.strerror(number), path)


def not_python():
    return SyntaxError("invalid syntax", (__file__, 3, 1, "<<<<", 3, 2))


@pytest.mark.parametrize("command", __main__.COMMANDS)
@pytest.mark.parametrize(
    ("error", "words"),
    [
        (files.Damaged("a.py is empty."), "a.py is empty."),
        (
            system_error(errno.ENOENT),
            "x.csv cannot be used: No such file or directory. Is the name",
        ),
        (system_error(errno.EACCES), "x.csv cannot be used: Permission denied. Get permission"),
        (system_error(errno.EISDIR), "x.csv cannot be used: Is a directory. Move away"),
        (system_error(errno.ENOSPC), "x.csv cannot be used: No space left on device. Make room"),
        (shutil.Error([("a", "b", "it is a pipe")]), "a cannot be copied: it is a pipe. Move away"),
        (not_python(), "tests/course/test_damage.py:3 is not Python: invalid syntax. Mend that"),
    ],
)
def test_every_command_says_in_a_line_what_stands_in_the_way(monkeypatch, command, error, words):
    def main():
        raise error

    module = __main__.COMMANDS[command]
    monkeypatch.setitem(sys.modules, module, types.SimpleNamespace(main=main))
    with pytest.raises(SystemExit) as raised:
        __main__.main([command])
    assert line_of(raised).startswith(words)


def test_a_fault_of_the_courses_own_is_not_hidden():
    for error in (
        ValueError("x"),
        OSError("no file"),
        SyntaxError("x", ("<cell>", 1, 1, "", 1, 1)),
    ):
        with pytest.raises(type(error)), files.told_in_a_line():
            raise error


# --- Places that are named


@not_on_windows
@pytest.mark.parametrize("option", ["--out", "--grades", "--reports"])
@pytest.mark.parametrize("place", [".", "", "nowhere/x", os.devnull, "pipe", "~nobody-here/x"])
def test_an_odd_place_is_refused_before_anything_is_tried(
    tmp_path, monkeypatch, capsys, option, place
):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    (tmp_path / "class").mkdir()
    with pytest.raises(SystemExit) as raised, files.told_in_a_line():
        marks.main([str(tmp_path / "class"), "--trusted", option, place])
    said = f"{raised.value} {capsys.readouterr().err}"
    assert "Trusted" not in said
    assert "cannot be used" in said or f"argument {option}: invalid path value" in said
    assert sorted(os.listdir(tmp_path)) == ["class", "pipe"]


@pytest.mark.parametrize("option", ["--jobs", "--seconds", "--memory", "--file", "--processes"])
@pytest.mark.parametrize("value", ["0", "-1", "x", "nan", ""])
def test_a_number_that_is_none_is_refused(capsys, option, value):
    with pytest.raises(SystemExit):
        marks.options(["class", option, value])
    assert f"argument {option}: {value!r} is not a whole number above 0" in capsys.readouterr().err


def test_an_address_that_is_none_is_refused(capsys):
    with pytest.raises(SystemExit):
        marks.options(["class", "--scheduler", "nowhere"])
    assert "'nowhere' is not an address: write it as tcp://HOST:PORT" in capsys.readouterr().err
    for good in ("tcp://127.0.0.1:8786", "host:8786"):
        assert marks.options(["class", "--scheduler", good]).scheduler == good


@not_on_windows
def test_a_pipe_in_the_place_of_a_table_is_not_waited_for(tmp_path):
    (tmp_path / "class").mkdir()
    os.mkfifo(tmp_path / "names")
    line = [str(tmp_path / "class"), "--out", str(tmp_path / "marks.csv")]
    with pytest.raises(OSError, match="it is a device or a pipe"):
        marks.main([*line, "--names", str(tmp_path / "names")])


def test_the_home_folder_may_be_written_short(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert files.path("~/x.csv") == tmp_path / "x.csv"
    with pytest.raises(files.Damaged, match="~nobody-here/x: whose home folder is that"):
        files.path("~nobody-here/x")
    with pytest.raises(data.download.DownloadError, match="~nobody-here: whose home folder"):
        data.load("~nobody-here")


@not_on_windows
def test_a_file_is_not_put_in_the_place_of_a_device_or_a_folder(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, tmp_path / "nowhere" / "file"):
        with pytest.raises(OSError, match=r"it is a|its folder does not exist") as raised:
            files.replace(path, "text")
        assert raised.value.filename == str(path)
    assert os.listdir(tmp_path) == ["pipe"]


# --- Names of new things


@pytest.mark.parametrize("name", ["make", "running", "packing", "data", "plt", "np", "base"])
def test_a_picture_may_not_take_the_name_of_what_it_stands_on(name):
    with pytest.raises(SystemExit, match="already"):
        new.main(["picture", name])


@pytest.mark.parametrize("name", ["", "_", "1st", "größe", "a.b", "../x", "__init__", "None"])
@pytest.mark.parametrize("what", new.MAKERS)
def test_a_name_that_python_or_a_file_cannot_have_is_refused(capsys, what, name):
    with pytest.raises(SystemExit):
        new.main([what, name])
    assert f"{name!r} cannot be the name of a function; write it as layer_gradients" in (
        capsys.readouterr().err
    )


# --- Studies


def test_a_study_outside_a_clone_is_told_before_its_rows_run(monkeypatch, tmp_path):
    monkeypatch.setattr(studies, "FOLDER", tmp_path)
    monkeypatch.setattr(sys, "argv", ["rows.py", "--draft"])
    asked = []
    study = types.SimpleNamespace(
        __doc__="", __file__=str(tmp_path / "rows.py"), ROWS=[{}], QUICK=0, run=asked.append
    )
    with pytest.raises(SystemExit, match=r"git does not know .+Run it in a clone") as raised:
        studies.main(study)
    line_of(raised)
    assert asked == []


# --- The pages


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (files.Damaged("a.ipynb is empty."), "a.ipynb is empty."),
        (ModuleNotFoundError("x", name="pypdf"), "pypdf is not installed: pip install -r website/"),
        (subprocess.CalledProcessError(2, ["/bin/npm", "x"]), "npm ended with 2; see above"),
    ],
)
def test_the_build_says_in_a_line_what_stands_in_the_way(monkeypatch, error, words):
    def fail():
        raise error

    monkeypatch.setattr(build, "install_node_packages", fail)
    with pytest.raises(SystemExit) as raised:
        build.main()
    assert line_of(raised).startswith(words)


def test_the_build_names_a_notebook_that_it_cannot_show_and_keeps_the_last_pages(
    lesson, monkeypatch, tmp_path
):
    (tmp_path / "source").mkdir()
    monkeypatch.setattr(build, "SOURCE", tmp_path / "source")
    monkeypatch.setattr(build, "all_lessons", lambda: [lesson])
    stripped = lesson.notebook
    stripped.cells[1].execution_count = None
    with pytest.raises(SystemExit, match=r"07_nines\.ipynb has no outputs; run: .+ 07 --again"):
        build.stage()
    del lesson.__dict__["notebook"]
    lesson.path.write_text("", encoding="utf-8")
    with pytest.raises(files.Damaged, match=r"07_nines\.ipynb is not a whole notebook"):
        build.stage()
    assert (tmp_path / "source").exists()
