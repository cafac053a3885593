"""The kinds of layer."""

from __future__ import annotations

from tui_nn.plugin import Dense, Layer
from tui_nn_standard.layers.dropout import Dropout
from tui_nn_standard.layers.maxout import Maxout
from tui_nn_standard.layers.normalization import BatchNorm, LayerNorm, Standardize
from tui_nn_standard.layers.polynomial import Polynomial
from tui_nn_standard.layers.projection import Pca, Whiten

LAYERS: list[type[Layer]] = [Dense, Maxout, Dropout, BatchNorm, LayerNorm, Polynomial, Standardize, Pca, Whiten]
