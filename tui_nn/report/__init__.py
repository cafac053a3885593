"""Artefacts: what a run leaves for people and build servers who were not there, made from its run directory.

`tui-nn train` and `tui-nn report` call the same functions; nothing in here trains, and nothing needs a trainer.
"""
