"""What is published: metadata, links of the page, bounds, and a wheel that is the same each time it is built."""

from __future__ import annotations

import email
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
README = (ROOT / "README.md").read_text("utf-8")
HOME = "https://forge.invalid/somebody/tui-nn"
TARGET = re.compile(r"\]\(([^)\s]+)\)")


@pytest.fixture(scope="module")
def page():
    """The module that makes the page of the package."""
    pytest.importorskip("hatchling")
    spec = importlib.util.spec_from_file_location("page_of_the_package", ROOT / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_links_of_the_page_lead_to_files_of_the_repository(page):
    here, there = TARGET.findall(README), TARGET.findall(page.published(README, HOME, "v1.2"))
    assert len(there) == len(here) > 25
    for target, address in zip(here, there, strict=True):
        if target.startswith("https://"):
            assert address == target
            continue
        assert (ROOT / target).exists(), target
        kind = "raw" if target.startswith("docs/images/") else "blob"
        assert address == f"{HOME}/{kind}/v1.2/{target}"


def test_a_page_that_has_no_home_has_no_link_that_leads_nowhere(page):
    text = page.published(README, "", "v1.2")
    assert all(target.startswith("https://") for target in TARGET.findall(text))
    assert "docs/ci.md" in README
    assert "headless, in CI." in text


def test_only_the_repository_says_that_nothing_is_published_yet(page):
    assert "No version is on PyPI yet" in README
    text = page.published(README, HOME, "v1.2")
    assert "No version is on PyPI yet" not in text
    assert "<!--" not in text


def test_the_first_command_installs_it():
    (first, *_) = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    assert [line.split("#")[0].strip() for line in first.splitlines()] == [
        "pip install tui-nn", "pipx install tui-nn", "uvx tui-nn",
    ]  # fmt: skip
    assert README.index(first) < README.index("python3 run.py")


def test_classifiers_are_known_and_say_every_python():
    trove_classifiers = pytest.importorskip("trove_classifiers")  # hatchling brings it

    classifiers = PROJECT["project"]["classifiers"]
    assert set(classifiers) <= trove_classifiers.classifiers
    assert classifiers == sorted(classifiers)
    (lowest,) = re.findall(r">=3\.(\d+)", PROJECT["project"]["requires-python"])
    minors = [int(minor) for line in classifiers for minor in re.findall(r":: 3\.(\d+)", line)]
    assert minors == list(range(int(lowest), max(minors) + 1))


def test_uv_run_installs_no_tools_of_development():
    assert PROJECT["tool"]["uv"]["default-groups"] == []


def test_every_dependency_has_a_lower_bound():
    extras = [
        one for name, group in PROJECT["project"]["optional-dependencies"].items() for one in group if name != "fast"
    ]
    for requirement in [*PROJECT["project"]["dependencies"], *extras]:
        assert re.match(r"[\w-]+>=[\d.]+", requirement), requirement


def build(folder, **environment):
    """The wheel, built into this folder as a release does."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, env={**os.environ, **environment}
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.mark.slow
def test_two_builds_are_the_same_to_the_byte(tmp_path, page):  # noqa: ARG001 - skips without hatchling
    environment = {"SOURCE_DATE_EPOCH": "1767225600", "TUI_NN_HOME": HOME}
    wheels = [build(tmp_path / name, **environment, TZ=zone) for name, zone in (("a", "UTC"), ("b", "Asia/Kathmandu"))]
    assert len({hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in wheels}) == 1
    with zipfile.ZipFile(wheels[0]) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 1, 1, 0, 0, 0)}
        (metadata,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        said = email.message_from_bytes(archive.read(metadata))
    assert f"Source, {HOME}" in said.get_all("Project-URL")
    assert said["Description-Content-Type"] == "text/markdown"
    assert f"{HOME}/blob/v{said['Version']}/docs/ci.md" in said.get_payload()
