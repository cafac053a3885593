"""The checks: one kind of question each. The first key of a check in `toml ask` names it."""

from tui_nn.lesson.checks.choosing import ChoiceCheck, OrderCheck
from tui_nn.lesson.checks.doing import DoCheck
from tui_nn.lesson.checks.fields import FieldsCheck
from tui_nn.lesson.checks.judgement import Check, Judgement, Unreadable
from tui_nn.lesson.checks.naming import TruthCheck, VerdictCheck
from tui_nn.lesson.checks.number import EstimateCheck, NumberCheck
from tui_nn.lesson.checks.setting import InputsCheck, WeightsCheck
from tui_nn.lesson.checks.writing import ExpressionCheck, TextCheck

CHECKS: dict[str, type[Check]] = {
    "number": NumberCheck,
    "fields": FieldsCheck,
    "estimate": EstimateCheck,
    "choice": ChoiceCheck,
    "order": OrderCheck,
    "inputs": InputsCheck,
    "weights": WeightsCheck,
    "expression": ExpressionCheck,
    "truth": TruthCheck,
    "do": DoCheck,
    "verdict": VerdictCheck,
    "text": TextCheck,
}

__all__ = ["CHECKS", "Check", "Judgement", "Unreadable"]
