"""Recognise teasers that a content system cut off, and the phrases that it appends to texts."""

from __future__ import annotations

import re

from recommender.text.sentences import goes_on, has_end_mark

MIN_TITLE = 8
"""Characters of a title that is looked for in a text."""

MAX_CREDIT = 300
"""Characters of "The post ... appeared first on" with the title."""

MAX_BODY = 6000
"""Characters of the body in which the end of a teaser is looked for."""

END_LENGTHS = (40, 16)
"""Characters at the end of a teaser that are looked for in the body; the second is for scripts
without spaces."""

_READ_MORE = r"""
continue reading|keep reading
read (?:more|on|the rest|the full (?:story|article)|full (?:story|article))
(?:learn|view|see|find out|show) more|full (?:story|article)|more|weiterlesen|weiter lesen
mehr (?:lesen|erfahren)|lesen sie (?:mehr|weiter)|mehr|lire (?:la suite|plus)|en savoir plus
continuer (?:la lecture|à lire|de lire)|la suite|suite|leer más
(?:seguir|continuar|sigue|continúa) leyendo|ver más|leggi (?:tutto|di più|ancora)
continua (?:a leggere|la lettura)|per saperne di più|ler mais
(?:continue|continuar) (?:lendo|a ler)|leia mais|saiba mais|lees (?:verder|meer)|verder lezen
(?:prze)?czytaj (?:dalej|więcej|całość)|(?:dowiedz się|zobacz) więcej|więcej
číst (?:dál|dále|více)|celý článek|více|čítať (?:ďalej|viac)|celý článok|viac|läs (?:mer|vidare)
fortsätt läsa|les (?:mer|videre)|fortsett å lese|læs (?:mere|videre)|fortsæt læsning|lue lisää
jatka lukemista|lesa meira|tovább(?: olvasom)?|bővebben|részletek
cite[sșş]te (?:mai mult|mai departe|în continuare)|continuă (?:lectura|să citești)|devamını oku
okumaya devam et|daha fazla|devamı|(?:pročitaj|saznaj|čitaj) (?:više|dalje)|opširnije|preberi več
skaityti (?:daugiau|toliau)|plačiau|lasīt (?:vairāk|tālāk)|loe (?:edasi|rohkem|veel)
читать (?:далее|дальше|полностью)|подробнее|далее|читати (?:далі|більше)|докладніше|детальніше
прочети(?: още| повече)?|виж повече|прочитај (?:више|повеќе)|опширније
διαβάστε (?:περισσότερα|τη συνέχεια)|συνέχεια|περισσότερα|اقرأ المزيد|إقرأ المزيد|المزيد
أكمل القراءة|ادامه (?:مطلب|خبر)|بیشتر بخوانید|קראו? עוד|להמשך קריאה|המשך(?: קריאה)?|और पढ़ें
आगे पढ़ें|আরও পড়ুন|বিস্তারিত|மேலும் படிக்க|ఇంకా చదవండి|อ่าน(?:ต่อ|เพิ่มเติม)|xem (?:thêm|tiếp)
đọc (?:tiếp|thêm)|(?:baca )?selengkapnya|baca lebih lanjut|lanjutkan membaca|続き(?:を読む|はこちら)
もっと(?:読む|見る)|阅读(?:全文|更多)|查看(?:全文|更多)
继续阅读|閱讀(?:全文|更多)|繼續閱讀
더 ?(?:보기|읽기)|계속 ?읽기|자세히(?: 보기)?
llegeix(?: més)?|ler máis|irakurri gehiago
"""
_LABEL = "|".join(_READ_MORE.split("\n")[1:-1])
"""Labels of links to the article, in the languages of WordPress's translations and of sites."""

_APPEARED = r"""
(?:first appeared|appeared first) (?:on|in)|was (?:first|originally) published (?:on|at)
erschien zuerst (?:auf|bei)|(?:est apparu|apparaît) en premier sur|se publicó primero en
(?:aparece|apareció|apareceu) primeir?o e[nm]|proviene da|sembra essere il primo su
verscheen eerst op|pochodzi z (?:serwisu|portalu)|pojawiła? się (?:po raz )?pierwszy|pochází z
se nejdříve objevil|zobrazený najskôr|появил(?:ись|ась|ся|ось) (?:сначала|впервые)
впервые появил(?:ись|ась|ся|ось)|спершу з.явив?ся|dök först upp|dukket først opp|dukkede først op
blev først (?:udgivet|vist|offentliggjort)|(?:julkaistiin|ilmestyi) ensimmäise|ilk önce|jelent meg
apare (?:prima dată|mai întâi)|εμφανίστηκε πρώτα
に最初に表示されました|最先出现在|最先出現|에 처음 등장
أولاً على|اولین بار در|הופיע לראשונה|pertama kali (?:tampil|muncul)|xuất hiện đầu tiên
се появи (?:първо|за първи път)|pojavi\w+ se prvi put|ha aparegut primer
"""
_CREDIT = "|".join(_APPEARED.split("\n")[1:-1])
"""What the feeds of WordPress say after the title of a post, in its translations."""

