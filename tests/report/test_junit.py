"""JUnit XML, checked against what the two well-known schemas demand.

No schema is copied here; the rules are those of Ant's (windyroad/JUnit-Schema) and Jenkins' (jenkinsci/xunit-plugin)
as far as they concern the elements that are written: names, order, required attributes and their types.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from tui_nn.report.finished import finished
from tui_nn.report.junit import as_junit
from tui_nn.runs.summary import Checked, Summary

REQUIRED = {
    "testsuite": {"name", "timestamp", "hostname", "tests", "failures", "errors", "time", "id", "package"},
    "property": {"name", "value"},
    "testcase": {"name", "classname", "time"},
    "failure": {"type"},
    "error": {"type"},
}
ALLOWED = {**REQUIRED, "failure": {"type", "message"}, "error": {"type", "message"}}
CHILDREN = {
    "testsuites": r"(testsuite )*",
    "testsuite": r"properties (testcase )*system-out system-err ",
    "properties": r"(property )*",
    "testcase": r"(error |failure )?",
}
TYPES = {
    "tests": r"\d+",
    "failures": r"\d+",
    "errors": r"\d+",
    "id": r"\d+",
    "time": r"\d+(\.\d+)?",
    "timestamp": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d",
    "hostname": r".+",
    "name": r".+",
}


def check(element):
    """Raises AssertionError where an element is not as both schemas have it."""
    attributes = set(element.attrib)
    assert REQUIRED.get(element.tag, set()) <= attributes <= ALLOWED.get(element.tag, set()), element.tag
    for name, value in element.attrib.items():
        assert re.fullmatch(TYPES.get(name, ".*"), value, re.DOTALL), (element.tag, name, value)
    children = "".join(f"{child.tag} " for child in element)
    assert re.fullmatch(CHILDREN.get(element.tag, ""), children), (element.tag, children)
    if element.tag == "testsuite":
        cases = element.findall("testcase")
        assert int(element.get("tests")) == len(cases)
        assert int(element.get("failures")) == len(element.findall("testcase/failure"))
        assert int(element.get("errors")) == len(element.findall("testcase/error"))
    for child in element:
        check(child)


def test_each_requirement_is_a_test_case(trained):
    root = ElementTree.parse(trained / "out" / "junit.xml").getroot()
    check(root)
    cases = {case.get("name"): case for case in root.iter("testcase")}
    assert list(cases) == ["training", "accuracy@validation >= 0.5", "confusion[4,9] <= -1"]
    assert [len(case) for case in cases.values()] == [0, 0, 1]
    failure = cases["confusion[4,9] <= -1"].find("failure")
    assert failure.get("message").startswith("it is ")


def test_a_run_that_broke_off_is_an_error(diverged):
    root = ElementTree.fromstring(as_junit(finished(diverged / "run").summary, "wine"))
    check(root)
    assert root.find("testsuite/testcase[@name='training']/error").get("type") == "diverged"
    assert root.find("testsuite").get("failures") == "1", "NaN never passes"


def summary(text, **changes):
    facts = {
        "schema": 2, "run": text, "experiment": text, "reason": "epochs", "message": text, "exit_code": 0, "epoch": 1,
        "step": 1, "seed": 0, "parameters": 1, "metrics": {}, "requirements": [], "seconds": 1.0,
        "samples_per_second": 1.0, "environment": {text: text},
    }  # fmt: skip
    return Summary(**{**facts, **changes})


@pytest.mark.parametrize("text", ["<&\"'>", "]]>", "\x00\x1b[31m\ud800", "ünïcode 🙂", "a\nb"])
def test_any_name_makes_valid_xml(text):
    check_ = Checked(requirement=text, value=float("nan"), bound=1.0, met=False)
    root = ElementTree.fromstring(as_junit(summary(text, requirements=[check_]), text).encode())
    check(root)
    assert not set(root.find("testsuite").get("name")) & set("\x00\x1b\ud800")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["digits", "--set", "training.batchs=3"], 2, "unknown key. Did you mean 'batch'?"),
        (["digits", "--require", "acuracy >= 0.5"], 2, "Did you mean 'accuracy'?"),
        (["digits", "--set", "data.source=./missing.csv"], 3, "missing.csv"),
    ],
)
def test_a_training_that_never_began_is_an_error_too(tmp_path, command, arguments, code, words):
    assert words in command("train", *arguments, "--junit", "junit.xml", cwd=tmp_path, code=code)
    suite = ElementTree.parse(tmp_path / "junit.xml").getroot().find("testsuite")
    assert (suite.get("tests"), suite.get("errors"), suite.get("failures")) == ("1", "1", "0")
    assert words in suite.find("testcase/error").get("message")
