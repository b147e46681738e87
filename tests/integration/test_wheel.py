"""The built wheel holds the three packages with their data, and nothing else."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from paths import ROOT

FLOORS = ("models", "recommender", "service")


def built(folder: Path, root: Path = ROOT) -> Path:
    """Build the wheel of a checkout into a folder."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


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
        "related_posts-0.2.0.dist-info"
    }
