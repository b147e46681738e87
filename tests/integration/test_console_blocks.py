"""The console blocks of docs/commands.md, against what the commands print.

``PYTHONPATH=.:tests/support python tests/integration/test_console_blocks.py`` records them again,
also those that are too slow for a test or depend on the ranking.
"""

import json
import os
import re
import shlex
import tempfile
from collections.abc import Collection
from pathlib import Path

import pytest
from click.testing import CliRunner

from paths import ROOT
from recommender.cli import recommender
from recommender.home import DataDir
from recommender.snapshots.store import snapshot_ids

PAGE = ROOT / "docs" / "commands.md"
BLOCK = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
SNAPSHOT = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")
NUMBER = re.compile(r"\d+(?:\.\d+)?")

NOW = "2026-11-27T09:00:00Z"
SKIPPED = ("editors", "serve", "settings")
"""They ask for a password, run until interrupted, or need a file of settings."""
NOT_TESTED = ("about", "evaluate", "related", "snapshots")


def replayed(page: str, home: Path, skipped: Collection[str]) -> str:
    """The page with the present output of the commands in its console blocks."""

    def replay(block: re.Match[str]) -> str:
        name = block[0].split()[2]
        if name in skipped:
            return block[0]
        if name == "snapshots":
            call(home, "recommender index --now 2026-11-28T09:00:00Z")
        return "".join(_replayed(part, home) for part in re.split(r"(?m)^(?=\$ )", block[0])[1:])

    return BLOCK.sub(replay, page)


def _replayed(part: str, home: Path) -> str:
    """A command line and its output, up to the line "..." if it has one."""
    command, _, output = part.partition("\n")
    for old, new in zip(
        dict.fromkeys(SNAPSHOT.findall(command)), snapshot_ids(DataDir(home)), strict=False
    ):
        command = command.replace(old, new)
    lines = call(home, command[2:]).splitlines()
    if "..." in output.splitlines():
        lines = [*lines[: output.splitlines().index("...")], "..."]
    return "\n".join([command, *lines]) + "\n"


def call(home: Path, command: str) -> str:
    """What a command prints to standard output; one that takes a time gets ``NOW``."""
    arguments = shlex.split(command)[1:]
    timed = arguments[0] in {"index", "related"} or arguments[:2] == ["articles", "show"]
    if timed and "--now" not in arguments:
        arguments += ["--now", NOW]
    done = CliRunner().invoke(recommender, arguments, env={"RECOMMENDER_HOME": str(home)})
    assert done.exit_code == 0, (command, done.output)
    return done.stdout


def masked(text: str) -> str:
    """Without what differs by run, processor and ranking: IDs, numbers, weights, sections."""
    text = re.sub(r"(Ranking weights: ).*", r"\1...", SNAPSHOT.sub("ID", text))
    text = re.sub(r"(fallback rate \S+) \([^)]*\)", r"\1", text)
    return NUMBER.sub("0", text)


def test_commands_print_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    page = PAGE.read_text(encoding="utf-8")
    found = replayed(page, tmp_path / "home", (*SKIPPED, *NOT_TESTED))
    assert masked(found) == masked(page)


def _links() -> str:
    lines = (ROOT / "examples/newsroom/articles.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return "".join(f"{row['id']}\t{link}\n" for row in rows for link in row.get("links") or ())


if __name__ == "__main__":
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        (ROOT / "links.tsv").write_text("from\tto\n" + _links(), encoding="utf-8")
        try:
            text = replayed(PAGE.read_text(encoding="utf-8"), Path(folder), SKIPPED)
        finally:
            (ROOT / "links.tsv").unlink()
    PAGE.write_text(text, encoding="utf-8")
