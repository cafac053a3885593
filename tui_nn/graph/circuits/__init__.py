"""Circuits: an expression as gates that can be looked at, with the values that flow forward and the gradients that
flow back.

`parse` makes a circuit of a text, `evaluate` fills in all numbers, `steps` explains them gate by gate, `program` writes
them as Python.
"""

from tui_nn.graph.circuits.along import along, evaluated
from tui_nn.graph.circuits.bundled import BUNDLED, Bundled, bundled
from tui_nn.graph.circuits.circuit import Circuit, CircuitError, Constant, Gate
from tui_nn.graph.circuits.evaluate import Evaluation, evaluate, paths
from tui_nn.graph.circuits.fold import fold, unfold
from tui_nn.graph.circuits.lines import in_a_line
from tui_nn.graph.circuits.modes import Cost, forward_mode, reverse_mode
from tui_nn.graph.circuits.parse import parse, parse_number
from tui_nn.graph.circuits.program import Line, code, code_width, names_in, program
from tui_nn.graph.circuits.remarks import remark
from tui_nn.graph.circuits.rows import COST_HEADER, cost_rows, gate_header, gate_rows, mode_header, mode_rows
from tui_nn.graph.circuits.steps import Step, label, number, order, step_at, steps, true_sides

__all__ = [
    "BUNDLED",
    "COST_HEADER",
    "Bundled",
    "Circuit",
    "CircuitError",
    "Constant",
    "Cost",
    "Evaluation",
    "Gate",
    "Line",
    "Step",
    "along",
    "bundled",
    "code",
    "code_width",
    "cost_rows",
    "evaluate",
    "evaluated",
    "fold",
    "forward_mode",
    "gate_header",
    "gate_rows",
    "in_a_line",
    "label",
    "mode_header",
    "mode_rows",
    "names_in",
    "number",
    "order",
    "parse",
    "parse_number",
    "paths",
    "program",
    "remark",
    "reverse_mode",
    "step_at",
    "steps",
    "true_sides",
    "unfold",
]
