"""Lessons: Markdown files with questions to the engine, so that a key is computed and never written down.

`source` reads a file into steps, `exhibit` sets up what a step shows, `queries` asks it for numbers, `checks` judge an
answer, `proof` holds every answer that the file itself knows against its check.
"""
