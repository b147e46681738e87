"""Settings: defaults, then ``recommender.toml`` in the home folder, then ``RECOMMENDER_*``."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from datetime import tzinfo
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from recommender.errors import SettingsError
from recommender.oidc import OIDC

FILE = "recommender.toml"
PREFIX = "RECOMMENDER_"
DEFAULT_HOME = Path("var")


class Freshness(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much newness counts under the articles of a section."""

    gain: Annotated[float, msgspec.Meta(ge=0)] = 0.5
    """Bonus of a brand-new candidate, in log-odds; 0 switches freshness off."""
    half_life: Annotated[float, msgspec.Meta(gt=0)] = 7.0
    """Days after which the bonus is half."""


class Ranking(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How candidates become cards."""

    language_rule: Literal["same", "prefer", "any"] = "same"
    """Whether cards must be, should be, or need not be in the article's language."""
    freshness: Freshness = Freshness()
    sections: dict[str, Freshness] = {}
    """Freshness under the articles of single sections, by section name."""
    diversity: Annotated[float, msgspec.Meta(ge=0)] = 8.5
    """What a candidate for the lower half of a list loses, in log-odds.

    Times its mean likeness to the cards chosen before it; that of twins is about 1. 0 keeps the
    order of the scores.
    """

    def recency_of(self, section: str) -> Freshness:
        """Freshness under the articles of a section."""
        return self.sections.get(section, self.freshness)


class Fetching(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How sources are fetched by URL: politely, within limits."""

    user_agent: str = ""
    """How we name ourselves; "" is related-posts and the version."""
    robots: bool = True
    """Whether robots.txt is respected; may be off for a site of one's own."""
    at_once: Annotated[int, msgspec.Meta(ge=1, le=32)] = 4
    """Requests under way at the same time."""
    pause: Annotated[float, msgspec.Meta(ge=0, le=60)] = 0.25
    """Seconds between the starts of two requests to one host."""
    timeout: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 30.0
    """Seconds for one answer, redirects included."""
    largest_mb: Annotated[int, msgspec.Meta(ge=1, le=1024)] = 20
    """Largest answer, unpacked."""
    attempts: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
    """Tries before an address is given up."""
    backoff: Annotated[float, msgspec.Meta(gt=0, le=60)] = 0.5
    """Seconds before the second try; each later wait is twice as long."""


class Purge(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The webhook that receives the articles whose cards changed."""

    url: str = ""
    """Where the list is POSTed after publishing; "" is nowhere."""
    token: str = ""
    """Sent as ``Authorization: Bearer``; better in the environment than in a file."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that a site may want otherwise; each default is a choice for most sites."""

    home: Path = DEFAULT_HOME
    """Folder of everything that is not code."""
    catalogue: str = ""
    """SQLAlchemy URL of the articles' database; "" is a SQLite file in the home folder."""
    time_zone: str = "UTC"
    """Zone of dates that name none, as in the tz database: "Europe/Warsaw"."""
    encoder: str = "minilm"
    """"minilm", "multilingual", a folder with a sentence-transformers model, the name of one in
    the local Hugging Face cache, or "package.module:factory" of your own."""
    ranking: Ranking = Ranking()
    """How candidates become cards; kept in each snapshot, so that rolling back restores it."""
    keep_snapshots: Annotated[int, msgspec.Meta(ge=2, le=1000)] = 5
    fetching: Fetching = Fetching()
    """How sources are fetched by URL."""
    desk: bool = True
    """Whether the editors' desk is served; it answers nobody until there is an editor."""
    oidc: OIDC = OIDC()
    """Who else may say who an editor is; checked when the desk is served."""
    push: bool = True
    """Whether content systems may PUT and DELETE articles; nobody can without a token."""
    proxies: Annotated[int, msgspec.Meta(ge=0, le=10)] = 0
    """How many proxies stand before the desk and add the address they were asked from to
    X-Forwarded-For; 0 believes no such header."""
    origins: list[str] = []
    """Web origins whose pages may ask for cards from a browser; ["*"] is any."""
    log_requests: bool = True
    """Whether the service writes a line of JSON for every request to its standard output."""
    cache_keys: Literal["", "Surrogate-Key", "Cache-Tag"] = ""
    """Header that names what an answer shows, for a cache that forgets by it; "" is none."""
    purge: Purge = Purge()
    slow_ms: Annotated[float, msgspec.Meta(gt=0)] = 250.0
    """From how many milliseconds on a request is logged as slow."""

    @property
    def catalogue_url(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.catalogue or f"sqlite:///{self.home.absolute() / 'catalogue.sqlite3'}"

    @property
    def zone(self) -> tzinfo:
        """Zone of dates that name none."""
        return ZoneInfo(self.time_zone)


def load_settings(
    home: Path | None = None, environ: Mapping[str, str] | None = None, **given: object
) -> Settings:
    """Put the settings together; ``given`` wins over everything.

    Raises :class:`SettingsError` naming the setting and where it stood.
    """
    environ = os.environ if environ is None else environ
    home = home or Path(environ.get(PREFIX + "HOME", DEFAULT_HOME))
    values = _from_file(home / FILE)
    _merge(values, _from_environ(environ))
    _merge(values, given)
    values["home"] = home
    _check_removed(values, home)
    try:
        settings = msgspec.convert(values, Settings, strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise SettingsError(
            f"settings ({home / FILE} and {PREFIX}*): {error}; all of them and what they may be "
            "stand in docs/settings.md"
        ) from error
    _check_zone(settings.time_zone)
    return settings


def _check_removed(values: Mapping[str, Any], home: Path) -> None:
    purge = values.get("purge")
    if isinstance(purge, dict) and "form" in purge:
        raise SettingsError(
            f"settings ({home / FILE} and {PREFIX}*): got purge.form = {purge['form']!r}, but "
            "purge.form was removed; delete it and set purge.url to a webhook of your own, "
            "which forwards the keys to your CDN (docs/recipes.md)"
        )


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}; wanted a TOML file") from error


def _from_environ(environ: Mapping[str, str]) -> dict[str, Any]:
    """Read ``RECOMMENDER_A__B=value`` as ``a.b``; a value is TOML where it can be, else text."""
    values: dict[str, Any] = {}
    for name, raw in environ.items():
        if name.startswith(PREFIX) and name != PREFIX + "HOME":
            *parents, last = name.removeprefix(PREFIX).lower().split("__")
            table = values
            for parent in parents:
                table = table.setdefault(parent, {})
            table[last] = _toml_value(raw)
    return values


def _toml_value(raw: str) -> object:
    try:
        return tomllib.loads(f"value = {raw}")["value"]
    except (tomllib.TOMLDecodeError, KeyError):
        return raw


def _path(wanted: type, value: Any) -> Any:
    """Convert what msgspec does not know by itself: only a path here."""
    return wanted(value)


def _merge(below: dict[str, Any], above: Mapping[str, Any]) -> None:
    for name, value in above.items():
        if isinstance(value, dict) and isinstance(below.get(name), dict):
            _merge(below[name], value)
        else:
            below[name] = value


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(
            f"time_zone: got {name!r}, wanted a name of the tz database such as Europe/Warsaw"
        ) from error
