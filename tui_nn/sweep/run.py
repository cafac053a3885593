"""Carrying out trials: those of a plan that have no result yet, or the runs of several seeds and folds.

A child that was killed says nothing about its trial, so that is tried again, a few times; any other end is a result.
"""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import msgspec

from tui_nn.errors import ExitCode
from tui_nn.sweep.plan import Plan
from tui_nn.sweep.results import Result, SweepDirectory
from tui_nn.sweep.travel import unpack
from tui_nn.sweep.trial import Trial, answered, run_trial, run_trial_elsewhere

ATTEMPTS = 3
TICK = 0.25  # seconds between two calls of `tick`

Observer = Callable[[Trial, Result], None]
Ended = Callable[[Trial, dict[str, Any], int], None]  # the trial, its outcome, and which attempt that was


def run_trials(
    trials: Sequence[Trial],
    run_of: Callable[[Trial], Path],
    executor: Executor,
    ended: Ended,
    *,
    in_place: bool = True,
    tick: Callable[[], None] = lambda: None,
) -> None:
    """Carry out trials, each into its run directory; `ended` is called as they end, in whatever order that is.

    in_place: workers write run directories where they belong; else their files come back with the outcome. `tick` is
    called a few times a second. Whatever `ended` or `tick` raises stops what runs and is raised again.
    """
    pending: dict[Future[Any], tuple[Trial, int]] = {}

    def submit(trial: Trial, attempt: int) -> None:
        sent = trial.specification()
        future: Future[Any] = (
            executor.submit(run_trial, sent, str(run_of(trial)))
            if in_place
            else executor.submit(run_trial_elsewhere, sent)
        )
        pending[future] = (trial, attempt)

    try:
        for trial in trials:
            submit(trial, 1)
        while pending:
            done, _ = concurrent.futures.wait(pending, TICK, concurrent.futures.FIRST_COMPLETED)
            for future in done:
                trial, attempt = pending.pop(future)
                outcome = _outcome_of(future, in_place)
                if outcome["exit_code"] < 0 and attempt < ATTEMPTS:
                    submit(trial, attempt + 1)
                    continue
                if not in_place:
                    unpack(run_of(trial), outcome.pop("files", {}))
                ended(trial, outcome, attempt)
            tick()
    except BaseException:
        executor.shutdown(wait=True, cancel_futures=True)
        raise


def run_plan(
    plan: Plan,
    directory: SweepDirectory,
    executor: Executor,
    *,
    in_place: bool = True,
    observe: Observer = lambda trial, result: None,
    tick: Callable[[], None] = lambda: None,
) -> list[Result]:
    """The results of the plan's trials, in its order; those that have one are left alone. As `run_trials`.

    `observe` is called for every new result.
    """

    def ended(trial: Trial, outcome: dict[str, Any], attempt: int) -> None:
        result = Result.of(trial, outcome, attempt, str(directory.run(trial)))
        directory.write(result)
        observe(trial, result)

    directory.make()
    with directory.locked():
        directory.write_plan(plan)
        known = zip(plan.trials, directory.results(plan), strict=True)
        waiting = {trial.identity: trial for trial, one in known if one is None or not one.final}
        run_trials(list(waiting.values()), directory.run, executor, ended, in_place=in_place, tick=tick)
    return [result for result in directory.results(plan) if result is not None]


def _outcome_of(future: Future[Any], in_place: bool) -> dict[str, Any]:
    """What the trial gave back; a worker that died with it counts as killed, one that talks nonsense has failed."""
    try:
        answer = future.result()
    except Exception as error:
        return {"exit_code": -9, "message": f"the worker was lost: {type(error).__name__}: {error}"}
    try:
        outcome: dict[str, Any] = answer if in_place else answered(answer)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        return {"exit_code": int(ExitCode.UNEXPECTED), "message": f"the worker's answer is none of a trial: {error}"}
    return outcome
