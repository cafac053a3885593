"""From a text to a circuit, safely: Python's own parser reads it, and only what is listed here is taken from the tree.

Numbers, names, + - * / ^ (or **), parentheses and the functions of `operations`; before the expression a few results
may be given names, `q = x + y; q * z`, each on a line of its own if one likes. Nothing is ever executed.
"""

from __future__ import annotations

import ast
import math
import re
import warnings

import numpy as np

from tui_nn.errors import did_you_mean
from tui_nn.graph.circuits.circuit import MOST_GATES, Circuit, CircuitError, Constant, Gate, Operand, used
from tui_nn.graph.circuits.lines import line_ends
from tui_nn.graph.circuits.operations import FUNCTIONS, OPERATIONS

LONGEST = 4000  # characters
DEEPEST = 60  # parentheses within parentheses
LONGEST_NAME = 24
BINARY = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide", ast.Pow: "power"}
SIGNS = re.compile(r"(?:[-+*]\s*){60}")  # such a row would be as deep as parentheses
AFTER_A_VALUE = tuple("*/^+-),=;")
ALLOWED = re.compile(r"[\w\s.,+\-*/^()=;]", re.ASCII)


def parse(expression: str, longest_name: int = LONGEST_NAME) -> Circuit:
    """The circuit of an expression. Raises CircuitError with the column of what cannot be read."""
    return _Parser(expression, longest_name).circuit()


def parse_number(text: str) -> float:
    """A number, or an expression of numbers such as -1/3 or 2*pi. Raises CircuitError."""
    result = _Parser(text).value()
    if not isinstance(result, Constant):
        raise CircuitError(f"'{text}' is not a number.", text)
    return result.value


