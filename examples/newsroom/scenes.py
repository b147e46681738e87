"""The scenes of the pictures: what a brush draws before the sky."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

WIDTH, HEIGHT = 320, 180


@dataclass(frozen=True)
class Brush:
    """Colours of a picture, and its source of chance."""

    chance: Random
    sky: int
    accent_hue: int

    @property
    def dark(self) -> str:
        """Colour of what is near."""
        return f"hsl({self.sky} 38% 20%)"

    @property
    def mid(self) -> str:
        """Colour of what is farther."""
        return f"hsl({self.sky} 32% 38%)"

    @property
    def light(self) -> str:
        """Colour of what is lit."""
        return f"hsl({self.sky} 45% 88%)"

    @property
    def accent(self) -> str:
        """Colour of the one thing to see."""
        return f"hsl({self.accent_hue} 72% 58%)"

    def between(self, low: int, high: int) -> int:
        """Return a number of a range."""
        return self.chance.randint(low, high)


def rect(x: float, y: float, width: float, height: float, fill: str, more: str = "") -> str:
    """Draw a rectangle."""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}"{more}/>'


def path(shape: str, fill: str) -> str:
    """Draw a filled path."""
    return f'<path d="{shape}" fill="{fill}"/>'


def circle(x: float, y: float, radius: float, fill: str) -> str:
    """Draw a circle."""
    return f'<circle cx="{x:.4g}" cy="{y:.4g}" r="{radius:g}" fill="{fill}"/>'


def hills(b: Brush, height: int, fill: str) -> str:
    """Draw a line of hills, ``height`` from the top."""
    start, top, end = (height + b.between(-16, 16) for _ in range(3))
    return path(f"M0 {start}Q80 {top - 18} 160 {height}T320 {end}V180H0Z", fill)


def ground(b: Brush, height: int = 150) -> str:
    """Draw the ground."""
    return path(f"M0 {height}Q160 {height - 8} 320 {height}V180H0Z", b.dark)


def palace(b: Brush) -> str:
    """Draw a palace with columns and two flags."""
    columns = "".join(rect(84 + 24 * i, 88, 9, 50, b.light) for i in range(7))
    flags = "".join(
        rect(x, 34, 2, 40, b.dark) + path(f"M{x + 2} 34h22l-5 6 5 6h-22z", b.accent)
        for x in (100, 216)
    )
    roof = path("M70 84 160 50 250 84z", b.light)
    steps = rect(62, 138, 196, 6, b.light) + rect(52, 144, 216, 8, b.mid)
    return (
        hills(b, 118, b.mid)
        + flags
        + roof
        + rect(76, 86, 168, 52, b.mid)
        + columns
        + steps
        + ground(b)
    )


def skyline(b: Brush) -> str:
    """Draw houses with lit windows."""
    drawn, x = [hills(b, 110, b.mid)], -6
    while x < WIDTH:
        width, top = b.between(22, 44), b.between(58, 112)
        drawn += [rect(x, top, width, 100, b.dark)]
        for row in range(top + 8, 142, 13):
            for column in range(x + 5, x + width - 6, 9):
                if b.chance.random() < 0.45:
                    drawn += [rect(column, row, 4, 6, b.accent)]
        x += width + b.between(0, 5)
    return "".join(drawn) + ground(b, 152)


def forest(b: Brush) -> str:
    """Draw spruces before hills."""
    trees = []
    for fill, count, low, base in ((b.mid, 16, 34, 146), (b.dark, 11, 58, 166)):
        for number in range(count):
            x, tall = number * 320 / count + b.between(0, 18), b.between(low, low + 30)
            trees += [path(f"M{x:.0f} {base - tall}l{tall // 4} {tall}h-{tall // 2}z", fill)]
    return hills(b, 104, b.mid) + "".join(trees) + ground(b, 160)


def ship(b: Brush) -> str:
    """Draw a ship at sea."""
    x = b.between(70, 130)
    hull = path(f"M{x} 112h120l-16 26h-88z", b.dark) + path(
        f"M{x + 3} 118h114l-2 4h-110z", b.accent
    )
    cabin = rect(x + 30, 94, 52, 18, b.light) + rect(x + 40, 80, 28, 14, b.light)
    waves = "".join(
        path(f"M0 {y}q20 -8 40 0t40 0 40 0 40 0 40 0 40 0 40 0 40 0V180H0Z", fill)
        for y, fill in ((132, b.mid), (150, b.dark))
    )
    return cabin + rect(x + 50, 64, 10, 16, b.accent) + hull + waves


def train(b: Brush) -> str:
    """Draw a train on its line."""
    x = b.between(24, 60)
    windows = "".join(rect(x + 16 + 26 * i, 106, 17, 12, b.light) for i in range(8))
    body = path(f"M{x} 138v-34q0 -10 10 -10h216q22 6 34 44z", b.accent)
    wire = rect(0, 70, 320, 1.5, b.dark) + "".join(
        rect(k, 70, 3, 80, b.dark) for k in (40, 170, 300)
    )
    track = rect(0, 142, 320, 3, b.light) + rect(0, 138, 320, 4, b.dark)
    return hills(b, 104, b.mid) + wire + body + windows + ground(b, 146) + track


def lorries(b: Brush) -> str:
    """Draw lorries in a queue before a barrier."""
    drawn = [hills(b, 112, b.mid), ground(b, 146)]
    for number, fill in enumerate((b.accent, b.light, b.mid)):
        x = 8 + number * 84
        drawn += [rect(x, 96, 52, 38, fill), path(f"M{x + 54} 134v-28h12l9 12v16z", b.dark)]
        drawn += [circle(wheel, 137, 6, "#222") for wheel in (x + 12, x + 40, x + 64)]
    drawn += [rect(268, 100, 5, 48, b.light), rect(262, 100, 58, 6, b.accent)]
    return "".join(drawn)


def works(b: Brush) -> str:
    """Draw a plant with a cooling tower."""
    tower = path("M196 150q20 -46 6 -86h64q-14 40 6 86z", b.light)
    steam = "".join(circle(214 + 14 * i, 52 - 7 * i, 11 + 2 * i, b.light) for i in range(4))
    roof = "".join("l24 -20v20" for _ in range(5))
    hall = path(f"M40 108{roof}v46H40z", b.dark) + rect(56, 60, 12, 50, b.dark)
    doors = "".join(rect(52 + 24 * i, 124, 12, 16, b.accent) for i in range(5))
    return hills(b, 116, b.mid) + steam + tower + hall + doors + ground(b, 148)


def stage(b: Brush) -> str:
    """Draw a stage with its curtain and a cone of light."""
    folds = "".join(
        path(f"M{x} 0h22q-8 90 {way * 14} 150h-22q6 -70 {-way * 14} -150z", fill)
        for x, way, fill in (
            (0, -1, b.accent),
            (20, -1, b.mid),
            (40, -1, b.accent),
            (298, 1, b.accent),
            (278, 1, b.mid),
            (258, 1, b.accent),
        )
    )
    light = path("M150 0h20l60 152h-140z", "rgb(255 255 255 / .28)")
    figure = circle(160, 96, 8, b.dark) + path("M148 150q-2 -42 12 -44 14 2 12 44z", b.dark)
    return rect(0, 0, 320, 180, b.mid) + light + figure + folds + rect(0, 150, 320, 30, b.dark)


def pitch(b: Brush) -> str:
    """Draw a ground with floodlights."""
    stripes = "".join(
        rect(40 * i, 116, 40, 64, f"hsl(128 34% {30 + 5 * (i % 2)}%)") for i in range(8)
    )
    lights = "".join(
        rect(x, 40, 3, 76, b.dark) + rect(x - 13, 30, 29, 13, b.light) for x in (54, 262)
    )
    stand = path("M0 116V88q160 -26 320 0v28z", b.dark)
    crowd = "".join(
        circle(b.between(4, 316), b.between(90, 110), 2, b.chance.choice((b.accent, b.light)))
        for _ in range(46)
    )
    lines = (
        '<ellipse cx="160" cy="150" rx="60" ry="20" fill="none" stroke="#fff" stroke-width="2"/>'
    )
    return lights + stand + crowd + stripes + lines + circle(b.between(130, 190), 148, 5, "#fff")


def molecules(b: Brush) -> str:
    """Draw rings of atoms."""
    drawn = []
    for _ in range(5):
        x, y, size = b.between(30, 290), b.between(30, 150), b.between(18, 34)
        turn = b.chance.random()
        corners = [
            (
                x + size * math.cos(math.tau * (i + turn) / 6),
                y + size * math.sin(math.tau * (i + turn) / 6),
            )
            for i in range(6)
        ]
        points = " ".join(f"{px:.0f},{py:.0f}" for px, py in corners)
        drawn += [f'<polygon points="{points}" fill="none" stroke="{b.dark}" stroke-width="3"/>']
        drawn += [
            circle(px, py, 5, b.accent if i % 3 == 0 else b.dark)
            for i, (px, py) in enumerate(corners)
        ]
    return "".join(drawn)


def bridge(b: Brush) -> str:
    """Draw a bridge over a river."""
    arches = "".join(f"M{20 + 96 * i} 128a40 34 0 0 1 80 0z" for i in range(3))
    deck = path("M0 84h320v44H0z", b.dark)
    river = rect(0, 126, 320, 54, b.mid) + "".join(
        rect(b.between(0, 280), y, b.between(20, 60), 2, b.light) for y in range(136, 178, 7)
    )
    lamps = "".join(
        rect(x, 68, 2, 16, b.dark) + circle(x + 1, 66, 3, b.accent) for x in range(26, 320, 67)
    )
    return hills(b, 100, b.mid) + river + deck + path(arches, b.mid) + lamps


def chart(b: Brush) -> str:
    """Draw columns, and a line over them."""
    tops = [b.between(60, 130) - 4 * i for i in range(8)]
    bars = "".join(rect(28 + 34 * i, top, 20, 158 - top, b.mid) for i, top in enumerate(tops))
    points = " ".join(f"{38 + 34 * i},{top - 14}" for i, top in enumerate(tops))
    line = f'<polyline points="{points}" fill="none" stroke="{b.accent}" stroke-width="4"/>'
    dots = "".join(circle(38 + 34 * i, top - 14, 4.5, b.accent) for i, top in enumerate(tops))
    return bars + rect(20, 158, 280, 3, b.dark) + line + dots


def books(b: Brush) -> str:
    """Draw a shelf of books."""
    drawn, x = [], 22
    while x < 288:
        width, tall = b.between(9, 20), b.between(66, 108)
        fill = b.chance.choice((b.dark, b.mid, b.accent, b.light))
        drawn += [
            rect(x, 150 - tall, width, tall, fill),
            rect(x + 2, 160 - tall, width - 4, 4, b.dark),
        ]
        x += width + 1
    return "".join(drawn) + rect(10, 150, 300, 8, b.dark)


def chamber(b: Brush) -> str:
    """Draw the seats of a parliament."""
    seats = []
    for row in range(5):
        radius, count = 52 + 19 * row, 11 + 4 * row
        limit = b.between(count // 3, 2 * count // 3)
        for number in range(count):
            angle = math.pi * number / (count - 1)
            fill = b.accent if number < limit else b.dark
            seats += [
                circle(160 - radius * math.cos(angle), 160 - radius * math.sin(angle), 5.5, fill)
            ]
    return "".join(seats) + rect(140, 144, 40, 22, b.dark)


def table(b: Brush) -> str:
    """Draw empty chairs at a table with papers."""
    chairs = "".join(
        rect(38 + 50 * i, 74, 30, 44, b.mid, ' rx="5"') + rect(43 + 50 * i, 80, 20, 5, b.light)
        for i in range(5)
    )
    top = path("M14 112h292l14 26H0z", b.dark) + rect(0, 138, 320, 42, b.mid)
    papers = "".join(
        path(f"M{44 + 52 * i} {b.between(116, 120)}h20l4 14h-24z", b.accent if i == 2 else b.light)
        for i in range(5)
    )
    return rect(0, 0, 320, 112, f"hsl({b.sky} 34% 70%)") + chairs + top + papers


def pages(b: Brush) -> str:
    """Draw a stack of pages and a pen."""
    sheets = "".join(
        f'<g transform="rotate({turn} 160 96)">{rect(104, 28, 112, 140, fill)}</g>'
        for turn, fill in ((-9, b.mid), (5, b.dark), (-2, b.light))
    )
    lines = "".join(rect(118, y, b.between(50, 84), 4, b.mid) for y in range(50, 140, 12))
    pen = f'<g transform="rotate(38 226 96)">{rect(222, 40, 9, 92, b.accent)}'
    pen += path("M222 132h9l-4.500 14z", b.dark) + "</g>"
    return sheets + f'<g transform="rotate(-2 160 96)">{lines}</g>' + pen


def fields(b: Brush) -> str:
    """Draw fields up to the horizon."""
    rows = "".join(
        path(f"M160 92L{-120 + 62 * i} 180h30z", b.dark if i % 2 else b.accent) for i in range(10)
    )
    trees = "".join(circle(x, 88, b.between(7, 13), b.dark) for x in range(12, 320, 44))
    return hills(b, 84, b.mid) + trees + path("M0 92h320v88H0z", b.mid) + rows
