"""JUnit XML: the form in which build servers show test results. Each requirement is a test case.

One more case, "training", fails if the run did not come to its end, so that a run without requirements counts too.
There is no one standard: attributes and order are those that both Jenkins' and the Ant-style schema accept.
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from xml.etree import ElementTree

from tui_nn.printable import printable
from tui_nn.report.words import COMPLETE, found
from tui_nn.runs.summary import Checked, Summary


def as_junit(summary: Summary, name: str) -> str:
    """The document of one run, with an XML declaration."""
    ended = summary.reason in COMPLETE
    failures = sum(not check.met for check in summary.requirements)
    suite = ElementTree.Element(
        "testsuite",
        id="0",
        package="tui-nn",
        name=printable(name),
        timestamp=(summary.started or "1970-01-01T00:00:00")[:19],
        hostname=printable(platform.node() or "localhost"),
        tests=str(1 + len(summary.requirements)),
        failures=str(failures),
        errors=str(int(not ended)),
        time=f"{summary.seconds:.3f}",
    )
    properties = ElementTree.SubElement(suite, "properties")
    for key, value in _facts(summary):
        ElementTree.SubElement(properties, "property", name=printable(key), value=printable(value))
    training = _case(suite, name, "training", summary.seconds)
    if not ended:
        error = ElementTree.SubElement(training, "error", type=summary.reason, message=printable(summary.message))
        error.text = printable(summary.message)
    for check in summary.requirements:
        _requirement(_case(suite, name, check.requirement, 0.0), check)
    ElementTree.SubElement(suite, "system-out").text = printable(summary.run)
    ElementTree.SubElement(suite, "system-err").text = printable(summary.message)
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _case(suite: ElementTree.Element, experiment: str, name: str, seconds: float) -> ElementTree.Element:
    return ElementTree.SubElement(
        suite, "testcase", classname=printable(f"tui-nn.{experiment}"), name=printable(name), time=f"{seconds:.3f}"
    )


def _requirement(case: ElementTree.Element, check: Checked) -> None:
    if not check.met:
        failure = ElementTree.SubElement(case, "failure", type="requirement", message=f"it {found(check)}")
        failure.text = printable(f"{check.requirement}: it {found(check)}")


def _facts(summary: Summary) -> Sequence[tuple[str, str]]:
    facts = [(key, str(getattr(summary, key))) for key in ("run", "reason", "exit_code", "seed", "parameters", "step")]
    return [*facts, *((f"environment.{key}", str(value)) for key, value in summary.environment.items())]
