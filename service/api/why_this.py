"""Why a card is shown, for readers: one sentence in the language of the article."""

from __future__ import annotations

from collections.abc import Iterable

from recommender.language_tags import primary_language
from recommender.messages import Message

KINDS = {
    "both texts have: %(terms)s": ("mention", "terms"),
    "its headline matches this text: %(terms)s": ("mention", "terms"),
    "same tags: %(tags)s": ("topic", "tags"),
    "it links to this article": ("links", ""),
    "similar articles link to it: %(titles)s": ("linked", ""),
    "close in meaning: similarity %(similarity)s, random articles %(random)s": ("similar", ""),
    "several signs of a common topic, none strong by itself": ("similar", ""),
}
"""Kind of a reason, and which of its values readers see; the key is the text of its message."""

SENTENCES = {
    "cs": {
        "editor": "Výběr redakce",
        "latest": "Z nejnovějších článků",
        "mention": "V obou textech: {}",
        "topic": "Stejné téma: {}",
        "links": "Odkazuje na tento článek",
        "linked": "Odkazují na něj podobné články",
        "similar": "Na podobné téma",
    },
    "de": {
        "editor": "Von der Redaktion ausgewählt",
        "latest": "Aus den neuesten Artikeln",
        "mention": "In beiden Texten: {}",
        "topic": "Gleiches Thema: {}",
        "links": "Verweist auf diesen Artikel",
        "linked": "Ähnliche Artikel verweisen darauf",
        "similar": "Zu einem ähnlichen Thema",
    },
    "en": {
        "editor": "Chosen by the editors",
        "latest": "One of the latest articles",
        "mention": "In both texts: {}",
        "topic": "Same topic: {}",
        "links": "Refers to this article",
        "linked": "Similar articles refer to it",
        "similar": "On a similar subject",
    },
    "es": {
        "editor": "Elegido por la redacción",
        "latest": "Uno de los artículos más recientes",
        "mention": "En ambos textos: {}",
        "topic": "Mismo tema: {}",
        "links": "Remite a este artículo",
        "linked": "Artículos similares remiten a él",
        "similar": "Sobre un tema parecido",
    },
    "fr": {
        "editor": "Choisi par la rédaction",
        "latest": "Parmi les derniers articles",
        "mention": "Dans les deux textes : {}",
        "topic": "Même sujet : {}",
        "links": "Renvoie à cet article",
        "linked": "Des articles proches y renvoient",
        "similar": "Sur un sujet proche",
    },
    "it": {
        "editor": "Scelto dalla redazione",
        "latest": "Tra gli articoli più recenti",
        "mention": "In entrambi i testi: {}",
        "topic": "Stesso tema: {}",
        "links": "Rimanda a questo articolo",
        "linked": "Articoli simili vi rimandano",
        "similar": "Su un tema simile",
    },
    "pl": {
        "editor": "Wybór redakcji",
        "latest": "Jeden z najnowszych artykułów",
        "mention": "W obu tekstach: {}",
        "topic": "Ten sam temat: {}",
        "links": "Odsyła do tego artykułu",
        "linked": "Odsyłają do niego podobne artykuły",
        "similar": "Na podobny temat",
    },
    "uk": {
        "editor": "Вибір редакції",
        "latest": "Одна з найновіших статей",
        "mention": "В обох текстах: {}",
        "topic": "Та сама тема: {}",
        "links": "Посилається на цю статтю",
        "linked": "На неї посилаються схожі статті",
        "similar": "На схожу тему",
    },
}
"""Sentences by language and kind. In other languages cards have none."""


def why_this(reasons: Iterable[Message], origin: str, language: str) -> str:
    """Return why an article is a card, in one sentence.

    Parameters
    ----------
    reasons : why it is related, the strongest first.
    origin : ``editor``, ``related`` or ``latest``.
    language : BCP 47 tag of the language of the sentence.

    Returns
    -------
    The sentence of the strongest reason; "" without a reason, or without sentences in the language.
    """
    sentences = SENTENCES.get(primary_language(language))
    if sentences is None or origin != "related":
        return (sentences or {}).get(origin, "")
    for reason in reasons:
        if reason.text in KINDS:
            kind, name = KINDS[reason.text]
            return sentences[kind].format(reason.values.get(name, ""))
    return ""
