"""Plugins that are broken on purpose, each in one way, and the check that must name it."""

# ruff: noqa: E501 - a table, one plugin a line

from tui_nn.plugin.kinds import KINDS

HEAD = """
import os, random, time
from dataclasses import dataclass
from typing import ClassVar
import numpy as np
from tui_nn.plugin import (Column, DataError, Dataset, Dense, Layer, Optimizer, Table, activation, dataset, exporter, hookimpl, initializer,
    listener, loss, metric, reader, reporter, schedule, stream)
from tui_nn.plugin import sigmoid as safe_sigmoid
"""

OPTIMIZER = """
@dataclass(frozen=True)
class mine(Optimizer):
    "Mine."
    name: ClassVar[str] = "mine"
    rate: float = 0.1
    def state(self, parameters, decays):
        return {"velocity": np.zeros_like(parameters)}
    def update(self, parameters, gradient, state, rate, step):
        v = state["velocity"]
        v *= 0.5
        v -= rate * gradient
        parameters += v
"""
LAYER = """
@dataclass(frozen=True)
class mine(Layer):
    "A scale for each input."
    name: ClassVar[str] = "mine"
    def output_size(self, inputs):
        return inputs
    def theta_shape(self, inputs):
        return (inputs, 2)
    def forward(self, slot):
        theta, x = slot.theta, slot.x
        slot.a[...] = theta[:, :1] + theta[:, 1:] * x[1:]
    def backward(self, slot):
        theta, gradient, x, upstream = slot.theta, slot.gradient, slot.x, slot.upstream
        gradient[:, 0] = upstream.sum(axis=1)
        gradient[:, 1] = (upstream * x[1:]).sum(axis=1)
        slot.input_gradient[...] = upstream * theta[:, 1:]
"""
DATASET = """
@dataset
def mine(samples=20, seed=0):
    "Mine."
    x = stream(seed, "data/mine").normal(size=(samples, 2))
    return Dataset("mine", x, (x[:, 0] > 0).astype(int), ("no", "yes"))
"""
READER = """
@reader(".mine", sample=b"1,2\\n3,4\\n")
def mine(source):
    "Mine."
    with source.open() as file:
        lines = file.read().decode().split()
    if not lines or any(line.count(",") != 1 or not all(line.split(",")) for line in lines):
        raise DataError(f"{source.name}: not mine.")
    rows = np.array([[float(cell) for cell in line.split(",")] for line in lines])
    return Table(source.name, (Column("a", "number", rows[:, 0]), Column("b", "number", rows[:, 1])))
"""

EXPORTER = """
@exporter(".mine")
def mine(exported):
    "Mine."
    return b"".join(theta.tobytes() for theta in exported.net.thetas)
"""

REPORTER = """
@reporter(".mine")
def mine(finished):
    "Mine."
    return finished.summary.message.encode()
"""
LISTENER = """
@listener
def mine(run):
    "Mine."
    seen = []
    return seen.append
"""


def activation(body, decorator="@activation"):
    return f"{decorator}\ndef mine(z):\n    'Mine.'\n    {body}\n"


def loss(body, decorator="@loss"):
    return f"{decorator}\ndef mine(a, y):\n    'Mine.'\n    {body}\n"


