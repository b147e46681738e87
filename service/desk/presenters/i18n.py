"""Polish and English: texts from gettext catalogues, dates as the language writes them.

The catalogues are read as they are written (.po), so that nothing has to be compiled.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

from babel.dates import format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Blueprint, Flask, g, redirect, request, session
from flask.typing import ResponseReturnValue

from recommender.dates import from_epoch
from recommender.errors import RecommenderError
from recommender.messages import Message
from recommender.settings import Settings

LANGUAGES = {"en": "English", "pl": "Polski"}

FOLDER = Path(__file__).parent.parent / "translations"


def marked(text: str) -> str:
    """Mark a text that a template will translate, so that the test of the catalogues finds it."""
    return text


def counted(one: str, many: str, number: int) -> str:
    """Write a text with a number in it, in the reader's language."""
    return _catalogue(_language()).ngettext(one, many, number) % {"num": number}


def said(what: str | Message | RecommenderError, **values: object) -> str:
    """Write a text with places, or what an error has to say, in the reader's language."""
    phrase = Message(what, **values) if isinstance(what, str) else what
    if isinstance(phrase, RecommenderError):
        phrase = phrase.phrase
    there = {name: _value(value) for name, value in phrase.values.items()}
    return str(Message(_catalogue(_language()).gettext(phrase.text), **there))


def _value(value: object) -> object:
    return said(value) if isinstance(value, Message | RecommenderError | StrEnum) else value


def register(app: Flask, settings: Settings) -> None:
    """Let the application's templates speak the reader's language."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _catalogue(_language()).gettext(text),
        lambda one, many, n: _catalogue(_language()).ngettext(one, many, n),
        newstyle=True,
    )
    app.jinja_env.filters["moment"] = _moments(settings)
    # For texts that are no constants: the extension's own function takes what it translates for
    # safe HTML, which a message with an id in it is not.
    app.jinja_env.filters["told"] = lambda text: _catalogue(_language()).gettext(str(text))
    app.jinja_env.globals.update(language=_language, languages=LANGUAGES)
    routes = Blueprint("languages", __name__)

    @routes.post("/desk/language")
    def choose() -> ResponseReturnValue:
        if request.form.get("language") in LANGUAGES:
            session["language"] = request.form["language"]
        return redirect("/desk/")

    app.register_blueprint(routes)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    path = FOLDER / f"{language}.po"
    if not path.exists():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _language() -> str:
    if request.path.startswith("/v1/"):
        return "en"  # programs look for what they know
    if "language" not in g:
        chosen = session.get("language")
        best = request.accept_languages.best_match(list(LANGUAGES), "en")
        g.language = chosen if chosen in LANGUAGES else best
    return str(g.language)


def _moments(settings: Settings) -> Callable[[float | str | None], str]:
    def moment(value: float | str | None) -> str:
        """Write a moment, of the log or of a card, in the site's time zone."""
        if value is None:
            return ""
        when = datetime.fromisoformat(value) if isinstance(value, str) else from_epoch(int(value))
        return format_datetime(
            when.astimezone(settings.zone), "d MMM yyyy, HH:mm", locale=_language()
        )

    return moment
