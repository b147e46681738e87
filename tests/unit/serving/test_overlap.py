"""What two articles share: which terms are called names."""

from pathlib import Path

import pytest

from recommender.serving.overlap import Overlap
from sample_snapshot import site

BODIES = (
    "Im Gericht sprach Dagmar Schulz über den Deich.",
    "Am Deich wartete Dagmar Schulz, als das Gericht tagte.",
)


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_capitalised_noun_of_german_is_no_name(tmp_path: Path, language: str) -> None:
    texts = [
        {"id": f"talks/{number}", "language": language, "title": "Am Morgen", "body": body}
        for number, body in zip((0, 5), BODIES, strict=True)
    ]
    snapshot = site(tmp_path, *texts)
    row, other = snapshot.row("talks/0"), snapshot.row("talks/5")
    assert row is not None
    assert other is not None
    names, words = Overlap(snapshot, row).terms(other)
    assert "Dagmar Schulz" in names
    assert ("Deich" in words) == (language == "de")
    assert ("Deich" in names) == (language == "en")


def test_of_a_word_and_its_longer_form_one_is_shown(tmp_path: Path) -> None:
    body = "새울섬 부두에 배가 왔다. 새울섬이 부두를 넓혔다."
    texts = [
        {"id": f"talks/{number}", "language": "ko", "title": "소식", "body": body}
        for number in (0, 5)
    ]
    snapshot = site(tmp_path, *texts)
    row, other = snapshot.row("talks/0"), snapshot.row("talks/5")
    assert row is not None
    assert other is not None
    _, words = Overlap(snapshot, row).terms(other)
    assert [word for word in words if "새울섬" in word] == ["새울섬"]
