"""What an editor does to a draft: pin, move, block. Each returns another draft."""

from __future__ import annotations

from msgspec.structs import replace

from recommender.overrides.draft import Draft
from recommender.overrides.validation import PLACES


def pinned(draft: Draft, pick: str, place: int, came_from: int | None = None) -> Draft:
    """Pin a pick at a place.

    A pin that stands there goes where the pick came from, or else one down, and so do those below.
    """
    pins = {at: other for at, other in draft.pins.items() if other != pick}
    blocks = [other for other in draft.blocks if other != pick]
    moved, at = pick, min(max(place, 1), PLACES)
    while moved and at <= PLACES:
        pins[at], moved = moved, pins.get(at, "")
        if moved and came_from is not None and came_from not in pins:
            pins[came_from], moved = moved, ""
        at += 1
    return replace(draft, pins=dict(sorted(pins.items())), blocks=blocks)


def unpinned(draft: Draft, pick: str) -> Draft:
    """Pin a pick no longer."""
    return replace(draft, pins={at: other for at, other in draft.pins.items() if other != pick})


def blocked(draft: Draft, pick: str) -> Draft:
    """Show a pick under this article no more."""
    return replace(unpinned(draft, pick), blocks=sorted({*draft.blocks, pick}))


def allowed(draft: Draft, pick: str) -> Draft:
    """Block a pick no longer."""
    return replace(draft, blocks=[other for other in draft.blocks if other != pick])


def renewed(draft: Draft, entry: int) -> Draft:
    """Let a decision take the reason and dates of the draft, or keep its own again."""
    return replace(draft, renew=sorted(set(draft.renew) ^ {entry}))
