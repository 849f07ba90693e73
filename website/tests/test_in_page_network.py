"""Lesson 13's network in the page: trained and examined by the page's Python, on digits of its own."""

from website.tests.answers import KEY, EditorTab

LESSON = "notebooks/13_from_an_empty_page.html"
#: A small network whose softmax may run over the batch. It says how well it reads half of the digits.
NETWORK = """
import numpy as np

def probabilities(parameters, images):
    W, b = parameters
    z = images.reshape(len(images), -1) / 255 @ W + b
    e = np.exp(z - z.max(axis={axis}, keepdims=True))
    return e / e.sum(axis={axis}, keepdims=True)

def my_train(images, labels, rng):
    W, b = rng.normal(0, 0.01, (784, 10)), np.zeros(10)
    for _ in range(3):
        order = rng.permutation(len(images))
        for batch in np.array_split(order, len(images) // 50):
            d = (probabilities((W, b), images[batch]) - np.eye(10)[labels[batch]]) / len(batch)
            W -= 0.3 * images[batch].reshape(len(batch), -1).T / 255 @ d
            b -= 0.3 * d.sum(axis=0)
    return W, b

def my_predict(parameters, images):
    return probabilities(parameters, images).argmax(axis=1)

parameters = my_train(images[:1500], labels[:1500], np.random.default_rng(0))
print(len(images), (my_predict(parameters, images[1500:]) == labels[1500:]).mean())
claim = 80
"""
ENDLESS = """
def my_train(images, labels, rng):
    while True:
        pass

def my_predict(parameters, images):
    return images[:, 0, 0]
"""


def test_a_network_is_examined_in_the_page(browser, roots):
    """From the disk, where nothing may be loaded that no script brings."""
    tab = EditorTab(browser, roots["file"])
    page = tab.open(LESSON)
    assert "Not attempted" in tab.run("network")
    tab.write("network", NETWORK.format(axis=1))
    printed, report = tab.run("network").split("Trained once on 3,000 images", 1)
    count, right = printed.split()
    assert int(count) == 3000
    assert 0.7 < float(right) < 1
    assert "NO " not in report
    tab.write("network", NETWORK.format(axis=0))
    _, report = tab.run("network").split("Trained once on 3,000 images", 1)
    assert "NO     7  Is an image's answer about that image alone?" in report
    assert "Which operation looks at more than one row" in " ".join(report.split())

    limit = "from course.examination import candidate; candidate.LIMIT = 1.0"
    page.evaluate("program => pythonEngine.run(program)", limit)
    tab.write("network", ENDLESS)
    assert "We stopped my_train after 1 seconds" in " ".join(tab.run("network").split())
    tab.write("network", "my_train = 3")
    assert "defines no function called my_train" in tab.run("network")
    # What was typed is there on the next visit, whatever the browser did to its storage.
    tab.reload_without_storage(KEY)
    page.evaluate("loadEditors()")
    assert tab.text("network") == "my_train = 3"
    page.context.close()
    assert (tab.strays, tab.errors) == ([], [])
