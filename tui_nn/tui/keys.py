"""The key table. Bindings, footer, help page and command palette are made from it, so that none of them can lag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.binding import Binding

from tui_nn.plugin.knobs import LAYER, LOG, SMOOTHING, STANDARD, WINDOW, Knob
from tui_nn.plugin.view import View


@dataclass(frozen=True)
class Key:
    """keys: as Textual names them, with commas. show: as a person reads it. short: for the footer."""

    keys: str
    show: str
    action: str
    short: str
    help: str
    group: str


TRAIN, BUILD, LOOK, TIME, FILES = "Train", "Build", "Look", "Time", "Runs and files"


def _knob(knob: Knob, action: str) -> Key:
    return Key(knob.key, knob.key, action, knob.short, knob.help, LOOK)


KEYS = (
    Key("space", "space", "play", "play/pause", "Train or pause; after the end of a run, start a new one.", TRAIN),
    Key(
        "j",
        "j",
        "step_sample",
        "sample",
        "Step one sample of the next batch; after the last one, the update is applied.",
        TRAIN,
    ),
    Key("b", "b", "step_batch", "batch", "Train one batch, then pause.", TRAIN),
    Key("e", "e", "step_epoch", "epoch", "Train one epoch, then pause.", TRAIN),
    Key(
        "J",
        "J",
        "step_until",
        "until",
        "Train until a breakpoint: a wrong sample, NaN, or a large gradient in the next batch.",
        TRAIN,
    ),
    Key("x", "x", "stop", "stop", "Stop and save the run.", TRAIN),
    Key("R", "R", "resume", "resume", "Resume the run that is shown, where it was stopped or broke off.", TRAIN),
    Key("r", "r", "reset", "reset", "Start over from the SAME initial weights, paused.", TRAIN),
    Key(
        "n",
        "n",
        "reroll",
        "re-roll",
        "Start over from NEW initial weights, paused; in a view, its next reading.",
        TRAIN,
    ),
    Key("plus,equals_sign", "+", "faster", "faster", "Train faster, up to full speed.", TRAIN),
    Key("minus", "-", "slower", "slower", "Train slower: fewer epochs per second.", TRAIN),
    Key(
        "W",
        "W",
        "weight",
        "weight",
        "Edit weights in their matrix: Enter types one, a paste sets many.",
        TRAIN,
    ),
    Key("enter", "enter", "edit", "edit", "Edit the selected row; enlarge the focused view (Esc returns).", BUILD),
    Key("t", "t", "activation", "activation", "Choose the activation of the selected layer by its curve.", BUILD),
    Key("k", "k", "layer_kind", "kind", "Choose the kind of the selected layer.", BUILD),
    Key("a", "a", "add_layer", "add", "Add a layer after the selected one, before the output.", BUILD),
    Key("i", "i", "insert_layer", "insert", "Insert a layer before the selected one.", BUILD),
    Key("c", "c", "duplicate_layer", "copy", "Duplicate the selected layer.", BUILD),
    Key("d,delete", "d", "remove_layer", "remove", "Remove the selected layer.", BUILD),
    Key("left_square_bracket", "[", "move_up", "up", "Move the selected layer towards the input.", BUILD),
    Key("right_square_bracket", "]", "move_down", "down", "Move the selected layer towards the output.", BUILD),
    Key("u", "u", "undo", "undo", "Undo the last change, or weights set by hand.", BUILD),
    Key("U,ctrl+y", "U", "redo", "redo", "Redo the change last undone.", BUILD),
    Key("v", "v", "next_view", "view", "Show the next view in this pane that fits the data.", LOOK),
    Key("V", "V", "choose_view", "views", "Choose the view from a list.", LOOK),
    Key("y", "y", "why", "why", "Diagnose the run; Enter tries a remedy on a branch.", LOOK),
    _knob(LAYER, "next_layer"),
    Key("m", "m", "next_reading", "reading", "Next reading: percent, gradient, update, W - W0, a class.", LOOK),
    _knob(LOG, "log_axis"),
    _knob(SMOOTHING, "smoothing"),
    _knob(WINDOW, "window"),
    Key("X", "X", "switch_off", "off", "Switch the unit under the cursor off in every answer, or on again.", LOOK),
    Key(
        "F",
        "F",
        "freeze",
        "freeze",
        "Freeze the weights of the unit under the cursor, or let it learn again.",
        LOOK,
    ),
    Key("tab", "tab", "focus_next", "focus", "Go to the next pane; shift+tab to the previous one.", LOOK),
    Key("comma", ",", "time_back", "back", "Back in time by one recorded moment; every view follows.", TIME),
    Key("full_stop", ".", "time_forward", "forward", "Forward in time by one recorded moment.", TIME),
    Key("less_than_sign", "<", "time_far_back", "far back", "Back in time by a tenth of the run.", TIME),
    Key("greater_than_sign", ">", "time_far_forward", "far fwd", "Forward in time by a tenth of the run.", TIME),
    Key("0", "0", "time_now", "now", "Back to the present.", TIME),
    Key(
        "B",
        "B",
        "branch",
        "branch",
        "Branch: a new run from the weights shown, with the current settings.",
        FILES,
    ),
    Key("o", "o", "open", "open", "Open an example, an experiment file or a run.", FILES),
    Key("C", "C", "compare", "compare", "Compare runs: curves, settings that differ, results.", FILES),
    Key("P", "P", "plugins", "plugins", "Plugins: badges and curves; check one, reload an edited file.", FILES),
    Key("f", "f", "experiment_file", "file", "The experiment file: read, edit, save and load it.", FILES),
    Key("G", "G", "circuit", "circuits", "The chain rule gate by gate, on your own circuits.", FILES),
    Key("S", "S", "save_numbers", "csv", "Save the numbers of the view as CSV.", FILES),
    Key("s", "s", "save_picture", "picture", "Save the screen as an SVG picture.", FILES),
    Key("question_mark,f1", "?", "help", "help", "This page.", FILES),
    Key("q,ctrl+q", "q", "quit", "quit", "Quit; during training, asks whether to stop the run.", FILES),
)
# While something is typed over a cell of a view.
CELL = (
    Key("enter", "enter", "", "set", "Set what was typed.", LOOK),
    Key("escape", "esc", "", "leave", "Leave the cell as it was.", LOOK),
)
BACK = Key("escape", "esc", "", "back", "From an enlarged view to all panes.", LOOK)
# Enter belongs to the focused widget, Tab to the screen.
ELSEWHERE = ("edit", "focus_next")
ALWAYS = ("play", "help", "quit")  # in every footer, first


def bindings(table: Sequence[Key] = KEYS) -> list[Binding]:
    """Textual bindings of a whole table."""
    return [Binding(key.keys, key.action, key.short, show=False) for key in table if key.action not in ELSEWHERE]


def footer(
    width: int, groups: tuple[str, ...], lines: int = 2, of_view: Sequence[Key] = (), idle: Sequence[str] = ()
) -> str:
    """Markup of at most `lines` lines, at most `width` cells wide; each key can be clicked.

    of_view: what only the view in the focus has. idle: actions that mean nothing to it. What has no room is left out:
    the help page has it all.
    """
    first = [key for action in ALWAYS for key in KEYS if key.action == action]
    rest = [key for group in groups for key in KEYS if key.group == group and key.action not in (*ALWAYS, *idle)]
    return lines_of([*first, *of_view, *rest], width, lines)


def of_view(view: View, has_readings: bool) -> tuple[list[Key], list[str]]:
    """Keys that only this view has, and actions of the table that mean nothing to it, or have another key in it."""
    knobs = [knob for knob in view.knobs if knob not in STANDARD]
    own = [Key(knob.key, _shown(knob), "", knob.short, knob.help, LOOK) for knob in knobs]
    if view.cursor is not None:
        own.insert(0, Key("", "arrows", "", "cursor", "Show the cursor, and move it.", LOOK))
    if has_readings:
        own.append(Key("n", "n", "next_reading", "reading", "Next reading.", LOOK))
    idle = [key.action for key in KEYS for knob in STANDARD if key.keys == knob.key and knob not in view.knobs]
    idle += [key.action for key in KEYS if any(knob.step(key.show, *key.keys.split(",")) for knob in knobs)]
    return own, [action for action in (*idle, "next_reading", "reroll") if action != "step_sample"]


def _shown(knob: Knob) -> str:
    """Its key, and the one back."""
    return " ".join(keys.split(",")[0] for keys in (knob.key, knob.back) if keys)


def lines_of(table: Sequence[Key], width: int, lines: int = 2) -> str:
    """Markup of as many of these keys as have room."""
    made, used = [""], 0
    for key in table:
        length = len(key.show) + 1 + len(key.short)
        if used and used + 2 + length > width:
            if len(made) == lines:
                break
            made.append("")
            used = 0
        made[-1] += f"{'  ' if used else ''}{_clickable(key)}"
        used += length + (2 if used else 0)
    return "\n".join(made)


def _clickable(key: Key) -> str:
    shown = key.show.replace("[", r"\[")
    word = f"[bold $accent]{shown}[/] {key.short}"
    return word if key.action in ("focus_next", "") else f"[@click=screen.{key.action}]{word}[/]"


def help_text(table: Sequence[Key] = KEYS) -> str:
    """All keys of a table with what they do, by group, as markup."""
    lines = []
    for group in dict.fromkeys(key.group for key in table):
        lines.append(f"[bold]{group}[/]")
        for key in table:
            if key.group == group:
                shown = key.show.replace("[", r"\[")
                lines.append(f"  [bold $accent]{shown}[/]{' ' * (7 - len(key.show))}{key.help}")
        lines.append("")
    return "\n".join(lines)
