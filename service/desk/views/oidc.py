"""Sign-in by an OpenID Connect provider: authorization code flow with PKCE, state and nonce.

Authlib does the protocol. It is an optional extra, so this module is imported only when
``oidc.issuer`` is set.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from flask import Blueprint, Flask, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response

from recommender.errors import EditorError
from recommender.settings import OIDC
from service.desk.presenters.auth import sign_in_page, start_session
from service.desk.presenters.context import DeskContext
from service.desk.presenters.forms import safe_redirect
from service.desk.presenters.i18n import gettext_noop

METADATA_SECONDS = 300.0
"""Seconds for which the provider's addresses and keys are cached. A revoked key is rejected after
that."""

TIMEOUT = 5.0
"""Seconds to wait for each response of the provider."""

ALGORITHMS = "id_token_signing_alg_values_supported"

ASYMMETRIC = (
    *("RS256", "RS384", "RS512"),
    *("PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512"),
    "Ed25519",
)
"""Algorithms that only the provider can sign with (RFC 7518). Some providers also list "none"."""

DEFAULT_ALGORITHMS = ["RS256"]
"""What every provider supports (OpenID Connect Discovery 1.0, section 3)."""

UNAVAILABLE = gettext_noop(
    "The sign-in provider does not respond. Sign in with your password, or try again in a moment."
)
UNVERIFIED_RESPONSE = gettext_noop(
    "The response of the sign-in provider could not be verified. You are not signed in. "
    "Start again."
)
UNVERIFIED_EMAIL = gettext_noop(
    "The sign-in provider has not verified your email address. You are not signed in."
)
DECLINED = gettext_noop("The sign-in provider did not sign you in.")

log = logging.getLogger("service")


class ProviderError(Exception):
    """The provider did not sign the editor in.

    Parameters
    ----------
    text
        What to show to the editor, to translate.
    status
        HTTP status of the response.
    """

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.text = text
        self.status = status


class Provider:
    """Client of one OpenID Connect provider."""

    def __init__(self, oidc: OIDC, app: Flask) -> None:
        self._oidc = oidc
        self._app = app
        self._client: FlaskOAuth2App | None = None
        self._discovered_at = 0.0

    def authorize_redirect(self, callback: str, now: float) -> Response:
        """Return a redirect to the provider.

        Parameters
        ----------
        callback
            Address to which the provider returns the browser.
        now
            Seconds since 1970 UTC.

        Raises
        ------
        ProviderError
            The provider does not respond, or its metadata are wrong.
        """
        with self._translate_errors():
            response: Response = self._current_client(now).authorize_redirect(callback)
            return response

    def authorize_callback(self, now: float) -> str:
        """Verify the provider's response in the current request and return the editor's name.

        Raises
        ------
        ProviderError
            The response cannot be verified, or lacks the claim with the name.
        """
        with self._translate_errors():
            claims = self._claims(self._current_client(now))
        name = claims.get(self._oidc.claim)
        if self._oidc.claim == "email" and claims.get("email_verified") is not True:
            raise ProviderError(UNVERIFIED_EMAIL, 403)
        if not isinstance(name, str) or not name:
            log.warning("desk: the response of %s has no %r", self._oidc.host, self._oidc.claim)
            raise ProviderError(UNVERIFIED_RESPONSE, 403)
        return name

    def _claims(self, client: FlaskOAuth2App) -> dict[str, Any]:
        """Exchange the code and verify the token; raises Authlib's errors."""
        required = {
            "iss": {"essential": True, "value": self._oidc.issuer},
            "aud": {"essential": True, "value": self._oidc.client_id},
        }
        token = client.authorize_access_token(claims_options=required)
        claims: dict[str, Any] = token["userinfo"]
        # Some providers return names only from userinfo (OpenID Connect Core 1.0, section 5.4).
        if self._oidc.claim not in claims and "userinfo_endpoint" in client.server_metadata:
            more: dict[str, Any] = client.userinfo(token=token)
            if more["sub"] != claims["sub"]:
                raise ValueError("userinfo has another subject than the token")
            return more
        return claims

    def _current_client(self, now: float) -> FlaskOAuth2App:
        if self._client is None or now - self._discovered_at > METADATA_SECONDS:
            self._client, self._discovered_at = self._discover(), now
        return self._client

    def _discover(self) -> FlaskOAuth2App:
        """Create a client with the provider's published metadata."""
        issuer, claim = self._oidc.issuer, self._oidc.claim
        client: FlaskOAuth2App = OAuth(self._app).register(
            "oidc",
            client_id=self._oidc.client_id,
            client_secret=self._oidc.client_secret,
            server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid email" if claim == "email" else "openid profile",
                "code_challenge_method": "S256",
                "default_timeout": TIMEOUT,
                "leeway": 0,  # of the access token, which is used at once or never
            },
        )
        metadata = client.load_server_metadata()
        if metadata["issuer"] != issuer:
            raise ValueError(
                f"oidc.issuer is {issuer!r}, but the provider's metadata name "
                f"{metadata['issuer']!r}; set oidc.issuer to that"
            )
        supported = metadata.get(ALGORITHMS, DEFAULT_ALGORITHMS)
        metadata[ALGORITHMS] = [a for a in supported if a in ASYMMETRIC] or DEFAULT_ALGORITHMS
        return client

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        """Log the cause of an error, and raise what to show to the editor."""
        try:
            yield
        except RequestException as error:
            log.warning("desk: %s does not respond: %r", self._oidc.host, error)
            raise ProviderError(UNAVAILABLE, 503) from error
        except (
            *(AuthlibBaseError, JoseError),
            # A response of an unexpected form ends in one of these.
            *(AttributeError, LookupError, RuntimeError, TypeError, ValueError),
        ) as error:
            log.warning("desk: sign-in by %s failed: %r", self._oidc.host, error)
            raise ProviderError(UNVERIFIED_RESPONSE, 403) from error


def blueprint(context: DeskContext, app: Flask) -> Blueprint:
    """Create the routes to the provider and back; they open the same session as a password."""
    routes = Blueprint("oidc", __name__, url_prefix="/desk/oidc")
    provider = Provider(context.settings.oidc, app)

    @routes.get("/login")
    def login() -> ResponseReturnValue:
        # Each attempt adds a state to the cookie, which would grow beyond the browser's limit.
        for key in [key for key in session if key.startswith("_state_")]:
            session.pop(key)
        session["next"] = request.args.get("next", "")
        try:
            return provider.authorize_redirect(
                url_for("oidc.callback", _external=True), time.time()
            )
        except ProviderError as error:
            return sign_in_page(context, error.text, error.status)

    # Providers have this address registered, so it does not change.
    @routes.get("/back")
    def callback() -> ResponseReturnValue:
        if "error" in request.args:
            return sign_in_page(context, DECLINED, 403)
        try:
            name = provider.authorize_callback(time.time())
        except ProviderError as error:
            return sign_in_page(context, error.text, error.status)
        return _signed_in(context, name)

    return routes


def _signed_in(context: DeskContext, name: str) -> ResponseReturnValue:
    """Open a session of the editor with this name, and return to the page asked for."""
    target = safe_redirect(str(session.get("next", "")), url_for("search.index"))
    try:
        # No limit of attempts: there is no password to guess here.
        start_session(context.accounts.open_session(name, time.time()))
    except EditorError:
        return sign_in_page(context, status=403, unknown_name=name)
    return redirect(target)