class _Parser:
    """Collects gates in an order in which each comes after its operands."""

    def __init__(self, expression: str, longest_name: int = LONGEST_NAME) -> None:
        self._expression = expression
        self._longest_name = longest_name
        self._gates: list[Gate] = []
        self._names: dict[str, Operand] = {}
        self._assigned: dict[str, int] = {}
        # Python's ^ binds otherwise than mathematics': it is read as **, and columns are counted as typed.
        self._columns: list[int] = []
        code = ""
        ends = line_ends(expression) if len(expression) <= LONGEST else {}
        for column, character in enumerate(expression, 1):
            written = ends.get(column - 1, {"^": "**"}.get(character, character))
            code += written
            self._columns += [column] * len(written)
        self._skipped = len(code) - len(code.lstrip(" \t;"))
        self._code = code.strip(" \t;")

    def circuit(self) -> Circuit:
        output = self.value()
        if isinstance(output, Constant):
            raise CircuitError(f"the expression is the number {output.value:g}; expected an input in it, such as x.")
        if output != len(self._gates) - 1:
            # The output is a mere name for an earlier result: what comes after it is not used.
            name = next(n for n, operand in self._names.items() if operand == len(self._gates) - 1)
            raise self._error(f"'{name}' is never used.", self._assigned.get(name, self._gates[-1].column))
        counts = used(self._gates)
        for gate, count in zip(self._gates, counts, strict=True):
            if not count:
                raise self._error(f"'{gate.name}' is never used.", gate.column)
        return Circuit(self._expression, tuple(self._gates))

    def value(self) -> Operand:
        statements = self._tree().body
        result: Operand = Constant(0.0)
        for index, statement in enumerate(statements):
            last = index == len(statements) - 1
            if isinstance(statement, ast.Expr) and last:
                result = self._convert(statement.value, 0)
            elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                result = self._assign(statement.targets[0], statement)
            elif isinstance(statement, ast.Expr):
                raise self._error("only the last expression counts; give this one a name: q = ...", self._at(statement))
            else:
                raise self._refuse(statement)
        return result

    def _assign(self, target: ast.Name, statement: ast.Assign) -> Operand:
        name, column = target.id, self._at(statement)
        if len(statement.targets) > 1:
            raise self._error("one name at a time: q = ...", column)
        self._check_name(name, column)
        if name in self._names:
            raise self._error(f"'{name}' already has a value; choose another name.", column)
        result = self._convert(statement.value, 0)
        if name in self._names:
            raise self._error(f"'{name}' is used in its own definition.", column)
        if isinstance(result, int) and self._gates[result].operation != "input" and not self._gates[result].name:
            gate = self._gates[result]
            self._gates[result] = Gate(gate.operation, gate.operands, name, gate.column)
        self._names[name], self._assigned[name] = result, column
        return result

    def _tree(self) -> ast.Module:
        if len(self._expression) > LONGEST:
            raise CircuitError(f"the expression has {len(self._expression)} characters; at most {LONGEST} are read.")
        for column, character in enumerate(self._expression, 1):
            if not ALLOWED.match(character):
                raise self._error(f"{character!r} has no meaning here. Known: numbers, names, + - * / ^ ( ).", column)
        if not self._code:
            raise CircuitError("the expression is empty. Try (x + y) * z.")
        depth = 0
        for index, character in enumerate(self._code):
            depth += {"(": 1, ")": -1}.get(character, 0)
            if depth > DEEPEST:
                raise self._error(f"more than {DEEPEST} nested parentheses.", self._column(index))
        signs = SIGNS.search(self._code)
        if signs:
            raise self._error("too many signs in a row.", self._column(signs.start()))
        try:
            with warnings.catch_warnings():
                # `1if` and the like, about which Python only warns.
                warnings.simplefilter("error", SyntaxWarning)
                return ast.parse(self._code)
        except SyntaxError as error:
            raise self._error(*self._explained(error)) from None
        except (RecursionError, MemoryError, ValueError, OverflowError):
            raise CircuitError("the expression is nested too deeply. Name parts of it: q = ...; ...") from None

    def _explained(self, error: SyntaxError) -> tuple[str, int]:
        """What Python's parser found wrong, in words that fit an expression, and the column."""
        offset = (error.offset or 1) - 1
        message = (error.msg or "invalid syntax").split(". ")[0]
        if message == "invalid syntax":
            end = offset >= len(self._code.rstrip()) - 1 and self._code[-1] in "+-*/^(,="
            if end:
                message = "the expression ends too early"
            elif self._code[offset : offset + 1] in AFTER_A_VALUE:
                message = "a number, a name or ( belongs before this"
            else:
                message = "this does not fit here (is an operator missing?)"
        return f"{message}.", self._column(offset)

    def _convert(self, node: ast.expr, depth: int) -> Operand:
        if depth > 2 * DEEPEST:
            raise self._error(
                "the expression is nested too deeply here. Name parts of it: q = ...; ...", self._at(node)
            )
        # A long sum leans to the left: it is walked, not descended.
        waiting: list[ast.BinOp] = []
        while isinstance(node, ast.BinOp):
            if type(node.op) not in BINARY:
                raise self._refuse(node)
            waiting.append(node)
            node = node.left
        result = self._atom(node, depth + 1)
        for above in reversed(waiting):
            right = self._convert(above.right, depth + 1)
            result = self._call(BINARY[type(above.op)], (result, right), self._at(above))
        return result

    def _atom(self, node: ast.expr, depth: int) -> Operand:
        column = self._at(node)
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self._constant(float(value) if abs(value) < 1e300 else math.inf, column)
        if isinstance(node, ast.Name):
            return self._name(node.id, column)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            operand = self._convert(node.operand, depth)
            if isinstance(node.op, ast.UAdd):
                return operand
            return self._call("multiply", (operand, Constant(-1.0)), column)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self._function(node, node.func.id, column, depth)
        raise self._refuse(node)

    def _function(self, node: ast.Call, name: str, column: int, depth: int) -> Operand:
        if name not in FUNCTIONS:
            product = f" For a product write {name} * (...)." if name in self._names else ""
            raise self._error(f"unknown function '{name}'.{product or did_you_mean(name, FUNCTIONS)}", column)
        operation, fewest, most = FUNCTIONS[name]
        if node.keywords or not fewest <= len(node.args) <= most:
            wanted = f"{fewest}" if fewest == most else f"{fewest} or more"
            raise self._error(f"{name} takes {wanted} argument{'s' * (wanted != '1')}.", column)
        operands = [self._convert(argument, depth) for argument in node.args]
        result = self._call(operation, tuple(operands[:2]), column)
        for operand in operands[2:]:
            result = self._call(operation, (result, operand), column)
        return result

    def _name(self, name: str, column: int) -> Operand:
        if name == "pi":
            return Constant(math.pi)
        if name not in self._names:
            self._check_name(name, column)
            self._gates.append(Gate("input", (), name, column))
            self._names[name] = len(self._gates) - 1
        return self._names[name]

    def _check_name(self, name: str, column: int) -> None:
        if name in FUNCTIONS or name == "pi":
            raise self._error(f"'{name}' is a function; write {name}(x), or choose another name.", column)
        if name.startswith("__") or len(name) > self._longest_name:
            most = self._longest_name
            raise self._error(f"'{name[:30]}' is not a valid name: letters and digits, at most {most}.", column)

    def _call(self, operation: str, operands: tuple[Operand, ...], column: int) -> Operand:
        constants = [operand.value for operand in operands if isinstance(operand, Constant)]
        if len(constants) == len(operands):
            with np.errstate(all="ignore"):
                value = float(OPERATIONS[operation].function(*map(np.float64, constants)))
            return self._constant(value, column)
        if len(self._gates) >= MOST_GATES:
            raise self._error(f"more than {MOST_GATES} gates.", column)
        self._gates.append(Gate(operation, operands, "", column))
        return len(self._gates) - 1

    def _constant(self, value: float, column: int) -> Constant:
        if not math.isfinite(value):
            raise self._error("this constant is not a finite number.", column)
        return Constant(value)

    def _refuse(self, node: ast.AST) -> CircuitError:
        what = {
            ast.Attribute: "a dot after a name has", ast.BitXor: "this operator has", ast.FloorDiv: "// has",
            ast.Compare: "comparisons have", ast.Tuple: "a list with commas has", ast.IfExp: "if has",
        }  # fmt: skip
        kind = type(node.op) if isinstance(node, ast.BinOp) else type(node)
        words = what.get(kind, "this has")
        known = f"Known: numbers, names, + - * / ^ ( ) and {', '.join(sorted(FUNCTIONS))}."
        return self._error(f"{words} no meaning here. {known}", self._at(node))

    def _at(self, node: ast.AST) -> int:
        """The column of a node; of a sum or product, that of its operator."""
        if isinstance(node, ast.BinOp):
            end = node.left.end_col_offset or 0
            between = self._code[end : node.right.col_offset]
            return self._column(end + len(between) - len(between.lstrip(" \t)")))
        return self._column(getattr(node, "col_offset", 0))

    def _column(self, index: int) -> int:
        place = min(max(index, 0) + self._skipped, len(self._columns) - 1)
        return self._columns[place] if self._columns else 1

    def _error(self, message: str, column: int) -> CircuitError:
        return CircuitError(message, self._expression, column)
