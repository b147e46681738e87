"""A form of the desk while the worker handles another slow request."""

import io
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from desk_client import BASE
from real_server import eventually

FORM = {"do": "save", "seen": "0", "hold": "1"}


class SlowBody(io.RawIOBase):
    """A body that ends when :attr:`sent` is set, and not before."""

    def __init__(self) -> None:
        self.asked, self.sent = threading.Event(), threading.Event()

    def read(self, _size: int = -1) -> bytes:
        self.asked.set()
        assert self.sent.wait(30)
        return b""

    def readinto(self, _buffer: object) -> int:
        return len(self.read())


@contextmanager
def busy(stranger: Any) -> Iterator[None]:
    """Send a form slowly meanwhile."""
    body = SlowBody()
    given = {"wsgi.input": body, "CONTENT_LENGTH": "8"}
    with ThreadPoolExecutor(1) as other:
        form = {"data": {"name": "ann"}, "environ_overrides": given}
        other.submit(stranger._client.post, "/desk/sign-in", base_url=BASE, **form)
        eventually(body.asked.is_set)
        try:
            yield
        finally:
            body.sent.set()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Nothing was saved: the server is handling another request. Wait a moment, then"),
        ("pl", "Niczego nie zapisano: serwer obsługuje inne żądanie."),
    ],
)
def test_a_form_that_has_to_wait_gets_a_page(browser: Any, language: str, text: str) -> None:
    bob, stranger = browser("bob"), browser()
    bob.post("/desk/language", data={"language": language})
    token = bob.token()
    with busy(stranger):
        refused = bob.post("/desk/article?id=talks/0", token, data=FORM)
        script = bob.post("/desk/article?id=talks/0", token, json=FORM)
        api = bob.post("/v1/overrides", token, json={})
        assert bob.get("/desk/").status_code == 200
    assert (refused.status_code, refused.mimetype) == (503, "text/html")
    assert refused.headers["Retry-After"] == "1"
    assert refused.headers["Cache-Control"] == "no-store"
    assert f'<html lang="{language}">' in refused.text
    assert text in refused.text
    assert (script.status_code, script.mimetype) == (503, "application/problem+json")
    assert script.json["detail"].startswith(text.partition(":")[0])
    assert (api.status_code, api.mimetype) == (503, "application/problem+json")
    assert bob.get("/desk/export.json").json == []
    assert bob.post("/desk/article?id=talks/0", data=FORM).status_code == 303
