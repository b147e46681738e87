"""What the desk needs to know of a provider that vouches for editors (OpenID Connect)."""

from __future__ import annotations

from importlib.util import find_spec
from urllib.parse import urlsplit

import msgspec

from recommender.errors import SettingsError

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
"""Hosts that are this machine, so that nothing need be encrypted: for trying things out."""

PACKAGES = ("authlib", "requests")
"""What the extra `oidc` brings."""


class OIDC(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who else may say who an editor is."""

    issuer: str = ""
    """The provider's address, exactly as it writes it itself; "" is none: passwords alone."""
    client_id: str = ""
    client_secret: str = ""
    """What the provider gave out for the desk; better in the environment than in a file."""
    claim: str = "email"
    """What the provider says of a person that is the name of an editor here."""

    @property
    def host(self) -> str:
        """The provider's host, as people know it."""
        return urlsplit(self.issuer).netloc


def check(oidc: OIDC) -> None:
    """Hold the settings of a provider against what signing in needs.

    Raises a :class:`SettingsError` naming what is missing. Not looked at before serving: who only
    indexes needs neither the secret nor the extra.
    """
    if oidc == OIDC():
        return
    _check_issuer(oidc.issuer)
    for name in ("client_id", "client_secret", "claim"):
        if not getattr(oidc, name):
            raise SettingsError(
                f"oidc.{name}: got none beside oidc.issuer, wanted what the provider gave out for "
                f"the desk: set it under [oidc] or as RECOMMENDER_OIDC__{name.upper()}"
            )
    for package in PACKAGES:
        if find_spec(package) is None:
            raise SettingsError(
                f"oidc.issuer: set, but the package {package} is not installed, which signing in "
                "by a provider wants: pip install 'related-posts[oidc]'"
            )


def _check_issuer(issuer: str) -> None:
    wanted = "wanted the provider's address, such as https://accounts.example.org"
    try:
        parts = urlsplit(issuer)
        host = parts.hostname
    except ValueError as error:
        raise SettingsError(f"oidc.issuer: got {issuer!r}, {wanted}") from error
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    if not safe or not host or "@" in parts.netloc or parts.query or parts.fragment:
        raise SettingsError(f"oidc.issuer: got {issuer!r}, {wanted}")
