"""The settings of the ranking as sentences: recency, variety, and what is left out."""

from __future__ import annotations

import math
from collections.abc import Iterator

from models.rerank.mmr import FIRST_BY_SCORE
from recommender.about.section import Item, Section
from recommender.about.translator import Translator
from recommender.settings import Ranking, Recency


def recency_section(ranking: Ranking, t: Translator) -> Section:
    """Describe the recency boost, of all sections and of those with their own."""
    since = (
        t.gettext("The age of an article counts from its last update.")
        if ranking.recency_from == "updated"
        else t.gettext("The age of an article counts from its publication.")
    )
    own = [
        Item(t.gettext("In the section %(name)s", name=name), _boost(one, t))
        for name, one in ranking.recency_by_section.items()
    ]
    has_boost = ranking.recency.boost or any(o.boost for o in ranking.recency_by_section.values())
    return Section(
        t.gettext("New and old articles"),
        [_boost(ranking.recency, t), *([since] if has_boost else [])],
        own,
    )


def _boost(recency: Recency, t: Translator) -> str:
    if not recency.boost:
        return t.gettext("There is no preference for new articles.")
    return t.gettext(
        "There is a preference for new articles: a new one counts as up to %(factor)s times as "
        "likely to be linked. The preference halves every %(days)s.",
        factor=t.number(math.exp(recency.boost), 2),
        days=t.days(recency.half_life_days),
    )


def variety_section(ranking: Ranking, t: Translator) -> Section:
    """Describe diversification and the removal of copies."""
    return Section(t.gettext("Variety"), list(_variety(ranking, t)))


def _variety(ranking: Ranking, t: Translator) -> Iterator[str]:
    if ranking.diversity_penalty:
        yield t.gettext(
            "The first %(n)s articles are those with the best scores. From then on an article "
            "loses points for being similar to those above it.",
            n=t.number(FIRST_BY_SCORE),
        )
        yield t.gettext("But it never falls behind an article that matches clearly worse.")
    else:
        yield t.gettext("The articles are in the order of their scores, also similar ones.")
    yield t.gettext("Of several versions of one text only the newest is shown.")
    if ranking.exclude_translations:
        yield t.gettext("Of an article and its translations only one is shown.")


def left_out_section(ranking: Ranking, fallback_rate: float, t: Translator) -> Section:
    """Describe what may not be shown, and what takes free places.

    ``fallback_rate`` is the share of the lists that were filled up with the latest.
    """
    return Section(
        t.gettext("What is shown, and what is not"),
        [
            t.ngettext(
                "A list has %(num)s article, unless the page asks for another number.",
                "A list has %(num)s articles, unless the page asks for another number.",
                ranking.cards,
            ),
            t.gettext("Not shown are:"),
        ],
        [Item(text) for text in _left_out(ranking, t)],
        list(_free_places(ranking, fallback_rate, t)),
    )


def _left_out(ranking: Ranking, t: Translator) -> Iterator[str]:
    yield t.gettext(
        "Articles that are not public: drafts, and those under embargo, withdrawn or expired."
    )
    if ranking.threshold:
        yield t.gettext(
            "Articles for which the program estimates the probability of a common topic below "
            "%(p)s.",
            p=t.percent(ranking.threshold),
        )
    if ranking.language == "same":
        yield t.gettext("Articles in another language.")
    if ranking.exclude_linked:
        yield t.gettext("Articles that the text links to already.")
    if ranking.newest_only_sections:
        names = ", ".join(ranking.newest_only_sections)
        yield t.gettext("Older posts of the same kind in these sections: %(names)s.", names=names)


def _free_places(ranking: Ranking, fallback_rate: float, t: Translator) -> Iterator[str]:
    if ranking.language == "prefer":
        yield t.gettext("Articles in another language come last.")
    if ranking.fallback == "latest":
        yield t.gettext(
            "Where too few articles are related, the latest of the section and of the site follow. "
            "So it was in %(share)s of the lists.",
            share=t.percent(fallback_rate),
        )
    else:
        yield t.gettext("Where too few articles are related, the list is shorter.")
    if ranking.minimum_cards:
        yield t.ngettext(
            "There is a list only if it has at least %(num)s related or pinned article.",
            "There is a list only if it has at least %(num)s related or pinned articles.",
            ranking.minimum_cards,
        )
