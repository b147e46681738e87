"""Gettext catalogues, read as written (.po), so that there is no compile step."""

from __future__ import annotations

import gettext
import io
from functools import cache
from pathlib import Path


@cache
def load_catalogue(folder: Path, language: str) -> gettext.NullTranslations:
    """Read ``LANGUAGE.po`` of a folder; without that file all texts stay English."""
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