# name -> (kind, source, the check that must fail)
BROKEN = {
    "wrong derivative": ("activation", activation("return np.tanh(z)", "@activation(derivative=lambda z, a: 1 - a)"), "derivative"),
    "derivative off for negative z only": ("activation", activation("return np.tanh(z)", "@activation(derivative=lambda z, a: (1 - a * a) * np.where(z < 0, z.dtype.type(1.001), z.dtype.type(1)))"), "derivative"),
    "derivative off in a narrow band": ("activation", activation("return np.tanh(z)", "@activation(derivative=lambda z, a: (1 - a * a) * np.where(abs(z - 1) < 0.05, z.dtype.type(1.1), z.dtype.type(1)))"), "derivative"),
    "slope of a kink that is none": ("activation", activation("return np.maximum(z, 0)", "@activation(derivative=lambda z, a: (z > 0) * z.dtype.type(1) + (z == 0) * z.dtype.type(2))"), "derivative"),
    "wrong shape": ("activation", activation("return z.sum(axis=0)"), "shape"),
    "in-place change": ("activation", activation("z *= 2\n    return z", "@activation(derivative=lambda z, a: z * 0 + 2)"), "input untouched"),
    "float64 leak": ("activation", activation("return np.float64(0.5) * z"), "dtype"),
    "nan at 100": ("activation", activation("return np.log1p(np.exp(z)) + 0 * np.exp(z)"), "finite in float32"),
    "textbook swish": ("activation", activation("return z / (1 + np.exp(-z))"), "finite in float32"),
    "global random state": ("activation", activation("np.random.seed(3)\n    return z + 0 * np.random.rand()"), "global randomness"),
    "python's random": ("activation", activation("random.random()\n    return z * 0.5"), "global randomness"),
    "raising": ("activation", activation("raise ValueError('no')"), "shape"),
    "not deterministic": ("activation", activation("return z * np.random.default_rng().uniform(0.9, 1.1)"), "deterministic"),
    "mixes samples": ("activation", activation("return z - np.mean(z, axis=1, keepdims=True)"), "samples apart"),
    "wrong range": ("activation", activation("return np.tanh(z)", "@activation(range=(0.0, 1.0))"), "declared range"),
    "derivative deaf to its option": ("activation", "@activation(derivative=lambda z, a: np.where(z > 0, z.dtype.type(1), z.dtype.type(0.1)))\ndef mine(z, slope=0.1):\n    'Mine.'\n    return np.where(z > 0, z, slope * z)\n", "options"),
    "a wall": ("activation", activation("return 0 * z", "@activation(derivative=lambda z, a: 0 * z)"), "learns"),
    "loss that averages itself": ("loss", loss("return ((a - y) ** 2).mean()"), "shape"),
    "loss divided by the batch": ("loss", loss("return ((a - y) ** 2).sum(axis=0) / a.shape[1]"), "one cost a sample"),
    "loss with a wrong derivative": ("loss", loss("return ((a - y) ** 2).sum(axis=0)", "@loss(derivative=lambda a, y: a - y)"), "gradient"),
    "wrong canonical claim": ("loss", loss("return ((a - y) ** 2).sum(axis=0)", "@loss(canonical='identity')"), "canonical shortcut"),
    "loss of other scores": ("loss", loss("return ((a - y) ** 2).sum(axis=0)", "@loss(link='sigmoid', from_scores=lambda z, y: ((z - y) ** 2).sum(axis=0))"), "scores"),
    "loss infinite at the edge": ("loss", loss("return -(y * np.log(a) + (1 - y) * np.log(1 - a)).sum(axis=0)", "@loss(output_range=(0.0, 1.0))"), "finite at the edges"),
    "optimizer with memory outside state": ("optimizer", "MEMORY = {}\n" + OPTIMIZER.replace('v = state["velocity"]', 'v = MEMORY.setdefault("v", np.zeros_like(parameters))'), "state survives a save"),
    "optimizer uphill": ("optimizer", OPTIMIZER.replace("v -= rate", "v += rate"), "descends"),
    "optimizer deaf to the rate": ("optimizer", OPTIMIZER.replace("rate * gradient", "self.rate * gradient"), "heeds the rate"),
    "optimizer that keeps the gradient": ("optimizer", OPTIMIZER.replace("parameters += v", "parameters += v\n        state['last'] = gradient"), "no aliasing"),
    "optimizer in float64": ("optimizer", OPTIMIZER.replace("np.zeros_like(parameters)", "np.zeros(len(parameters))"), "dtype"),
    "layer with a wrong input gradient": ("layer", LAYER.replace("upstream * theta[:, 1:]", "upstream * theta[:, :1]"), "input gradient"),
    "layer with a wrong parameter gradient": ("layer", LAYER.replace("(upstream * x[1:]).sum(axis=1)", "(upstream * x[1:]).mean(axis=1)"), "parameter gradient"),
    "layer that hides that it mixes samples": ("layer", LAYER.replace("theta[:, 1:] * x[1:]", "theta[:, 1:] * (x[1:] - x[1:].mean(axis=1, keepdims=True))"), "samples apart"),
    "layer that only says that it keeps z": ("layer", LAYER.replace('name: ClassVar[str] = "mine"', 'name: ClassVar[str] = "mine"\n    keeps_z: ClassVar[bool] = True'), "keeps z"),
    "layer that cannot be switched off": ("layer", LAYER.replace('name: ClassVar[str] = "mine"', 'name: ClassVar[str] = "mine"\n    is_random: ClassVar[bool] = True').replace("slot.a[...] = ", "noise = 1 if slot.random is None else slot.random.uniform(0.9, 1.1)\n        slot.a[...] = noise * "), "switched off"),
    "data set that ignores its seed": ("dataset", DATASET.replace("stream(seed,", "stream(0,"), "follows its seed"),
    "data set that is new each time": ("dataset", DATASET.replace('stream(seed, "data/mine")', "np.random.default_rng()"), "follows its seed"),
    "labels from 1": ("dataset", DATASET.replace("astype(int)", "astype(int) + 1"), "samples"),
    "schedule with a memory": ("schedule", "COUNT = []\n@schedule\ndef mine(progress):\n    'Mine.'\n    COUNT.append(1)\n    return 0.99 ** len(COUNT)\n", "remembers nothing"),
    "schedule below 0": ("schedule", "@schedule\ndef mine(progress):\n    'Mine.'\n    return 0.5 - progress\n", "factors"),
    "initializer with rows and columns exchanged": ("initializer", "@initializer\ndef mine(random, fan_in, fan_out):\n    'Mine.'\n    return random.normal(size=(fan_in, fan_out))\n", "shapes"),
    "initializer with draws of its own": ("initializer", "@initializer\ndef mine(random, fan_in, fan_out):\n    'Mine.'\n    return np.random.default_rng().normal(size=(fan_out, fan_in))\n", "from the generator"),
    "metric that sorts its data": ("metric", "@metric\ndef mine(predicted, true):\n    'Mine.'\n    true.sort()\n    return np.mean(predicted == true)\n", "leaves its arguments"),
    "reader that reads anew each time": ("reader", READER.replace("rows[:, 0])", "rows[:, 0] + random.random())"), "reads its sample"),
    "reader that breaks on what is cut off": ("reader", READER.replace('if not lines or any(line.count(",") != 1 or not all(line.split(",")) for line in lines)', "if False"), "refuses what is damaged"),
    "exporter with the time in it": ("exporter", EXPORTER.replace("return ", "return str(random.random()).encode() + "), "writes the same"),
    "exporter that raises": ("exporter", EXPORTER.replace("return ", "raise KeyError('no')\n    return "), "writes or refuses"),
    "exporter of a text": ("exporter", EXPORTER.replace("return ", "return 'no'; "), "writes or refuses"),
    "exporter that sets weights": ("exporter", EXPORTER.replace("return ", "exported.net.parameters[0] += 1\n    return "), "leaves the network"),
    "reporter with the time in it": ("reporter", REPORTER.replace("return ", "return str(random.random()).encode() + "), "writes the same"),
    "reporter that raises": ("reporter", REPORTER.replace("return ", "raise KeyError('no')\n    return "), "writes or refuses"),
    "reporter that writes into the run": ("reporter", REPORTER.replace("return ", "(finished.reader.path / 'mine').write_text(str(time.time()))\n    return "), "leaves the run"),
    "listener that is none": ("listener", LISTENER.replace("seen.append", "seen"), "takes every event"),
    "listener that expects an epoch": ("listener", LISTENER.replace("seen.append", "lambda event: seen.append(event.epoch)"), "takes every event"),
    "metric of nan": ("metric", "@metric\ndef mine(predicted, true):\n    'Mine.'\n    return float('nan')\n", "value"),
}  # fmt: skip

# name -> (source without hooks, what a process of its own must say): nothing in this process would survive them.
FATAL = {
    "hanging": (activation("while True: pass"), "no answer within"),
    "leaving": (activation("os._exit(3)"), "ended with code 3"),
    "segfault": (activation("import ctypes; ctypes.string_at(0)"), "SIGSEGV"),
}


def plugin(kind, source):
    """The text of a plugin file."""
    return f"{HEAD}\n{source}\n@hookimpl\ndef {KINDS[kind].hook}():\n    return [mine]\n"
