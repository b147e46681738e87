"""English and Polish: texts from a gettext catalogue, and dates in the format of the language."""

from __future__ import annotations

import gettext
from datetime import datetime, tzinfo
from decimal import Decimal
from enum import StrEnum
from functools import cache, partial
from pathlib import Path

from babel import Locale
from babel.dates import format_datetime
from babel.numbers import format_decimal
from flask import Flask, g, request, session

from recommender.dates import from_epoch
from recommender.errors import RecommenderError
from recommender.messages import Message, load_catalogue
from recommender.settings import Settings

LANGUAGES = {"en": "English", "pl": "Polski"}

FOLDER = Path(__file__).parent.parent / "translations"


def gettext_noop(text: str) -> str:
    """Mark a text for translation without translating it; it is translated when shown."""
    return text


def translate(what: str | Message | RecommenderError, **values: object) -> str:
    """Return a text in the language of the request.

    Parameters
    ----------
    what
        An English text with places such as ``%(name)s``, a message, or an error with a message.
    **values
        Values of the places; messages and enumeration members among them are translated too.
    """
    message = Message(str(what), **values) if isinstance(what, str) else what
    if isinstance(message, RecommenderError):
        message = message.message
    translated = {name: _translate_value(value) for name, value in message.values.items()}
    return str(Message(_catalogue(_language()).gettext(message.text), **translated))


def translate_plural(one: str, many: str, number: int) -> str:
    """Return a text that contains a number, with the plural form of the language.

    ``one`` and ``many`` are the English forms; the place of the number is ``%(num)s``.
    """
    return _catalogue(_language()).ngettext(one, many, number) % {"num": number}


def two_digits(value: float | Decimal, sign: str = "") -> str:
    """Write a number with two digits after the decimal sign; ``sign`` precedes positive ones."""
    return str(format_decimal(value, f"{sign}0.00;-0.00", _locale(_language())))


def choose_language() -> None:
    """Keep the language of the pressed button, if the request has one, for the next pages."""
    chosen = request.form.get("language")
    if chosen in LANGUAGES:
        session["language"] = chosen


def register(app: Flask, settings: Settings) -> None:
    """Add the translation functions and filters to the application's templates."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _catalogue(_language()).gettext(text),
        lambda one, many, n: _catalogue(_language()).ngettext(one, many, n),
        newstyle=True,
    )
    app.jinja_env.filters["number"] = lambda value: format_decimal(
        value, locale=_locale(_language())
    )
    app.jinja_env.filters["two_digits"] = two_digits
    app.jinja_env.filters["datetime"] = partial(format_time, zone=settings.zone)
    short = partial(format_time, zone=settings.zone, pattern="d MMM, HH:mm")
    app.jinja_env.filters["day_and_time"] = short
    # For texts that are not constants. The extension's own function marks its result as safe
    # HTML, which a message with an id in it is not.
    app.jinja_env.filters["translate"] = translate
    app.jinja_env.globals.update(language=_language, languages=LANGUAGES)


def _translate_value(value: object) -> object:
    if isinstance(value, Decimal):
        return two_digits(value)
    return translate(value) if isinstance(value, Message | RecommenderError | StrEnum) else value


def _catalogue(language: str) -> gettext.NullTranslations:
    return load_catalogue(FOLDER, language)


def _language() -> str:
    if request.path.startswith("/v1/"):
        return "en"  # API clients compare error texts
    if "language" not in g:
        chosen = session.get("language")
        best = request.accept_languages.best_match(list(LANGUAGES), "en")
        g.language = chosen if chosen in LANGUAGES else best
    return str(g.language)


@cache
def _locale(language: str) -> Locale:
    """Return the formats of a language; to parse its name for each date takes as long again."""
    return Locale.parse(language)


def format_time(value: float | str | None, zone: tzinfo, pattern: str = "d MMM yyyy, HH:mm") -> str:
    """Format a time in the language of the request.

    Parameters
    ----------
    value
        Seconds since 1970 UTC or a text in ISO 8601; None gives "".
    zone
        Time zone of the result.
    pattern
        Format of the result, as Babel writes it.
    """
    if value is None:
        return ""
    when = datetime.fromisoformat(value) if isinstance(value, str) else from_epoch(int(value))
    return format_datetime(when.astimezone(zone), pattern, locale=_locale(_language()))
