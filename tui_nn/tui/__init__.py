"""The workbench: a Textual application that starts the trainer, watches its run directory and steers it."""
