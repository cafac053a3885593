"""The Python API: the experiment, the engine and the views for programs. docs/api.md shows all of it.

Nothing here computes. Keywords become the KEY=VALUE strings that the command line takes, and the same functions build,
train, record and draw. `tui_nn` exports the names.
"""
