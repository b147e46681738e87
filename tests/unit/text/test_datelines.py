"""Datelines before the first sentence of an article."""

import pytest

from recommender.text.datelines import without_dateline


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        ("WARSAW — The government said.", "The government said."),
        ("Warszawa (PAP) – Rząd przyjął ustawę.", "Rząd przyjął ustawę."),
        ("KYIV, Ukraine, June 2 - The talks began.", "The talks began."),
        ("NEW YORK -- Markets fell.", "Markets fell."),
        ("(CNN) -- Markets fell.", "Markets fell."),
        ("TPO - Sáng 3/5, tàu chạy.", "Sáng 3/5, tàu chạy."),
        ("САМАРА, 3 мая — РИА Новости. Метро открыто.", "Метро открыто."),
        ("МОСКВА, 3 мая. /ТАСС/. Метро открыто.", "Метро открыто."),
        ("[제주=뉴스1] 김민수 기자 = 해녀들이 나섰다.", "해녀들이 나섰다."),
        ("(서울=연합뉴스) 다리가 열렸다.", "다리가 열렸다."),
        ("本报讯（记者 王丽 通讯员 张强）大桥开工。", "大桥开工。"),
        ("新华社北京5月3日电 大桥开工。", "大桥开工。"),
        ("本报讯大桥开工。", "大桥开工。"),
        ("本报北京5月3日讯（记者 王丽）大桥开工。", "大桥开工。"),
        ("中央社台北3日電 大橋開工。", "大橋開工。"),
        ("中新网三日电 (记者 王丽)大桥开工。", "大桥开工。"),
        ("〔記者陳大文／高雄報導〕市府宣布。", "市府宣布。"),
        ("【金沢＝山田太郎】酒蔵が再開した。", "酒蔵が再開した。"),
        ("【速報】酒蔵が再開した。", "【速報】酒蔵が再開した。"),
        ("记者（王丽）昨日到场。", "记者（王丽）昨日到场。"),
        ("ТАСС сообщил о матче. Он отложен.", "ТАСС сообщил о матче. Он отложен."),
        ("The U.S. - China talks began.", "The U.S. - China talks began."),
        ("NATO - the alliance - met.", "NATO - the alliance - met."),
        ("(US = Vereinigte Staaten) Der Rat tagt.", "(US = Vereinigte Staaten) Der Rat tagt."),
        ("[Seoul=Agency] 다리가 열렸다.", "다리가 열렸다."),
        ("Poland — and others — fell behind.", "Poland — and others — fell behind."),
    ],
)
def test_only_the_dateline_is_removed(sentence: str, left: str) -> None:
    assert without_dateline(sentence) == left


@pytest.mark.parametrize(
    "sentence",
    [
        "新华社推出电视节目，介绍古城。",
        "本报记者采访了国家电网公司负责人。",
        "中央社區電視台今天宣布。",
        "新华社记者在电影节上看到新片。",
        "本报记者获悉腾讯（深圳）将招聘。",
    ],
)
def test_a_sentence_that_begins_with_a_chinese_paper_stays(sentence: str) -> None:
    assert without_dateline(sentence) == sentence
