"""The files in deploy/ agree with each other and with the project."""

import re
import tomllib

from msgspec import yaml

from paths import ROOT

DEPLOY = ROOT / "deploy"


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


def test_the_serving_list_is_a_part_of_the_dependencies() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [*project["dependencies"], *project["optional-dependencies"]["postgresql"]]
    known = {re.split(r"[\[<>=]", one)[0] for one in named}
    lines = (DEPLOY / "requirements-serve.in").read_text().splitlines()
    asked = {line.partition("[")[0] for line in lines if line and not line.startswith("#")}
    assert asked <= known
