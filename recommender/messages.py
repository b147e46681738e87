"""Messages that can be shown in another language, and the catalogues of their translations."""

from __future__ import annotations

import gettext
import io
from functools import cache
from pathlib import Path


class Message:
    """A template with named placeholders and the values for them.

    The desk translates :attr:`text` before it fills in the values. ``str()`` of a message is
    English. A value may itself be a message, or a member of an enumeration whose values are words.
    A ``Decimal`` is written with its digits, and the desk uses the decimal sign of the language.
    """

    def __init__(self, text: str, **values: object) -> None:
        self.text = text
        """English template. Placeholders are written ``%(name)s``."""
        self.values = values

    def __str__(self) -> str:
        """Fill in the values."""
        return self.text % self.values if self.values else self.text


def shortened(text: str, most: int = 60) -> str:
    """Return the beginning of a text that a message repeats: at most so many characters."""
    return text if len(text) <= most else text[: most - 3] + "..."


def gettext_noop(text: str) -> str:
    """Mark a text for translation: the desk's catalogues must have it."""
    return text


@cache
def load_catalogue(folder: Path, language: str) -> gettext.NullTranslations:
    """Read ``LANGUAGE.po`` of a folder; without that file all texts stay English.

    The file is read as written, so that there is no compile step.
    """
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - only where texts are translated
    from babel.messages.pofile import read_po  # noqa: PLC0415

    path = folder / f"{language}.po"
    if not path.exists():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
