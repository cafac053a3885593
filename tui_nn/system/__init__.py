"""What differs from one system to another: `posix` and `windows` have the same names, and here are those of this one.

No other module asks which system it is on, or uses what only one of them has. docs/systems.md says what works where.
"""

from __future__ import annotations

import sys

if sys.platform == "win32":
    from tui_nn.system.windows import *  # noqa: F403
else:
    from tui_nn.system.posix import *  # noqa: F403
