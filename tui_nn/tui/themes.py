"""Themes of our own: high contrast, dark and light, with colours that every kind of colour vision tells apart."""

from __future__ import annotations

from dataclasses import replace

from rich.color import Color, ColorSystem, blend_rgb
from rich.color_triplet import ColorTriplet
from textual.theme import Theme

from tui_nn.render import Look
from tui_nn.render.contrast import contrast

CONTRAST, CONTRAST_LIGHT = "high-contrast", "high-contrast-light"

THEMES = (
    Theme(
        name=CONTRAST,
        primary="#4db2ff",
        secondary="#ffd000",
        accent="#ffd000",
        foreground="#ffffff",
        background="#000000",
        surface="#000000",
        panel="#1a1a1a",
        success="#4db2ff",
        warning="#ffd000",
        error="#ff9a3c",
        dark=True,
        variables={"text-muted": "#e0e0e0", "surface-lighten-2": "#8a8a8a"},
    ),
    Theme(
        name=CONTRAST_LIGHT,
        primary="#0050b0",
        secondary="#7a4800",
        accent="#7a4800",
        foreground="#000000",
        background="#ffffff",
        surface="#ffffff",
        panel="#e8e8e8",
        success="#0050b0",
        warning="#7a4800",
        error="#9a3000",
        dark=False,
        variables={"text-muted": "#202020", "surface-lighten-2": "#767676"},
    ),
)

# Accent and warning on dark and on light: of 16 colours the nearest to an orange is red, which is for errors.
ON_16 = {True: ("#00ffff", "#ffff00"), False: ("#0000b3", "#806000")}

# The nearest to Textual's tints of what is wrong, right or warned of are greys; on light the yellow of some terminals
# is hardly seen.
SAID = {
    True: {"text-error": "#ff5555", "text-success": "#55ff55", "text-warning": "#ffff55"},
    False: {"text-error": "#aa0000", "text-success": "#006000", "text-warning": "#aa00aa"},
}
LIGHT_GREY, GREY = 7, 8  # their numbers

SEEN = 3.0  # contrast of what is no letter but has to be seen, by the guidelines
STEPS = 20  # from a colour to black
BLACK = ColorTriplet(0, 0, 0)


def with_frames(theme: Theme) -> Theme:
    """In Textual's light themes frames are lighter than their ground, and the one with the focus hardly darker."""
    if theme.dark or theme.ansi:
        return theme
    ground = Color.parse(theme.background or "#e0e0e0").get_truecolor()
    accent = Color.parse(theme.accent or theme.primary).get_truecolor()
    step = 0
    while contrast(darker := blend_rgb(accent, BLACK, step / STEPS), ground) < SEEN:
        step += 1
    return replace(theme, accent=darker.hex, variables={"surface-lighten-2": "#a0a0a0", **theme.variables})


def of_256(theme: Theme) -> Theme:
    """Without the tint of its panels: the nearest of 256 colours to a dark grey with a little blue is a dark blue."""
    if theme.ansi:
        return theme
    panel = Color.parse(theme.to_color_system().generate()["panel"])
    red, green, blue = panel.downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
    if red == green == blue:
        return theme
    grey = round(sum(panel.get_truecolor()) / 3)
    return replace(theme, panel=ColorTriplet(grey, grey, grey).hex)


def of_sixteen(theme: Theme) -> Theme:
    """The theme for a terminal of 16 colours. Those that are the terminal's own stay as they are."""
    if theme.ansi:
        return theme
    accent, warning = ON_16[theme.dark]
    # The nearest to the frame of some themes is their ground.
    ground = Color.parse(theme.background or "#000000").downgrade(ColorSystem.STANDARD)
    frame = "#c0c0c0" if ground.number == GREY else "#606060"
    # And the nearest to the bar in a list may be a grey, on which letters are faint, or which is next to the ground.
    bar = Color.parse(theme.primary).downgrade(ColorSystem.STANDARD)
    is_faint = bar.number in ((GREY,) if theme.dark else (GREY, LIGHT_GREY))
    return replace(
        theme,
        accent=accent,
        warning=warning,
        primary=accent if is_faint else theme.primary,
        variables={"surface-lighten-2": frame, **SAID[theme.dark], **theme.variables},
    )


def adapted(theme: Theme, system: str | None) -> Theme:
    """The theme for a terminal with such colours, as Rich names them."""
    if system == "standard":
        return of_sixteen(theme)
    return with_frames(of_256(theme) if system == "256" else theme)


def look_on(theme: Theme, look: Look) -> Look:
    """The look under a theme: what is drawn on light must be dark."""
    return replace(look, light=not theme.dark, contrast=theme.name in (CONTRAST, CONTRAST_LIGHT))
