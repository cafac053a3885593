"""Plugins: what each gives, whether it is proved, and an edited file read again, with its new curve in a second.

A file is first tried in a process of its own, so that one that hangs or crashes leaves the workbench as it was.
"""

from __future__ import annotations

import inspect
import re
import sys
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import Label, Static

from tui_nn import userfiles
from tui_nn.errors import PluginError, TuiNNError
from tui_nn.plugin import badges
from tui_nn.plugin.badges import Badge
from tui_nn.plugin.file import pinned, read_plugin_file
from tui_nn.plugin.kinds import KINDS
from tui_nn.plugin.pictures import has_picture, picture_of
from tui_nn.plugin.registry import PluginInfo, Registry, load_registry
from tui_nn.plurals import plural
from tui_nn.render import Look
from tui_nn.testing.components import checks_of
from tui_nn.testing.isolated import check_isolated
from tui_nn.testing.report import Report
from tui_nn.tui.aside import aside, soon
from tui_nn.tui.facts import words_of
from tui_nn.tui.key import Key
from tui_nn.tui.screens.dialog import CHOOSE, FILTER, Dialog, key
from tui_nn.tui.widgets.filter_list import Entry, FilterList
from tui_nn.tui.widgets.indented import Indented, indented

PLUGIN = "plugin"
LIMIT = 5.0  # seconds for a file to load, and for its functions to answer
BROAD = 150  # cells of a screen, from which on the source stands beside what is said, and not below
SOURCE = 200  # lines of it, at most


