"""Draws the pictures of the example newsroom: a scene for each article, from shapes alone.

The words of an article choose the scene, its name the colours and the details. The same name
gives the same picture. A picture has one to six kilobytes of SVG.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from scenes import (
    HEIGHT,
    WIDTH,
    Brush,
    books,
    bridge,
    chamber,
    chart,
    circle,
    forest,
    lorries,
    molecules,
    palace,
    pitch,
    rect,
    ship,
    skyline,
    stage,
    train,
    works,
)

PALETTES = (
    (206, 24),
    (18, 212),
    (168, 38),
    (262, 28),
    (38, 204),
    (338, 200),
    (128, 44),
    (228, 350),
)
"""Hues of the sky and of the accent, in degrees."""

SCENES: tuple[tuple[str, Callable[[Brush], str]], ...] = (
    (
        "talks accord summit court palace mediator ceasefire minister treaty sąd envoy rozmow",
        palace,
    ),
    ("train rail railway tunnel track pociąg kolej wagon", train),
    ("border lorr haulier crossing road motorway blockade granic transit", lorries),
    ("ship ferry sea naval navy port harbour cable anchor gulf wreck fish baltic carrier", ship),
    ("reactor nuclear plant battery steel works factory beton wydmow grid coal hall", works),
    ("wolf wolves wilk forest dune elk łoś bison tree lichen spruce bieszczad", forest),
    ("river bridge oder odra odrę odrze alga flood sel water narybek most", bridge),
    ("theatre teatr aktor opera concert stage festival film bell choir dance", stage),
    ("football goal striker match stadium żużel speedway ski jump league qualif coach", pitch),
    ("antibiotic trial patient vaccine telescope laborator microb antybiotyk magnesium", molecules),
    ("book novel archive library museum letters poet stenograph shorthand dictionary", books),
    ("vote election referendum coalition sejm parliament debat wotum cabinet party mep", chamber),
    ("rate rates tax budget price bank loan stopy kredyt inflation wage rent złoty", chart),
    ("housing city warsaw town mieszka zgoda square mayor", skyline),
)
"""Words, and the scene for them. Longer ones are also beginnings of words, such as ``talks`` in
``talkshow``. The scene with the most words is drawn."""

BY_SECTION = {
    "world": palace,
    "politics": chamber,
    "economy": chart,
    "culture": stage,
    "science": molecules,
    "sport": pitch,
}


SHORT = 4
"""Letters of a word that stands for itself alone: ``sea`` is not in ``sealed``."""

INDOORS = (stage, molecules, chart, books, chamber)
"""Scenes without a sun."""


def scene_for(words: str) -> Callable[[Brush], str] | None:
    """Return the scene that most of the words stand for; None without such a word."""
    found = [one.casefold() for one in re.findall(r"\w+", words)]
    counts = [sum(_is_known(one, known.split()) for one in found) for known, _ in SCENES]
    return SCENES[counts.index(max(counts))][1] if any(counts) else None


def _is_known(word: str, known: list[str]) -> bool:
    long = tuple(one for one in known if len(one) > SHORT)
    return word in known or word.startswith(long)


def draw(name: str, words: str, section: str) -> str:
    """Return the picture of an article as SVG.

    Parameters
    ----------
    name : chooses colours and details.
    words : title of the article and text of the picture; they choose the scene.
    section : chooses the scene where the words choose none.
    """
    chance = Random(name)
    brush = Brush(chance, *chance.choice(PALETTES))
    scene = scene_for(words) or BY_SECTION.get(section, skyline)
    sun = circle(brush.between(40, 280), brush.between(28, 62), brush.between(14, 24), brush.accent)
    if scene in INDOORS:
        sun = ""
    sky = (
        '<linearGradient id="sky" x2="0" y2="1">'
        f'<stop stop-color="hsl({brush.sky} 55% 76%)"/>'
        f'<stop offset="1" stop-color="hsl({brush.accent_hue} 65% 90%)"/></linearGradient>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{2 * WIDTH}" height="{2 * HEIGHT}">{sky}'
        f"{rect(0, 0, WIDTH, HEIGHT, 'url(#sky)')}{sun}{scene(brush)}</svg>"
    )
