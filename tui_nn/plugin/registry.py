"""The registry: everything that an experiment file can name, and the plugin that gave it.

Plugins are loaded and asked one by one, so a broken one is listed with its reason and all others work.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tui_nn.engine.activation import Activation
from tui_nn.engine.layer import IDENTITY, Layer
from tui_nn.engine.loss import Loss
from tui_nn.errors import ExperimentError, PluginError, did_you_mean
from tui_nn.graph import STANDARD, Derivatives
from tui_nn.plugin.contract import problem
from tui_nn.plugin.file import PluginFile, pinned
from tui_nn.plugin.kinds import KINDS
from tui_nn.plugin.loading import LoadedPlugin, load_plugins, own_plugin, reason
from tui_nn.plugin.settings import check_rate, check_type, check_units
from tui_nn.spelling import preferred

_ASKING = threading.RLock()  # held while plugins are asked for the late kinds: a screen's threads share a registry


@dataclass(frozen=True)
class PluginInfo:
    """A plugin as lists show it. state: "ok", or "failed" with the reason.

    replaces: what a file named on the command line replaces of an installed plugin. sha256: for a file, that of the
    bytes that were run.
    """

    name: str
    origin: str
    version: str
    state: str
    reason: str = ""
    gives: Mapping[str, Sequence[str]] = field(default_factory=dict)
    traceback: str = ""
    replaces: Sequence[str] = ()
    module: str = ""
    is_built_in: bool = False
    sha256: str = ""

    @property
    def computes(self) -> bool:
        """Whether it gives anything that a run can depend on.

        Data are known by their contents, however they were read, but a custom reader must be installed.
        """
        gives = self.gives.keys() - ({"reader"} if self.is_built_in else set())
        return any(not KINDS[kind].is_late for kind in gives)


class Registry:
    """The components of each kind by name. Raises ExperimentError for an unknown name, with the nearest one.

    strict: whether a named file must work in every respect, whenever a failure is found.
    """

    def __init__(self, *, strict: bool = True) -> None:
        self._strict = strict
        self._components: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
        self._owners: dict[tuple[str, str], str] = {}
        self.plugins: list[PluginInfo] = []
        self._late: list[tuple[int, LoadedPlugin]] = []  # place in the list of those not yet asked for the late kinds
        self.add(own_plugin())

    def names(self, kind: str) -> list[str]:
        """The sorted names of a kind ("activation", "loss", ...)."""
        return sorted(self._of(kind))

    def in_order(self, kind: str) -> list[Any]:
        """The components of a kind in the order of their plugins, the built-in ones first."""
        return list(self._of(kind).values())

    def all(self, kind: str) -> list[Any]:
        """The components of a kind by name."""
        return [self.get(kind, name) for name in self.names(kind)]

    @property
    def derivatives(self) -> Derivatives:
        """The derivatives that the graph knows: those of its own operations and those from plugins."""
        return STANDARD.with_derivatives(self._components["derivative"].values())

    def get(self, kind: str, name: str) -> Any:
        """The component of this name, not yet configured."""
        components = self._of(kind)
        if name not in components:
            name = preferred(name)
        try:
            component = components[name]
        except KeyError:
            raise ExperimentError(f"unknown {kind} '{name}'.{_nearest(name, components)}") from None
        if isinstance(component, Activation | Loss) and self._components["derivative"]:
            return replace(component, derivatives=self.derivatives)
        return component

    @property
    def files(self) -> tuple[str, ...]:
        """The loaded plugin files, each with the sha256 of what ran, so that a child process runs the same or none."""
        return tuple(pinned(plugin.origin, plugin.sha256) for plugin in self.plugins if plugin.sha256)

    def owner(self, kind: str, name: str) -> str:
        """The name of the plugin that gave it."""
        self._of(kind)
        return self._owners[kind, name]

    def is_built_in(self, kind: str, name: str) -> bool:
        """Whether it comes with tui-nn itself."""
        owner = self.owner(kind, name)
        return any(plugin.name == owner and plugin.is_built_in for plugin in self.plugins)

    def options(self, kind: str, name: str) -> dict[str, Any]:
        """The options: name -> default, None for one that is required."""
        component = self.get(kind, name)
        options: dict[str, Any] = (
            component.options() if KINDS[kind].gives_classes else dict(getattr(component, "options", {}))
        )
        return options

    def create(self, kind: str, spec: str | Mapping[str, Any]) -> Any:
        """Create a configured component from a name, or from a table {kind = name, option = value, ...}.

        Raises ExperimentError for an unknown name or option, a missing option, or one of the wrong type.
        """
        if isinstance(spec, str):
            spec = {"kind": spec}
        settings = dict(spec)
        name = settings.pop("kind", None)
        if not isinstance(name, str):
            raise ExperimentError(f"the table of the {kind} needs a key 'kind'.{did_you_mean('', self.names(kind))}")
        component = self.get(kind, name)
        known = self.options(kind, name)
        for option, value in settings.items():
            if option not in known:
                nearest = did_you_mean(option, [*known, "kind"])
                raise ExperimentError(f"{kind} '{name}' has no option '{option}'.{nearest}", option)
            check_type(f"{kind} '{name}'", option, value, known[option])
        if isinstance(component, type):
            if issubclass(component, Layer) and "activation" in known:
                try:
                    settings["activation"] = self.create("activation", settings.get("activation", IDENTITY.name))
                except ExperimentError as error:
                    raise error.within("activation") from None
            if issubclass(component, Layer) and "units" in known:
                check_units(name, settings)
            if kind == "optimizer":
                check_rate(name, settings)
            missing = [o for o, default in known.items() if default is None and o not in settings]
            if missing:
                raise ExperimentError(f"{kind} '{name}' needs '{missing[0]}'.")
            return component(**settings)
        return component.configured(**settings) if settings else component

    def add(self, plugin: LoadedPlugin) -> None:
        """Add everything that a plugin gives or, if anything is wrong with it, nothing."""
        module = plugin.module.__name__ if plugin.module is not None else ""
        info = PluginInfo(
            plugin.name, plugin.origin, plugin.version, "ok",
            module=module, is_built_in=plugin.is_built_in, sha256=plugin.sha256,
        )  # fmt: skip
        if plugin.reason:
            failed = replace(info, state="failed", reason=plugin.reason, traceback=plugin.traceback)
            self.plugins.append(failed)
            return
        self.plugins.append(self._with(info, plugin, late=False))
        if self.plugins[-1].state == "ok":
            self._late.append((len(self.plugins) - 1, plugin))

    def ask_all(self) -> None:
        """Ask every plugin for its late kinds; whatever happens, its other components stay.

        Raises PluginError for a file that must work and does not.
        """
        with _ASKING:
            waiting, self._late = self._late, []
            for at, plugin in waiting:
                self.plugins[at] = self._with(self.plugins[at], plugin, late=True)
                self.insist_on(at, plugin)

    def whole(self, at: int) -> PluginInfo:
        """The plugin at this place of the list, asked through all of its hooks."""
        at = at % len(self.plugins)
        hooks = [kind.hook for kind in KINDS.values() if kind.is_late]
        if any(hasattr(plugin.module, hook) for place, plugin in self._late if place == at for hook in hooks):
            self.ask_all()
        return self.plugins[at]

    def insist_on(self, at: int, plugin: LoadedPlugin) -> None:
        """Raise PluginError if this plugin was named and cannot be used."""
        info = self.plugins[at]
        if self._strict and plugin.asked_for and info.state == "failed":
            raise PluginError(f"plugin '{info.origin}': {info.reason}")

    def _of(self, kind: str) -> dict[str, Any]:
        """Name -> component."""
        if KINDS[kind].is_late:
            with _ASKING:  # who comes while another thread asks waits for all of it
                if self._late:
                    self.ask_all()
        return self._components[kind]

    def _with(self, info: PluginInfo, plugin: LoadedPlugin, *, late: bool) -> PluginInfo:
        """The plugin's information after adding its late kinds, or the others."""
        try:
            given = _collect(plugin, late=late)
            for kind, components in given.items():
                for component in components:
                    if not plugin.asked_for:
                        self._refuse_clash(plugin.name, kind, component.name)
        except PluginError as error:
            return replace(info, state="failed", reason=str(error))
        replaced = [
            f"{kind} '{component.name}' of {self._owners[kind, component.name]}"
            for kind, components in given.items()
            for component in components
            if (kind, component.name) in self._owners
        ]
        for kind, components in given.items():
            for component in components:
                self._components[kind][component.name] = component
                self._owners[kind, component.name] = plugin.name
        gives = {kind: [component.name for component in components] for kind, components in given.items()}
        return replace(info, gives={**info.gives, **gives}, replaces=[*info.replaces, *replaced])

    def become(self, other: Registry) -> None:
        """Take over the contents of another registry, so all holders of this one see plugins that were read again."""
        self._components, self._owners, self.plugins = other._components, other._owners, other.plugins
        self._late, self._strict = other._late, other._strict

    def _refuse_clash(self, plugin: str, kind: str, name: str) -> None:
        owner = self._owners.get((kind, name))
        if owner is not None:
            raise PluginError(
                f"{kind} '{name}' of plugin '{plugin}' clashes with that of plugin '{owner}'. Rename one of them."
            )


