"""What a schedule must keep to: a finite factor for every step, and no memory."""

from __future__ import annotations

from tui_nn.engine.schedule import Schedule
from tui_nn.testing.report import CheckResult, failed, passed

EPOCHS, BATCHES = 10, 8
LOSSES = [1.0, 0.8, 0.7, 0.7, 0.7, 0.72, 0.7, 0.7, 0.71, 0.7, 0.7]


def _factors(schedule: Schedule) -> list[float]:
    steps = EPOCHS * BATCHES
    return [schedule.factor(step, steps, BATCHES, LOSSES[: 1 + (step - 1) // BATCHES]) for step in range(1, steps + 1)]


def factors(schedule: Schedule) -> CheckResult:
    """A finite factor of 0 or more for every step."""
    found = _factors(schedule)
    tried = f"{len(found)} steps in {EPOCHS} epochs"
    for step, factor in enumerate(found, start=1):
        if factor > 1e6:
            remedy = "give a factor of the rate, 1 for the rate itself"
            return failed(tried, f"step {step} has the factor {factor}", remedy)
    schedule.factor(1, 1, 1, [1.0])
    return passed(tried, f"{min(found):.3g} to {max(found):.3g}")


def remembers_nothing(schedule: Schedule) -> CheckResult:
    """Backwards and twice: a resumed run asks in the middle."""
    steps = EPOCHS * BATCHES
    forwards = _factors(schedule)
    backwards = [
        schedule.factor(step, steps, BATCHES, LOSSES[: 1 + (step - 1) // BATCHES]) for step in range(steps, 0, -1)
    ][::-1]
    for step, (one, other) in enumerate(zip(forwards, backwards, strict=True), start=1):
        if one != other:
            worst = f"step {step} has the factors {one:.6g} and {other:.6g}"
            return failed("all steps forwards and backwards", worst, "let it depend only on its arguments")
    return passed("all steps forwards and backwards")


CHECKS = (factors, remembers_nothing)
