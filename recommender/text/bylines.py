"""Read bylines: the names in them, and whether a line is one."""

from __future__ import annotations

import html
import re

from recommender.month_names import month_of
from recommender.written_dates import find_date

MAX_LINE_LENGTH = 120
"""Characters of a date line or byline. Longer lines are sentences."""

MAX_BYLINE_LENGTH = 1000
"""Characters of a list of names that are read."""

MAX_NAME_LENGTH = 60
MAX_NAME_WORDS = 6
"""Longer texts are no names."""

_VERBS = (
    r"(?:(?:originally|first|article|story|post)\s+)?"
    r"(?:written|posted|published|reported|edited|compiled|created|submitted|reviewed|updated"
    r"|words|text|story|article|report|analysis|opinion|photos?|verfasst|geschrieben|eingestellt"
    r"|veröffentlicht|erstellt|(?:ein\s+)?(?:beitrag|artikel|gastbeitrag|interview|kommentar)"
    r"|rédigé|écrit|publié|posté|escrito|publicado|scritto|pubblicato|geschreven|gepost|geplaatst"
    r"|napisał[ay]?|opublikowan[eya]|dodał[ay]?|skrevet|skriven|publicerad|napsal[a]?|написал[а]?)"
)
_BY = (
    r"(?:by|von|vom|par|por|di|da|door|av|af|przez|od|autor(?:stwo|[:])?|de\s+la\s+mano\s+de"
    r"|a\s+cura\s+di|от|от:)"
)
_LABELS = (
    r"autor(?:in|en|zy|ka|es|a|i)?|authors?|author\(s\)|writers?|verfasser(?:in)?|auteure?s?"
    r"|auteur\(s\)|autore|autori|redakteur(?:in)?|interview|text|tekst|texte?|texto|testo|foto|words"
    r"|byline|namn|name|reporter|journalist|автор(?:ы|и)?|текст|κείμενο|yazar|作者|记者|記者|撰文|文"
    r"|기자|penulis|editor|redacción|szerző|kirjoittaja|skribent|opracowa(?:ł|ła|nie)"
)
_OPENING = re.compile(
    rf"^\W*(?:{_VERBS}\s*[:|]?\s*(?:{_BY}[\s:]|:)|{_BY}(?:\s*:\s*|\s+)|(?:{_LABELS})\s*[:：/|]\s*)\s*",
    re.IGNORECASE,
)
_WORD_END = r"(?-i:(?![a-zß-öø-ÿа-яё]|[ąćęłńśźżčďěňřšťůž])|(?=(?:le|il|el|em|am)\s))"
"""A word may go on with a capital letter or a preposition, where elements adjoin: "PublishedMarch
2"."""

_UPDATED = re.compile(
    r"(?:(?:(?:the|this|cet|dieser)\s+)?(?:article|story|post|page|artikel|beitrag|artículo|artigo"
    r"|articolo)\s+(?:(?:was|has been|is|wurde|a été|fue|foi)\s+)?)?"
    r"(?:(?:last|ostatnio|ostatnia|zuletzt|dernière|última|ultimo|laatst|senast|sist|senest|poslední"
    r"|τελευταία|آخر|最后|最終)\s*)?"
    r"(?:updated|modified|update|zaktualizowan\w+"
    r"|aktualizacja|zmodyfikowan\w+|aktualisiert|mise? à jour|modifié(?:e|s|es)?|actualizad[oa]s?"
    r"|actualización|atualização|aktualizace|aggiornat[oaie]|aggiornamento|aktualizováno|aktualizované"
    r"|atualizad[oa]s?|bijgewerkt|oppdatert|opdateret|(?:letzte|letztmalige)\s+(?:änderung|aktualisierung)"
    r"|geändert|bearbeitet|uppdatera(?:de?s?|ts?)|päivitetty|güncellendi|güncelleme|обновлено|оновлено|更新"
    r"|actualizat[ăe]?|frissítve|módosítva|ažurirano|posodobljeno|diperbarui|cập nhật|ενημέρωση"
    r"|ενημερώθηκε|تحديث|עודכן|수정)"
    + _WORD_END
    + r"(?:\s+(?:on|at|am|le|el|em|il|dnia|op|den))?\s*[:：·|-]?\s*",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"(?:(?:this|the)\s+(?:entry|post|article|story)\s+was\s+)?(?:first\s+|originally\s+)?"
    r"(?:published|posted|publication date|date|created|erschienen"
    r"|diese[rs]?\s+(?:eintrag|beitrag|artikel|posting)\s+wurde(?=\s+am\s+\S*\s*\d)"
    r"|opublikowan\w+|data publikacji|data dodania|dodan[aeoy]|publikacja|utworzono|veröffentlicht"
    r"|publiziert|publikationsdatum|publicatiedatum|erstellt"
    r"|eingestellt|stand|datum|publié(?:e|s|es)?|mise? en ligne|publicad[oa]s?|fecha"
    r"|pubblicat[oaie]|data"
    r"|publikováno|zveřejněno|vydáno|publikované|zverejnené|gepubliceerd|geplaatst|publisert"
    r"|publiceret|udgivet|offentliggjort|publicera(?:de?s?|ts?)|julkaistu|yayınlan\w+"
    r"|yayın tarihi|опубликовано|опубліковано|дата|δημοσίευση|δημοσιεύθηκε|közzétéve|megjelent"
    r"|publicat[ăe]?|objavljeno|diterbitkan|ngày đăng|đăng lúc|نُ?شر|تاريخ النشر|פורסם|发布|發布"
    r"|发表|発表|公開|掲載|입력|등록|게시)"
    + _WORD_END
    + r"(?:\s+(?:date|on|at|am|le|el|em|il|dnia|op|den))?\s*[:：·|-]?\s*",
    re.IGNORECASE,
)
_AND = re.compile(
    r" ?[;/|•·&+] ?| ?, (?:and|und|et|y|e|i|og|och|en) | ?[,、،] ?"
    r"| (?:and|und|sowie|oraz|et|y|og|och|ja|ve|with|mit|avec|和|и|і|та) ",
    re.IGNORECASE,
)
_SOFT_AND = re.compile(" (?:i|e|en|a) ")
"""Words for "and" that are also initials or parts of names; only between two whole names."""

