"""``recommender index`` and ``recommender articles`` in real processes."""

import json
from datetime import UTC, datetime
from pathlib import Path

from command_line import run, started
from recommender.catalogue.store import Catalogue
from recommender.cli.formatting import count
from recommender.ingest.push import PushImporter
from recommender.ingest.readers.jsonl import parse_article
from sample_site import NOW, records, write_jsonl


def test_a_dry_run_prints_articles_and_writes_nothing(tmp_path: Path, source: Path) -> None:
    home = tmp_path / "dry"
    with source.open("a", encoding="utf-8") as file:
        file.write("nonsense\n" * 30)
    done = run(home, "index", "--dry-run", str(source))
    assert done.returncode == 0
    assert "would read 24 articles, 30 skipped; nothing was written" in done.stdout
    assert "Talks report 0" in done.stdout
    assert done.stderr.count("; skipped") == 30
    assert not home.exists()
    assert run(home, "index", "--dry-run", "--strict", str(source)).returncode == 1


def test_watch_publishes_changes(tmp_path: Path, source: Path) -> None:
    home = tmp_path / "watched"
    with started(home, "index", "--watch", "1", str(source)) as running:
        assert running.stdout is not None
        lines = iter(running.stdout.readline, "")
        assert next(line for line in lines if line.startswith("published"))
        write_jsonl(source, [*records(), records()[0] | {"id": "more"}])
        counted = next(line for line in lines if line.startswith("read"))
        assert "25 articles: 1 new, 0 changed, 24 unchanged" in counted
        assert next(line for line in lines if line.startswith("published"))


def test_watch_publishes_once_the_records_of_a_refused_run_are_readable(
    tmp_path: Path, source: Path
) -> None:
    home = tmp_path / "watched"
    whole = [*records(), records()[0] | {"id": "more"}]
    with started(home, "index", "--watch", "1", str(source)) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        lines = iter(running.stdout.readline, "")
        assert next(line for line in lines if line.startswith("published"))
        write_jsonl(source, [row | {"title": ""} for row in whole[:5]] + whole[5:])
        errors = iter(running.stderr.readline, "")
        assert next(line for line in errors if "was not published" in line)
        write_jsonl(source, whole)
        assert ": 25 articles" in next(line for line in lines if line.startswith("published"))


def test_watch_without_a_source_publishes_pushed_articles(tmp_path: Path) -> None:
    home = tmp_path / "pushed"
    catalogue = Catalogue(f"sqlite:///{home / 'catalogue.sqlite3'}")
    pushing = PushImporter(catalogue.engine)
    with started(home, "index", "--watch", "1") as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert "expected at least one published article" in running.stderr.readline()
        for number, row in enumerate(records()[:3], 1):
            pushing.put(parse_article(json.dumps(row).encode(), UTC), "cms", datetime.now(UTC))
            lines = iter(running.stdout.readline, "")
            published = next(line for line in lines if line.startswith("published"))
            assert f": {count(number, 'article')}," in published
    catalogue.close()


def test_small_languages_and_wrong_ones_are_named(tmp_path: Path) -> None:
    rows = records()
    for number, language in enumerate(("sv", "sv", "iw", "Klingonese", "")):
        rows[number]["language"] = language
    source = str(write_jsonl(tmp_path / "source.jsonl", rows))
    lines = run(tmp_path / "home", "index", source).stdout.splitlines()
    assert [line for line in lines if line.startswith("language ")] == [
        "language sv: 2 articles, so fewer than 6 cards",
        "language he: 1 article, so fewer than 6 cards",
        "language 'Klingonese' of 1 article is no BCP 47 tag such as en; another was detected",
    ]
    shown = run(tmp_path / "home", "articles", "list").stdout
    assert "Klingonese" not in shown
    assert shown.count("  en  ") == len(rows) - 3


def test_conflicting_options_are_usage_errors(tmp_path: Path, source: Path) -> None:
    assert (
        run(tmp_path, "index", "--watch", "5", "--now", "2026-01-01", str(source)).returncode == 2
    )
    for option in ("--prune", "--dry-run"):
        assert run(tmp_path, "index", option).returncode == 2


def test_articles_are_listed_and_shown(tmp_path: Path, source: Path) -> None:
    home = tmp_path / "home"
    write_jsonl(source, [*records()[:-1], records()[-1] | {"body": "", "teaser": "A lead."}])
    done = run(home, "index", str(source))
    assert done.returncode == 0
    assert "empty body (1)" in done.stdout
    suspicious = run(home, "articles", "list", "--suspicious").stdout.splitlines()
    assert [records()[-1]["id"] in line for line in suspicious if "empty body" in line] == [True]
    listed = run(home, "articles").stdout.splitlines()
    assert len(listed) == 24
    rows = [json.loads(row) for row in run(home, "articles", "list", "--json").stdout.splitlines()]
    assert rows[0]["id"] in listed[0]
    shown = json.loads(run(home, "articles", "show", "talks/0", "--json").stdout)
    assert shown["shown"] is True
    assert shown["reasons"] == []
    assert shown["title"] in shown["embedded_text"]
    assert "Talks report 0" in run(home, "articles", "show", "talks/0").stdout
    run(home, "articles", "withdraw", "talks/0", "--reason", "wrong")
    early = ["articles", "show", "talks/0", "--json", "--now", "2020-01-01T00:00:00Z"]
    reasons = json.loads(run(home, *early).stdout)["reasons"]
    assert any("embargo" in reason for reason in reasons)
    late = json.loads(run(home, "articles", "show", "talks/0", "--json").stdout)["reasons"]
    assert any("wrong" in reason for reason in late)
    missing = run(home, "articles", "show", "nope")
    assert missing.returncode == 1
    assert "expected an ID of the catalogue" in missing.stderr


def test_articles_that_are_not_public_are_counted(tmp_path: Path) -> None:
    rows = records()[:6]
    rows[0]["status"], rows[1]["status"] = "draft", "withdrawn"
    rows[2]["expires"] = "2026-10-31T00:00:00Z"
    rows[3]["published"] = "2026-12-24T06:00:00Z"
    source = write_jsonl(tmp_path / "six.jsonl", rows)
    lines = run(tmp_path / "home", "index", str(source), "--now", NOW.isoformat()).stdout
    assert ": 3 articles, " in lines
    counted = "2 public + 1 under embargo + 1 draft + 1 withdrawn + 1 expired"
    assert f"\n6 in the catalogue = {counted}\n" in lines
    run(tmp_path / "home", "articles", "withdraw", str(rows[4]["id"]))
    write_jsonl(source, [rows[4] | {"id": "copy"}])
    lines = run(tmp_path / "home", "index", str(source), "--now", NOW.isoformat()).stdout
    hidden = "1 withdrawn by editors + 1 hidden as copies"
    assert f"\n7 in the catalogue = 1 public + 1 under embargo + {hidden} + " in lines
    assert " of 3 articles, including 2 withdrawn or hidden, are recommended somewhere" in lines
