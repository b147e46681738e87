"""Freshness proposed from links: chosen on the older half of them, tried on the newer half."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.metrics import CUT, bootstrap_interval, ndcg
from models.ranking import freshness
from recommender.embedding import Report
from recommender.judged_site import JudgedSite, ranked_in_time
from recommender.schooling import Schooling
from recommender.settings import Freshness, Ranking

GAINS = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0)
HALF_LIVES = (1.0, 3.0, 7.0, 14.0, 30.0, 90.0, 365.0)
"""Days; from a news wire's pace to that of guides."""

FEWEST = 60
"""Articles that link, in a section, for a proposal of its own: half of them decide."""

EVERYWHERE = ""
"""Name of the proposal for all sections together."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scored:
    """A question's pool: rows, affinity and publication, (p,), as of its moment."""

    section: str
    moment: int
    truth: frozenset[int]
    rows: NDArray[np.int32]
    affinity: Floats
    published: NDArray[np.int64]

    def value(self, setting: Freshness) -> float:
        """Take nDCG@6 of the order that a setting makes."""
        bonus = freshness(self.published, self.moment, setting.gain, setting.half_life)
        best = np.argsort(-(self.affinity + bonus), kind="stable")[:CUT]
        return ndcg(self.rows[best].tolist(), self.truth)


@dataclass(frozen=True)
class Proposal:
    """What the older half of a section's questions chose, and what it did on the newer half."""

    section: str
    questions: int
    current: Freshness
    proposed: Freshness
    before: float
    after: float
    """nDCG@6 on the newer half, with the current setting and with the proposed one."""
    interval: tuple[float, float]
    """95% of the difference."""

    @property
    def wins(self) -> bool:
        """Whether the newer half is better by more than chance."""
        return self.proposed != self.current and self.interval[0] > 0

    def figures(self) -> dict[str, Any]:
        """Tell it as ``--json`` does."""
        return {
            "section": self.section,
            "questions": self.questions,
            "current": {"gain": self.current.gain, "half_life": self.current.half_life},
            "proposed": {"gain": self.proposed.gain, "half_life": self.proposed.half_life},
            "ndcg@6": {"current": round(self.before, 4), "proposed": round(self.after, 4)},
            "interval": [round(bound, 4) for bound in self.interval],
            "wins": self.wins,
        }


def tune(judged: JudgedSite, ranking: Ranking, report: Report) -> list[Proposal]:
    """Propose freshness for the whole site, then for each section with enough links."""
    scored = [
        Scored(
            section=judged.articles[one.sheet.question.row].section,
            moment=one.sheet.question.moment,
            truth=one.sheet.question.truth,
            rows=one.sheet.pool,
            affinity=one.affinity,
            published=judged.site.published[one.sheet.pool],
        )
        for one in ranked_in_time(judged, Schooling(judged.taught, judged.linking), report)
    ]
    by_section: dict[str, list[Scored]] = {
        section: [] for section in sorted({one.section for one in scored} - {""})
    }
    for one in scored:
        by_section.get(one.section, []).append(one)
    parts = {EVERYWHERE: scored} | {s: o for s, o in by_section.items() if len(o) >= FEWEST}
    return [propose(name, part, ranking) for name, part in parts.items() if len(part) > 1]


def propose(section: str, scored: Sequence[Scored], ranking: Ranking) -> Proposal:
    """Choose on the older half, try on the newer; ``scored`` are in the order of time."""
    current = ranking.freshness_of(section) if section else ranking.freshness
    half = len(scored) // 2
    older, newer = scored[:half], scored[half:]
    grid = [Freshness(0.0, current.half_life)]
    grid += [Freshness(gain, life) for gain in GAINS[1:] for life in HALF_LIVES]
    chosen = max([current, *grid], key=lambda setting: values(older, setting).mean())
    before, after = values(newer, current), values(newer, chosen)
    interval = bootstrap_interval(after - before)
    return Proposal(
        section, len(scored), current, chosen, float(before.mean()), float(after.mean()), interval
    )


def values(scored: Sequence[Scored], setting: Freshness) -> Floats:
    """Take nDCG@6 of every question by a setting."""
    return np.array([one.value(setting) for one in scored])