_ROLE = re.compile(
    r"(?:\b(?:staff|writers?|reporters?|editors?|correspondents?|journalists?|columnists?"
    r"|contributors?|contributing|photographers?|producers?|analysts?|critics?|intern|fellow"
    r"|freelance\w*|blogger|ceo|cto|founder|director|professor|manager|desk|bureau|wire|agency"
    r"|follow|subscribe|share|tweet|email|e-mail|contact|more|posts?|stories|articles|profile|bio"
    r"|read|views?|comments?|min|minutes?|ago|today|yesterday|updated|published|posted|last|on"
    r"|special to|for the|redakteur(?:in)?|reporterin|korrespondent(?:in)?|chefredakteur(?:in)?"
    r"|volont[äa]r(?:in)?|redaktor(?:ka)?|dziennikarz|dziennikarka|redactor|periodista"
    r"|rédacteur|rédactrice|journaliste|redattore|redattrice|giornalista|uhr|lesezeit)\b)",
    re.IGNORECASE,
)
"""Words of roles, buttons and labels, which are in no name."""

_MEDIUM = re.compile(
    r"\b(?:news|post|times|press|magazine|radio|tv|gazette|herald|tribune|journal|zeitung|media"
    r"|online|network|agencies|reuters|associated press|afp|dpa|cnn|bbc|staff)\b"
    r"|\.(?:com|org|net)$",
    re.IGNORECASE,
)
"""Words of the names of media, which are dropped beside the name of a person."""

_WORDS = """
by von par por author authors autor autorin writer none null undefined unknown anonymous nan n/a
admin administrator guest user editor editors redaktion staff team posted published updated
written share follow facebook twitter instagram linkedin print email e-mail home article news
blog on am at foto photo text datum date name fail monday tuesday wednesday thursday friday
saturday sunday today montag dienstag mittwoch donnerstag freitag samstag sonntag view all posts
see
"""
_NO_NAME = frozenset(_WORDS.split())
"""Texts in the place of a name that are none, in lower case."""

_DATE_TAIL = re.compile(
    r"(?<!\w)(?:\d|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b[\s,.]+\w+\s*\d"
    r"|(?:mo(?:n|nt)|diens|mitt|donners|frei|sams|sonn)(?:tag|woch)\b"
    r"|(?:am|vom|on|le|el|il|dnia|den)\s+(?:\w+,?\s+)?\d).*$",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r" [-–—―]+(?: .*)?$| ?[@(\[|•·<].*$| (?:in|on|for|at|from|via|under|about|im|aus|für|auf"
    r"|dans|sur|pour|w) .*$",
)
"""What follows a name: a place, a topic, an account."""


def names_in(byline: str, *, is_label: bool = True) -> list[str]:
    """Return the names of persons in a byline: "By A. Nowak and B. Kowal, Reporters | 2 Jun 2025".

    Parameters
    ----------
    byline : the text.
    is_label : whether it is visible text, in which what follows a name is no part of it. Metadata
        has names only, so that single names and names of organizations are kept.
    """
    text = " ".join(html.unescape(byline[:MAX_BYLINE_LENGTH]).split())
    if re.match(r"https?:|www\.", text):
        return []
    names: list[str] = []
    dated = find_date(text) if re.search(r"\d", text) else None
    for line in re.split(" ?[|•·] ?", dated.rest if dated else text):
        found = _persons(line, is_label=is_label)
        opened = bool(_OPENING.match(line))
        names = found if opened and found and not names else [*names, *found]
        if names and is_label:
            break
    return list(dict.fromkeys(names))


