"""The documentation site: `python -m docsite` builds it into build/site/html, and fails for whatever is not right.

Pages are the Markdown files of docs/ as they stand, those of `pages`, and those that are made from the code:
`reference` and `gallery`. Nothing of this is part of the installed package.
"""
