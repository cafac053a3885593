"""What a package index shows: project URLs, and the README with links that lead somewhere from there.

Where the project is published is said by the environment variable TUI_NN_HOME, which the release workflow sets
(https://HOST/OWNER/NAME). Without it, as in an installation from a clone, there are no URLs, and links within the
repository become their text.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

ONLY_HERE = re.compile(r"<!-- only in the repository -->\n.*?<!-- end -->\n\n?", re.DOTALL)
PICTURE = re.compile(r"!\[([^\]]*)\]\((?!https?://)([^)]+)\)\n*")
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!https?://|#)([^)]+)\)")


def published(text: str, home: str, tag: str) -> str:
    """The README for a package index. home: address of the repository, or empty; tag: of the version, for links."""
    if not home:
        return LINK.sub(r"\1", PICTURE.sub("", text))
    text = PICTURE.sub(lambda found: f"![{found[1]}]({home}/raw/{tag}/{found[2]})\n\n", ONLY_HERE.sub("", text))
    return LINK.sub(lambda found: f"[{found[1]}]({home}/blob/{tag}/{found[2]})", text)


def urls(home: str, tag: str) -> dict[str, str]:
    """The project URLs, by the labels that package indexes know."""
    if not home:
        return {}
    return {
        "Homepage": home,
        "Documentation": f"{home}/tree/{tag}/docs",
        "Changelog": f"{home}/blob/{tag}/CHANGELOG.md",
        "Issues": f"{home}/issues",
        "Source": home,
    }


class CustomMetadataHook(MetadataHookInterface):
    """Fills in `readme` and `urls`, which pyproject.toml declares as dynamic."""

    def update(self, metadata: dict[str, Any]) -> None:
        home = os.environ.get("TUI_NN_HOME", "").rstrip("/")
        tag = f"v{metadata['version']}"
        text = (Path(self.root) / "README.md").read_text("utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": published(text, home, tag)}
        metadata["urls"] = urls(home, tag)
