"""Draws the pictures of the example newsroom: a scene for each article, from shapes alone.

The words of an article choose the scene, its name the colours and the details. The same name
gives the same picture. A picture has one to six kilobytes of SVG.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
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
    fields,
    forest,
    lorries,
    molecules,
    pages,
    palace,
    pitch,
    rect,
    ship,
    skyline,
    stage,
    table,
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
    ("palace court council treaty minister embassy façade pałac sąd", palace),
    ("table chairs tables cups stole stół filiżanki oval horseshoe", table),
    ("papers folders pages document booklet pen pencil stamp cards teczki umowa index", pages),
    ("train rail railway tunnel track tram pociąg kolejowa kolej wagon platform", train),
    ("lorry lorries border hauliers crossing motorway car queue ciężarówki granica", lorries),
    (
        "ship ferry sea naval navy harbour cable anchor wreck fish boat statek kutry",
        ship,
    ),
    ("reactor nuclear plant battery steel factory concrete chimney hall drilling zakład", works),
    ("wolf wolves wilk forest spruce pine trees bison tree lichen bieszczad las leśnej", forest),
    ("river bridge oder odra odrę odrze water pond bank sandbank barges most mostu", bridge),
    ("theatre teatru stage concert organ festival cinema choir curtain script scenie", stage),
    (
        "football goal goalkeeper pitch stadium speedway ski jump piłkarz boisko",
        pitch,
    ),
    (
        "antibiotic laboratory petri blood sample vaccine atoms kroplówka pierścienie",
        molecules,
    ),
    ("book books novel archive library museum shelf letters shorthand notebook półka", books),
    (
        "vote election referendum parliament sejm deputies chamber miejsca komisji sala",
        chamber,
    ),
    ("rate rates tax budget price prices bank loan chart inflation wages stopy wykres", chart),
    ("field fields meadow hillside dunes blossom farm sheepdog acorns pola", fields),
    ("city street square town windows houses roofs crowd market domy miasto", skyline),
)
"""Words, and the scene for them. Longer ones are also beginnings of words, such as ``market`` in
``marketplace``. The scene with the most words is drawn."""

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

INDOORS = (stage, molecules, chart, books, chamber, table, pages)
"""Scenes without a sun."""


def scene_for(words: str) -> Callable[[Brush], str] | None:
    """Return the scene that most of the words stand for; None without such a word."""
    found = [one.casefold() for one in re.findall(r"\w+", words)]
    counts = [sum(_is_known(one, known.split()) for one in found) for known, _ in SCENES]
    return SCENES[counts.index(max(counts))][1] if any(counts) else None


def _is_known(word: str, known: list[str]) -> bool:
    long = tuple(one for one in known if len(one) > SHORT)
    return word in known or word.startswith(long)


def draw(name: str, texts: Iterable[str], section: str) -> str:
    """Return the picture of an article as SVG.

    Parameters
    ----------
    name : chooses colours and details.
    texts : what describes the picture; the first one that names a scene chooses it.
    section : chooses the scene where the texts choose none.
    """
    chance = Random(name)
    brush = Brush(chance, *chance.choice(PALETTES))
    scene = next(filter(None, map(scene_for, texts)), BY_SECTION.get(section, skyline))
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
