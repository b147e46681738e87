"""Rejected records: what a reader reports about a record that it skips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MAX_SHOWN = 60
"""Characters of a wrong value that a message repeats."""


@dataclass(frozen=True)
class RejectedRecord:
    """One record that is skipped, or a note on records of types that are passed over."""

    place: str
    """Where it is, such as ``articles.jsonl:3``."""
    reason: str
    id: str = ""
    """ID of the article; "" if unknown, so that it may be any article."""
    is_error: bool = True
    """False for a note, which neither counts nor stops ``--strict``."""

    def __str__(self) -> str:
        """Write one line with the place first, as compilers do."""
        return f"{self.place}: {self.reason}"


def rejected_record(place: str, error: Exception, identifier: str = "") -> RejectedRecord:
    """Make a rejected record of an error whose message may begin with the place."""
    return RejectedRecord(place, str(error).removeprefix(f"{place}: "), identifier)


def described(value: Any) -> str:
    """Describe a JSON value in a message: ``'text'``, ``the number 5``, ``a list``."""
    if isinstance(value, str):
        return repr(value if len(value) <= MAX_SHOWN else value[: MAX_SHOWN - 3] + "...")
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return f"the number {value}"
    return "a list" if isinstance(value, list) else "an object"
