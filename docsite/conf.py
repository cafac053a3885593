"""Settings of Sphinx. Nothing is asked of another host, neither while it builds nor by a page that is read."""

from __future__ import annotations

from pathlib import Path

from docsite.docstrings import escaped
from tui_nn import __version__

project = "tui-nn"
version = release = __version__
html_title = f"tui-nn {__version__}"
extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_heading_anchors = 4
myst_enable_extensions = ["attrs_block", "colon_fence"]
autodoc_member_order = "bysource"
maximum_signature_line_length = 70
smartquotes = False  # `--rate` has two hyphens
default_role = "code"  # docstrings have code in single backticks
html_search_scorer = str(Path(__file__).parent / "static" / "scorer.js")
html_theme = "furo"
html_static_path = [str(Path(__file__).parent / "static")]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_theme_options = {"navigation_with_keys": True, "top_of_page_buttons": []}
pygments_style, pygments_dark_style = "friendly", "native"


def setup(app):  # type: ignore[no-untyped-def]
    app.connect("autodoc-process-docstring", escaped)
