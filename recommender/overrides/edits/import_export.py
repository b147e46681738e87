"""Import and export overrides as CSV or JSON, with the names in :data:`COLUMNS`."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import msgspec

from recommender.articles.article import normalize_id
from recommender.dates import DATE_FORMAT, read_local_time
from recommender.errors import OverrideError
from recommender.messages import Message
from recommender.names import name_key
from recommender.overrides.log import Log
from recommender.overrides.override import COLUMNS, Kind, Override, Scope, public
from recommender.overrides.validation import MAX_ENTRY

READABLE = (
    "kind",
    "article",
    "pick",
    "scope",
    "place",
    "factor",
    "reason",
    "from",
    "until",
    "undoes",
)
"""Columns that an import reads. The log sets the number, the editor and the time of an entry."""

EntryNumber = Annotated[int, msgspec.Meta(ge=1, le=MAX_ENTRY)]

EXPECTED = {
    "kind": Message("one of %(words)s", words=", ".join(Kind)),
    "scope": Message("one of %(words)s", words=", ".join(Scope)),
    "place": Message("a whole number"),
    "factor": Message("a number"),
    "undoes": Message("the number of an entry"),
    "article": Message("a text"),
    "pick": Message("a text"),
    "reason": Message("a text"),
}


def write(entries: Iterable[Override], file_format: str) -> str:
    """Write overrides as text; ``file_format`` is "csv" or "json"."""
    rows = [public(entry) for entry in entries]
    if file_format == "json":
        return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _as_cell(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def _as_cell(value: Any) -> Any:
    """Put a quote before what a spreadsheet would run as a formula; an import removes it."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _from_cell(value: str) -> str:
    return value[1:] if value.startswith("'") and _FORMULA.match(value) else value


class Line(NamedTuple):
    """An override from a file."""

    place: Message
    """Where it is in the file: ``line 2`` or ``item 1``."""
    override: Override


def read(text: str, file_format: str, zone: tzinfo, most: int | None = None) -> list[Line]:
    """Read overrides from text.

    Parameters
    ----------
    file_format : "csv" or "json".
    zone : time zone of dates without one.
    most : greatest number of overrides; None for any number.

    Raises
    ------
    OverrideError
        Names the first line or item that is no override. Or there are none, or too many.
    """
    if "\0" in text:
        raise OverrideError(
            "expected a text file, got one with NUL characters; nothing was applied"
        )
    found = []
    rows = _rows(text, file_format)
    if most is not None and len(rows) > most:
        raise OverrideError(
            "expected at most %(most)s overrides, got %(got)s; nothing was applied. Import the "
            "file with 'recommender override import'",
            most=most,
            got=len(rows),
        )
    for place, row in rows:
        try:
            found.append(Line(place, override_from(row, zone)))
        except OverrideError as error:
            raise _at(place, error) from error
    if not found:
        raise OverrideError("expected at least one override, got none; nothing was applied")
    return found


def read_file(path: Path, zone: tzinfo) -> list[Line]:
    """Read overrides from a file: JSON if its name ends in ``.json``, else CSV."""
    try:
        text = path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise OverrideError(
            "%(path)s: expected CSV or JSON in UTF-8 (%(error)s)", path=path, error=error
        ) from error
    return read(text, "json" if path.suffix == ".json" else "csv", zone)


def add(log: Log, lines: Sequence[Line], author: str, now: float) -> list[Override]:
    """Add the overrides of a file to the log, all or none, in the name of ``author``.

    Those that the log or an earlier line has already, and that are not undone, are left out.

    Raises
    ------
    OverrideError
        Names the first line or item that cannot be added.
    """
    known, missing = {_effect(one) for one in log.active()}, []
    for line in lines:
        if (effect := _effect(line.override)) not in known:
            known.add(effect)
            missing.append(line)
    overrides = [msgspec.structs.replace(line.override, author=author) for line in missing]
    try:
        return log.add(overrides, now)
    except OverrideError as error:
        if error.number is None:
            raise
        raise _at(missing[error.number].place, error) from error


