"""The keys of the circuit's screen, a table like the workbench's: bindings, footer and help are made from it."""

from __future__ import annotations

from collections.abc import Collection

from tui_nn.tui.key import Key, refusal

STEP, CHANGE, LOOK = "Step", "Change", "Look"

CIRCUIT_KEYS = (
    Key("space,right", "space", "step", "step", "Next gate: forward to the result, then backward. Also right.", STEP),
    Key("left,backspace", "left", "step_back", "back", "Previous gate.", STEP, ("begun",)),
    Key("home", "home", "start", "start", "Back to the start: only the inputs are known.", STEP, ("begun",)),
    Key("end", "end", "finish", "all", "To the end: all numbers.", STEP, ("unfinished",)),
    Key(
        "down,tab",
        "down",
        "next_input",
        "input",
        "Choose the next input; up chooses the previous.",
        CHANGE,
        ("inputs",),
    ),
    Key("up,shift+tab", "up", "former_input", "former", "Choose the previous input.", CHANGE, ("inputs",)),
    Key("plus,equals_sign", "+", "more", "+0.1", "Increase the chosen input by 0.1; all numbers follow.", CHANGE),
    Key("minus", "-", "less", "-0.1", "Decrease it by 0.1.", CHANGE),
    Key("greater_than_sign,full_stop", ">", "much_more", "+1", "Increase it by 1.", CHANGE),
    Key("less_than_sign,comma", "<", "much_less", "-1", "Decrease it by 1.", CHANGE),
    Key("enter", "enter", "value", "value", "Type a value for the chosen input, such as 0.5 or -1/3.", CHANGE),
    Key("f", "f", "fold", "fold", "Draw sigmoid, softplus and relu as written, as one gate each, or in parts.", CHANGE),
    Key("e", "e", "expression", "expression", "Type another expression.", CHANGE),
    Key("o", "o", "open", "circuits", "Choose a bundled circuit.", CHANGE),
    Key("ctrl+p", "^p", "palette", "find", "Find a key, a circuit or a theme by any word.", LOOK),
    Key("g", "g", "gates", "gates", "List all gates with their local gradients.", LOOK),
    Key("c", "c", "code", "code", "Show or hide the circuit as a Python program, with the lines of the step.", LOOK),
    Key("m", "m", "modes", "modes", "Compare forward and reverse mode: what each costs.", LOOK),
    Key(
        "shift+left,H",
        "H",
        "pan_left",
        "pan",
        "Move the drawing, or the code in its place; also shift and arrows, the wheel.",
        LOOK,
    ),
    Key("shift+down,J", "J", "pan_down", "down", "Move the drawing down.", LOOK),
    Key("shift+up,K", "K", "pan_up", "up", "Move the drawing up.", LOOK),
    Key("shift+right,L", "L", "pan_right", "right", "Move the drawing right.", LOOK),
    Key("s", "s", "save_picture", "picture", "Save the circuit as a picture, SVG and PNG.", LOOK),
    Key("question_mark,f1", "?", "help", "keys", "This page.", LOOK),
    Key("q,escape,ctrl+q", "q", "leave", "leave", "Quit. Also Esc.", LOOK),
)
# The footer's, the most useful first.
USEFUL = ("step", "step_back", "finish", "next_input", "more", "value", "expression", "open", "code", "leave")


def footer_keys(facts: Collection[str]) -> list[Key]:
    """The keys for the footer, without the last one, which is for help."""
    known = {key.action: key for key in CIRCUIT_KEYS}
    return [known[action] for action in USEFUL if not refusal(known[action], facts)]
