"""Fixtures of the tests of incremental runs: data directories after a full run."""

import shutil
from pathlib import Path

import pytest

from incremental_site import site_settings
from sample_site import publish, records, write_jsonl


@pytest.fixture(scope="session")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory after a full run over the sample site."""
    folder = tmp_path_factory.mktemp("fitted")
    publish(site_settings(folder / "home"), write_jsonl(folder / "site.jsonl", records()))
    return folder / "home"


@pytest.fixture
def home(fitted: Path, tmp_path: Path) -> Path:
    """A copy of the data directory, whose archive may change."""
    shutil.copytree(fitted, tmp_path / "home")
    return tmp_path / "home"
