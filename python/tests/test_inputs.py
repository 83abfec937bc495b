"""Every kind of table gives the same as a file, or an error with a suggestion."""

from __future__ import annotations

import array
import collections
import csv
import datetime
import io
import json
import math
import warnings
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import scalewise

Columns = dict[str, list[Any]]
Make = Callable[[Columns], Any]

TABLES: dict[str, tuple[str, Make]] = {}
REFUSED: dict[str, tuple[str, Make, str]] = {}


def works(needs: str, **tables: Make) -> None:
    """Tables with the numbers of the file."""
    TABLES.update({name.replace("_", " "): (needs, make) for name, make in tables.items()})


def refused(needs: str, **tables: tuple[Make, str]) -> None:
    """Tables that are refused, with a part of what is said about them."""
    REFUSED.update(
        {name.replace("_", " "): (needs, make, said) for name, (make, said) in tables.items()}
    )


def load(needs: str) -> None:
    for name in needs.split():
        pytest.importorskip(name)


def made(make: Make, columns: Columns) -> Any:
    """A table, where this version of its library can make it."""
    try:
        return make(columns)
    except (AttributeError, NotImplementedError, TypeError) as error:
        pytest.skip(f"the library makes no such table: {error}")


def numbers_of(answer: scalewise.Result) -> str:
    """All of an answer but the name of its table."""
    document = json.loads(answer.to_json())
    source = document.get("data", {}).get("source")
    return answer.to_json().replace(f'"source": {json.dumps(source)}', '"source": ""')


