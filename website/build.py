"""Build the pages of the course: what ``python -m website`` does, step by step.

They come from the outputs that are stored in the notebooks; nothing is executed. The result is
website/_build/html, which opens from the disk as well as from a web server, with an e-book beside it.
"""

import base64
import copy
import importlib.metadata
import inspect
import io
import json
import pkgutil
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
from bs4 import BeautifulSoup
from nbformat import NotebookNode
from PIL import Image

from course import exercises, review
from course.lessons import Lesson, all_lessons, figures
from course.lessons.markdown import page_anchor
from course.lessons.pair import out_of_step
from course.pictures import packing
from mnistlib import original
from website import HTML, ROOT, SITE, SOURCE, ebook


def install_node_packages() -> None:
    """Install what package.json pins, unless it is there already."""

    def is_there(name: str, version: str) -> bool:
        manifest = SITE / "node_modules" / name / "package.json"
        return manifest.exists() and json.loads(manifest.read_text())["version"] == version

    wanted = json.loads((SITE / "package.json").read_text("utf-8"))["dependencies"]
    if not all(is_there(name, version) for name, version in wanted.items()):
        if not shutil.which("npm"):
            sys.exit("the pages need npm, which comes with Node: CONTRIBUTING.md, The pages")
        # A lock file would name the registry that this computer happens to use.
        quiet = ["--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(["npm", "install", *quiet], cwd=SITE, check=True)


#: Which of the company's digits is the 2 that the home page asks about.
THE_TWO = 1


def companies_of_the_two() -> dict[str, np.ndarray]:
    """Return whom the home page asks about beside the 2: nobody, or nineteen digits, by their places.

    Those are taken from the test set as lesson 06 takes them, so that its figure and this agree.
    """
    _, labels, _ = packing.asked_arrays(packing.stored("company"))
    others = np.delete(np.arange(len(labels)), THE_TWO)
    companies = {"nobody": others[:0], "mixed digits": others[:19]}
    for digit, name in {0: "zeros", 2: "twos", 4: "fours"}.items():
        companies[name] = others[labels[others] == digit][:19]
    return companies


def as_address(pixels: np.ndarray) -> str:
    """Return an image, dark on white, as an address that holds all of it."""
    png = io.BytesIO()
    Image.fromarray(255 - pixels).save(png, "png", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(png.getvalue()).decode()}"


def in_two_rows(digits: np.ndarray) -> np.ndarray:
    """Return nineteen digits as one image: ten, and below them nine and an empty place."""
    places = np.concatenate([digits, np.zeros_like(digits[:1])])
    return np.concatenate([np.concatenate([*row], axis=1) for row in np.split(places, 2)])


def one_two_in_company() -> str:
    """Return HTML for the 2 of the home page: five companies to choose from, and what each makes of it.

    It needs no script: of five answers, the style sheet shows the chosen one. It begins with the one
    that is right; pages.js turns to the next one, once.
    """
    content = packing.stored("company")
    scores, labels, digits = packing.asked_arrays(content)
    choices, answers = [], []
    for number, (name, company) in enumerate(companies_of_the_two().items()):
        asked = scores[[THE_TWO, *company]].astype(float)
        answer = original.softmax_over_batch(asked)[0].argmax()
        words = f"nineteen {name}" if len(company) else name
        right = answer == labels[THE_TWO]
        mark, said = ("✓", ' class="right" checked') if right else ("✗", "")
        choices.append(
            f'<label><input type="radio" name="company" value="{number}"{said}>'
            f"<span>{name.removesuffix(' digits')}</span></label>"
        )
        beside = ""
        if len(company):
            rows = in_two_rows(digits[company])
            beside = (
                f'<img src="{as_address(rows)}" width="{rows.shape[1]}" height="{rows.shape[0]}" '
                f'alt="In two rows, the {words} that are asked about with it.">'
            )
        answers.append(
            f'<div class="in-company"><p>With {words} beside it, the network says '
            f"<strong>{answer} {mark}</strong></p>{beside}</div>"
        )
    return (
        '<div class="flip"><fieldset><legend>Which digits go in with it?</legend>'
        f"<div>{''.join(choices)}</div></fieldset>"
        f'<img class="the-two" src="{as_address(digits[THE_TWO])}" width="28" height="28" '
        'alt="The digit that is asked about: a handwritten 2.">'
        f'<div role="status">{"".join(answers)}</div></div>\n'
    )


def lesson_list(lessons: list[Lesson]) -> str:
    """Return Markdown for a list of lessons on the home page: what each asks, and how long it takes."""
    entries = []
    for lesson in lessons:
        head = lesson.header
        page = f"notebooks/{lesson.path.name}"
        minutes = f"{head.minutes} min to read".replace(" ", "\N{NO-BREAK SPACE}")
        if head.more_minutes:
            minutes += f", {head.more_minutes}\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}do"
        drawing = SITE / "thumbs" / f"{lesson.number}.svg"
        entries += [
            "::::{container} lesson",
            f"```{{raw}} html\n{drawing.read_text('utf-8')}```",
            f"{{.title}}\n[{lesson.number} {head.title}]({page})",
            f"{{.minutes}}\n{minutes}",
            question_of(head.opening),
            f"<details class='able'><summary>More</summary>\n\n{head.opening}\n\n"
            f"Afterwards you can\n\n{head.able}\n\n</details>",
            "::::",
        ]
    return from_above("\n\n".join(entries)) + "\n"


def question_of(opening: str) -> str:
    """Return the sentence of a lesson's opening that asks its question, which stands there in bold."""
    sentences = re.split(r"(?<=[.?!]) |(?<=[.?!]\*\*) |\n\n", opening)
    return next(sentence for sentence in sentences if "**" in sentence).replace("**", "")


def from_above(markdown: str) -> str:
    """Return a lesson's Markdown for a page that stands one folder above the lessons."""
    markdown = markdown.replace("(../README.md#start)", "(index.md#how-to-start)")
    return re.sub(r"\]\((?=\d\d_)", "](notebooks/", markdown)


def my_softmax(z):
    e = np.exp(z)
    return e / e.sum(axis=0)


def wrong_answer() -> str:
    """Return Markdown for a wrong answer, and below it what the exercise replies."""
    answer = inspect.getsource(my_softmax)
    return f"```python\n{answer}```\n\n{exercises.check(my_softmax)._repr_html_()}\n"


def for_teachers() -> str:
    """Return Markdown that says of each lesson what it needs, what it gives, and its minutes."""
    entries = []
    for lesson in all_lessons():
        head = lesson.header
        together = sum(exercise.minutes for exercise in lesson.exercises)
        listed = [
            f"`my_{each.name}` ({each.level}, {each.minutes} minutes)" for each in lesson.exercises
        ]
        rows = "\n".join(
            f"| {part.title} | {part.minutes or 'under 1'} | {part.exercises or ''} |"
            for part in lesson.sections
        )
        entries += [
            f"### {lesson.number} {head.title}",
            f"**Time** {head.time.partition(';')[0]}"
            + (f" ({len(listed)}, together {together} minutes)." if listed else "."),
            f"**Exercises** {', '.join(listed) or 'none'}",
            f"**It needs** {head.need}",
            f"**Afterwards a student can**\n\n{head.able}",
            "<details><summary>Minutes, section by section</summary>",
            f"| section | to read | its exercises |\n| --- | --- | --- |\n{rows}",
            "</details>",
        ]
    return from_above("\n\n".join(entries)) + "\n"


#: Whose files the built pages carry: packages of Python, and of Node.
CARRIED = ("pydata-sphinx-theme", "sphinx", "sphinx-copybutton", "myst-nb", "accessible-pygments")
CARRIED_NODE = ("katex", "@fontsource/source-serif-4")


def licences() -> str:
    """Return our licences, and those of all that the built pages carry, as their authors wrote them."""
    carried = {name: [ROOT / name] for name in ("LICENSE-TEXT.md", "LICENSE", "data/README.md")}
    for name in CARRIED:
        brought = importlib.metadata.files(name)
        carried[name] = [file.locate() for file in brought if "licen" in file.name.lower()]
    for name in CARRIED_NODE:
        carried[name] = [SITE / "node_modules" / name / "LICENSE"]
    parts = []
    for name, found in carried.items():
        if not found:
            sys.exit(f"{name} brings no licence; the pages carry its files, so look for it")
        texts = [Path(file).read_text(encoding="utf-8").strip() for file in found]
        parts.append("\n\n".join([f"{'=' * 20} {name}", *texts]))
    return "\n\n\n".join(parts) + "\n"


#: What stands where review.js works, until it does: as high as that, so that nothing moves.
STILL_REVIEW = """<div id="reviewing">
<p>Tick each lesson you have read: its questions come back from tomorrow.</p>
<fieldset><legend>Lessons you have read</legend>{rows}</fieldset>
<p class="review-keep"><button disabled>Save my progress as a file</button>
<button disabled>Load a saved file</button> <button disabled>Clear my progress</button></p>
</div>

<p class="without-script">Without JavaScript this page cannot remember when to ask you what, but all the
questions are below.</p>
"""


def review_pieces() -> tuple[str, str]:
    """Return Markdown for the page Review: what stands first, and its data with all cards."""
    known = []
    parts = ["## All the questions"]
    for lesson in all_lessons():
        cards = review.cards(lesson)
        known.append(
            {
                "number": lesson.number,
                "title": lesson.header.title,
                "page": lesson.name,
                "cards": [card.name for card in cards],
                "guesses": answers_to_guesses(lesson),
            }
        )
        # Without a script a lesson's end leads here; else the tick takes the anchor over.
        parts.append(f'<div id="read-{lesson.number}"></div>')
        parts.append(f"### {lesson.number} {lesson.header.title}")
        parts += map(review_card, cards)
    rows = "".join(
        f"<div><label><input type='checkbox' disabled> {row['number']} {row['title']}</label> "
        f"<span class='review-days'>{len(row['cards'])} questions</span></div>"
        for row in known
    )
    data = json.dumps({"intervals": review.INTERVALS, "lessons": known}).replace("<", "\\u003c")
    parts[:0] = [f'<script type="application/json" id="review-data">{data}</script>']
    return STILL_REVIEW.format(rows=rows), "\n\n".join(parts) + "\n"


def review_card(card: review.Card) -> str:
    """Return Markdown for a card: the question, and the answer folded, with a link to its place."""
    link = f"[{card.heading}](notebooks/{card.lesson.path.name}#{page_anchor(card.heading)})"
    fold = f"<details><summary>Answer</summary>\n\n{card.answer}\n\n{link}\n\n</details>"
    inside = from_above(f"{card.asked}\n\n{fold}")
    return f"::::{{container}} asked\n:name: card-{card.name}\n\n{inside}\n::::"


def answers_to_guesses(lesson: Lesson) -> list[tuple[str, str]]:
    """Return what is guessed in a lesson, and what came out, in their order."""
    found = []
    for _, cell in lesson.cells("code"):
        for output in cell.outputs:
            shown = BeautifulSoup(output.get("data", {}).get("text/html", ""), "html.parser")
            for tag in shown.select("[data-guessed]"):
                found.append((tag["data-guessed"], tag["data-answer"]))
    return found


def library_pages() -> str:
    """Return Markdown that documents each module of the library."""
    modules = sorted(module.name for module in pkgutil.iter_modules([str(ROOT / "mnistlib")]))
    places = {name: f"mnistlib.{name}" for name in modules}
    # And what lessons use of the course; what they hand out as a riddle is not explained here.
    course = ("exercises", "guesses", "pictures", "studies", "pencil", "autopsy", "examination")
    places |= {name: f"course.{name}" for name in course}
    places["faulty_download"] = "course.materials.faulty_download"
    return "\n".join(
        f"## {name}\n\n```{{eval-rst}}\n.. automodule:: {place}\n```\n"
        for name, place in places.items()
    )


#: A cell that only shows hints and solution: a page folds them, and its one line says nothing.
ONLY_FOLDED = re.compile(r"exercises\.folded\(\w+\)")


def for_pages(notebook: NotebookNode) -> NotebookNode:
    """Return a lesson whose links lead to pages, without the code that only unfolds hints."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            # What the README says of the start is at home there.
            cell.source = cell.source.replace("](../README.md#start", "](../index.md#how-to-start")
        elif ONLY_FOLDED.fullmatch(cell.source.strip()):
            cell.metadata.tags = [*cell.metadata.get("tags", ()), "remove-input"]
    return notebook


#: So many lessons are the course proper; those that follow stand by themselves.
COURSE = 7

#: Those of the pictures one can touch that the home page leads to, each by a drawing.
PICTURES_AT_HOME = {
    "train": "A network learns",
    "company": "The company a digit keeps",
    "kernel": "A kernel slides",
}


def shown_pictures() -> str:
    """Return Markdown for the home page: some pictures, and where they are touched."""
    entries = []
    for name, title in PICTURES_AT_HOME.items():
        drawing = (SITE / "thumbs" / f"{name}.svg").read_text("utf-8")
        link = f"[{title}](pictures.md#{page_anchor(title)})"
        inside = f"```{{raw}} html\n{drawing}```\n\n{link}"
        entries.append(f":::{{container}} to-touch\n{inside}\n:::")
    return "\n\n".join(entries) + "\n"


def stage() -> None:
    """Lay out what Sphinx reads: the pages, the notebooks, and what is made from them."""
    for lesson in all_lessons():
        if any(cell.execution_count is None for _, cell in lesson.cells("code") if cell.source):
            sys.exit(f"notebooks/{lesson.path.name} has no outputs; run: {lesson.command} --again")
        if words := out_of_step(lesson):  # else its prose would be older than its exercises
            sys.exit(words[0])
    shutil.rmtree(SOURCE, ignore_errors=True)
    shutil.copytree(SITE / "pages", SOURCE)
    (SOURCE / "notebooks").mkdir()
    for lesson in all_lessons():
        notebook = for_pages(copy.deepcopy(lesson.notebook))
        nbformat.write(notebook, SOURCE / "notebooks" / lesson.path.name)
    made = SOURCE / "made"
    made.mkdir()
    reviewing, questions = review_pieces()
    lessons = all_lessons()
    pieces = {
        "course": lesson_list(lessons[:COURSE]),
        "further": lesson_list(lessons[COURSE:]),
        "two": one_two_in_company(),
        "shown": shown_pictures(),
        "reply": wrong_answer(),
        "library": library_pages(),
        "teachers": for_teachers(),
        "reviewing": reviewing,
        "review": questions,
    }
    [digits] = figures("digits")
    (made / "digits.png").write_bytes(digits.png)
    pieces["digits"] = f"```{{image}} made/digits.png\n:alt: {digits.alt}\n```\n"
    (made / "licences.txt").write_text(licences(), encoding="utf-8")
    for name, text in pieces.items():
        (made / f"{name}.md").write_text(text, encoding="utf-8")
    shutil.copy2(ROOT / "data" / "README.md", made / "data.md")
    shutil.copy2(ROOT / "studies" / "race" / "race.md", made)
    shutil.copy2(ROOT / "studies" / "race" / "race.png", SOURCE)


def drop_unused_styles() -> None:
    """Take out of the theme's style sheet what neither a page nor a script can use."""
    styles = HTML / "_static" / "styles"
    users = [HTML / "**/*.html", *(HTML / "_static" / place for place in ("*.js", "*/*.js"))]
    content = [part for place in users for part in ("--content", place)]
    purge = [SITE / "node_modules/.bin/purgecss", "--css", styles / "*.css", "--output", styles]
    subprocess.run([*purge, *content], check=True)
    for source_map in styles.glob("*.map"):  # it tells of lines that are no more
        source_map.unlink()


def shrink_images() -> None:
    """Give each image a palette of 256 colours: a third of the bytes, and no eye tells them apart."""
    for path in HTML.glob("_images/*.png"):
        image = Image.open(path).convert("RGB").quantize(256, dither=Image.Dither.NONE)
        image.save(path, optimize=True)


def build() -> None:
    """Install, lay out, build, and put the lessons' own files beside their pages."""
    install_node_packages()
    stage()
    shutil.rmtree(HTML, ignore_errors=True)
    strict = ["-W", "--keep-going", "--nitpicky", "--quiet", "--fresh-env"]
    command = [sys.executable, "-m", "sphinx", *strict, "-c", SITE, "-d", SITE / "_build/doctrees"]
    # From the root, where Python finds our own extensions: they are modules of this package.
    if subprocess.run([*command, SOURCE, HTML], cwd=ROOT).returncode:
        sys.exit("the pages were not built without a warning; see above")
    drop_unused_styles()
    shrink_images()
    ebook.make_epub()
    for lesson in all_lessons():
        shutil.copy2(lesson.path, HTML / "notebooks")
        shutil.copy2(lesson.source_path, HTML / "notebooks")
    print(f"built: {HTML / 'index.html'}")
