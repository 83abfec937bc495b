"""Converts the Python forms of a table to a table of the native module."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from ._scalewise import Table, UsageError

#: A path or several, a frame, a mapping of columns, rows as mappings, or whatever offers a stream
#: of Arrow.
TableLike: TypeAlias = Any

#: Numbers: an array, a list, or a column of a frame.
ArrayLike: TypeAlias = Any


def table(
    data: TableLike, run_from: str | None = None, log_line: str | Sequence[str] | None = None
) -> Table:
    """Converts ``data`` to a table."""
    paths = _paths(data)
    if paths is not None:
        lines = [log_line] if isinstance(log_line, str) else list(log_line or [])
        return Table.paths(paths, run_from, lines)
    if run_from is not None or log_line is not None:
        raise UsageError("run_from and log_line are about files: give paths, or leave them out")
    if isinstance(data, Table):
        return data
    if isinstance(data, (bytes, bytearray, memoryview)):
        return Table.bytes(bytes(data), "bytes")
    if callable(getattr(data, "read", None)):
        content = data.read()
        return Table.bytes(content.encode() if isinstance(content, str) else bytes(content), "file")
    if _is_pandas(data):
        return Table.columns(_of_pandas(data), "data frame", True)
    if type(data).__module__.startswith("polars"):
        data, name = (
            (data.collect(), "lazy frame")
            if hasattr(data, "collect")
            else (data, type(data).__name__)
        )
        return Table.stream(_of_polars(data), name)
    _refuse_column(data)
    if hasattr(data, "__arrow_c_stream__"):
        return Table.stream(data, type(data).__name__)
    if isinstance(data, Mapping):
        return Table.columns(
            [(str(name), _column(name, cells)) for name, cells in data.items()], "columns"
        )
    names = getattr(getattr(data, "dtype", None), "names", None)
    if names:
        return Table.columns([(name, _column(name, data[name])) for name in names], "array")
    if isinstance(data, Iterable) and not isinstance(data, str):
        return Table.columns(_of_rows(data), "rows")
    raise UsageError(
        f"a {type(data).__name__} is no table\n  hint: give a path, a data frame of pandas, polars or "
        "pyarrow, a dict of columns, or a list of dicts; a frame of Spark is one after .toPandas()"
    )


def beside(data: TableLike) -> str:
    """A table in a place where a path is also accepted: a path, or its text."""
    paths = _paths(data)
    if paths is not None:
        if len(paths) != 1:
            raise UsageError("several paths stand where one table was expected")
        return paths[0]
    text = table(data).text()
    assert text is not None
    return text


def is_path(data: object) -> bool:
    """Whether this is the path of a file."""
    return isinstance(data, (str, os.PathLike))


def _paths(data: TableLike) -> list[str] | None:
    if is_path(data):
        path = os.fspath(data)
        if "\n" in path:
            raise UsageError(
                "a text of several lines is no path\n  hint: give the content of a table as bytes: text.encode()"
            )
        return [path]
    if isinstance(data, (list, tuple)) and data and all(is_path(one) for one in data):
        return [os.fspath(one) for one in data]
    return None


def _refuse_column(data: Any) -> None:
    """Refuses a single column, which is not a table."""
    of_frame = any(hasattr(data, name) for name in ("__arrow_c_stream__", "iloc", "to_frame"))
    if (of_frame and hasattr(data, "dtype")) or hasattr(data, "chunks"):
        raise UsageError(
            f"a {type(data).__name__} is one column\n  hint: give a frame, or columns by keyword: "
            "compute=frame['compute'], loss=frame['loss']"
        )


def _of_polars(frame: Any) -> Any:
    _refuse_column(frame)
    import polars

    # A column that has only nulls has no cells to pass by Arrow.
    empty = [column for column, kind in frame.schema.items() if kind == polars.Null]
    frame = frame.with_columns(polars.col(empty).cast(polars.String)) if empty else frame
    # The first versions of polars 1 offer no stream, but can make a table that does.
    return frame if hasattr(frame, "__arrow_c_stream__") else frame.to_arrow()


def _is_pandas(data: object) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(data, pandas.DataFrame)


def _of_pandas(frame: Any) -> list[tuple[str, Any]]:
    if any(name is not None for name in frame.index.names):
        try:
            frame = frame.reset_index()
        except ValueError:
            # The index repeats an existing column.
            frame = frame.reset_index(drop=True)
    columns = []
    for k, name in enumerate(frame.columns):
        heading = (
            ".".join(str(part) for part in name if str(part))
            if isinstance(name, tuple)
            else str(name)
        )
        columns.append((heading, _of_series(heading, frame.iloc[:, k])))
    return columns


def _of_series(name: str, cells: Any) -> Any:
    import numpy

    if isinstance(cells.dtype, numpy.dtype) and cells.dtype.kind in "fiu":
        return _column(name, cells.to_numpy())
    missing = cells.isna().to_numpy()
    if cells.dtype.kind == "M" if hasattr(cells.dtype, "kind") else False:
        cells = cells.astype(str)
    # Categories, nullable numbers, times with their zones: each value as it prints.
    values = cells.astype(object).tolist()
    return [None if gone else value for value, gone in zip(values, missing)]


def _column(name: object, cells: Any) -> Any:
    """Converts cells to the form that the native module takes."""
    ordered = isinstance(cells, Iterable) and not isinstance(
        cells, (str, bytes, Mapping, set, frozenset)
    )
    if not ordered and not hasattr(cells, "__array__"):
        raise UsageError(
            f"column '{name}': a {type(cells).__name__} is no column\n  hint: give a list or an array, one value a run"
        )
    if isinstance(cells, (list, tuple, range)):
        return [_plain(value) for value in cells]
    if hasattr(cells, "isna") and hasattr(cells, "dtype") and hasattr(cells, "iloc"):
        return _of_series(str(name), cells)
    if not hasattr(cells, "__array__"):
        return [_plain(value) for value in cells]
    import numpy

    if isinstance(cells, numpy.ma.MaskedArray) and numpy.ma.is_masked(cells):
        gone = numpy.ma.getmaskarray(cells)
        if cells.dtype.kind in "mM":
            cells = numpy.where(gone, numpy.array("NaT", cells.dtype), cells.data)
        else:
            # Objects: numbers are kept, and masked cells are blank.
            cells = cells.data.astype(object)
            cells[gone] = None
    array = numpy.asarray(cells)
    if array.ndim != 1:
        raise UsageError(
            f"column '{name}' has {array.ndim} dimensions and needs one\n  hint: give one value a run, for example by .ravel()"
        )
    kind = array.dtype.kind
    if kind == "f":
        # This also covers the other byte order, half precision, and read-only memory.
        return numpy.ascontiguousarray(array, dtype="=f8").tobytes()
    if kind == "i" or (kind == "u" and array.dtype.itemsize < 8):
        return bytearray(numpy.ascontiguousarray(array, dtype="=i8").tobytes())
    if kind == "M":
        return [
            None if value == "NaT" else value for value in numpy.datetime_as_string(array).tolist()
        ]
    if kind == "c":
        raise UsageError(
            f"column '{name}' holds complex numbers\n  hint: give real ones, for example by .real"
        )
    return [_plain(value) for value in array.tolist()]


def _plain(value: Any) -> Any:
    """A cell: a text, a number or None."""
    if value is None or isinstance(value, (str, float, int)):
        return value
    if type(value).__name__ in ("NAType", "NaTType", "MaskedConstant"):
        return None
    if isinstance(value, (list, tuple, dict, set)):
        raise UsageError(
            f"a cell is a {type(value).__name__}\n  hint: give one number or text a cell"
        )
    if getattr(value, "shape", ()) not in ((), (1,)):
        raise UsageError(
            f"a cell is an array of the shape {value.shape}\n  hint: give one number or text a cell"
        )
    item = getattr(value, "item", None)
    if item is not None:
        return item()
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            raise UsageError(f"the cell {value!r} is no UTF-8\n  hint: decode it first") from None
    # A fraction; a decimal number stays exact.
    return (
        float(value)
        if hasattr(value, "as_integer_ratio") and hasattr(value, "numerator")
        else value
    )


def _of_rows(rows: Iterable[Any]) -> list[tuple[str, Any]]:
    """Rows as columns, in the order in which their names first appear."""
    columns: dict[str, list[Any]] = {}
    count = 0
    for row in rows:
        if not isinstance(row, Mapping):
            raise UsageError(
                f"row {count + 1} is a {type(row).__name__} and not a dict\n  hint: give rows as dicts, or columns as a dict of lists"
            )
        for name, value in row.items():
            column = columns.setdefault(str(name), [])
            column.extend([None] * (count - len(column)))
            column.append(_plain(value))
        count += 1
    for column in columns.values():
        column.extend([None] * (count - len(column)))
    return list(columns.items())
