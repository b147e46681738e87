"""The script of the widget."""

import gzip
import re

from flask.testing import FlaskClient


def test_the_widget_is_small_and_cacheable(client: FlaskClient) -> None:
    answer = client.get("/widget.js", headers={"Accept-Encoding": "gzip"})
    assert answer.content_type == "text/javascript; charset=utf-8"
    assert len(answer.data) < 5_120
    text = gzip.decompress(answer.data).decode()
    assert len(text) < 6_000
    assert "customElements.define" in text
    for never in ("cookie", "localStorage", "sessionStorage", "innerHTML", "eval("):
        assert never not in re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    etag = answer.headers["ETag"]
    again = client.get("/widget.js", headers={"Accept-Encoding": "gzip", "If-None-Match": etag})
    assert again.status_code == 304
