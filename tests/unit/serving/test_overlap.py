"""What two articles share: one of the forms of a word."""

from pathlib import Path

from recommender.serving.overlap import Overlap
from sample_snapshot import site


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
    words = Overlap(snapshot, row).terms(other)
    assert [word for word in words if "새울섬" in word] == ["새울섬"]
