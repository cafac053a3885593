"""`python -m tui_nn` is `tui-nn`."""

from tui_nn.cli.main import entry

if __name__ == "__main__":
    entry()
