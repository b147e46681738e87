"""Choose the language of articles whose source names none.

A short text alone does not show its language. Together the texts of an archive show how frequent
each language is, and that frequency decides for the short ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from recommender.articles.article import Article
from recommender.language_tags import (
    SEVERAL_SCRIPTS,
    canonical_tag,
    leaves_script_open,
    primary_language,
    tag_with_script,
)
from recommender.text.language import chinese_script, labels, language_scores, script_of

CERTAIN = 0.995
"""Probability from which the text alone decides, whatever else is in the archive."""

MIN_CERTAIN_CHARACTERS = 100
"""Characters of a text that may decide alone: a title can be a quotation."""

SECTION_STRENGTH = 5.0
"""Articles as which the frequencies of the archive count in those of a section."""

FLOOR = 0.01
"""Added to the probabilities of languages in the script of a text."""

TINY = 1e-4
"""Likelihood of a text in an unknown language."""

MIN_GAIN = 4.0
MIN_MEAN_GAIN = 0.01
"""Log-likelihood by which a language must explain the texts better: in sum, and more per text."""

WEB_SHARES = {
    "en": 49.0, "es": 6.0, "de": 6.0, "ja": 5.0, "fr": 4.5, "pt": 4.0, "ru": 4.0, "it": 3.0,
    "nl": 2.0, "pl": 2.0, "tr": 1.7, "fa": 1.0, "zh": 1.0, "vi": 1.0, "id": 1.0, "cs": 1.0,
}  # fmt: skip
"""Percentage of web sites by language (W3Techs, "Usage statistics of content languages", 2025)."""

OTHER_SHARE = 0.2
"""The same of each other language."""

WEIGHTS = (0.02, 0.05, 0.1, 0.25, 0.5, 0.9)
"""Frequencies that are tried for a language that may be added."""

MAX_SAMPLE = 2_000
"""Texts by which the languages are chosen."""

ROUNDS = 20
"""Rounds of the estimation of frequencies."""

TEASER_START = 40
"""Characters by which a teaser is recognised in its body."""

SCRIPT_CHARACTERS = 400
"""Characters of a text that show its script."""

MIN_SCRIPT_LETTERS = 20
"""Letters from which on they show it; a title may consist of foreign names."""

CONFUSED = (
    frozenset({"no", "da"}),
    frozenset({"hr", "sr", "bs", "sl"}),
    frozenset({"id", "ms", "jv"}),
    frozenset({"pt", "gl"}),
    frozenset({"es", "an", "gl", "ast"}),
    frozenset({"cs", "sk"}),
    frozenset({"bg", "mk"}),
    frozenset({"nl", "af"}),
    frozenset({"de", "lb", "nds"}),
    frozenset({"hi", "mr", "ne"}),
)
"""Languages so similar that detection may be certain of the wrong one."""

Scores = NDArray[np.float32]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Undeclared(NamedTuple):
    """An article whose source names no language."""

    section: str
    text: str


class Detected(NamedTuple):
    """The language of an article, as BCP 47."""

    language: str
    """"und" where nothing in the archive shows it."""
    is_certain: bool
    """Whether the text alone shows it. Otherwise it may change as the archive grows."""


Known = Counter[tuple[str, str]]
"""Number of articles by section and language whose language is known."""


def detect_languages(
    articles: Sequence[Undeclared], known: Known, allowed: Sequence[str] = ()
) -> list[Detected]:
    """Detect the languages of articles, each with the help of the others.

    The probabilities of each text are weighted with the frequencies of the languages in its section
    and in the archive. These are estimated from the same texts (Saerens et al. 2002, "Adjusting the
    outputs of a classifier to new a priori probabilities"). A language that neither a source nor a
    long text nor several short ones show is not considered.

    Parameters
    ----------
    articles : those without a known language.
    known : the others.
    allowed : BCP 47 tags of the setting ``languages``. One tag is the language of every article.
        Several are those that are considered, as far as the script of a text allows.
    """
    if len(allowed) == 1:
        return [Detected(allowed[0], is_certain=False)] * len(articles)
    scores = np.array([language_scores(a.text) for a in articles], dtype=np.float32)
    if not len(scores):
        return []
    scores = _restricted(scores, allowed)
    long = np.array([len(a.text) >= MIN_CERTAIN_CHARACTERS for a in articles])
    certain = long & (scores.max(axis=1) >= CERTAIN)
    chosen = _most_likely(scores, articles, known, certain)
    tags = {primary_language(tag): tag for tag in reversed(allowed)}
    return [
        Detected(_tag(a.text, position, tags), bool(sure))
        for a, position, sure in zip(articles, chosen, certain, strict=True)
    ]


def language_of(text: str) -> Detected:
    """Return the language that a text shows by itself; "und" for a short or unclear one."""
    scores = language_scores(text) if len(text) >= MIN_CERTAIN_CHARACTERS else np.zeros(1)
    if scores.max() < CERTAIN:
        return Detected("und", is_certain=False)
    return Detected(labels()[int(scores.argmax())], is_certain=True)


def contradicts(declared: str, detected: str) -> bool:
    """Return whether a declared language cannot be that of a text.

    Parameters
    ----------
    declared, detected : BCP 47. ``detected`` is what :func:`language_of` is certain of. Languages
        that it does not know, or confuses with the declared one, are no contradiction.
    """
    one, other = primary_language(declared), primary_language(detected)
    if one == other or one not in labels():
        return False
    return not any({one, other} <= group for group in CONFUSED)


def _restricted(scores: Scores, allowed: Sequence[str]) -> Scores:
    """Keep the probabilities of allowed languages, where a text can be in one of them."""
    if not allowed:
        return scores
    named = {primary_language(tag) for tag in allowed}
    kept = scores * np.array([label in named for label in labels()], dtype=np.float32)
    total = kept.sum(axis=1, keepdims=True)
    return np.where(total > 0, kept / np.where(total > 0, total, 1), scores)


def _most_likely(
    scores: Scores, articles: Sequence[Undeclared], known: Known, certain: Mask
) -> NDArray[np.intp]:
    """Choose a language for each text; -1 if neither the texts nor ``known`` show any.

    Parameters
    ----------
    scores : probabilities of the texts, (n, l).
    certain : which texts decide alone, (n,).
    """
    chosen: NDArray[np.intp] = scores.argmax(axis=1)
    counts = Counter(known)
    counts.update(
        (articles[row].section, labels()[chosen[row]]) for row in np.flatnonzero(certain).tolist()
    )
    names, codes = np.unique([article.section for article in articles], return_inverse=True)
    in_sections, in_archive = _count_matrix(counts, names.tolist()), _count_matrix(counts)[0]
    if not scores.any() and not in_archive.any():
        return np.full_like(chosen, -1)
    rows = np.flatnonzero(~certain)
    rows = rows[np.argsort(codes[rows], kind="stable")]
    if len(rows):
        scripts = np.array([script_of(articles[row].text) for row in rows.tolist()])
        weighted = _weighted(scores[rows], scripts, codes[rows], in_sections, in_archive)
        chosen[rows] = weighted.argmax(axis=1)
    return chosen


def _count_matrix(counts: Known, sections: Sequence[str] | None = None) -> Floats:
    """Write the counts as (sections, l); without sections in one row."""
    columns = {label: column for column, label in enumerate(labels())}
    rows = {name: row for row, name in enumerate(sections or ())}
    matrix = np.zeros((len(rows) or 1, len(columns)))
    for (section, language), number in counts.items():
        row, column = rows.get(section) if rows else 0, columns.get(primary_language(language))
        if row is not None and column is not None:
            matrix[row, column] += number
    return matrix


def _weighted(
    scores: Scores,
    scripts: NDArray[np.str_],
    codes: NDArray[np.intp],
    in_sections: Floats,
    in_archive: Floats,
) -> Floats:
    """Weight probabilities with the frequencies of the languages in a section and in the archive.

    Parameters
    ----------
    scores : (n, l), sorted by section. A row of zeros is a text that shows nothing.
    scripts, codes : script and section of each text, (n,).
    in_sections, in_archive : articles of known language, (s, l) and (l,).

    Returns
    -------
    float64, (n, l).
    """
    texts = _with_floor(scores) * _languages_of(scores, scripts, in_archive)
    present, starts = np.unique(codes, return_index=True)
    weighted: Floats = texts / texts.sum(axis=1, keepdims=True)
    for _ in range(ROUNDS):
        total = in_archive + weighted.sum(axis=0)
        prior = in_sections + SECTION_STRENGTH * total / total.sum()
        prior[present] += np.add.reduceat(weighted, starts)
        product = texts * prior[codes]
        weighted = product / product.sum(axis=1, keepdims=True)
    return weighted


def _with_floor(scores: Scores) -> Floats:
    """Raise small probabilities of languages in the same script: a title may be a foreign name."""
    silent = ~scores.any(axis=1, keepdims=True)
    return np.where(silent, 1.0, np.where(scores > 0, scores + FLOOR, 0.0))


def _languages_of(scores: Scores, scripts: NDArray[np.str_], in_archive: Floats) -> Mask:
    """Choose the languages that an archive is in, (l,): the known ones and those of the texts.

    ``scripts`` are those of the texts, "" without letters. The most frequent one comes first.
    """
    chosen = in_archive > 0
    for script, _ in Counter(scripts.tolist()).most_common():
        if script:
            texts = _with_floor(scores[scripts == script])
            chosen |= _languages_in(texts[:: len(texts) // MAX_SAMPLE + 1], chosen, in_archive)
    return chosen


def _languages_in(texts: Floats, chosen: Mask, in_archive: Floats) -> Mask:
    """Choose the languages of texts in one script, (l,).

    To those of ``chosen`` that have this script are added those without which the texts are much
    less likely: forward selection by the likelihood of a mixture.
    """
    chosen = chosen & texts.any(axis=0)
    while True:
        explained = _mixture(texts, chosen, in_archive)
        gains = np.max([_gain(texts, explained, weight) for weight in WEIGHTS], axis=0)
        best = int((gains + _log_shares()).argmax())
        needed = MIN_GAIN + MIN_MEAN_GAIN * len(texts) if chosen.any() else -np.inf
        if chosen[best] or gains[best] < needed:
            return chosen
        chosen[best] = True


def _log_shares() -> Floats:
    """Return how likely a language is before any text is read, in logarithms: (l,)."""
    return np.log([WEB_SHARES.get(label, OTHER_SHARE) for label in labels()])


def _mixture(texts: Floats, chosen: NDArray[np.bool_], in_archive: Floats) -> Floats:
    """Return the likelihood of each text in a mixture of the chosen languages, (n,)."""
    if not chosen.any():
        return np.full(len(texts), TINY)
    columns, known = texts[:, chosen], in_archive[chosen]
    frequencies = np.full(columns.shape[1], 1 / columns.shape[1])
    for _ in range(ROUNDS):
        product = columns * frequencies
        counts = known + (product / product.sum(axis=1, keepdims=True)).sum(axis=0)
        frequencies = counts / counts.sum()
    return np.asarray(columns @ frequencies)


def _gain(texts: Floats, explained: Floats, weight: float) -> Floats:
    """Return how much each language raises the log-likelihood with a weight in the mixture."""
    ratio = texts / explained[:, None]
    return np.asarray(np.log1p(weight * (ratio - 1)).sum(axis=0))


def _tag(text: str, position: int, tags: Mapping[str, str]) -> str:
    """Write a detected language as BCP 47, with the script of the text if it is not the usual."""
    if position < 0:
        return "und"
    language = labels()[position]
    return tag_with_script(tags.get(language, language), _open_script(language, text))


def with_languages(articles: Sequence[Article], allowed: Sequence[str] = ()) -> list[Article]:
    """Return the articles with valid languages; see :func:`detect_languages`."""
    tags = [canonical_tag(article.language) for article in articles]
    known = Counter((a.section, tag) for a, tag in zip(articles, tags, strict=True) if tag)
    undeclared = [
        Undeclared(a.section, text_of(a.title, a.teaser, a.body))
        for a, tag in zip(articles, tags, strict=True)
        if not tag
    ]
    detected = iter(detect_languages(undeclared, known, allowed))
    return [
        msgspec.structs.replace(article, language=tag or next(detected).language)
        for article, tag in zip(articles, tags, strict=True)
    ]


def text_of(title: str, teaser: str, body: str) -> str:
    """Join the text whose language is detected; a teaser that was made of the rest is left out."""
    made = teaser == title or teaser[:TEASER_START] in body
    return "\n".join(filter(None, (title, "" if made else teaser, body)))


def with_scripts(articles: Sequence[Article]) -> list[Article]:
    """Return the articles with the script in their language where the tag leaves it open.

    ``zh`` becomes ``zh-Hans`` or ``zh-Hant``, and ``sr-RS`` becomes ``sr-Latn-RS`` for a text in
    Latin letters. A text that is too short has the script of most others in the language.
    """
    scripts = [_script_in_text(article) for article in articles]
    votes = Counter(
        (primary_language(a.language), script)
        for a, script in zip(articles, scripts, strict=True)
        if script
    )
    return [
        _with_script(article, script or _most_frequent(votes, primary_language(article.language)))
        if leaves_script_open(article.language)
        else article
        for article, script in zip(articles, scripts, strict=True)
    ]


def _script_in_text(article: Article) -> str:
    """Return the script of a text whose tag leaves it open; "" for others and for short ones."""
    if not leaves_script_open(article.language):
        return ""
    text = text_of(article.title, article.teaser, article.body)
    return _open_script(primary_language(article.language), text)


def _most_frequent(votes: Counter[tuple[str, str]], language: str) -> str:
    return next((script for (name, script), _ in votes.most_common() if name == language), "")


def _with_script(article: Article, script: str) -> Article:
    return msgspec.structs.replace(article, language=tag_with_script(article.language, script))


def _open_script(language: str, text: str) -> str:
    """Return the script of a text in a language that has several; "" if the text is too short."""
    sample = text[:SCRIPT_CHARACTERS]
    if language == "zh":
        return chinese_script(sample)
    if language not in SEVERAL_SCRIPTS or sum(map(str.isalpha, sample)) < MIN_SCRIPT_LETTERS:
        return ""
    return script_of(sample)
