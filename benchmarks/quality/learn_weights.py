"""Learn the shipped weights from several link sets, and write recommender/default_weights.json.

    python -m benchmarks.quality.learn_weights FOLDER [FOLDER ...] --home DIR

Each folder holds articles.jsonl.gz and links.tsv; the home keeps the embeddings.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from benchmarks.quality.sites import arguments, link_set
from recommender.learning import default_weights as weights
from recommender.learning.train import prior_precision, train_default


def main() -> None:
    """Learn from all folders and write the file."""
    options = arguments(__doc__)
    sets = [link_set(folder, options.home) for folder in options.folders]
    sheets = [one.sheets for one in sets]
    model = train_default(sheets)
    made = weights.WeightFile(
        trained_on=[f"{one.name}: {len(one.asked)} articles that link" for one in sets],
        trained_by="python -m benchmarks.quality.train_default_weights",
        min_scale={n: round(v, 5) for n, v in zip(model.features, model.min_scale, strict=True)},
        weights={n: round(v, 4) + 0.0 for n, v in zip(model.features, model.weights, strict=True)},
        first_pass_weights={
            n: round(v, 4) + 0.0
            for n, v in zip(model.features, model.first_pass_weights, strict=True)
        },
        precision=[[round(float(v), 1) for v in row] for row in prior_precision(model, sheets)],
    )
    path = Path(weights.__file__).with_name(weights.FILE)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(made), indent=1) + b"\n")
    print(f"wrote {path.name}: {len(model.weights)} weights from {len(sets)} sites")


if __name__ == "__main__":
    main()
