"""A guess typed into a page is kept by the browser, and stands beside the answer."""

import pytest

from website.tests.tabs import HTML, both_ways


@pytest.fixture
def asking(lessons):
    """Return the first lesson's page that asks for a guess."""
    return next(page for page in lessons if "data-guess=" in (HTML / page).read_text("utf-8"))


def first_guess(page):
    """Return the first field of a page, and the sentence that tells its answer."""
    name = page.locator(".guess label").first.inner_text().removeprefix("Your guess: ")
    return page.locator(".guess input").first, page.locator(f'[data-guessed="{name}"]')


@both_ways
def test_a_guess_outlives_a_reload(tab, asking):
    field, answer = first_guess(tab.open(asking))
    assert answer.inner_text().startswith("You made no guess; the answer is ")
    field.fill("about 8")
    assert answer.inner_text().startswith("You guessed about 8; the answer is ")
    tab.page.reload()
    assert field.input_value() == "about 8"
    assert answer.inner_text().startswith("You guessed about 8; the answer is ")
    field.fill("")
    assert answer.inner_text().startswith("You made no guess; the answer is ")


def test_a_right_guess_is_told_so(tab, asking):
    field, answer = first_guess(tab.open(asking))
    field.fill(answer.get_attribute("data-answer"))
    assert answer.inner_text().endswith(", and that is the answer.")


def test_a_guess_is_text_and_never_a_tag(tab, asking):
    field, answer = first_guess(tab.open(asking))
    field.fill("<img src=x onerror=alert(1)>")
    assert "<img" in answer.inner_text()
    assert tab.page.locator("[data-guessed] img").count() == 0
