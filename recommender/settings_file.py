"""Writing into recommender.toml what a command proposes; comments and all else stay."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from recommender.errors import SettingsError
from recommender.home import replace_atomically
from recommender.settings import FILE, Freshness


def write_freshness(home: Path, found: Mapping[str, Freshness]) -> Path:
    """Set freshness by section, "" for the whole site. Returns the file's path."""
    path = home / FILE
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        document = tomlkit.parse(text)
        ranking = document.setdefault("ranking", tomlkit.table())
        for section, setting in found.items():
            table = ranking.setdefault("sections", tomlkit.table()) if section else ranking
            values = {"gain": setting.gain, "half_life": setting.half_life}
            table[section or "freshness"] = tomlkit.item(values)
        home.mkdir(parents=True, exist_ok=True)
        replace_atomically(path, tomlkit.dumps(document).encode())
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise SettingsError(f"{path}: {error}; wanted a TOML file that can be written") from error
    return path
