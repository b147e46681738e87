"""What a worker serves: a snapshot with the overrides and settings that apply to it now."""

from __future__ import annotations

from dataclasses import dataclass, field

from recommender.overrides.active import NO_OVERRIDES, ActiveOverrides
from recommender.overrides.replica import OverrideSet
from recommender.overrides.resolve import ResolvedOverrides, RowLookup
from recommender.overrides.watcher import OverrideWatcher
from recommender.settings import Settings
from recommender.settings.desk import SettingChange, served_ranking, with_desk_settings
from recommender.snapshots.snapshot import Snapshot
from service.http.response_cache import ResponseCache


@dataclass(frozen=True)
class ServingState:
    """What one request works with; a change of snapshot, overrides or settings makes a new one."""

    snapshot: Snapshot
    overrides: ActiveOverrides = NO_OVERRIDES
    """Overrides that are active now."""
    responses: ResponseCache = field(default_factory=ResponseCache)
    """Responses made from this snapshot and these overrides."""
    resolved: ResolvedOverrides | None = None
    """All overrides, with those that start later or have ended."""
    known: OverrideSet = field(default_factory=OverrideSet)
    """The entries that :attr:`resolved` was made from."""
    heading: str = ""
    """Heading of the lists; "" is one in the language of the article."""
    loaded: Snapshot | None = None
    """The snapshot as it was loaded: :attr:`snapshot` without the settings of the desk."""
    setting_changes: tuple[SettingChange, ...] = ()
    """Settings of the desk that this state applies."""

    @property
    def rows(self) -> RowLookup:
        """Rows by id; those of the articles that overrides name are looked up already."""
        return RowLookup(self.snapshot) if self.resolved is None else self.resolved.rows

    def overrides_at(self, as_of: float) -> ActiveOverrides:
        """Return the overrides that are active at another time (seconds since 1970 UTC)."""
        return self.overrides if self.resolved is None else self.resolved.at(as_of)

    def is_current(self, loaded: Snapshot, read: OverrideWatcher, now: float) -> bool:
        """Return whether nothing newer was loaded or read, and no override started or ended.

        ``now`` is in seconds since 1970 UTC.
        """
        return (
            self.loaded is loaded
            and self.known is read.known
            and self.setting_changes == read.setting_changes
            and self.overrides.since <= now < self.overrides.until
        )


def next_state(
    previous: ServingState | None,
    loaded: Snapshot,
    settings: Settings,
    read: OverrideWatcher,
    now: float,
) -> ServingState:
    """Combine a snapshot with the overrides and changed settings that were read, as of ``now``.

    What ``previous`` looked up is not looked up again for the same snapshot. ``settings`` are those
    of the process, which the desk can change; ``now`` is in seconds since 1970 UTC.
    """
    if previous is None or previous.loaded is not loaded:
        previous = ServingState(loaded)
    changes, known = read.setting_changes, read.known
    snapshot, resolved = _with_ranking(previous.snapshot, settings, changes), previous.resolved
    if snapshot is not previous.snapshot:
        resolved = read.resolve(RowLookup(snapshot))
    elif resolved is None or previous.known is not known:
        resolved = read.resolve(previous.rows)
    return ServingState(
        snapshot,
        resolved.at(now),
        resolved=resolved,
        known=known,
        heading=with_desk_settings(settings, changes).heading,
        loaded=loaded,
        setting_changes=changes,
    )


def _with_ranking(
    snapshot: Snapshot, settings: Settings, changes: tuple[SettingChange, ...]
) -> Snapshot:
    ranking = served_ranking(snapshot.manifest.ranking, settings, changes)
    return snapshot if snapshot.ranking == ranking else snapshot.under(ranking)
