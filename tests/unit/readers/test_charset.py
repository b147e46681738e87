"""Encodings of files: no letter is lost, and what cannot be read is reported."""

import json
from pathlib import Path

import pytest

from read_source import read_all
from recommender.articles.flags import Flag
from recommender.ingest.readers.charset import decode
from source_documents import HEAD, item

TEXTS = {
    "pl": "Wójt gminy złożył wniosek o żwirową ścieżkę wzdłuż jeziora, lecz rada się waha.",
    "cs": "Hejtman řekl, že přístaviště u jezera otevřou příští čtvrtek ráno.",
    "de": "Die Fähre fährt künftig öfter über den Fluss, erklärte die Behörde.",
    "ru": "Глава района объявил, что паром пойдёт через озеро весной.",
    "el": "Ο περιφερειάρχης είπε ότι το πλοίο θα περνά τη λίμνη κάθε ώρα.",
    "tr": "Kaymakam, gölü geçen vapurun ilkbaharda çalışacağını söyledi.",
    "ja": "知事は湖を渡る船が春に運航を始めると発表した。",
    "zh": "县长宣布,横渡湖面的渡轮将于春季开通。",
    "dos": "Zarząd kolei wąskotorowej ogłosił, że pociągi pojadą częściej.",
}
ENCODINGS = {
    "pl": "cp1250",
    "cs": "iso8859-2",
    "de": "cp1252",
    "ru": "cp1251",
    "el": "cp1253",
    "tr": "cp1254",
    "ja": "shift_jis",
    "zh": "gb18030",
    "dos": "cp852",
}


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("suffix", ["csv", "jsonl", "xml"])
def test_the_encoding_is_detected(tmp_path: Path, language: str, suffix: str) -> None:
    text = TEXTS[language]
    row = {"id": "1", "title": "Ferry", "published": "2026-03-02", "body": text}
    written = {
        "csv": f"id;title;published;body\n1;Ferry;2026-03-02;{text}",
        "jsonl": json.dumps(row, ensure_ascii=False),
        "xml": f"<rss version='2.0'><channel><title>F</title><item><guid>1</guid>"
        f"<title>Ferry</title><pubDate>2026-03-02</pubDate><description>{text}</description>"
        "</item></channel></rss>",
    }
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(written[suffix].encode(ENCODINGS[language]))
    [article], [note] = read_all(path)
    assert text in (article.body, article.teaser)
    assert article.flags == (Flag.ENCODING_DETECTED,)
    assert note.startswith(f"{path}: not valid UTF-8; read as ")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize("suffix", ["csv", "jsonl", "json"])
def test_byte_order_marks(tmp_path: Path, encoding: str, suffix: str) -> None:
    row = {"id": "1", "title": TEXTS["pl"], "published": "2026-03-02"}
    written = {
        "csv": f'id,title,published\n1,"{TEXTS["pl"]}",2026-03-02\n',
        "jsonl": json.dumps(row, ensure_ascii=False) + "\n",
        "json": json.dumps({"items": [row | {"date_published": "2026-03-02"}]}, ensure_ascii=False),
    }
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(written[suffix].encode(encoding))
    [article], complaints = read_all(path)
    assert (article.title, complaints) == (TEXTS["pl"], [])


def test_a_few_other_bytes_in_utf8_lose_nothing(tmp_path: Path) -> None:
    lines = [b"id,title,published", *(f"{i},Rzeka Łyna {i},2026-03-02".encode() for i in range(4))]
    lines.append("9,Łyna i ".encode() + b"\x84most\x94" + b",2026-03-02")
    path = tmp_path / "a.csv"
    path.write_bytes(b"\n".join(lines))
    articles, [note] = read_all(path)
    assert [a.title for a in articles[3:]] == ["Rzeka Łyna 3", "Łyna i „most”"]
    assert articles[3].flags == ()
    assert "Windows-1252 where it is not" in note


def test_an_unknown_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,title,published\n1,\x81\x8d\x8f,2026-03-02\n2,Two,2026-03-02\n")
    articles, complaints = read_all(path)
    assert [a.id for a in articles] == ["2"]
    assert complaints[0].startswith(f"{path}:2: expected text in UTF-8, got an encoding that ")
    assert len(complaints) == 1


def test_declared_encodings_precede_detection() -> None:
    text = f'<?xml version="1.0" encoding="iso-8859-2"?><a>{TEXTS["pl"]}</a>'
    assert decode(text.encode("iso-8859-2")) == (text, "")
    assert decode(text.encode("utf-8"), "iso-8859-1") == (text, "")
    assert decode(text.encode("cp1250").replace(b"iso-8859-2", b"utf-8")).detected == "cp1250"


ODD = ["", "\x0b", "&#x0B;", "&#8;", "&nbsp;", " & ", "\x00", "&#x110000;&#XD800;&#99999999;"]


@pytest.mark.parametrize("before", ["\n\n", "\ufeff \n", "<br />\n<b>Warning</b>: x in y.php\n"])
@pytest.mark.parametrize("odd", ODD)
def test_harmless_faults_of_feeds_are_repaired(tmp_path: Path, before: str, odd: str) -> None:
    path = tmp_path / "feed.xml"
    document = f"""{before}<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>
    <title>F</title><item><guid>1</guid><title>Ferry{odd} runs</title><pubDate>2026-03-02</pubDate>
    <link><![CDATA[https://f.example/?a=1&b=2]]></link>
    <description>&lt;p&gt;The ferry{odd} runs&amp;nbsp;again.&lt;/p&gt;</description></item>
    </channel></rss><script>track()</script>"""
    path.write_text(document, encoding="utf-8")
    [article], complaints = read_all(path)
    assert complaints == []
    assert article.title.replace("& ", "") in ("Ferry runs", "Ferry runs")
    assert article.teaser.replace("& ", "").split() == ["The", "ferry", "runs", "again."]
    assert article.url == "https://f.example/?a=1&b=2"


def test_exports_of_wordpress_lose_no_body(tmp_path: Path) -> None:
    text = TEXTS["pl"]
    document = HEAD + item(1, f"{text} \x0b X") + item(2, "&#x0B;Second.") + "</channel></rss>"
    path = tmp_path / "a.xml"
    path.write_bytes(f"\n\n{document}".encode())
    articles, complaints = read_all(path)
    assert [a.body for a in articles] == [f"{text} X", "Second."]
    assert complaints == []
    path.write_bytes(document.encode("cp1250"))
    articles, [note] = read_all(path)
    assert articles[0].body == f"{text} X"
    assert "read as cp1250" in note


def test_a_list_of_addresses_from_notepad(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("# Łyna\nftp://łyna.example/\n".encode("utf-16"))
    assert read_all(path) == ([], [f"{path}:2: expected http(s)://..., got 'ftp://łyna.example/'"])
