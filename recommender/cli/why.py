"""Why an article is or is not in the list under another one, as the desk explains it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from recommender.errors import CatalogueError
from recommender.home import DataDir
from recommender.settings import Settings

if TYPE_CHECKING:
    from recommender.overrides.active import ActiveOverrides
    from recommender.snapshots.snapshot import Snapshot


def why_text(
    settings: Settings,
    snapshot: Snapshot,
    ids: tuple[str, str],
    shown: Sequence[int],
    now: float,
    active: ActiveOverrides,
) -> str:
    """Return where a candidate is in a list, or why not, and what both articles have in common.

    Parameters
    ----------
    ids : of the article and of the candidate, both in the snapshot.
    shown : rows of the cards under the article, in order.
    now : seconds since 1970 UTC.
    """
    from recommender.dates import from_epoch, write_date  # noqa: PLC0415 - only when it is used
    from recommender.overrides.read_once import stored_overrides  # noqa: PLC0415 - SQLAlchemy as well
    from recommender.overrides.resolve import RowLookup  # noqa: PLC0415
    from recommender.serving.placement import Placements  # noqa: PLC0415

    row, candidate = (snapshot.row(one) or 0 for one in ids)
    facets = _facets(settings, snapshot, candidate)
    placements = Placements(
        snapshot=snapshot,
        row=row,
        now=now,
        active=active,
        shown=shown,
        overrides=stored_overrides(
            settings.catalogue_url, now, DataDir(settings.home).override_fallback
        ),
        facets_of=lambda _: facets,
        format_date=lambda seconds: write_date(from_epoch(int(seconds))),
        rows=RowLookup(snapshot),
    )
    lines = [
        snapshot.card(candidate)["title"],
        f"   under {snapshot.identifier(row)}: {placements.of(candidate).text}",
    ]
    if candidate != row:
        reasons = placements.reasons
        facts = [*reasons.reasons(candidate), *reasons.common_facts(candidate)]
        lines += [f"   - {fact}" for fact in facts]
    return "\n".join(lines)


def _facets(settings: Settings, snapshot: Snapshot, row: int) -> list[tuple[str, str]]:
    """Return section, tags and authors of an article; none while the database is unavailable."""
    from recommender.catalogue.database import open_database  # noqa: PLC0415 - SQLAlchemy when used
    from recommender.catalogue.store import Catalogue  # noqa: PLC0415
    from recommender.overrides.facets import scoped_facets  # noqa: PLC0415

    url = settings.catalogue_url
    try:
        with closing(Catalogue(url, open_database(url, create=False))) as catalogue:
            return scoped_facets(catalogue.engine, snapshot, row)
    except CatalogueError:
        return []