def no_nan(text: str) -> None:
    """Asserts that a JSON text has no NaN or infinity, which JSON cannot represent."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} in an answer")

    json.loads(text, parse_constant=refuse)


@pytest.fixture
def expected(path: Path) -> tuple[str, str]:
    return numbers_of(scalewise.fit(path)), scalewise.forecast(path, at="100x").to_json()


def test_tables(path: Path) -> None:
    assert len(TABLES) > 60
    assert len(REFUSED) > 30


def assert_same(table: Callable[[], Any], expected: tuple[str, str]) -> None:
    law, forecast = expected
    fitted = scalewise.fit(table())
    assert numbers_of(fitted) == law
    answer = scalewise.forecast(table(), at="100x")
    assert answer.to_json() == forecast
    no_nan(forecast)


def shuffle_back(frame: Any) -> Any:
    """The same rows, whose memory is in another order."""
    return frame.iloc[::-1].iloc[::-1]


works(
    "",
    dict_of_lists=lambda c: c,
    dict_of_tuples=lambda c: {name: tuple(cells) for name, cells in c.items()},
    dict_of_generators=lambda c: {name: (cell for cell in cells) for name, cells in c.items()},
    dict_of_deques=lambda c: {name: collections.deque(cells) for name, cells in c.items()},
    list_of_dicts=lambda c: rows(c),
    generator_of_dicts=lambda c: (row for row in rows(c)),
    rows_that_lack_a_name=lambda c: [
        {name: cell for name, cell in row.items() if name != "seed_no" or row["seed_no"] > 2}
        for row in rows(c)
    ],
    reader_of_csv=lambda c: csv.DictReader(io.StringIO(text(c))),
    bytes=lambda c: text(c).encode(),
    bytearray=lambda c: bytearray(text(c).encode()),
    memoryview=lambda c: memoryview(text(c).encode()),
    open_text=lambda c: io.StringIO(text(c)),
    open_bytes=lambda c: io.BytesIO(text(c).encode()),
    gzip=lambda c: __import__("gzip").compress(text(c).encode()),
    bytes_with_a_byte_order_mark=lambda c: text(c).encode("utf-8-sig"),
    array_of_the_standard_library=lambda c: {**c, "loss": array.array("d", c["loss"])},
    range_of_whole_numbers=lambda c: {**c, "more": range(9)},
    decimals=lambda c: {**c, "loss": [Decimal(repr(loss)) for loss in c["loss"]]},
    fractions=lambda c: {**c, "loss": [Fraction(loss) for loss in c["loss"]]},
    whole_numbers_beyond_64_bits=lambda c: {**c, "compute": [int(one) for one in c["compute"]]},
    numbers_as_text=lambda c: {**c, "loss": [repr(loss) for loss in c["loss"]]},
    truth=lambda c: {**c, "more": [True] * 9},
    times=lambda c: {**c, "more": [datetime.datetime(2026, 3, day + 1) for day in range(9)]},
    texts_with_quotes=lambda c: {**c, "name": ['a "b", c;\td'] * 9},
    none_in_another_column=lambda c: {**c, "more": [None] * 9},
    nan_in_another_column=lambda c: {**c, "more": [math.nan] * 9},
    names_that_are_no_texts=lambda c: {**c, 7: [1] * 9, None: [2] * 9},
    an_answer_with_columns=lambda c: table_of(c),
    mapping=lambda c: collections.UserDict(c),
)


def rows(columns: Columns) -> list[dict[str, Any]]:
    return [dict(zip(columns, row)) for row in zip(*columns.values())]


def text(columns: Columns) -> str:
    lines = [",".join(columns)]
    lines += [",".join(str(cell) for cell in row) for row in zip(*columns.values())]
    return "\n".join(lines) + "\n"


def table_of(columns: Columns) -> Any:
    """An object with only the Arrow interface of a table."""

    class Stream:
        def __init__(self, table: Any) -> None:
            self.table = table

        def __arrow_c_stream__(self, requested_schema: object = None) -> Any:
            return self.table.__arrow_c_stream__(requested_schema)

    # The table of a law is one of its parameters; that of a simulation has runs.
    made = scalewise.simulate(set={"a": 20, "b": -0.1, "c": 1.5}, runs=9)
    assert list(made) == ["compute", "loss", "true_loss"]
    load("pyarrow")
    import pyarrow

    return Stream(pyarrow.table(columns))


def pandas_frame(columns: Columns) -> Any:
    import pandas

    return pandas.DataFrame(columns)


def with_pandas(columns: Columns, **more: Callable[[Any], Any]) -> Any:
    """A frame of pandas in which columns are made anew from pandas itself."""
    import pandas

    return pandas.DataFrame(columns).assign(**{name: make(pandas) for name, make in more.items()})


works(
    "pandas",
    pandas=pandas_frame,
    pandas_nullable=lambda c: pandas_frame(c).convert_dtypes(),
    pandas_categories=lambda c: pandas_frame(c).astype({"name": "category", "seed_no": "category"}),
    pandas_categories_of_numbers=lambda c: pandas_frame(c).astype({"compute": "category"}),
    pandas_string=lambda c: pandas_frame(c).astype({"name": "string"}),
    pandas_objects=lambda c: pandas_frame(c).astype(object),
    pandas_named_index=lambda c: pandas_frame(c).set_index("name"),
    pandas_index_of_compute=lambda c: pandas_frame(c).set_index("compute"),
    pandas_index_of_several=lambda c: pandas_frame(c).set_index(["name", "compute"]),
    pandas_index_that_repeats_a_column=lambda c: pandas_frame(c).set_index("name", drop=False),
    pandas_rows_chosen=lambda c: shuffle_back(
        pandas_frame({n: cells * 2 for n, cells in c.items()}).iloc[:9]
    ),
    pandas_columns_of_two_levels=lambda c: pandas_frame(c).set_axis(
        __import__("pandas").MultiIndex.from_tuples([(name, "") for name in c]), axis=1
    ),
    pandas_times=lambda c: with_pandas(c, more=lambda p: p.date_range("2026-03-01", periods=9)),
    pandas_times_with_a_zone=lambda c: with_pandas(
        c, more=lambda p: p.date_range("2026-03-29", periods=9, freq="h", tz="Europe/Berlin")
    ),
    pandas_times_that_lack=lambda c: with_pandas(
        c, more=lambda p: p.Series([p.NaT] * 9, dtype="datetime64[ns, UTC]")
    ),
    pandas_durations=lambda c: with_pandas(c, more=lambda p: p.to_timedelta(range(9), unit="h")),
    pandas_periods=lambda c: with_pandas(
        c, more=lambda p: p.period_range("2026-01", periods=9, freq="M")
    ),
    pandas_ranges=lambda c: with_pandas(c, more=lambda p: p.interval_range(0, 9)),
    pandas_truth=lambda c: with_pandas(
        c, more=lambda p: p.array([True, None] * 4 + [False], dtype="boolean")
    ),
    pandas_sparse=lambda c: with_pandas(c, more=lambda p: p.arrays.SparseArray([0.0] * 9)),
    pandas_nothing=lambda c: with_pandas(c, more=lambda p: p.array([None] * 9, dtype="Int64")),
    pandas_series=lambda c: {name: cells for name, cells in pandas_frame(c).items()},
    pandas_arrays=lambda c: {
        name: cells.array for name, cells in pandas_frame(c).convert_dtypes().items()
    },
    pandas_series_of_categories=lambda c: {**c, "name": pandas_frame(c).name.astype("category")},
    pandas_index_as_a_column=lambda c: {**c, "name": pandas_frame(c).set_index("name").index},
    pandas_times_as_a_column=lambda c: {
        **c,
        "more": __import__("pandas").date_range("2026-03-01", periods=9, tz="UTC"),
    },
)
works(
    "pandas pyarrow",
    pandas_of_arrow=lambda c: pandas_frame(c).convert_dtypes(dtype_backend="pyarrow"),
    pandas_times_of_arrow=lambda c: with_pandas(
        c,
        more=lambda p: p.Series(p.date_range("2026-03-01", periods=9, tz="UTC")).astype(
            "timestamp[us, tz=UTC][pyarrow]"
        ),
    ),
)


def numpy_columns(columns: Columns, **more: Callable[[Any], Any]) -> Any:
    """Columns as arrays of NumPy, some of them made anew."""
    import numpy

    return {
        **{name: numpy.array(cells) for name, cells in columns.items()},
        **{name: make(numpy) for name, make in more.items()},
    }


def read_only(columns: Columns) -> Any:
    made = numpy_columns(columns)
    for one in made.values():
        one.flags.writeable = False
    return made


def structured(columns: Columns) -> Any:
    import numpy

    made = numpy.zeros(
        9, dtype=[("name", "U5"), ("compute", "f8"), ("loss", ">f8"), ("seed_no", "i2")]
    )
    for name, cells in columns.items():
        made[name] = cells
    return made


class Tensor:
    """An object with the interface of a PyTorch tensor."""

    def __init__(self, cells: Any) -> None:
        self.cells = cells

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        import numpy

        return numpy.array(self.cells, dtype=dtype)


class Device(Tensor):
    """A tensor on a device, which must be copied first and says so in its error."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise TypeError("can't convert device type tensor to numpy. Use Tensor.cpu() first")


