"""The keys of the circuit's screen, a table like the workbench's: bindings, footer and help are made from it."""

from __future__ import annotations

from tui_nn.tui.keys import Key

STEP, CHANGE, LOOK = "Step", "Change", "Look"

CIRCUIT_KEYS = (
    Key("space,right", "space", "step", "step", "The next gate: forward to the result, then back. Also right.", STEP),
    Key("left,backspace", "left", "step_back", "back", "One gate back.", STEP),
    Key("home", "home", "start", "start", "Before the first gate: only the inputs are known.", STEP),
    Key("end", "end", "finish", "all", "All numbers.", STEP),
    Key("down,tab", "down", "next_input", "input", "Choose the next input; up the one before.", CHANGE),
    Key("up,shift+tab", "up", "former_input", "former", "Choose the input before.", CHANGE),
    Key("plus,equals_sign", "+", "more", "+0.1", "A little more of the chosen input; all numbers follow.", CHANGE),
    Key("minus", "-", "less", "-0.1", "A little less of it.", CHANGE),
    Key("greater_than_sign,full_stop", ">", "much_more", "+1", "One more of it.", CHANGE),
    Key("less_than_sign,comma", "<", "much_less", "-1", "One less of it.", CHANGE),
    Key("enter", "enter", "value", "value", "Type the chosen input's value: a number, or -1/3.", CHANGE),
    Key("f", "f", "fold", "fold", "Sigmoid, softplus and relu as written, as one gate, or as many.", CHANGE),
    Key("e", "e", "expression", "expression", "Type another expression.", CHANGE),
    Key("o", "o", "open", "circuits", "Choose a bundled circuit.", CHANGE),
    Key("g", "g", "gates", "gates", "All gates with their local gradients.", LOOK),
    Key("m", "m", "modes", "modes", "Forward mode beside reverse mode: what each costs.", LOOK),
    Key("shift+left,H", "H", "pan('left')", "pan", "Move the drawing; also J K L, shift and arrows, the wheel.", LOOK),
    Key("shift+down,J", "J", "pan('down')", "down", "Move the drawing down.", LOOK),
    Key("shift+up,K", "K", "pan('up')", "up", "Move the drawing up.", LOOK),
    Key("shift+right,L", "L", "pan('right')", "right", "Move the drawing to the right.", LOOK),
    Key("s", "s", "save_picture", "picture", "Save the screen as an SVG picture.", LOOK),
    Key("question_mark,f1", "?", "help", "help", "This page.", LOOK),
    Key("q,escape,ctrl+q", "q", "leave", "leave", "Leave. Also Esc.", LOOK),
)
# The footer names a key of each pair; the help page all of them.
SHORT = ("step", "step_back", "next_input", "more", "less", "value", "fold", "expression", "open", "gates",
         "modes", "pan('left')", "save_picture", "start", "finish", "much_more", "much_less")  # fmt: skip
FIRST = ("step", "help", "leave")


def footer_keys() -> list[Key]:
    """The keys of the footer, the most useful first."""
    wanted = [*FIRST, *(action for action in SHORT if action not in FIRST)]
    return [key for action in wanted for key in CIRCUIT_KEYS if key.action == action]
