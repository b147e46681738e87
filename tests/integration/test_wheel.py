"""The built wheel holds the three packages with their data, and nothing else."""

import os
import shutil
import zipfile
from pathlib import Path

from paths import ROOT
from wheel import built

FLOORS = ("models", "recommender", "service")


def test_the_wheel_is_reproducible(tmp_path: Path) -> None:
    """Two builds are equal: from another folder, at another time, with other modes of files."""
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in (*FLOORS, "pyproject.toml", "README.md", "LICENSE"):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, copy / name)
    for number, path in enumerate(sorted(copy.rglob("*"))):
        os.utime(path, (1e9 + number, 1e9 + number))
    before = os.umask(0)
    try:
        second = built(tmp_path / "two", copy)
    finally:
        os.umask(before)
    first = built(tmp_path / "one")
    assert first.read_bytes() == second.read_bytes()


def test_the_wheel_holds_the_three_packages(tmp_path: Path) -> None:
    wheel = built(tmp_path)
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        str(path.relative_to(ROOT))
        for floor in FLOORS
        for path in (ROOT / floor).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert expected <= names
    assert {name.partition("/")[0] for name in names - expected} == {
        "related_posts-0.3.0.dev0.dist-info"
    }
