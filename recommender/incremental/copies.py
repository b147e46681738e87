"""Copies of articles that are hidden or whose records are in two clusters, as a delta names them.

A decision about an article holds for its copies. Those in its cluster need no entry.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.articles.article import Article
from recommender.incremental.later_duplicates import digests_that_copy, is_copy_of_archived
from recommender.incremental.later_lists import Later
from recommender.incremental.plan import IncrementalPlan
from recommender.indexing.versions import Arrays, OtherId, page_keys, same_pages


def entries_of_copies(
    later: Sequence[Later], removals: Arrays, plan: IncrementalPlan
) -> list[OtherId]:
    """Name the articles that have copies, each once.

    Parameters
    ----------
    later : the m later articles of the plan.
    removals : ``removed`` and ``replaced_by`` of the delta.
    """
    articles = [one.article.article for one in later]
    return _joined(
        *_gone_with_copies(later, removals["removed"], plan),
        *_hidden_with_copies(later, removals["removed"], plan),
        *_records_of_pages(articles, removals, plan),
    )


def _joined(*entries: OtherId) -> list[OtherId]:
    """Join the copies of entries with the same ID: a lookup finds only the first entry."""
    copies: dict[str, set[int]] = {}
    for one in entries:
        copies.setdefault(one.id, set()).update(one.copies)
    return [OtherId(name, -1, sorted(rows)) for name, rows in copies.items()]


def _hidden_with_copies(
    later: Sequence[Later], removed: NDArray[np.int32], plan: IncrementalPlan
) -> list[OtherId]:
    """Name the articles that were hidden in the full run, and of which later ones are copies.

    An editor's withdrawal hides an article that has a row. Its former text is hidden, too.
    """
    state, base, copies = plan.state, plan.base, dict[str, set[int]]()
    articles = [one.article.article for one in later]
    pages = zip(*same_pages(page_keys(articles), state.hidden.pages), strict=True)
    texts = [(row, number) for row, one in enumerate(later) for number in one.scores.originals]
    for position, number in (*pages, *texts):
        copies.setdefault(state.hidden.ids[number][0], set()).add(state.size + int(position))
    names_of_later = {name for a in articles for name in (a.id, *(a.formerly or ()))}
    # What is hidden of an article that the full run showed is a former text, and stays hidden.
    shown = {name for name in names_of_later if base.own_row(name) is None}
    names, found = {ids[0]: ids for ids in reversed(state.hidden.ids)}, []
    for present, rows in copies.items():
        is_replaced = base.row(present) is not None and base.own_row(present) is None
        # An article that is shown only now hides none; one that a copy replaces keeps its entry.
        if present not in shown and not is_replaced:
            others = np.setdiff1d(base.copies_of(present), removed).tolist()
            found += [OtherId(name, -1, [*others, *sorted(rows)]) for name in names[present]]
    return found


def _gone_with_copies(
    later: Sequence[Later], removed: NDArray[np.int32], plan: IncrementalPlan
) -> list[OtherId]:
    """Name the articles that are gone and have copies, which are hidden together with them."""
    state, base, found = plan.state, plan.base, []
    on_page, archived = same_pages(page_keys(one.article.article for one in later), state.pages)
    for identifier in sorted(plan.gone):
        row = base.own_row(identifier)
        if row is None:
            continue
        shown = [*base.copies_of(identifier).tolist(), *digests_that_copy(row, state)]
        copies = np.setdiff1d(np.array(shown, dtype=np.int32), removed).tolist()
        positions = {
            position
            for position, one in enumerate(later)
            if is_copy_of_archived(one.article.shingles, one.scores.duplicates, row, state)
        }
        positions.update(on_page[archived == row].tolist())
        copies += [state.size + position for position in sorted(positions)]
        if copies:
            found.append(OtherId(identifier, -1, copies))
    return found


def _records_of_pages(
    articles: Sequence[Article], removals: Arrays, plan: IncrementalPlan
) -> list[OtherId]:
    """Name the records of one page in the base and among later articles as copies of each other.

    Their texts may be so different that they are in two clusters. An entry takes the place of that
    of the base, so it has the copies of this one as well.
    """
    base, found = plan.base, []
    removed, replaced_by = (removals[name].tolist() for name in ("removed", "replaced_by"))
    present = dict(zip(removed, replaced_by, strict=True))

    def entry(identifier: str, copy: int) -> OtherId:
        known = base.parts.other_ids.find(identifier)
        rows = [present.get(row, row) for row in known.copies.tolist()] if known else []
        return OtherId(identifier, -1, [copy, *(row for row in rows if row >= 0)])

    positions, archived = same_pages(page_keys(articles), plan.state.pages)
    for position, row in zip(positions.tolist(), archived.tolist(), strict=True):
        if row not in present:
            found.append(entry(base.identifier(row), plan.state.size + position))
            found.append(entry(articles[position].id, row))
    return found