def _effect(override: Override) -> Override:
    """Return what an override does: without its number, author, reason and spelling of names."""
    is_id = override.scope is Scope.ARTICLE
    return msgspec.structs.replace(
        override,
        article=normalize_id(override.article),
        pick=normalize_id(override.pick) if is_id else name_key(override.pick),
        reason="",
        author="",
        created=0,
        id=0,
    )


def override_from(row: Mapping[str, Any], zone: tzinfo) -> Override:
    """Read one override by the names in :data:`COLUMNS`; an empty value counts as missing."""
    _check_names(row)
    values = {name: value for name, value in row.items() if value not in (None, "")}
    return Override(
        kind=_field("kind", values.get("kind"), Kind),
        scope=_field("scope", values.get("scope", Scope.ARTICLE), Scope),
        place=_field("place", values.get("place"), int | None),
        factor=_field("factor", values.get("factor"), float | None),
        undoes=_field("undoes", values.get("undoes"), EntryNumber | None),
        **{name: _field(name, values.get(name, ""), str) for name in ("article", "pick", "reason")},
        starts=_date("from", values, zone),
        ends=_date("until", values, zone),
    )


def _check_names(names: Iterable[str]) -> None:
    if unknown := sorted(str(name) for name in names if name not in COLUMNS):
        raise OverrideError(
            "expected one of the names %(expected)s, got %(got)r",
            expected=", ".join(READABLE),
            got=_shortened(unknown[0]),
        )


def _at(place: Message, error: OverrideError) -> OverrideError:
    return OverrideError(
        "%(place)s: %(problem)s; nothing was applied", place=place, problem=error.message
    )


def _field(name: str, value: Any, expected_type: Any) -> Any:
    try:
        return msgspec.convert(value, expected_type, strict=expected_type is str)
    except (ValueError, OverflowError) as error:  # the first is the parent of ValidationError
        raise OverrideError(
            "%(name)s: expected %(expected)s, got %(got)r",
            name=name,
            expected=EXPECTED[name],
            got="" if value is None else _shortened(value),
        ) from error


def _shortened(value: Any) -> Any:
    """Return a value for a message: texts and numbers can have millions of characters."""
    if isinstance(value, str):
        return value[:60]
    is_short = isinstance(value, float) or (isinstance(value, int) and value.bit_length() < 64)
    return value if is_short else "..."


def _date(name: str, values: Mapping[str, Any], zone: tzinfo) -> int | None:
    value = values.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise OverrideError(
            "%(name)s: expected %(expected)s, got %(got)r",
            name=Message(name),
            expected=Message(DATE_FORMAT),
            got=_shortened(value),
        )
    return read_local_time(name, value, zone)


def _rows(text: str, file_format: str) -> Sequence[tuple[Message, Mapping[str, Any]]]:
    if file_format == "csv":
        return _csv_rows(text)
    try:
        rows = msgspec.json.decode(text, type=list[dict[str, Any]])
    except (msgspec.DecodeError, RecursionError) as error:
        raise OverrideError("JSON: expected a list of objects; nothing was applied") from error
    return [(Message("item %(n)s", n=number), row) for number, row in enumerate(rows, 1)]


def _csv_rows(text: str) -> Sequence[tuple[Message, Mapping[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    rows: list[tuple[Message, Mapping[str, Any]]] = []
    try:
        try:
            _check_names(reader.fieldnames or ())
        except OverrideError as error:
            raise _at(Message("line %(n)s", n=1), error) from error
        for row in reader:
            line = Message("line %(n)s", n=reader.line_num)
            if None in row or None in row.values():
                raise _at(line, OverrideError("expected as many cells as the header has"))
            rows.append((line, {name: _from_cell(cell) for name, cell in row.items()}))
    except csv.Error as error:
        raise _at(
            Message("line %(n)s", n=reader.reader.line_num),
            OverrideError("it cannot be read as CSV (%(error)s)", error=error),
        ) from error
    return rows
