"""An override: one entry of the log."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from recommender.dates import from_epoch, write_date
from recommender.messages import Message
from recommender.names import name_key


class Kind(StrEnum):
    """What an override does."""

    PIN = "pin"
    """Show a pick at a position of one list."""
    BLOCK = "block"
    """Remove a pick from one list, or from all lists."""
    BOOST = "boost"
    """Multiply the odds of a pick by a factor, in all lists."""
    HOLD = "hold"
    """Show no related posts under an article, or under all of a section, tag or author."""
    WITHDRAW = "withdraw"
    """Hide an article from all lists. Its own URL in the API answers 404."""
    SHOW = "show"
    """Show an article although a copy of it is blocked in all lists or withdrawn."""
    UNDO = "undo"
    """Cancel an earlier entry. Undoing an undo restores that entry."""


class Scope(StrEnum):
    """What ``pick`` names."""

    ARTICLE = "article"
    SECTION = "section"
    TAG = "tag"
    AUTHOR = "author"


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the log. Times are whole seconds since 1970 UTC."""

    kind: Kind
    article: str = ""
    """Id of the article whose list changes; "" for all lists."""
    pick: str = ""
    """Id of the article to show or hide, or the name of a section, tag or author."""
    scope: Scope = Scope.ARTICLE
    place: int | None = None
    """Position of a pin; 1 is the first card."""
    factor: float | None = None
    """Factor of a boost, multiplied with the odds."""
    reason: str = ""
    author: str = ""
    """Name of the editor."""
    starts: int | None = None
    ends: int | None = None
    """Exclusive end."""
    undoes: int | None = None
    """Number of the entry that an undo cancels."""
    created: int = 0
    id: int = 0
    """Number in the log, from 1; 0 for an entry that is not stored yet."""

    def active_at(self, now: float) -> bool:
        """Return whether ``now`` is between the start and the end."""
        return (self.starts is None or self.starts <= now) and (
            self.ends is None or now < self.ends
        )

    @property
    def pick_key(self) -> str:
        """``pick``, with one spelling for the name of a section, tag or author."""
        return self.pick if self.scope is Scope.ARTICLE else name_key(self.pick)

    @property
    def about(self) -> Message:
        """What the override changes, in words: ``under a: b at 1``."""
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


COLUMNS = (
    "id", "kind", "article", "pick", "scope", "place", "factor", "reason", "author",
    "from", "until", "undoes", "created",
)  # fmt: skip
"""Names of the fields in the API, in exports and in ``--json``, in their order."""


def public(override: Override) -> dict[str, Any]:
    """Return an override as the API, exports and ``--json`` write it, with dates in RFC 3339."""
    row = msgspec.to_builtins(override)
    for inside, outside in (("starts", "from"), ("ends", "until"), ("created", "created")):
        seconds = row.pop(inside)
        row[outside] = None if seconds is None else write_date(from_epoch(seconds))
    return {name: row[name] for name in COLUMNS}
