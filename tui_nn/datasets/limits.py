"""What a data file may hold. Whoever reads one asks here before anything is allocated."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from tui_nn.errors import DataError
from tui_nn.files import open_to_read
from tui_nn.memory import lacking
from tui_nn.plurals import plural

LARGEST = 2**31  # bytes of a file that is held, or unpacked, as a whole
ANY = 2**62  # of one that is read in blocks, or mapped into memory
MOST_INPUTS = 1_000_000


def opened(path: Path, most: int = LARGEST) -> BinaryIO:
    """A data file: a regular one, perhaps through a link, of at most so many bytes. Raises DataError."""
    try:
        return open_to_read(path, most, links=True)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}.") from None
    except ValueError:  # a name with a NUL in it
        raise DataError(f"{path}: no file can have this name.") from None


def check_size(path: Path | str, samples: int, inputs: int, needed: int) -> None:
    """Raise DataError if there are too many inputs, or if the bytes `needed` to hold them are not there."""
    if inputs > MOST_INPUTS:
        raise DataError(f"{path}: has {inputs:,} inputs; at most {MOST_INPUTS:,} are read.")
    short = lacking(needed)
    if short:
        raise DataError(f"{path}: {plural(samples, 'sample')} of {plural(inputs, 'input')}: to hold them {short}.")
