"""What a file is that is called a table and is none, by what it begins with."""

from __future__ import annotations

import re

from tui_nn.datasets.text.wrong import wrong

UNPACK = "unpack it first; of compressed files .gz and .zst are read"
SHEET = "save its sheet as CSV"
TABLE = "save the table as CSV"
# What a file begins with -> what it is, and what to do.
BINARY: tuple[tuple[bytes, str, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "an old workbook of Excel", SHEET),
    (b"%PDF-", "a PDF", TABLE),
    (b"SQLite format 3\0", "a database of SQLite", TABLE),
    (b"\x89HDF", "an HDF5 file", TABLE),
    (b"MATLAB 7.3", "a MATLAB file of version 7.3", "save it with -v7"),
    (b"MATLAB 5.0", "a MATLAB file", "call it .mat"),
    (b"\x93NUMPY", "an array of numpy", "call it .npy"),
    (b"PAR1", "a table of Parquet", "call it .parquet"),
    (b"ARROW1", "an Arrow or Feather file", "save it as Parquet or CSV"),
    (b"ORC\x0a", "an ORC file", "save it as Parquet or CSV"),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd a second time", UNPACK),
    (b"\x1f\x8b", "compressed by gzip a second time", UNPACK),
    (b"BZh", "compressed by bzip2", UNPACK),
    (b"\xfd7zXZ\0", "compressed by xz", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "an archive of 7-Zip", UNPACK),
    (b"Rar!\x1a\x07", "an archive of RAR", UNPACK),
    (b"\x89PNG\r\n", "a picture", "give the folder that has a folder of pictures for each class"),
    (b"\xff\xd8\xff", "a picture", "give the folder that has a folder of pictures for each class"),
    (b"$FL2", "a file of SPSS", TABLE),
    (b"<stata_dta>", "a file of Stata", TABLE),
    (b"{\\rtf", "a document of rich text", TABLE),
    (b"version https://git-lfs.github.com/", "a pointer of Git LFS, not the file itself", "run git lfs pull"),
)
ZIPPED = (
    (b"xl/", "a workbook of Excel", SHEET),
    (b"[Content_Types].xml", "a document of an office program", SHEET),
    (b"mimetypeapplication/vnd.oasis", "a document of OpenDocument", SHEET),
    (b".npy", "an archive of numpy's arrays", "call it .npz"),
)
PICKLE = re.compile(rb"\x80[\x02-\x05][\x95\x8c\]}()cX]")
PAGE = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body|table|div|meta|script)\b", re.IGNORECASE)
XML = re.compile(rb"\s*<(?:\?xml|!doctype|[a-z][\w:.-]*[\s/>])", re.IGNORECASE)
JSON = re.compile(rb'\s*(?:\{\s*(?:"|\}\s*$)|\[\s*["{\[])')
ARFF = re.compile(rb"(?:\s*%[^\n]*\n)*\s*@relation\b", re.IGNORECASE)
MARK = b"\xef\xbb\xbf"


def check_text(name: str, head: bytes, *, is_arff: bool = False) -> None:
    """Raise DataError if a file that begins with `head` is of a kind that no text of a table is."""
    found = _kind(head.removeprefix(MARK), is_arff)
    if found is not None:
        what, remedy = found
        raise wrong(name, 1, 1, f"is {what}, whatever its name says; expected a table as text: {remedy}.")


def _kind(head: bytes, is_arff: bool) -> tuple[str, str] | None:
    if head.startswith(b"PK\x03\x04"):
        inside = ((what, remedy) for mark, what, remedy in ZIPPED if mark in head)
        return next(inside, ("a ZIP archive", UNPACK))
    for start, what, remedy in BINARY:
        if head.startswith(start) and (b"\0" in head or start.isascii()) and not _is_row(head, start):
            return what, remedy
    if head[257:262] == b"ustar":
        return "a tar archive", UNPACK
    if PICKLE.match(head):
        return "a pickle, which is never read, for reading one may run a program", TABLE
    if PAGE.match(head):
        return "HTML, a page of the web", "fetch the file itself, perhaps after logging in"
    if XML.match(head):
        return "XML", TABLE
    if JSON.match(head):
        return "JSON", TABLE
    if not is_arff and ARFF.match(head):
        return "a table of Weka", "call it .arff"
    return None


def _is_row(head: bytes, start: bytes) -> bool:
    """Whether a mark of letters alone, such as PAR1 or BZh, begins a row of a text."""
    return start.isalnum() and b"\0" not in head
