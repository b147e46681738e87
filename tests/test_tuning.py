"""Tuning: what was planted is proposed, chance is not, and nothing is written unasked."""

import json
from pathlib import Path

import numpy as np
import pytest
from conftest import ENCODER, records, write_jsonl

from recommender.cli import main
from recommender.errors import SettingsError
from recommender.settings import Freshness, Ranking, load_settings
from recommender.settings_file import write_freshness
from recommender.tuning import Scored, propose

DAY = 86_400


def scored(count: int, *, newest_is_linked: bool) -> list[Scored]:
    """Pools of forty, a day apart; authors link the newest, or whom the affinity names."""
    made = []
    for number in range(count):
        random = np.random.default_rng(number)
        affinity = random.normal(size=40)
        published = (1_000 * DAY - random.permutation(40) * DAY).astype(np.int64)
        truth = int(published.argmax()) if newest_is_linked else int(affinity.argmax())
        rows = np.arange(40, dtype=np.int32)
        made.append(Scored("", 1_000 * DAY, frozenset({truth}), rows, affinity, published))
    return made


def test_a_site_that_links_to_the_newest_is_given_more_freshness() -> None:
    found = propose("", scored(200, newest_is_linked=True), Ranking())
    assert found.wins
    assert found.proposed.gain > Ranking().freshness.gain
    assert found.after > found.before
    assert found.questions == 200


def test_a_site_that_does_not_is_given_none() -> None:
    ranking = Ranking(freshness=Freshness(gain=2.0, half_life=30.0))
    found = propose("", scored(200, newest_is_linked=False), ranking)
    assert found.wins
    assert found.proposed.gain == 0


def test_what_the_older_half_alone_shows_does_not_win() -> None:
    turned = scored(100, newest_is_linked=True) + scored(100, newest_is_linked=False)
    found = propose("", turned, Ranking())
    assert found.proposed != found.current
    assert found.after < found.before
    assert not found.wins


def test_writing_keeps_comments_and_all_else(tmp_path: Path) -> None:
    file = tmp_path / "recommender.toml"
    file.write_text('# ours\ntime_zone = "Europe/Warsaw"  # Poland\n\n[ranking]\ndiversity = 1.0\n')
    write_freshness(tmp_path, {"": Freshness(1.0, 3.0), "News & talks": Freshness(3.0, 1.0)})
    settings = load_settings(tmp_path, {})
    assert settings.ranking.freshness == Freshness(1.0, 3.0)
    assert settings.ranking.sections == {"News & talks": Freshness(3.0, 1.0)}
    assert settings.ranking.diversity == 1.0
    assert "# ours" in file.read_text()
    assert "# Poland" in file.read_text()
    write_freshness(tmp_path, {"": Freshness(0.0, 3.0)})
    assert load_settings(tmp_path, {}).ranking.freshness.gain == 0
    assert load_settings(tmp_path, {}).ranking.sections["News & talks"].gain == 3.0


def test_a_broken_file_is_named_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "recommender.toml"
    file.write_text("[ranking\n")
    with pytest.raises(SettingsError, match=r"recommender\.toml"):
        write_freshness(tmp_path, {"": Freshness()})
    assert file.read_text() == "[ranking\n"


def test_the_command_proposes_and_writes_nothing_unasked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECOMMENDER_ENCODER", ENCODER)
    source = write_jsonl(tmp_path / "site.jsonl", records())
    links = tmp_path / "links.tsv"
    pairs = [(f"{topic}/{n}", f"{topic}/{n + 1}") for topic in ("talks", "reactor") for n in (0, 3)]
    links.write_text("from\tto\n" + "".join(f"{one}\t{other}\n" for one, other in pairs))
    home = tmp_path / "home"
    arguments = ["tune", str(source), "--links", str(links), "--home", str(home)]
    main([*arguments, "--json"])
    (proposal,) = json.loads(capsys.readouterr().out)
    assert proposal["questions"] == 4
    assert proposal["section"] == ""
    assert not proposal["wins"]
    main([*arguments, "--write"])
    told = capsys.readouterr()
    assert "all sections (4 articles that link)" in told.out
    assert "nothing wins" in told.err
    assert not (home / "recommender.toml").exists()
