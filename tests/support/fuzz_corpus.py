"""Documents of each kind that fuzzing starts from, and how they are changed."""

import json
from collections.abc import Sequence

from hypothesis import strategies as st

from source_documents import ATOM, HEAD, LD, RSS, item, page

SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://site.example/a</loc><lastmod>2026-06-01T10:00:00+02:00</lastmod>
<news:news><news:publication><news:language>en</news:language></news:publication>
<news:publication_date>2026-06-01</news:publication_date><news:title>Talks</news:title></news:news>
</url><url><loc>https://site.example/b</loc></url></urlset>"""

JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Site",
        "language": "pl",
        "items": [
            {
                "id": 7,
                "url": "https://site.example/a",
                "title": "Rozmowy",
                "content_html": "<p>Delegacja wróciła do <a href='/b'>stołu</a>.</p>",
                "date_published": "2026-06-01T10:00:00+02:00",
                "authors": [{"name": "A. Nowak"}],
                "tags": ["polityka"],
                "image": "/a.jpg",
            }
        ],
    },
    ensure_ascii=False,
)

VISIBLE = """<p class="byline">By Anna Nowak | Last Updated: 2 Jun 2025, 14:30 CEST</p>
<time datetime="2025-06-02T14:30">2 June 2025</time><table><tr><td>One<td>Two</table>
<ul><li>First<li>Second</ul><blockquote>A quotation.</blockquote><pre>code</pre>"""

PROSE = (
    """VILNIUS (AP) — The delegation returned on Monday. It was late, the envoy said: “We start
again.” Nobody at the table, neither Mr. Kowalski nor the U.S. side, had expected that.

By Anna Nowak

What happens next

The talks go on at 9.30 a.m. on Tuesday... Read more""",
    "代表团于星期一返回。他们说:“我们重新开始。”没有人预料到这一点。会谈将于星期二继续。",
    "عاد الوفد يوم الاثنين. وقال المبعوث: نبدأ من جديد؟ لم يتوقع أحد ذلك.",
    "คณะผู้แทนกลับมาในวันจันทร์ การเจรจาจะดำเนินต่อไปในวันอังคาร",
    "प्रतिनिधिमंडल सोमवार को लौटा। वार्ता मंगलवार को जारी रहेगी।",
)

DATES = (
    "2026-06-01T10:00:00+02:00", "2026-06-01 10:00", "20260601T100000Z", "2026-06-01",
    "Mon, 01 Jun 2026 10:00:00 +0200", "Mon, 1 Jun 2026 10:00 EDT", "1 czerwca 2026, godz. 10:00",
    "June 1st, 2026 at 12:01am", "1. Juni 2026 um 10 Uhr", "01/06/2026 10:00", "2026年6月1日 10:00",
    "1 июня 2026 г. в 10:00", "le 1er juin 2026 à 10h30", "2026-06-01T10:00:00.123456789Z",
    "Last Updated: 2 Jun 2025 (America/New_York)", "١ يونيو ٢٠٢٦", "1780308000",
)  # fmt: skip

CORPUS = {
    "HTML": (page(), page(VISIBLE, VISIBLE, lang="pl"), page("", LD, VISIBLE)),
    "sitemap": (SITEMAP, SITEMAP.replace("urlset", "sitemapindex").replace("url>", "sitemap>")),
    "export": (HEAD + item(1) + item(2, "[gallery ids=1]<p>B.</p>") + "</channel></rss>",),
    "feed": (RSS, ATOM, JSON_FEED),
    "dates": DATES,
    "teasers": PROSE,
}

PIECES = (
    "<", ">", "&", ";", '"', "'", "/", "=", "]]>", "<![CDATA[", "<!--", "-->", "<!DOCTYPE a [",
    "<!ENTITY b 'c'>", "&b;", "&#0;", "&#x110000;", "&#55296;", "&amp;amp;", "<p>", "</p>",
    "<script>", "<svg><title>", "<template>", "<math>", "<br", "xmlns:a=''", "xml:base='http://['",
    "\0", "\x1b[2J", "\ufeff", "\u202e", "\u2028", "\u0301", "\ud800", "\U0010ffff", "İ", "ß", "漢",
    "[", "{", "}", "]", ",", ":", "null", "true", "-1", "1e999", "9" * 25, "{}", "[[]]", "\\u0000",
    "http://[", "http://a:99999/", "//", "javascript:a", "data:,", "?a=b#c", "%zz", "..", "\n\n",
    "[caption]", "{{<ref", "{% if %}", "...", "…", "—", " ", "\t", "0000-00-00", "9999-12-31",
    "24:00", "23:59:60", "+99:99", "-30", "Feb 30", "AM", "Europe/", "utf-7", "iso-2022-jp",
)  # fmt: skip
"""What is put into documents: the beginnings and ends of things, and odd values."""


@st.composite
def changed(draw: st.DrawFn, documents: Sequence[str]) -> str:
    """Take a document and replace a few parts of it: by other parts, pieces or nothing."""
    text = draw(st.sampled_from(documents))
    for _ in range(draw(st.integers(0, 8))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.one_of(st.just(0), st.integers(0, 40)))
        other = draw(st.integers(0, len(text)))
        part = draw(
            st.one_of(
                st.sampled_from(PIECES),
                st.text(max_size=4),
                st.just(text[other : other + 30]),
                st.just(text[start:end] * 9),
            )
        )
        text = text[:start] + part + text[end:]
    return text
