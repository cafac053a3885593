"""What the parts of the workbench's screen share: the bench they work on, and how its sentences are shown."""

from __future__ import annotations

import contextlib
from abc import abstractmethod
from collections.abc import Iterator

from tui_nn.errors import TuiNNError
from tui_nn.render import Look
from tui_nn.tui.bench.bench import Bench
from tui_nn.tui.bench.refusals import Unavailable, Untrainable
from tui_nn.tui.keyed import Keyed


class WorkbenchBase(Keyed):
    """Everything on the screen is drawn from the bench: what is to be trained, and what was."""

    def __init__(self, bench: Bench, look: Look) -> None:
        super().__init__()
        self.bench = bench
        self.look = look

    @contextlib.contextmanager
    def telling(self) -> Iterator[None]:
        """Whatever cannot be done within is said, as the bench says it, and drawn."""
        try:
            yield
        except Unavailable as error:
            self.notify(str(error), markup=False)
        except Untrainable as error:
            # What stands above the keys is not said twice.
            why = "the line above says why." if str(error) == self.bench.draft.error else str(error)
            self.notify(why, title="Not yet trainable", severity="error", markup=False)
        except TuiNNError as error:
            self.notify(str(error), severity="error", markup=False)
        self.show_experiment()
        self.redraw()

    @abstractmethod
    def redraw(self) -> None:
        """Draw the panes."""

    @abstractmethod
    def show_experiment(self) -> None:
        """Draw the builder and the line below the panes."""
