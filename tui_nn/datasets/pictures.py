"""A folder of pictures: one folder a class, PNG or JPEG, in shades of grey. Needs Pillow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tui_nn.datasets.limits import check_size, opened
from tui_nn.engine.data import Dataset
from tui_nn.errors import DataError
from tui_nn.plurals import plural

Array = np.ndarray[Any, np.dtype[Any]]

SUFFIXES = (".png", ".jpg", ".jpeg")
OTHERS = (".bmp", ".gif", ".heic", ".jfif", ".jp2", ".pgm", ".ppm", ".svg", ".tif", ".tiff", ".webp")
FORMATS = ("PNG", "JPEG")
MOST_PIXELS = 2**24  # of one picture, before it is made smaller
MOST_PICTURES = 2_000_000
PARTS = ("train", "test")


def is_picture_folder(folder: Path) -> bool:
    """Whether there are pictures in folders of it, or in folders of its folder `train`."""
    inside = folder / PARTS[0] if (folder / PARTS[0]).is_dir() else folder
    return any(_files(one) for one in _folders(inside))


def load_picture_folder(folder: Path, picture: tuple[int, int] | None = None) -> Dataset:
    """Every picture as a row of pixels, 0 to 255; its class is the name of its folder. train/ and test/ are two parts.

    picture: the size that all are brought to; without it all have to be of one. Raises DataError, which names the file.
    """
    has_parts = all((folder / part).is_dir() for part in PARTS)
    inside = folder / PARTS[0] if has_parts else folder
    for one in _folders(inside):
        if not one.name.startswith("__") and not _files(one, named=True):
            raise DataError(f"{one}: there is no PNG or JPEG file in this class; remove the folder, or fill it.")
    classes = tuple(one.name for one in _folders(inside) if _files(one))
    x, y, size = _read(inside, classes, picture)
    test = None
    if has_parts:
        unknown = [one.name for one in _folders(folder / PARTS[1]) if _files(one) and one.name not in classes]
        if unknown:
            raise DataError(f"{folder / PARTS[1] / unknown[0]}: this class is not in {PARTS[0]}.")
        test = _read(folder / PARTS[1], classes, picture or size)[:2]
    features = tuple(f"pixel {row},{column}" for row in range(size[0]) for column in range(size[1]))
    about = f"{plural(len(x), 'picture')} of {size[0]} x {size[1]} pixels"
    return Dataset(folder.name, x, y, classes, features, size, about, test, 255.0)


def _read(
    folder: Path, classes: Sequence[str], picture: tuple[int, int] | None
) -> tuple[Array, Array, tuple[int, int]]:
    files = [(label, path) for label, name in enumerate(classes) for path in _files(folder / name, named=True)]
    if not files:
        raise DataError(f"{folder}: there are no pictures in it (PNG or JPEG, one folder a class).")
    first = _pixels(files[0][1], picture)
    check_size(folder, len(files), first.size, 2 * len(files) * first.size)
    x = np.empty((len(files), first.size), np.uint8)
    for row, (_, path) in enumerate(files):
        pixels = first if row == 0 else _pixels(path, picture)
        if pixels.shape != first.shape:
            found, expected = (f"{size[1]} x {size[0]}" for size in (pixels.shape, first.shape))
            raise DataError(
                f"{path}: is {found} pixels wide and high, {files[0][1].name} {expected}: "
                "set data.picture = [rows, columns]."
            )
        x[row] = pixels.ravel()
    return x, np.array([label for label, _ in files], np.intp), (int(first.shape[0]), int(first.shape[1]))


def _pixels(path: Path, picture: tuple[int, int] | None) -> Array:
    try:
        from PIL import Image
    except ImportError:
        raise DataError(f"{path}: reading pictures needs: pip install 'tui-nn[images]'.") from None
    with opened(path) as file:
        try:
            with Image.open(file, formats=FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    found = image.width * image.height
                    raise DataError(f"{path}: has {found:,} pixels; at most {MOST_PIXELS:,} are read.")
                grey = _grey(image)
                if picture is not None:
                    grey = grey.resize((picture[1], picture[0]))
                return np.asarray(grey, np.uint8)
        except DataError:
            raise
        except Exception as error:  # Pillow has a dozen kinds for a damaged picture
            raise DataError(f"{path}: not a readable picture: {' '.join(str(error).split())}.") from None


def _grey(image: Any) -> Any:
    """A picture in shades of grey, 0 to 255, as it is seen: turned as its camera says, on white where it is clear."""
    from PIL import Image, ImageOps

    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):  # of 16 bits, which would be cut off at 255
        return Image.fromarray((np.asarray(image, np.float64) / 257).round().clip(0, 255).astype(np.uint8))
    if "A" in image.mode or "transparency" in image.info:
        clear = image.convert("RGBA")
        white = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(white, clear).convert("L")
    return image.convert("L")


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def _files(folder: Path, *, named: bool = False) -> list[Path]:
    """Its pictures; if `named`, one of a format that is not read is an error. What begins with a point is hidden."""
    entries = [path for path in folder.iterdir() if not path.name.startswith(".")]
    found = sorted(path for path in entries if path.suffix.lower() in SUFFIXES)
    if named and (others := sorted(path for path in entries if path.suffix.lower() in OTHERS)):
        raise DataError(f"{others[0]}: expected PNG or JPEG; convert it, or move it elsewhere.")
    if len(found) > MOST_PICTURES:
        raise DataError(f"{folder}: has more than {MOST_PICTURES:,} pictures.")
    return found
