"""Estimators for scikit-learn: the Python API with the names and rules of that library. See docs/sklearn.md.

Needs scikit-learn: `pip install 'tui-nn[sklearn]'`.
"""

try:
    import sklearn as _  # noqa: F401
except ImportError as error:
    raise ImportError("tui_nn.sklearn needs scikit-learn: pip install 'tui-nn[sklearn]'.") from error

from tui_nn.sklearn.classifier import TuiClassifier
from tui_nn.sklearn.regressor import TuiRegressor

__all__ = ["TuiClassifier", "TuiRegressor"]
