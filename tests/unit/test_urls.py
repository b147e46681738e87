"""URL keys: which URLs are one page, and which are not."""

import unicodedata
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.urls import path_key, url_key, without_tracking

SAME = "https://site.example/politics/talks"


@pytest.mark.parametrize(
    "url",
    [
        SAME,
        "http://www.Site.Example:80/politics/talks/",
        f"{SAME}#comments",
        f"{SAME}?utm_source=x&UTM_Medium=y&fbclid=1&gclid=2&mc_cid=3&_gl=4&igshid=5",
        f"  {SAME}//  ",
        "https://site.example/pol%69tics/talks",
        "//site.example/politics/talks",
        f"{SAME}/amp/",
        f"{SAME}?amp=1",
        f"{SAME}?outputType=amp&utm_source=x",
        "https://amp.site.example/politics/talks",
        "https://amp.www.site.example/politics/talks//amp",
        "https://site.example/amp/politics/talks",
    ],
)
def test_urls_of_one_page_share_a_key(url: str) -> None:
    assert url_key(url) == url_key(SAME)


@pytest.mark.parametrize(
    "url",
    [
        f"{SAME}?id=2",
        f"{SAME}?page=2",
        f"{SAME}?ref=2",
        "https://site.example/politics/Talks",
        "https://other.example/politics/talks",
        "https://site.example:8443/politics/talks",
        "https://site.example/",
        f"{SAME}-amp",
        f"{SAME}?amp=2",
        "https://site.example/amplifiers/politics/talks",
    ],
)
def test_urls_of_other_pages_have_other_keys(url: str) -> None:
    assert url_key(url) not in {None, url_key(SAME)}


@pytest.mark.parametrize(
    "url", ["", "/", "//", "javascript:alert(1)", "mailto:a@b", "http://[", "http://a:b"]
)
def test_urls_without_a_page_have_no_key(url: str) -> None:
    assert url_key(url) is None


@pytest.mark.parametrize(
    ("host", "sent"),
    [
        ("Bücher.example", "xn--bcher-kva.example"),
        ("www.zu\u0308rich.example", "www.xn--zrich-kva.example"),
        ("straße.example:8443", "xn--strae-oqa.example:8443"),
        ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
    ],
)
def test_a_host_has_one_key_in_unicode_and_as_browsers_send_it(host: str, sent: str) -> None:
    assert url_key(f"https://{host}/talks") == url_key(f"https://{sent}/talks")


def test_a_site_may_be_called_amp() -> None:
    assert url_key("https://amp.dev/docs") == "amp.dev/docs"


def test_the_order_of_parameters_is_ignored() -> None:
    assert url_key(f"{SAME}?a=1&b=2") == url_key(f"{SAME}?b=2&a=1&utm_id=3")


@given(st.text())
def test_any_text_has_a_key_or_none(url: str) -> None:
    assert url_key(url) is None or url_key(url)


def test_a_url_without_a_path_has_no_path_key() -> None:
    assert path_key("https://site.example/a/b?p=1") == "/a/b?p=1"
    for front in ("https://site.example", "https://site.example/", "https://a.example?p=/b", ""):
        assert path_key(front) is None


def test_unicode_normal_forms_share_a_key() -> None:
    composed = unicodedata.normalize("NFC", "żółć/zażółć")
    decomposed = unicodedata.normalize("NFD", composed)
    assert url_key(f"https://a.example/{quote(decomposed)}") == url_key(
        f"https://a.example/{composed}"
    )


@pytest.mark.parametrize(
    ("url", "cleaned"),
    [
        (f"{SAME}?utm_source=x&id=2&fbclid=1", f"{SAME}?id=2"),
        (f"{SAME}?b=2&a=1", f"{SAME}?b=2&a=1"),
        (f"{SAME}/;jsessionid=0A?utm_source=x#top", f"{SAME}/"),
        ("https://site.example/#/story/1", "https://site.example/#/story/1"),
        ("/politics/talks?gclid=1", "/politics/talks"),
        ("", ""),
    ],
)
def test_tracking_is_removed_from_an_address(url: str, cleaned: str) -> None:
    assert without_tracking(url) == cleaned
