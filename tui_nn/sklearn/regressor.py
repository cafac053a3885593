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
    """A network that gives numbers. Its targets are standardized on their way in, and come back in their own units.

    The parameters are those of `TuiClassifier`, without class_weight; so are the attributes, without classes_.
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> TuiRegressor:
        """Learn from X (m, n) with numbers y (m,) or (m, q); weights (m,). Raises ValueError."""
        found: TuiRegressor = self._fit(X, y, sample_weight)
        return found

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> TuiRegressor:
        """One pass over these samples; the first settle how inputs and targets are scaled. Raises ValueError."""
        found: TuiRegressor = self._partial_fit(X, y, sample_weight)
        return found

    def predict(self, X: Any) -> Array:
        """The numbers of each row, (m,), or (m, q) where there were several."""
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
