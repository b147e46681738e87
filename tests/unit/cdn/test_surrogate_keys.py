"""Cache tags: headers that name the articles of a response."""

from pathlib import Path
from urllib.parse import unquote

import msgspec
import pytest

from recommender.cdn import surrogate_keys
from recommender.settings import Settings
from sample_site import publish, records, write_jsonl
from service import create_app

LONG = "very/" * 60 + "long"


@pytest.mark.parametrize(("name", "parted"), [("Surrogate-Key", " "), ("Cache-Tag", ",")])
def test_a_response_names_its_cards(
    settings: Settings, source: Path, name: str, parted: str
) -> None:
    rows = records()
    awkward = ["Zażółć, gęślą", "a b", "100%", LONG, 'q"?\\']
    for row, identifier in zip(rows, awkward, strict=False):
        row["id"] = identifier
    publish(settings, write_jsonl(source, rows))
    client = create_app(msgspec.structs.replace(settings, surrogate_key_header=name)).test_client()
    for path in ("/v1/related?id=a%20b&id=talks/2", "/v1/latest",
                 "/v1/articles/a%20b/related", "/v1/articles/a%20b/related.html"):  # fmt: skip
        got = client.get(path)
        keys = got.headers[name].split(parted)
        assert all(key.isascii() and key.isprintable() and " " not in key for key in keys)
        shown = {key.removeprefix("card:") for key in keys if key.startswith("card:")}
        about = {unquote(key) for key in keys if key.startswith("under:")}
        if path == "/v1/articles/a%20b/related":
            assert about == {"under:a b"}
            expected = [surrogate_keys.card(card["id"]) for card in got.json["cards"]]
            assert {f"card:{key}" for key in shown} == set(expected)
        again = client.get(path, headers={"If-None-Match": got.headers["ETag"]})
        assert (again.status_code, again.headers[name]) == (304, got.headers[name])
    assert len(surrogate_keys.under(LONG)) == len("under:") + 64


def test_without_the_setting_there_is_no_header(settings: Settings, snapshot_id: str) -> None:
    assert snapshot_id
    got = create_app(settings).test_client().get("/v1/articles/talks/0/related")
    assert "Surrogate-Key" not in got.headers


def test_headers_of_many_articles_fit_into_proxy_limits() -> None:
    ids = [f"{'section/' * 8}{n}" for n in range(400)]
    ((_, value),) = surrogate_keys.header("Surrogate-Key", ids[:20], ids)
    assert len(value) <= surrogate_keys.MAX_HEADER
    assert value.startswith(surrogate_keys.under(ids[0]))
