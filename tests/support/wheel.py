"""Build the wheel of a checkout."""

import subprocess
import sys
from pathlib import Path

from paths import ROOT


def built(folder: Path, root: Path = ROOT) -> Path:
    """Build the wheel of a checkout into a folder."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel
