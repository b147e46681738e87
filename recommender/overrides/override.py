"""The noun: one decision of an editor."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from recommender.dates import from_epoch, write_date
from recommender.messages import Message


class Kind(StrEnum):
    """What an editor can decide."""

    PIN = "pin"
    """A pick stands under an article, at a place."""
    BLOCK = "block"
    """A pick stands not under an article, or under none."""
    BOOST = "boost"
    """The odds of a pick are multiplied by a factor, everywhere."""
    HOLD = "hold"
    """An article shows no block at all."""
    WITHDRAW = "withdraw"
    """An article is shown nowhere, and has no block: as if it were not there."""
    UNDO = "undo"
    """An earlier decision holds no longer; undoing an undo restores it."""


class Scope(StrEnum):
    """What ``pick`` names."""

    ARTICLE = "article"
    SECTION = "section"
    TAG = "tag"
    AUTHOR = "author"


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the log; moments are whole seconds since 1970 UTC."""

    kind: Kind
    article: str = ""
    """Id of the article whose block it is about; "" for every block."""
    pick: str = ""
    """Id of the article to be shown or not, or the name of a section, tag or author."""
    scope: Scope = Scope.ARTICLE
    place: int | None = None
    """From 1, the first card."""
    factor: float | None = None
    reason: str = ""
    author: str = ""
    """Who decided."""
    starts: int | None = None
    ends: int | None = None
    """The first moment at which it holds no longer."""
    undoes: int | None = None
    created: int = 0
    id: int = 0
    """Its number in the log, from 1; 0 for one that is not in it yet."""

    def holds(self, now: float) -> bool:
        """Tell whether ``now`` is between its start and its end."""
        return (self.starts is None or self.starts <= now) and (
            self.ends is None or now < self.ends
        )

    @property
    def about(self) -> Message:
        """What it is about, in words: ``under a: b at 1``."""
        what = Message("%(pick)s", pick=self.pick)
        if self.scope is not Scope.ARTICLE:
            what = Message("%(scope)s %(pick)s", scope=self.scope, pick=self.pick)
        if self.place is not None:
            what = Message("%(what)s at %(n)s", what=what, n=self.place)
        if self.factor is not None:
            what = Message("%(what)s times %(n)s", what=what, n=f"{self.factor:g}")
        if not self.article:
            return what
        if not self.pick:
            return Message("under %(article)s", article=self.article)
        return Message("under %(article)s: %(what)s", article=self.article, what=what)


def public(decision: Override) -> dict[str, Any]:
    """Write a decision as the API, exports and ``--json`` do: moments as RFC 3339."""
    row = msgspec.to_builtins(decision)
    for inside, outside in (("starts", "from"), ("ends", "until"), ("created", "created")):
        seconds = row.pop(inside)
        row[outside] = None if seconds is None else write_date(from_epoch(seconds))
    return {name: row[name] for name in COLUMNS}


COLUMNS = (
    "id", "kind", "article", "pick", "scope", "place", "factor", "reason", "author",
    "from", "until", "undoes", "created",
)  # fmt: skip
"""Names outside the house, in their order."""
