"""The drawing of a circuit: nothing is overwritten, wires cross but never share a way, and two drawings as they are."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from tui_nn.graph.circuits import BUNDLED, bundled, evaluate, number, parse, steps
from tui_nn.graph.circuits.steps import formula
from tui_nn.render import CircuitPicture, Look, circuit, to_plain, to_svg
from tui_nn.render.circuit import E, N, S, W

GOLDEN = Path(__file__).parent / "golden"
PLAIN = Look("none")


def of(name):
    one = bundled(name)
    return evaluate(parse(one.expression), one.inputs)


def whole(picture):
    return picture.window(0, 0, picture.width, picture.height).plain.split("\n")


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("look", [PLAIN, Look("none", ascii=True)], ids=["unicode", "ascii"])
def test_random_circuits_are_drawn_without_overlap(seed, look, random_expression):
    text, inputs = random_expression(seed, depth=5)
    found = parse(text)
    evaluation = evaluate(found, {name: inputs[name] for name in found.inputs})
    picture = CircuitPicture(evaluation, look)
    lines = whole(picture)
    assert len(lines) == picture.height
    assert max(map(len, lines)) == picture.width
    padded = [line.ljust(picture.width) for line in lines]
    back, forth = ("<", ">") if look.ascii else ("←", "→")
    # Every number of every wire is there, whole: as many as there are wires, and none has been written over.
    wires = [(i, p) for i, gate in enumerate(found.gates) for p in range(len(gate.sources))]
    expected = sorted([f"{back}{number(evaluation.edges[i][p])}" for i, p in wires] + [f"{back}1"])
    values = [evaluation.values[found.gates[i].sources[p]] for i, p in wires] + [evaluation.output]
    shown = " ".join(line for number_, line in enumerate(lines) if number_ % 3 != 1)
    tokens = [token for token in shown.replace("│", " ").replace("|", " ").split() if token[0] in (back, forth)]
    assert sorted(token for token in tokens if token[0] == back) == expected
    assert sorted(token for token in tokens if token[0] == forth) == sorted(f"{forth}{number(v)}" for v in values)
    # Every label is where the mouse will look for it.
    assert set(picture.places) == set(range(len(found.gates)))
    for gate, (x, y, cells) in picture.places.items():
        assert picture.at(x, y) == gate
        assert padded[y][x : x + cells].strip() == picture._labels[gate].strip()
    # Two wires in a cell: one goes straight across, the other straight down.
    for nets in picture.wires.values():
        assert len(nets) == 1 or sorted(nets.values()) == sorted([E | W, N | S])
    if look.ascii:
        assert "\n".join(lines).isascii()


@pytest.mark.parametrize("name", [one.name for one in BUNDLED])
def test_every_wire_leads_from_its_source_to_its_gate(name):
    """Followed cell by cell, as an eye does: from each gate back along each wire that comes in."""
    evaluation = of(name)
    picture = CircuitPicture(evaluation, PLAIN)
    gates = evaluation.circuit.gates
    for source, gate in enumerate(gates):
        cells = {cell for cell, nets in picture.wires.items() if source in nets}
        reached, stack = set(), [min(cells, key=lambda cell: (cell[1], cell[0]))]
        while stack:
            y, x = stack.pop()
            if (y, x) in reached:
                continue
            reached.add((y, x))
            bits = picture.wires[y, x][source]
            steps_ = ((N, -1, 0), (S, 1, 0), (E, 0, 1), (W, 0, -1))
            stack += [(y + dy, x + dx) for bit, dy, dx in steps_ if bits & bit and (y + dy, x + dx) in cells]
        assert reached == cells, f"the wire of {gate.name} is in one piece"
        for user, _ in evaluation.circuit.consumers[source]:
            x, y, width = picture.places[user]
            beside = {(y, x - 1), *((y + dy, c) for dy in (-1, 0, 1) for c in range(x, x + width))}
            assert cells & beside, f"{gate.name} reaches {gates[user].name}"


@pytest.mark.parametrize("name", ["sum-times-z", "quotient"])
def test_golden_drawings(name):
    evaluation = of(name)
    picture = CircuitPicture(evaluation, PLAIN)
    drawn = to_plain(picture.window(0, 0, picture.width, picture.height)) + "\n"
    assert drawn == (GOLDEN / f"circuit-{name}.txt").read_text("utf-8")


def test_numbers_appear_step_by_step():
    evaluation = of("sum-times-z")
    seen = []
    for done in range(len(steps(evaluation)) + 1):
        lines = "\n".join(whole(CircuitPicture(evaluation, PLAIN, done=done)))
        seen.append((lines.count("→"), lines.count("←")))
    assert seen == [(3, 0), (4, 0), (5, 0), (5, 3), (5, 5)]


def test_the_place_stays_while_stepping():
    evaluation = of("quotient")
    pictures = [CircuitPicture(evaluation, PLAIN, done=done) for done in (0, 5, None)]
    assert len({str(picture.places) for picture in pictures}) == 1


def test_a_chosen_gate_shows_without_colour():
    evaluation = of("product")
    assert "[*]" in "\n".join(whole(CircuitPicture(evaluation, PLAIN, selected=2)))


def test_no_colour_means_no_style_and_colour_means_green_and_red():
    evaluation = of("branch")
    assert not any(str(s.style) not in ("", "none") for s in circuit(evaluation, 80, 24, PLAIN).spans)
    styles = {str(span.style) for span in circuit(evaluation, 80, 24, Look("16")).spans}
    assert {"green", "red"} <= styles
    assert "0.73" in to_svg(circuit(of("sigmoid-neuron"), 100, 24), "neuron")


def test_it_fits_its_box_and_drops_the_arrows_first():
    evaluation = of("sigmoid-neuron")
    assert CircuitPicture(evaluation, PLAIN, width=80).width <= 80
    for width in (1, 9, 10, 40, 79, 200):
        for height in (1, 2, 3, 10, 60):
            lines = circuit(evaluation, width, height, PLAIN).plain.split("\n")
            assert len(lines) <= height
            assert max(map(len, lines)) <= width


def test_a_lone_input():
    lines = whole(CircuitPicture(evaluate(parse("x"), {"x": 3}), PLAIN))
    assert lines[1].startswith("x ─")
    assert lines[0].strip() == "→3"


def test_three_hundred_gates_are_laid_out_at_once():
    text = " + ".join(f"s(a{i} * b{i % 7} + 1)" for i in range(75))
    found = parse(text)
    assert len(found.gates) > 300
    evaluation = evaluate(found, {name: (i % 5) / 5 for i, name in enumerate(found.inputs)})
    start = time.perf_counter()
    picture = CircuitPicture(evaluation, PLAIN)
    picture.window(50, 100, 120, 40)
    assert time.perf_counter() - start < 2
    assert all(len(nets) == 1 or sorted(nets.values()) == [N | S, E | W] for nets in picture.wires.values())


@pytest.mark.parametrize("box", [(196, 46), (116, 28), (78, 12)])
@pytest.mark.parametrize("name", [one.name for one in BUNDLED])
def test_a_small_circuit_grows_with_its_box(name, box):
    """As far as its wires may be long, and never beyond the box that it fitted; the numbers are the same."""
    evaluation = of(name)
    small = CircuitPicture(evaluation, PLAIN, width=box[0])
    large = CircuitPicture(evaluation, PLAIN, width=box[0], height=box[1])
    assert small.width <= large.width <= max(box[0], small.width)
    assert small.height <= large.height <= max(box[1], small.height)
    assert large.width >= 1.5 * small.width or box[0] < 2 * small.width
    assert large.height >= 1.5 * small.height or box[1] < 2 * small.height
    drawn = [sorted(re.findall(r"[→←][-\d.e]+", "\n".join(whole(one)))) for one in (small, large)]
    assert drawn[0] == drawn[1]
    for gate, (x, y, cells) in large.places.items():
        assert whole(large)[y].ljust(large.width)[x : x + cells].strip() == large._labels[gate].strip()


def test_a_constant_stands_in_its_gate_as_it_was_typed():
    circuit = parse("0.1 * z + z^0.5 + z / 0.003 + 1/3 * z + z - 0.00002")
    drawn = CircuitPicture(evaluate(circuit, {"z": 4}), Look("none"))
    labels = drawn.window(0, 0, drawn.width, drawn.height).plain
    assert all(f"({gate})" in labels for gate in ("*0.1", "^0.5", "/0.003", "*0.3333", "-2e-5")), labels
    assert formula(circuit, next(index for index, gate in enumerate(circuit.gates) if gate.constant), 0) == "0.1"
