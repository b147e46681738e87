"""The draft of a block as the article's form carries it, and what its buttons do to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from recommender.overrides import moving
from recommender.overrides.draft import Draft
from recommender.overrides.override import Kind, Override
from recommender.overrides.validation import PLACES
from service.desk.presenters.forms import number
from service.desk.presenters.i18n import said

Form = MultiDict[str, str]


def draft_of(article: str, here: Iterable[Override], seen: int) -> Draft:
    """Make the draft that changes nothing."""
    here = list(here)
    return Draft(
        article=article,
        seen=seen,
        pins={d.place: d.pick for d in here if d.kind is Kind.PIN and d.place is not None},
        blocks=[d.pick for d in here if d.kind is Kind.BLOCK],
        hold=any(d.kind is Kind.HOLD for d in here),
    )


def draft_from(form: Form, article: str) -> Draft:
    """Read the draft of a form."""
    return Draft(
        article=article,
        seen=number(form.get("seen", "")),
        pins=dict(_pin(text) for text in form.getlist("pin")),
        blocks=form.getlist("block"),
        hold="hold" in form,
        renew=[number(text) for text in form.getlist("renew")],
        reason=form.get("reason", ""),
        start=form.get("start", ""),
        end=form.get("end", ""),
    )


def acted(draft: Draft, form: Form, shown: Sequence[str]) -> Draft:
    """Do what a button says: a verb, and the pick that it is about.

    ``shown`` names the picks under the draft in their order: a button may come from a page that
    has moved on since, and a card is moved from where it stands now.
    """
    verb, _, pick = form.get("do", "").partition(" ")
    place = shown.index(pick) + 1 if pick in shown else None
    wanted = number(form.get("place", "")) or 1
    if verb == "renew":
        return moving.renewed(draft, number(pick))
    changed = {
        "pin": lambda: moving.pinned(draft, pick, place or 1),
        "first": lambda: moving.pinned(draft, pick, 1),
        "add": lambda: moving.pinned(draft, pick, wanted),
        "drop": lambda: moving.pinned(draft, pick, number(form.get("to", "")) or 1, place),
        "up": lambda: moving.pinned(draft, pick, (place or 2) - 1, place),
        "down": lambda: moving.pinned(draft, pick, (place or 0) + 1, place),
        "unpin": lambda: moving.unpinned(draft, pick),
        "block": lambda: moving.blocked(draft, pick),
        "allow": lambda: moving.allowed(draft, pick),
    }
    return changed[verb]() if verb in changed and pick else draft


def is_changed(draft: Draft, article: str, here: Iterable[Override]) -> bool:
    """Tell whether there is something to save."""
    bare = msgspec.structs.replace(draft, renew=[])
    return bool(draft.renew) or bare.wanted != draft_of(article, here, 0).wanted


def _pin(text: str) -> tuple[int, str]:
    place, _, pick = text.partition(" ")
    if not place.isdecimal() or not 1 <= int(place) <= PLACES or not pick:
        raise BadRequest(
            said(
                "pin: got %(got)r, wanted a place from 1 to %(most)s and an id",
                got=text[:60],
                most=PLACES,
            )
        )
    return int(place), pick
