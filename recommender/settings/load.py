"""Load the settings of a site and check them.

Later sources win: defaults, ``recommender.toml`` in the data directory, environment variables
``RECOMMENDER_*``, values passed by the caller.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from recommender.errors import SettingsError
from recommender.language_tags import canonical_tag
from recommender.settings.definitions import DEFAULT_HOME, OIDC, Settings
from recommender.settings.reader import PREFIX, SettingsReader
from recommender.urls import ascii_host

FILE = "recommender.toml"

BUCKET_PACKAGE = "obstore==0.12.1"
"""The package that ``snapshots`` needs, as in ``constraints.txt``. The extra ``s3`` of the wheel
would also install torch on a machine with only the packages to serve."""

OIDC_PACKAGES = {"authlib": ">=1.6", "requests": ">=2.32"}
"""The packages of the extra ``oidc``, with its versions."""

_BUCKET = re.compile(r"s3://[A-Za-z0-9][A-Za-z0-9._-]+(/[^\s?#@]*)?")

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
"""Hosts on this machine. A provider there may use plain HTTP, for trials."""

DEFAULT_PORTS = {"http": 80, "https": 443}
"""Ports that browsers leave out."""


def load_settings(
    home: Path | None = None, environ: Mapping[str, str] | None = None, **given: object
) -> Settings:
    """Load the settings from the file and the environment.

    Parameters
    ----------
    home : data directory; default is ``RECOMMENDER_HOME``, then ``var``.
    environ : environment variables; default is those of the process.
    given : settings by name. They win over the file and the environment.

    Raises
    ------
    SettingsError
        Names the setting, where it was set, the expected value and the value found.
    """
    return read_settings(SettingsReader(Settings), home, environ, **given)


def read_settings(
    reader: SettingsReader[Settings],
    home: Path | None = None,
    environ: Mapping[str, str] | None = None,
    **given: object,
) -> Settings:
    """Load the settings with a given reader; see :func:`load_settings`."""
    environ = os.environ if environ is None else environ
    home = home or Path(environ.get(PREFIX + "HOME", DEFAULT_HOME))
    values: dict[str, Any] = {}
    reader.add_file(values, home / FILE)
    reader.add_environment(values, environ)
    reader.add_values(values, given)
    values["home"] = home
    settings = reader.convert(values)
    _check_timezone(settings.timezone)
    return msgspec.structs.replace(
        settings,
        site_url=_valid_site_url(settings.site_url),
        snapshots=_valid_bucket(settings.snapshots),
        languages=_valid_languages(settings.languages),
        cors_origins=[_valid_origin(origin) for origin in settings.cors_origins],
    )


def check_oidc(oidc: OIDC) -> None:
    """Check that editors could sign in through the provider.

    Called before serving only: indexing needs neither the client secret nor the extra.

    Raises
    ------
    SettingsError
        Names the missing or unusable setting, or the missing package.
    """
    if oidc == OIDC():
        return
    _check_issuer(oidc.issuer)
    for name in ("client_id", "client_secret", "claim"):
        if not getattr(oidc, name):
            raise SettingsError(
                f"setting 'oidc.{name}': expected the value that the provider issued for the desk, "
                f"got none; set it under [oidc] or as {PREFIX}OIDC__{name.upper()}"
            )
    for package in OIDC_PACKAGES:
        if find_spec(package) is None:
            both = " ".join(f"'{name}{version}'" for name, version in OIDC_PACKAGES.items())
            raise SettingsError(
                f"setting 'oidc.issuer' needs the package {package}, which is not installed: "
                f"pip install {both}"
            )


def check_bucket(snapshots: str) -> None:
    """Check that the package to read a bucket is installed, where one is set.

    Parameters
    ----------
    snapshots : the setting of this name.

    Raises
    ------
    SettingsError
        The package is missing.
    """
    name = BUCKET_PACKAGE.partition("=")[0]
    if snapshots and find_spec(name) is None:
        raise SettingsError(
            f"setting 'snapshots' needs the package {name}, which is not installed: "
            f"pip install {BUCKET_PACKAGE}"
        )


def _check_issuer(issuer: str) -> None:
    message = (
        "setting 'oidc.issuer': expected the address of the provider, such as "
        f"https://accounts.example.org, got {issuer!r}"
    )
    try:
        parts = urlsplit(issuer)
        host = parts.hostname
    except ValueError as error:
        raise SettingsError(message) from error
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    if not safe or not host or "@" in parts.netloc or parts.query or parts.fragment:
        raise SettingsError(message)


def _valid_languages(tags: list[str]) -> list[str]:
    for tag in tags:
        if not canonical_tag(tag):
            raise SettingsError(
                f"setting 'languages': expected BCP 47 tags such as en or pt-BR, got {tag!r}"
            )
    return [canonical_tag(tag) for tag in tags]


def _valid_site_url(url: str) -> str:
    """Return the address of a folder, with a slash at the end; "" for none."""
    try:
        parts = urlsplit(url.strip())
        is_site = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 80)
    except ValueError:
        is_site = None
    if url.strip() and (not is_site or parts.query or parts.fragment or "@" in parts.netloc):
        raise SettingsError(
            "setting 'site_url': expected the address of the site such as https://www.example.org, "
            f"got {url!r}"
        )
    return f"{url.strip().rstrip('/')}/" if url.strip() else ""


def _valid_bucket(url: str) -> str:
    """Return the address of a bucket without spaces around it; "" for none."""
    url = url.strip()
    if url and not _BUCKET.fullmatch(url):
        # A key in the address is not repeated.
        got = f"{url.partition('//')[0]}//..." if "@" in url else repr(url)
        raise SettingsError(
            "setting 'snapshots': expected a bucket as s3://bucket/prefix, with the keys in the "
            f"variables AWS_..., got {got}"
        )
    return url


def _valid_origin(origin: str) -> str:
    """Write an origin as browsers send it: in lower case, without a default port, host in ASCII."""
    if origin == "*":
        return origin
    message = (
        "setting 'cors_origins': expected origins such as https://www.example.org, without a path, "
        f"or *, got {origin!r}"
    )
    try:
        parts = urlsplit(origin.strip().lower())
        host, port = ascii_host(parts.hostname or ""), parts.port
    except ValueError as error:
        raise SettingsError(message) from error
    is_origin = parts.scheme in DEFAULT_PORTS and host and parts.path in ("", "/")
    if not is_origin or parts.query or parts.fragment or "@" in parts.netloc:
        raise SettingsError(message)
    host = f"[{host}]" if ":" in host else host
    is_default = port in (None, DEFAULT_PORTS[parts.scheme])
    return f"{parts.scheme}://{host}" + ("" if is_default else f":{port}")


def _check_timezone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(
            "setting 'timezone': expected a name of the tz database such as Europe/Warsaw, "
            f"got {name!r}"
        ) from error
