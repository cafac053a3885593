"""A card of the keys to begin with, which stands in the empty axes before anything has been trained."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from rich.style import Style
from rich.text import Text

from tui_nn.render.axes import LABELS
from tui_nn.render.look import Look
from tui_nn.render.palette import DIM, TRAIN, accent
from tui_nn.tui.keys import LESSON

TRAINING = ("play", "step_epoch")  # actions of an experiment that can be trained
FIRST = {  # actions, the most important first
    "play": "train",
    "edit": "edit the row",
    "add_layer": "add a layer",
    "activation": "activation",
    "open": "examples, runs",
    "choose_view": "other views",
    "help": "all keys",
}
# Where the experiment is not on the screen, and keys that change it do nothing.
PRESENTED = {
    "play": "train",
    "step_epoch": "an epoch",
    "page_on": "next view",
    "edit": "the whole screen",
    "palette": "settings",
    "help": "all keys",
}
MARGIN = 1  # cells beside the card


def without(idle: Collection[str], first: Mapping[str, str]) -> dict[str, str]:
    """The keys that are left where these actions do nothing."""
    return {action: words for action, words in first.items() if action not in idle}


def card(look: Look, first: Mapping[str, str] = FIRST) -> list[Text]:
    """A line a key, all of one width."""
    shown = {key.action: key.show for key in LESSON}
    wide = max(len(shown[action]) for action in first)
    bold = accent(TRAIN, look) + Style(bold=look.depth != "none")
    lines = [
        Text(f"{shown[action]:<{wide}}  ", bold).append(words, accent(DIM, look)) for action, words in first.items()
    ]
    longest = max(line.cell_len for line in lines)
    for line in lines:
        line.pad_right(longest - line.cell_len)
    return lines


def with_card(text: Text, width: int, height: int, look: Look, first: Mapping[str, str] = FIRST) -> Text:
    """The card in the middle of the axes of a curve, or of an empty box; as much of it as has room."""
    left, top, bottom = (LABELS + 1, 1, 2) if text else (0, 0, 0)
    shown = card(look, first)[: max(0, height - top - bottom)]
    if not shown or shown[0].cell_len + 2 * MARGIN > width - left:
        return text
    column = left + (width - left - shown[0].cell_len) // 2
    start = top + (height - top - bottom - len(shown)) // 2
    lines = list(text.split("\n", allow_blank=True)) if text else []
    lines += [Text(no_wrap=True) for _ in range(start + len(shown) - len(lines))]
    for number, line in enumerate(shown, start=start):
        behind = lines[number]
        behind.pad_right(max(0, column + line.cell_len - behind.cell_len))
        lines[number] = behind[:column].append_text(line).append_text(behind[column + line.cell_len :])
    return Text("\n", no_wrap=True, end="").join(lines)
