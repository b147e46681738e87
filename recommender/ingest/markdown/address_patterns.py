"""What the addresses of Jekyll and Hugo have in common: patterns, and tokens in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from pathlib import PurePosixPath
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from recommender.ingest.readers.field_mapping import as_text

TOKEN = re.compile(r":(\w+(?:\[[^\[\]]*\])?)")
"""A part of a pattern that a value replaces, such as ``:year``. Not all of them have a value."""

DATED = re.compile(r"\d{4}-\d{1,2}-\d{1,2}-(.+)")
"""A file name with a date."""

PLACEHOLDERS = {"example.com", "example.org", "example.net", "127.0.0.1"}
"""Hosts of sites that were not configured, or that only their authors see."""


class Post(NamedTuple):
    """What an address is made of."""

    path: PurePosixPath
    """Path below the folder of the configuration."""
    front: Mapping[str, Any]
    title: str
    published: date


class Generator(Protocol):
    """Makes addresses as one generator does."""

    base: str
    """Beginning of all addresses, without a slash at the end."""
    is_multilingual: bool
    """Whether an address without a slash before it depends on the language."""

    def path_of(self, post: Post, pattern: str = "") -> str:
        """Return the path of the address by a pattern, or by that of the site; "" if unknown."""


def mapping(value: Any) -> dict[str, Any]:
    """Return a mapping of a configuration; an empty one for all else."""
    return value if isinstance(value, dict) else {}


def folded(value: Any) -> Any:
    """Write the keys of all levels in lower case, as Hugo reads them."""
    if isinstance(value, dict):
        return {str(key).casefold(): folded(one) for key, one in value.items()}
    return [folded(one) for one in value] if isinstance(value, list) else value


def base_of(address: Any, path: str = "") -> str:
    """Join the address of a site and a path; for a placeholder such as localhost, take its path."""
    path = path and f"/{path.strip('/')}".rstrip("/")
    try:
        parts = urlsplit(as_text(address or "").strip())
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return path
    own = parts.path.rstrip("/").removesuffix(path) + path
    is_real = parts.scheme in {"http", "https"} and "." in host and host not in PLACEHOLDERS
    return f"{parts.scheme}://{parts.netloc}{own}" if is_real else own


def filled(pattern: str, values: Mapping[str, str]) -> str:
    """Replace the tokens of a pattern; "" without any, and where one is unknown."""
    tokens = set(TOKEN.findall(pattern))
    if not tokens or tokens - values.keys():
        return ""
    path = TOKEN.sub(lambda token: values[token[1]], pattern)
    return re.sub("/{2,}", "/", f"/{path}")


def date_values(day: date) -> dict[str, str]:
    """Return the values of the tokens of a date."""
    forms = {"year": "%Y", "short_year": "%y", "month": "%m", "day": "%d", "y_day": "%j"}
    values = {name: day.strftime(form) for name, form in forms.items()}
    return values | {
        "week": day.strftime("%V"),
        "short_day": day.strftime("%a").upper(),
        "i_month": str(day.month),
        "i_day": str(day.day),
        "monthname": day.strftime("%B").lower(),
    }


def is_letter(sign: str) -> bool:
    """Return whether a sign is a letter, a digit or a mark on one."""
    return sign.isalnum() or unicodedata.category(sign)[0] == "M"
