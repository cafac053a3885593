"""Queries: how a lesson asks the engine for a number, such as `circuit.d.x` or `net.a[1][2]@3`.

Layers, units, samples, inputs and outputs count from 1, as in the lecture; columns of Theta from 0, where the bias is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tui_nn.engine.tracing import SampleTrace
from tui_nn.errors import ExperimentError, did_you_mean
from tui_nn.experiment.study import Study
from tui_nn.experiment.tracing import cost_of_training
from tui_nn.lesson import run_queries
from tui_nn.lesson.exhibit import Exhibit

FORM = re.compile(r"(?P<root>[a-z]+)\.(?P<name>[A-Za-z]+)(?:\.(?P<of>\w+))?(?P<at>(?:\[\d+\])*)(?:@(?P<sample>\d+))?")


@dataclass(frozen=True)
class Query:
    """A query in its parts. of: the name of a gate; at: numbers in brackets; sample: 0 where none is named."""

    text: str
    root: str
    name: str
    of: str
    at: tuple[int, ...]
    sample: int


@dataclass(frozen=True)
class Known:
    """A query that there is. form: how it is written, as documented; sizes: how many numbers in brackets it has."""

    form: str
    says: str
    answer: Callable[[Exhibit, Query], float]
    sizes: int = 0


def query(text: str) -> Query:
    """A query from its text. Raises ExperimentError with the nearest name."""
    text = text.strip()
    if text.startswith("run."):
        return Query(text, "run", _kind_of_run(text), "", (), 0)
    found = FORM.fullmatch(text)
    if found is None:
        raise ExperimentError(f"'{text}' is not a query; expected one such as circuit.d.x or net.a[1][2]@3.")
    at = tuple(int(number) for number in re.findall(r"\d+", found["at"]))
    made = Query(text, found["root"], found["name"], found["of"] or "", at, int(found["sample"] or 0))
    _known(made)
    return made


def asked(text: str, exhibit: Exhibit) -> float:
    """The number that a query is answered with. Raises ExperimentError where the step shows no such thing."""
    made = query(text)
    if made.root == "circuit" and exhibit.circuit is None:
        raise ExperimentError(f"'{text}' asks a circuit, and the step shows none; expected show.circuit.")
    if made.root == "net" and not exhibit.show.experiment:
        raise ExperimentError(f"'{text}' asks a network, and the step shows none; expected show.experiment.")
    return float(_known(made).answer(exhibit, made))


def _known(made: Query) -> Known:
    key = f"{made.root}.{made.name}"
    if made.root == "run":
        return QUERIES[key]
    if key not in QUERIES:
        raise ExperimentError(f"unknown query '{made.text}'.{did_you_mean(key, QUERIES)}")
    known = QUERIES[key]
    if bool(made.of) != known.form.endswith(".NAME") or len(made.at) != known.sizes:
        raise ExperimentError(f"'{made.text}' is incomplete or too long; expected {known.form}.")
    if made.sample and not known.form.endswith("@SAMPLE"):
        raise ExperimentError(f"'{made.text}' is no matter of one sample; expected {known.form}.")
    return known


# Of a circuit


def _gate(exhibit: Exhibit, made: Query) -> int:
    assert exhibit.circuit is not None
    gates = exhibit.circuit.circuit.gates
    names = {gate.name: index for index, gate in enumerate(gates) if gate.operation != "branch"}
    if made.of not in names:
        raise ExperimentError(f"'{made.text}': the circuit has no '{made.of}'.{did_you_mean(made.of, names)}")
    return names[made.of]


def _value(exhibit: Exhibit, made: Query) -> float:
    assert exhibit.circuit is not None
    return exhibit.circuit.values[_gate(exhibit, made)]


def _derivative(exhibit: Exhibit, made: Query) -> float:
    assert exhibit.circuit is not None
    return exhibit.circuit.gradients[_gate(exhibit, made)]


def _output(exhibit: Exhibit, _: Query) -> float:
    assert exhibit.circuit is not None
    return exhibit.circuit.output


# Of a network


def _trace(exhibit: Exhibit, made: Query) -> SampleTrace:
    return exhibit.sample(made.sample or 1).trace


def _study(exhibit: Exhibit) -> Study:
    assert exhibit.study is not None
    return exhibit.study


def _from(numbers: object, made: Query, *at: int, what: str) -> float:
    """An entry, counted from 0. Raises ExperimentError where there is none."""
    try:
        if numbers is None or any(place < 0 for place in at):
            raise IndexError
        return float(numbers[at] if len(at) > 1 else numbers[at[0]])  # type: ignore[index]
    except IndexError:
        raise ExperimentError(f"'{made.text}': the network has no such {what}.") from None


def _of_unit(field: str) -> Callable[[Exhibit, Query], float]:
    def answer(exhibit: Exhibit, made: Query) -> float:
        layer, unit = made.at
        passes = _trace(exhibit, made).passes
        if not 1 <= layer <= len(passes):
            raise ExperimentError(f"'{made.text}': the network has no layer {layer}; expected 1 to {len(passes)}.")
        return _from(getattr(passes[layer - 1], field), made, unit - 1, what=f"{field} of a unit")

    return answer


def _input(exhibit: Exhibit, made: Query) -> float:
    return _from(_trace(exhibit, made).passes[0].x, made, made.at[0], what="input")


def _by_input(exhibit: Exhibit, made: Query) -> float:
    return _from(_trace(exhibit, made).passes[0].backward, made, made.at[0] - 1, what="gradient of an input")


def _answer(exhibit: Exhibit, made: Query) -> float:
    return _from(_trace(exhibit, made).outputs, made, made.at[0] - 1, what="output")


def _target(exhibit: Exhibit, made: Query) -> float:
    return _from(_trace(exhibit, made).y, made, made.at[0] - 1, what="target")


def _cost(exhibit: Exhibit, made: Query) -> float:
    cost = _trace(exhibit, made).cost
    return float("nan") if cost is None else cost


def _penalty(exhibit: Exhibit, _: Query) -> float:
    return sum(exhibit.sample(1).penalties)


def _j(exhibit: Exhibit, made: Query) -> float:
    return cost_of_training(_study(exhibit)) + _penalty(exhibit, made)


def _matrix(field: str) -> Callable[[Exhibit, Query], float]:
    def answer(exhibit: Exhibit, made: Query) -> float:
        layer, row, column = made.at
        parameters = _study(exhibit).trainer.network.parameters
        if field == "theta":
            matrices = list(parameters.thetas)
        else:
            study = _study(exhibit)
            given = [one for one in parameters.thetas if one is not None]
            own = iter(study.inside(given, len(study.splits.train)).gradients)
            matrices = [None if theta is None else next(own) for theta in parameters.thetas]
        if not 1 <= layer <= len(matrices):
            raise ExperimentError(f"'{made.text}': the network has no layer {layer}; expected 1 to {len(matrices)}.")
        return _from(matrices[layer - 1], made, row - 1, column, what="weight")

    return answer


def _size(axis: int) -> Callable[[Exhibit, Query], float]:
    def answer(exhibit: Exhibit, made: Query) -> float:
        shapes = _study(exhibit).trainer.network.parameters.shapes
        shape = shapes[made.at[0] - 1] if 1 <= made.at[0] <= len(shapes) else None
        return _from(shape, made, axis, what="Theta")

    return answer


def _layers(exhibit: Exhibit, _: Query) -> float:
    return len(_study(exhibit).trainer.network.layers)


def _kind_of_run(text: str) -> str:
    """Which of the queries of a run it is: what is no other is read as `[require]` reads it."""
    if run_queries.VOTES.match(text):
        end = text.rpartition(".")[2]
        if end not in ("unit", "adds"):
            raise ExperimentError(f"'{text}' is incomplete or too long; expected run.votes[CLASS][PLACE].unit.")
        return f"votes.{end}"
    return "recall[CLASS]" if run_queries.RECALL.fullmatch(text) else "METRIC"


def _counted(exhibit: Exhibit) -> tuple[int, int, int]:
    """Neurons, weights and biases."""
    network = _study(exhibit).trainer.network
    shapes = [shape for shape in network.parameters.shapes if shape is not None]
    biases = sum(rows for rows, _ in shapes)
    return sum(network.sizes[1:]), sum(rows * columns for rows, columns in shapes) - biases, biases


QUERIES = {
    known.form.split("[")[0].split("@")[0].removesuffix(".NAME"): known
    for known in (
        Known("circuit.value.NAME", "the value of a gate or an input", _value),
        Known("circuit.d.NAME", "the gradient of the result by a gate or an input", _derivative),
        Known("circuit.output", "the value of the expression", _output),
        Known("net.x[INPUT]@SAMPLE", "an input, as the network sees it", _input, 1),
        Known("net.z[LAYER][UNIT]@SAMPLE", "the sum of a unit", _of_unit("z"), 2),
        Known("net.a[LAYER][UNIT]@SAMPLE", "the activation of a unit", _of_unit("a"), 2),
        Known("net.delta[LAYER][UNIT]@SAMPLE", "dJ/dz of a unit, of this sample's own cost", _of_unit("delta"), 2),
        Known("net.dx[INPUT]@SAMPLE", "dJ/dx of an input, of this sample's own cost", _by_input, 1),
        Known("net.h[OUTPUT]@SAMPLE", "an output", _answer, 1),
        Known("net.y[OUTPUT]@SAMPLE", "a target", _target, 1),
        Known("net.cost@SAMPLE", "the cost of a sample, without the penalty", _cost),
        Known("net.J", "the cost J over the training samples, with the penalty", _j),
        Known("net.penalty", "the part of J that punishes large weights", _penalty),
        Known("net.theta[LAYER][ROW][COLUMN]", "a weight, in column 0 a bias", _matrix("theta"), 3),
        Known("net.gradient[LAYER][ROW][COLUMN]", "dJ/dTheta over the training samples", _matrix("gradient"), 3),
        Known("net.rows[LAYER]", "rows of Theta", _size(0), 1),
        Known("net.columns[LAYER]", "columns of Theta, that of the biases among them", _size(1), 1),
        Known("net.inputs", "how many inputs", lambda exhibit, _: _study(exhibit).trainer.network.inputs),
        Known("net.layers", "how many layers, the input not counted", _layers),
        Known("net.neurons", "how many units in all layers", lambda exhibit, _: _counted(exhibit)[0]),
        Known("net.weights", "how many weights, biases not counted", lambda exhibit, _: _counted(exhibit)[1]),
        Known("net.biases", "how many biases", lambda exhibit, _: _counted(exhibit)[2]),
        Known("net.parameters", "how many weights and biases", lambda exhibit, _: sum(_counted(exhibit)[1:])),
    )
} | {
    f"run.{kind}": Known(form, says, lambda exhibit, made, answer=answer: answer(exhibit, made.text))  # type: ignore[misc]
    for kind, form, says, answer in (
        ("METRIC", "run.METRIC@PART", "what `[require]` calls so: `run.accuracy@validation`, `run.parameters`",
         run_queries.metric),
        ("recall[CLASS]", "run.recall[CLASS]", "the share of a class that was found", run_queries.recall),
        ("votes.unit", "run.votes[CLASS][PLACE].unit", "the hidden unit that votes most for or against a class; both"
         " from 0", run_queries.voter),
        ("votes.adds", "run.votes[CLASS][PLACE].adds", "what it adds to z of the class on average", run_queries.adds),
    )
}  # fmt: skip