def _persons(line: str, *, is_label: bool) -> list[str]:
    bare = line
    for _ in range(2):
        bare = _OPENING.sub("", bare)
    parts = [part for part in _AND.split(bare) if part and part.strip()]
    if len(parts) == 1:
        soft = _SOFT_AND.split(parts[0])
        if all(len(one.split()) > 1 for one in soft):
            parts = soft
    if len(parts) == 2 and "," in bare and all(len(part.split()) == 1 for part in parts):
        parts = [f"{parts[1]} {parts[0]}"]  # "Reed, Anna"
    names: list[str] = []
    for part in parts:
        name = _name(part, is_label=is_label)
        if name and not (names and _is_no_person(name, names)):
            names.append(name)
    return names


def _is_no_person(name: str, before: list[str]) -> bool:
    """Return whether what follows a name is a medium or a place."""
    single = len(name.split()) == 1 and len(before[-1].split()) > 1
    return single or bool(_MEDIUM.search(name))


def _name(text: str, *, is_label: bool) -> str:
    """Return the name in a part of a byline; "" if it has none."""
    name = _OPENING.sub("", text)
    name = _DATE_TAIL.sub("", name) if is_label or re.search(r"\s\d", name) else name
    name = _TAIL.sub("", name) if is_label else re.sub(" ?[(<@|].*$", "", name)
    name = name.strip(" \t,.;:–—―-_*\"'“”„»«›‹·") + ("." if re.search(r"\b\w\.\s*$", name) else "")
    words = name.split()
    while words and (month_of(words[-1]) and len(words) > 2):
        words.pop()
    name = " ".join(words)
    if not _is_name(name, is_label=is_label):
        return ""
    return _cased(name)


_NOT_IN_NAMES = re.compile(r"^(?:https?:|www\.)|://|[?!]$|[{}=]|^\S+@\S+\.\w+$")
"""Addresses, questions and program code."""


def _is_name(name: str, *, is_label: bool) -> bool:
    words = name.split()
    too_long = len(name) > MAX_NAME_LENGTH or len(words) > MAX_NAME_WORDS
    no_letters = not any(letter.isalpha() for letter in name)
    single = len(words) == 1 and (bool(month_of(name)) or len(name) < 2)
    if too_long or no_letters or single or name.casefold() in _NO_NAME:
        return False
    if _NOT_IN_NAMES.search(name) or (_ROLE.search(name) and (is_label or len(words) < 4)):
        return False
    return not is_label or _is_capitalized(words)


def _is_capitalized(words: list[str]) -> bool:
    """Return whether the words look like a name: most begin with a capital, if they have cases."""
    cased = [word for word in words if word[:1].lower() != word[:1].upper()]
    return not cased or cased[0][:1].isupper() or len(words) == 1


def _cased(name: str) -> str:
    """Write a name in capitals as a name: ANNA REED, but not BBC."""
    if not name.isupper() or " " not in name:
        return name
    return re.sub(r"[^\W\d_]{3,}|(?<=[^\W\d_])[^\W\d_]{2}\b", lambda m: m[0].capitalize(), name)


_AROUND_DATES = re.compile(
    r"\b(?:at|um|o|godz|h|à|las|uhr|[ap]m|(?-i:[A-Z]{2,4}))\b", re.IGNORECASE
)
"""Words beside a date and its time."""


def is_head(line: str, authors: list[str]) -> bool:
    """Return whether a line is a date or the byline."""
    if len(line) > MAX_LINE_LENGTH:
        return False
    signed = _OPENING.sub("", line)
    dated = _UPDATED.match(line) or _PUBLISHED.match(line)
    return bool(dated and re.search(r"\d", line)) or any(signed.startswith(a) for a in authors)


def is_only_head(line: str, authors: list[str]) -> bool:
    """Return whether a line has nothing but a date with its label, or names of the authors."""
    if len(line) > MAX_LINE_LENGTH:
        return False
    if label := _UPDATED.match(line) or _PUBLISHED.match(line):
        dated = find_date(line[label.end() :])
        if dated and not re.search(r"[^\W\d_]", _AROUND_DATES.sub("", dated.rest)):
            return True
    signed = _OPENING.sub("", line).strip(" .,")
    parts = [part.strip() for part in _AND.split(signed)]
    return signed in authors or all(part in authors for part in parts)


def is_byline(line: str) -> bool:
    """Return whether a line begins with "By" and ends with a name of two words or more."""
    opening = _OPENING.match(line)
    names = names_in(line) if opening else []
    return any(" " in name and line.endswith(name) for name in names)


def date_label(line: str) -> str:
    """Return "updated" or "published" if a line begins with such a label; else ""."""
    if _UPDATED.match(line):
        return "updated"
    return "published" if _PUBLISHED.match(line) else ""
