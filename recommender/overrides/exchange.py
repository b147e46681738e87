"""Decisions as files: CSV and JSON, written and read by the names of :data:`COLUMNS`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import Any

import msgspec

from recommender.errors import OverrideError
from recommender.overrides.decision import COLUMNS, Decision, Kind, Scope, public
from recommender.overrides.moments import read_moment

READ = ("kind", "article", "pick", "scope", "place", "factor", "reason", "from", "until", "undoes")
"""What a file may say; the number, the editor and the moment of an entry are the log's."""


class _Row(msgspec.Struct, kw_only=True):
    kind: Kind
    article: str = ""
    pick: str = ""
    scope: Scope = Scope.ARTICLE
    place: int | None = None
    factor: float | None = None
    reason: str = ""
    undoes: int | None = None


def written(entries: Iterable[Decision], form: str) -> str:
    """Write decisions as ``csv`` or ``json``."""
    rows = [public(entry) for entry in entries]
    if form == "json":
        return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def read(text: str, form: str, zone: tzinfo) -> list[Decision]:
    """Read decisions from ``csv`` or ``json``.

    Raises :class:`OverrideError` naming the first line or item that is none: then nothing is read.
    """
    found = []
    for place, row in _rows(text, form):
        try:
            found.append(decision_from(row, zone))
        except OverrideError as error:
            raise OverrideError(f"{place}: {error}; nothing was applied") from error
    return found


def read_file(path: Path, zone: tzinfo) -> list[Decision]:
    """Read decisions from a file; one named ``.json`` is JSON, any other is CSV."""
    try:
        text = path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise OverrideError(f"{path}: {error}; wanted CSV or JSON in UTF-8") from error
    return read(text, "json" if path.suffix == ".json" else "csv", zone)


def decision_from(row: Mapping[str, Any], zone: tzinfo) -> Decision:
    """Read one decision by its names outside the house; empty is the same as missing."""
    given = {name: value for name, value in row.items() if value not in (None, "")}
    if unknown := sorted(str(name) for name in set(given) - set(COLUMNS)):
        raise OverrideError(f"got {unknown[0]!r}, wanted of {', '.join(READ)}")
    try:
        fields = msgspec.convert({n: v for n, v in given.items() if n in READ}, _Row, strict=False)
    except msgspec.ValidationError as error:
        raise OverrideError(str(error)) from error
    return Decision(
        **msgspec.structs.asdict(fields),
        starts=_moment("from", given, zone),
        ends=_moment("until", given, zone),
    )


def _moment(name: str, given: Mapping[str, Any], zone: tzinfo) -> int | None:
    value = given.get(name)
    return None if value is None else read_moment(name, str(value), zone)


def _rows(text: str, form: str) -> Sequence[tuple[str, Mapping[str, Any]]]:
    if form == "csv":
        return _csv_rows(text)
    try:
        rows = msgspec.json.decode(text, type=list[dict[str, Any]])
    except msgspec.DecodeError as error:
        raise OverrideError(f"JSON: {error}; nothing was applied") from error
    return [(f"item {number}", row) for number, row in enumerate(rows, 1)]


def _csv_rows(text: str) -> Sequence[tuple[str, Mapping[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    rows: list[tuple[str, Mapping[str, Any]]] = []
    try:
        for row in reader:
            if None in row or None in row.values():
                raise OverrideError(
                    f"line {reader.line_num}: got another number of cells than the header has; "
                    "nothing was applied"
                )
            rows.append((f"line {reader.line_num}", row))
    except csv.Error as error:
        raise OverrideError(
            f"line {reader.reader.line_num}: {error}; nothing was applied"
        ) from error
    return rows
