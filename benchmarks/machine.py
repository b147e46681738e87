"""Which machine a figure comes from, and how figures are kept."""

from __future__ import annotations

import json
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def describe(*packages: str) -> dict[str, Any]:
    """Name the processor, the system, Python and the packages that matter for a figure."""
    return {
        "processor": _processor(),
        "cores": len(_lines("/proc/cpuinfo", "processor")) or None,
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "packages": {package: version(package) for package in packages},
        "measured": datetime.now(UTC).strftime("%Y-%m-%d"),
    }


def write(name: str, results: dict[str, Any], folder: Path = RESULTS) -> Path:
    """Write results as JSON beside the scripts."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    return path


def _processor() -> str:
    names = _lines("/proc/cpuinfo", "model name")
    return names[0].partition(":")[2].strip() if names else platform.processor()


def _lines(path: str, start: str) -> list[str]:
    file = Path(path)
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    return [line for line in text.splitlines() if line.startswith(start)]