class PluginsScreen(Dialog[None]):
    """Changes the registry in place when files are read again."""

    BOX = "full plugins"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r,f5", "reload", "reload", priority=True),
        Binding("ctrl+k,f6", "prove", "check", priority=True),
    ]

    def __init__(self, registry: Registry, look: Look) -> None:
        super().__init__("plugins")
        self._registry, self._look = registry, look
        self._badges: dict[str, Badge] = {}
        self._read = False
        self._refused: dict[str, str] = {}  # file -> why it was not read again
        self._shown = ""
        self._reports: dict[tuple[str, str], Report] = {}  # (kind, name) -> what the last check found, asked for here

    def content(self) -> Iterable[Widget]:
        facts = (Static(id="badge", markup=False), Indented("words"), Static(id="picture", markup=False))
        told = Container(Vertical(*facts, classes="facts"), Indented("more"), classes="told")
        yield Horizontal(FilterList([Entry("", "reading ...")]), told, classes="halves")
        yield Label("", id="problem", markup=False)

    @property
    def keys(self) -> Sequence[Key]:
        read = [key("F5", "reload", "reload files")] if self._files() else []
        chosen = any(self._plugin(one.chosen) for one in self.query(FilterList))
        return (FILTER, CHOOSE, *read, *([key("F6", "prove", "check the plugin")] if chosen else []))

    def _files(self) -> list[str]:
        return [plugin.origin for plugin in self._registry.plugins if plugin.origin.endswith(".py")]

    @work
    async def on_mount(self) -> None:
        self._badges = await soon(_asked, self._registry)
        self._read = True
        self.query_one(FilterList).replace(self._entries(), self._first())

    def _own(self) -> list[PluginInfo]:
        """A user's files first, then packages that are installed: they are why somebody is here."""
        return sorted(
            self._registry.plugins, key=lambda plugin: (plugin.is_built_in, plugin.origin not in self._files())
        )

    def _first(self) -> str:
        for plugin in self._own():
            for kind, names in plugin.gives.items():
                return f"{kind}/{names[0]}"
        return ""

    def _entries(self) -> list[Entry]:
        entries = []
        for plugin in self._own():
            entries.append(Entry(f"{PLUGIN}/{plugin.name}", plugin.name, plugin.version or "file"))
            entries += [
                Entry(f"{kind}/{name}", f"  {name}", kind)
                for kind, names in plugin.gives.items()
                for name in names
                if self._registry.owner(kind, name) == plugin.name
            ]
        return entries

    def _plugin(self, key: str) -> PluginInfo | None:
        kind, _, name = key.partition("/")
        owner = name if kind == PLUGIN else self._registry.owner(kind, name) if name else ""
        return next((plugin for plugin in self._registry.plugins if plugin.name == owner), None)

    def on_filter_list_highlighted(self, event: FilterList.Highlighted) -> None:
        event.stop()
        self._show(event.name)
        self.show_keys()

    def on_filter_list_chosen(self, event: FilterList.Chosen) -> None:
        event.stop()

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width >= BROAD, "broad")
        self.call_later(lambda: self._show(self.query_one(FilterList).chosen))  # when the dialog knows its size too

    def _show(self, key: str) -> None:
        plugin = self._plugin(key)
        kind, _, name = key.partition("/")
        badge = self._badges.get(plugin.name, badges.NOT_CHECKED) if plugin is not None else badges.NOT_CHECKED
        line = self.query_one("#badge", Static)
        nothing = "No match. All that there is:" if self._read else ""
        line.update(f"{plugin.name}: {_known(badge)}" if plugin is not None else nothing)
        line.set_class(badge.state == "failed", "failed")
        line.set_class(badge.state == "proved", "proved")
        told = self.query_one("#words", Indented)
        if plugin is None:
            drawn, words = False, self._all() if self._read else ""
        elif kind == PLUGIN:
            drawn, words = False, _about(plugin, [])
        else:
            drawn, words = has_picture(self._registry, kind, name), words_of(self._registry, kind, name)
            if not drawn:
                words = f"{words}\n\n{_checks(kind, self._reports.get((kind, name)))}"
                about = self._kind(plugin, kind, words) if self.has_class("broad") else _about(plugin, [kind])
                words = f"{words}\n\n{about}"
        # Below a picture there is room for more on a high screen alone.
        self.set_class(not drawn or self.has_class("broad") or not self.has_class("short"), "more")
        told.say(words)
        told.set_class(not drawn, "alone")
        self.query_one("#picture").display = drawn
        self._show_more(key)
        problem = self._refused.get(plugin.origin, "") if plugin is not None else ""
        self.query_one("#problem", Label).update(problem)
        self.call_after_refresh(self._draw, key)

    @work(group="more")
    async def _show_more(self, key: str) -> None:
        """What stands beside it or below: sources are read from the disk."""
        self._shown = key
        more = await soon(self._more, key) if self.has_class("more") else ""
        if key == self._shown:  # else something else is looked at by now
            self.query_one("#more", Indented).say(more)

    def _more(self, key: str) -> str:
        plugin = self._plugin(key)
        kind, _, name = key.partition("/")
        if plugin is None:
            return "\n".join(map(self._loaded, self._own()))
        if kind == PLUGIN:
            return self._given(plugin)
        source = _source(self._registry.get(kind, name))
        if not has_picture(self._registry, kind, name):
            return source  # what the check tries stands among the words
        return f"{_checks(kind, self._reports.get((kind, name)))}\n\n{source}"

    def _all(self) -> str:
        """How many there are of each kind, and their names where there is room for them."""
        kinds = {kind: self._registry.names(kind) for kind in KINDS}
        wide = max(map(len, kinds))
        lines = [f"{kind:<{wide}} {len(names):>3}" for kind, names in kinds.items()]
        named = [f"{line}  {', '.join(names)}" for line, names in zip(lines, kinds.values(), strict=True)]
        return "\n".join(named if self._fits("\n".join(named)) else lines)

    def _kind(self, plugin: PluginInfo, kind: str, before: str) -> str:
        """Where a component is from, what others of its kind say of themselves, and what any of them must do: as much
        of it as has room below `before`.
        """
        names = self._registry.names(kind)
        said = "\n".join(f"  {name}: {self._registry.get(kind, name).description}" for name in names)
        others = f"{_about(plugin, [])}\n\nall of kind {kind}:\n{said}"
        must = f"what each {kind} must do:\n{_paragraphs(inspect.getdoc(KINDS[kind].type) or '')}"
        short = _about(plugin, [kind])
        told = (f"{others}\n\n{must}", others, f"{short}\n\n{must}")
        return next((one for one in told if self._fits(f"{before}\n\n{one}")), short)

    def _fits(self, text: str) -> bool:
        """Whether it has room below a badge."""
        width, height = self.query_one(".facts").size
        return indented(text, width).count("\n") + 1 < height

    def _loaded(self, plugin: PluginInfo) -> str:
        """A plugin, what is known of it, and how much it gives."""
        gives = ", ".join(plural(len(names), kind) for kind, names in plugin.gives.items())
        badge = self._badges.get(plugin.name, badges.NOT_CHECKED)
        return f"{plugin.name}: {badge}\n{_about(plugin, [])}\n{gives}\n"

    def _given(self, plugin: PluginInfo) -> str:
        """Each component of a plugin with the line that it says of itself; and how its file, or package, begins."""
        lines = []
        for kind, names in plugin.gives.items():
            own = [name for name in names if self._registry.owner(kind, name) == plugin.name]
            lines += [kind, *(f"  {name}: {self._registry.get(kind, name).description}" for name in own)]
        if plugin.origin in self._files():
            try:
                text = read_plugin_file(plugin.origin).content.decode("utf-8", "replace")
                lines += ["", plugin.origin, *text.splitlines()[:SOURCE]]
            except PluginError as error:
                lines += ["", str(error)]
        elif plugin.module in sys.modules:
            lines += ["", _source(sys.modules[plugin.module])]
        return "\n".join(lines)

    def _draw(self, key: str) -> None:
        kind, _, name = key.partition("/")
        picture = self.query_one("#picture", Static)
        if not name or kind == PLUGIN:
            picture.update("")
        else:
            width, height = picture.size
            drawn = picture_of(self._registry, kind, name, width, height, self._look)
            picture.update(drawn or "")
            if drawn is None:  # it has no room: the words have all of it
                self.query_one("#words").add_class("alone")

    def action_reload(self) -> None:
        files = self._files()
        if not files:
            self.notify("No plugin files are loaded; start with `tui-nn --plugin FILE`.", markup=False)
            return
        self._reload(files)

    @work(group="plugins")
    async def _reload(self, files: list[str]) -> None:
        fresh, self._refused = await aside(_read_again, files)
        if fresh is not None:
            self._badges = await aside(_asked, fresh)
            self._registry.become(fresh)
            self._reports.clear()
        self._again()
        if not self._refused:
            self.query_one("#problem", Label).update("reloaded")
        self.query_one("#problem", Label).set_class(not self._refused, "good")

    def action_prove(self) -> None:
        plugin = self._plugin(self.query_one(FilterList).chosen)
        if plugin is not None:
            self.query_one("#badge", Static).update(f"{plugin.name}: checking ...")
            self._prove(plugin)

    @work(group="plugins")
    async def _prove(self, plugin: PluginInfo) -> None:
        problem, reports = await aside(_proved, plugin)
        self._badges = await aside(_asked, self._registry)
        self._reports |= {(one.kind, one.name): one for one in reports}
        self._refused = {plugin.origin: problem} if problem else {}
        self._again()
        self.query_one("#problem", Label).set_class(not problem, "good")

    def _again(self) -> None:
        """The list and what stands beside it, as they are now."""
        entries = self.query_one(FilterList)
        chosen = entries.chosen
        entries.replace(self._entries(), chosen)
        self._show(chosen)


