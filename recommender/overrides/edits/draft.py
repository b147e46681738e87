"""A draft: the overrides of one list as an editor edits them, and the entries that save them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from recommender.overrides.override import Kind, Override
from recommender.overrides.validation import PLACES

Target = tuple[Kind, str, int | None]
"""Kind, pick and place of an override."""

Dates = tuple[int | None, int | None]
"""Start and end, in seconds since 1970 UTC."""

ARTICLE_KINDS = {Kind.PIN, Kind.BLOCK, Kind.HOLD}
"""Kinds of overrides that apply to the list under one article."""


class Draft(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """All pins, blocks and the hold of one list: the desired state after saving."""

    article: str
    seen: int = 0
    """Version of the list that the editor loaded."""
    pins: dict[int, str] = {}
    """Picks by place."""
    blocks: list[str] = []
    hold: bool = False
    renew: list[int] = []
    """Active entries to re-create with the reason and dates of this draft."""
    reason: str = ""
    start: str = ""
    end: str = ""

    @property
    def targets(self) -> set[Target]:
        """The overrides that are active in the desired state."""
        pins = {(Kind.PIN, pick, place) for place, pick in self.pins.items()}
        blocks = {(Kind.BLOCK, pick, None) for pick in self.blocks}
        hold = {(Kind.HOLD, "", None)} if self.hold else set()
        return pins | blocks | hold


def pin(draft: Draft, pick: str, place: int, moved_from: int | None = None) -> Draft:
    """Pin a pick.

    Parameters
    ----------
    place : position from 1.
    moved_from : former position of the pick. A pin at ``place`` moves there, if it is free. Else
        the pins from ``place`` on move down by one.
    """
    pins = {at: other for at, other in draft.pins.items() if other != pick}
    blocks = [other for other in draft.blocks if other != pick]
    moving, at = pick, min(max(place, 1), PLACES)
    while moving and at <= PLACES:
        pins[at], moving = moving, pins.get(at, "")
        if moving and moved_from is not None and moved_from not in pins:
            pins[moved_from], moving = moving, ""
        at += 1
    return replace(draft, pins=dict(sorted(pins.items())), blocks=blocks)


def unpin(draft: Draft, pick: str) -> Draft:
    """Remove the pin of a pick."""
    return replace(draft, pins={at: other for at, other in draft.pins.items() if other != pick})


def block(draft: Draft, pick: str) -> Draft:
    """Block a pick under this article, and remove its pin."""
    return replace(unpin(draft, pick), blocks=sorted({*draft.blocks, pick}))


def unblock(draft: Draft, pick: str) -> Draft:
    """Remove the block of a pick."""
    return replace(draft, blocks=[other for other in draft.blocks if other != pick])


def toggle_renewal(draft: Draft, entry: int) -> Draft:
    """Mark an entry for re-creation with the reason and dates of the draft, or remove the mark."""
    return replace(draft, renew=sorted(set(draft.renew) ^ {entry}))


def current(article: str, overrides: Iterable[Override], now: float) -> list[Override]:
    """List the overrides of a list that are active at ``now``."""
    return [one for one in _of_article(article, overrides) if one.active_at(now)]


def scheduled(article: str, overrides: Iterable[Override], now: float) -> list[Override]:
    """List the overrides of a list that start later."""
    return [
        one
        for one in _of_article(article, overrides)
        if one.starts is not None and one.starts > now
    ]


def changes(
    draft: Draft, overrides: Iterable[Override], author: str, now: float, dates: Dates
) -> list[Override]:
    """List the entries that turn the current overrides of a list into the draft.

    An active override that the draft contains is kept with its reason and dates, unless it is
    renewed.
    """
    present = {
        (one.kind, one.pick, one.place): one for one in current(draft.article, overrides, now)
    }
    kept = {
        target
        for target, one in present.items()
        if target in draft.targets and one.id not in draft.renew
    }
    entries = [
        Override(kind=Kind.UNDO, undoes=one.id, author=author, reason=draft.reason)
        for target, one in present.items()
        if target not in kept
    ]
    for kind, pick, place in sorted(draft.targets - kept, key=str):
        entries.append(
            Override(
                kind=kind,
                article=draft.article,
                pick=pick,
                place=place,
                author=author,
                reason=draft.reason,
                starts=dates[0],
                ends=dates[1],
            )
        )
    return entries


def overrides_after(
    draft: Draft, overrides: Iterable[Override], author: str, now: float, dates: Dates
) -> list[Override]:
    """List the overrides of the list as if the draft were saved, whatever their dates."""
    before = _of_article(draft.article, overrides)
    entries = changes(draft, before, author, now, dates)
    undone = {one.undoes for one in entries}
    added = [one for one in entries if one.kind is not Kind.UNDO]
    return [one for one in before if one.id not in undone] + added


def _of_article(article: str, overrides: Iterable[Override]) -> list[Override]:
    return [one for one in overrides if one.article == article and one.kind in ARTICLE_KINDS]
