"""The compiled loops. All arrays are float32, as the engine has them; the sums of a product may be taken in any order,
which is what lets the processor take eight at a time, but what is not finite stays so: a run that diverges says so.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

Array = np.ndarray[Any, np.dtype[Any]]

TINY = np.float32(1e-30)  # as in the optimizer: fading moments must not become denormal numbers
ORDER = {"reassoc", "contract", "nsz", "arcp"}


@njit(cache=True, error_model="numpy", fastmath=ORDER, nogil=True)
def move(values, gradient, first, second, kind, constants, rate, step):  # type: ignore[no-untyped-def]
    """One update of all parameters, in one walk: see tui_nn_standard.optimizers for the formulas."""
    rate32 = np.float32(rate)
    keep = np.float32(constants[0])
    if kind == 0:
        for i in range(values.size):
            values[i] -= rate32 * gradient[i]
    elif kind == 1:
        for i in range(values.size):
            first[i] = keep * first[i] - rate32 * gradient[i]
            values[i] += first[i]
    elif kind == 2:
        for i in range(values.size):
            change = rate32 * gradient[i]
            first[i] = keep * first[i] - change
            values[i] += keep * first[i] - change
    else:
        beta1, beta2, epsilon = constants[0], constants[1], constants[2]
        root = math.sqrt((1 - beta2) / (1 - beta2**step))
        keep2 = np.float32(beta2)
        small = np.float32(epsilon / root)
        scale = np.float32(rate * (1 - beta1) / (1 - beta1**step) / root)
        for i in range(values.size):
            g = gradient[i]
            m = keep * first[i] + g
            v = keep2 * second[i] + g * g
            first[i] = m if abs(m) >= TINY or m != m else np.float32(0)
            second[i] = v if v >= TINY or v != v else np.float32(0)
            values[i] -= scale * (m / (np.sqrt(v) + small))


@njit(cache=True, error_model="numpy", fastmath=ORDER, inline="always")
def _exp(x):  # type: ignore[no-untyped-def]
    """e^x for |x| <= 88, to the last bit but one: e^r 2^n with |r| <= ln 2 / 2. The library's would take one at a time.

    The Taylor polynomial of degree 7 is off by less than 6e-9 there. ln 2 comes in two parts, the first of few bits,
    so that x - n ln 2 loses nothing (Cody and Waite, 1980).
    """
    n = np.floor(x * np.float32(1.44269504) + np.float32(0.5))
    r = (x - n * np.float32(0.693359375)) + n * np.float32(2.12194440e-4)
    p = np.float32(1 / 5040)
    p = p * r + np.float32(1 / 720)
    p = p * r + np.float32(1 / 120)
    p = p * r + np.float32(1 / 24)
    p = p * r + np.float32(1 / 6)
    p = p * r + np.float32(0.5)
    p = p * r + np.float32(1)
    p = p * r + np.float32(1)
    return p * np.int32((np.int32(n) + np.int32(127)) << np.int32(23)).view(np.float32)


# Loops run along the second index, which counts from 0: only where the compiler knows that an index is not negative
# does it take eight at a time. A row taken as an array of its own would do too, but costs more than such a loop.


@njit(cache=True, error_model="numpy", fastmath=ORDER)
def _activate(rows, row, kind):  # type: ignore[no-untyped-def]
    """z becomes g(z). The comparisons are such that NaN remains."""
    if kind == 1:
        for s in range(rows.shape[1]):
            z = rows[row, s]
            size = min(abs(z), np.float32(9))  # beyond, tanh is 1 to the last bit
            square = size * size
            # 1 - 2 / (e^2z + 1) would lose the digits of a small z, for which there is the continued fraction.
            far = np.float32(1) - np.float32(2) / (_exp(np.float32(2) * size) + np.float32(1))
            top = np.float32(10395) + square * (np.float32(1260) + square * np.float32(21))
            bottom = np.float32(10395) + square * (np.float32(4725) + square * (np.float32(210) + square))
            a = size * top / bottom if size < np.float32(0.6) else far
            a = -a if z < 0 else a
            rows[row, s] = a if z == z else z
    elif kind == 2:
        for s in range(rows.shape[1]):
            z = rows[row, s]
            a = np.float32(1) / (np.float32(1) + _exp(-max(min(z, np.float32(88)), np.float32(-87))))
            rows[row, s] = a if z == z else z
    elif kind == 3:
        for s in range(rows.shape[1]):
            z = rows[row, s]
            rows[row, s] = np.float32(0) if z < 0 else z


@njit(cache=True, error_model="numpy", fastmath=ORDER)
def _softmax(rows):  # type: ignore[no-untyped-def]
    units, lanes = rows.shape
    for s in range(lanes):
        highest = rows[0, s]
        for unit in range(1, units):
            highest = max(highest, rows[unit, s])
        total = np.float32(0)
        for unit in range(units):
            rows[unit, s] = np.exp(rows[unit, s] - highest)
            total += rows[unit, s]
        for unit in range(units):
            rows[unit, s] /= total


@njit(cache=True, error_model="numpy", fastmath=ORDER)
def _slope(deltas, signals, row, kind):  # type: ignore[no-untyped-def]
    """dJ/da becomes dJ/dz, by g'(z) from a = g(z)."""
    if kind == 1:
        for s in range(deltas.shape[1]):
            deltas[row, s] *= np.float32(1) - signals[row, s] * signals[row, s]
    elif kind == 2:
        for s in range(deltas.shape[1]):
            deltas[row, s] *= signals[row, s] * (np.float32(1) - signals[row, s])
    elif kind == 3:
        for s in range(deltas.shape[1]):
            deltas[row, s] = deltas[row, s] if signals[row, s] > 0 else np.float32(0)