def _read_again(files: list[str]) -> tuple[Registry | None, dict[str, str]]:
    """What the files give now, None if one of them is refused; and why, by file. May take long."""
    refused, tried = {}, []
    try:
        for file in files:
            report = check_isolated(file, limit=LIMIT, briefly=True)
            if not report.passed:
                refused[file] = "; ".join(finding.worst for _, finding in report.failures)
            tried.append(pinned(file, report.sha256))
        return None if refused else load_registry(tried, strict=False), refused
    except (OSError, PluginError) as error:  # no process can be started, or a file has changed since it was tried
        return None, dict.fromkeys(files, str(error))


def _proved(plugin: PluginInfo) -> tuple[str, Sequence[Report]]:
    """Check a plugin, and keep what was found. Returns what is wrong with it, and all of it. May take long."""
    try:
        report = check_isolated(plugin.origin if plugin.origin.endswith(".py") else plugin.name)
    except (OSError, TuiNNError) as error:
        return str(error), ()
    badges.keep(report.sha256, report.names)
    wrong = (f"{one.name}, {found.check}: {found.worst}. {found.remedy}" for one, found in report.failures[:2])
    return "; ".join(wrong), report.reports


def _asked(registry: Registry) -> dict[str, Badge]:
    """The badges of all plugins, asked for all that they give."""
    registry.ask_all()
    kept = userfiles.read(badges.FILE)
    return {plugin.name: badges.badge(plugin, kept) for plugin in registry.plugins}


def _known(badge: Badge) -> str:
    """What the badge says, with the key for one that says nothing yet."""
    return f"{badge} yet: F6 checks it" if badge == badges.NOT_CHECKED else str(badge)


def _checks(kind: str, report: Report | None) -> str:
    """What a component of this kind is put through: each check, with the sentence that it says of itself, or with what
    it has found.
    """
    if report is not None:
        found = ["what the check found:"]
        for one in report.findings:
            found.append(f"  {one.verdict}  {one.check}: {': '.join(said for said in (one.tried, one.worst) if said)}")
            found += [f"          {one.remedy}"] * bool(one.remedy)
        return "\n".join(found)
    said = {check.__name__.replace("_", " "): (check.__doc__ or "").partition("\n")[0] for check in checks_of(kind)}
    lines = (f"  {name}: {line}" if line else f"  {name}" for name, line in said.items())
    return "\n".join([f"what the check of this {kind} tries:", *lines])


def _source(component: object) -> str:
    """Where it is written, and how it begins; nothing for what was not written as Python."""
    written: Any = getattr(component, "function", component)
    if not (callable(written) or inspect.ismodule(written)):
        written = type(written)
    try:
        lines, first = inspect.getsourcelines(written)
        path = inspect.getsourcefile(written)
    except (OSError, TypeError):
        return ""
    return f"{path}, line {max(first, 1)}:\n{textwrap.dedent(''.join(lines[:SOURCE]))}"


def _paragraphs(text: str) -> str:
    """Without the ends of lines within a sentence, for any width; `name:` begins a line, as what is indented does."""
    return re.sub(r"(?<!\n)\n(?![\n ]|\w+: )", " ", text)


def _about(plugin: PluginInfo, kinds: Iterable[str]) -> str:
    """Where it is from, whether it could be loaded, and what it gives of these kinds."""
    state = "loaded" if plugin.state == "ok" else plugin.state
    lines = [f"from {plugin.origin}{f', version {plugin.version}' if plugin.version else ''}: {state}"]
    lines += [f"{kind}: {', '.join(plugin.gives[kind])}" for kind in kinds]
    lines += [line for line in (plugin.reason, *plugin.traceback.splitlines()[-6:]) if line]
    return "\n".join(lines)
