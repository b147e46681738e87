"""The block as finished HTML: for server-side includes, and for the widget."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from msgspec import json

from recommender.articles.article import primary_language
from recommender.serving.responses import RelatedResponse

if TYPE_CHECKING:
    from babel import Locale
    from jinja2 import Template

HTML = "text/html; charset=utf-8"

HEADINGS = {
    "cs": "Související články",
    "de": "Mehr zum Thema",
    "en": "Related posts",
    "es": "Artículos relacionados",
    "fr": "À lire aussi",
    "it": "Articoli correlati",
    "pl": "Czytaj także",
    "uk": "Читайте також",
}
"""By the language of the article that asks; English where there is none."""

ENGLISH = "en-150"
"""As Europe writes it, the day before the month: of English that names no country, and of languages
that nobody here knows."""


def render_fragment(served: RelatedResponse, language: str, zone: tzinfo) -> RelatedResponse:
    """Render an answer in the language of the article that asks (BCP 47), days as in a time zone.

    One without cards is an empty page, so that an include shows nothing.
    """
    cards: list[dict[str, Any]] = json.decode(served.body)["cards"]
    for card in cards:
        card["href"] = _safe(card["url"])
        card["src"] = _safe(card["image"] or "")
        when = datetime.fromisoformat(card["published"]).astimezone(zone)
        card["day"] = _day(when.date(), language)
    told = primary_language(language) if primary_language(language) in HEADINGS else "en"
    html = _template().render(cards=cards, heading=HEADINGS[told], told=told) if cards else ""
    return served._replace(body=html.encode())


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - at first use

    return Environment(
        loader=PackageLoader("service"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("related.html")


def _safe(url: str) -> str:
    """Leave out an address that could run code in the page."""
    try:
        scheme = urlsplit(url.strip()).scheme
    except ValueError:
        return ""
    return url.strip() if scheme in {"http", "https", ""} else ""


class Day(NamedTuple):
    """A day in words, and in which language."""

    words: str
    language: str


@lru_cache(maxsize=4_096)
def _day(day: date, language: str) -> Day:
    from babel.dates import format_date  # noqa: PLC0415 - 5 MB that only fragments need

    locale = _locale(language)
    return Day(format_date(day, "medium", locale=locale), str(locale).replace("_", "-"))


@cache
def _locale(language: str) -> Locale:
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415

    try:
        return Locale.parse(ENGLISH if language == "en" else language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(ENGLISH, sep="-")
