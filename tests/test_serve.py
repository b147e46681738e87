"""Starting the service: what cannot be written is said in one line."""

import subprocess
import sys
from pathlib import Path


def test_a_home_that_is_no_folder_is_one_line(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "metrics").write_text("in the way", encoding="utf-8")
    command = ["-m", "recommender", "serve", "--home", str(home), "--port", "9999"]
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "PROMETHEUS_MULTIPROC_DIR" in line
