"""The desk behind nginx, as docs/desk.md recommends: sign-in limits per client."""

import http.client
import re
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest
import trustme
from sqlalchemy import Engine, select

from paths import ROOT
from real_nginx import AROUND, NGINX
from real_server import RealServer, eventually, free_port, serving
from recommender.catalogue.accounts import MAX_FAILURES, Accounts, Role
from recommender.catalogue.database import open_database
from recommender.catalogue.schema import sign_in_failures
from recommender.settings import Settings, load_settings
from sample_site import ENCODER, publish, records, write_jsonl

PASSWORD = "correct horse battery"
DOCUMENT = (ROOT / "docs" / "desk.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("desk")
    settings = load_settings(folder / "home", environ={}, embedding_model=ENCODER)
    publish(settings, write_jsonl(folder / "site.jsonl", records()))
    return settings


@pytest.fixture(scope="module")
def engine(settings: Settings) -> Iterator[Engine]:
    engine = open_database(settings.catalogue_url)
    Accounts(engine).add("ann", Role.EDITOR, PASSWORD, time.time())
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@contextmanager
def nginx(service: RealServer, authority: trustme.CA, folder: Path) -> Iterator[int]:
    """Run nginx with the lines that the document recommends, over TLS."""
    if NGINX is None:
        pytest.skip("no nginx here: apt-get install nginx")
    (location,) = re.findall(r"```nginx\n(.*?)```", DOCUMENT, re.DOTALL)
    port, pem = free_port(), folder / "server.pem"
    certificate = authority.issue_cert("localhost")
    certificate.private_key_and_cert_chain_pem.write_to_path(pem)
    listen = f"listen 127.0.0.1:{port} ssl; ssl_certificate {pem}; ssl_certificate_key {pem};"
    location = location.replace("127.0.0.1:8000", f"127.0.0.1:{service.port}")
    (folder / "related.conf").write_text(f"server {{ {listen}\n{location} }}", encoding="utf-8")
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user="user root;"))
    process = subprocess.Popen([NGINX, "-c", str(folder / "nginx.conf")])
    try:
        eventually((folder / "nginx.pid").exists)
        yield port
    finally:
        process.terminate()
        process.wait(30)


class Stranger:
    """Signs in from an address of loopback: all of 127.0.0.0/8 is this machine."""

    def __init__(self, port: int, source: str, authority: trustme.CA | None) -> None:
        self._source = (source, 0)
        self._authority = authority
        scheme, host = ("https", "localhost") if authority else ("http", "127.0.0.1")
        self._place = (host, port)
        self._origin = f"{scheme}://{host}:{port}"

    def _line(self) -> http.client.HTTPConnection:
        if self._authority is None:
            return http.client.HTTPConnection(*self._place, timeout=30, source_address=self._source)
        context = ssl.create_default_context()
        self._authority.configure_trust(context)
        return http.client.HTTPSConnection(
            *self._place, timeout=30, source_address=self._source, context=context
        )

    def sign_in(self, password: str, **headers: str) -> int:
        status, cookie, page = self._ask("GET", "")
        assert status == 200
        (token,) = re.findall(r'csrf-token" content="([^"]+)', page)
        form = urlencode({"name": "ann", "password": password, "csrf_token": token})
        return self._ask("POST", form, Cookie=cookie.partition(";")[0], **headers)[0]

    def _ask(self, method: str, body: str, **headers: str) -> tuple[int, str, str]:
        known = {"Content-Type": "application/x-www-form-urlencoded"}
        known["Referer"] = f"{self._origin}/desk/sign-in"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(self._line()) as line:
            line.request(method, "/desk/sign-in", body, known | named)
            answer = line.getresponse()
            return answer.status, answer.headers.get("Set-Cookie", ""), answer.read().decode()


def addresses(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        query = select(sign_in_failures.c.address).order_by(sign_in_failures.c.id)
        return list(connection.execute(query).scalars())


@pytest.mark.nginx
def test_clients_behind_a_trusted_proxy_are_counted_apart(
    settings: Settings, engine: Engine, authority: trustme.CA, tmp_path: Path
) -> None:
    rows = [{"name": f"n{n}", "address": "127.0.0.2"} for n in range(MAX_FAILURES["address"])]
    with engine.begin() as connection:
        connection.execute(sign_in_failures.delete())
        now = int(time.time())
        connection.execute(sign_in_failures.insert(), [row | {"at": now} for row in rows])
    with (
        serving(settings.home, RECOMMENDER_TRUSTED_PROXIES="1") as service,
        nginx(service, authority, tmp_path) as port,
    ):
        guesser, other = (Stranger(port, f"127.0.0.{n}", authority) for n in (2, 3))
        assert guesser.sign_in(PASSWORD) == 429
        # What the guesser writes comes before what the proxy adds, and is not believed.
        assert guesser.sign_in(PASSWORD, X_Forwarded_For="127.0.0.9") == 429
        assert other.sign_in("wrong password") == 403
        assert addresses(engine)[-1] == "127.0.0.3"
        assert other.sign_in(PASSWORD) == 302


def test_forwarded_headers_are_ignored_by_default(settings: Settings, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sign_in_failures.delete())
    with serving(settings.home) as service:
        stranger = Stranger(service.port, "127.0.0.4", None)
        assert stranger.sign_in("wrong password", X_Forwarded_For="192.0.2.7") == 403
    assert addresses(engine) == ["127.0.0.4"]
