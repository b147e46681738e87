"""Make the teaser of an article without one: sentences from the top of its body."""

from __future__ import annotations

import re
from collections.abc import Sequence

from recommender.text.bylines import is_byline, is_head, is_only_head
from recommender.text.datelines import without_dateline, without_times
from recommender.text.excerpts import is_cut_off, stops_early, without_appended, without_ellipsis
from recommender.text.markup.page_chrome import is_line, is_sentence, is_whole_line
from recommender.text.markup.shortcodes import without_shortcodes
from recommender.text.sentences import cut, is_closed, join_sentences, sentences
from recommender.text.word_count import word_count

MIN_WORDS = 30
MAX_WORDS = 80
"""Words of a teaser: the length for which cards are designed. For scripts without spaces see
:func:`recommender.text.word_count.word_count`."""

MAX_CHARACTERS = 6000
"""Characters of a body or a given teaser that are read; a teaser never needs more."""

_LABEL = re.compile(
    r"(?:PUBLICIDADE?|PUBLICITÉ|ADVERTISEMENT|ANZEIGE|REKLAMA|РЕКЛАМА|広告|廣告) "
    r"|\((?i:photo|image|foto|bild|фото):[^()]{1,60}\) "
)
"""A label of an advert or picture between two sentences, where no line ends."""


def make_teaser(
    body: str, title: str = "", language: str = "en", authors: Sequence[str] = ()
) -> str:
    """Take sentences from the top of the body: at least 30 words if possible, at most 80.

    Sub-headings, bylines, dates, datelines and a repeated title are skipped. The first sentence is
    never left out: it has the news. So a sentence that exceeds the maximum is cut. Without any
    sentence the teaser is the first words.

    Parameters
    ----------
    body : plain text.
    title, authors : to skip lines that repeat them.
    language : BCP 47, for sentence boundaries.
    """
    return _lead(body, title, language, authors) or _first_words(body)


def has_only_credits(teaser: str, authors: Sequence[str] = ()) -> bool:
    """Return whether a given teaser has nothing but bylines, credits of pictures and the like.

    A byline with another name than the authors' counts only beside one of the others: "By Lake
    Geneva" is a text.
    """
    parts = [part.strip() for part in teaser.split("|") if part.strip()]
    others = [p for p in parts if not (is_whole_line(p) or is_only_head(p, list(authors)))]
    return len(others) < len(parts) and all(map(is_byline, others))


def whole_teaser(teaser: str, body: str, title: str = "") -> str:
    """Return a given teaser without what was appended to it; "" if it was cut off.

    Parameters
    ----------
    teaser : a single line, as a feed or an editor wrote it.
    body : plain text, in which the sentence of a cut-off teaser may go on.
    title : of the article, which "Continue reading" repeats.
    """
    bare = without_appended(teaser, title)
    has_label = bare != teaser and not is_closed(bare)
    return "" if has_label or is_cut_off(bare) or stops_early(bare, body) else bare


def remade_teaser(
    teaser: str, body: str, title: str = "", language: str = "en", authors: Sequence[str] = ()
) -> str:
    """Make a teaser in place of one that was cut off: whole sentences of the body or of itself.

    Returns
    -------
    str
        "" if neither has a whole sentence.
    """
    made = _lead(body, title, language, authors)
    if not made and is_cut_off(made := _first_words(body)):
        made = ""
    if made == without_ellipsis(teaser):
        made = ""
    if word_count(made) >= MIN_WORDS:
        return made
    given = without_ellipsis(without_appended(teaser, title))[:MAX_CHARACTERS]
    parts = sentences(given, language)
    whole = join_sentences(_run([part for part in parts if is_closed(part)]))
    return max(made, whole, key=word_count)


def _lead(body: str, title: str, language: str, authors: Sequence[str]) -> str:
    """Take sentences up to the minimum length; what exceeds the maximum is cut."""
    chosen: list[str] = []
    count = 0
    for sentence in _sentences(body[:MAX_CHARACTERS], title, language, list(authors)):
        chosen.append(cut(sentence, MAX_WORDS - count, least=MIN_WORDS - count))
        count += word_count(sentence)
        if count >= MIN_WORDS:
            break
    return join_sentences(chosen)


def _run(found: list[str]) -> list[str]:
    """Take whole sentences up to the minimum length; fewer if the next exceeds the maximum."""
    chosen: list[str] = []
    count = 0
    for sentence in found:
        count += word_count(sentence)
        if count > MAX_WORDS:
            break
        chosen.append(sentence)
        if count >= MIN_WORDS:
            break
    return chosen


def _sentences(body: str, title: str, language: str, authors: list[str]) -> list[str]:
    found: list[str] = []
    heading = _bare(title)
    for joined in without_times([" ".join(line.split()) for line in body.splitlines()]):
        is_whole = is_closed(joined)
        if (not is_whole and word_count(joined) < MIN_WORDS) or _is_no_text(joined, authors):
            continue
        text = joined if found else without_dateline(joined)
        parts = sentences(text, language)[: None if is_whole else -1]
        found += [
            part
            for part in map(_without_label, parts)
            if _bare(part) != heading
            and not (is_sentence(part) or _has_code(part) or is_cut_off(part))
        ]
    return found


def _is_no_text(line: str, authors: list[str]) -> bool:
    return is_line(line) or is_head(line, authors)


def _without_label(sentence: str) -> str:
    label = _LABEL.match(sentence)
    return sentence[label.end() :] if label else sentence


def _has_code(text: str) -> bool:
    """Return whether a sentence shows a shortcode, as a tutorial does."""
    return without_shortcodes(text) != text


def _bare(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _first_words(body: str) -> str:
    """Return the first lines of a body without any sentence, or else its first words."""
    lines = without_shortcodes(body[:MAX_CHARACTERS]).splitlines()
    if whole := _run([joined for line in lines if (joined := " ".join(line.split()))]):
        return " ".join(whole)
    return cut(" ".join(without_shortcodes(body[:MAX_CHARACTERS]).split()), MAX_WORDS)
