"""Requests generated from the OpenAPI schema match the real server."""

from collections.abc import Iterator

import hypothesis
import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance

from real_server import RealServer, serving
from recommender.articles.article import MAX_ID_LENGTH, MAX_LANGUAGE_LENGTH
from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.database import open_database
from recommender.settings import Ranking, load_settings
from sample_site import ENCODER, publish, records, write_jsonl
from service.api.openapi import load_openapi
from service.http.query_params import MAX_AGE_DAYS, MAX_LIMIT

PATHS = [
    "/v1/articles/{id}/related",
    "/v1/articles/{id}/related.html",
    "/v1/related",
    "/v1/related.html",
    "/v1/latest",
    "/v1/about.html",
    "/healthz",
    "/readyz",
]
PUSH = "/v1/articles/{id}"
TOKEN: list[str] = []


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    folder = tmp_path_factory.mktemp("site")
    settings = load_settings(folder / "home", environ={}, embedding_model=ENCODER)
    publish(settings, write_jsonl(folder / "site.jsonl", records()))
    engine = open_database(settings.catalogue_url)
    editors = Accounts(engine)
    editors.add("cms", Role.EDITOR, "correct horse battery", 0)
    TOKEN.append(editors.new_key("cms", "articles", "", 0))
    engine.dispose()
    with serving(settings.home) as running:
        yield running


@pytest.fixture(scope="module")
def schema(server: RealServer) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_url(f"{server.origin}/openapi.json")


def test_every_public_route_is_in_the_schema(schema: schemathesis.BaseSchema) -> None:
    assert set(schema) == {*PATHS, PUSH}


def test_its_limits_are_those_of_the_service() -> None:
    components = load_openapi(push_api=True)["components"]
    parameters, schemas = components["parameters"], components["schemas"]
    assert parameters["Limit"]["schema"]["default"] == Ranking().cards
    assert parameters["Limit"]["schema"]["maximum"] == MAX_LIMIT == schemas["Cards"]["maxItems"]
    assert parameters["MaxAgeDays"]["schema"]["maximum"] == MAX_AGE_DAYS
    assert schemas["Article"]["properties"]["id"]["maxLength"] == MAX_ID_LENGTH
    assert schemas["Article"]["properties"]["language"]["maxLength"] == MAX_LANGUAGE_LENGTH


@pytest.mark.parametrize("path", PATHS[:6])
def test_an_address_that_is_too_long_is_in_the_schema(
    server: RealServer, schema: schemathesis.BaseSchema, path: str
) -> None:
    assert server.ask(path.replace("{id}", "a") + "?exclude=" + "a" * 17_000).status == 414
    assert "414" in schema[path]["GET"].definition.raw["responses"]


@pytest.mark.parametrize("path", PATHS)
def test_generated_requests_match_the_schema(schema: schemathesis.BaseSchema, path: str) -> None:
    # "Either url or id" is said in words: OpenAPI's parameters cannot say it.
    left_out = [positive_data_acceptance] if path == "/v1/related" else []
    known = {"id": "talks/0"}, {"url": "https://site.example/talks/0"}

    @hypothesis.given(case=schema[path]["GET"].as_strategy(), real=st.booleans())
    @hypothesis.settings(max_examples=60, deadline=None, database=None, derandomize=True)
    def check(case: schemathesis.Case, real: bool) -> None:
        if real and case.path_parameters:
            case.path_parameters.update(known[0])
        elif real and "/v1/related" in path:
            case.query = {**(case.query or {}), **known[1]}
            case.query.pop("id", None)
        case.call_and_validate(excluded_checks=left_out)

    check()


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_generated_pushes_match_the_schema(schema: schemathesis.BaseSchema, method: str) -> None:
    # What makes a text a date, or an id the one of the address, is said in words.
    left_out = [positive_data_acceptance]

    @hypothesis.given(case=schema[PUSH][method].as_strategy(), real=st.booleans())
    @hypothesis.settings(max_examples=60, deadline=None, database=None, derandomize=True)
    def check(case: schemathesis.Case, real: bool) -> None:
        if real and method == "PUT" and isinstance(case.body, dict):
            case.body |= {"id": "pushed", "published": "2026-10-01"}
        if real:
            case.path_parameters["id"] = "pushed"
        headers = {"Authorization": f"Bearer {TOKEN[0]}"}
        case.call_and_validate(headers=headers, excluded_checks=left_out)

    check()
