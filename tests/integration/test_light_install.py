"""The list for machines that only serve: small, complete, and the same versions as ours."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from paths import ROOT
from real_server import serving
from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.database import open_database
from recommender.settings import Settings
from sample_site import NOW, PUSHED
from wheel import built

LIST = ROOT / "deploy" / "requirements-serve.txt"
MAX_MEGABYTES = 250
HEAVY = {"torch", "scikit-learn", "scipy", "sentence-transformers", "transformers", "trafilatura"}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the list and the wheel, and nothing else."""
    folder = tmp_path_factory.mktemp("light")
    python = folder / "env" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", str(folder / "env")], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", str(LIST)], check=True)
    subprocess.run([*pip, "--no-deps", str(built(folder))], check=True)
    return folder / "env"


def versions(text: str) -> dict[str, str]:
    found = re.findall(r"^([a-z0-9_.-]+)==(\S+)", text.lower(), re.MULTILINE)
    return {name.replace("_", "-"): version for name, version in found}


def test_the_list_has_our_versions_and_nothing_heavy() -> None:
    ours = versions((ROOT / "constraints.txt").read_text(encoding="utf-8"))
    listed = versions(LIST.read_text(encoding="utf-8"))
    assert {name: ours.get(name, "none") for name in listed} == listed
    assert HEAVY.isdisjoint(listed)


def test_it_is_small(environment: Path) -> None:
    size = sum(path.stat().st_size for path in environment.rglob("*") if path.is_file()) / 1e6
    print(f"{size:.0f} MB")  # noqa: T201 - the README has this figure
    assert size < MAX_MEGABYTES


def test_it_serves_a_snapshot_pushes_and_the_desk(
    environment: Path, settings: Settings, snapshot_id: str, tmp_path: Path
) -> None:
    accounts = Accounts(open_database(settings.catalogue_url))
    accounts.add("ann", Role.EDITOR, "a long password", NOW.timestamp())
    token = accounts.new_key("ann", "articles", "CMS", NOW.timestamp())
    with serving(
        settings.home, python=str(environment / "bin" / "python"), PYTHONPATH=str(tmp_path)
    ) as server:
        ready = json.loads(server.ask("/readyz").body)
        assert ready["snapshot"] == snapshot_id
        explained = server.ask("/v1/articles/talks/0/related?explain=1")
        assert len(json.loads(explained.body)["cards"]) == 6
        pushed = server.ask(
            f"/v1/articles/{PUSHED['id']}",
            "PUT",
            json.dumps(PUSHED),
            Authorization=f"Bearer {token}",
            Content_Type="application/json",
        )
        assert pushed.status == 202, pushed.body
        assert server.ask("/docs").status == 200
        assert server.ask("/desk/").status in (200, 302)


def test_its_commands_run(environment: Path, settings: Settings, snapshot_id: str) -> None:
    for command in (["snapshots"], ["related", "talks/0"], ["settings"], ["doctor"]):
        done = subprocess.run(
            [environment / "bin" / "recommender", *command],
            env={"RECOMMENDER_HOME": str(settings.home), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert snapshot_id
