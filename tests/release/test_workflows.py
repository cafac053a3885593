"""Workflows, hooks and forms: they say what .ci/run and CONTRIBUTING.md say, and what they use is pinned."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).parents[2]
WHOLE = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT, GROUP = WHOLE["project"], WHOLE["dependency-groups"]["dev"]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
SCRIPT = (ROOT / ".ci" / "run").read_text("utf-8")
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def read(path):
    return yaml.safe_load((ROOT / path).read_text("utf-8"))


def steps(path):
    """Every step of a workflow."""
    return [step for job in read(path)["jobs"].values() for step in job["steps"]]


def commands(path, job):
    return [step["run"].strip() for step in read(path)["jobs"][job]["steps"] if "run" in step]


TESTS, RELEASE = ".github/workflows/tests.yml", ".github/workflows/release.yml"


def test_the_tests_are_those_of_the_script():
    assert commands(TESTS, "everything") == ["bash .ci/run"]
    assert "`bash .ci/run`" in CONTRIBUTING
    assert commands(TESTS, "systems") == ["python run.py test"]
    assert 'step "tests" python3 run.py test\n' in SCRIPT


def test_the_lowest_versions_are_tried_as_is_documented():
    (documented,) = [block for block in re.findall(r"```sh\n(.*?)```", CONTRIBUTING, re.DOTALL) if "lowest" in block]
    installs, *tries = commands(TESTS, "lowest")
    assert installs == "python -m pip install uv"
    assert tries == documented.strip().splitlines()


def test_each_extra_is_tried_with_its_lowest_versions():
    assert commands(TESTS, "extras") == ["python -m pip install uv", "bash .ci/extras"]
    text = (ROOT / ".ci" / "extras").read_text("utf-8")
    tried = dict(re.findall(r'^  \[(\w+)\]="(.*)"$', text, re.MULTILINE))
    assert tried.keys() == PROJECT["optional-dependencies"].keys() - {"fast"}
    assert all((ROOT / path).exists() for paths in tried.values() for path in paths.split())
    tools = re.findall(r'"([\w-]+>=[\d.]+)"', text)
    assert set(tools) <= {*GROUP, *PROJECT["optional-dependencies"]["images"]}


def test_commands_on_every_system_are_those_of_every_shell():
    """PowerShell runs them on Windows: one program and its words, nothing that a shell has to understand."""
    for job in ("installed", "systems"):
        for command in commands(TESTS, job):
            assert re.fullmatch(r"(python|tui-nn)( [\w./=,-]+)+", command), command
            assert not command.startswith("python3"), "there is none on Windows"


def test_documents_are_checked_by_tests_that_exist():
    command, *lint = commands(TESTS, "documents")
    assert lint[-1] == "actionlint"
    start, *files = command.split("test ", 1)
    assert start == "python run.py "
    assert all((ROOT / name).exists() for name in files[0].split())


def test_every_python_that_is_promised_is_tried_on_every_system():
    promised = [
        found[1] for line in PROJECT["classifiers"] if (found := re.fullmatch(r"Programming .* :: (3\.\d+)", line))
    ]
    jobs = read(TESTS)["jobs"]
    for name in ("everything", "installed", "systems", "lowest"):
        assert jobs[name]["strategy"]["matrix"]["python"] == promised
    systems = {jobs["everything"]["runs-on"], *jobs["systems"]["strategy"]["matrix"]["system"]}
    assert {system.split("-")[0] for system in systems} == {"ubuntu", "macos", "windows"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_what_a_workflow_uses_is_pinned_and_may_do_little(path):
    text = path.read_text("utf-8")
    uses = re.findall(r"uses: (\S+)(.*)", text)
    assert uses
    for action, comment in uses:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action), action
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read"}
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())
    for step in steps(path):
        if "actions/checkout@" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False
        assert "${{" not in step.get("run", ""), "what somebody else wrote becomes part of a command"


def test_an_action_has_one_version():
    pinned = {action for path in WORKFLOWS for action in re.findall(r"uses: (\S+)", path.read_text("utf-8"))}
    assert len({action.split("@")[0] for action in pinned}) == len(pinned)


def test_a_release_needs_no_password_and_is_attested():
    text = (ROOT / RELEASE).read_text("utf-8")
    assert "secrets." not in text
    publish = read(RELEASE)["jobs"]["publish"]
    assert publish["permissions"] == {"id-token": "write"}
    assert publish["needs"] == "build"
    assert publish["environment"] == "pypi"
    assert publish["steps"][-1]["with"] == {"attestations": True}
    assert not any("run" in step for step in publish["steps"]), (
        "nothing of ours runs where there is the right to publish"
    )
    built = commands(RELEASE, "build")
    assert "twine check --strict dist/*" in built
    (documented,) = [block for block in re.findall(r"```sh\n(.*?)```", CONTRIBUTING, re.DOTALL) if "EPOCH" in block]
    assert "$(git log -1 --format=%ct)" in documented
    assert any("$(git log -1 --format=%ct)" in command for command in built)
    assert "TUI_NN_HOME" in read(RELEASE)["jobs"]["build"]["env"]


def test_hooks_before_a_commit_are_lines_of_the_script():
    (local,) = read(".pre-commit-config.yaml")["repos"]
    assert local["repo"] == "local"
    entries = [hook["entry"] for hook in local["hooks"]]
    assert entries == re.findall(r'^step "[^"]+" (\.venv/bin/.*)$', SCRIPT, re.MULTILINE)


def test_the_citation_is_of_this_version():
    citation = read("CITATION.cff")
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert (citation["version"], citation["license"]) == (PROJECT["version"], PROJECT["license"])
    assert citation["abstract"] == PROJECT["description"]
    assert set(citation["keywords"]) <= set(PROJECT["keywords"])


@pytest.mark.parametrize(
    "path", sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[!c]*.yml")), ids=lambda path: path.name
)
def test_forms_of_issues_are_whole(path):
    form = read(path)
    assert {"name", "description", "body"} <= form.keys()
    assert all(part["attributes"]["label"] for part in form["body"])
