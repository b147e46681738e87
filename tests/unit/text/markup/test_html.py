"""Links of a fragment: those that may lead to articles of the same site."""

import pytest

from recommender.text.markup.html import own_address

BASE = "https://mill.example/2026/rye/"


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("/?p=7", "https://mill.example/?p=7"),
        (
            "https://www.mill.example?p=7&utm_source=x#top",
            "https://www.mill.example?p=7&utm_source=x",
        ),
        ("../oats", "https://mill.example/2026/oats"),
        ("/", ""),
        ("https://mill.example", ""),
        ("/?utm_source=x&fbclid=1", ""),
        ("#end", ""),
        ("", ""),
        ("/rye.pdf?p=7", ""),
        ("https://bakery.example/?p=7", ""),
        ("mailto:miller@mill.example", ""),
    ],
)
def test_links_of_the_same_site_that_may_be_articles(link: str, address: str) -> None:
    assert own_address(link, BASE) == address


def test_a_host_is_the_same_site_in_unicode_and_as_browsers_send_it() -> None:
    link = "https://www.xn--mhle-0ra.example/oats"
    assert own_address(link, "https://mühle.example/rye") == link
