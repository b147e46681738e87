"""The draft of a list as the article's form carries it, and the actions of its buttons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from recommender.overrides.edits import draft as draft_edits
from recommender.overrides.edits.draft import Draft
from recommender.overrides.override import Kind, Override
from recommender.overrides.validation import PLACES
from service.desk.presenters.forms import parse_number
from service.desk.presenters.i18n import translate

Form = MultiDict[str, str]


def draft_from_overrides(article: str, overrides: Iterable[Override], seen: int) -> Draft:
    """Create the draft that equals what is saved.

    Parameters
    ----------
    article
        Id of the article.
    overrides
        Its active pins, blocks and hold.
    seen
        Version of the article's overrides that the editor is shown.
    """
    overrides = list(overrides)
    return Draft(
        article=article,
        seen=seen,
        pins={o.place: o.pick for o in overrides if o.kind is Kind.PIN and o.place is not None},
        blocks=[o.pick for o in overrides if o.kind is Kind.BLOCK],
        hold=any(o.kind is Kind.HOLD for o in overrides),
    )


def draft_from_form(form: Form, article: str) -> Draft:
    """Parse the draft of an article from the submitted form.

    Raises
    ------
    BadRequest
        A pin or a number cannot be parsed.
    """
    return Draft(
        article=article,
        seen=parse_number(form.get("seen", "")),
        pins=dict(_parse_pin(text) for text in form.getlist("pin")),
        blocks=form.getlist("block"),
        hold="hold" in form,
        renew=[parse_number(text) for text in form.getlist("renew")],
        reason=form.get("reason", ""),
        start=form.get("start", ""),
        end=form.get("end", ""),
    )


def apply_action(draft: Draft, form: Form, shown: Sequence[str]) -> Draft:
    """Apply the action of the pressed button to a draft.

    Parameters
    ----------
    draft
        The draft before the action.
    form
        The submitted form; ``do`` is a verb and the id of an article, such as ``up talks/1``.
    shown
        Ids of the cards under the draft, in order. A button may come from an older page, so a
        card moves from its present position and not from the one it had there.
    """
    verb, _, pick = form.get("do", "").partition(" ")
    position = shown.index(pick) + 1 if pick in shown else None
    chosen = parse_number(form.get("place", "")) or 1
    if verb == "renew":
        return draft_edits.toggle_renewal(draft, parse_number(pick))
    actions = {
        "pin": lambda: draft_edits.pin(draft, pick, position or 1),
        "first": lambda: draft_edits.pin(draft, pick, 1),
        "add": lambda: draft_edits.pin(draft, pick, chosen),
        "drop": lambda: draft_edits.pin(
            draft, pick, parse_number(form.get("to", "")) or 1, position
        ),
        "up": lambda: draft_edits.pin(draft, pick, (position or 2) - 1, position),
        "down": lambda: draft_edits.pin(draft, pick, (position or 0) + 1, position),
        "unpin": lambda: draft_edits.unpin(draft, pick),
        "block": lambda: draft_edits.block(draft, pick),
        "unblock": lambda: draft_edits.unblock(draft, pick),
    }
    return actions[verb]() if verb in actions and pick else draft


def count_changes(draft: Draft, article: str, overrides: Iterable[Override]) -> int:
    """Count the picks whose pins and blocks saving the draft would change, and the hold.

    An override that only gets another reason or other dates counts, too.
    """
    plain = msgspec.structs.replace(draft, renew=[])
    saved = draft_from_overrides(article, overrides, 0)
    return len({pick for _, pick, _ in plain.targets ^ saved.targets}) + len(draft.renew)


def unsaved_picks(draft: Draft, saved: Draft) -> set[str]:
    """Return the picks whose pins and blocks are in a draft only."""
    plain = msgspec.structs.replace(draft, renew=[])
    return {pick for _, pick, _ in plain.targets - saved.targets}


def _parse_pin(text: str) -> tuple[int, str]:
    place, _, pick = text.partition(" ")
    if not place.isdecimal() or not 1 <= int(place) <= PLACES or not pick:
        raise BadRequest(
            translate(
                "pin: expected a position from 1 to %(most)s and an article id, got %(got)r",
                most=PLACES,
                got=text[:60],
            )
        )
    return int(place), pick
