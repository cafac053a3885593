"""What is written in the picture of a network: headings, names of units, and the lines beneath."""

from __future__ import annotations

from itertools import pairwise

from tui_nn.plurals import plural
from tui_nn.render import Look
from tui_nn.render.amount import amount
from tui_nn.render.canvas import fitting, wording
from tui_nn.render.palette import negative
from tui_nn.views.network.scene import LayerGroup, Scene
from tui_nn.views.stack import called, counted, formula


def title(scene: Scene, group: LayerGroup) -> list[str]:
    """What the column is, and shorter."""
    started = scene.started
    more = "".join(f", {started.layers[number - 1].kind}" for number in range(group.first + 1, group.last + 1))
    if group.first == 0:
        size = f"{started.inputs:,}" if started.picture is None else "{}x{}".format(*started.picture)
        return [f"input {size}{more}", f"input {size}", "input", "x"]
    numbers = f"{group.first}" if group.first == group.last else f"{group.first}-{group.last}"
    units = f"{scene.units(group):,}"
    link = scene.inside.link if scene.inside is not None and group.last == len(started.layers) else ""
    words = f"{units} {link or called(scene.shape(group))}"  # the loss makes the answers that are shown of z
    return [f"{group.first}: {words}{more}", f"{numbers}: {words}", f"{numbers}: {units}", units]


def block(scene: Scene, group: LayerGroup) -> list[str]:
    """What is said of a layer whose units are not drawn one by one."""
    if group.first == 0:
        return ["picture"]
    shape = scene.shape(group)
    theta = [] if shape.theta is None else [f"Theta {shape.theta[0]}x{shape.theta[1]}"]
    return [shape.kind, plural(shape.units, "unit"), *theta]


def names(scene: Scene, group: LayerGroup) -> list[str]:
    """Of the units: what the data call them, or the lecture's notation."""
    started, notation = scene.started, scene.has_names
    numbers = range(1, scene.units(group) + 1)
    if group.first == 0:
        return [f"x_{unit}" for unit in numbers] if notation or not started.features else list(started.features)
    if group is scene.groups[-1] and not notation:
        for known in (started.classes, started.labels):
            if known and len(known) == len(numbers):
                return list(known)
        return ["h"] if len(numbers) == 1 else [f"h_{unit}" for unit in numbers]
    return [f"a_{unit}" for unit in numbers] if notation else [f"{unit}" for unit in numbers]


def foot(scene: Scene, width: int, look: Look) -> list[str]:
    """What is seen of which sample, the formula, and how much there is; each as fully as there is room for."""
    started, inside = scene.started, scene.inside
    samples = _sample(scene)
    edges = [*(f"edges: {says}, {_signs(look)}" for says in _edges(scene)), _signs(look)]
    sample = wording(width, *samples, "")
    none = f"no edges: {scene.says}"
    whole, *steps = formula(started.layers, started.inputs, inside.link if inside is not None else "")
    said = [
        wording(width, f"{sample}   {none}", none, scene.says) if scene.is_blank else _told(width, samples, edges),
        whole if len(whole) <= width else fitting(width, *steps, gap=", ") if len(steps[0]) <= width else "",
        wording(width, *counted(started.layers), ""),
    ]
    return [line for line in said if line]


def _told(width: int, samples: list[str], edges: list[str]) -> str:
    """What is said of the sample, shorter where there is room for more of the edges then."""
    whole = samples[:2] or [""]
    return wording(width, *(f"{sample}   {one}".strip() for one in edges for sample in whole), *samples, "")


def _edges(scene: Scene) -> list[str]:
    """What they show, and shorter. One from a picture or a block stands for many weights, as `links` says."""
    says = scene.says
    for place, (before, group) in enumerate(pairwise(scene.groups)):
        if before.is_block and not group.is_block:
            is_sum = scene.shows_weights and scene.inside is not None
            first = f"{says} {'a' if place else 'x'}" if is_sum else f"|{says}|"
            return [f"{first} from the {'block' if place else 'picture'}, then {says}", f"{first}, {says}"]
    return [says]


def _signs(look: Look) -> str:
    if look.ascii:
        return "+*# positive, -~= negative"
    return "solid +, dashed -" if look.depth == "none" else f"blue +, {negative(look)} -"


def _sample(scene: Scene) -> list[str]:
    """Which one it is, what it is, and what the network takes it for; and shorter."""
    inside, classes = scene.inside, scene.started.classes
    if inside is None:
        return []
    number = f"sample {scene.sample + 1}"
    if scene.truth is None:
        pairs = zip(inside.answers[:, 0], inside.wanted[:, 0], strict=True)
        says = ", ".join(f"{amount(answer)} for {amount(wanted)}" for answer, wanted in pairs)
        return [f"training {number}: {says}", f"{number}: {says}", says, number]
    says = classes[scene.answer] if scene.answer is not None else "not a number"
    said = f"is {classes[scene.truth]}, answer {says}"
    return [f"training {number} {said}", f"{number} {said}", f"it {said}", f"answer {says}", says]
