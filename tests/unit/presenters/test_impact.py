"""What a preview marks in a list that a rule changes."""

import pytest

from recommender.snapshots.snapshot import Snapshot
from sample_snapshot import site
from service.desk.presenters.impact import compared_cards


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return site(tmp_path_factory.mktemp("impact"))


@pytest.mark.parametrize(
    ("after", "gone", "new", "was"),
    [
        ([1, 2, 3, 4], [0], [4], [2, 3, 4, 0]),
        ([1, 0, 2, 3], [], [], [2, 1, 0, 0]),
        ([4, 3, 2, 1], [0], [4], [0, 4, 0, 2]),
        ([2, 1, 3, 4], [0], [4], [3, 0, 4, 0]),
        ([], [0, 1, 2, 3], [], []),
    ],
    ids=["one goes", "two change places", "both", "one stays in its place", "switched off"],
)
def test_cards_that_go_come_and_move_are_marked(
    snapshot: Snapshot, after: list[int], gone: list[int], new: list[int], was: list[int]
) -> None:
    before = [0, 1, 2, 3]
    old, now = compared_cards(snapshot, before, after)
    assert [row for row, card in zip(before, old, strict=True) if card.differs] == gone
    assert [row for row, card in zip(after, now, strict=True) if card.differs] == new
    assert [card.was for card in now] == was
