"""The buttons of a draft."""

import pytest

from recommender.overrides.edits.draft import Draft, block, pin, toggle_renewal, unblock, unpin
from recommender.overrides.validation import PLACES


def draft(*picks: str, **more: list[str]) -> Draft:
    return Draft(article="x", pins=dict(enumerate(picks, 1)), **more)


@pytest.mark.parametrize(
    ("place", "came_from", "expected"),
    [
        (4, None, {1: "a", 2: "b", 3: "c", 4: "new"}),
        # The card there moves down, and so do those below.
        (1, None, {1: "new", 2: "a", 3: "b", 4: "c"}),
        (2, None, {1: "a", 2: "new", 3: "b", 4: "c"}),
        # Or goes where the pick came from.
        (1, 5, {1: "new", 2: "b", 3: "c", 5: "a"}),
        (1, 3, {1: "new", 2: "a", 3: "b", 4: "c"}),
        (0, None, {1: "new", 2: "a", 3: "b", 4: "c"}),
        (99, None, {1: "a", 2: "b", 3: "c", PLACES: "new"}),
    ],
)
def test_pinned(place: int, came_from: int | None, expected: dict[int, str]) -> None:
    assert pin(draft("a", "b", "c"), "new", place, came_from).pins == expected


def test_a_pin_is_moved_and_not_doubled() -> None:
    assert pin(draft("a", "b", "c"), "c", 1, 3).pins == {1: "c", 2: "b", 3: "a"}
    assert pin(draft("a"), "a", 1).pins == {1: "a"}


def test_nothing_is_pinned_below_the_last_position() -> None:
    full = draft(*(f"p{n}" for n in range(PLACES)))
    pins = pin(full, "new", 1).pins
    assert len(pins) == PLACES
    assert "p19" not in pins.values()


def test_blocked_and_pinned_exclude_each_other() -> None:
    one = block(draft("a", "b"), "a")
    assert (one.pins, one.blocks) == ({2: "b"}, ["a"])
    assert block(one, "a").blocks == ["a"]
    back = pin(one, "a", 1)
    assert (back.pins, back.blocks) == ({1: "a", 2: "b"}, [])
    assert unblock(one, "a").blocks == []
    assert unpin(one, "b").pins == {}


def test_renewal_is_switched_on_and_off() -> None:
    one = toggle_renewal(draft("a"), 4)
    assert one.renew == [4]
    assert toggle_renewal(one, 4).renew == []
