"""The picture of a curve fitted to points, in a real browser."""

import numpy as np
from numpy.polynomial.legendre import legvander

from website.tests.tabs import Shown, drag


def test_the_fitted_curve_is_that_of_least_squares_with_a_price(lone):
    shown, rng = Shown(lone, "fit"), np.random.default_rng(17)
    grid = np.linspace(-1, 1, 401)
    for count in (2, 5, 11, 12, 13, 40, 100):
        points = np.stack([np.linspace(-0.9, 0.9, 12), rng.uniform(-1, 1, 12)], axis=1)
        price = 10.0 ** rng.integers(-4, 1)
        shown.set(points=points.tolist(), count=count, price=price, drawn={})
        rows = legvander(points[:, 0], count - 1)
        # The mean of 12 squares, plus price / 2 times the weights squared: lesson 09's price.
        # Rows of their own for it are another way to the same weights.
        taller = np.vstack([rows, np.sqrt(12 * price / 2) * np.eye(count)])
        weights = np.linalg.lstsq(taller, np.append(points[:, 1], np.zeros(count)), rcond=None)[0]
        curve = shown.el.evaluate("el => el.fitted.at")
        np.testing.assert_allclose(curve, legvander(grid, count - 1) @ weights, atol=1e-6)


def test_fit_is_wild_at_the_threshold_and_its_points_can_be_dragged(lone):
    shown = Shown(lone, "fit")
    error = {}
    for count in (4, 12, 40):
        shown.set(count=count)
        error[count] = shown.el.evaluate("el => el.fitted.real")
        own = shown.el.evaluate("el => el.fitted.own")
        assert (own < 1e-3) == (count >= 12)  # from the threshold on it passes through all points
    assert error[12] > 5 * max(error[4], error[40])
    shown.set(count=12, price=0.1)  # a price calms it
    assert shown.el.evaluate("el => el.fitted.real") < error[12] / 4
    before = shown.state["points"][3]
    drag(shown, shown.el.locator(".grip").nth(3), 10, -40)
    assert shown.state["points"][3][1] > before[1]
    shown.tab_to(".grip")
    shown.page.keyboard.press("ArrowUp")
    shown.tab_to("[aria-label='features']")
    shown.page.keyboard.press("ArrowRight")
    assert shown.state["count"] == 13
    for price, said in ((10, "10"), (0.00562, "0.00562"), (1e-5, "1.0e−5")):
        shown.set(price=price)
        assert f"at a price of {said}:" in shown.el.locator(".verdict").inner_text()
    points = shown.state["points"]
    points[4] = [points[3][0] + 0.003, points[3][1] + 0.8]  # the curve must leap
    shown.set(points=points, count=12, price=1e-8, drawn={})
    assert shown.el.evaluate("el => el.fitted.real") > 100
    assert shown.el.locator("polygon.one").count() == 1  # an arrow: larger than is shown
    assert shown.el.evaluate("el => el.fitted.own") > 0.001
    assert "holds it off" in shown.el.locator(".verdict").inner_text()  # nor says that it passes
    assert shown.el.locator("circle.one").count() == 0
