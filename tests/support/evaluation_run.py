"""Evaluate records against links that a test writes down."""

from pathlib import Path
from typing import Any

from recommender.evaluation.evaluate import Evaluation, evaluate
from recommender.settings import Settings
from sample_site import write_jsonl


def evaluate_links(
    settings: Settings, tmp_path: Path, rows: list[dict[str, Any]], links: str
) -> Evaluation:
    source = write_jsonl(tmp_path / "site.jsonl", rows)
    file = tmp_path / "links.tsv"
    file.write_text("from\tto\n" + links, encoding="utf-8")
    return evaluate(str(source), file, settings, None, 6, lambda *_: None, print)
