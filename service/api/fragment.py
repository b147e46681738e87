"""The related posts as an HTML fragment, for server-side includes and for the widget."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from recommender.language_tags import primary_language
from recommender.serving.responses import RelatedResponse
from recommender.urls import web_address
from service.api.headings import Heading, direction, heading_in

if TYPE_CHECKING:
    from babel import Locale
    from jinja2 import Template

HTML = "text/html; charset=utf-8"

UPDATED = {
    "cs": "Aktualizováno",
    "de": "Aktualisiert",
    "en": "Updated",
    "es": "Actualizado",
    "fr": "Mis à jour",
    "it": "Aggiornato",
    "pl": "Aktualizacja",
    "uk": "Оновлено",
}
"""Word before the date of an update, by language; English for all other languages."""

DEFAULT_LOCALE = "en-150"
"""English as written in Europe, with the day before the month.

Used for English without a country, and for languages without a locale.
"""


class FormattedDay(NamedTuple):
    """A date as text, and the language of that text."""

    text: str
    language: str


class Card(msgspec.Struct):
    """The fields of a card that a fragment shows."""

    title: str
    teaser: str
    url: str
    image: str | None
    image_alt: str | None
    section: str
    published: str
    language: str
    origin: str
    """``editor``, ``related`` or ``latest``."""
    updated: str | None = None
    """Only with the setting ``ranking.recency_from = "updated"``."""

    @property
    def href(self) -> str:
        """The URL of the article, if it is safe."""
        return web_address(self.url)

    @property
    def direction(self) -> str:
        """The direction of its text: ``ltr``, ``rtl`` or ``auto``."""
        return direction(self.language)

    @property
    def src(self) -> str:
        """The URL of the image, if there is a safe one."""
        return web_address(self.image or "")

    def day(self, language: str, timezone: tzinfo) -> FormattedDay:
        """Format the publication date in a language (BCP 47) and a time zone."""
        return format_day(_date_of(self.published, timezone), language)

    def updated_day(self, language: str, timezone: tzinfo) -> FormattedDay | None:
        """Format the date of the last update; None without one on a later day."""
        if self.updated is None:
            return None
        updated = _date_of(self.updated, timezone)
        later = updated > _date_of(self.published, timezone)
        return format_day(updated, language) if later else None


class CardList(msgspec.Struct):
    """The part of a JSON response that a fragment needs."""

    cards: list[Card]


def render_fragment(
    related: RelatedResponse,
    language: str,
    timezone: tzinfo,
    heading: str = "",
    why: Sequence[str] = (),
    limit: int = 0,
) -> RelatedResponse:
    """Render a list of cards as HTML.

    Parameters
    ----------
    related
        The list, with a JSON body.
    language
        Language of the article as a BCP 47 tag; heading and dates are written in it.
    timezone
        Time zone of the dates.
    heading
        Heading of the list; "" is one in the language of the article.
    why
        Why each card is shown, a sentence in that language; "" or nothing for none.
    limit
        Number of cards to show of a longer list; 0 for all.

    Returns
    -------
    RelatedResponse
        The list with an HTML body; the body is empty if there are no cards.
    """
    cards = msgspec.json.decode(related.body, type=CardList).cards
    html = ""
    if cards:
        html = _template().render(
            cards=[
                (card, card.day(language, timezone), card.updated_day(language, timezone), reason)
                for card, reason in zip(cards, why or [""] * len(cards), strict=True)
            ],
            pictures=any(card.src for card in cards),
            limit=limit,
            language=language,
            updated=UPDATED.get(primary_language(language), UPDATED["en"]),
            heading=Heading(heading, "") if heading else heading_in(language),
            direction=direction(language),
        )
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


def _date_of(moment: str, timezone: tzinfo) -> date:
    return datetime.fromisoformat(moment).astimezone(timezone).date()


@lru_cache(maxsize=4_096)
def format_day(day: date, language: str) -> FormattedDay:
    """Format a date in a language (BCP 47), or in English."""
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
