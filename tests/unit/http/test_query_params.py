"""Messages about invalid parameters: what was expected, and what was found."""

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from recommender.serving.filters import Query
from service.http.query_params import parse_flag, parse_query, parse_subject, parse_url

Pairs = list[tuple[str, str]]


@pytest.mark.parametrize(
    ("pairs", "detail"),
    [
        ([("limit", "50")], "limit: expected a whole number from 1 to 20, got '50'"),
        ([("limit", "1"), ("limit", "2")], "limit: expected one value, got 2"),
        ([("fill", "all")], "fill: expected latest or none, got 'all'"),
        ([("max_age_days", "x" * 99)], f"at most 36500, got '{'x' * 57}...'"),
        ([("max_age_days", "nan")], "max_age_days: expected a number above 0"),
    ],
)
def test_an_invalid_filter_is_named(pairs: Pairs, detail: str) -> None:
    with pytest.raises(BadRequest) as caught:
        parse_query(MultiDict(pairs))
    assert detail in str(caught.value.description)


@pytest.mark.parametrize(
    ("pairs", "detail"),
    [
        ([], "expected either url, or id 1 to 20 times, got neither"),
        ([("uri", "https://a.example/1")], "unknown parameter 'uri'; did you mean 'url'?"),
        ([("id", "a"), ("url", "b")], "expected either url, or id 1 to 20 times, got both"),
        ([("id", str(n)) for n in range(21)], "id: expected at most 20 values, got 21"),
    ],
)
def test_a_request_is_about_a_url_or_ids(pairs: Pairs, detail: str) -> None:
    with pytest.raises(BadRequest) as caught:
        parse_subject(MultiDict(pairs))
    assert caught.value.description == detail


def test_a_missing_url_and_an_invalid_flag_are_named() -> None:
    with pytest.raises(BadRequest, match="url: expected the URL of an article, got nothing"):
        parse_url(MultiDict([("id", "a")]))
    with pytest.raises(BadRequest, match="explain: expected 1 or 0, got 'yes'"):
        parse_flag(MultiDict([("explain", "yes")]), "explain")


def test_ids_to_exclude_are_repeated_or_separated_by_commas() -> None:
    pairs = [("exclude", "a,b"), ("exclude", "c"), ("section", "")]
    assert parse_query(MultiDict(pairs)) == Query(exclude=frozenset({"a,b", "a", "b", "c"}))


@pytest.mark.parametrize(
    ("names", "others", "detail"),
    [
        (["sections"], (), "unknown parameter 'sections'; did you mean 'section'?"),
        (["Limit"], (), "unknown parameter 'Limit'; did you mean 'limit'?"),
        (["zz", "q"], (), "unknown parameters 'zz', 'q'; expected limit, exclude, section"),
        (["explain"], (), "unknown parameter 'explain'; expected limit"),
        (["url", "utm_x"], ("url",), "(a & within url is written %26)"),
    ],
)
def test_unknown_parameters_are_named(
    names: list[str], others: tuple[str, ...], detail: str
) -> None:
    arguments = MultiDict([(name, "1") for name in names])
    with pytest.raises(BadRequest) as caught:
        parse_query(arguments, *others)
    assert detail in str(caught.value.description)


def test_ids_are_kept_once_and_in_order() -> None:
    assert parse_subject(MultiDict([("id", "b"), ("id", "a"), ("id", "b")])) == (["b", "a"], None)
