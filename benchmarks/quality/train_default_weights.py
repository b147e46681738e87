"""Trains the default weights on several link sets and writes recommender/default_weights.json.

python -m benchmarks.quality.train_default_weights FOLDER [FOLDER ...] --home DIR
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.quality.default_training import prior_precision, train_default
from benchmarks.sites.datasets import link_set_arguments, read_link_sets
from recommender.learning import default_weights


def main(arguments: Sequence[str] | None = None) -> None:
    """Train on all folders and write the file."""
    parser = link_set_arguments(__doc__)
    parser.add_argument(
        "--output",
        type=Path,
        default=Path(default_weights.__file__).parents[1] / default_weights.FILE,
    )
    options = parser.parse_args(arguments)
    sets = read_link_sets(options)
    sites = [one.candidates for one in sets]
    model = train_default(sites)
    file = default_weights.WeightFile(
        trained_on=[f"{one.name}: {len(one.queries)} articles that link" for one in sets],
        trained_by="python -m benchmarks.quality.train_default_weights",
        min_scale=_by_feature(model.features, model.min_scale, 5),
        weights=_by_feature(model.features, model.weights, 4),
        first_pass_weights=_by_feature(model.features, model.first_pass_weights, 4),
        precision=[[round(float(v), 1) for v in row] for row in prior_precision(model, sites)],
    )
    options.output.write_bytes(msgspec.json.format(msgspec.json.encode(file), indent=1) + b"\n")
    print(f"wrote {options.output}: {len(model.weights)} weights from {len(sets)} sites")


def _by_feature(names: Sequence[str], values: Sequence[float], digits: int) -> dict[str, float]:
    return {n: round(v, digits) + 0.0 for n, v in zip(names, values, strict=True)}


if __name__ == "__main__":
    main()
