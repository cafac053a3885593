"""What type checkers see of the package: the names that `__init__.py` imports at their first use."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # every module is below this one: what is in here is looked at last
    from tui_nn.api.picture import ViewPicture
    from tui_nn.api.run import RecordedRun
    from tui_nn.api.run import open_recorded as open
    from tui_nn.api.show import show
    from tui_nn.api.trained import TrainedNet, load
    from tui_nn.api.training import Diverged, TrainingEvents, begin_training, train
    from tui_nn.api.training import begin_training as training
    from tui_nn.errors import TuiNNError

__version__: str
NAMES: dict[str, tuple[str, str]]
__all__ = [
    "Diverged",
    "RecordedRun",
    "TrainedNet",
    "TrainingEvents",
    "TuiNNError",
    "ViewPicture",
    "begin_training",
    "load",
    "open",
    "show",
    "train",
    "training",
]
