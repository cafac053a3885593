"""The base of both estimators: parameters as keywords of the API, fitting, and continuing a fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from tui_nn.api.live_line import LiveLine
from tui_nn.api.plan import PlannedTraining, planned
from tui_nn.api.trained import TrainedNet
from tui_nn.api.training import TrainingEvents
from tui_nn.engine.data import Dataset
from tui_nn.engine.events import Ended, Reason
from tui_nn.errors import TuiNNError
from tui_nn.experiment.schema import TrainingSection
from tui_nn.runs.history import History
from tui_nn.sklearn.passes import BetweenPasses, one_pass

Array = np.ndarray[Any, np.dtype[Any]]

NUMBERS = (np.float64, np.float32)  # what X is brought to; the network computes in the same


class FitError(TuiNNError, ValueError):
    """An error of tui-nn about data or parameters, as the ValueError that scikit-learn's tools expect."""


class TuiEstimator(BaseEstimator):
    """The base of TuiClassifier and TuiRegressor, which document these parameters."""

    def __init__(
        self, layers: Sequence[Any] | None = None, *, loss: Any = None, optimizer: Any = None,
        rate: float | None = None, schedule: Any = None, l2: float | None = None, epochs: int | None = None,
        batch: int | str | None = None, scale: str = "standard", early_stopping: bool | Mapping[str, Any] = False,
        validation_fraction: float = 0.1, n_iter_no_change: int = 10, warm_start: bool = False,
        random_state: Any = None, settings: Mapping[str, Any] | None = None, plugins: Sequence[Any] = (),
        verbose: bool = False,
    ) -> None:  # fmt: skip
        self.layers = layers
        self.loss = loss
        self.optimizer = optimizer
        self.rate = rate
        self.schedule = schedule
        self.l2 = l2
        self.epochs = epochs
        self.batch = batch
        self.scale = scale
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.warm_start = warm_start
        self.random_state = random_state
        self.settings = settings
        self.plugins = plugins
        self.verbose = verbose

    # What a subclass says of its answers

    def _answers(self, y: Array, *, first: bool, classes: Any = None) -> Array:
        """y in the form of a data set. Remembers its original form if it is the `first`. Raises ValueError."""
        raise NotImplementedError

    def _dataset(self, X: Array, y: Array, weights: Array | None) -> Dataset:
        """The data set of inputs and such answers, with the names of classes."""
        raise NotImplementedError

    # Fitting

    def _fit(self, X: Any, y: Any, weights: Any, class_weights: Any = None) -> Any:
        X, y = validate_data(self, X, y, dtype=NUMBERS, multi_output=True, y_numeric=False)
        answers = self._answers(y, first=True)
        weights = self._weights(weights, X, class_weights, answers)
        seed = _seed(self.random_state)
        before = getattr(self, "net_", None) if self.warm_start else None
        try:
            plan = planned(self._dataset(X, answers, weights), None, self.plugins, self._keys(X, seed))
            training = TrainingEvents(plan, briefly=True)
            if before is not None:
                training.begin_at(before.net.parameters)
            ended = _run(training, verbose=self.verbose)
        except TuiNNError as error:
            raise FitError(str(error)) from error
        self.net_: TrainedNet = training.net
        self.net_.data = None  # an ensemble of estimators would hold as many copies of parts of X
        self._memory: BetweenPasses | None = None
        curve, validation = _curves(training.history)
        former: list[float] = self.loss_curve_ if before is not None else []
        self.loss_curve_: list[float] = [*former, *curve]
        self.validation_loss_curve_ = validation
        self.n_iter_ = ended.epoch
        self.best_epoch_ = ended.epoch if ended.kept is None else ended.kept
        return self

    def _partial_fit(self, X: Any, y: Any, weights: Any, class_weights: Any = None, classes: Any = None) -> Any:
        first = not hasattr(self, "net_")
        X, y = validate_data(self, X, y, dtype=NUMBERS, multi_output=True, y_numeric=False, reset=first)
        answers = self._answers(y, first=first, classes=classes)
        weights = self._weights(weights, X, class_weights, answers)
        before = None if first else self.net_
        if first:
            self._memory, self.loss_curve_, self.n_iter_, self._seed = None, [], 0, _seed(self.random_state)
        elif self._memory is None:
            self._seed = _seed(self.random_state)
        try:
            plan = self._plan_of_pass(X, answers, weights)
            part = (X, answers, weights)
            self.net_, self._memory, loss = one_pass(plan, before, self._memory, part)
        except TuiNNError as error:
            raise FitError(str(error)) from error
        self.loss_curve_ = [*self.loss_curve_, loss]
        self.n_iter_ += 1
        return self

    def _plan_of_pass(self, X: Array, answers: Array, weights: Array | None) -> PlannedTraining:
        keys = {**self._keys(X, self._seed), "early_stopping": None, "validation": 0.0, "epochs": 1}
        if self.schedule is None:
            keys["schedule"] = TrainingSection().schedule  # nobody knows how many passes there will be
        return planned(self._dataset(X, answers, weights), None, self.plugins, keys)

    def _weights(self, given: Any, X: Array, class_weights: Any, answers: Array) -> Array | None:
        """How much each sample counts; None if all count the same."""
        own = None
        if given is not None:
            own = _check_sample_weight(given, X, dtype=np.float64, ensure_non_negative=True)
        if class_weights is None:
            return own
        from sklearn.utils.class_weight import compute_sample_weight

        by_class: Array = compute_sample_weight(class_weights, self._own_answers(answers))
        return by_class if own is None else own * by_class

    def _own_answers(self, answers: Array) -> Array:
        """The answers in the caller's form."""
        return answers

    def _keys(self, X: Array, seed: int) -> dict[str, Any]:
        """The keywords for the API."""
        stopping: Any = None
        if self.early_stopping:
            own = self.early_stopping if isinstance(self.early_stopping, Mapping) else {}
            stopping = {"patience": self.n_iter_no_change, **own}
        return {
            "layers": None if self.layers is None else list(self.layers),
            "loss": self.loss,
            "optimizer": self.optimizer,
            "rate": self.rate,
            "schedule": self.schedule,
            "lambda": self.l2,
            "epochs": self.epochs,
            "batch": self.batch,
            "scale": self.scale,
            "validation": self.validation_fraction if self.early_stopping else 0.0,
            "early_stopping": stopping,
            "seed": seed,
            "dtype": X.dtype.name,
            **(self.settings or {}),
        }

    # Asking

    def _rows(self, X: Any) -> Array:
        check_is_fitted(self, "net_")
        rows: Array = validate_data(self, X, dtype=NUMBERS, reset=False)
        return rows

    @property
    def history_(self) -> History:
        """The measurements of each epoch of the fit: the loss, and what early stopping watches."""
        check_is_fitted(self, "net_")
        assert self.net_.history is not None
        return self.net_.history


def _seed(random_state: Any) -> int:
    """The seed: an integer unchanged, anything else used to draw one."""
    if isinstance(random_state, int | np.integer) and random_state >= 0:
        return int(random_state)
    return int(check_random_state(random_state).randint(np.iinfo(np.int32).max))


def _run(training: TrainingEvents, *, verbose: bool) -> Ended:
    """Run a training to its end. Raises FitError if it diverged."""
    line = LiveLine(training.experiment.training.epochs, bool(verbose))
    for event in training:
        line.event(event)
        if isinstance(event, Ended):
            if event.reason == Reason.DIVERGED:
                raise FitError(event.message)
            return event
    raise AssertionError("the last event is Ended")


def _curves(history: History) -> tuple[list[float], list[float]]:
    """The losses of both parts after each epoch."""
    return list(history.train["loss"])[1:], list(history.validation.get("loss", ()))[1:]
