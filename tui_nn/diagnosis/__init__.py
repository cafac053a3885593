"""Diagnosis: why a run does not learn, as verdicts that state a number, a threshold with its source, and what next.

Pure functions over what a run has recorded: `tui-nn doctor`, the workbench and `train --overfit` tell the same.
"""

from tui_nn.diagnosis.doctor import RULES, diagnose
from tui_nn.diagnosis.verdict import Finding, Rule, Verdict

__all__ = ["RULES", "Finding", "Rule", "Verdict", "diagnose"]
