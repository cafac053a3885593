"""A classifier for scikit-learn's tools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import column_or_1d

from tui_nn.engine.data import Dataset
from tui_nn.plurals import plural
from tui_nn.sklearn.base import Array, FitError, TuiEstimator

LABELS = "multilabel-indicator"


class TuiClassifier(ClassifierMixin, TuiEstimator):
    """A network that predicts classes, or several labels per sample.

    layers: words and tables as in `tui_nn.train`, such as ["25 relu", "softmax"]; None for 64 tanh units. loss,
    optimizer, schedule, scale: names, tables with options, or functions; None for what suits the data. rate: that of
    the optimizer. l2: lambda of the penalty lambda / 2m, the alpha of MLPClassifier. epochs: None for 10 to 100,
    depending on the number of samples. batch: samples per step, or "full"; None for 32. early_stopping: True holds back
    `validation_fraction` of the samples, stops after `n_iter_no_change` epochs without a better loss there, and
    restores the best weights; a table sets more. warm_start: `fit` continues from the present weights. settings: any
    other keys of an experiment. plugins: plugin files, components and functions. class_weight: None, "balanced", or a
    number for each class.

    classes_: (k,). net_: the `tui_nn.TrainedNet`. loss_curve_, validation_loss_curve_: the loss after each epoch.
    n_iter_: the number of epochs; best_epoch_: the one whose weights it has. history_: the measurements. n_outputs_.
    """

    def __init__(
        self, layers: Sequence[Any] | None = None, *, loss: Any = None, optimizer: Any = None,
        rate: float | None = None, schedule: Any = None, l2: float | None = None, epochs: int | None = None,
        batch: int | str | None = None, scale: str = "standard", early_stopping: bool | Mapping[str, Any] = False,
        validation_fraction: float = 0.1, n_iter_no_change: int = 10, warm_start: bool = False,
        random_state: Any = None, settings: Mapping[str, Any] | None = None, plugins: Sequence[Any] = (),
        verbose: bool = False, class_weight: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(
            layers, loss=loss, optimizer=optimizer, rate=rate, schedule=schedule, l2=l2, epochs=epochs, batch=batch,
            scale=scale, early_stopping=early_stopping, validation_fraction=validation_fraction,
            n_iter_no_change=n_iter_no_change, warm_start=warm_start, random_state=random_state, settings=settings,
            plugins=plugins, verbose=verbose,
        )  # fmt: skip
        self.class_weight = class_weight

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> TuiClassifier:
        """Learn from X (m, n) with classes y (m,), or labels y (m, q) of 0 and 1; weights (m,). Raises ValueError."""
        found: TuiClassifier = self._fit(X, y, sample_weight, self.class_weight)
        return found

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> TuiClassifier:
        """Train one pass over these samples. classes: all classes, needed at the first call. Raises ValueError.

        The first samples determine the scaling of the inputs.
        """
        if classes is None and not hasattr(self, "classes_"):
            raise ValueError("classes must be passed on the first call to partial_fit.")
        found: TuiClassifier = self._partial_fit(X, y, sample_weight, self.class_weight, classes)
        return found

    def predict(self, X: Any) -> Array:
        """Predict the class of each row, (m,), or 0 and 1 for each label, (m, q)."""
        rows = self._rows(X)
        labels = self.net_.net.predict(rows).labels
        assert labels is not None
        found: Array = labels if self._several else self.classes_[labels]
        return found

    def predict_proba(self, X: Any) -> Array:
        """Predict the probability of each class, (m, k), or of each label, (m, q)."""
        rows = self._rows(X)
        found: Array = self.net_.predict_proba(rows).astype(np.float64)
        return found

    def predict_log_proba(self, X: Any) -> Array:
        """The logarithm of `predict_proba`."""
        with np.errstate(divide="ignore"):
            found: Array = np.log(self.predict_proba(X))
        return found

    # Answers

    def _answers(self, y: Array, *, first: bool, classes: Any = None) -> Array:
        check_classification_targets(y)
        if type_of_target(y) == LABELS:
            return self._labels(np.asarray(y.toarray() if hasattr(y, "toarray") else y), first=first)
        y = column_or_1d(y, warn=True)
        if first:
            self._several = False
            self.classes_ = np.unique(y if classes is None else classes)
            self.n_outputs_ = 1
        unknown = np.setdiff1d(y, self.classes_)
        if self._several or len(unknown):
            raise ValueError(f"y has the classes {unknown.tolist()}; expected those of {self.classes_.tolist()}.")
        found: Array = np.searchsorted(self.classes_, y)
        return found

    def _labels(self, y: Array, *, first: bool) -> Array:
        if first:
            self._several = True
            self.classes_ = np.arange(y.shape[1])
            self.n_outputs_ = y.shape[1]
        if not self._several or y.shape[1] != self.n_outputs_:
            raise ValueError(f"y has {plural(y.shape[1], 'label')}; expected {self.n_outputs_}.")
        return y.astype(np.float64)

    def _own_answers(self, answers: Array) -> Array:
        return answers if self._several else self.classes_[answers]

    def _dataset(self, X: Array, y: Array, weights: Array | None) -> Dataset:
        if self._several:
            names = tuple(f"y{number}" for number in range(1, y.shape[1] + 1))
            return Dataset("arrays", X, y, targets=names, multi_label=True, weights=weights)
        if len(self.classes_) < 2:
            raise FitError(f"all {len(y)} samples are of class '{self.classes_[0]}': expected at least two classes.")
        return Dataset("arrays", X, y, tuple(map(str, range(len(self.classes_)))), weights=weights)

    def _plan_of_pass(self, X: Array, answers: Array, weights: Array | None) -> Any:
        if not self._several and len(np.unique(answers)) < 2:
            # The shapes of a network want two classes, of which these samples need not have more than one.
            rows = np.resize(np.arange(len(X)), max(2, len(X)))
            return super()._plan_of_pass(X[rows], np.arange(len(rows)) % len(self.classes_), None)
        return super()._plan_of_pass(X, answers, weights)
