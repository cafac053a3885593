"""Names have one spelling here, with -ize; whoever writes -ise is understood."""

from __future__ import annotations

import re
from collections.abc import Container
from types import ModuleType

OTHER = re.compile(r"(initial|optim|standard|normal|minim)is(?=e|er|ers|ation)", re.IGNORECASE)


def preferred(name: str) -> str:
    """The name as it is spelled here: `network.initialiser` -> `network.initializer`."""
    return OTHER.sub(lambda found: f"{found[1]}{'IZ' if found[0].isupper() else 'iz'}", name)


def understand(owner: type | ModuleType, known: Container[str]) -> None:
    """Give what a class or module calls by the other spelling the name that is `known`."""
    for name, value in list(vars(owner).items()):
        own = preferred(name)
        if own != name and own in known:
            setattr(owner, own, value)
            delattr(owner, name)
