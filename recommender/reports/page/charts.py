"""The figures of the report, drawn with Matplotlib in the size in which a phone shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from recommender.reports.archive.cards import BIN, CardFigures, Histogram
from recommender.reports.archive.history import SnapshotFigures
from recommender.reports.archive.map import MapPoint
from recommender.reports.page.inline_svg import inline_svg, xml_text
from recommender.snapshots.manifest import StepUsage

INK, QUIET, LINE, OTHER = "#1c2127", "#5b6470", "#dfe3e8", "#a3abb5"
SERIES = ("#2a78d6", "#eb6834", "#1baf7a", "#eda100", "#4a3aa7", "#e87ba4", "#008300")
"""Colours of series, in their order; :data:`OTHER` for what has no colour of its own."""

WIDTH, FONT_SIZE = 360, 12
"""CSS pixels."""

MAX_NAME = 28
"""Characters of a name beside a bar."""

POINT_AREA = 34
"""Area of a point on a map of few articles, in square pixels; on larger ones it shrinks."""

Line = tuple[str, list[float | None]]
"""Name of a series and its shares, from 0 to 1; None where there is none."""


def trends(history: Sequence[SnapshotFigures]) -> str:
    """Draw shares over the snapshots, each line with its name at its end."""
    figure, axes = _canvas(WIDTH * 3, 260, left=44, right=210, bottom=30)
    days = [one.created[5:10] for one in history]
    lines = [line for line in trend_lines(history) if line[1][-1] is not None]
    for (_, shares), colour in zip(lines, SERIES, strict=False):
        axes.plot(range(len(days)), _plotted(shares), color=colour, marker="o", markersize=5)
    for height, (name, shares), colour in _spread(lines):
        text = f"{name} {shares[-1]:.0%}"
        _beside(axes, "●", (len(days) - 1, height), 10, colour)
        _beside(axes, text, (len(days) - 1, height), 24, INK)
    axes.set_xlim(-0.2, len(days) - 1 + 0.05)
    shown = range(0, len(days), -(-len(days) // 8))
    axes.set_xticks(shown, [days[position] for position in shown])
    _percent(axes)
    return inline_svg(figure, "trends", "Shares over the stored snapshots", {})


def trend_lines(history: Sequence[SnapshotFigures]) -> list[Line]:
    """Return the series of the history."""
    stats = [one.stats for one in history]
    return [
        ("Articles recommended", [one.catalog_coverage if one else None for one in stats]),
        ("Lists filled up", [one.fallback_rate if one else None for one in stats]),
        ("Editorial links found", [one.links.share for one in history]),
        ("Pins the model shows", [one.pins.share for one in history]),
        ("Blocks it avoids", [one.blocks.share for one in history]),
    ]


def _spread(lines: Sequence[Line]) -> list[tuple[float, Line, str]]:
    """Place the names of lines at their ends, from the lowest, without overlap."""
    ends = sorted(zip(lines, SERIES, strict=False), key=lambda one: one[0][1][-1] or 0.0)
    placed, least = [], -0.02
    room = 0.085
    for position, (line, colour) in enumerate(ends):
        height = max(line[1][-1] or 0.0, least)
        height = min(height, 1.02 - room * (len(ends) - 1 - position))
        placed.append((height, line, colour))
        least = height + room
    return placed


def concentration(cards: CardFigures) -> str:
    """Draw the share of the cards by the share of the most recommended articles."""
    figure, axes = _canvas(WIDTH, 230, left=44)
    percent = range(101)
    axes.plot(percent, percent, color=OTHER, linewidth=1, linestyle=(0, (3, 3)))
    axes.fill_between(
        percent, [100 * one for one in cards.concentration], color=SERIES[0], alpha=0.14
    )
    axes.plot(percent, [100 * one for one in cards.concentration], color=SERIES[0], linewidth=2)
    axes.text(58, 50, "if all had as many", color=QUIET, fontsize=FONT_SIZE - 1)
    axes.set(xlim=(0, 100), ylim=(0, 102))
    axes.xaxis.set_major_formatter(PercentFormatter(decimals=0))
    axes.yaxis.set_major_formatter(PercentFormatter(decimals=0))
    axes.set_xlabel("of the articles, most recommended first")
    _grid(axes, "y")
    return inline_svg(figure, "concentration", "Share of the cards by share of articles", {})


def positions(cards: CardFigures) -> str:
    """Draw related and latest cards by position."""
    figure, axes = _canvas(WIDTH, 230, left=44)
    total = [max(one.related + one.latest, 1) for one in cards.positions]
    related = [one.related / all_ for one, all_ in zip(cards.positions, total, strict=True)]
    latest = [one.latest / all_ for one, all_ in zip(cards.positions, total, strict=True)]
    places = [one.position for one in cards.positions]
    titles = {}
    for values, colour, name, base in (
        (related, SERIES[0], "related", [0.0] * len(places)),
        (latest, OTHER, "latest", related),
    ):
        bars = axes.bar(places, values, 0.72, bottom=base, color=colour, label=name)
        for bar, place, share in zip(bars, places, values, strict=True):
            bar.set_gid(f"{name}{place}")
            titles[f"{name}{place}"] = f"Card {place}: {share:.1%} {name}"
    axes.set_xlabel("position in the list")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    _percent(axes)
    return inline_svg(figure, "positions", "Related and latest cards by position", titles)


def ages(cards: CardFigures) -> str:
    """Draw the related cards by age."""
    total = max(sum(one.cards for one in cards.ages), 1)
    rows = [(one.label, one.cards / total) for one in cards.ages]
    return _bars("ages", "Related cards by age", rows, [f"{share:.0%}" for _, share in rows])


def relevance(histogram: Histogram) -> str:
    """Draw the related cards by relevance score."""
    figure, axes = _canvas(WIDTH, 230, left=44)
    total = max(sum(histogram.counts), 1)
    edges = [histogram.start + BIN * number for number in range(len(histogram.counts))]
    shares = [number / total for number in histogram.counts]
    bars = axes.bar(edges, shares, BIN * 0.88, align="edge", color=SERIES[0])
    titles = {}
    for bar, edge, number in zip(bars, edges, histogram.counts, strict=True):
        bar.set_gid(f"bin{edge}")
        titles[f"bin{edge}"] = f"Score {edge:g} to {edge + BIN:g}: {number} cards"
    axes.set_xlabel("relevance score")
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    _grid(axes, "y")
    return inline_svg(figure, "relevance", "Related cards by relevance score", titles)


def sections(cards: CardFigures) -> str:
    """Draw the share of each section in the archive beside its share in the cards."""
    found = cards.sections[:8][::-1]
    figure, axes = _canvas(
        WIDTH, 44 + 34 * max(len(found), 2), left=_room(one.name for one in found)
    )
    titles = {}
    for offset, colour, name, values in (
        (0.19, OTHER, "archive", [one.articles / max(cards.articles, 1) for one in found]),
        (-0.19, SERIES[0], "cards", [one.cards / max(cards.cards, 1) for one in found]),
    ):
        heights = [number + offset for number in range(len(found))]
        bars = axes.barh(heights, values, 0.34, color=colour)
        for number, (bar, section, share) in enumerate(zip(bars, found, values, strict=True)):
            bar.set_gid(f"{name}{number}")
            titles[f"{name}{number}"] = f"{section.name}: {share:.1%} of the {name}"
    axes.set_yticks(range(len(found)), [_short(one.name) for one in found])
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    _grid(axes, "x")
    return inline_svg(figure, "sections", "Sections in the archive and in the cards", titles)


def steps(usages: Sequence[StepUsage]) -> str:
    """Draw the duration of each step of the index run."""
    rows = [(one.step, one.seconds) for one in usages]
    return _bars("steps", "Duration of each step", rows, [f"{s:,.1f} s" for _, s in rows])


def archive_map(points: Sequence[MapPoint], colours: dict[str, str]) -> str:
    """Draw the map; each point has the title of its article.

    Parameters
    ----------
    colours : by section; other sections get :data:`OTHER`.
    """
    figure, axes = _canvas(1080, 560, left=6, right=6, top=6, bottom=6)
    axes.set_axis_off()
    axes.set(xlim=(-0.015, 1.015), ylim=(-0.02, 1.02))
    area = POINT_AREA * max(min(1.0, (400 / len(points)) ** 0.5), 0.4)
    titles = {}
    for number, colour in enumerate([OTHER, *dict.fromkeys(colours.values())]):
        found = [one for one in points if colours.get(one.section, OTHER) == colour]
        if found:
            x, y = [one.x for one in found], [one.y for one in found]
            axes.scatter(x, y, s=area, color=colour, linewidths=0, gid=f"points{number}")
            titles[f"points{number}"] = [f"{one.title} · {one.section}" for one in found]
    return inline_svg(figure, "map", "Map of the archive by topic", titles)


def _bars(name: str, label: str, rows: Sequence[tuple[str, float]], texts: Sequence[str]) -> str:
    """Draw horizontal bars, the first on top, each with its value at the end."""
    figure, axes = _canvas(
        WIDTH, 16 + 26 * max(len(rows), 3), left=_room(name for name, _ in rows), bottom=4
    )
    values = [value for _, value in rows]
    heights = range(len(rows) - 1, -1, -1)
    axes.barh(heights, values, 0.62, color=SERIES[0])
    for height, value, text in zip(heights, values, texts, strict=True):
        _beside(axes, text, (value, height), 5, INK)
    axes.set_yticks(heights, [_short(name) for name, _ in rows])
    axes.set_xticks([])
    axes.set_xlim(0, 1.25 * max([*values, 1e-9]))
    axes.spines["bottom"].set_visible(False)
    return inline_svg(figure, name, label, {})


def _canvas(
    width: float,
    height: float,
    *,
    left: float,
    right: float = 10,
    top: float = 8,
    bottom: float = 42,
) -> tuple[Figure, Axes]:
    """Make a figure of some size with margins, in CSS pixels, in the style of the page."""
    figure = Figure(figsize=(width / 72, height / 72), dpi=72)
    axes = figure.add_axes(
        (
            left / width,
            bottom / height,
            (width - left - right) / width,
            (height - top - bottom) / height,
        )
    )
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(LINE)
    axes.tick_params(length=0, labelsize=FONT_SIZE, labelcolor=QUIET, pad=6)
    axes.xaxis.label.set(color=QUIET, size=FONT_SIZE)
    axes.set_axisbelow(True)
    return figure, axes


def _percent(axes: Axes) -> None:
    axes.set_ylim(-0.02, 1.03)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    _grid(axes, "y")


def _beside(axes: Axes, text: str, at: tuple[float, float], pixels: float, colour: str) -> None:
    """Write a text some pixels to the right of a point."""
    axes.annotate(
        text, at, xytext=(pixels, 0), textcoords="offset points", va="center",
        fontsize=FONT_SIZE, color=colour,
    )  # fmt: skip


def _grid(axes: Axes, axis: Literal["x", "y"]) -> None:
    axes.grid(axis=axis, color=LINE, linewidth=1)


def _plotted(shares: Sequence[float | None]) -> list[float]:
    return [float("nan") if share is None else share for share in shares]


def _room(names: Iterable[str]) -> float:
    """Return the width of the longest name."""
    longest = max((len(_short(name)) for name in names), default=0)
    return 14 + 6.6 * max(longest, 4)


def _short(name: str) -> str:
    name = xml_text(name)
    return name if len(name) <= MAX_NAME else name[: MAX_NAME - 1] + "…"
