"""The Python API: the experiment, the engine and the views, called from a program. docs/api.md shows all of it.

Nothing here computes: keywords become the same KEY=VALUE that the command line takes, and the same functions build,
train, record and draw. `tui_nn` offers the names.
"""
