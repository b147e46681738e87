"""The log of requests."""

import msgspec
import pytest

from recommender.settings import Settings
from service import create_app


def test_a_slow_request_is_logged(
    settings: Settings, snapshot_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert snapshot_id
    app = create_app(msgspec.structs.replace(settings, slow_request_ms=1e-6, access_log=False))
    answer = app.test_client().get("/v1/latest")
    assert f"slow request {answer.headers['X-Request-ID']}" in caplog.text
