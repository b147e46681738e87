"""The tutorial, followed literally: its commands in one shell, in an empty folder."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from paths import ROOT
from real_server import free_port

PAGE = ROOT / "docs" / "tutorial.md"
PASSWORD = "a long password"


def script(text: str, ports: dict[str, str]) -> str:
    """Join the shell blocks; each is announced by a line, and the ports are free ones."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    joined = "".join(f"echo '== block {n}'\n{block}" for n, block in enumerate(blocks, start=1))
    for port, free in ports.items():
        joined = joined.replace(port, free)
    # There is no terminal here that could ask for the password.
    asked = "editors add anna --role admin"
    assert asked in joined
    return joined.replace(asked, f"{asked} --password-stdin <<< '{PASSWORD}'")


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    """What each block prints."""
    folder: Path = tmp_path_factory.mktemp("tutorial")
    ports = {"8000": str(free_port()), "8080": str(free_port())}
    text = PAGE.read_text(encoding="utf-8")
    bin_folder = Path(os.environ.get("VIRTUAL_ENV", ROOT / ".venv")) / "bin"
    done = subprocess.run(
        ["bash", "-eu", "-c", script(text, ports)],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        env={"PATH": f"{bin_folder}:/usr/bin:/bin", "HOME": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    parts = re.split(r"^== block (\d+)\n", done.stdout, flags=re.MULTILINE)
    assert done.returncode == 0, done.stdout
    return {int(number): part for number, part in zip(parts[1::2], parts[2::2], strict=True)}


def test_the_export_is_read_whole(output: dict[int, str]) -> None:
    assert "read 10 articles: 10 new, 0 changed, 0 unchanged, 0 skipped" in output[2]
    assert "published snapshot" in output[2]
    choice = "Relevance threshold: 0.5 (0 linking articles and pins; a choice needs 60)"
    assert choice in output[2]
    assert choice in (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")


def test_the_talks_come_first(output: dict[int, str]) -> None:
    first = [line for line in output[3].splitlines() if re.match(r"\d\. ", line)]
    assert len(first) == 3
    assert all("Vilnius" in line or "ceasefire" in line for line in first)
    assert "   - " in output[3]


def test_the_service_answers(output: dict[int, str]) -> None:
    assert '"article":"talks-3"' in output[4]
    assert output[4].count('"origin":"related"') == 2


def test_a_pushed_article_is_indexed(output: dict[int, str]) -> None:
    assert '"change":"new"' in output[6]
    assert "11 articles" in output[6]


def test_overrides_are_active_in_two_seconds(output: dict[int, str]) -> None:
    assert '"cards":[{"id":"reactor-2"' in output[7]
    assert '"origin":"editor"' in output[7]
    assert "talks-1" not in output[7].rpartition('"article"')[2]


def test_the_installation_is_sound(output: dict[int, str]) -> None:
    assert "ok       snapshot" in output[8]
    assert "error" not in output[8]
    assert 'ranking.minimum_relevance = "auto"' in output[8]
