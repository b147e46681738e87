"""``recommender doctor`` names what is wrong with a broken installation, with the fix."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import psutil
import pytest

from command_line import run
from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.database import open_database
from recommender.overrides.read_once import save_fallback
from recommender.reports.health import Finding, Level, examine
from recommender.settings import load_settings
from recommender.snapshots.manifest import StepUsage, read_manifest, write_manifest
from sample_site import ENCODER, publish, records, write_jsonl

NOW = datetime.now(UTC)
SOON = NOW + timedelta(hours=1)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with two snapshots, a backup of the overrides and an account."""
    home = tmp_path_factory.mktemp("doctor") / "home"
    home.mkdir(mode=0o700)
    (home / "recommender.toml").write_text(f'embedding_model = "{ENCODER}"\n')
    settings = load_settings(home, {})
    for _ in range(2):
        publish(settings, write_jsonl(home.parent / "site.jsonl", records()), now=NOW)
    engine = open_database(settings.catalogue_url)
    Accounts(engine).add("ann", Role.ADMIN, "a long password", NOW.timestamp())
    engine.dispose()  # closed later, it would remove files that are being copied
    assert run(home, "override", "block", "talks/0", "talks/1", "--by", "ann").returncode == 0
    return home


@pytest.fixture
def home(whole: Path, tmp_path: Path) -> Path:
    copied = tmp_path / "home"
    shutil.copytree(whole, copied)
    # The backup names its database, which has another path now.
    assert not save_fallback(load_settings(copied, {}).catalogue_url, *backup_of(copied))
    return copied


def backup_of(home: Path) -> tuple[Path, float]:
    return home / "decisions.json", NOW.timestamp()


def problems(home: Path) -> list[Finding]:
    return [one for one in examine(SOON, home, {}) if one.level != Level.OK]


def current(home: Path) -> Path:
    return home / "snapshots" / (home / "current").read_text().strip()


def execute(home: Path, statement: str) -> None:
    connection = sqlite3.connect(home / "catalogue.sqlite3")
    connection.execute(statement)
    connection.commit()
    connection.close()


def older(home: Path) -> Path:
    return next(path for path in (home / "snapshots").iterdir() if path != current(home))


def cut_cards(home: Path) -> None:
    with (current(home) / "cards.bin").open("r+b") as file:
        file.seek(3)
        file.write(b"\x00\x00")


def damage_database(home: Path) -> None:
    (home / "catalogue.sqlite3").write_bytes(b"this is no database" * 400)


