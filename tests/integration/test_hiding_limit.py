"""An import that hides much of the archive hides nothing, unless it is forced to."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from command_line import one_line, run, started
from recommender.catalogue.store import Catalogue
from recommender.errors import PublishRefusedError, SourceError
from recommender.ingest.importer import Importer, ImportOptions
from recommender.settings import Settings
from sample_site import NOW, publish, records, write_jsonl
from service import create_app

DRAFT = {"status": "draft"}
EXPIRED = {"expires": "2026-11-01T00:00:00Z"}
EMBARGO = {"published": "2036-01-01T00:00:00Z"}


def hiding(count: int, change: dict[str, str]) -> list[dict[str, Any]]:
    rows = records()
    return [row | change for row in rows[:count]] + rows[count:]


def visible(settings: Settings) -> set[str]:
    """IDs of the articles that a service shows."""
    client = create_app(settings).test_client()
    ids = [row["id"] for row in records()]
    return {i for i in ids if client.get(f"/v1/articles/{i}/related").status_code == 200}


@pytest.fixture
def catalogue(settings: Settings) -> Iterator[Catalogue]:
    with closing(Catalogue(settings.catalogue_url)) as opened:
        yield opened


def read(settings: Settings, catalogue: Catalogue, *sources: Path, **options: bool) -> None:
    importer = Importer(settings, NOW, lambda _: None, lambda *_: None)
    importer.read([str(one) for one in sources], catalogue, ImportOptions(**options))


def statuses(catalogue: Catalogue) -> list[str]:
    return [str(article.status) for article in sorted(catalogue.all(), key=lambda a: a.id)]


@pytest.mark.parametrize("change", [DRAFT, {"status": "withdrawn"}, EXPIRED, EMBARGO])
def test_a_wrong_export_hides_nothing(
    settings: Settings, snapshot_id: str, source: Path, change: dict[str, str]
) -> None:
    write_jsonl(source, hiding(22, change))
    for _ in range(2):
        told = one_line(run(settings.home, "index", str(source)))
        assert (
            "site.jsonl: hid nothing: with it 22 of 24 articles would be drafts, withdrawn" in told
        )
        assert "92%, limit 20% (publish.max_shrinkage)" in told
        assert told.endswith("run again with --force")
        assert len(visible(settings)) == 24


def test_force_hides_them(settings: Settings, snapshot_id: str, source: Path) -> None:
    write_jsonl(source, hiding(22, DRAFT))
    assert run(settings.home, "index", str(source)).returncode == 1
    assert run(settings.home, "index", str(source), "--force").returncode == 0
    assert visible(settings) == {row["id"] for row in records()[22:]}


def test_a_few_withdrawals_take_effect_before_a_run_is_refused(
    settings: Settings, snapshot_id: str, source: Path
) -> None:
    broken = [{"id": f"broken/{n}", "title": ""} for n in range(9)]
    write_jsonl(source, hiding(4, {"status": "withdrawn"}) + broken)
    assert "could not be read" in one_line(run(settings.home, "index", str(source)))
    assert visible(settings) == {row["id"] for row in records()[4:]}


def test_a_small_archive_has_no_limit(
    settings: Settings, catalogue: Catalogue, source: Path
) -> None:
    read(settings, catalogue, write_jsonl(source, records()[:3]))
    read(settings, catalogue, write_jsonl(source, hiding(1, DRAFT)[:3]))
    assert statuses(catalogue).count("draft") == 1


def test_the_sources_of_a_run_share_the_limit(
    settings: Settings, catalogue: Catalogue, source: Path, tmp_path: Path
) -> None:
    read(settings, catalogue, source)
    first = write_jsonl(tmp_path / "first.jsonl", hiding(3, DRAFT)[:3])
    second = write_jsonl(tmp_path / "second.jsonl", [row | DRAFT for row in records()[3:6]])
    third = write_jsonl(tmp_path / "third.jsonl", [records()[7] | DRAFT])
    with pytest.raises(PublishRefusedError, match=r"second.jsonl: hid nothing: with it 6 of 24"):
        read(settings, catalogue, first, second, third)
    hidden = {records()[n]["id"] for n in (0, 1, 2, 7)}
    assert catalogue.hidden_ids() == hidden


def test_new_texts_of_a_refused_source_are_stored(
    settings: Settings, catalogue: Catalogue, source: Path
) -> None:
    read(settings, catalogue, source)
    rows = hiding(10, DRAFT)
    rows[0]["title"], rows[23]["title"] = "Notice", "Corrected"
    with pytest.raises(PublishRefusedError):
        read(settings, catalogue, write_jsonl(source, rows))
    titles = {article.title for article in catalogue.all()}
    assert "Corrected" in titles
    assert "Notice" not in titles  # it would be published, as long as the draft is refused


@pytest.mark.parametrize("change", [DRAFT, {"status": "withdrawn"}])
@pytest.mark.parametrize("by_scheme", [True, False])
def test_articles_that_move_to_records_that_hide_them_count(
    settings: Settings, catalogue: Catalogue, source: Path, change: dict[str, str], by_scheme: bool
) -> None:
    before = [row | {"id": f"http://site.example/{row['id']}"} for row in records()]
    read(settings, catalogue, write_jsonl(source, before))
    ids = [row["id"].replace("http:", "https:") for row in before]
    rows = [row | change | {"id": now} for row, now in zip(before, ids, strict=True)]
    if not by_scheme:
        rows = [new | {"formerly": [row["id"]]} for new, row in zip(rows, before, strict=True)]
    write_jsonl(source, rows)
    with pytest.raises(PublishRefusedError, match="hid nothing: with it 24 of 24 articles"):
        read(settings, catalogue, source)
    assert len(catalogue.all()) == 24
    read(settings, catalogue, source, force=True)
    assert len(catalogue.all()) == 48
    rows[0]["title"] = "Corrected"
    read(settings, catalogue, write_jsonl(source, rows))  # what was hidden before does not count


def test_copies_that_a_withdrawal_hides_count(
    settings: Settings, catalogue: Catalogue, source: Path
) -> None:
    body = " ".join(f"word{n}" for n in range(60))
    own = [{"id": f"copy/{n}", "url": f"https://site.example/copy/{n}"} for n in range(8)]
    copies = [records()[n] | one | {"body": f"{body} {n}."} for n, one in enumerate(own)]
    publish(settings, write_jsonl(source, [*records(), *copies]))
    write_jsonl(source, [*records(), copies[0] | {"status": "withdrawn"}, *copies[1:]])
    with pytest.raises(PublishRefusedError, match="hid nothing: with it 8 of 32 articles"):
        read(settings, catalogue, source)
    assert catalogue.hidden_ids() == set()
    write_jsonl(source, [*records(), copies[0] | DRAFT, *copies[1:]])  # hides no copies
    read(settings, catalogue, source)
    assert catalogue.hidden_ids() == {"copy/0"}


@pytest.mark.parametrize(("count", "hidden"), [(4, 4), (12, 0)])
def test_an_interrupted_import_hides_what_it_read_within_the_limit(
    settings: Settings, catalogue: Catalogue, source: Path, count: int, hidden: int
) -> None:
    read(settings, catalogue, source)
    new = [records()[0] | {"id": f"new/{n}"} for n in range(600)]
    write_jsonl(source, hiding(count, DRAFT) + new)

    def interrupt(_step: str, done: int, _total: int | None) -> None:
        if done == 600:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Importer(settings, NOW, lambda _: None, interrupt).read([str(source)], catalogue)
    assert catalogue.get("new/0") is not None
    assert len(catalogue.hidden_ids()) == hidden


@pytest.mark.parametrize(("count", "hidden"), [(4, 4), (12, 0)])
def test_a_strict_import_keeps_what_it_read(
    settings: Settings, catalogue: Catalogue, source: Path, count: int, hidden: int
) -> None:
    read(settings, catalogue, source)
    new = [records()[0] | {"id": f"new/{n}"} for n in range(600)]  # more than a batch
    write_jsonl(source, [*hiding(count, DRAFT), *new, {"id": "broken", "title": ""}])
    with pytest.raises(SourceError, match="first rejected record"):
        read(settings, catalogue, source, strict=True)
    assert len(catalogue.hidden_ids()) == hidden


def test_drafts_without_a_date_count(
    settings: Settings, catalogue: Catalogue, tmp_path: Path
) -> None:
    posts = tmp_path / "posts"
    posts.mkdir()
    names = [posts / f"{n}.md" for n in range(8)]
    for n, path in enumerate(names):
        path.write_text(f"---\ntitle: Post {n}\ndate: 2026-10-0{n + 1}\n---\nText.\n")
    read(settings, catalogue, posts)
    for n, path in enumerate(names[:6]):
        path.write_text(f"---\ntitle: Post {n}\ndraft: true\n---\nText.\n")
    with pytest.raises(PublishRefusedError, match="hid nothing: with it 6 of 8"):
        read(settings, catalogue, posts)
    assert catalogue.hidden_ids() == set()
    read(settings, catalogue, posts, force=True)
    assert len(catalogue.hidden_ids()) == 6


def test_watch_goes_on_after_a_wrong_export(
    settings: Settings, snapshot_id: str, source: Path
) -> None:
    write_jsonl(source, hiding(22, DRAFT))
    with started(settings.home, "index", str(source), "--watch", "1") as process:
        assert process.stderr is not None
        told = next(line for line in process.stderr if "hid nothing" in line)
        assert told.endswith("trying again every 1 s\n")
        write_jsonl(source, hiding(4, DRAFT))
        assert process.stdout is not None
        assert any("20 articles" in line for line in process.stdout)
    listed = run(settings.home, "articles", "list", "--json").stdout.splitlines()
    assert [json.loads(line)["status"] for line in listed].count("draft") == 4
