"""JUnit XML of a class: a suite a student, a case a question, and one for the file itself."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from tui_nn.lesson.grade import Grade
from tui_nn.printable import printable


def as_junit(grades: Sequence[Grade]) -> str:
    """The document, with an XML declaration. What was not answered is skipped, which is no failure."""
    root = ElementTree.Element("testsuites")
    for grade in grades:
        open_ones = [name for name, tries in grade.tries.items() if not tries]
        wrong = [name for name, tries in grade.tries.items() if tries and not grade.right[name]]
        suite = ElementTree.SubElement(
            root, "testsuite", name=printable(grade.name), tests=str(1 + len(grade.tries)), errors="0",
            failures=str(len(wrong) + bool(grade.faults)), skipped=str(len(open_ones)), time="0",
        )  # fmt: skip
        place = f"tui-nn.{grade.lesson}"
        file = ElementTree.SubElement(suite, "testcase", classname=place, name=printable(grade.file), time="0")
        if grade.faults:
            _failure(file, "file", "; ".join(grade.faults))
        for name in grade.tries:
            case = ElementTree.SubElement(suite, "testcase", classname=place, name=name, time="0")
            if name in open_ones:
                ElementTree.SubElement(case, "skipped")
            elif name in wrong:
                _failure(case, "answer", f"not right after {grade.tries[name]} tries")
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _failure(case: ElementTree.Element, kind: str, message: str) -> None:
    failure = ElementTree.SubElement(case, "failure", type=kind, message=printable(message))
    failure.text = printable(message)
