"""What a reader says of a record that it leaves out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RejectedRecord:
    """One record that is left out: where it stands and why."""

    place: str
    reason: str
    id: str = ""
    """The article's id where it is known; "" says that any article may be meant."""

    def __str__(self) -> str:
        """One line, as compilers write it: the place first."""
        return f"{self.place}: {self.reason}"


def rejected_record(place: str, error: Exception, identifier: str = "") -> RejectedRecord:
    """Turn an error that names its place at the start into a complaint."""
    return RejectedRecord(place, str(error).removeprefix(f"{place}: "), identifier)
