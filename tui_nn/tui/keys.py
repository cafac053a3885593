"""The key table. Bindings, footer and help screen are made from it, so that none of them can lag behind."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True)
class Key:
    """keys: as Textual names them, with commas. show: as a person reads it. short: for the footer."""

    keys: str
    show: str
    action: str
    short: str
    help: str
    group: str


KEYS = (
    Key("space", "space", "play", "play/pause", "Train, or pause. After a run has ended: a new one.", "Train"),
    Key("b", "b", "step_batch", "batch", "Train one batch, then pause.", "Train"),
    Key("e", "e", "step_epoch", "epoch", "Train one epoch, then pause.", "Train"),
    Key("x", "x", "stop", "stop", "Stop, and save what was trained.", "Train"),
    Key("r", "r", "reset", "reset", "Start over from the SAME initial weights, paused.", "Train"),
    Key("n", "n", "reroll", "re-roll", "Start over from NEW initial weights (the next seed), paused.", "Train"),
    Key(
        "plus,equals_sign",
        "+",
        "faster",
        "faster",
        "Show more epochs a second, up to as fast as it goes.",
        "Train",
    ),
    Key("minus", "-", "slower", "slower", "Show fewer epochs a second.", "Train"),
    Key(
        "enter",
        "enter",
        "edit",
        "edit",
        "Change the selected row; on a view: enlarge it, Esc leaves.",
        "Build",
    ),
    Key("t", "t", "activation", "activation", "Choose the activation of the selected layer.", "Build"),
    Key("a", "a", "add_layer", "add", "Add a layer after the selected one, before the output.", "Build"),
    Key("d,delete", "d", "remove_layer", "remove", "Remove the selected layer.", "Build"),
    Key("left_square_bracket", "[", "move_up", "up", "Move the selected layer towards the input.", "Build"),
    Key(
        "right_square_bracket",
        "]",
        "move_down",
        "down",
        "Move the selected layer towards the output.",
        "Build",
    ),
    Key("v", "v", "next_view", "view", "Next view: loss, accuracy, confusion, weights, units.", "Look"),
    Key("l", "l", "next_layer", "layer", "Show the weights of the next layer.", "Look"),
    Key("tab", "tab", "focus_next", "focus", "Go to the next pane.", "Look"),
    Key("s", "s", "save_picture", "picture", "Save the screen as an SVG picture.", "Look"),
    Key("question_mark,f1", "?", "help", "help", "This page.", "Look"),
    Key("q,ctrl+q", "q", "quit", "quit", "Leave. While training it asks what is to become of the run.", "Look"),
)


def bindings() -> list[Binding]:
    """Textual bindings of the whole table. Enter belongs to the focused widget, Tab to the screen."""
    return [
        Binding(key.keys, key.action, key.short, show=False) for key in KEYS if key.action not in ("edit", "focus_next")
    ]


def footer(width: int) -> str:
    """Markup of lines at most `width` cells wide; each key can be clicked."""
    lines, used = [""], 0
    for key in KEYS:
        length = len(key.show) + 1 + len(key.short)
        if used and used + 2 + length > width:
            lines.append("")
            used = 0
        shown = key.show.replace("[", r"\[")
        word = f"[bold $accent]{shown}[/] {key.short}"
        if key.action != "focus_next":
            word = f"[@click=screen.{key.action}]{word}[/]"
        lines[-1] += f"{'  ' if used else ''}{word}"
        used += length + (2 if used else 0)
    return "\n".join(lines)


def help_text() -> str:
    """All keys with what they do, by group, as markup."""
    lines = []
    for group in dict.fromkeys(key.group for key in KEYS):
        lines.append(f"[bold]{group}[/]")
        for key in KEYS:
            if key.group == group:
                shown = key.show.replace("[", r"\[")
                lines.append(f"  [bold $accent]{shown}[/]{' ' * (7 - len(key.show))}{key.help}")
        lines.append("")
    return "\n".join(lines)
