"""The provider that vouches for editors, spoken to by Authlib: code flow with PKCE and nonce."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from flask import Flask
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response

from recommender.settings import OIDC
from service.desk.presenters.i18n import marked

KEPT = 300.0
"""Seconds for which the provider's addresses and keys are taken from memory: a key that it gives
up is no longer believed after that."""

PATIENCE = 5.0
"""Seconds to wait for each of the provider's answers."""

ALGORITHMS = "id_token_signing_alg_values_supported"

SIGNED = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
)
"""Signatures that only the provider can make (RFC 7518). Some providers also list "none"."""

DEFAULT = ["RS256"]
"""What every provider has (OpenID Connect Discovery 1.0, section 3)."""

AWAY = marked("The provider does not answer. Sign in by password, or try again in a moment.")
UNSURE = marked(
    "What the provider answered could not be verified. Nobody was signed in: start again."
)
UNVERIFIED = marked("The provider has not verified your email address. Nobody was signed in.")

log = logging.getLogger("service")


class ProviderError(Exception):
    """Nobody was signed in: what to tell whoever tried, and the HTTP status."""

    def __init__(self, told: str, status: int) -> None:
        super().__init__(told)
        self.told = told
        self.status = status


class Provider:
    """Sends people there, and reads who came back."""

    def __init__(self, oidc: OIDC, app: Flask) -> None:
        self._oidc = oidc
        self._app = app
        self._client: FlaskOAuth2App | None = None
        self._since = 0.0

    def authorize_redirect(self, back: str, now: float) -> Response:
        """Send a browser there; it returns to the address ``back``. Raises ProviderError."""
        with self._troubles():
            answer: Response = self._known(now).authorize_redirect(back)
            return answer

    def authorize_callback(self, now: float) -> str:
        """Tell the name that the provider vouches for, from the request of the moment.

        Raises ProviderError.
        """
        with self._troubles():
            claims = self._claims(self._known(now))
        name = claims.get(self._oidc.claim)
        if self._oidc.claim == "email" and claims.get("email_verified") is not True:
            raise ProviderError(UNVERIFIED, 403)
        if not isinstance(name, str) or not name:
            log.warning("desk: %s says no %r of who came", self._oidc.host, self._oidc.claim)
            raise ProviderError(UNSURE, 403)
        return name

    def _claims(self, client: FlaskOAuth2App) -> dict[str, Any]:
        """Exchange the code, verify the token; raises as Authlib does."""
        wanted = {
            "iss": {"essential": True, "value": self._oidc.issuer},
            "aud": {"essential": True, "value": self._oidc.client_id},
        }
        token = client.authorize_access_token(claims_options=wanted)
        claims: dict[str, Any] = token["userinfo"]
        # Some providers tell names only there (OpenID Connect Core 1.0, section 5.4).
        if self._oidc.claim not in claims and "userinfo_endpoint" in client.server_metadata:
            more: dict[str, Any] = client.userinfo(token=token)
            if more["sub"] != claims["sub"]:
                raise ValueError("userinfo is about somebody else")
            return more
        return claims

    def _known(self, now: float) -> FlaskOAuth2App:
        if self._client is None or now - self._since > KEPT:
            self._client, self._since = self._discovered(), now
        return self._client

    def _discovered(self) -> FlaskOAuth2App:
        """Ask the provider for its addresses."""
        issuer, claim = self._oidc.issuer, self._oidc.claim
        client: FlaskOAuth2App = OAuth(self._app).register(
            "oidc",
            client_id=self._oidc.client_id,
            client_secret=self._oidc.client_secret,
            server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid email" if claim == "email" else "openid profile",
                "code_challenge_method": "S256",
                "default_timeout": PATIENCE,
                "leeway": 0,  # of the access token, which is used at once or never
            },
        )
        told = client.load_server_metadata()
        if told["issuer"] != issuer:
            raise ValueError(
                f"oidc.issuer is {issuer!r}, the provider calls itself {told['issuer']!r}"
            )
        known = told.get(ALGORITHMS, DEFAULT)
        told[ALGORITHMS] = [one for one in known if one in SIGNED] or DEFAULT
        return client

    @contextmanager
    def _troubles(self) -> Iterator[None]:
        """Tell the log what went wrong, and people what they can do."""
        try:
            yield
        except RequestException as error:
            log.warning("desk: %s does not answer: %r", self._oidc.host, error)
            raise ProviderError(AWAY, 503) from error
        except (
            *(AuthlibBaseError, JoseError),
            # What comes of an answer that has not the form that it should have.
            *(AttributeError, LookupError, RuntimeError, TypeError, ValueError),
        ) as error:
            log.warning("desk: nobody signed in by %s: %r", self._oidc.host, error)
            raise ProviderError(UNSURE, 403) from error
