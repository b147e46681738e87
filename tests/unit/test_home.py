"""Files of the data directory: who can read them."""

import os
import stat
from pathlib import Path

from recommender.catalogue.database import open_database
from recommender.home import DataDir, has_room, replace_atomically


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_holds_secrets_is_private(tmp_path: Path) -> None:
    home, before = tmp_path / "site" / "home", os.umask(0)
    try:
        open_database(f"sqlite:///{home / 'catalogue.sqlite3'}").dispose()
        with DataDir(tmp_path / "other").lock():
            pass
        replace_atomically(home / "decisions.json", b"{}", private=True)
        replace_atomically(home / "decisions.json", b"[]", private=True)
    finally:
        os.umask(before)
    assert mode(home) == mode(tmp_path / "other") == 0o700
    files = list(home.glob("catalogue.sqlite3*"))
    assert [mode(file) for file in [*files, home / "decisions.json"]] == [0o600] * (len(files) + 1)


def test_modes_that_the_owner_chose_stay(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite3"
    path.touch()
    for made, chosen in ((path, 0o640), (tmp_path, 0o750)):
        made.chmod(chosen)
    open_database(f"sqlite:///{path}").dispose()
    assert (mode(path), mode(tmp_path)) == (0o640, 0o750)


def test_room_in_a_folder(tmp_path: Path) -> None:
    assert has_room(tmp_path, 1_000)
    assert not has_room(tmp_path, 2**60)
    assert not has_room(tmp_path / "missing", 1)
    assert list(tmp_path.iterdir()) == []
