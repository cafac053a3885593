"""The last line of a screen: the keys that are most useful now, eight at most, of those that do something now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from tui_nn.tui.key import Key, refusal
from tui_nn.tui.keys import KEYS

MOST = 8
PAIRS = {"faster": ("slower", "speed"), "time_back": ("time_forward", "time")}  # shown as one: `+ - speed`

# By what is done, the most useful first; what does nothing now is left out.
BUILDING = ("play", "edit", "activation", "add_layer", "next_view", "open", "palette", "focus_next", "quit")
TRAINING = ("play", "faster", "step_batch", "step_epoch", "stop", "edit", "focus_next", "palette")
AFTER = ("play", "resume", "edit", "why", "focus_next", "compare", "open", "palette")
LOOKING_BACK = ("play", "branch", "time_back", "time_now", "edit", "focus_next", "compare", "palette")
LOOKING = (
    "play", "edit", "switch_off", "freeze", "next_view", "time_back", "time_now", "focus_next", "why", "save_picture",
    "palette",
)  # fmt: skip
TEACHING = ("play", "step_epoch", "page_on", "edit", "focus_next", "time_back", "faster", "palette", "quit")
OF_VIEW = 5  # keys that only the view in the focus has
UNTRAINABLE = "untrainable"  # the fact that a run to begin would be of an experiment that no run can be of
STEPS = ("step_batch", "step_epoch")  # what a run that goes on does by itself


def chosen(facts: Collection[str]) -> tuple[str, ...]:
    """The actions that may be offered, the most useful first."""
    if "lesson" in facts:
        return TEACHING
    if "experiment" not in facts:
        return LOOKING
    if "past" in facts:
        return LOOKING_BACK
    if "running" in facts or "starting" in facts:
        return tuple(action for action in TRAINING if action not in STEPS)
    return TRAINING if "training" in facts else AFTER if "trained" in facts else BUILDING


def label(key: Key, facts: Collection[str]) -> str:
    """What a key does in this state."""
    if key.action == "play":
        return "pause" if "running" in facts else "new run" if "ended" in facts or "crashed" in facts else "train"
    if key.action == "edit" and "experiment" not in facts:
        return "shrink" if "enlarged" in facts else "enlarge"
    return key.short


def offers(
    facts: frozenset[str], own: Sequence[Key] = (), idle: Collection[str] = (), table: Sequence[Key] = KEYS
) -> list[Key]:
    """The keys for the footer without the last one, which is for help.

    own: of the view in the focus; a lesson has room for less of it. idle: actions that mean nothing to it.
    """
    if "lesson" in facts:
        own = own[:1]
    known = {key.action: key for key in table}
    useless = {*idle, *(["play"] if UNTRAINABLE in facts else [])}
    useful = [known[action] for action in chosen(facts) if action not in useless]
    found = [replace(key, short=label(key, facts)) for key in useful if _of_pair(key, facts)]
    first = [key for key in found if key.action == "play"]
    return [*first, *own[:OF_VIEW], *(key for key in found if key not in first)]


def _of_pair(key: Key, facts: Collection[str]) -> list[Key]:
    """This key and the one that is shown with it, as far as they do something."""
    beside = PAIRS.get(key.action, ("", ""))[0]
    pair = [key, *(other for other in KEYS if other.action == beside)] if beside else [key]
    return [one for one in pair if not refusal(one, facts)]


def markup(
    keys: Sequence[Key], width: int, facts: Collection[str] = (), last: Key | None = None, bar: str = "│"
) -> str:
    """Markup of as many keys as have room in one line, `last` always among them; each can be clicked."""
    made, used, count, group = "", 0, 0, ""
    end = _entry(last, facts) if last is not None else ("", -2)
    for key in keys:
        between = "" if not count else "  " if key.group == group else f" {bar} "
        shown, cells = _entry(key, facts)
        if used + len(between) + cells + 2 + end[1] > width or count == MOST - (last is not None):
            break
        made += between + shown
        used, count, group = used + len(between) + cells, count + 1, key.group
    return f"{made}{'  ' if made and end[0] else ''}{end[0]}"


def _entry(key: Key, facts: Collection[str]) -> tuple[str, int]:
    """The markup of a key, or of a pair of them, and the cells that it takes."""
    keys = _of_pair(key, facts)
    short = PAIRS.get(key.action, ("", key.short))[1]
    shown = " ".join(_clickable(f"[bold $text]{_escaped(one.show)}[/]", one.action) for one in keys)
    cells = sum(len(one.show) for one in keys) + len(keys) - 1
    return f"{shown} {_clickable(short, keys[0].action)}", cells + 1 + len(short)


def _clickable(text: str, action: str) -> str:
    return text if not action else f"[@click=screen.press('{action}')]{text}[/]"


def _escaped(text: str) -> str:
    return text.replace("[", r"\[")
