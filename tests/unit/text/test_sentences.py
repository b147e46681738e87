"""Sentences end with the marks of each script, with and without a space after them."""

import pytest

from recommender.text.sentences import cut, is_closed, join_sentences, sentences
from recommender.text.teaser import MAX_WORDS, MIN_WORDS, make_teaser
from recommender.text.word_count import word_count


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["The bridge is open.", "Who paid?", "The U.S. did."]),
        ("zh", ["大桥通车了。", "谁付的钱？", "“市里。”"]),
        ("ja", ["橋が開通した。", "「誰が払ったのか？」", "市だ。"]),
        ("hi", ["पुल खुल गया।", "डॉ. रावत ने पैसा दिया।"]),
        ("ur", ["پل کھل گیا۔", "پیسہ کس نے دیا؟"]),
        ("bn", ["সেতু খুলল।", "কে টাকা দিল?"]),
        ("km", ["ស្ពានបើកហើយ។", "អ្នកណាបង់ប្រាក់?"]),
        ("my", ["တံတားဖွင့်ပြီ။", "ဘယ်သူပေးသလဲ။"]),
        ("am", ["ድልድዩ ተከፈተ።", "ማን ከፈለ፧"]),
        ("th", ["สะพานเปิดแล้ว", "ใครเป็นคนจ่ายเงิน"]),
    ],
)
def test_sentences_are_split_and_joined(language: str, expected: list[str]) -> None:
    text = join_sentences(expected)
    assert sentences(text, language) == expected
    assert (" " in text) == (language not in {"zh", "ja"})


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("am", ["ድልድዩ ተከፈተ፡፡", "ከተማው ከፈለ፡፡"]),
        ("hy", ["Կամուրջը բացվեց:", "Բոլորը ուրախ են:"]),
        ("hi", ["पुल खुल गया|", "डॉ. रावत आए |"]),
    ],
)
def test_marks_that_writers_type_instead(language: str, expected: list[str]) -> None:
    assert sentences(" ".join(expected), language) == expected
    assert all(is_closed(sentence) for sentence in expected)
    assert not is_closed(expected[0].rstrip("፡:|"))


@pytest.mark.parametrize("text", ["Opening hours:", "Open at 12:30 | Closed on Sunday |", "ቤት፡"])
def test_other_colons_and_bars_end_no_sentence(text: str) -> None:
    assert sentences(text, "en") == [text]
    assert not is_closed(text)


@pytest.mark.parametrize(
    ("language", "phrases"),
    [
        ("th", ["เขาพูดสั้น ๆ", "แล้วเดินออกไป"]),
        ("th", ["พบยาบ้า 2,000,000 เม็ด", "ซุกซ่อนมาในรถผัก"]),
        ("th", ["สมาคมเปิดเผยว่า ราคาทองขึ้น", "ร้านมีลูกค้ามาก"]),
        ("th", ["ราคาทองวันนี้ (3 พ.ค. 2569)", "ปรับขึ้น"]),
        ("th", ["เปิดเวลา 06.00 น. ของวันที่ 3 มิ.ย. นี้", "ที่บ้านไผ่ - นครพนม"]),
        ("lo", ["ເລີ່ມແຕ່ວັນທີ 3 ພຶດສະພາ 2026 ໂດຍນ້ຳມັນແອັດຊັງ", "ລາຄາຂຶ້ນ"]),
        ("lo", ["ກະຊວງອຸດສາຫະກຳ ແລະ ການຄ້າ", "ກ່າວວ່າ ລາຄາຍັງແພງ"]),
    ],
)
def test_a_phrase_ends_neither_in_an_amount_nor_before_what_is_said(
    language: str, phrases: list[str]
) -> None:
    assert sentences(" ".join(phrases), language) == phrases


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("sv", "Matchen spelades i går.|”Det var kallt”, sa målvakten.|Sedan gick hon."),
        ("fi", "Kaikki tulivat.|»Tätä emme unohda», sanoi maalivahti.|Hän itki."),
        ("en", "The mayor came.|”We won,” she said."),
        ("fr", "Elle est venue.|« Bonjour. »|Elle est partie."),
    ],
)
def test_a_quotation_begins_with_its_mark(language: str, text: str) -> None:
    assert sentences(text.replace("|", " "), language) == text.split("|")


