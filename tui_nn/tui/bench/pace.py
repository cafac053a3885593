"""How fast a run goes that is watched: chosen here, remembered, and said to its trainer again before it is over."""

from __future__ import annotations

import time

from tui_nn.tui.launching import HOLDS
from tui_nn.tui.preferences import Preferences, Remembered
from tui_nn.tui.trainer_client import LIVE_STATES, TrainerClient

SPEEDS = (1.0, 3.0, 10.0, 30.0, 100.0, 0.0)  # epochs a second; 0 is as fast as it goes


class ChosenPace:
    """The speed that was chosen, in epochs a second, and whether the run under way goes at it."""

    def __init__(self, client: TrainerClient, remembered: Remembered) -> None:
        self._client = client
        self._remembered = remembered
        kept = remembered.preferences.speed
        self.speed = kept if kept in SPEEDS else Preferences.speed  # another version's, or typed into the file
        self.rules = False  # whether the run goes at the speed that was chosen here
        self._said = 0.0  # when that was last said to its trainer

    @property
    def _trains(self) -> bool:
        return self._client.state in LIVE_STATES

    def takes_over(self) -> None:
        """The run was begun here, with this speed."""
        self.rules, self._said = True, time.monotonic()

    def lets_go(self) -> None:
        """What is shown now goes at a speed of its own."""
        self.rules = False

    def change(self, by: int) -> None:
        """Show more or fewer epochs a second."""
        self.speed = SPEEDS[min(max(0, SPEEDS.index(self.speed) + by), len(SPEEDS) - 1)]
        self._remembered.change(speed=self.speed)
        if self._trains:
            self._say()

    def keep(self) -> None:
        """Say again how fast the run is to go, before what was said is over."""
        if self.rules and self.speed and self._trains and time.monotonic() - self._said > HOLDS / 3:
            self._say()

    def _say(self) -> None:
        self.takes_over()
        holds = {"seconds": HOLDS} if self.speed else {}
        self._client.send("speed", epochs_per_second=self.speed, **holds)
