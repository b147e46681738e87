"""Where each candidate is shown in a list, or the one reason why it is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np

from recommender.messages import Message, gettext_noop
from recommender.names import name_key
from recommender.overrides.override import Kind, Override, Scope
from recommender.overrides.resolve import RowLookup
from recommender.serving.filters import DEFAULT_QUERY, filters_for
from recommender.serving.list_context import ListContext
from recommender.serving.reasons import ReasonBuilder
from recommender.serving.scoring import diversity_similarities, score_rows, versions_among
from recommender.snapshots.parts import MAX_CANDIDATES


class Placement(NamedTuple):
    """Where an article is in a list, or why it is not."""

    kind: Literal["good", "bad", "warn", ""]
    """``good``: shown. ``bad``: hidden by an editor. ``warn``: not public now, unknown, or a copy
    of what an editor hid. "": hidden by the ranking."""
    text: Message
    """To translate."""
    if_pinned: Literal["shown", "later", "hidden"] = "shown"
    """What a pin would do: ``later``, once an embargo or a switched-off list ends."""


OF_THIS = {
    True: gettext_noop("another version of this article"),
    False: gettext_noop("translation of this article"),
}
"""By whether both are in one language."""

OF_CARD = {
    True: gettext_noop("another version of card %(n)s"),
    False: gettext_noop("translation of card %(n)s"),
}


COPY_OF_HIDDEN = gettext_noop("copy of an article that is blocked or withdrawn: %(title)s")
COPY_OF_BLOCKED = gettext_noop("copy of an article that is blocked here: %(title)s")

TOO_FEW = gettext_noop("too few related articles for a list")


def _hidden(text: str, **values: object) -> Placement:
    return Placement("", Message(text, **values))


NOT_FOUND = Placement(
    "warn", Message(gettext_noop("not found among the articles of the site")), "hidden"
)


@dataclass(frozen=True)
class Placements(ListContext):
    """Says where articles are in one list at one time.

    Attributes
    ----------
    shown : rows of the cards, in order.
    overrides : the stored overrides of the site, and those of the draft.
    facets_of : returns the section, tags and authors of a row, each as its scope and name.
    format_date : writes seconds since 1970 UTC in the language and time zone of the page.
    rows : looks up the articles that overrides name.
    """

    shown: Sequence[int]
    overrides: Sequence[Override]
    facets_of: Callable[[int], Sequence[tuple[str, str]]]
    format_date: Callable[[float], str]
    rows: RowLookup

    def of(self, candidate: int) -> Placement:
        """Return where an article is shown, or why not, by the first check that rules it out."""
        if candidate in self.shown:
            position = list(self.shown).index(candidate) + 1
            return Placement("good", Message(gettext_noop("shown at %(n)s"), n=position))
        checks = (
            self._by_editor,
            self._by_date,
            self._by_series,
            self._by_likeness,
            self._by_language,
            self._by_score,
        )
        found = next(found for check in checks if (found := check(candidate)) is not None)
        if candidate == self.row or self.snapshot.expires.item(candidate) <= self.now:
            return found._replace(if_pinned="hidden")
        return found

    def of_id(self, article: str) -> Placement:
        """Return the same for an id of the snapshot."""
        row = self.snapshot.row(article)
        return NOT_FOUND if row is None else self.of(row)

    def of_pin(self, article: str) -> Placement:
        """Return where a pinned article is shown, or why its pin is skipped.

        The rules of the ranking do not apply to pins.
        """
        row = self.snapshot.row(article)
        if row is None or row in self.shown or row == self.row:
            return self.of_id(article)
        if (found := self._by_editor(row) or self._by_date(row)) is not None:
            return found
        text = gettext_noop("below the end of the list") if self.shown else TOO_FEW
        return _hidden(text)

    def _by_editor(self, candidate: int) -> Placement | None:
        active = self.active
        under = active.under(self.row, self.now)
        if under is not None and candidate in under.blocked:
            return self._copy_here(candidate) or self._blocked(candidate, self.row)
        if candidate in active.copies:
            return self._copy_of(active.copies[candidate], COPY_OF_HIDDEN)
        if candidate in active.withdrawn or (
            active.excluded is not None and active.excluded[candidate]
        ):
            return self._blocked(candidate, None)
        if (under is not None and under.held) or (
            active.held is not None and active.held[self.row]
        ):
            text = gettext_noop("related posts are switched off here")
            return Placement("bad", Message(text), "later")
        return None

    def _by_date(self, candidate: int) -> Placement | None:
        published = self.snapshot.published.item(candidate)
        if published > self.now:
            text, when = gettext_noop("embargo until %(when)s"), published
            if_pinned: Literal["later", "hidden"] = "later"
        elif self.snapshot.expires.item(candidate) <= self.now:
            text = gettext_noop("expired on %(when)s")
            when, if_pinned = self.snapshot.expires.item(candidate), "hidden"
        else:
            return None
        return Placement("warn", Message(text, when=self.format_date(when)), if_pinned)

    def _by_series(self, candidate: int) -> Placement | None:
        if self.is_older_post(candidate):
            return _hidden(gettext_noop("older post of a series"))
        return None

    def _by_likeness(self, candidate: int) -> Placement | None:
        cluster_id = self.snapshot.cluster_id
        cluster = cluster_id.item(candidate)
        if candidate == self.row:
            return Placement("", Message(gettext_noop("this article itself")), "hidden")
        if cluster == cluster_id.item(self.row):
            return _hidden(OF_THIS[self._same_language(candidate, self.row)])
        for number, card in enumerate(self.shown, start=1):
            if cluster == cluster_id.item(card):
                return _hidden(OF_CARD[self._same_language(candidate, card)], n=number)
        if self.snapshot.ranking.exclude_linked:
            linked = self.snapshot.linked_from(self.row)
            if cluster in cluster_id.flat[linked]:
                return _hidden(gettext_noop("already linked in the text"))
        return None

    def _by_language(self, candidate: int) -> Placement | None:
        language = self.snapshot.language
        other = language.item(candidate) != language.item(self.row)
        if other and self.snapshot.ranking.language != "any":
            return _hidden(gettext_noop("in another language"))
        return None

    def _by_score(self, candidate: int) -> Placement:
        if not self.shown:
            return _hidden(TOO_FEW)
        key = self._best_key(candidate)
        if key is None and self.has_full_list and not self.reasons.evidence(candidate):
            text = gettext_noop("not among the best %(n)s candidates")
            return _hidden(text, n=MAX_CANDIDATES)
        if key is None:
            return _hidden(gettext_noop("too little in common with this article"))
        found = ((card, self._best_key(card)) for card in self.shown)
        keys = {card: other for card, other in found if other is not None}
        if key < min(keys.values(), default=np.inf):
            place = int(np.count_nonzero(self._scored[1] > key)) + 1
            return _hidden(gettext_noop("only number %(n)s by score"), n=place)
        similarities = diversity_similarities(self.snapshot, candidate, list(keys))
        nearest = list(self.shown).index(list(keys)[int(np.argmax(similarities))]) + 1
        return _hidden(gettext_noop("too similar to card %(n)s"), n=nearest)

    def _best_key(self, article: int) -> float | None:
        """Return the greatest sort key of the versions of an article; None without a candidate."""
        rows, keys = self._scored
        found = versions_among(self.snapshot, article, rows)
        return float(keys[found].max()) if len(found) else None

    @cached_property
    def reasons(self) -> ReasonBuilder:
        """The reasons for candidates of the article."""
        return ReasonBuilder(self)

    @cached_property
    def _scored(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows and sort keys of the candidates that pass the filters."""
        filters, _ = filters_for(self.snapshot, self.row, DEFAULT_QUERY, self.now, self.active)
        scored = score_rows(self.snapshot, self.row, filters, self.now)
        return scored.rows, scored.sort_keys

    def _same_language(self, candidate: int, other: int) -> bool:
        language = self.snapshot.language
        return bool(language.item(candidate) == language.item(other))

    def _copy_here(self, candidate: int) -> Placement | None:
        """Name the article under whose block a copy falls; None for one that is blocked itself."""
        if self._rule_about(candidate, self.row) is not None:
            return None
        entries = {one.entry for one in self.active.articles[self.row] if one.row == candidate}
        for one in self._active_blocks:
            if one.id in entries and candidate in self.rows.copies(one.pick):
                return self._copy_of(one.pick, COPY_OF_BLOCKED)
        return None

    def _copy_of(self, article: str, text: str) -> Placement:
        row = self.rows.of(article)
        title = self.snapshot.card(row)["title"] if row >= 0 else article
        return Placement("warn", Message(text, title=title), "hidden")

    def _blocked(self, candidate: int, under: int | None) -> Placement:
        """Name the editor who blocked or withdrew an article, under one article or everywhere."""
        override = self._rule_about(candidate, under)
        if override is None:
            text = gettext_noop("hidden by the content system")
            return Placement("bad", Message(text), "hidden")
        texts = {
            (True, False): gettext_noop("withdrawn by %(name)s"),
            (False, True): gettext_noop("blocked here by %(name)s"),
            (False, False): gettext_noop("never recommended: rule by %(name)s"),
        }
        text = texts[override.kind is Kind.WITHDRAW, under is not None]
        # Overrides of the fallback file have no authors.
        name = override.author or Message("an editor")
        here = under is not None  # a pin replaces the block
        return Placement("bad", Message(text, name=name), "shown" if here else "hidden")

    def _rule_about(self, candidate: int, under: int | None) -> Override | None:
        """Return the newest block or withdrawal of an article, by its id or by a former one."""
        if under is None:
            facets = {(scope, name_key(name)) for scope, name in self.facets_of(candidate)}
            everywhere = (one for one in self._active_blocks if _is_everywhere(one))
            found = (one for one in everywhere if self._names(one, candidate, facets))
        else:
            entries = {one.entry for one in self.active.articles[under] if one.row == candidate}
            here = (one for one in self._active_blocks if one.id in entries)
            found = (one for one in here if self.rows.of(one.pick) == candidate)
        return next(found, None)

    @cached_property
    def _active_blocks(self) -> list[Override]:
        """The active blocks and withdrawals, newest first."""
        kinds = {Kind.BLOCK, Kind.WITHDRAW}
        found = [one for one in self.overrides if one.kind in kinds and one.active_at(self.now)]
        return found[::-1]

    def _names(self, override: Override, candidate: int, facets: set[tuple[str, str]]) -> bool:
        """Return whether a block or withdrawal names an article, its section, a tag or author."""
        if override.kind is Kind.WITHDRAW:
            return self.rows.of(override.article) == candidate
        if override.scope is Scope.ARTICLE:
            return self.rows.of(override.pick) == candidate
        return (str(override.scope), name_key(override.pick)) in facets


def _is_everywhere(override: Override) -> bool:
    return override.kind is Kind.WITHDRAW or not override.article
