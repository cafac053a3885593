"""Where the gates of a circuit go: left to right in layers, every wire on a row of its own, so that no two overlap.

A gate stands on the row of one of its operands, the one with the longest way behind it; the other comes in on a
vertical from its own row. Rows follow the expression, so the first operand is above the second. Wires cross only where
a branch hands its copies down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui_nn.graph.circuits import Circuit

Edge = tuple[int, int]  # a gate, and the position among its sources


@dataclass(frozen=True)
class Layout:
    """rows: of each gate. edge_rows: of each wire. columns: the cell of each gate's middle. texts: where the numbers of
    each gate's outgoing wires begin. width: cells altogether; count: rows altogether.
    """

    rows: tuple[int, ...]
    edge_rows: dict[Edge, int]
    columns: tuple[int, ...]
    texts: tuple[int, ...]
    width: int
    count: int


def layout(circuit: Circuit, labels: Sequence[int], numbers: Sequence[int]) -> Layout:
    """labels: cells of each gate's label. numbers: cells of the longest number on each gate's outgoing wires."""
    layers = _layers(circuit)
    rows, edge_rows, count = _rows(circuit, layers)
    columns = [0] * len(layers)
    texts = [0] * len(layers)
    x = 0
    for layer in range(max(layers) + 1):
        members = [gate for gate, one in enumerate(layers) if one == layer]
        for number, track in enumerate(_tracks(circuit, members, rows, edge_rows)):
            x += number > 0
            width = max(labels[gate] for gate in track)
            for gate in track:
                columns[gate] = x + (width - 1) // 2
            x += width
        for gate in members:
            texts[gate] = x
        x += 1 + max(numbers[gate] for gate in members)
    return Layout(tuple(rows), edge_rows, tuple(columns), tuple(texts), x, count)


def _layers(circuit: Circuit) -> list[int]:
    """Each gate one layer behind the last of its sources. Inputs come first; those that branch, before the others."""
    gates, consumers = circuit.gates, circuit.consumers

    def branches(index: int) -> bool:
        return any(gates[user].operation == "branch" for user, _ in consumers[index])

    base = int(any(gate.operation == "input" and branches(index) for index, gate in enumerate(gates)))
    layers: list[int] = []
    for index, gate in enumerate(gates):
        if gate.operation == "input":
            layers.append(0 if branches(index) else base)
        else:
            layers.append(1 + max(layers[source] for source in gate.sources))
    return layers


def _rows(circuit: Circuit, layers: Sequence[int]) -> tuple[list[int], dict[Edge, int], int]:
    """A row for each use of an input and for each further copy of a branch, in the order of the expression."""
    gates = circuit.gates
    rows = [-1] * len(gates)
    edge_rows: dict[Edge, int] = {}
    first: dict[int, Edge] = {}
    count = 0
    output = len(gates) - 1
    if gates[output].operation == "input":
        return [0], {}, 1
    stack: list[Edge] = [(output, p) for p in reversed(range(len(gates[output].sources)))]
    while stack:
        edge = stack.pop()
        source = gates[edge[0]].sources[edge[1]]
        if gates[source].operation == "branch" and source in first:
            edge_rows[edge] = count
            count += 1
        elif gates[source].operation == "input":
            rows[source] = count
            count += 1
        else:
            first.setdefault(source, edge)
            stack += [(source, p) for p in reversed(range(len(gates[source].sources)))]
    for index, gate in enumerate(gates):
        for position, source in enumerate(gate.sources):
            edge_rows.setdefault((index, position), rows[source])
        if gate.sources:
            longest = max(range(len(gate.sources)), key=lambda p: (layers[gate.sources[p]], -p))
            rows[index] = edge_rows[index, longest]
    return rows, edge_rows, count


def _tracks(
    circuit: Circuit, members: Sequence[int], rows: Sequence[int], edge_rows: dict[Edge, int]
) -> list[list[int]]:
    """The gates of a layer in columns beside each other, so that no vertical runs through another gate."""

    def span(gate: int) -> tuple[int, int]:
        ends = [rows[gate], *(edge_rows[gate, p] for p in range(len(circuit.gates[gate].sources)))]
        if circuit.gates[gate].operation == "branch":
            ends += [edge_rows[edge] for edge in circuit.consumers[gate]]
        return min(ends), max(ends)

    spans = {gate: span(gate) for gate in members}
    tracks: list[list[int]] = []
    # Branches first: their copies then do not run down through inputs that begin in the same layer.
    for gate in sorted(members, key=lambda one: (circuit.gates[one].operation != "branch", rows[one])):
        low, high = spans[gate]
        for track in tracks:
            kinds = {circuit.gates[other].operation == "branch" for other in track}
            apart = all(high < spans[other][0] or low > spans[other][1] for other in track)
            if apart and kinds == {circuit.gates[gate].operation == "branch"}:
                track.append(gate)
                break
        else:
            tracks.append([gate])
    return tracks
