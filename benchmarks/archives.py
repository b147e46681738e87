"""Writes archives of generated articles in the formats of the readers, from a fixed seed."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

SEED = 7
VOCABULARY = 4000
START = datetime(2020, 1, 1, 8, tzinfo=UTC)
SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu".split()  # noqa: SIM905

Archive = Iterator[dict[str, Any]]


def articles(count: int, words: int = 400) -> Archive:
    """Generate articles of about ``words`` words, in paragraphs of three sentences."""
    chance = random.Random(SEED)
    vocabulary = [
        "".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(VOCABULARY)
    ]
    for number in range(count):
        sentences = [_sentence(chance, vocabulary) for _ in range(max(words // 15, 1))]
        yield {
            "id": f"story-{number}",
            "title": _sentence(chance, vocabulary)[:70].rstrip(". "),
            "published": (START + timedelta(hours=number)).isoformat(),
            "url": f"https://site.example/story-{number}",
            "section": chance.choice(["politics", "economy", "culture"]),
            "authors": [f"Author {chance.randint(1, 30)}"],
            "paragraphs": [" ".join(sentences[i : i + 3]) for i in range(0, len(sentences), 3)],
        }


def _sentence(chance: random.Random, vocabulary: list[str]) -> str:
    return " ".join(chance.choices(vocabulary, k=chance.randint(8, 22))).capitalize() + "."


def _flat(article: dict[str, Any]) -> dict[str, Any]:
    body = "\n".join(article["paragraphs"])
    return {k: v for k, v in article.items() if k != "paragraphs"} | {"body": body}


def _html(article: dict[str, Any]) -> str:
    parts = [f"<p>{text}</p>" for text in article["paragraphs"]]
    return "<h2>What happens next</h2>".join(["".join(parts[:3]), "".join(parts[3:])])


def write_jsonl(path: Path, archive: Archive) -> None:
    """Write JSON Lines, one article a line."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(_flat(article)) + "\n" for article in archive)


def write_csv(path: Path, archive: Archive) -> None:
    """Write CSV with the first author."""
    columns = ("id", "title", "published", "body", "url", "section", "authors")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(_flat(a) | {"authors": a["authors"][0]} for a in archive)


def write_rss(path: Path, archive: Archive) -> None:
    """Write RSS with the full text."""
    with path.open("w", encoding="utf-8") as file:
        file.write('<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">')
        file.write("<channel><title>Site</title>")
        for article in archive:
            day = format_datetime(datetime.fromisoformat(article["published"]))
            file.write(
                f"<item><title>{article['title']}</title><link>{article['url']}</link>"
                f'<guid isPermaLink="false">{article["id"]}</guid><pubDate>{day}</pubDate>'
                f"<category>{article['section']}</category>"
                f"<content:encoded>{escape(_html(article))}</content:encoded></item>"
            )
        file.write("</channel></rss>")


def write_wxr(path: Path, archive: Archive) -> None:
    """Write a WordPress export."""
    with path.open("w", encoding="utf-8") as file:
        file.write(
            '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Site</title>'
        )
        for number, article in enumerate(archive, start=1):
            day = article["published"][:19].replace("T", " ")
            file.write(
                f"<item><title>{article['title']}</title><link>{article['url']}</link>"
                f"<dc:creator>a</dc:creator><wp:post_id>{number}</wp:post_id>"
                f"<content:encoded><![CDATA[{_html(article)}]]></content:encoded>"
                f"<wp:post_date_gmt>{day}</wp:post_date_gmt><wp:status>publish</wp:status>"
                f'<wp:post_type>post</wp:post_type><category domain="category" nicename="x">'
                f"{article['section']}</category></item>\n"
            )
        file.write("</channel></rss>")


def write_pages(path: Path, archive: Archive) -> None:
    """Write a folder of web pages, each with a menu, a related block and a consent banner."""
    path.mkdir()
    items = "".join(f'<li><a href="/{n}">Item {n} of the menu</a></li>' for n in range(8))
    menu = f"<ul>{items}</ul>"
    for article in archive:
        metadata = {
            "@type": "NewsArticle",
            "headline": article["title"],
            "datePublished": article["published"],
            "author": {"name": article["authors"][0]},
            "articleSection": article["section"],
        }
        (path / f"{article['id']}.html").write_text(
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>x</title>'
            f'<link rel="canonical" href="{article["url"]}">'
            f'<script type="application/ld+json">{json.dumps(metadata)}</script></head><body>'
            f'<div class="cookie-consent"><p>We use cookies.</p></div><nav>{menu}</nav><main>'
            f"<article><h1>{article['title']}</h1>{_html(article)}</article>"
            f'<section class="related-posts"><h2>Related posts</h2>{menu * 3}</section></main>'
            f"<footer>{menu}</footer></body></html>",
            encoding="utf-8",
        )


WRITERS: dict[str, tuple[str, Callable[[Path, Archive], None]]] = {
    "JSON Lines": ("archive.jsonl", write_jsonl),
    "CSV": ("archive.csv", write_csv),
    "RSS": ("archive.rss", write_rss),
    "WXR": ("archive.xml", write_wxr),
    "web pages": ("archive_pages", write_pages),
}
"""By format: the name of the archive, and its writer."""
