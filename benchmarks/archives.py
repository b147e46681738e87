"""Archives of made-up articles in every form that the readers take, from a fixed seed."""

from __future__ import annotations

import csv
import json
import random
import sqlite3
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


def articles(count: int, words: int = 400) -> Iterator[dict[str, Any]]:
    """Make articles of about ``words`` words, in paragraphs of sentences."""
    chance = random.Random(SEED)
    vocabulary = [
        "".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(VOCABULARY)
    ]
    for number in range(count):
        sentences = [_sentence(chance, vocabulary) for _ in range(max(words // 15, 1))]
        paragraphs = [" ".join(sentences[i : i + 3]) for i in range(0, len(sentences), 3)]
        yield {
            "id": f"story-{number}",
            "title": _sentence(chance, vocabulary)[:70].rstrip(". "),
            "published": (START + timedelta(hours=number)).isoformat(),
            "url": f"https://site.example/story-{number}",
            "section": chance.choice(["politics", "economy", "culture"]),
            "authors": [f"Author {chance.randint(1, 30)}"],
            "paragraphs": paragraphs,
        }


def _sentence(chance: random.Random, vocabulary: list[str]) -> str:
    return " ".join(chance.choices(vocabulary, k=chance.randint(8, 22))).capitalize() + "."


def jsonl(path: Path, made: Iterator[dict[str, Any]]) -> None:
    """Write the native form."""
    with path.open("w", encoding="utf-8") as file:
        for article in made:
            file.write(json.dumps(_flat(article)) + "\n")


def table(path: Path, made: Iterator[dict[str, Any]]) -> None:
    """Write CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*_COLUMNS])
        writer.writeheader()
        writer.writerows(_flat(a) | {"authors": a["authors"][0]} for a in made)


def parquet(path: Path, made: Iterator[dict[str, Any]]) -> None:
    """Write Parquet."""
    import pyarrow as pa  # noqa: PLC0415 - an extra
    import pyarrow.parquet as pq  # noqa: PLC0415

    pq.write_table(pa.Table.from_pylist([_flat(article) for article in made]), path)


def feed(path: Path, made: Iterator[dict[str, Any]]) -> None:
    """Write RSS with the whole text."""
    with path.open("w", encoding="utf-8") as file:
        file.write('<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">')
        file.write("<channel><title>Site</title>")
        for article in made:
            day = format_datetime(datetime.fromisoformat(article["published"]))
            file.write(
                f"<item><title>{article['title']}</title><link>{article['url']}</link>"
                f'<guid isPermaLink="false">{article["id"]}</guid><pubDate>{day}</pubDate>'
                f"<category>{article['section']}</category>"
                f"<content:encoded>{escape(_html(article))}</content:encoded></item>"
            )
        file.write("</channel></rss>")


def wxr(path: Path, made: Iterator[dict[str, Any]]) -> None:
    """Write WordPress's export."""
    with path.open("w", encoding="utf-8") as file:
        file.write(
            '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
            'xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Site</title>'
        )
        for number, article in enumerate(made, start=1):
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


def markdown(path: Path, made: Iterator[dict[str, Any]]) -> None:
    """Write a folder of Markdown."""
    path.mkdir()
    for article in made:
        text = "\n\n".join(article["paragraphs"])
        front = f"title: {article['title']}\ndate: {article['published']}\ncategory: x"
        (path / f"{article['id']}.md").write_text(f"---\n{front}\n---\n{text}\n", encoding="utf-8")


def pages(path: Path, made: Iterator[dict[str, Any]]) -> None:
    """Write a folder of web pages, with a related block and a consent banner around each."""
    path.mkdir()
    for article in made:
        linked = json.dumps(
            {
                "@type": "NewsArticle",
                "headline": article["title"],
                "datePublished": article["published"],
                "author": {"name": article["authors"][0]},
                "articleSection": article["section"],
            }
        )
        (path / f"{article['id']}.html").write_text(
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>x</title>'
            f'<link rel="canonical" href="{article["url"]}">'
            f'<script type="application/ld+json">{linked}</script></head><body>'
            f'<div class="cookie-consent"><p>We use cookies.</p></div><nav>{_MENU}</nav><main>'
            f"<article><h1>{article['title']}</h1>{_html(article)}</article>"
            f'<section class="related-posts"><h2>Related posts</h2>{_MENU * 3}</section></main>'
            f"<footer>{_MENU}</footer></body></html>",
            encoding="utf-8",
        )


def database(path: Path, made: Iterator[dict[str, Any]]) -> None:
    """Write a SQLite database."""
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE posts (id, title, published, body, url, section)")
        rows = ([row[name] for name in _COLUMNS[:-1]] for row in map(_flat, made))
        connection.executemany("INSERT INTO posts VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.close()


_COLUMNS = ("id", "title", "published", "body", "url", "section", "authors")
_MENU = (
    "<ul>"
    + "".join(f'<li><a href="/{n}">Item {n} of the menu</a></li>' for n in range(8))
    + "</ul>"
)

WRITERS: dict[str, tuple[str, Callable[[Path, Iterator[dict[str, Any]]], None]]] = {
    "JSON Lines": ("archive.jsonl", jsonl),
    "CSV": ("archive.csv", table),
    "Parquet": ("archive.parquet", parquet),
    "RSS": ("archive.rss", feed),
    "WXR": ("archive.xml", wxr),
    "Markdown": ("archive_markdown", markdown),
    "web pages": ("archive_pages", pages),
    "database": ("archive.db", database),
}
"""By form: the archive's name, and what writes it."""


def _flat(article: dict[str, Any]) -> dict[str, Any]:
    body = "\n".join(article["paragraphs"])
    return {k: v for k, v in article.items() if k != "paragraphs"} | {"body": body}


def _html(article: dict[str, Any]) -> str:
    parts = [f"<p>{text}</p>" for text in article["paragraphs"]]
    return "<h2>What happens next</h2>".join(["".join(parts[:3]), "".join(parts[3:])])
