"""A regressor for scikit-learn's tools."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import column_or_1d

from tui_nn.engine.data import Dataset
from tui_nn.plurals import plural
from tui_nn.sklearn.base import Array, TuiEstimator


class TuiRegressor(RegressorMixin, TuiEstimator):
    """A network that predicts numbers. Targets are standardized for training; predictions are in their own units.

    It has the parameters of `TuiClassifier` except class_weight, and its attributes except classes_.
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> TuiRegressor:
        """Learn from X (m, n) with numbers y (m,) or (m, q); weights (m,). Raises ValueError."""
        found: TuiRegressor = self._fit(X, y, sample_weight)
        return found

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> TuiRegressor:
        """Train one pass over these samples; the first set how inputs and targets are scaled. Raises ValueError."""
        found: TuiRegressor = self._partial_fit(X, y, sample_weight)
        return found

    def predict(self, X: Any) -> Array:
        """Predict the number of each row, (m,), or its numbers, (m, q), if there are several targets."""
        rows = self._rows(X)
        outputs: Array = self.net_.net.predict(rows).outputs.astype(np.float64)
        return outputs if self._is_2d else outputs[:, 0]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _answers(self, y: Array, *, first: bool, classes: Any = None) -> Array:  # noqa: ARG002
        y = y if y.ndim == 2 and y.shape[1] > 1 else column_or_1d(y, warn=True)
        y = y.astype(np.float64)
        outputs = y.shape[1] if y.ndim == 2 else 1
        if first:
            self.n_outputs_, self._is_2d = outputs, y.ndim == 2
        if outputs != self.n_outputs_:
            raise ValueError(f"y has {plural(outputs, 'column')}; expected {self.n_outputs_}.")
        return y.reshape(len(y), outputs)

    def _dataset(self, X: Array, y: Array, weights: Array | None) -> Dataset:
        return Dataset("arrays", X, y, weights=weights)
