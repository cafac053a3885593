"""Weights as PyTorch and Keras name them: a sequence of modules of those libraries, and the arrays of each.

Whatever only scales, shifts or turns the inputs (the preparation, `standardize`, `pca`, `whiten`) is folded into the
dense layer after it, so the other library's model takes the data in their own units.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tui_nn.plugin import Activation, Dense, ExperimentError, Exporter, Layer, exporter

Array = np.ndarray[Any, np.dtype[Any]]
Exported = Any  # what an exporter is given

OWN = __name__.split(".")[0]
# Activations by their names here -> as PyTorch and Keras write them.
TORCH: dict[str, Callable[..., str]] = {
    "sigmoid": lambda: "Sigmoid()", "tanh": lambda: "Tanh()", "relu": lambda: "ReLU()",
    "leaky_relu": lambda slope=0.1: f"LeakyReLU({slope!r})", "elu": lambda alpha=1.0: f"ELU({alpha!r})",
    "selu": lambda: "SELU()", "softplus": lambda: "Softplus()", "softsign": lambda: "Softsign()",
    "silu": lambda: "SiLU()", "gelu": lambda: 'GELU("tanh")', "softmax": lambda: "Softmax(dim=1)",
}  # fmt: skip
KERAS: dict[str, Callable[..., str]] = {
    "leaky_relu": lambda slope=0.1: f"LeakyReLU({slope!r})", "elu": lambda alpha=1.0: f"ELU({alpha!r})",
    "gelu": lambda: 'Activation(lambda x: keras.ops.gelu(x, approximate=True))',
    **{
        name: (lambda name=name: f'Activation("{name}")')
        for name in ("sigmoid", "tanh", "relu", "selu", "softplus", "softsign", "silu", "softmax")
    },
}  # fmt: skip


@dataclass
class Module:
    """A module of a sequence. kind: "linear", "activation", "dropout", "batch_norm" or "layer_norm"."""

    kind: str
    arrays: dict[str, Array] = field(default_factory=dict)
    layer: Layer | None = None
    activation: Activation | None = None
    units: tuple[int, int] = (0, 0)  # inputs, outputs


@exporter(".safetensors")
def pytorch(exported: Exported) -> Any:
    """The state dict of a torch.nn.Sequential; the file's metadata hold its line of code."""
    modules = modules_of(exported, "PyTorch", TORCH)
    state: dict[str, Array] = {}
    for place, module in enumerate(modules):
        arrays = dict(module.arrays)
        if module.kind == "batch_norm":
            arrays["num_batches_tracked"] = np.array(0, np.int64)
        state |= {f"{place}.{name}": array for name, array in arrays.items()}
    lines = ", ".join(f"nn.{_torch(module)}" for module in modules)
    double = ".double()" if exported.net.parameters.dtype == np.float64 else ""
    facts = {"sequential": f"nn.Sequential({lines}){double}.eval()", "format": "pt"}
    return exported.safetensors(state, facts)


@exporter(".safetensors")
def keras(exported: Exported) -> Any:
    """The weights of a keras.Sequential in the order of set_weights; the file's metadata hold the line of code."""
    modules = modules_of(exported, "Keras", KERAS)
    names = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}
    weights: dict[str, Array] = {}
    for place, module in enumerate(modules):
        if module.kind == "linear":
            weights[f"{place}/kernel"], weights[f"{place}/bias"] = module.arrays["weight"].T, module.arrays["bias"]
        else:
            weights |= {f"{place}/{names[name]}": array for name, array in module.arrays.items()}
    lines = ", ".join(f"keras.layers.{_keras(module)}" for module in modules)
    inputs = exported.net.preparation.inputs
    facts = {"sequential": f"keras.Sequential([keras.Input(({inputs},)), {lines}])", "order": " ".join(weights)}
    return exported.safetensors(weights, facts)


