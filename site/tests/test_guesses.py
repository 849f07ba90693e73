"""A guess typed into a page is kept by the browser, and stands beside the answer."""

import pytest
from tabs import HTML, both_ways


@pytest.fixture
def asking(lessons):
    """Return the first lesson's page that asks for a guess."""
    return next(page for page in lessons if "data-guess=" in (HTML / page).read_text("utf-8"))


@both_ways
def test_a_guess_outlives_a_reload(browser, roots, root, asking):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{roots[root]}/{asking}")
    field = page.locator(".guess input").first
    name = page.locator(".guess label").first.inner_text().removeprefix("Your guess: ")
    answer = page.locator(f'[data-guessed="{name}"]')
    assert answer.inner_text().startswith("You made no guess; the answer is ")
    field.fill("about 8")
    assert answer.inner_text().startswith("You guessed about 8; the answer is ")
    page.reload()
    assert page.locator(".guess input").first.input_value() == "about 8"
    assert answer.inner_text().startswith("You guessed about 8; the answer is ")
    field.fill("")
    assert answer.inner_text().startswith("You made no guess; the answer is ")
    context.close()


def test_no_guess_is_taken_for_code(browser, roots, asking):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{roots['http']}/{asking}")
    page.locator(".guess input").first.fill("<img src=x onerror=alert(1)>")
    name = page.locator(".guess label").first.inner_text().removeprefix("Your guess: ")
    assert "<img" in page.locator(f'[data-guessed="{name}"]').inner_text()
    context.close()
