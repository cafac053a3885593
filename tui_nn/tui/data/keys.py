"""The keys of the data screen, a table like the workbench's: bindings, footer and help are made from it."""

from __future__ import annotations

from collections.abc import Set

from tui_nn.tui.key import Key, refusal

GO, CHANGE, LOOK = "Go", "Change", "Look"
SEEN, TABLE = ("columns",), ("columns", "table")
FURTHER, FORMER, PAGES = ("columns", "further"), ("columns", "former"), ("columns", "pages")
ANOTHER, NO_TARGET = (*TABLE, "another"), (*TABLE, "no target")

DATA_KEYS = (
    Key("down", "down", "down", "move", "Go to the next column; a click goes to any.", GO, FURTHER),
    Key("up", "up", "up", "move", "Go to the column before.", GO, FORMER),
    Key("pagedown", "PgDn", "page_down", "page", "Go on by a page.", GO, FURTHER),
    Key("pageup", "PgUp", "page_up", "page back", "Go back by a page.", GO, FORMER),
    Key("home", "home", "first", "first", "Go to the first column.", GO, FORMER),
    Key("end", "end", "last", "last", "Go to the last column.", GO, FURTHER),
    Key("slash", "/", "find_column", "find", "Go to a column by its name, or by the beginning of it.", GO, SEEN),
    Key(
        "t",
        "t",
        "target",
        "target",
        "Make the column the target; output layer and loss follow.",
        CHANGE,
        ANOTHER,
    ),
    Key("T", "T", "targets", "more targets", "Make it one more target, or no longer one.", CHANGE, ANOTHER),
    Key(
        "i",
        "i",
        "in_or_out",
        "in or out",
        "Leave the column out, or take it in as an input.",
        CHANGE,
        NO_TARGET,
    ),
    Key("m", "m", "missing", "missing", "Choose what is done where the column has no value.", CHANGE, TABLE),
    Key("M", "M", "missing_anywhere", "all missing", "Choose the same for all columns.", CHANGE, TABLE),
    Key("c", "c", "categories", "categories", "Take the column as categories, or as numbers again.", CHANGE, TABLE),
    Key("k", "k", "task", "task", "Choose what the answers are: classes, or numbers.", CHANGE, TABLE),
    Key("o", "o", "data_set", "data set", "Choose another data set.", CHANGE),
    Key("u", "u", "undo", "undo", "Undo the last change of the experiment.", CHANGE, ("undo",)),
    Key("U,ctrl+y", "U", "redo", "redo", "Redo the change last undone.", CHANGE, ("redo",)),
    Key(
        "v",
        "v",
        "next_page",
        "view",
        "Next: samples, scatter plot, rows by part and class, remarks.",
        LOOK,
        PAGES,
    ),
    Key("x", "x", "across", "x axis", "Put the column on the scatter plot, across.", LOOK, SEEN),
    Key("y", "y", "upwards", "y axis", "Put the column on the scatter plot, upwards.", LOOK, SEEN),
    Key(
        "enter",
        "enter",
        "enlarge",
        "enlarge",
        "Show what is beside the list alone; Esc or Enter goes back.",
        LOOK,
        SEEN,
    ),
    Key("space", "space", "train", "train", "Back to the workbench, and train.", LOOK),
    Key("ctrl+p", "^p", "palette", "find all", "Find a key or a theme by any word.", LOOK),
    Key("question_mark,f1", "?", "help", "keys", "This page.", LOOK),
    Key("escape,q", "esc", "leave", "back", "Back to the workbench. Also q.", LOOK),
)
# The footer's, the most useful first.
USEFUL = ("down", "up", "target", "in_or_out", "missing", "next_page", "leave", "data_set", "undo", "enlarge")


def footer_keys(facts: Set[str]) -> list[Key]:
    """The keys for the footer, without the last one, which is for help."""
    known = {key.action: key for key in DATA_KEYS}
    useful = [known[action] for action in USEFUL if not refusal(known[action], facts)]
    if {"further", "former"} <= facts:
        useful.remove(known["up"])  # who goes down knows the way back
    return useful
