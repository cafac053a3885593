"""What a check found: what was tried, the worst point, the verdict, and how to fix it; as text and as JSON."""

from __future__ import annotations

import random
import traceback
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn.errors import TuiNNError

PASSED, FAILED, SKIPPED, NOTED = "passed", "failed", "skipped", "noted"
LIBRARY = Path(__file__).parents[1]


@dataclass(frozen=True)
class CheckResult:
    """What came of one check. verdict: passed, failed, skipped, or noted for what is worth knowing and nobody's fault.

    check: its name; empty until `run_checks` has written it.
    """

    check: str
    verdict: str
    tried: str
    worst: str = ""
    remedy: str = ""


def passed(tried: str, worst: str = "") -> CheckResult:
    """All is well; `worst` says how close it was."""
    return CheckResult("", PASSED, tried, worst)


def failed(tried: str, worst: str, remedy: str) -> CheckResult:
    """Something is wrong, here is where, and this mends it."""
    return CheckResult("", FAILED, tried, worst, remedy)


def skipped(why: str) -> CheckResult:
    """The check does not apply."""
    return CheckResult("", SKIPPED, why)


def noted(tried: str, worst: str, remedy: str = "") -> CheckResult:
    """Worth knowing, and no failure."""
    return CheckResult("", NOTED, tried, worst, remedy)


@dataclass(frozen=True)
class Report:
    """All findings about one component, or about a plugin as a whole (kind "plugin")."""

    kind: str
    name: str
    findings: tuple[CheckResult, ...]

    @property
    def passed(self) -> bool:
        """Whether no check failed."""
        return not self.failures

    @property
    def failures(self) -> tuple[CheckResult, ...]:
        """The checks that failed."""
        return tuple(finding for finding in self.findings if finding.verdict == FAILED)

    def text(self) -> str:
        """A plain table, with the worst point and the remedy below what failed."""
        width = max((len(finding.check) for finding in self.findings), default=0)
        lines = [f"{self.kind} '{self.name}'"]
        for finding in self.findings:
            verdict = finding.verdict.upper() if finding.verdict == FAILED else finding.verdict
            line = f"  {verdict:<8}{finding.check:<{width}}  {finding.tried}"
            if finding.verdict == FAILED:
                lines += [line, f"          worst: {finding.worst}", f"          fix:  {finding.remedy}"]
            else:
                lines.append(f"{line}: {finding.worst}" if finding.worst else line)
                if finding.remedy:
                    lines.append(f"          fix:  {finding.remedy}")
        return "\n".join(lines)


@dataclass(frozen=True)
class PluginReport:
    """All that was found out about a plugin. sha256: of its sources, empty where they could not be read."""

    plugin: str
    origin: str
    sha256: str
    reports: tuple[Report, ...]

    @property
    def passed(self) -> bool:
        """Whether no check of any component failed."""
        return all(report.passed for report in self.reports)

    @property
    def failures(self) -> tuple[tuple[Report, CheckResult], ...]:
        """Each check that failed, with the component that it is about."""
        return tuple((report, finding) for report in self.reports for finding in report.failures)

    @property
    def names(self) -> tuple[str, ...]:
        """The failures in short, such as "activation swish: derivative": what a badge says."""
        return tuple(f"{report.kind} {report.name}: {finding.check}" for report, finding in self.failures)

    def text(self) -> str:
        """The tables of all components, and one line that sums them up."""
        checks = sum(len(report.findings) for report in self.reports)
        count = len(self.failures)
        verdict = f"{count} of {checks} checks failed" if count else f"proved: {checks} checks, none failed"
        return "\n\n".join([*(report.text() for report in self.reports), f"{self.plugin} ({self.origin}): {verdict}"])

    def tree(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "passed": self.passed}


Check = Callable[[Any], CheckResult]


def run_checks(
    kind: str, component: Any, checks: Sequence[Check], progress: Callable[[str], None] | None = None
) -> Report:
    """Run all checks; a check has the name of its function. If the first fails, the others would say nothing new.

    Global random state is watched all the while, for nobody can repeat what draws from it.
    """
    findings: list[CheckResult] = []
    moved = ""
    numbers, python = np.random.get_state(), random.getstate()  # noqa: NPY002 - this is what is watched
    try:
        for number, check in enumerate(checks):
            name = check.__name__.replace("_", " ").strip()
            if progress is not None:
                progress(name)
            result = _run(check, component)
            findings.append(replace(result, check=name))
            if not moved and (_moved(numbers) or random.getstate() != python):
                moved = name
            if number == 0 and result.verdict == FAILED:
                break
    finally:
        np.random.set_state(numbers)  # noqa: NPY002
        random.setstate(python)
    tried = f"the global states of numpy.random and random, before and after {len(findings)} checks"
    remedy = "draw from the generator that is passed in, or from tui_nn.plugin.stream(seed, name)"
    result = failed(tried, f"changed while '{moved}' was checked", remedy) if moved else passed(tried)
    findings.append(replace(result, check="global randomness"))
    return Report(kind, str(getattr(component, "name", component)), tuple(findings))


def _moved(before: Any) -> bool:
    now: Any = np.random.get_state()  # noqa: NPY002
    return bool(now[2] != before[2] or not np.array_equal(now[1], before[1]))


def _run(check: Check, component: Any) -> CheckResult:
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return check(component)
    except Exception as error:
        cause = error.__cause__ if isinstance(error, TuiNNError) and error.__cause__ is not None else error
        what = str(error) if isinstance(error, TuiNNError) else f"{type(error).__name__}: {error}"
        return failed("to call it", f"{raised_at(cause)}{what}", "fix what raises, or the arguments it expects")


def raised_at(error: BaseException) -> str:
    """`FILE:LINE: ` of the innermost line outside this library, empty if there is none."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if LIBRARY not in Path(f.filename).parents]
    return f"{frames[-1].filename}:{frames[-1].lineno}: " if frames else ""