def modules_of(exported: Exported, library: str, activations: Mapping[str, Any]) -> list[Module]:
    """The modules of a network. Raises ExperimentError for a layer or an activation that the library lacks."""
    net = exported.net
    if net.off:
        raise ExperimentError(f"{library}: some units of this network are switched off; switch them on.")
    size = net.preparation.inputs
    modules: list[Module] = []
    waiting = _preparation(exported)
    for number, (layer, theta) in enumerate(zip(net.layers, net.thetas, strict=True), start=1):
        where = f"layer {number} ({layer.name})"
        affine = _affine(layer, theta, size)
        if affine is not None:
            waiting = affine if waiting is None else (affine[0] @ waiting[0], affine[0] @ waiting[1] + affine[1])
        elif type(layer) is Dense and theta is not None:
            weight, bias = theta[:, 1:].astype(np.float64), theta[:, 0].astype(np.float64)
            if waiting is not None:
                weight, bias = weight @ waiting[0], weight @ waiting[1] + bias
            modules.append(_linear((weight, bias), theta.dtype))
            waiting = None
            modules += _activation(layer.activation, exported, where, library, activations)
        else:
            if waiting is not None:
                modules.append(_linear(waiting, net.parameters.dtype))
                waiting = None
            modules.append(_other(layer, theta, size, where, library))
        size = layer.output_size(size)
    if waiting is not None:
        modules.append(_linear(waiting, net.parameters.dtype))
    if net.head.link is not None:
        modules += _activation(net.head.link, exported, "the loss", library, activations)
    targets = net.head.targets
    if targets.factor:
        scale = np.diag(1 / np.array(targets.factor))
        if modules[-1].kind == "linear":
            last = modules.pop()
            weight, bias = (last.arrays[name].astype(np.float64) for name in ("weight", "bias"))
            modules.append(_linear((scale @ weight, scale @ bias + np.array(targets.offset)), net.parameters.dtype))
        else:
            modules.append(_linear((scale, np.array(targets.offset)), net.parameters.dtype))
    return modules


def _preparation(exported: Exported) -> tuple[Array, Array] | None:
    """The preparation as (matrix, shift), float64; None if there is nothing to do."""
    preparation = exported.net.preparation
    if preparation.factor is None:
        return None
    n = preparation.inputs
    factor = np.broadcast_to(preparation.factor.astype(np.float64), (n,))
    offset = np.zeros(n) if preparation.offset is None else np.broadcast_to(preparation.offset.astype(np.float64), (n,))
    return np.diag(factor), -offset * factor


def _affine(layer: Layer, theta: Array | None, inputs: int) -> tuple[Array, Array] | None:
    """A layer with an untrained Theta as (matrix, shift), found by applying it; None for any other."""
    if layer.is_trained or theta is None:
        return None
    slot = layer.slot(inputs, inputs + 1, np.float64)
    slot.theta = theta.astype(np.float64)
    slot.x = np.ones((inputs + 1, inputs + 1))
    slot.x[1:] = np.hstack([np.zeros((inputs, 1)), np.eye(inputs)])
    layer.forward(slot)
    return slot.a[:, 1:] - slot.a[:, :1], slot.a[:, 0].copy()


def _linear(of: tuple[Array, Array], dtype: np.dtype[Any]) -> Module:
    weight, bias = of
    arrays = {"weight": weight.astype(dtype), "bias": bias.astype(dtype)}
    return Module("linear", arrays, units=(weight.shape[1], weight.shape[0]))


def _activation(
    activation: Activation, exported: Exported, where: str, library: str, known: Mapping[str, Any]
) -> list[Module]:
    if activation.name == "identity":
        return []
    owner = exported.data.form.owners.get(f"activation {activation.name}", OWN)
    if activation.name not in known or owner != OWN:
        raise ExperimentError(f"{where}: {library} has no activation '{activation.name}'; --to onnx takes any.")
    return [Module("activation", activation=activation)]


def _other(layer: Layer, theta: Array | None, size: int, where: str, library: str) -> Module:
    units = (size, size)
    if layer.name == "dropout":
        return Module("dropout", layer=layer, units=units)
    if layer.name == "layer_norm" and theta is not None:
        return Module("layer_norm", {"weight": theta[:, 1].copy(), "bias": theta[:, 0].copy()}, layer, units=units)
    if layer.name == "batch_norm" and theta is not None:
        names = ("bias", "weight", "running_mean", "running_var")
        columns = {name: theta[:, place].copy() for place, name in enumerate(names)}
        in_order = {name: columns[name] for name in ("weight", "bias", *names[2:])}
        return Module("batch_norm", in_order, layer, units=units)
    raise ExperimentError(f"{where}: {library} has no such layer; --to onnx takes any.")


def _torch(module: Module) -> str:
    layer: Any = module.layer
    if module.activation is not None:
        return TORCH[module.activation.name](**module.activation.settings)
    if module.kind == "linear":
        return "Linear({}, {})".format(*module.units)
    if module.kind == "dropout":
        return f"Dropout({layer.rate!r})"
    name = "BatchNorm1d" if module.kind == "batch_norm" else "LayerNorm"
    return f"{name}({module.units[0]}, eps={layer.epsilon!r})"


def _keras(module: Module) -> str:
    layer: Any = module.layer
    if module.activation is not None:
        return KERAS[module.activation.name](**module.activation.settings)
    if module.kind == "linear":
        return f"Dense({module.units[1]})"
    if module.kind == "dropout":
        return f"Dropout({layer.rate!r})"
    name = "BatchNormalization" if module.kind == "batch_norm" else "LayerNormalization"
    return f"{name}(epsilon={layer.epsilon!r})"


EXPORTERS: list[Exporter] = [pytorch, keras]
