"""Renders a report as one HTML file, which loads nothing and may stand behind any policy."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from recommender.dates import read_date
from recommender.reports.archive.map import MapPoint
from recommender.reports.archive.report import ArchiveReport
from recommender.reports.page import charts


class LegendItem(NamedTuple):
    """A colour of the map."""

    name: str
    number: int
    """Of the colour, from 1; 0 for the colour of other sections."""
    articles: int


def render(report: ArchiveReport) -> str:
    """Render a report as an HTML page of its own."""
    style, script = _asset("report.css"), _asset("report.js")
    environment = Environment(
        loader=PackageLoader("recommender.reports.page", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(percent=percent, day=day, duration=duration, megabytes=megabytes)
    return environment.get_template("report.html").render(
        report=report,
        cards=report.cards,
        latest=report.history[-1],
        before=report.history[-2] if len(report.history) > 1 else None,
        related_share=_related_share(report),
        charts=_charts(report),
        legend=legend(report.map),
        style=Markup(style),  # noqa: S704 - files of this package
        script=Markup(script),  # noqa: S704
        policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'",
    )


def legend(points: Sequence[MapPoint]) -> list[LegendItem]:
    """Give the largest sections of a map a colour each, and the others one together."""
    sizes = Counter(point.section for point in points).most_common()
    coloured, others = sizes[: len(charts.SERIES)], sizes[len(charts.SERIES) :]
    items = [LegendItem(name, number, size) for number, (name, size) in enumerate(coloured, 1)]
    if others:
        items.append(LegendItem("other sections", 0, sum(size for _, size in others)))
    return items


def percent(share: float | None) -> str:
    """Write a share: ``42%``; a small one with a decimal."""
    if share is None:
        return "–"
    return f"{share:.1%}" if 0 < share < 0.095 else f"{share:.0%}"


def day(time: str) -> str:
    """Write the day of a time in RFC 3339: ``27 November 2026``."""
    date = read_date(time)
    return f"{date.day} {date:%B %Y}"


def duration(seconds: float) -> str:
    """Write a duration in the largest unit that fits."""
    for unit, size in (("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s"


def megabytes(size: float) -> str:
    """Write an amount of memory: ``812 MB``, ``2.1 GB``."""
    return f"{size / 1024:.1f} GB" if size >= 1024 else f"{size:.0f} MB"


def _charts(report: ArchiveReport) -> dict[str, Markup]:
    cards = report.cards
    colours = {
        item.name: charts.SERIES[item.number - 1] for item in legend(report.map) if item.number
    }
    drawn = {
        "positions": charts.positions(cards),
        "relevance": charts.relevance(cards.relevance),
        "ages": charts.ages(cards),
        "sections": charts.sections(cards),
        "concentration": charts.concentration(cards),
        "trends": charts.trends(report.history) if len(report.history) > 1 else "",
        "steps": charts.steps(report.steps) if report.steps else "",
        "map": charts.archive_map(report.map, colours) if report.map else "",
    }
    # inline_svg escapes all texts.
    return {name: Markup(svg) for name, svg in drawn.items()}  # noqa: S704


def _related_share(report: ArchiveReport) -> float | None:
    related = sum(one.related for one in report.cards.positions)
    return related / report.cards.cards if report.cards.cards else None


def _asset(name: str) -> str:
    return files("recommender.reports.page").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
