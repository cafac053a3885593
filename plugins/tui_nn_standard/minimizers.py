"""Minimizers of scipy on the flat parameter vector: they choose their own steps and use all samples at once."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from tui_nn.plugin import Evaluate, ExperimentError, Minimizer

Array = np.ndarray[Any, np.dtype[Any]]


class _Abandoned(Exception):
    """Nobody asks for another iteration."""


class ScipyMinimizer(Minimizer):
    """scipy.optimize.minimize, one iteration at a time.

    scipy calls back instead of yielding, so it runs in a thread of its own that waits at the end of every iteration.
    Only one of the two threads runs at a time.
    """

    method: ClassVar[str]

    def settings(self) -> dict[str, Any]:
        """Options of scipy's method."""
        return {}

    def minimize(self, parameters: Array, evaluate: Evaluate, iterations: int) -> Iterator[float]:
        try:
            from scipy.optimize import minimize  # type: ignore[import-untyped]
        except ImportError:
            raise ExperimentError(
                f"'{self.name}' needs scipy: pip install 'tui-nn[scipy]'.", "training.optimizer"
            ) from None
        results: queue.SimpleQueue[tuple[Array, float] | BaseException | None] = queue.SimpleQueue()
        turns: queue.SimpleQueue[bool] = queue.SimpleQueue()

        def cost_and_gradient(theta: Array) -> tuple[float, Array]:
            parameters[...] = theta
            cost, gradient = evaluate()
            return cost, gradient.astype(np.float64)

        def iterated(*, intermediate_result: Any) -> None:
            results.put((intermediate_result.x.copy(), float(intermediate_result.fun)))
            if not turns.get():
                raise _Abandoned

        def work() -> None:
            try:
                if turns.get():
                    minimize(
                        cost_and_gradient,
                        parameters.astype(np.float64),
                        jac=True,
                        method=self.method,
                        callback=iterated,
                        options={"maxiter": iterations, **self.settings()},
                    )
                results.put(None)
            except _Abandoned:
                pass
            except BaseException as error:  # an error of the network, to be raised where the run is driven
                results.put(error)

        cost, _ = evaluate()
        thread = threading.Thread(target=work, name=self.name, daemon=True)
        thread.start()
        try:
            while True:
                turns.put(True)
                result = results.get()
                if result is None:
                    return
                if isinstance(result, BaseException):
                    raise result
                parameters[...], after = result
                yield cost
                cost = after
        finally:
            turns.put(False)
            thread.join()


@dataclass(frozen=True)
class Lbfgs(ScipyMinimizer):
    """L-BFGS: a quasi-Newton method that remembers its last steps; uses all samples at once.

    Formula: theta <- theta - t H g, with H from the last `memory` changes of theta and g
    Reference: Liu and Nocedal (1989), in scipy's L-BFGS-B
    """

    name: ClassVar[str] = "lbfgs"
    method: ClassVar[str] = "L-BFGS-B"

    memory: int = 10

    def settings(self) -> dict[str, Any]:
        return {"maxcor": self.memory, "ftol": 0.0, "gtol": 1e-9}


@dataclass(frozen=True)
class ConjugateGradients(ScipyMinimizer):
    """Conjugate gradients: line searches along directions that do not undo each other; uses all samples at once.

    Formula: d <- -g + beta d (Polak and Ribiere's beta); theta <- theta + t d
    Reference: Polak and Ribiere (1969); Nocedal and Wright (2006), section 5.2, in scipy's CG
    """

    name: ClassVar[str] = "conjugate_gradients"
    method: ClassVar[str] = "CG"

    def settings(self) -> dict[str, Any]:
        return {"gtol": 1e-9}


MINIMIZERS: list[type[Minimizer]] = [Lbfgs, ConjugateGradients]
