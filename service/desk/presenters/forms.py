"""What the forms of the desk bring: moments, numbers of entries, ways back."""

from __future__ import annotations

from datetime import tzinfo

from werkzeug.exceptions import BadRequest

from recommender.overrides.moments import read_local_time
from service.desk.presenters.i18n import said

DIGITS = 18

Dates = tuple[int | None, int | None]


def dates(start: str, end: str, zone: tzinfo) -> Dates:
    """Read the start and the end of a decision as browsers write local times."""
    return (
        read_local_time("from", start.replace("T", " "), zone),
        read_local_time("until", end.replace("T", " "), zone),
    )


def numbers(text: str) -> list[int]:
    """Read numbers of entries, or how many there are before a page: ``4,5``."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    # No more digits than databases can count to; int() would also take signs, spaces, underscores.
    if not all(part.isdecimal() and len(part) <= DIGITS for part in parts):
        raise BadRequest(said("entries: got %(got)r, wanted numbers", got=text[:60]))
    return [int(part) for part in parts]


def number(text: str) -> int:
    """Read the version that a page has shown; 0 where it shows none."""
    return next(iter(numbers(text)), 0)


def local(wanted: str, otherwise: str) -> str:
    """Go on only within the desk: an address from outside could lead anywhere."""
    inside = wanted.startswith("/desk/") and "\\" not in wanted and "//" not in wanted[:7]
    return wanted if inside else otherwise
