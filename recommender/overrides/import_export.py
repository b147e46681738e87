"""Decisions as files: CSV and JSON, written and read by the names of :data:`COLUMNS`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from recommender.errors import OverrideError
from recommender.messages import Message
from recommender.overrides.log import Log
from recommender.overrides.moments import read_local_time
from recommender.overrides.override import COLUMNS, Kind, Override, Scope, public

READ = ("kind", "article", "pick", "scope", "place", "factor", "reason", "from", "until", "undoes")
"""What a file may say; the number, the editor and the moment of an entry are the log's."""


WANTED = {
    "kind": Message("one of %(words)s", words=", ".join(Kind)),
    "scope": Message("one of %(words)s", words=", ".join(Scope)),
    "place": Message("a whole number"),
    "factor": Message("a number"),
    "undoes": Message("the number of an entry"),
    "article": Message("a text"),
    "pick": Message("a text"),
    "reason": Message("a text"),
}


def written(entries: Iterable[Override], form: str) -> str:
    """Write editors' decisions as ``csv`` or ``json``."""
    rows = [public(entry) for entry in entries]
    if form == "json":
        return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


class Line(NamedTuple):
    """A decision of a file, and where it stands there."""

    place: Message
    decision: Override


def read(text: str, form: str, zone: tzinfo) -> list[Line]:
    """Read decisions from ``csv`` or ``json``.

    Raises :class:`OverrideError` naming the first line or item that is none: then nothing is read.
    """
    found = []
    for place, row in _rows(text, form):
        try:
            found.append(Line(place, decision_from(row, zone)))
        except OverrideError as error:
            raise _broken(place, error) from error
    return found


def read_file(path: Path, zone: tzinfo) -> list[Line]:
    """Read decisions from a file; one named ``.json`` is JSON, any other is CSV."""
    try:
        text = path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise OverrideError(
            "%(path)s: %(error)s; wanted CSV or JSON in UTF-8", path=path, error=error
        ) from error
    return read(text, "json" if path.suffix == ".json" else "csv", zone)


def added(log: Log, lines: Sequence[Line], author: str, now: float) -> list[Override]:
    """Add the decisions of a file, all or none, signed by who brings it.

    Raises :class:`OverrideError` naming the first line or item that may not be added.
    """
    wanted = [msgspec.structs.replace(line.decision, author=author) for line in lines]
    try:
        return log.add(wanted, now)
    except OverrideError as error:
        if error.number is None:
            raise
        raise _broken(lines[error.number].place, error) from error


def _broken(place: Message, error: OverrideError) -> OverrideError:
    return OverrideError(
        "%(place)s: %(trouble)s; nothing was applied", place=place, trouble=error.phrase
    )


def decision_from(row: Mapping[str, Any], zone: tzinfo) -> Override:
    """Read one decision by its names outside the house; empty is the same as missing."""
    given = {name: value for name, value in row.items() if value not in (None, "")}
    if unknown := sorted(str(name) for name in set(given) - set(COLUMNS)):
        raise OverrideError(
            "got %(got)r, wanted of %(wanted)s", got=unknown[0], wanted=", ".join(READ)
        )
    return Override(
        kind=_field("kind", given.get("kind"), Kind),
        scope=_field("scope", given.get("scope", Scope.ARTICLE), Scope),
        place=_field("place", given.get("place"), int | None),
        factor=_field("factor", given.get("factor"), float | None),
        undoes=_field("undoes", given.get("undoes"), int | None),
        **{name: _field(name, given.get(name, ""), str) for name in ("article", "pick", "reason")},
        starts=_moment("from", given, zone),
        ends=_moment("until", given, zone),
    )


def _field(name: str, value: Any, form: Any) -> Any:
    try:
        return msgspec.convert(value, form, strict=form is str)
    except msgspec.ValidationError as error:
        raise OverrideError(
            "%(name)s: got %(got)r, wanted %(wanted)s",
            name=name,
            got="" if value is None else value,
            wanted=WANTED[name],
        ) from error


def _moment(name: str, given: Mapping[str, Any], zone: tzinfo) -> int | None:
    value = given.get(name)
    return None if value is None else read_local_time(name, str(value), zone)


def _rows(text: str, form: str) -> Sequence[tuple[Message, Mapping[str, Any]]]:
    if form == "csv":
        return _csv_rows(text)
    try:
        rows = msgspec.json.decode(text, type=list[dict[str, Any]])
    except msgspec.DecodeError as error:
        raise OverrideError(
            "JSON: wanted a list of objects (%(error)s); nothing was applied", error=error
        ) from error
    return [(Message("item %(n)s", n=number), row) for number, row in enumerate(rows, 1)]


def _csv_rows(text: str) -> Sequence[tuple[Message, Mapping[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    rows: list[tuple[Message, Mapping[str, Any]]] = []
    try:
        for row in reader:
            line = Message("line %(n)s", n=reader.line_num)
            if None in row or None in row.values():
                raise _broken(
                    line, OverrideError("got another number of cells than the header has")
                )
            rows.append((line, row))
    except csv.Error as error:
        raise _broken(
            Message("line %(n)s", n=reader.reader.line_num),
            OverrideError("it cannot be read as CSV (%(error)s)", error=error),
        ) from error
    return rows
