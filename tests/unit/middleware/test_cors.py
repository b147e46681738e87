"""Which origins may read responses."""

import msgspec

from recommender.settings import Settings
from service import create_app


def test_only_named_origins_may_read(settings: Settings, snapshot_id: str) -> None:
    assert snapshot_id
    ours = "https://www.example.org"
    path = "/v1/articles/talks/0/related"
    client = create_app(msgspec.structs.replace(settings, cors_origins=[ours])).test_client()
    for query in ("", "?limit=2"):
        good = client.get(path + query, headers={"Origin": ours})
        other = client.get(path + query, headers={"Origin": "https://evil.example"})
        assert good.headers["Access-Control-Allow-Origin"] == ours
        assert "Access-Control-Allow-Origin" not in other.headers
        # In one header: nginx 1.22 heeds the last of several alone.
        assert good.headers.getlist("Vary") == ["Accept-Encoding, Origin"]
        assert other.headers.getlist("Vary") == ["Accept-Encoding, Origin"]
    open_ = create_app(msgspec.structs.replace(settings, cors_origins=["*"])).test_client()
    assert open_.get(path).headers["Access-Control-Allow-Origin"] == "*"
