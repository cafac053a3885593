"""The key table. Bindings, footer, help page and palette are made from it, so that none of them can lag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from textwrap import wrap

from textual.binding import Binding

from tui_nn.plugin.knobs import LAYER, LOG, SMOOTHING, STANDARD, WINDOW, Knob
from tui_nn.plugin.view import View
from tui_nn.tui.key import BUILD, FILES, LOOK, TIME, TRAIN, Key


def _knob(knob: Knob, action: str) -> Key:
    return Key(knob.key, knob.key, action, knob.short, knob.help, LOOK, (knob.name,))


READY, HERE, LAYERS = ("ready",), ("experiment",), ("experiment", "layer")
BEGINS, STEPS = ("begins",), ("steps",)
EARLIER, PAST = ("earlier",), ("past",)
KEYS = (
    Key("space", "space", "play", "train", "Train or pause; after the end of a run, start a new one.", TRAIN, READY),
    Key(
        "j",
        "j",
        "step_sample",
        "sample",
        "Step one sample of the next batch; after the last one, the update is applied.",
        TRAIN,
        ("samples",),
    ),
    Key("b", "b", "step_batch", "batch", "Train one batch, then pause.", TRAIN, STEPS),
    Key("e", "e", "step_epoch", "epoch", "Train one epoch, then pause.", TRAIN, STEPS),
    Key(
        "J",
        "J",
        "step_until",
        "until",
        "Train until a breakpoint: a wrong sample, NaN, or a large gradient in the next batch.",
        TRAIN,
    ),
    Key("x", "x", "stop", "stop", "Stop and save the run.", TRAIN, ("training", "begins")),
    Key(
        "R",
        "R",
        "resume",
        "resume",
        "Resume the run that is shown, where it was stopped or broke off.",
        TRAIN,
        ("resumable",),
    ),
    Key("r", "r", "reset", "reset", "Start over from the SAME initial weights, paused.", TRAIN, BEGINS),
    Key(
        "n",
        "n",
        "reroll",
        "re-roll",
        "Start over from NEW initial weights, paused; in a view, its next reading.",
        TRAIN,
        HERE,
    ),
    Key("plus,equals_sign", "+", "faster", "faster", "Train faster, up to full speed.", TRAIN, ("faster",)),
    Key("minus", "-", "slower", "slower", "Train slower: fewer epochs per second.", TRAIN, ("slower",)),
    Key(
        "W",
        "W",
        "weight",
        "weight",
        "Edit weights in their matrix: Enter types one, a paste sets many.",
        TRAIN,
        ("view",),
    ),
    Key("enter", "enter", "edit", "edit", "Edit the selected row; enlarge the focused view (Esc returns).", BUILD),
    Key("t", "t", "activation", "activation", "Choose the activation of the selected layer.", BUILD, LAYERS),
    Key("k", "k", "layer_kind", "kind", "Choose the kind of the selected layer.", BUILD, LAYERS),
    Key("a", "a", "add_layer", "add layer", "Add a layer after the selected one, before the output.", BUILD, HERE),
    Key("i", "i", "insert_layer", "insert", "Insert a layer before the selected one.", BUILD, LAYERS),
    Key("c", "c", "duplicate_layer", "copy", "Duplicate the selected layer.", BUILD, LAYERS),
    Key("d,delete", "d", "remove_layer", "remove", "Remove the selected layer.", BUILD, (*LAYERS, "hidden")),
    Key(
        "left_square_bracket",
        "[",
        "move_up",
        "up",
        "Move the selected layer towards the input.",
        BUILD,
        (*LAYERS, "hidden", "upwards"),
    ),
    Key(
        "right_square_bracket",
        "]",
        "move_down",
        "down",
        "Move the selected layer towards the output.",
        BUILD,
        (*LAYERS, "hidden", "downwards"),
    ),
    Key("u", "u", "undo", "undo", "Undo the last change, or weights set by hand.", BUILD, ("undo",)),
    Key("U,ctrl+y", "U", "redo", "redo", "Redo the change last undone.", BUILD, ("redo",)),
    Key(
        "D",
        "D",
        "data",
        "data",
        "The data: every column, what is made of it and why; keys there change that.",
        LOOK,
    ),
    Key("v", "v", "next_view", "view", "Show the next view in this pane that fits the data.", LOOK, ("view",)),
    Key("V", "V", "choose_view", "views", "Choose the view from a list.", LOOK, ("view",)),
    Key("y", "y", "why", "why", "Diagnose the run; Enter tries a remedy on a branch.", LOOK, ("trained",)),
    Key(LAYER.key, LAYER.key, "next_layer", LAYER.short, LAYER.help, LOOK, ("view",)),
    Key(
        "m",
        "m",
        "next_reading",
        "reading",
        "Next reading: percent, gradient, update, W - W0, a class.",
        LOOK,
        ("readings",),
    ),
    _knob(LOG, "log_axis"),
    _knob(SMOOTHING, "smoothing"),
    _knob(WINDOW, "window"),
    Key(
        "X",
        "X",
        "switch_off",
        "off",
        "Switch the unit under the cursor off in every answer, or on again.",
        LOOK,
        ("unit",),
    ),
    Key(
        "F",
        "F",
        "freeze",
        "freeze",
        "Freeze the weights of the unit under the cursor, or let it learn again.",
        LOOK,
        ("unit",),
    ),
    Key("tab", "tab", "focus_next", "pane", "Go to the next pane; shift+tab to the previous one.", LOOK, ("several",)),
    Key(
        "comma",
        ",",
        "time_back",
        "back",
        "Back in time by one recorded moment; every view follows.",
        TIME,
        EARLIER,
    ),
    Key("full_stop", ".", "time_forward", "forward", "Forward in time by one recorded moment.", TIME, PAST),
    Key("less_than_sign", "<", "time_far_back", "far back", "Back in time by a tenth of the run.", TIME, EARLIER),
    Key(
        "greater_than_sign",
        ">",
        "time_far_forward",
        "far fwd",
        "Forward in time by a tenth of the run.",
        TIME,
        PAST,
    ),
    Key("0", "0", "time_now", "now", "Back to the present.", TIME, PAST),
    Key(
        "B",
        "B",
        "branch",
        "branch",
        "Branch: a new run from the weights shown, with the current settings.",
        FILES,
        ("weights", "begins"),
    ),
    Key("o", "o", "open", "open", "Open an example, an experiment file, a table or a run.", FILES),
    Key(
        "ctrl+p",
        "^p",
        "palette",
        "find",
        "Find a setting, view, example, run, lesson, theme or key by any word.",
        FILES,
    ),
    Key("C", "C", "compare", "compare", "Compare runs: curves, settings that differ, results.", FILES),
    Key("P", "P", "plugins", "plugins", "Plugins: badges and curves; check one, reload an edited file.", FILES),
    Key("f", "f", "experiment_file", "file", "The experiment file: read, edit, save and load it.", FILES),
    Key("G", "G", "circuit", "circuits", "The chain rule gate by gate, on your own circuits.", FILES),
    Key("L", "L", "lessons", "lessons", "The lessons: read, answer, see why; Esc comes back here.", FILES),
    Key("S", "S", "save_numbers", "csv", "Save the numbers of the view as CSV.", FILES, ("view", "trained")),
    Key(
        "s",
        "s",
        "save_picture",
        "picture",
        "Save the view as a picture, SVG and PNG.",
        FILES,
        ("view",),
    ),
    Key("question_mark,f1", "?", "help", "keys", "This page: all keys, and how to read the screen.", FILES),
    Key("q,ctrl+q", "q", "quit", "quit", "Quit; during training, asks whether to stop the run.", FILES),
)
LEAVE = Key(
    "escape", "esc", "leave", "back", "Back by one: from the cursor, from the whole screen, to the experiment.", LOOK
)
# What a lesson has beside the keys of the workbench: those that a presenter's clicker sends.
LESSON = (
    *KEYS,
    Key("pagedown", "PgDn", "page_on", "next view", "The next view of the lesson, in the pane with the focus.", LOOK),
    Key("pageup", "PgUp", "page_back", "view before", "The view before.", LOOK),
)
# While something is typed over a cell of a view.
CELL = (
    Key("enter", "enter", "", "set", "Set what was typed.", LOOK),
    Key("escape", "esc", "", "leave", "Leave the cell as it was.", LOOK),
)
BRACKET = r"\["  # one that is no markup
# Enter belongs to the focused widget, Tab to the screen.
ELSEWHERE = ("edit", "focus_next")


def bindings(table: Sequence[Key] = KEYS) -> list[Binding]:
    """Textual bindings of a whole table, for a `Keyed` screen."""
    return [
        Binding(key.keys, f"press('{key.action}')", key.short, show=False)
        for key in table
        if key.action not in ELSEWHERE
    ]


def of_view(view: View, has_readings: bool) -> tuple[list[Key], list[str]]:
    """Keys that only this view has, and actions of the table that mean nothing to it, or have another key in it."""
    knobs = [knob for knob in view.knobs if knob not in STANDARD]
    own = [Key(knob.key, shown(knob), "", knob.short, knob.help, LOOK) for knob in knobs]
    if has_readings:
        own.insert(0, Key("n", "n", "next_reading", "reading", "Next reading.", LOOK))
    if view.cursor is not None:
        own.insert(0, Key("", "arrows", "", "cursor", "Show the cursor, and move it.", LOOK))
    idle = [key.action for key in KEYS for knob in STANDARD if key.keys == knob.key and knob not in view.knobs]
    idle += [key.action for key in KEYS if any(knob.step(key.show, *key.keys.split(",")) for knob in knobs)]
    return own, [action for action in (*idle, "reroll") if action != "step_sample"]


def own_keys(view: View, readings: Sequence[str]) -> list[Key]:
    """Keys of a view below what it says of itself: those that only it has, and those of the table that turn it."""
    group = f"{view.name}: {view.description}"
    turned = [Key(knob.key, knob.key, "", knob.short, knob.help, group) for knob in view.knobs if knob in STANDARD]
    only = [replace(key, group=group) for key in of_view(view, len(readings) > 1)[0]]
    words = f"Next reading of {', '.join(readings)}."
    return [*(replace(key, help=words) if key.action == "next_reading" else key for key in only), *turned]


def shown(knob: Knob) -> str:
    """Its key, and the one back."""
    return " ".join(keys.split(",")[0] for keys in (knob.key, knob.back) if keys)


def help_text(table: Sequence[Key] = KEYS, width: int | None = None) -> str:
    """All keys of a table with what they do, by group, as markup; in that many cells what they do is one column."""
    lines, column = [], " " * 9
    for group in dict.fromkeys(key.group for key in table):
        lines.append(f"[bold]{group.replace('[', BRACKET)}[/]")
        for key in table:
            if key.group == group:
                shown = key.show.replace("[", BRACKET)
                space = " " * (7 - len(key.show))
                wrapped = [key.help] if width is None else wrap(key.help, max(width - len(column), 10))
                lines.append(f"  [bold $accent]{shown}[/]{space}" + f"\n{column}".join(wrapped))
        lines.append("")
    return "\n".join(lines)
