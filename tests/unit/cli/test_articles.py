"""``recommender articles`` on a data directory without a database."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from recommender.cli.commands.articles import command


@pytest.mark.parametrize("arguments", [["list"], ["show", "mill"]])
def test_a_missing_database_is_not_created(tmp_path: Path, arguments: list[str]) -> None:
    result = CliRunner().invoke(command, [*arguments, "--home", str(tmp_path)])
    assert "expected a database, got no such file; `recommender index` creates it" in str(
        result.exception or result.output
    )
    assert list(tmp_path.iterdir()) == []
