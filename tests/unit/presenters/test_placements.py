"""The editor that the desk names for a hidden article, also after an article got another ID."""

from pathlib import Path

import pytest

from placements import placements_of
from recommender.overrides.override import Kind, Override
from recommender.overrides.resolve import ResolvedOverrides, RowLookup
from recommender.snapshots.snapshot import Snapshot
from sample_snapshot import NOW_SECONDS, site


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The site after two articles got their present IDs."""
    folder: Path = tmp_path_factory.mktemp("moved")
    old = ({"id": f"talks/{number}", "formerly": [f"before/{number}"]} for number in (0, 1))
    return site(folder, *old)


def placed(snapshot: Snapshot, candidate: str, *overrides: Override) -> str:
    """Where a candidate is under ``talks/0``."""
    resolved = ResolvedOverrides(RowLookup(snapshot), overrides, 9, lambda *_: [])
    row = snapshot.row("talks/0") or 0
    active = resolved.at(NOW_SECONDS)
    placements = placements_of(snapshot, row, NOW_SECONDS, active, overrides)
    return str(placements.of_id(candidate).text)


def block(number: int, author: str, pick: str, under: str = "") -> Override:
    return Override(kind=Kind.BLOCK, id=number, author=author, pick=pick, article=under)


def test_blocks_under_the_present_and_a_former_id_have_editors(moved: Snapshot) -> None:
    overrides = (
        block(1, "ann", "before/1", "before/0"),
        block(2, "bob", "talks/2", "talks/0"),
        block(3, "eve", "talks/3", "talks/4"),
    )
    assert placed(moved, "talks/1", *overrides) == "blocked here by ann"
    assert placed(moved, "talks/2", *overrides) == "blocked here by bob"
    assert "blocked" not in placed(moved, "talks/3", *overrides)


@pytest.mark.parametrize("under", ["", "talks/0", "before/0"])
def test_the_newest_entry_is_named_by_whichever_id(moved: Snapshot, under: str) -> None:
    older, newer = block(1, "ann", "talks/1", under), block(2, "bob", "before/1", under)
    text = "blocked here by bob" if under else "never recommended: rule by bob"
    assert placed(moved, "talks/1", older, newer) == text


def test_a_withdrawal_by_a_former_id_has_an_editor(moved: Snapshot) -> None:
    gone = Override(kind=Kind.WITHDRAW, id=3, author="eve", article="before/1")
    assert placed(moved, "talks/1", block(1, "ann", "talks/1"), gone) == "withdrawn by eve"