works(
    "numpy",
    numpy=numpy_columns,
    numpy_big_endian=lambda c: numpy_columns(
        c,
        compute=lambda n: n.array(c["compute"], ">f8"),
        seed_no=lambda n: n.array(c["seed_no"], ">i4"),
        name=lambda n: n.array(c["name"], ">U5"),
    ),
    numpy_read_only=read_only,
    numpy_strided=lambda c: numpy_columns(c, loss=lambda n: n.repeat(c["loss"], 3)[::3]),
    numpy_backwards=lambda c: numpy_columns(c, loss=lambda n: n.array(c["loss"][::-1])[::-1]),
    numpy_column_of_a_matrix=lambda c: numpy_columns(
        c, loss=lambda n: n.array([c["loss"], c["compute"]]).T[:, 0]
    ),
    numpy_long_double=lambda c: numpy_columns(c, loss=lambda n: n.array(c["loss"], "longdouble")),
    numpy_bytes=lambda c: numpy_columns(c, name=lambda n: n.array(c["name"], "S5")),
    numpy_objects=lambda c: numpy_columns(c, loss=lambda n: n.array(c["loss"], object)),
    numpy_small_whole_numbers=lambda c: numpy_columns(
        c, seed_no=lambda n: n.array(c["seed_no"], "u1")
    ),
    numpy_large_whole_numbers=lambda c: numpy_columns(
        c, seed_no=lambda n: n.array(c["seed_no"], "u8")
    ),
    numpy_truth=lambda c: numpy_columns(c, more=lambda n: n.array([True] * 9)),
    numpy_times=lambda c: numpy_columns(
        c, more=lambda n: n.arange("2026-03-01", "2026-03-10", dtype="M8[D]")
    ),
    numpy_times_that_lack=lambda c: numpy_columns(
        c, more=lambda n: n.array(["2026-03-01"] * 8 + ["NaT"], "M8[ns]")
    ),
    numpy_durations=lambda c: numpy_columns(c, more=lambda n: n.arange(9).astype("m8[s]")),
    numpy_masked=lambda c: numpy_columns(c, loss=lambda n: n.ma.array(c["loss"], mask=[False] * 9)),
    numpy_masked_times=lambda c: numpy_columns(
        c, more=lambda n: n.ma.array(n.zeros(9, "M8[ns]"), mask=[True] + [False] * 8)
    ),
    numpy_structured=structured,
    numpy_records=lambda c: structured(c).view(__import__("numpy").recarray),
    numpy_scalars=lambda c: {
        **c,
        "loss": [__import__("numpy").float64(loss) for loss in c["loss"]],
    },
    numpy_arrays_of_one_number=lambda c: {
        **c,
        "loss": [__import__("numpy").array([loss]) for loss in c["loss"]],
    },
    tensor=lambda c: {name: Tensor(cells) for name, cells in c.items()},
)


