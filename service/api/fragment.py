"""The related-posts block as an HTML fragment, for server-side includes and for the widget."""

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
"""Heading of the block by the language of the article; English for all other languages."""

DEFAULT_LOCALE = "en-150"
"""English as written in Europe, with the day before the month.

Used for English without a country, and for languages without a locale.
"""


def render_fragment(related: RelatedResponse, language: str, timezone: tzinfo) -> RelatedResponse:
    """Render a list of cards as HTML.

    Parameters
    ----------
    related
        The list, with a JSON body.
    language
        Language of the article as a BCP 47 tag; heading and dates are written in it.
    timezone
        Time zone of the dates.

    Returns
    -------
    RelatedResponse
        The list with an HTML body; the body is empty if there are no cards.
    """
    cards: list[dict[str, Any]] = json.decode(related.body)["cards"]
    for card in cards:
        card["href"] = _safe_url(card["url"])
        card["src"] = _safe_url(card["image"] or "")
        published = datetime.fromisoformat(card["published"]).astimezone(timezone)
        card["day"] = _format_day(published.date(), language)
    primary = primary_language(language)
    heading_language = primary if primary in HEADINGS else "en"
    html = ""
    if cards:
        heading = HEADINGS[heading_language]
        html = _template().render(cards=cards, heading=heading, language=heading_language)
    return related._replace(body=html.encode())


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


def _safe_url(url: str) -> str:
    """Return a URL, or "" for one that could run code in the page, such as ``javascript:``."""
    try:
        scheme = urlsplit(url.strip()).scheme
    except ValueError:
        return ""
    return url.strip() if scheme in {"http", "https", ""} else ""


class FormattedDay(NamedTuple):
    """A date as text, and the language of that text."""

    text: str
    language: str


@lru_cache(maxsize=4_096)
def _format_day(day: date, language: str) -> FormattedDay:
    from babel.dates import format_date  # noqa: PLC0415 - 5 MB that only fragments need

    locale = _locale(language)
    text = format_date(day, "medium", locale=locale)
    return FormattedDay(text, str(locale).replace("_", "-"))


@cache
def _locale(language: str) -> Locale:
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415

    try:
        return Locale.parse(DEFAULT_LOCALE if language == "en" else language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(DEFAULT_LOCALE, sep="-")
