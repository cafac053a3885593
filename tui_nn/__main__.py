"""`python -m tui_nn` is `tui-nn`."""

import sys

if __name__ == "__main__" and not sys.flags.safe_path:
    # `python -m` looks in the working directory first. Whatever lies there is not code that anybody asked for.
    sys.path[:] = sys.path[1:]

from tui_nn.cli.main import entry

if __name__ == "__main__":
    entry()
