"""How long a choice of cards stays the same while freshness fades.

All bonuses shrink by one factor as time passes, so every comparison that
:func:`models.ranking.diversify` makes is linear in that factor and turns at most once. Where the
first one turns is known beforehand; until then nobody has to choose again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.ranking import REACH, kept_by_score

Floats = NDArray[np.float64]

MARGIN = 1e-9
"""Log-odds by which a comparison must hold, so that rounding never turns it earlier."""


def lasting(
    base: Floats,
    bonus: Floats,
    chosen: NDArray[np.intp],
    shortlist: NDArray[np.intp],
    likeness: Floats,
    rivals: NDArray[np.bool_],
) -> float:
    """Tell down to which fraction of the bonuses ``chosen`` is what would be chosen, in its order.

    Parameters
    ----------
    base : shape (n,), scores without bonuses, in log-odds.
    bonus : shape (n,), not negative: at fraction f the scores are ``base + f * bonus``.
    chosen : positions of the k chosen at fraction 1, in the order chosen, within the shortlist.
    shortlist : positions of the m candidates among which they were chosen.
    likeness : shape (k, n), what being like each of the chosen costs each candidate, in log-odds.
    rivals : shape (m, n), who would change the shortlist by a greater score than its member's.

    Returns
    -------
    a fraction from 0 (for ever) to 1 (a comparison is too close to tell).
    """
    within, reach = _reach(base[shortlist], bonus[shortlist], len(chosen))
    return max(
        reach,
        _steps(base, bonus, chosen, shortlist[within], likeness),
        _order(base, bonus, chosen),
        _turns(
            np.where(rivals, base[shortlist, None] - base, np.inf),
            bonus[shortlist, None] - bonus,
        ),
    )


def _reach(base: Floats, bonus: Floats, k: int) -> tuple[NDArray[np.bool_], float]:
    """Tell which of a shortlist diversity may take, and down to which fraction just those.

    As long as the first and the ``k``-th stay where they are, the limit of
    :data:`models.ranking.REACH` is a mean of their scores, and as linear as they are.
    """
    order = np.argsort(-(base + bonus), kind="stable")
    first, bar, below = order[0], order[k - 1], order[k:]
    above = order[: k - 1]
    limit_base = base[bar] - REACH * (base[first] - base[bar])
    limit_bonus = bonus[bar] - REACH * (bonus[first] - bonus[bar])
    within = base + bonus >= limit_base + limit_bonus
    side = np.where(within, 1.0, -1.0)
    lead = [base[first] - base[above], base[above] - base[bar], base[bar] - base[below]]
    change = [bonus[first] - bonus[above], bonus[above] - bonus[bar], bonus[bar] - bonus[below]]
    lead.append(side * (base - limit_base))
    change.append(side * (bonus - limit_bonus))
    return within, _turns(np.concatenate(lead), np.concatenate(change))


def _steps(
    base: Floats,
    bonus: Floats,
    chosen: NDArray[np.intp],
    shortlist: NDArray[np.intp],
    likeness: Floats,
) -> float:
    """Compare each chosen with whom it was chosen before, at its step."""
    steps = np.arange(len(chosen))
    cost = np.zeros_like(likeness)
    np.cumsum(likeness[:-1], axis=0, out=cost[1:])
    cost[: kept_by_score(len(chosen))] = 0
    worth = base - cost / np.maximum(steps, 1)[:, None]
    lead = worth[steps, chosen][:, None] - worth[:, shortlist]
    for step, position in enumerate(chosen):
        lead[step:, shortlist == position] = np.inf  # itself, and not to be chosen again
    return _turns(lead, bonus[chosen, None] - bonus[shortlist])


def _order(base: Floats, bonus: Floats, chosen: NDArray[np.intp]) -> float:
    """Compare those chosen with each other: they are shown by score, then by position."""
    shown = chosen[np.lexsort((chosen, -(base + bonus)[chosen]))]
    return _turns(-np.diff(base[shown]), -np.diff(bonus[shown]))


def _turns(lead: Floats, change: Floats) -> float:
    """Tell where the first ``lead + f * change`` falls to nothing, f falling from 1."""
    close = (lead < MARGIN) & ((lead != 0) | (change != 0))
    if not close.any():
        return 0.0
    lead, change = lead[close], change[close]
    if (lead + change < MARGIN).any():
        return 1.0
    return float(((MARGIN - lead) / change).max())
