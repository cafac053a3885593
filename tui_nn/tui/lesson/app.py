"""Screens of lessons on their own: for `tui-nn lesson NAME`, and for a class on a projector."""

from __future__ import annotations

import os
from dataclasses import replace

from tui_nn.lesson.classroom import Classroom
from tui_nn.lesson.walk import Walk
from tui_nn.render import Look
from tui_nn.tui.lesson.class_screen import ClassScreen
from tui_nn.tui.lesson.screen import LessonScreen
from tui_nn.tui.preferences import of_user
from tui_nn.tui.terminal_app import TerminalApp
from tui_nn.tui.themes import CONTRAST, CONTRAST_LIGHT, look_on


class LessonApp(TerminalApp):
    """One screen; leaving it ends the application."""

    TITLE = "tui-nn lesson"

    def __init__(self, walk: Walk, look: Look, theme: str = "") -> None:
        super().__init__()
        self._walk, self._look, self._theme = walk, look, theme

    def on_mount(self) -> None:
        self.prepare(self._theme)
        look = look_on(self.current_theme, self._look)
        self.push_screen(LessonScreen(self._walk, look), lambda _: self.exit(return_code=0))


class ClassApp(TerminalApp):
    """A class in high contrast."""

    TITLE = "tui-nn lesson"

    def __init__(self, room: Classroom, look: Look, *, dark: bool = False) -> None:
        super().__init__()
        self._room, self._look, self._dark = room, look, dark

    def on_mount(self) -> None:
        self.prepare(CONTRAST if self._dark else CONTRAST_LIGHT)
        look = look_on(self.current_theme, self._look)
        self.push_screen(ClassScreen(self._room, look), lambda _: self.exit(return_code=0))


def run_class(room: Classroom, *, dark: bool = False) -> int:
    """Open a class on a terminal. Returns the exit code."""
    return ClassApp(room, Look.detect(os.environ, terminal=True), dark=dark).run_in_terminal()


def run_lesson(walk: Walk) -> int:
    """Open a lesson on a terminal. Returns the exit code."""
    preferences = of_user().preferences  # theme and glyphs are those that the user chose in the workbench
    look = Look.detect(os.environ, terminal=True)
    return LessonApp(walk, replace(look, ascii=look.ascii or preferences.ascii), preferences.theme).run_in_terminal()