def polars_frame(columns: Columns, **more: Callable[[Any], Any]) -> Any:
    import polars

    return polars.DataFrame(columns).with_columns(
        **{name: make(polars) for name, make in more.items()}
    )


works(
    "polars",
    polars=polars_frame,
    polars_lazy=lambda c: polars_frame(c).lazy(),
    polars_categorical=lambda c: polars_frame(c, name=lambda p: p.col("name").cast(p.Categorical)),
    polars_enum=lambda c: polars_frame(c, name=lambda p: p.col("name").cast(p.Enum(c["name"]))),
    polars_decimal=lambda c: polars_frame(
        {**c, "loss": [Decimal(repr(loss)) for loss in c["loss"]]}
    ),
    polars_nothing=lambda c: polars_frame(c, more=lambda p: p.lit(None)),
    polars_lazy_with_nothing=lambda c: polars_frame(c, more=lambda p: p.lit(None)).lazy(),
    polars_nested=lambda c: polars_frame({**c, "more": [[1]] * 9, "parts": [{"a": 1}] * 9}),
    polars_bytes=lambda c: polars_frame({**c, "more": [b"ab"] * 9}),
    polars_times=lambda c: polars_frame({**c, "more": [datetime.datetime(2026, 3, 1)] * 9}),
    polars_dates_and_durations=lambda c: polars_frame(
        {**c, "more": [datetime.date(2026, 3, 1)] * 9, "took": [datetime.timedelta(1)] * 9}
    ),
    polars_times_with_a_zone=lambda c: polars_frame(
        {**c, "more": [datetime.datetime(2026, 3, 1, tzinfo=datetime.timezone.utc)] * 9}
    ),
    polars_times_of_a_place=lambda c: polars_frame(
        {**c, "more": [datetime.datetime(2026, 3, 1)] * 9},
        more=lambda p: p.col("more").dt.replace_time_zone("Asia/Tokyo"),
    ),
    polars_chunks=lambda c: __import__("polars").concat(
        [polars_frame(c)[:4], polars_frame(c)[4:]], rechunk=False
    ),
    polars_series=lambda c: {name: polars_frame(c)[name] for name in c},
    polars_series_of_categories=lambda c: {
        **c,
        "name": polars_frame(c, name=lambda p: p.col("name").cast(p.Categorical))["name"],
    },
    polars_series_with_nulls=lambda c: {
        **c,
        "more": polars_frame({"more": [None] + [1] * 8})["more"],
    },
)


def arrow_table(columns: Columns, **more: Callable[[Any], Any]) -> Any:
    import pyarrow

    return pyarrow.table({**columns, **{name: make(pyarrow) for name, make in more.items()}})


def in_chunks(columns: Columns) -> Any:
    import pyarrow

    table = arrow_table(columns)
    return pyarrow.concat_tables([table.slice(0, 4), table.slice(4, 0), table.slice(4)])


works(
    "pyarrow",
    arrow=arrow_table,
    arrow_batch=lambda c: arrow_table(c).to_batches()[0],
    arrow_reader=lambda c: arrow_table(c).to_reader(max_chunksize=2),
    arrow_chunks=in_chunks,
    arrow_slice=lambda c: arrow_table(
        {name: [cells[0], *cells, cells[0]] for name, cells in c.items()}
    ).slice(1, 9),
    arrow_dictionary=lambda c: arrow_table(
        c,
        name=lambda p: p.array(c["name"]).dictionary_encode(),
        compute=lambda p: p.array(c["compute"]).dictionary_encode(),
    ),
    arrow_decimal=lambda c: arrow_table({**c, "loss": [Decimal(repr(loss)) for loss in c["loss"]]}),
    arrow_large_decimal=lambda c: arrow_table(
        c, more=lambda p: p.array([Decimal(1)] * 9, p.decimal256(50, 3))
    ),
    arrow_nested=lambda c: arrow_table({**c, "more": [[1.0]] * 9, "parts": [{"a": 1}] * 9}),
    arrow_map=lambda c: arrow_table(
        c, more=lambda p: p.array([[("a", 1)]] * 9, p.map_(p.string(), p.int32()))
    ),
    arrow_views_of_texts=lambda c: arrow_table(
        c, name=lambda p: p.array(c["name"], p.string_view())
    ),
    arrow_large_texts=lambda c: arrow_table(c, name=lambda p: p.array(c["name"], p.large_string())),
    arrow_runs_of_one_value=lambda c: arrow_table(
        c, more=lambda p: p.RunEndEncodedArray.from_arrays([9], ["x"])
    ),
    arrow_nothing=lambda c: arrow_table(c, more=lambda p: p.nulls(9)),
    arrow_times_with_a_zone=lambda c: arrow_table(
        c,
        more=lambda p: p.array(
            [datetime.datetime(2026, 3, 29)] * 9, p.timestamp("us", "Europe/Berlin")
        ),
    ),
    arrow_arrays=lambda c: {name: arrow_table(c)[name].combine_chunks() for name in c},
    arrow_chunked_arrays=lambda c: {name: in_chunks(c)[name] for name in c},
    arrow_array_with_nulls=lambda c: {**c, "more": __import__("pyarrow").array([None, *range(8)])},
)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_in_memory_is_that_of_a_file(
    name: str, columns: Columns, expected: tuple[str, str]
) -> None:
    needs, make = TABLES[name]
    load(needs)
    made(make, columns)
    assert_same(lambda: make(columns), expected)


