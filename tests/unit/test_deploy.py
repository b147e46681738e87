"""The files in deploy/ agree with each other and with the project."""

import json
import re
import shlex
import tomllib
from itertools import combinations
from typing import Any

import promql_parser
import pytest
from flask.testing import FlaskClient
from msgspec import yaml

from paths import ROOT
from recommender.cli import recommender
from recommender.reports.health import OLD_SECONDS

DEPLOY = ROOT / "deploy"
UNITS = ("related-posts.service", "related-posts-index.service")


def test_the_services_use_images_and_files_that_exist() -> None:
    services = yaml.decode((DEPLOY / "compose.yaml").read_bytes())["services"]
    stages = re.findall(r"^FROM \S+ AS (\S+)", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    built = [one["build"] for one in services.values() if "build" in one]
    assert {one["target"] for one in built} == {"serve", "index"}
    assert {one["target"] for one in built} <= set(stages)
    assert all((DEPLOY / one["context"] / one["dockerfile"]).is_file() for one in built)
    mounted = [v for one in services.values() for v in one.get("volumes", ()) if v.startswith("./")]
    assert mounted
    assert all((DEPLOY / one.partition(":")[0]).is_file() for one in mounted)


def test_the_stages_copy_files_that_exist() -> None:
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    copied = [
        name
        for line in lines
        if line.startswith("COPY") and "--from" not in line
        for name in line.split()[1:-1]
    ]
    assert copied
    assert all((ROOT / name).exists() for name in copied)


def test_the_units_run_existing_commands_as_the_user_of_the_recipe() -> None:
    recipe = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
    for unit in UNITS:
        entries = unit_entries(unit)
        program, *arguments = shlex.split(entries["ExecStart"])
        with recommender.make_context("recommender", list(arguments)) as context:
            name, command, rest = recommender.resolve_command(context, arguments)
        assert command is not None
        assert command.make_context(name, rest)  # raises for an unknown option
        assert f"python3 -m venv {program.removesuffix('/bin/recommender')}\n" in recipe
        home = entries["Environment"].removeprefix("RECOMMENDER_HOME=")
        assert f"--home-dir {home} --shell /usr/sbin/nologin {entries['User']}\n" in recipe
        assert home == f"/var/lib/{entries['StateDirectory']}"
        assert f"deploy/{unit}" in recipe


def test_the_units_are_hardened_alike() -> None:
    served, indexed = (unit_entries(unit) for unit in UNITS)
    of_each = {"Description", "ExecStart", "KillSignal", "TimeoutStopSec"}
    of_each |= {"LimitNOFILE", "RestartSec", "Nice"}
    assert served["ProtectSystem"] == "strict"
    assert {key: served[key] for key in served.keys() - of_each} == {
        key: indexed[key] for key in indexed.keys() - of_each
    }


def unit_entries(unit: str) -> dict[str, str]:
    """The entries of a systemd unit."""
    lines = (DEPLOY / unit).read_text(encoding="utf-8").splitlines()
    pairs = (line.split("=", 1) for line in lines if line and line[0] not in "#[")
    return dict(pairs)


def test_the_serving_list_is_a_part_of_the_dependencies() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [*project["dependencies"], *project["optional-dependencies"]["postgresql"]]
    known = {re.split(r"[\[<>=]", one)[0] for one in named}
    lines = (DEPLOY / "requirements-serve.in").read_text().splitlines()
    asked = {line.partition("[")[0] for line in lines if line and not line.startswith("#")}
    assert asked <= known


def rules() -> list[dict[str, Any]]:
    groups = yaml.decode((DEPLOY / "prometheus-alerts.yml").read_bytes())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((DEPLOY / "grafana-dashboard.json").read_text())[
        "panels"
    ]
    return found


def queries() -> list[str]:
    """The queries of all alarms and panels, with Grafana's variables filled in."""
    asked = [target["expr"] for panel in panels() for target in panel["targets"]]
    filled = [one.replace("$__rate_interval", "5m").replace("$job", "x") for one in asked]
    return [rule["expr"] for rule in rules()] + filled


@pytest.mark.parametrize("query", queries())
def test_every_query_is_valid(query: str) -> None:
    promql_parser.parse(query)  # checks the types, too


def test_every_query_names_existing_metrics(client: FlaskClient) -> None:
    client.get("/v1/articles/talks/0/related")
    page = client.get("/metrics").text
    for query in queries():
        named = set(re.findall(r"related_posts_\w+", query))
        assert named
        assert [name for name in named if not re.search(rf"^{name}[ {{]", page, re.MULTILINE)] == []


def test_every_alarm_is_complete_and_documented() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for rule in rules():
        assert set(rule) <= {"alert", "expr", "for", "annotations"}
        promql_parser.parse_duration(rule.get("for", "1m"))
        assert f"| `{rule['alert']}` | {rule['annotations']['summary']} |" in page


def test_a_snapshot_is_old_for_alarm_dashboard_and_doctor_alike() -> None:
    alarm = next(rule["expr"] for rule in rules() if rule["alert"] == "RelatedPostsStale")
    panel = next(panel for panel in panels() if panel["title"] == "Age of the snapshot")
    limit = panel["fieldConfig"]["defaults"]["thresholds"]["steps"][-1]["value"]
    assert limit == OLD_SECONDS
    assert alarm.endswith(f" > {OLD_SECONDS // 86_400:.0f} * 86400")


def test_panels_have_their_own_ids_and_places() -> None:
    found = panels()
    assert len({panel["id"] for panel in found}) == len(found)
    for one, other in combinations([panel["gridPos"] for panel in found], 2):
        apart = any(
            a[at] + a[size] <= b[at]
            for a, b in ((one, other), (other, one))
            for at, size in (("x", "w"), ("y", "h"))
        )
        assert apart, (one, other)
