"""The table of an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from . import _scalewise as native


def array(values: list[Any]) -> Any:
    """An array of NumPy, or the list itself where NumPy is not installed."""
    try:
        import numpy
    except ImportError:
        return values
    return numpy.asarray(values)


class Columns(Mapping[str, Any]):
    """A table: a mapping from names to columns, which any data-frame library can read by Arrow.

    Examples
    --------
    >>> import scalewise
    >>> runs = scalewise.simulate(set={"a": 20, "b": -0.1, "c": 1.5}, runs=3)
    >>> list(runs)
    ['compute', 'loss', 'true_loss']
    >>> len(runs["loss"])
    3
    """

    def __init__(self, answer: native.Answer) -> None:
        columns = answer.columns()
        if columns is None:
            raise native.UsageError("this answer has no table\n  hint: .to_dict() has all of it")
        self._answer = answer
        self._columns = dict(columns)

    def __getitem__(self, name: str) -> Any:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __arrow_c_stream__(self, requested_schema: object = None) -> Any:
        return self._answer.stream()

    def to_csv(self) -> str:
        """The table as CSV, with the same bytes as the command line's ``--format csv``."""
        text = self._answer.csv()
        assert text is not None
        return text

    def to_dict(self) -> dict[str, list[Any]]:
        """The columns as lists; None where a cell is blank."""
        return dict(self._columns)

    def to_rows(self) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        return [dict(zip(self._columns, row)) for row in zip(*self._columns.values())]

    def to_pandas(self) -> Any:
        """The table as a frame of pandas."""
        import pandas

        return pandas.DataFrame(self._columns)

    def to_polars(self) -> Any:
        """The table as a frame of polars."""
        import polars

        # The first versions of polars 1 read no stream.
        streams = hasattr(polars.DataFrame, "__arrow_c_stream__")
        return polars.DataFrame(self if streams else self._columns)

    def __repr__(self) -> str:
        rows = len(next(iter(self._columns.values()), []))
        return f"<table of {rows} rows: {', '.join(self._columns)}>"