BROKEN: dict[str, tuple[Callable[[Path], object], str, Level, str]] = {
    "a misspelt setting": (
        lambda home: (home / "recommender.toml").write_text("keep_snapshot = 3\n"),
        *("settings", Level.ERROR, "did you mean 'keep_snapshots'?"),
    ),
    "a model that is not here": (
        lambda home: (home / "recommender.toml").write_text('embedding_model = "big-model"\n'),
        *("embedding model", Level.ERROR, "which is not on this machine"),
    ),
    "an open folder": (
        lambda home: home.chmod(0o755),
        *("data directory", Level.WARNING, "run chmod o-rwx"),
    ),
    "no database": (
        lambda home: (home / "catalogue.sqlite3").unlink(),
        *("database", Level.ERROR, "does not exist; restore it"),
    ),
    "a damaged database": (damage_database, "database", Level.ERROR, "not a database"),
    "an older database": (
        lambda home: execute(home, "UPDATE alembic_version SET version_num = '0003'"),
        *("database", Level.ERROR, "got 0003; run `recommender index`"),
    ),
    "a newer database": (
        lambda home: execute(home, "UPDATE alembic_version SET version_num = '9999'"),
        *("database", Level.ERROR, "got 9999; install the newer version"),
    ),
    "no account": (
        lambda home: execute(home, "DELETE FROM editors"),
        *("database", Level.WARNING, "run `recommender editors add NAME`"),
    ),
    "an override of the future": (
        lambda home: execute(home, "UPDATE decisions SET created = 4102444800"),
        *("database", Level.ERROR, "set the clock"),
    ),
    "a damaged snapshot": (cut_cards, "snapshot", Level.ERROR, "expected the SHA-256"),
    "a missing file of a snapshot": (
        lambda home: (current(home) / "relevance.npy").unlink(),
        *("snapshot", Level.ERROR, "No such file"),
    ),
    "no current snapshot": (
        lambda home: (home / "current").unlink(),
        *("snapshot", Level.ERROR, "recommender"),
    ),
    "a damaged older snapshot": (
        lambda home: (older(home) / "manifest.json").write_bytes(b"{"),
        *("other snapshots", Level.WARNING, "cannot be activated"),
    ),
    "a damaged backup of the overrides": (
        lambda home: (home / "decisions.json").write_bytes(b"{}"),
        *("overrides", Level.ERROR, "decisions.json"),
    ),
    "no backup of the overrides": (
        lambda home: (home / "decisions.json").unlink(),
        *("overrides", Level.WARNING, "run `recommender index`"),
    ),
    "a restored, older log": (
        lambda home: execute(home, "DELETE FROM decisions"),
        *("overrides", Level.ERROR, "recommender override recover"),
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_named_with_the_fix(home: Path, name: str) -> None:
    damage, check, level, text = BROKEN[name]
    damage(home)
    found = [one for one in problems(home) if one.check == check and one.level == level]
    assert any(text in one.text for one in found), problems(home)


def test_a_sound_installation_has_no_problem(home: Path) -> None:
    assert problems(home) == []
    checks = [one.check for one in examine(SOON, home, {})]
    assert checks == sorted(set(checks), key=checks.index)
    assert {"settings", "disk", "database", "snapshot", "overrides"} <= set(checks)


def test_old_and_future_snapshots_are_named(home: Path) -> None:
    late = [one for one in examine(NOW + timedelta(days=5), home, {}) if one.check == "snapshot"]
    assert "5 days old" in late[0].text
    early = [one for one in examine(NOW - timedelta(days=5), home, {}) if one.check == "snapshot"]
    assert "set the clock" in early[0].text


def test_articles_without_an_address_are_counted(home: Path) -> None:
    rows = [row | ({"url": ""} if row["id"] == "talks/1" else {}) for row in records()]
    publish(load_settings(home, {}), write_jsonl(home / "site.jsonl", rows), now=NOW)
    (found,) = problems(home)
    assert (found.check, found.level) == ("snapshot", Level.WARNING)
    assert "its articles without an address are 1 of 24; " in found.text


@pytest.mark.parametrize(
    ("share", "level", "text"),
    [(0.1, Level.OK, "index runs took up to"), (0.9, Level.WARNING, "set index_memory")],
)
def test_the_memory_that_index_runs_took_is_named(
    home: Path, share: float, level: Level, text: str
) -> None:
    assert "memory" not in {one.check for one in examine(SOON, home, {})}  # nothing was measured
    peak = share * psutil.virtual_memory().total / 2**20
    steps = [StepUsage(step="scoring candidates", peak_mb=peak)]
    manifest = msgspec.structs.replace(read_manifest(older(home)), steps=steps)
    write_manifest(older(home), manifest)
    found = [one for one in examine(SOON, home, {}) if one.check == "memory"]
    assert [one.level for one in found] == [level]
    assert text in found[0].text


def test_the_command_prints_lines_and_an_exit_status(home: Path, tmp_path: Path) -> None:
    sound = run(home, "doctor", "--now", SOON.isoformat())
    assert sound.returncode == 0, sound.stdout
    assert all(line.startswith("ok") for line in sound.stdout.splitlines())
    (home / "current").unlink()
    broken = run(home, "doctor", "--now", SOON.isoformat(), "--json")
    assert broken.returncode == 1
    assert "error" in {one["level"] for one in json.loads(broken.stdout)}
    missing = run(tmp_path / "nowhere", "doctor")
    assert missing.returncode == 1
    assert "does not exist; set --home" in missing.stdout
    assert missing.stderr == ""


def test_a_home_without_any_snapshot_is_described(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o700)
    found = {one.check: one.text for one in problems(tmp_path / "home")}
    assert "run `recommender index SOURCE`" in found["database"]
    assert "run `recommender index SOURCE`" in found["snapshot"]
