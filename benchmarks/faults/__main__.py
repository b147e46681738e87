"""The drill: break one thing after the other under a running service, and print what each sees.

    python -m benchmarks.faults

Readers ask all the time. For each fault the table has what they get, what a save is told, what the
engineer sees, and in how many seconds all is well again without a hand. Three faults need root. An
acknowledged override that is lost, a wrong list, or a recovery of more than 5 seconds is a failure.
"""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from benchmarks import machine
from benchmarks.faults import clock, database, files, processes
from benchmarks.faults.drill import run
from benchmarks.faults.site import prepare

MODULES = (processes, clock, database, files)
DRILLS = {one.name: one for module in MODULES for one in module.DRILLS}


def table(rows: dict[str, dict[str, Any]]) -> str:
    """Format the rows as a table of Markdown."""
    lines = ["| fault | readers | a save | /readyz | back after | |", "|---|---|---|---|---|---|"]
    for name, row in rows.items():
        readers = ", ".join(f"{number} {kind}" for kind, number in row["readers"].items())
        save = f"{row['save']['status'] or 'no answer'} {row['save']['told'][:60]}".strip()
        ready = f"{row['readyz']['status'] or 'no answer'} {row['readyz']['state'][:60]}".strip()
        verdict = "; ".join(row["failures"]) or "held"
        seconds = f"{row['recovery_seconds']} s"
        lines.append(f"| {name} | {readers} | {save} | {ready} | {seconds} | {verdict} |")
    return "\n".join(lines)


@click.command
@click.option("--only", multiple=True, help="Name of a drill; can be repeated.")
@click.option("--seconds", default=3.0, show_default=True, help="Length of each fault.")
@click.option("--results", type=click.Path(path_type=Path), default=machine.RESULTS)
def main(only: tuple[str, ...], seconds: float, results: Path) -> None:
    """Break one thing after the other, and compare with what must hold."""
    rows = {}
    with TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared"
        token = prepare(prepared)
        for name in only or DRILLS:
            if DRILLS[name].needs_root and os.geteuid() != 0:
                click.echo(f"left out, needs root: {name}", err=True)
                continue
            rows[name] = run(DRILLS[name], prepared, token, Path(folder), seconds)
            click.echo(f"{name}: {'; '.join(rows[name]['failures']) or 'held'}", err=True)
    click.echo(table(rows))
    found = {"drills": rows, "load_average": os.getloadavg()[0]}
    machine.write("faults", found | {"machine": machine.describe("granian")}, results)
    if any(row["failures"] for row in rows.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
