"""Texts, numbers and dates of the algorithm card in one language."""

from __future__ import annotations

from datetime import datetime, tzinfo
from pathlib import Path

from babel import Locale

from recommender.messages import load_catalogue

LANGUAGES = {"en": "English", "pl": "Polski"}
"""Languages of the card, by their codes."""

LOCALES = {"en": "en_150"}
"""Locales other than the language itself: English as written in Europe."""

FOLDER = Path(__file__).parent


class Translator:
    """Translates texts, and formats numbers and dates, in one of :data:`LANGUAGES`."""

    def __init__(self, language: str, timezone: tzinfo) -> None:
        self.language = language
        self._timezone = timezone
        self._catalogue = load_catalogue(FOLDER, language)
        self._locale = Locale.parse(LOCALES.get(language, language))

    def gettext(self, text: str, **values: object) -> str:
        """Translate a text and fill in its places, such as ``%(name)s``."""
        return self._catalogue.gettext(text) % values if values else self._catalogue.gettext(text)

    def ngettext(self, one: str, many: str, number: int, **values: object) -> str:
        """Translate a text with a number, whose place is ``%(num)s``."""
        text = self._catalogue.ngettext(one, many, number)
        return text % {"num": self.number(number), **values}

    def number(self, value: float, digits: int = 0) -> str:
        """Write a number with at most so many decimal places, up to three."""
        from babel.numbers import format_decimal  # noqa: PLC0415 - 1 MB that only this page needs

        return str(format_decimal(round(value, digits), locale=self._locale))

    def days(self, value: float) -> str:
        """Write a number of days with the unit."""
        from babel.units import format_unit  # noqa: PLC0415

        return str(format_unit(round(value, 2), "duration-day", locale=self._locale))

    def percent(self, share: float) -> str:
        """Write a share from 0 to 1 as a percentage without decimal places."""
        from babel.numbers import format_percent  # noqa: PLC0415

        return str(format_percent(share, locale=self._locale))

    def moment(self, iso: str) -> str:
        """Write a time in RFC 3339 in the time zone of the site, with its name."""
        from babel.dates import format_datetime  # noqa: PLC0415

        when = datetime.fromisoformat(iso).astimezone(self._timezone)
        return str(format_datetime(when, "d MMMM yyyy, HH:mm z", locale=self._locale))


def site_language(languages: dict[str, int]) -> str:
    """Return the language of most articles, if the card is translated into it; else English."""
    most = max(languages, key=lambda name: languages[name], default="en")
    return most if most in LANGUAGES else "en"