def test_columns_by_keyword_are_those_of_a_file(
    columns: Columns, expected: tuple[str, str]
) -> None:
    assert numbers_of(scalewise.fit(**columns)) == expected[0]
    assert scalewise.forecast(at="100x", **columns).to_json() == expected[1]
    arrays = {name: Tensor(cells) for name, cells in columns.items()}
    pytest.importorskip("numpy")
    assert scalewise.forecast(at="100x", **arrays).to_json() == expected[1]


def test_a_path_is_a_text_or_a_path_or_several(
    path: Path, expected: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for table in (str(path), path, [path], (str(path),)):
        assert_same(lambda: table, expected)
    lines = path.read_text().splitlines(keepends=True)
    parts = [path.with_name(f"part-{k}.csv") for k in (1, 2)]
    parts[0].write_text("".join(lines[:5]))
    parts[1].write_text("".join(lines[:1] + lines[5:]))
    path.unlink()
    by_parts = scalewise.forecast([str(one) for one in parts], at="100x")
    assert by_parts.to_json() == scalewise.forecast(path.parent, at="100x").to_json()
    monkeypatch.chdir(path.parent)
    assert by_parts.to_json() == scalewise.forecast("part-*.csv", at="100x").to_json()
    assert by_parts.point == json.loads(expected[1])["forecasts"][0]["point"]


@pytest.mark.parametrize("kind", ["f2", "f4", ">f4"])
@pytest.mark.parametrize("library", ["numpy", "pandas", "pyarrow", "polars"])
def test_a_number_of_few_bits_is_the_number_that_is_stored(
    kind: str, library: str, columns: Columns
) -> None:
    numpy = pytest.importorskip("numpy")
    frames = pytest.importorskip(library)
    few = numpy.array(columns["loss"], kind)
    same = {**columns, "loss": [float(loss) for loss in few]}
    if library == "numpy":
        table: Any = {**columns, "loss": few}
    elif library == "pandas":
        table = frames.DataFrame({**columns, "loss": few})
    else:
        native = few.astype(few.dtype.newbyteorder("="))
        try:
            table = (frames.table if library == "pyarrow" else frames.DataFrame)(
                {**columns, "loss": native}
            )
        except (TypeError, NotImplementedError) as error:
            pytest.skip(f"{library} has no such column: {error}")
    assert numbers_of(scalewise.fit(table)) == numbers_of(scalewise.fit(same))


# A loss that is missing, not a number, infinite or of no use, in each kind of table.
HOLES: dict[str, tuple[str, Make, str]] = {
    "None in a list": ("", lambda c: holed(c, None), "loss is blank"),
    "NaN in a list": ("", lambda c: holed(c, math.nan), "loss is not a number"),
    "infinite": ("", lambda c: holed(c, math.inf), "loss is infinite"),
    "negative": ("", lambda c: holed(c, -1.0), "loss is negative"),
    "negative zero": ("", lambda c: holed(c, -0.0), "loss is zero"),
    "an object": ("", lambda c: holed(c, object()), "loss is not a number"),
    "a complex number": ("", lambda c: holed(c, 2 + 1j), "loss is not a number"),
    "a row without a loss": (
        "",
        lambda c: [
            {k: v for k, v in row.items() if k != "loss" or n != 2} for n, row in enumerate(rows(c))
        ],
        "loss is blank",
    ),
    "NaN in an array": (
        "numpy",
        lambda c: numpy_columns(holed(c, math.nan)),
        "loss is not a number",
    ),
    "None in an array": (
        "numpy",
        lambda c: numpy_columns(c, loss=lambda n: n.array(holed(c, None)["loss"], object)),
        "loss is blank",
    ),
    "a masked cell": (
        "numpy",
        lambda c: numpy_columns(
            c, loss=lambda n: n.ma.array(c["loss"], mask=[k == 2 for k in range(9)])
        ),
        "loss is blank",
    ),
    "a masked half": (
        "numpy",
        lambda c: numpy_columns(
            c, loss=lambda n: n.ma.array(c["loss"], "f2", mask=[k == 2 for k in range(9)])
        ),
        "loss is blank",
    ),
    "the mask itself": (
        "numpy",
        lambda c: holed(c, __import__("numpy").ma.masked),
        "loss is blank",
    ),
    "NaN of pandas": ("pandas", lambda c: pandas_frame(holed(c, math.nan)), "loss is blank"),
    "NA of pandas": (
        "pandas",
        lambda c: pandas_frame(holed(c, None)).convert_dtypes(),
        "loss is blank",
    ),
    "NA in a list": ("pandas", lambda c: holed(c, __import__("pandas").NA), "loss is blank"),
    "NaT in a list": ("pandas", lambda c: holed(c, __import__("pandas").NaT), "loss is blank"),
    "null of polars": ("polars", lambda c: polars_frame(holed(c, None)), "loss is blank"),
    "NaN of polars": ("polars", lambda c: polars_frame(holed(c, math.nan)), "loss is not a number"),
    "null of arrow": ("pyarrow", lambda c: arrow_table(holed(c, None)), "loss is blank"),
    "null in a dictionary": (
        "pyarrow",
        lambda c: arrow_table(
            c, loss=lambda p: p.array(holed(c, None)["loss"]).dictionary_encode()
        ),
        "loss is blank",
    ),
}


def holed(columns: Columns, hole: Any) -> Columns:
    return {**columns, "loss": [hole if k == 2 else loss for k, loss in enumerate(columns["loss"])]}


@pytest.mark.parametrize("name", HOLES)
def test_a_row_that_is_left_out_is_named(name: str, columns: Columns) -> None:
    needs, make, reason = HOLES[name]
    load(needs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        seen = scalewise.check(made(make, columns))
        law = scalewise.fit(make(columns))
    assert (seen.rows, seen.used) == (9, 8)
    [excluded] = law.data["excluded"]
    # Line 1 holds the names.
    assert excluded["line"] == 4
    assert reason in excluded["reason"]
    assert "1 excluded (line 4: " in repr(law)
    rest = {
        name: [cell for k, cell in enumerate(cells) if k != 2] for name, cells in columns.items()
    }
    assert law.params == scalewise.fit(rest).params or "half" in name
    no_nan(law.to_json())


refused(
    "",
    a_number=(lambda c: 5, "give a path, a data frame"),
    nothing_at_all=(lambda c: object(), "give a path, a data frame"),
    a_class=(lambda c: scalewise.Law, "give a path, a data frame"),
    an_answer=(lambda c: scalewise.check(c), "give a path, a data frame"),
    a_text_of_several_lines=(lambda c: text(c), ".encode()"),
    an_empty_path=(lambda c: "", "no such file"),
    no_such_file=(lambda c: "nowhere.csv", "no such file"),
    a_path_with_a_zero_byte=(lambda c: "a\0b", "cannot be read"),
    empty_bytes=(lambda c: b"", "hint:"),
    an_empty_dict=(lambda c: {}, "names the columns"),
    an_empty_list=(lambda c: [], "names the columns"),
    empty_rows=(lambda c: [{}, {}], "names the columns"),
    no_rows=(lambda c: {name: [] for name in c}, "add one line for each run"),
    rows_of_tuples=(lambda c: list(zip(*c.values())), "give rows as dicts"),
    columns_of_two_lengths=(lambda c: {**c, "loss": c["loss"][1:]}, "columns of one length"),
    a_text_as_a_column=(lambda c: {**c, "loss": "abc"}, "one value a run"),
    bytes_as_a_column=(lambda c: {**c, "loss": b"abc"}, "one value a run"),
    a_number_as_a_column=(lambda c: {**c, "loss": 2.0}, "one value a run"),
    none_as_a_column=(lambda c: {**c, "loss": None}, "one value a run"),
    a_dict_as_a_column=(lambda c: {**c, "loss": dict(enumerate(c["loss"]))}, "one value a run"),
    a_set_as_a_column=(lambda c: {**c, "loss": set(c["loss"])}, "one value a run"),
    lists_as_cells=(
        lambda c: {**c, "loss": [[loss] for loss in c["loss"]]},
        "one number or text a cell",
    ),
    bytes_that_are_no_text=(lambda c: {**c, "name": [b"\xff"] * 9}, "decode it first"),
    complex_numbers=(
        lambda c: {**c, "loss": [loss + 1j for loss in c["loss"]]},
        "loss is not a number",
    ),
    two_names_that_print_alike=(
        lambda c: {**c, 3: [1] * 9, "3": [2] * 9},
        "two columns have the name '3'",
    ),
)
refused(
    "numpy",
    numpy_matrix=(lambda c: numpy_columns(c, loss=lambda n: n.array([c["loss"]]).T), ".ravel()"),
    numpy_matrix_as_a_table=(lambda c: __import__("numpy").ones((9, 2)), "give rows as dicts"),
    numpy_line_as_a_table=(lambda c: __import__("numpy").ones(9), "give rows as dicts"),
    numpy_scalar=(lambda c: numpy_columns(c, loss=lambda n: n.array(2.0)), ".ravel()"),
    numpy_complex=(
        lambda c: numpy_columns(c, loss=lambda n: n.array(c["loss"]) + 1j),
        "for example by .real",
    ),
    numpy_of_no_length=(
        lambda c: numpy_columns({name: [] for name in c}),
        "add one line for each run",
    ),
    numpy_structured_of_no_length=(lambda c: structured(c)[:0], "add one line for each run"),
    numpy_structured_matrix=(lambda c: structured(c).reshape(3, 3), ".ravel()"),
    numpy_arrays_as_cells=(
        lambda c: {**c, "loss": [__import__("numpy").ones(2)] * 9},
        "one number or text a cell",
    ),
)
refused(
    "pandas",
    pandas_series=(lambda c: pandas_frame(c)["loss"], "columns by keyword"),
    pandas_of_no_length=(lambda c: pandas_frame(c).iloc[:0], "add one line for each run"),
    pandas_of_no_columns=(lambda c: pandas_frame(c)[[]], "names the columns"),
    pandas_two_columns_of_a_name=(
        lambda c: __import__("pandas").concat([pandas_frame(c), pandas_frame(c)[["loss"]]], axis=1),
        "two columns have the name 'loss'",
    ),
    pandas_two_levels_of_a_name=(
        lambda c: pandas_frame(c)[["loss", "loss"]].set_axis(
            __import__("pandas").MultiIndex.from_tuples([("a", "loss")] * 2), axis=1
        ),
        "two columns have the name",
    ),
    pandas_without_names=(
        lambda c: __import__("pandas").DataFrame([[1e18, 2.0], [1e19, 1.9]]),
        "no column for the compute",
    ),
)
refused(
    "polars",
    polars_series=(lambda c: polars_frame(c)["loss"], "columns by keyword"),
    polars_of_no_length=(lambda c: polars_frame(c)[:0], "add one line for each run"),
    polars_lazy_of_no_length=(
        lambda c: polars_frame(c).lazy().head(0),
        "add one line for each run",
    ),
    polars_of_no_columns=(lambda c: __import__("polars").DataFrame(), "names the columns"),
)
refused(
    "pyarrow",
    arrow_column=(lambda c: arrow_table(c)["loss"], "columns by keyword"),
    arrow_of_no_length=(lambda c: arrow_table(c).slice(0, 0), "add one line for each run"),
    arrow_of_no_columns=(lambda c: arrow_table(c).select([]), "names the columns"),
    arrow_two_columns_of_a_name=(
        lambda c: __import__("pyarrow").Table.from_arrays(
            [[1e18, 1e19], [2.0, 1.9], [2.0, 1.9]], names=["compute", "loss", "loss"]
        ),
        "two columns have the name 'loss'",
    ),
    arrow_a_list_of_losses=(
        lambda c: arrow_table({**c, "loss": [[loss] for loss in c["loss"]]}),
        "loss is not a number",
    ),
    arrow_a_time_that_is_none=(
        lambda c: arrow_table(c, more=lambda p: p.array([2**62] * 9, p.timestamp("s"))),
        "give plain columns",
    ),
)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_table_is_refused_with_what_to_do(name: str, columns: Columns) -> None:
    needs, make, said = REFUSED[name]
    load(needs)
    table = made(make, columns)
    with pytest.raises(scalewise.ScalewiseError) as caught:
        scalewise.fit(table)
    assert said in str(caught.value)
    assert "\n  hint: " in str(caught.value)


def test_a_keyword_that_is_no_column_is_refused(columns: Columns) -> None:
    with pytest.raises(TypeError, match="unexpected keyword 'levle'"):
        scalewise.fit(**columns, levle=0.8)
    with pytest.raises(TypeError, match="unexpected keywords: losses"):
        scalewise.fit(columns, losses=[1, 2])
    with pytest.raises(TypeError, match="needs a table"):
        scalewise.fit()
    with pytest.raises(TypeError, match="unexpected keywords: loss"):
        scalewise.forecast(scalewise.fit(columns), at="10x", loss=[1])


def test_what_a_table_raises_is_raised() -> None:
    def broken() -> Iterator[dict[str, float]]:
        yield {"compute": 1e18, "loss": 3.0}
        raise RuntimeError("the source ended")

    class Stream:
        def __arrow_c_stream__(self, requested_schema: object = None) -> Any:
            raise ValueError("no stream")

    with pytest.raises(RuntimeError, match="the source ended"):
        scalewise.check(broken())
    with pytest.raises(ValueError, match="no stream"):
        scalewise.check(Stream())
    pytest.importorskip("numpy")
    with pytest.raises(TypeError, match=r"Tensor\.cpu"):
        scalewise.check(compute=Device([1e18]), loss=[2.0])


def test_a_stream_that_is_none_is_refused() -> None:
    class Stream:
        def __arrow_c_stream__(self, requested_schema: object = None) -> Any:
            return 5

    with pytest.raises(TypeError):
        scalewise.check(Stream())


def test_names_of_columns_are_found_and_given(columns: Columns) -> None:
    renamed = {"who": columns["name"], "spent": columns["compute"], "xent": columns["loss"]}
    law = scalewise.fit(renamed, compute_col="spent", loss_col="xent")
    assert law.params == scalewise.fit(columns).params
    with pytest.raises(scalewise.DataError) as caught:
        scalewise.fit(renamed)
    assert "compute_col" in str(caught.value) or "let" in str(caught.value)
    # The columns are shown with the error.
    assert "spent" in str(caught.value)


def test_a_surrogate_is_no_crash(columns: Columns) -> None:
    assert scalewise.check({**columns, "name": ["\udc80"] * 9}).used == 9
    with pytest.raises((UnicodeEncodeError, scalewise.ScalewiseError)):
        scalewise.check({**columns, "\udc80": [1] * 9}).to_dict()
        raise scalewise.UsageError("it works")


def test_tables_beside_the_first(columns: Columns, path: Path) -> None:
    losses = {"name": columns["name"], "loss": columns["loss"]}
    runs = {"name": columns["name"], "compute": columns["compute"]}
    expected = scalewise.fit(columns).params
    assert scalewise.fit(runs, join=losses, join_on="name").params == expected
    assert scalewise.fit(runs, join=rows(losses), join_on="name").params == expected
    assert scalewise.fit(runs, join=path, join_on="name").params == expected
    for library in ("pandas", "polars"):
        try:
            frames = __import__(library)
        except ImportError:
            continue
        assert (
            scalewise.fit(
                frames.DataFrame(runs), join=frames.DataFrame(losses), join_on="name"
            ).params
            == expected
        )


def test_series_of_every_library_are_the_same(columns: Columns) -> None:
    many: Columns = {name: cells * 3 for name, cells in columns.items()}
    many["task"] = [task for task in ("a", "b", "c") for _ in range(9)]
    expected = scalewise.forecast(many, by="task", at="10x").to_json()
    one = json.loads(scalewise.forecast(columns, at="10x").to_json())
    for library in ("pandas", "polars", "pyarrow"):
        try:
            frames = __import__(library)
        except ImportError:
            continue
        table = frames.table(many) if library == "pyarrow" else frames.DataFrame(many)
        assert scalewise.forecast(table, by="task", at="10x").to_json() == expected
        if library == "pandas":
            grouped = table.astype({"task": "category"})
            assert scalewise.forecast(grouped, by="task", at="10x").to_json() == expected
    assert [series["result"]["forecasts"] for series in json.loads(expected)["series"]] == [
        one["forecasts"]
    ] * 3
