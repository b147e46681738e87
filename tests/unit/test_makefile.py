"""The targets of the Makefile that delete."""

import shutil
import subprocess
from pathlib import Path

from paths import ROOT


def test_clean_keeps_the_default_data_directory(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    kept = tmp_path / "var" / "catalogue.sqlite3"
    removed = tmp_path / "var" / "newsroom" / "catalogue.sqlite3"
    removed.parent.mkdir(parents=True)
    kept.touch()
    removed.touch()
    environment = {"PATH": "/usr/bin:/bin"}
    subprocess.run(["make", "clean"], cwd=tmp_path, env=environment, check=True)
    assert kept.exists()
    assert not removed.parent.exists()
