"""Diagnosis: why a run does not learn, as verdicts that state a number, a threshold with its source, and what next.

Pure functions over what a run has recorded: `tui-nn doctor`, the workbench and `train --overfit` tell the same.
"""

from tui_nn.diagnosis.doctor import RULES, before_training, diagnose, is_by_hand, looks_odd
from tui_nn.diagnosis.remedy import Remedy
from tui_nn.diagnosis.verdict import Rule, Symptom, Verdict

__all__ = [
    "RULES",
    "Remedy",
    "Rule",
    "Symptom",
    "Verdict",
    "before_training",
    "diagnose",
    "is_by_hand",
    "looks_odd",
]
