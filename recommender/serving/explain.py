"""Why a card is there: the numbers that made its score, and what stands behind them in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from recommender.overrides.active import NO_OVERRIDES, ActiveOverrides
from recommender.serving.reasons import ReasonBuilder
from recommender.serving.recommend import Recommendation
from recommender.snapshots.snapshot import Snapshot

TELLING = 0.05
"""A share from which it is worth a sentence: it changes the odds by a twentieth."""


@dataclass(frozen=True)
class Explainer:
    """Explains the cards under one article at one moment."""

    snapshot: Snapshot
    row: int
    now: float
    force: ActiveOverrides = NO_OVERRIDES

    def why(self, pick: Recommendation) -> dict[str, Any]:
        """Tell what made a pick: score, each feature's share, freshness, the rule, in words."""
        if pick.origin == "editor":
            rule = f"pinned here by an editor (entry {pick.entry})"
            return {"rule": rule, "words": [rule]}
        if pick.column < 0:
            rule = "latest of the section or site: too few related articles"
            return {"rule": rule, "words": [rule, *self.saying.in_common(pick.row)]}
        boosted = {} if pick.boost == 0 else {"boost": round(pick.boost, 4)}
        return {
            "score": round(pick.score, 4),
            "affinity": round(float(self.snapshot.relevance[self.row, pick.column]), 4),
            "shares": {
                name: round(share, 4) for name, share in self.contributions(pick.column).items()
            },
            "freshness": round(pick.freshness, 4),
            **boosted,
            "rule": "best score, each story once, no two alike"
            + (", its odds changed by editors" if boosted else ""),
            "words": list(self._in_words(pick)),
        }

    def contributions(self, column: int) -> dict[str, float]:
        """Tell what each feature gives to the affinity with a candidate."""
        shares = self.snapshot.contributions[self.row, column].astype(float).tolist()
        return dict(zip(self.snapshot.features, shares, strict=True))

    @cached_property
    def saying(self) -> ReasonBuilder:
        """What can be said of the article and its candidates."""
        return ReasonBuilder(self.snapshot, self.row, self.now, self.force)

    def _in_words(self, pick: Recommendation) -> Iterator[str]:
        candidate = self.snapshot.candidates.item(self.row, pick.column)
        shares = self.contributions(pick.column)
        facts = self._facts(candidate, shares)
        for name, share in shares.items():
            if abs(share) >= TELLING:
                yield f"{facts.get(name, f'its {name}')} ({name} {share:+.2f})"
        if pick.freshness >= TELLING:
            yield f"{self.saying.age(candidate)} (freshness {pick.freshness:+.2f})"
        if pick.boost:
            yield f"its odds changed by editors (boost {pick.boost:+.2f})"
        if candidate != pick.row:
            yield "the newest version of a story that an earlier version brought here"
        yield from self.saying.in_common(candidate)

    def _facts(self, candidate: int, shares: dict[str, float]) -> dict[str, str]:
        """Say what stands behind the share of each feature."""
        saying = self.saying
        stands = "stands" if shares.get("title and lead", 0.0) > 0 else "hardly stands"
        told = "hardly told" if shares.get("latest on it", 0.0) > 0 else "told"
        return {
            "words": saying.shared_terms(candidate) or "shares no telling words",
            "meaning": f"cosine of words and meanings {saying.cosine(self.row, candidate):.2f}",
            "title and lead": f"what its title and lead say {stands} in this article",
            "tags": saying.shared_tags(candidate) or "no tags shared",
            "links": saying.linked(candidate) or "not linked so far, by the links around it",
            "time": saying.distance(candidate),
            "latest on it": f"{told} anew by newer ones that suit this article",
        }
