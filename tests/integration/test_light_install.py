"""The list for machines that only serve: small, complete, and the same versions as ours."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from paths import ROOT
from real_server import serving
from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.database import open_database
from recommender.settings import Settings
from recommender.settings.load import BUCKET_PACKAGE, OIDC_PACKAGES
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


def test_a_command_that_needs_more_is_one_error_line(
    environment: Path, settings: Settings, snapshot_id: str, tmp_path: Path
) -> None:
    source, links = tmp_path / "articles.csv", tmp_path / "links.tsv"
    source.write_text("id,title,url,body\na,A title,https://a.example/a,A text\n")
    links.write_text("from\tto\n")
    for name, *options in (
        ["index", str(source)],
        ["index", "--dry-run", str(source)],
        ["evaluate", str(source), "--links", str(links)],
        ["articles", "show", "talks/0"],
    ):
        done = subprocess.run(
            [environment / "bin" / "recommender", name, *options],
            env={"RECOMMENDER_HOME": str(settings.home), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert done.stderr == (
            "recommender: this machine has only the packages to serve; run "
            f"`recommender {name}` on the machine that indexes, or pip install related-posts\n"
        )
    assert snapshot_id


def test_advice_names_the_versions_of_the_extras() -> None:
    """``related-posts[oidc]`` would install torch as well."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    advised = [f"{name}{version}" for name, version in OIDC_PACKAGES.items()]
    assert project["optional-dependencies"]["oidc"] == advised
    named = " ".join(f"'{one}'" for one in advised)
    assert f"pip install {named}" in (ROOT / "docs" / "desk.md").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert f"pip install {BUCKET_PACKAGE}" in page
