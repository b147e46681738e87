"""Rules without effect: those for a section, tag or author that no article of a snapshot has."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from recommender.errors import CatalogueError, SnapshotError
from recommender.names import name_key
from recommender.overrides.override import Override
from recommender.overrides.read_once import read_overrides
from recommender.serving.responses import open_current
from recommender.settings import Ranking, Settings


def rules_without_articles(settings: Settings, now: float) -> list[str]:
    """Name the settings and overrides for a name that no article of the current snapshot has.

    A site that renames a section ends the rules for it, and nothing else would say so.

    Parameters
    ----------
    now : seconds since 1970 UTC. Overrides that have ended are left out.

    Returns
    -------
    One line a rule, with the fix; none where no snapshot or no overrides can be read.
    """
    try:
        snapshot = open_current(settings.home)
        fallback = settings.data_dir.override_fallback
        read = read_overrides(settings.catalogue_url, snapshot, now, fallback)
    except (SnapshotError, CatalogueError):
        return []
    used = [code for code in range(len(snapshot.sections)) if len(snapshot.latest_of(code))]
    sections = [snapshot.sections[code] for code in used]
    return [
        *section_lines(sections, snapshot.ranking),
        *map(_override_line, read.unmatched),
    ]


def section_lines(sections: Collection[str], ranking: Ranking) -> Iterator[str]:
    """Name the sections of the settings that no article has, each with the most similar one."""
    known = {name_key(name): name for name in sections if name}
    for setting in ("newest_only_sections", "recency_by_section"):
        for name in getattr(ranking, setting):
            if name_key(name) not in known:
                close = get_close_matches(name_key(name), known, n=1)
                hint = f"; did you mean {known[close[0]]!r}?" if close else ""
                yield f"setting ranking.{setting}: no article has the section {name!r}{hint}"


def _override_line(one: Override) -> str:
    return (
        f"override {one.id}, {one.kind}: no article has the {one.scope} {one.pick!r}; if it was "
        f"renamed, add the same for the new name, then run `recommender override undo {one.id}`"
    )
