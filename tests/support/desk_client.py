"""An editor's browser without a browser: a client of the desk that keeps cookies."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Response

BASE = "https://desk.example"
PASSWORD = "correct horse battery"
SCRIPT = '<script>alert("x")</script>'


class Browser:
    """An editor's browser: keeps cookies, sends the page's token."""

    def __init__(self, app: Any) -> None:
        self._client = Client(app, Response)

    def go_to(self, app: Any) -> None:
        """Ask another process from now on, with the same cookies."""
        self._client.application = app

    def get(self, path: str, **given: Any) -> TestResponse:
        return self._client.get(path, base_url=BASE, **given)

    def post(self, path: str, token: str | None = None, **given: Any) -> TestResponse:
        headers = {"Referer": f"{BASE}/desk/", "X-CSRFToken": token or self.token()}
        return self._client.post(path, base_url=BASE, headers=headers, **given)

    def token(self) -> str:
        page = self.get("/desk/sign-in").text
        return str(re.findall(r'csrf-token" content="([^"]+)', page)[0])

    def sign_in(self, name: str, password: str = PASSWORD) -> TestResponse:
        return self.post("/desk/sign-in", data={"name": name, "password": password})

    def work(
        self,
        do: str,
        article: str = "talks/0",
        pins: dict[int, str] | None = None,
        blocks: list[str] | None = None,
        **more: Any,
    ) -> TestResponse:
        """Send the form of an article's page, as a button of it does."""
        pinned = [f"{place} {pick}" for place, pick in (pins or {}).items()]
        form = {"do": do, "seen": "0", "pin": pinned, "block": blocks or [], **more}
        return self.post("/desk/article", query_string={"id": article}, data=form)

    def save(self, article: str = "talks/0", **changes: Any) -> TestResponse:
        return self.work("save", article, **changes)


def entries(saved: TestResponse) -> str:
    """The numbers of the entries that were saved."""
    assert saved.status_code == 303, saved.text
    return parse_qs(urlsplit(saved.headers["Location"]).query)["saved"][0]


def picks(page: TestResponse) -> list[str]:
    """The cards of the page, in their order."""
    return re.findall(r'<li data-pick="([^"]+)" data-place', page.text)
