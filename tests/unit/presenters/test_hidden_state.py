"""What the desk says of an article that readers do not see, or do not find under other articles."""

from datetime import timedelta
from pathlib import Path

import pytest

from recommender.overrides.override import Kind, Override
from recommender.overrides.resolve import ResolvedOverrides, RowLookup
from sample_site import NOW
from sample_snapshot import NOW_SECONDS, site
from service.desk.presenters.article.card_list import NEVER_RECOMMENDED, hidden_state

BEFORE, LATER = ((NOW + timedelta(hours=hours)).isoformat() for hours in (-1, 1))


def override(kind: Kind) -> Override:
    pick = "talks/1" if kind is Kind.BLOCK else ""
    return Override(kind=kind, id=1, author="ann", pick=pick, article="" if pick else "talks/1")


@pytest.mark.parametrize(
    ("published", "kind", "expected"),
    [
        (BEFORE, None, ""),
        (BEFORE, Kind.BLOCK, NEVER_RECOMMENDED),
        (BEFORE, Kind.WITHDRAW, "withdrawn"),
        (LATER, None, "under embargo"),
        (LATER, Kind.BLOCK, "under embargo"),
    ],
)
def test_what_hides_an_article_comes_before_what_blocks_it(
    tmp_path: Path, published: str, kind: Kind | None, expected: str
) -> None:
    snapshot = site(tmp_path, {"id": "talks/1", "published": published})
    overrides = [override(kind)] if kind else []
    resolved = ResolvedOverrides(RowLookup(snapshot), overrides, 9, lambda *_: [])
    row = snapshot.row("talks/1")
    assert row is not None
    assert hidden_state(snapshot, row, resolved.at(NOW_SECONDS), NOW_SECONDS) == expected
