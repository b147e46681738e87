"""Why an article is or is not in the list under another one, as the desk explains it."""

from __future__ import annotations

from collections.abc import Sequence

from recommender.catalogue.store import existing_catalogue
from recommender.dates import from_epoch, write_date
from recommender.errors import CatalogueError
from recommender.overrides.facets import scoped_facets
from recommender.overrides.read_once import ReadOverrides
from recommender.overrides.resolve import RowLookup
from recommender.serving.placement import Placements
from recommender.settings import Settings
from recommender.snapshots.snapshot import Snapshot


def why_text(
    settings: Settings,
    snapshot: Snapshot,
    row: int,
    candidate: int,
    shown: Sequence[int],
    now: float,
    overrides: ReadOverrides,
) -> str:
    """Return where a candidate is in a list, or why not, and what both articles have in common.

    Parameters
    ----------
    row, candidate : rows of the article and of the candidate.
    shown : rows of the cards under the article, in order.
    now : seconds since 1970 UTC.
    """
    facets = _facets(settings, snapshot, candidate)
    placements = Placements(
        snapshot=snapshot,
        row=row,
        now=now,
        active=overrides.active,
        shown=shown,
        overrides=overrides.stored,
        facets_of=lambda _: facets,
        format_date=lambda seconds: write_date(from_epoch(int(seconds))),
        rows=RowLookup(snapshot, overrides.names),
    )
    lines = [
        snapshot.card(candidate)["title"],
        f"   under {snapshot.identifier(row)}: {placements.of(candidate).text}",
    ]
    if candidate != row:
        reasons = placements.reasons
        facts = [*reasons.reasons(candidate), *reasons.overlap.facts(candidate)]
        lines += [f"   - {fact}" for fact in facts]
    return "\n".join(lines)


def _facets(settings: Settings, snapshot: Snapshot, row: int) -> list[tuple[str, str]]:
    """Return section, tags and authors of an article; none while the database is unavailable."""
    try:
        with existing_catalogue(settings.catalogue_url) as catalogue:
            return scoped_facets(catalogue.engine, snapshot, row)
    except CatalogueError:
        return []
