"""ONNX models of dense nets, read: Theta of every layer and what follows it.

Taken are rows of Gemm, or MatMul and Add, with an activation after each, as PyTorch, Keras and scikit-learn write them;
what only reshapes is passed over. Anything else is refused with its name: nothing is half understood.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn.engine.network import Network
from tui_nn.engine.targets import Targets
from tui_nn.errors import StorageError, refused_by_disk
from tui_nn.files import read_bytes
from tui_nn.model.head import Head
from tui_nn.model.net import Net
from tui_nn.model.preparation import Preparation
from tui_nn.plugin.registry import Registry
from tui_nn.plurals import plural

Array = np.ndarray[Any, np.dtype[Any]]

MOST_BYTES = 2 << 30  # more does not fit a protocol buffer
# ONNX's activations -> ours with the options that they have there, and their defaults.
ACTIVATIONS: dict[str, tuple[str, dict[str, tuple[str, float]]]] = {
    "Relu": ("relu", {}), "Sigmoid": ("sigmoid", {}), "Tanh": ("tanh", {}), "Softmax": ("softmax", {}),
    "LeakyRelu": ("leaky_relu", {"slope": ("alpha", 0.01)}), "Elu": ("elu", {"alpha": ("alpha", 1.0)}),
    "Softplus": ("softplus", {}), "Softsign": ("softsign", {}),
}  # fmt: skip
PASSED = ("Identity", "Flatten", "Dropout", "Cast")
ELEMENTWISE = ("Add", "Sub", "Mul", "Div")
ENDS = ("ArgMax", "ZipMap")  # what comes after the answers


@dataclass(frozen=True)
class Chain:
    """inputs: of the first layer. layers: as an experiment writes them; thetas: one each, bias in column 0."""

    inputs: int
    layers: tuple[dict[str, Any], ...]
    thetas: tuple[Array, ...]


def read_onnx(path: Path) -> Chain:
    """The layers of a model. Raises StorageError for a file that is none, or a net that is no row of dense layers."""
    try:
        import onnx
    except ImportError:
        raise StorageError(f"{path}: reading ONNX needs onnx: pip install 'tui-nn[onnx]'.") from None
    with refused_by_disk(path):
        content = read_bytes(path, MOST_BYTES)
    try:
        model = onnx.load_model_from_string(content)
        onnx.checker.check_model(model)
        arrays = {one.name: onnx.numpy_helper.to_array(one) for one in model.graph.initializer}
    except Exception as error:  # protobuf, the checker and numpy_helper each raise their own
        raise StorageError(f"{path}: not an ONNX model: {' '.join(str(error).split())[:200]}.") from None
    for node in model.graph.node:
        if node.op_type == "Constant":
            (value,) = (one for one in node.attribute)
            arrays[node.output[0]] = onnx.numpy_helper.to_array(value.t)
    return _Reading(path, onnx, model.graph, arrays).chain()


class _Reading:
    """Follows the one value that is computed from the input, node by node."""

    def __init__(self, path: Path, onnx: Any, graph: Any, arrays: dict[str, Array]) -> None:
        self._path, self._onnx, self._graph, self._arrays = path, onnx, graph, arrays
        self._layers: list[dict[str, Any]] = []
        self._thetas: list[Array] = []
        self._waiting: tuple[Array, Array] | None = None  # x * factor + shift, of what goes into the next layer

    def chain(self) -> Chain:
        """All layers."""
        inputs = [one.name for one in self._graph.input if one.name not in self._arrays]
        if len(inputs) != 1:
            raise self._refused(plural(len(inputs), "input"), "one")
        current, answers = inputs[0], {one.name for one in self._graph.output}
        for node in self._graph.node:
            if node.op_type == "Constant":
                continue
            if self._layers and (node.op_type in ENDS or current in answers):
                break  # what comes behind the answers says what they mean
            if current not in node.input:
                raise self._refused(f"node '{node.op_type}' of {', '.join(node.input)}", f"one of '{current}'")
            self._take(node.op_type, node, current)
            current = node.output[0]
        if not self._thetas or self._waiting is not None:
            raise self._refused("no layer at its end", "Gemm, or MatMul and Add")
        return Chain(self._thetas[0].shape[1] - 1, tuple(self._layers), tuple(self._thetas))

    def _take(self, kind: str, node: Any, current: str) -> None:
        attributes = {one.name: self._onnx.helper.get_attribute_value(one) for one in node.attribute}
        given = [self._arrays.get(name) for name in node.input]
        if kind == "Gemm":
            self._add(self._gemm(given, attributes))
        elif kind == "MatMul" and node.input[0] == current:
            self._add(_theta(self._matrix(given[1]), None))
        elif kind in ELEMENTWISE and any(one is not None for one in given):
            self._scale(kind, given, node.input[0] == current)
        elif kind in ACTIVATIONS and self._layers and "activation" not in self._layers[-1]:
            name, options = ACTIVATIONS[kind]
            if kind == "Softmax" and attributes.get("axis", -1) not in (1, -1):
                raise self._refused(f"Softmax along axis {attributes['axis']}", "along the outputs of a sample")
            settings = {ours: float(attributes.get(theirs, usual)) for ours, (theirs, usual) in options.items()}
            self._layers[-1]["activation"] = {"kind": name, **settings} if settings else name
        elif kind not in PASSED:
            raise self._refused(f"node '{kind}'", f"Gemm, MatMul, Add or one of {', '.join(ACTIVATIONS)}")

    def _add(self, theta: Array) -> None:
        if self._thetas and theta.shape[1] - 1 != len(self._thetas[-1]):
            raise self._refused(f"a layer of {plural(theta.shape[1] - 1, 'input')}", f"{len(self._thetas[-1])}")
        if self._waiting is not None:
            factor, shift = (np.broadcast_to(one, (theta.shape[1] - 1,)) for one in self._waiting)
            theta = np.column_stack([theta[:, 0] + theta[:, 1:] @ shift, theta[:, 1:] * factor])
            self._waiting = None
        self._thetas.append(theta)
        self._layers.append({"kind": "dense", "units": len(theta)})

    def _scale(self, kind: str, given: list[Array | None], is_first: bool) -> None:
        """x + c, x - c, x c or x / c: part of the layer before it, or of the next one behind an activation."""
        number = next(one for one in given if one is not None).astype(np.float64).ravel()
        if kind in ("Sub", "Div") and not is_first:
            raise self._refused(f"'{kind}' from a number", "what is computed first")
        one, none = np.ones(1), np.zeros(1)
        factor, shift = {
            "Add": (one, number), "Sub": (one, -number), "Mul": (number, none), "Div": (1 / number, none),
        }[kind]  # fmt: skip
        if self._layers and "activation" not in self._layers[-1]:
            theta = self._thetas[-1]
            if number.size not in (1, len(theta)):
                raise self._refused(f"'{kind}' with {plural(number.size, 'number')}", f"{len(theta)}")
            theta = theta * np.reshape(factor, (-1, 1))
            theta[:, 0] += shift
            self._thetas[-1] = theta
        else:
            before = self._waiting or (one, none)
            self._waiting = before[0] * factor, before[1] * factor + shift

    def _gemm(self, given: list[Array | None], attributes: dict[str, Any]) -> Array:
        if attributes.get("transA", 0) or len(given) < 2:
            raise self._refused("Gemm of a transposed input", "samples as rows")
        matrix = self._matrix(given[1]) * np.float64(attributes.get("alpha", 1.0))
        bias = given[2] * np.float64(attributes.get("beta", 1.0)) if len(given) > 2 and given[2] is not None else None
        weights = matrix.T if attributes.get("transB", 0) else matrix
        if bias is not None and bias.size not in (1, weights.shape[1]):
            raise self._refused(f"a bias of {plural(bias.size, 'number')}", f"{weights.shape[1]}")
        return _theta(weights, bias)

    def _matrix(self, found: Array | None) -> Array:
        if found is None or found.ndim != 2 or found.dtype.kind != "f":
            raise self._refused("a product without a matrix of weights", "weights as an initializer")
        return found

    def _refused(self, found: str, expected: str) -> StorageError:
        return StorageError(f"{self._path}: found {found}; expected {expected}. Only rows of dense layers are read.")


def _theta(weights: Array, bias: Array | None) -> Array:
    """Theta (s, n + 1) of weights (n, s) and a bias (s,), (1,) or none."""
    column = np.zeros(weights.shape[1]) if bias is None else np.broadcast_to(bias.ravel(), (weights.shape[1],))
    return np.column_stack([column, weights.T])


def net_of_chain(chain: Chain, registry: Registry) -> Net:
    """The net of these layers, with classes 0, 1, ... where probabilities come out at its end."""
    layers = tuple(registry.create("layer", spec) for spec in chain.layers)
    network = Network(chain.inputs, layers, np.result_type(*chain.thetas, np.float32))
    for theta, found in zip(network.parameters.thetas, chain.thetas, strict=True):
        assert theta is not None
        theta[...] = found
    last, outputs = layers[-1].activation.name, network.outputs
    is_softmax = last == "softmax"
    classes = max(2, outputs) if is_softmax or last == "sigmoid" else 0
    loss = "softmax_cross_entropy" if is_softmax else "one_vs_all" if classes else "mean_squared_error"
    names = tuple(str(number) for number in range(classes))
    head = Head(registry.create("loss", loss), Targets(classes, outputs), classes=names)
    return Net(Preparation(chain.inputs), layers, head, network.parameters.values)
