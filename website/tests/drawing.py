"""Ten drawn digits, a mouse that draws them, and what the pad makes of them."""

import numpy as np

#: Ten digits as somebody might draw them, on a paper of 280 x 280.
STROKES = {
    0: [[(150, 60), (110, 70), (88, 110), (85, 160), (105, 205), (145, 220), (180, 200), (196, 155),
         (192, 105), (175, 70), (150, 60)]],
    1: [[(150, 50), (146, 110), (141, 170), (136, 230)]],
    2: [[(90, 95), (110, 65), (150, 58), (180, 78), (182, 110), (155, 150), (120, 185), (88, 218)],
        [(88, 218), (130, 214), (170, 214), (205, 220)]],
    3: [[(95, 70), (130, 55), (170, 65), (182, 95), (162, 125), (125, 135)],
        [(125, 135), (170, 142), (192, 172), (180, 208), (140, 226), (95, 215)]],
    4: [[(105, 60), (95, 105), (90, 145), (140, 142), (195, 136)],
        [(180, 65), (172, 120), (166, 175), (160, 230)]],
    5: [[(190, 62), (150, 62), (115, 66), (108, 100), (102, 130)],
        [(102, 130), (140, 120), (175, 135), (188, 170), (170, 208), (130, 224), (92, 212)]],
    6: [[(165, 55), (130, 85), (105, 130), (95, 175), (110, 212), (145, 222), (175, 205),
         (180, 175), (155, 155), (120, 160), (98, 180)]],
    7: [[(88, 70), (130, 66), (170, 64), (196, 66), (180, 110), (160, 160), (140, 225)]],
    8: [[(180, 75), (150, 58), (115, 70), (108, 100), (140, 130), (175, 160), (182, 195),
         (155, 222), (118, 214), (105, 185), (130, 150), (165, 118), (182, 90), (180, 75)]],
    9: [[(185, 85), (160, 62), (120, 70), (102, 100), (115, 132), (150, 136), (182, 110),
         (186, 85), (180, 140), (170, 190), (160, 230)]],
}  # fmt: skip


def draw_by_mouse(shown, strokes):
    area = shown.el.locator(".paper").bounding_box()
    side = area["width"] / 280
    for stroke in strokes:
        for i, (x, y) in enumerate(stroke):
            shown.page.mouse.move(area["x"] + x * side, area["y"] + y * side)
            if i == 0:
                shown.page.mouse.down()
        shown.page.mouse.up()


def probabilities(shown):
    return shown.numbers(".ten .bar-number")


def pixels(shown):
    """Return the image that the network is given, as Python would receive it."""
    read = "el => [...new Uint8Array(el.model.get('pixels').buffer)]"
    return np.array(shown.el.evaluate(read), np.uint8).reshape(28, 28)


def made_as_mnists_makers_did(ink):
    """Make the image by NumPy, another way: matrices of shares instead of sums over dots."""
    rows, columns = (np.flatnonzero((ink >= 1).any(axis=axis)) for axis in (1, 0))
    part = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    size = [max(1, int(np.floor(n * 20 / max(part.shape) + 0.5))) for n in part.shape]

    def means(n, count):
        edges = np.linspace(0, n, count + 1)
        covered = np.minimum(edges[1:, None], np.arange(1, n + 1)) - np.maximum(
            edges[:-1, None], np.arange(n)
        )
        return np.clip(covered, 0, None) * count / n

    small = np.floor(means(part.shape[0], size[0]) @ part @ means(part.shape[1], size[1]).T + 0.5)
    image = np.zeros((28, 28), np.uint8)
    corner = []
    for axis, length in enumerate(size):
        centre = (small.sum(axis=1 - axis) * np.arange(length)).sum() / small.sum()
        corner.append(int(np.clip(np.floor(14 - centre + 0.5), 0, 28 - length)))
    image[corner[0] : corner[0] + size[0], corner[1] : corner[1] + size[1]] = small
    return image
