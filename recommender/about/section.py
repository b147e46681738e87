"""The parts of the algorithm card's text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Item(NamedTuple):
    """One line of a list."""

    label: str
    text: str = ""
    share: float | None = None
    """Length of a bar beside it, from 0 to 1; None for no bar."""
    value: str = ""
    """The share in words."""


class Section(NamedTuple):
    """A heading and what stands below it, in this order."""

    heading: str
    sentences: Sequence[str]
    items: Sequence[Item] = ()
    notes: Sequence[str] = ()
