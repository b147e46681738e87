"""A draft: how an editor wants a block to be, and the decisions that make it so."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from recommender.overrides.override import Kind, Override


class Draft(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """All pins, blocks and the hold under one article, as they are wanted."""

    article: str
    seen: int = 0
    """Version of the article that the editor looked at."""
    pins: dict[int, str] = {}
    """Picks by place."""
    blocks: list[str] = []
    hold: bool = False
    renew: list[int] = []
    """Entries that stand and are to be saved anew, with this reason and these dates."""
    reason: str = ""
    start: str = ""
    end: str = ""

    @property
    def wanted(self) -> set[tuple[Kind, str, int | None]]:
        """Each decision that is wanted, as its kind, pick and place."""
        pins = {(Kind.PIN, pick, place) for place, pick in self.pins.items()}
        blocks = {(Kind.BLOCK, pick, None) for pick in self.blocks}
        hold = {(Kind.HOLD, "", None)} if self.hold else set()
        return pins | blocks | hold


ARTICLE_KINDS = {Kind.PIN, Kind.BLOCK, Kind.HOLD}
"""What can be decided under one article."""


def present(article: str, standing: Iterable[Override], now: float) -> list[Override]:
    """Find the decisions that a draft is about: under the article, holding now."""
    return [
        d for d in standing if d.article == article and d.kind in ARTICLE_KINDS and d.holds(now)
    ]


def scheduled(article: str, standing: Iterable[Override], now: float) -> list[Override]:
    """Find those that start later."""
    return [
        d
        for d in standing
        if d.article == article
        and d.kind in ARTICLE_KINDS
        and d.starts is not None
        and d.starts > now
    ]


def changes(
    draft: Draft,
    standing: Iterable[Override],
    author: str,
    now: float,
    dates: tuple[int | None, int | None],
) -> list[Override]:
    """Tell what must be undone and added to get from what holds now to the draft.

    What is wanted and there already stays as it is, with its reason and its dates, unless it is
    to be renewed.
    """
    there = {(d.kind, d.pick, d.place): d for d in present(draft.article, standing, now)}
    kept = {w for w, old in there.items() if w in draft.wanted and old.id not in draft.renew}
    made = [
        Override(kind=Kind.UNDO, undoes=old.id, author=author, reason=draft.reason)
        for what, old in there.items()
        if what not in kept
    ]
    for kind, pick, place in sorted(draft.wanted - kept, key=str):
        made.append(
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
    return made


def as_if(
    draft: Draft,
    standing: Iterable[Override],
    author: str,
    now: float,
    dates: tuple[int | None, int | None],
) -> list[Override]:
    """List the decisions under the article as if the draft were saved, whatever their dates."""
    own = [d for d in standing if d.article == draft.article and d.kind in ARTICLE_KINDS]
    made = changes(draft, own, author, now, dates)
    undone = {one.undoes for one in made}
    return [d for d in own if d.id not in undone] + [d for d in made if d.kind is not Kind.UNDO]
