"""A small OpenID Connect provider on loopback that lets one person in at once.

It holds clients to what they sent (PKCE, redirect, secret), and can be made to lie.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from real_server import free_port

CLIENT, SECRET = "desk", "a secret: of the desk"
ANN = "ann@desk.example"


class Provider:
    """What it says of the person, and how it lies."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.person: dict[str, Any] = {"email": "ann@desk.example", "email_verified": True}
        self.lies: dict[str, Any] = {}
        """Claims of the token that are not what they should be; None leaves one out."""
        self.userinfo: dict[str, Any] = {}
        """What userinfo tells."""
        self.discovery: dict[str, Any] = {}
        """Lines of its own about itself that are changed."""
        self.kid = "1"
        self.key = RSAKey.generate_key(2048, {"kid": "1"})
        self.signing = self.key
        self.unsigned = False
        self.answers = threading.Event()
        """Cleared, it takes questions and does not answer."""
        self.answers.set()
        self.requests: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}

    def __call__(self, environ: Any, start: Any) -> Any:
        request = Request(environ)
        self.requests.append(request.path)
        self.answers.wait(30)
        routes = {
            "/.well-known/openid-configuration": self._about,
            "/authorize": self._authorize,
            "/token": self._token,
            "/keys": lambda _: _json({"keys": [self.key.as_dict(private=False)]}),
            "/me": self._me,
        }
        return routes[request.path](request)(environ, start)

    def _about(self, _: Request) -> Response:
        about = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "none"],
        }
        return _json(about | self.discovery)

    def _authorize(self, request: Request) -> Response:
        query = request.args.to_dict()
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert query["client_id"] == CLIENT
        code = secrets.token_urlsafe(16)
        self._codes[code] = query
        back = urlencode({"code": code, "state": query["state"]})
        return Response(status=302, headers={"Location": f"{query['redirect_uri']}?{back}"})

    def _token(self, request: Request) -> Response:
        query = self._codes.pop(request.form["code"])
        verifier = hashlib.sha256(request.form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        known = request.authorization
        assert known is not None
        if (challenge, request.form["redirect_uri"], known.username, known.password) != (
            *(query["code_challenge"], query["redirect_uri"]),
            *(CLIENT, SECRET),
        ):
            return _json({"error": "invalid_grant"}, 400)
        token = {"access_token": "opens", "token_type": "Bearer", "expires_in": 60}
        return _json(token | {"id_token": self._signed(query["nonce"])})

    def _signed(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "7",
            "iat": now,
            "exp": now + 60,
            "nonce": nonce,
            **self.person,
            **self.lies,
        }
        content = {name: value for name, value in claims.items() if value is not None}
        if self.unsigned:
            return ".".join(map(_base64, ({"alg": "none"}, content))) + "."
        return jwt.encode({"alg": "RS256", "kid": self.kid}, content, self.signing)

    def _me(self, request: Request) -> Response:
        assert request.headers["Authorization"] == "Bearer opens"
        return _json(self.userinfo)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        pass


@contextmanager
def providing() -> Iterator[Provider]:
    """Run a provider until the end of the block."""
    port = free_port()
    provider = Provider(port)
    server = make_server("127.0.0.1", port, provider, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _json(content: Any, status: int = 200) -> Response:
    return Response(json.dumps(content), status=status, content_type="application/json")


def _base64(part: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
