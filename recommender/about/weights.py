"""Where the weights of the ranker come from, and how they did on held-out links."""

from __future__ import annotations

from collections.abc import Iterator

from recommender.about.card import Weights
from recommender.about.section import Section
from recommender.about.translator import Translator


def weights_section(weights: Weights, t: Translator) -> Section:
    """Describe the default weights, and what was tried with the site's own examples."""
    return Section(
        t.gettext("How much each signal counts"),
        [*_default(weights, t), _site(weights, t)],
        notes=[
            t.gettext(
                "The measure is nDCG@6: 1 means that all links to be found are at the top of the "
                "list, 0 that none is among the first six. Nobody links all that fits, so no "
                "method reaches 1."
            ),
            t.gettext("The weights are the same for all readers, and clicks do not change them."),
        ],
    )


def _default(weights: Weights, t: Translator) -> Iterator[str]:
    held_out = weights.default_held_out
    if held_out is None:
        yield t.gettext(
            "The weights of the signals were learned from links that editors of other sites set "
            "in their articles."
        )
        return
    yield t.gettext(
        "The weights of the signals were learned from links that the editors of %(sites)s other "
        "sites set in %(queries)s articles.",
        sites=t.number(held_out.sites),
        queries=t.number(held_out.queries),
    )
    yield t.gettext(
        "For a test, weights learned without a site had to find the links of that site. They "
        "reached %(ndcg)s on average, the comparison of words alone %(tfidf)s.",
        ndcg=t.number(held_out.ndcg, 2),
        tfidf=t.number(held_out.tfidf_ndcg, 2),
    )


def _site(weights: Weights, t: Translator) -> str:
    default, site = weights.default_ndcg, weights.site_ndcg
    examples = t.ngettext("%(num)s example", "%(num)s examples", weights.examples)
    if default is None or site is None:
        return t.gettext(
            "Links, pins and blocks of this site's own editors could adjust them, but so far they "
            "do not suffice for a test: %(examples)s.",
            examples=examples,
        )
    figures = {
        "examples": examples,
        "held_out": t.ngettext(
            "%(num)s link or pin", "%(num)s links and pins", weights.holdout_size
        ),
        "site": t.number(site, 3),
        "default": t.number(default, 3),
    }
    if weights.adopted:
        return t.gettext(
            "They were then adjusted to links, pins and blocks of this site's own editors: "
            "%(examples)s. On newer ones, held back for the test (%(held_out)s), the adjusted "
            "weights reached %(site)s, the others %(default)s.",
            **figures,
        )
    return t.gettext(
        "They were not adjusted to this site. On links of its own editors, held back for a test "
        "(%(held_out)s), adjusted weights reached %(site)s and the others %(default)s, which is no "
        "reliable gain.",
        **figures,
    )