def test_marks_without_a_space_end_sentences_of_any_language() -> None:
    assert sentences("大桥通车了。谁付的钱？", "en") == ["大桥通车了。", "谁付的钱？"]
    assert sentences("ស្ពានបើក។គេមក។", "km") == ["ស្ពានបើក។", "គេមក។"]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("de", ["Sie spielt ab Herbst in der 1. Bundesliga.", "Das freut den Klub."]),
        ("sr-Latn", ["Most se otvara 3. maja u podne.", "Ulaz je besplatan."]),
        ("pl", ["Remont potrwa ok. 35 dni.", "Zamknięto m.in. ul. Długą."]),
        ("pl", ["Kazanie wygłosi ks. Adam Lis.", "Wstęp wolny."]),
        ("pl", ["Korek w Al. Jerozolimskich od godz. 15 do nocy.", "Objazd m.in. Kruczą."]),
        ("pl", ["Projekt spółki z o.o.", "Budowa trwa."]),
        ("de", ["Das steht in Abs. Drei.", "Das Rad hat kein ABS.", "Die Polizei warnt."]),
        ("vi", ["Anh sống ở TP.HCM.", "Người dân rất vui."]),
        ("sr", ["Отворена је ул. Кнеза Милоша.", "Улаз је бесплатан."]),
        ("sv", ["Bron stängs t.ex. Lördag.", "Fri entré."]),
        ("ru", ["Мост у театра им. Гоголя открыт.", "Вход свободный."]),
        ("fr", ["M. Dupont et J.-P. Martin sont là.", "Le pont ouvre."]),
        ("vi", ["Cầu ở TP. Huế đã mở.", "Dân vui."]),
        ("fa", ["هزینه پل ۳.۵ میلیارد بود.", "پل باز شد."]),
        ("ar", ["أشرف على الجسر د. أحمد.", "الناس سعداء."]),
        ("te", ["వంతెనకు రూ. 500 ఇచ్చారు.", "డా. రావు వచ్చారు."]),
        ("ka", ["ხიდი გაიხსნა.", "ქ. თბილისი ზეიმობს."]),
        ("gu", ["પુલ ખુલ્લો છે.", "લોકો ખુશ છે."]),
        ("zh", ["工程由A.B.公司承建。", "今年内完工。"]),
        ("ko", ["다리가 곧 열릴 것.", "모두 기뻐했다."]),
        ("en", ["The bridge opened in 2020.", "Ferries stopped."]),
        ("es", ["El puente abre a las 10.", "La entrada es libre."]),
    ],
)
def test_a_full_stop_after_an_ordinal_or_abbreviation_ends_no_sentence(
    language: str, expected: list[str]
) -> None:
    assert sentences(" ".join(expected), language) == expected


@pytest.mark.parametrize("text", ["पुल खुल गया।", "پل کھل گیا۔", "「開通した。」", "He said: “Yes.”"])
def test_a_paragraph_that_ends_with_a_sentence(text: str) -> None:
    assert is_closed(text)
    assert not is_closed(text.rstrip("।۔。」.”"))


def test_a_long_paragraph_in_thai_is_no_heading() -> None:
    assert is_closed("สะพานเก่าเปิดให้บริการอีกครั้งในสัปดาห์นี้หลังซ่อมแซมนานสี่เดือน")
    assert not is_closed("สะพานเก่า")


def test_a_text_is_cut_after_a_comma_or_space() -> None:
    assert cut("one two three", 3) == "one two three"
    assert cut("one two three", 2) == "one two…"
    assert cut("桥已开放，车流不断，行人很多", 5) == "桥已开放，车流不断…"
    assert cut("桥" * 50, 5) == "桥" * 10 + "…"
    assert cut("ชื่" * 50, 1) == "ชื่…"
    assert cut("one, two 4,150 three", 3) == "one, two 4,150…"
    assert cut("one, two 4,150 three", 3, least=1) == "one…"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh", "河上的旧桥修了四个月才重新通车。"),
        ("ja", "川にかかる古い橋は四か月の工事を終えて開通した。"),
        ("th", "สะพานเก่าข้ามแม่น้ำเปิดให้บริการอีกครั้ง "),
        ("hi", "नदी पर बना पुराना पुल चार महीने की मरम्मत के बाद खुल गया। "),
        ("ur", "دریا پر پرانا پل چار ماہ کی مرمت کے بعد کھل گیا۔ "),
        ("my", "မြစ်ပေါ်ရှိတံတားဟောင်းကိုလေးလကြာပြင်ပြီးပြန်ဖွင့်ခဲ့သည်။"),
    ],
)
def test_teasers_are_whole_sentences_of_thirty_to_eighty_words(
    language: str, sentence: str
) -> None:
    teaser = make_teaser(sentence * 30, "", language)
    assert MIN_WORDS <= word_count(teaser) <= MAX_WORDS
    assert teaser.endswith(sentence.strip())
    assert ("。" not in teaser) or " " not in teaser


@pytest.mark.parametrize(("word", "letters"), [("桥", 2), ("สะพาน", 4)])
def test_a_text_without_any_mark_is_cut(word: str, letters: int) -> None:
    assert len(make_teaser(word * 400)) == letters * MAX_WORDS + 1


KHMER = (
    "ក្រសួងពាណិជ្ជកម្មបានប្រកាសតម្លៃប្រេងឥន្ធនៈថ្មី ចាប់ពីថ្ងៃទី ៣ ខែឧសភា "
    "ដោយសាំងធម្មតាមានតម្លៃ ៤.១៥០ រៀលក្នុងមួយលីត្រ "
    "និងម៉ាស៊ូត ៣.៩០០ រៀល ខណៈអ្នកបើកបរជាច្រើននិយាយថា តម្លៃនៅតែថ្លៃហើយស្នើឱ្យបញ្ចុះពន្ធ។"
)
BURMESE = (
    "ကူးသန်းရောင်းဝယ်ရေးဝန်ကြီးဌာနက မေလ ၃ ရက်နေ့မှစ၍ ဈေးနှုန်းအသစ်များကို "
    "ကြေညာခဲ့ရာ ယာဉ်မောင်းများက ဈေးနှုန်းမှာ မြင့်မားနေဆဲဖြစ်သည်ဟု ပြောကြားကြပြီး လျှော့ချပေးရန် တောင်းဆိုခဲ့ကြသည်။"
)


@pytest.mark.parametrize(
    ("language", "lead", "rest"),
    [("km", KHMER, "ក្រសួងនឹងពិនិត្យតម្លៃម្តង។"), ("my", BURMESE, "ပြန်လည်သုံးသပ်မည်ဖြစ်သည်။")],
)
def test_an_ordinary_lead_without_spaces_between_words(language: str, lead: str, rest: str) -> None:
    assert make_teaser(f"{lead} {rest}", "", language) == lead