_THE_POST = re.compile(
    r"(?:(?:the|this) (?:post|article|story|entry)|d(?:er|ieser) beitrag|(?:l['’]|cet )article"
    r"|(?:la|esta) entrada|(?:el|este) (?:post|artículo)|l['’]articolo|o (?:post|artigo|conteúdo)"
    r"|het bericht|artykuł|wpis|příspěvek|článek|príspevok|сообщение|запись|запис|inlägget"
    r"|innlegget|indlægget|artikkeli|articolul|το άρθρο|投稿|المقالة|نوشته|הפוסט"
    r"|artikel|bài viết)\b",
    re.IGNORECASE,
)
"""How it calls the post."""

MAX_END = 400
"""Characters at the end of a text that are searched for what was appended."""

_ELLIPSIS = re.compile(
    r"\s*+(?:[\[(]\s*+)?(?:…++|\.\s?\.[.\s]*+|⋯|‥)\s*+(?:[\])]|\[\+\d+ chars\])?[\s\"”»’'.)]*$"
    r"|\s*\[\+\d+ chars\]$"
)
_IN_BRACKETS = re.compile(rf"\s*[\[(](?:{_LABEL})\s*(?:…|\.\.\.|→|»)?[\])]\s*$", re.IGNORECASE)
_AFTER_END = re.compile(
    rf"(?:^|(?<=[.!?…。！？।\])”\"»’>→|–—-])|(?<=[。！？।]))\s*(?:[\[(«<→>|–—-]\s*)?(?:{_LABEL})"
    r"(?:\s*[\])»›>→…|:.–—-]+)*\s*$",
    re.IGNORECASE,
)
_CAPITALIZED = re.compile(
    rf"(?<=[^\W\d_])\s+(?=[A-ZÀ-ÞĀ-ŽА-ЯΑ-Ω])(?i:{_LABEL})(?:\s*[\])»›>→…|:.–—-]+)*\s*$"
)
_SENTENCE_END = re.compile(r"[.!?…。！？।\]][\"”»’)]*\s*")
_CREDITED = re.compile(rf"(?:{_CREDIT})[^\n]{{0,120}}$", re.IGNORECASE)
MAX_CREDITED = 200
"""Characters at the end of a text in which :data:`_CREDITED` is searched: more than it matches."""


def without_appended(text: str, title: str = "") -> str:
    """Remove "Continue reading" and "The post ... appeared first on ..." from the end of a text.

    Parameters
    ----------
    text : a teaser, or a line of a body.
    title : of the article, which both may repeat.
    """
    head, text = text[:-MAX_END], text[-MAX_END:]
    while True:
        shorter = _without_label(_without_credit(text.rstrip(), title), title)
        if shorter == text:
            return head + text
        text = shorter


def without_appended_line(body: str, title: str = "") -> str:
    """Remove what :func:`without_appended` removes from the last line of a body."""
    head, line_end, last = body.rpartition("\n")
    return f"{head}{line_end}{without_appended(last, title)}".rstrip()


def is_cut_off(text: str) -> bool:
    """Return whether a text ends with an ellipsis."""
    return bool(_ELLIPSIS.search(text[-MAX_END:]))


def without_ellipsis(text: str) -> str:
    """Remove the ellipsis from the end of a text."""
    return (text[:-MAX_END] + _ELLIPSIS.sub("", text[-MAX_END:])).rstrip()


def stops_early(teaser: str, body: str) -> bool:
    """Return whether a teaser ends in the middle of a sentence of the body, or of a word."""
    if not teaser or has_end_mark(teaser[-40:]):
        return False
    lines = [" ".join(line.split()) for line in body[:MAX_BODY].splitlines()]
    for length in END_LENGTHS:
        end = teaser[-length:]
        rest = next((line.partition(end)[2] for line in lines if end in line), None)
        if rest is not None:
            return goes_on(end, rest) and len(teaser) >= min(END_LENGTHS)
    return False


def _without_label(text: str, title: str) -> str:
    bare = title.strip()
    if len(bare) >= MIN_TITLE and text.rstrip(' "”’»→.…').endswith(bare):
        before = text[: text.rindex(bare)].rstrip(' "“‘«→:')
        if before != (shorter := _cut_label(before)):
            return shorter
    return _cut_label(text)


def _cut_label(text: str) -> str:
    for pattern in (_AFTER_END, _IN_BRACKETS, _CAPITALIZED):
        if (label := pattern.search(text)) and not _is_name(text[: label.start()], label[0]):
            return text[: label.start()].rstrip(" →>»|–—-[(«")
    return text


def _is_name(before: str, label: str) -> bool:
    """Return whether a label is the end of a name: "Thomas More", "Presidential Suite"."""
    return label.strip() in _NAMES and before.rpartition(" ")[2][:1].isupper()


_NAMES = frozenset({"Mehr", "More", "Suite"})
"""Labels that are names as well."""


def _without_credit(text: str, title: str) -> str:
    """Remove the last sentence if it says where this article appeared."""
    credit = _CREDITED.search(text, max(len(text) - MAX_CREDITED, 0))
    if credit is None:
        return text
    bare, before = title.strip(), text[: credit.start()]
    start = before.rfind(bare) if len(bare) >= MIN_TITLE else -1
    ends = [0, *(found.end() for found in _SENTENCE_END.finditer(before))]
    if start >= 0:
        return before[: max(end for end in ends if end <= start)].rstrip()
    recent = (end for end in ends if end >= len(before) - MAX_CREDIT)
    for end in recent:
        if _THE_POST.match(before[end:]):
            return before[:end].rstrip()
    return text
