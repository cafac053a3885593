"""A key: what it is called, what it does, and the facts without which it does nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from tui_nn.confined import WATCHED

TRAIN, BUILD, LOOK, TIME, FILES = "Train", "Build", "Look", "Time", "Runs and files"  # groups
# Of the other groups, what leaves run and experiment as they are; and of those that look, what does not.
LOOKS_TOO = ("edit", "palette", "save_numbers", "save_picture", "help", "quit")
CHANGES = ("freeze",)


@dataclass(frozen=True)
class Key:
    """keys: as Textual names them, with commas. show: as a person reads it. short: for the footer.

    needs: the facts (see NEEDED) without which it does nothing.
    """

    keys: str
    show: str
    action: str
    short: str
    help: str
    group: str
    needs: tuple[str, ...] = ()

    @property
    def looks(self) -> bool:
        """Whether it neither trains, nor changes or opens anything."""
        return (self.group in (LOOK, TIME) and self.action not in CHANGES) or self.action in LOOKS_TOO


BEGINS_ONE = "This key begins a run: space does it from here, or go to the experiment with Esc."
# What a key may need, and what is said where it is missing. Those of the experiment come first.
NEEDED = {
    "experiment": "This key changes the experiment: go there first, with Esc.",
    "layer": "Select a layer first.",
    "hidden": "The output layer stays where it is.",
    "upwards": "This layer cannot move up.",
    "downwards": "This layer cannot move down.",
    "undo": "There is nothing to undo here.",
    "redo": "There is nothing to redo here.",
    "ready": "The trainer is starting.",
    "training": "Nothing is training.",
    "resumable": "This run has nothing to resume.",
    "faster": "This is full speed.",
    "slower": "This is the slowest.",
    "trained": "Nothing has been trained yet.",
    "weights": "There is no run to branch from yet.",
    "begins": "This key begins or ends a run: go to the experiment first, with Esc.",
    "steps": BEGINS_ONE,
    "samples": BEGINS_ONE,
    "earlier": "Nothing earlier has been recorded.",
    "past": "This is the present.",
    "unit": "Put the cursor on a hidden unit first: in unit, units, excites, votes, network.",
    "begun": "This is the start.",
    "unfinished": "This is the end.",
    "inputs": "There is only one input.",
    "columns": "There are no columns to see yet.",
    "table": "These data are no table: what is made of them is fixed.",
    "further": "This is the last column.",
    "former": "This is the first column.",
    "pages": "There is no other page here.",
    "another": "This column is the only target, and there has to be one.",
    "no target": "This column is a target: t on another one makes that the target.",
    "view": "No view is shown.",
    "several": "Only this pane is shown: Esc brings the others back.",
    "readings": "No view shown here has several readings.",
    "log": "No view shown here has an axis for this.",
    "smoothing": "No view shown here has a curve.",
    "window": "No view shown here has epochs.",
}
# Facts that only say whether a letter is meant: whoever names what it does needs none of them.
OF_FOCUS = frozenset({"experiment", "begins", "steps", "samples"})


LOOKS_ALONE = "watched"  # the fact that the run is another's, of which nothing is to be steered


def refusal(key: Key, facts: Collection[str]) -> str:
    """Why this key does nothing now, as a sentence; empty if it does something."""
    if LOOKS_ALONE in facts and not key.looks:
        return WATCHED
    return next((said for fact, said in NEEDED.items() if fact in key.needs and fact not in facts), "")
