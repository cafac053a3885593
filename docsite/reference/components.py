"""Everything that an experiment can name, by kind, from the registry."""

from __future__ import annotations

from collections.abc import Iterator

from docsite import markdown
from tui_nn.engine.description import documentation, facts_of, options_in_words
from tui_nn.plugin.kinds import KINDS
from tui_nn.plugin.registry import Registry, load_registry

INTRODUCTION = """The components that come with tui-nn, which you name in an experiment file or in a command.
`tui-nn plugins list -v` lists them together with those of your plugins; [Kinds of plugins](plugins.md) says how to
write one."""


def page() -> str:
    registry = load_registry()
    registry.ask_all()
    return markdown.page(
        "Components",
        INTRODUCTION,
        *(part for kind in KINDS if kind != "view" for part in _section(kind, registry)),
    )


def built_in(kind: str, registry: Registry) -> list[str]:
    """Names of this kind that nobody had to install."""
    return [name for name in registry.names(kind) if registry.is_built_in(kind, name)]


def _section(kind: str, registry: Registry) -> Iterator[str]:
    names = built_in(kind, registry)
    if not names:
        return
    yield f"## {kind}"
    yield markdown.table(["name", "is", "options"], (_row(kind, name, registry) for name in names))


def _row(kind: str, name: str, registry: Registry) -> list[str]:
    component = registry.get(kind, name)
    facts = facts_of(documentation(component))
    said = [markdown.text(component.description)]
    said += [f"{field}: {markdown.text(words)}" for field, words in facts.items()]
    options = options_in_words(registry.options(kind, name))
    return [markdown.code(name), "<br>".join(said), ", ".join(markdown.code(one) for one in options)]
