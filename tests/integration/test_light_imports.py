"""Serving and the help of commands import no heavy libraries."""

import subprocess
import sys
from pathlib import Path

import pytest

from heavy_imports import HEAVY


@pytest.mark.parametrize(
    "code",
    [
        "import service; service.create_app()",
        "from recommender.cli import main; main(['--help'])",
        "from recommender.cli import main; main(['serve', '--help'])",
    ],
)
def test_serving_and_help_import_nothing_heavy(code: str, tmp_path: Path) -> None:
    wrapped = (
        f"import sys\ntry:\n    {code}\nexcept SystemExit:\n    pass\n"
        f"print('HEAVY', sorted({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", wrapped],
        env={"RECOMMENDER_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.endswith("HEAVY []\n"), done.stdout + done.stderr