@njit(cache=True, error_model="numpy", fastmath=ORDER)
def _forward(values, sizes, kinds, signals, scores):  # type: ignore[no-untyped-def]
    """`signals` holds a row of samples for each unit, layer after layer, the inputs first; `scores` gets the last z."""
    lanes = signals.shape[1]
    theta = source = 0
    for layer in range(kinds.size):
        inputs, units, kind = sizes[layer], sizes[layer + 1], kinds[layer]
        target = source + inputs
        for z in range(target, target + units):
            bias = values[theta]
            for s in range(lanes):
                signals[z, s] = bias
            for j in range(inputs):
                weight, a = values[theta + 1 + j], source + j
                for s in range(lanes):
                    signals[z, s] += weight * signals[a, s]
            if layer == kinds.size - 1:
                for s in range(lanes):
                    scores[z - target, s] = signals[z, s]
            _activate(signals, z, kind)
            theta += inputs + 1
        if kind == 4:
            _softmax(signals[target : target + units])
        source = target


@njit(cache=True, error_model="numpy", fastmath=ORDER)
def _backward(values, gradient, sizes, kinds, signals, deltas):  # type: ignore[no-untyped-def]
    """Add these samples' part to the gradient; `deltas` holds dJ/dz of the outputs where `signals` holds them."""
    lanes = signals.shape[1]
    theta = values.size
    end = signals.shape[0]
    for layer in range(kinds.size - 1, -1, -1):
        inputs, units = sizes[layer], sizes[layer + 1]
        target = end - units
        source = target - inputs
        if layer > 0:
            for a in range(source, target):
                for s in range(lanes):
                    deltas[a, s] = 0
        for z in range(end - 1, target - 1, -1):
            theta -= inputs + 1
            total = np.float32(0)
            for s in range(lanes):
                total += deltas[z, s]
            gradient[theta] += total
            for j in range(inputs):
                a = source + j
                total = np.float32(0)
                for s in range(lanes):
                    total += deltas[z, s] * signals[a, s]
                gradient[theta + 1 + j] += total
                if layer > 0:
                    weight = values[theta + 1 + j]
                    for s in range(lanes):
                        deltas[a, s] += weight * deltas[z, s]
        if layer > 0:
            for a in range(source, target):
                _slope(deltas, signals, a, kinds[layer - 1])
        end = target


@njit(cache=True, error_model="numpy", fastmath=ORDER, nogil=True)
def learn(  # type: ignore[no-untyped-def]
    x,
    y,
    weights,
    outputs,
    at_z,
    values,
    gradient,
    decays,
    decay,
    sizes,
    kinds,
    shortcut,
    batch,
    rule,
    rates,
    step,
    room,
):
    """A gradient step for each batch of x (samples, inputs + 1): see the engine's `Learn`.

    at_z: whether the last layer's z is what is wanted as `outputs`. `room` is two arrays (units of all layers, samples
    at a time) and one (outputs, samples at a time); a batch goes through them piece by piece.
    """
    first, second, kind, constants = rule
    signals, deltas, scores = room
    lanes, samples = signals.shape[1], x.shape[0]
    inputs, units = sizes[0], sizes[-1]
    last = signals.shape[0] - units
    for number in range(rates.size):
        start = number * batch
        end = min(start + batch, samples)
        share = np.float32(1 / (end - start))
        gradient[:] = 0
        for begin in range(start, end, lanes):
            count = min(lanes, end - begin)
            for s in range(count):
                for j in range(inputs):
                    signals[j, s] = x[begin + s, 1 + j]
            _forward(values, sizes, kinds, signals, scores)
            for unit in range(units):
                row = last + unit
                for s in range(count):
                    outputs[unit, begin + s] = scores[unit, s] if at_z else signals[row, s]
                    scale = share if weights.size == 0 else share * weights[begin + s]
                    deltas[row, s] = (signals[row, s] - y[begin + s, unit]) * scale
                for s in range(count, lanes):  # nobody is here: old samples, that add nothing
                    deltas[row, s] = 0
                if not shortcut:
                    _slope(deltas, signals, row, kinds[-1])
            _backward(values, gradient, sizes, kinds, signals, deltas)
        if decay != 0:
            lam = np.float32(decay)
            for i in range(values.size):
                gradient[i] += lam * decays[i] * values[i]
        move(values, gradient, first, second, kind, constants, rates[number], step + number)