def _collect(plugin: LoadedPlugin, *, late: bool) -> dict[str, list[Any]]:
    """The checked components from each hook of a plugin: those of the late kinds, or the others."""
    given: dict[str, list[Any]] = {}
    for kind in KINDS.values():
        hook = kind.hook
        implementation = getattr(plugin.module, hook, None) if kind.is_late is late else None
        if implementation is None:
            continue
        try:
            components = list(implementation())
            problems = [problem(kind, component) for component in components]
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            # A file is imported under a name of our own.
            module = plugin.name if plugin.asked_for or plugin.module is None else plugin.module.__name__
            raise PluginError(f"hook {hook} failed: {reason(error, module)}") from error
        names = set()
        for component, found in zip(components, problems, strict=True):
            if found:
                raise PluginError(f"hook {hook} returned {found}")
            if component.name in names:
                raise PluginError(f"hook {hook} returned two named '{component.name}'.")
            names.add(component.name)
        given[kind.name] = components
    return given


def load_registry(files: Sequence[str | PluginFile] = (), *, strict: bool = True) -> Registry:
    """Load the registry of all installed plugins and of these plugin files.

    Raises PluginError if one of the files cannot be used, because somebody named it. With `strict` off, for listing
    plugins, it does not.
    """
    registry = Registry(strict=strict)
    for plugin in load_plugins(files):
        registry.add(plugin)
        registry.insist_on(-1, plugin)
    return registry


def _nearest(name: str, components: Mapping[str, Any]) -> str:
    """The only component whose description has this word; otherwise one with a similar spelling."""
    word = re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE)
    described = [other for other, one in components.items() if word.search(getattr(one, "description", ""))]
    return did_you_mean(described[0] if len(described) == 1 and name else name, components)
