"""ARFF, the tables of Weka and OpenML: a header that says what each column is, then rows as in CSV.

Reference: Attribute-Relation File Format, University of Waikato.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from tui_nn.datasets.formats.delimited import COPIES, HEAD
from tui_nn.datasets.limits import MOST_INPUTS, check_size
from tui_nn.datasets.reader import reader
from tui_nn.datasets.source import Source
from tui_nn.datasets.table import Column, ColumnKind, Table
from tui_nn.datasets.text.charset import charset_of, text_of
from tui_nn.datasets.text.foreign import check_text
from tui_nn.datasets.text.layout import TextLayout
from tui_nn.datasets.text.reading import Reading
from tui_nn.datasets.text.wrong import MOST_ERRORS, together, wrong

LONGEST_HEADER = 2**20  # characters of a line
ATTRIBUTE = re.compile(r"""@attribute\s+('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\S+)\s+(.*)""", re.IGNORECASE)
NUMERIC = ("numeric", "real", "integer")
SAMPLE = (
    b"% iris\n@relation iris\n@attribute width numeric\n@attribute kind {rose,'a lily'}\n@data\n0.2,rose\n?,'a lily'\n"
)


@reader(".arff", sample=SAMPLE)
def arff(source: Source) -> Table:
    """A table of Weka, which declares its columns."""
    check_text(source.name, source.head(HEAD), is_arff=True)
    charset = charset_of(source)
    names: list[str] = []
    kinds: list[ColumnKind] = []
    allowed: list[tuple[str, ...]] = []
    start = 0
    quote = '"'
    with text_of(source, charset.encoding) as file:
        for number, line in enumerate(file, start=1):
            text = line[:LONGEST_HEADER].strip()
            if start:
                if text.startswith("{"):
                    raise wrong(source.name, number, 1, "is a row of sparse ARFF; expected every value of the row.")
                quote = "'" if "'" in text and '"' not in text else '"'
                if "'" in text or '"' in text:
                    break
            elif text.lower().startswith("@attribute"):
                name, kind, words = _attribute(source, number, text)
                names.append(name)
                kinds.append(kind)
                allowed.append(words)
            elif text.lower() == "@data":
                start = number
            elif text and not text.startswith("%") and not text.lower().startswith("@relation"):
                raise wrong(source.name, number, 1, f'"{text[:40]}": expected @attribute or @data.')
    if not start or len(names) < 2 or len(names) - 1 > MOST_INPUTS:
        raise wrong(source.name, max(start, 1), 1, "expected @attribute for two columns or more, and @data.")
    if len(set(names)) < len(names):
        double = next(name for name in names if names.count(name) > 1)
        raise wrong(source.name, start, 1, f'two columns are called "{double}". Rename one.')
    layout = TextLayout(charset.encoding, ",", quote, "%", start, tuple(names))
    cells = min(charset.lines * len(names), charset.size // 2 + 1)  # a cell takes two bytes at least
    check_size(source.path, charset.lines, len(names) - 1, COPIES * 8 * cells)
    read = Reading(source, layout, charset, [at for at, kind in enumerate(kinds) if kind != "number"])
    read.read()
    columns = tuple(
        replace(column, kind=kind) if column.words and kind != "number" else column
        for column, kind in zip(read.columns(), kinds, strict=True)
    )
    table = Table(source.name, columns, read.lines, (), as_written=read.as_written)
    _check(table, allowed)
    return table


def _attribute(source: Source, number: int, text: str) -> tuple[str, ColumnKind, tuple[str, ...]]:
    """The name and kind of a column, and the words that it may hold if they are declared."""
    found = ATTRIBUTE.fullmatch(text)
    if not found:
        raise wrong(source.name, number, 1, f'"{text[:40]}": expected @attribute, a name and a type.')
    name, kind = _plain(found[1]), found[2].strip()
    if kind.startswith("{") and kind.endswith("}"):
        words = re.findall(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([^,\s][^,]*)""", kind[1:-1])
        return name, "category", tuple((one or other or word).strip() for one, other, word in words)
    if kind.lower() in NUMERIC:
        return name, "number", ()
    if kind.lower() == "string" or kind.lower().startswith("date"):
        return name, "text", ()
    raise wrong(source.name, number, 1, f'column "{name}": "{kind[:40]}" is not a type that is read.')


def _plain(word: str) -> str:
    return word[1:-1] if word[:1] in "'\"" and len(word) > 1 else word


def _check(table: Table, allowed: list[tuple[str, ...]]) -> None:
    """Raise DataError for the places of words that their columns do not declare."""
    findings = []
    for at, words in enumerate(allowed):
        column: Column = table.columns[at]
        if not words or not column.words:
            continue
        odd = [code for code, word in enumerate(column.words) if word not in words and word != "?"]
        for row in np.flatnonzero(np.isin(column.values, odd))[:MOST_ERRORS].tolist() if odd else []:
            word = column.words[column.values[row]]
            message = f'column "{column.name}": "{word[:40]}" is none of its declared values.'
            findings.append(table.place(row, at).wrong(message))
    if findings:
        raise together(table.name, findings)
