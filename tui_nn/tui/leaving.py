"""A screen that is left: what works for it ends before anything of it is taken away."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.screen import Screen, ScreenResultType


class Leaving(Screen[ScreenResultType]):
    """What all screens are. What is awaited in a worker of a screen comes back to all of the screen, or not at all."""

    async def _message_loop_exit(self) -> None:
        """Textual takes the children away one by one, and ends the workers last, which draw to children meanwhile.

        No message is obeyed from here on, so that nothing begins a worker anew.
        """
        self.workers.cancel_node(self)
        await super()._message_loop_exit()

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Leave. Textual would leave whichever screen is on top, though this one has been left already."""
        return super().dismiss(result) if self.is_active else AwaitComplete()
