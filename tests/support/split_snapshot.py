"""A snapshot taken apart: a base and a delta that together equal a whole snapshot, by construction.

All three have the lists and scores of one snapshot that was indexed with every article: the base
without the later ones, the whole one without the removed ones. A changed article is two articles
there, of which the later one gets the ID of the earlier one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from recommender.home import DataDir
from recommender.indexing.versions import Arrays, lookup_keys, rows_by_label
from recommender.snapshots.contents import SnapshotContents
from recommender.snapshots.manifest import Manifest
from recommender.snapshots.snapshot import Snapshot
from recommender.snapshots.store import publish
from recommender.urls import url_key

BY_ROW = ("published", "expires", "recency_from", "diversity_vectors", "series")
LISTS = ("candidates", "relevance", "contributions", "evidence")


@dataclass
class Split:
    """Which rows of a snapshot are later ones and which are removed; ids of changed articles."""

    every: Snapshot
    later: list[int]
    removed: list[int]
    versions: Mapping[int, int] = field(default_factory=dict)
    """Removed row by the later row that has its ID."""

    def publish_whole(self, home: DataDir, now: datetime) -> Snapshot:
        rows = [row for row in range(len(self.every)) if row not in self.removed]
        manifest = publish(home, self._contents(rows), now)
        return Snapshot(home.snapshots / manifest.id, verify=True)

    def publish_base(self, home: DataDir, now: datetime) -> Manifest:
        return publish(home, self._contents(self.base_rows), now)

    def publish_delta(self, home: DataDir, base: Manifest, now: datetime) -> Manifest:
        return publish(home, self.delta_contents(base), now, base=base)

    @property
    def base_rows(self) -> list[int]:
        return [row for row in range(len(self.every)) if row not in self.later]

    def delta_contents(self, base: Manifest) -> SnapshotContents:
        labels = self._labels(self.base_rows)
        labels = {
            kind: names + [one for one in self._labels(self.later)[kind] if one not in names]
            for kind, names in labels.items()
        }
        assert base.labels.sections == labels["sections"][: len(base.labels.sections)]
        place = {row: number for number, row in enumerate([*self.base_rows, *self.later])}
        kept = set(place) - set(self.removed)
        successors = {old: new for new, old in self.versions.items()}
        removed = sorted(self.removed, key=place.__getitem__)
        pairs = [(s, t) for s, t in self._links(kept) if not self._in_base(s, t)]
        non_copies = [(a, b) for a, b in self._non_copies if {a, b} & set(self.later)]
        gains = [row for row in self.base_rows if row in kept and self._gained(row)]
        columns = {row: self._gained(row) for row in gains}
        sizes = [len(columns[row]) for row in gains]
        lists = {
            f"added_{name}": np.concatenate(
                [self._array(name)[:0].reshape(0, *self._array(name).shape[2:])]
                + [self._array(name)[row, columns[row]] for row in gains]
            )
            for name in LISTS
        }
        lists["added_candidates"] = _numbers(place[r] for r in lists["added_candidates"].tolist())
        others = [one for one in self._others if {one.row, *one.copies} & set(self.later)]
        return SnapshotContents(
            arrays={
                **self._by_row(self.later, labels, place, kept),
                "cluster_id": _numbers(self._cluster_labels[c] for c in self._clusters(self.later)),
                **lookup_keys("id", enumerate(self._id(row) for row in self.later)),
                **self._other_arrays(others, place, kept, successors),
                "removed": _numbers(place[row] for row in removed),
                "replaced_by": _numbers(place.get(successors.get(r, -1), -1) for r in removed),
                "added_rows": _numbers(place[row] for row in gains),
                "added_starts": np.append(0, np.cumsum(sizes, dtype=np.int64)),
                **lists,
                "link_sources": _numbers(place[s] for s, _ in pairs),
                "link_targets": _numbers(place[t] for _, t in pairs),
                "no_copy_ones": _numbers(place[a] for a, _ in non_copies),
                "no_copy_others": _numbers(place[b] for _, b in non_copies),
            },
            blobs=self._blobs(self.later, others),
            labels=labels,
            encoder=base.encoder,
            ranking=base.ranking,
            figures=base.figures,
        )

    def _contents(self, rows: list[int]) -> SnapshotContents:
        """The contents of a snapshot with some rows; links lead to the newer version."""
        labels, place = self._labels(rows), {row: number for number, row in enumerate(rows)}
        successors = {old: new for new, old in self.versions.items()}
        pairs = self._links(set(rows))
        order = [row for c in dict.fromkeys(self._clusters(rows)) for row in self._members[c]]
        non_copies = [(a, b) for a, b in self._non_copies if a in place and b in place]
        others = [one for one in self._others if one.row in place or one.row in self.removed]
        section = self._codes("sections", rows, labels)
        clusters = _numbers(self._cluster_labels[c] for c in self._clusters(rows))
        clusters = np.unique(clusters, return_inverse=True)[1].astype(np.int32)
        return SnapshotContents(
            arrays={
                **self._by_row(rows, labels, place, set(rows)),
                "cluster_id": clusters,
                **rows_by_label(
                    "cluster", clusters, np.array([place[row] for row in order if row in place])
                ),
                **rows_by_label("section", section),
                **_pairs("linked", [(place[s], place[t]) for s, t in pairs], len(rows)),
                **_pairs("linker", [(place[t], place[s]) for s, t in pairs], len(rows)),
                **_pairs("no_copy", [(place[a], place[b]) for a, b in non_copies], len(rows)),
                **lookup_keys("id", enumerate(self._id(row) for row in rows)),
                **self._other_arrays(others, place, set(rows), successors),
            },
            blobs=self._blobs(rows, others),
            labels=labels,
            encoder=self.every.manifest.encoder,
            ranking=self.every.manifest.ranking,
            figures=self.every.manifest.figures,
        )

    def _by_row(
        self,
        rows: list[int],
        labels: Mapping[str, list[str]],
        place: Mapping[int, int],
        kept: set[int],
    ) -> Arrays:
        cards = [self._card(row) for row in rows]
        urls = [(number, url_key(card["url"])) for number, card in enumerate(cards)]
        return {
            **{name: self._array(name)[rows] for name in BY_ROW},
            "section": self._codes("sections", rows, labels),
            "language": self._codes("languages", rows, labels),
            **self._lists(rows, place, kept),
            **lookup_keys("url", [(number, key) for number, key in urls if key]),
        }

    def _lists(self, rows: list[int], place: Mapping[int, int], kept: set[int]) -> Arrays:
        """Candidate lists without the candidates that are not there, filled up with -1."""
        found: dict[str, list[Any]] = {name: [] for name in LISTS}
        for row in rows:
            candidates = self._array("candidates")[row].tolist()
            columns = [c for c, one in enumerate(candidates) if one in kept]
            rest = [c for c in range(len(candidates)) if c not in columns]
            for name in LISTS:
                values = self._array(name)[row][columns + rest].copy()
                if name == "candidates":
                    values = _numbers(place.get(one, -1) for one in values.tolist())
                    values[len(columns) :] = -1
                found[name].append(values)
            found["relevance"][-1][len(columns) :] = -np.inf
        return {
            name: np.array(one)
            .reshape(len(rows), *self._array(name).shape[1:])
            .astype(self._array(name).dtype)
            for name, one in found.items()
        }

    def _gained(self, row: int) -> list[int]:
        candidates = self._array("candidates")[row].tolist()
        return [column for column, one in enumerate(candidates) if one in self.later]

    def _links(self, kept: set[int]) -> list[tuple[int, int]]:
        successors = {old: new for new, old in self.versions.items() if new in kept}
        pairs = zip(*(side.tolist() for side in self.every.links()), strict=True)
        now = {(s, _now(t, kept, successors)) for s, t in pairs if s in kept}
        return sorted((s, t) for s, t in now if t >= 0 and s != t)

    def _in_base(self, source: int, target: int) -> bool:
        targets = {target, self.versions.get(target, target)} - set(self.later)
        linked = self.every.linked_from(source).tolist()
        return source not in self.later and not targets.isdisjoint(linked)

    @cached_property
    def _non_copies(self) -> list[tuple[int, int]]:
        one = self.every.parts.non_copies
        return [(row, b) for row in range(len(self.every)) for b in one.of(row).tolist()]

    @cached_property
    def _members(self) -> dict[int, list[int]]:
        rows = range(len(self.every))
        return {self.every.cluster_id.item(r): self.every.duplicates_of(r).tolist() for r in rows}

    @cached_property
    def _cluster_labels(self) -> dict[int, int]:
        """The clusters of the base first."""
        ours = sorted(set(self._clusters(self.base_rows)))
        others = sorted(set(self._clusters(self.later)) - set(ours))
        return {cluster: label for label, cluster in enumerate([*ours, *others])}

    def _clusters(self, rows: Sequence[int]) -> list[int]:
        return [self.every.cluster_id.item(row) for row in rows]

    @cached_property
    def _others(self) -> list[Other]:
        texts = self.every.folder
        starts = np.load(texts / "other_ids_starts.npy").tolist()
        data = (texts / "other_ids.bin").read_bytes()
        names = [data[a:b].decode() for a, b in pairwise(starts)]
        found = [(name, self.every.parts.other_ids.find(name)) for name in names]
        return [Other(name, one.row, one.copies.tolist()) for name, one in found if one]

    def _other_arrays(
        self,
        others: Sequence[Other],
        place: Mapping[int, int],
        kept: set[int],
        successors: Mapping[int, int],
    ) -> Arrays:
        now = [
            [n for row in one.copies if (n := _now(row, kept, successors)) >= 0] for one in others
        ]
        rows = [_now(one.row, kept, successors) for one in others]
        return {
            "other_rows": _numbers(place.get(row, -1) for row in rows),
            "other_copy_starts": np.append(0, np.cumsum([len(c) for c in now], dtype=np.int64)),
            "other_copy_rows": _numbers(place[row] for copies in now for row in copies),
            **lookup_keys("other", enumerate(one.name for one in others)),
        }

    def _labels(self, rows: Sequence[int]) -> dict[str, list[str]]:
        one = self.every
        return {
            "sections": sorted({one.sections[one.section[row]] for row in rows}),
            "languages": sorted({one.languages[one.language[row]] for row in rows}),
            "features": one.features,
        }

    def _codes(
        self, kind: str, rows: Sequence[int], labels: Mapping[str, list[str]]
    ) -> NDArray[np.int32]:
        names, codes = {
            "sections": (self.every.sections, self.every.section),
            "languages": (self.every.languages, self.every.language),
        }[kind]
        return _numbers(labels[kind].index(names[codes[row]]) for row in rows)

    def _id(self, row: int) -> str:
        return self.every.identifier(self.versions.get(row, row))

    def _card(self, row: int) -> dict[str, Any]:
        return self.every.card(row) | {"id": self._id(row)}

    def _blobs(self, rows: list[int], others: Sequence[Other]) -> dict[str, list[bytes]]:
        return {
            "ids": [self._id(row).encode() for row in rows],
            "cards": [msgspec.json.encode(self._card(row))[:-1] for row in rows],
            "keywords": [self.every.keywords[row] for row in rows],
            "other_ids": [one.name.encode() for one in others],
        }

    def _array(self, name: str) -> NDArray[Any]:
        if name not in self._arrays:
            self._arrays[name] = np.load(self.every.folder / f"{name}.npy")
        return self._arrays[name]

    @cached_property
    def _arrays(self) -> dict[str, NDArray[Any]]:
        return {}


@dataclass(frozen=True)
class Other:
    """An ID of no row."""

    name: str
    row: int
    copies: list[int]


def body_of(answer: bytes) -> dict[str, Any]:
    """The content of a response without the id of the snapshot."""
    content: dict[str, Any] = json.loads(answer)
    return content | {"snapshot": ""}


def _now(row: int, kept: set[int], successors: Mapping[int, int]) -> int:
    row = row if row in kept else successors.get(row, -1)
    return row if row in kept else -1


def _numbers(values: Any) -> NDArray[np.int32]:
    return np.array(list(values), dtype=np.int32)


def _pairs(name: str, pairs: Sequence[tuple[int, int]], size: int) -> Arrays:
    ordered = sorted(pairs)
    counts = np.bincount([one for one, _ in ordered], minlength=size)
    return {
        f"{name}_starts": np.append(0, np.cumsum(counts, dtype=np.int64)),
        f"{name}_rows": _numbers(other for _, other in ordered),
    }
