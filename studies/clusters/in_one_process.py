"""A forecast for every series of a table in one process, on all cores.

    python studies/clusters/in_one_process.py runs/ forecasts.parquet [ROWS]

With ROWS, one call gets that many rows instead of all.
"""

from __future__ import annotations

import sys

import pyarrow
import pyarrow.parquet
import scalewise


def forecast(table: pyarrow.Table) -> pyarrow.Table:
    answer = scalewise.forecast(
        table, by="series", at=1e23, method="calibrated", kind="prediction", level=0.9
    )
    return pyarrow.table(answer.table)


def main(runs: str, forecasts: str, rows: str | None = None) -> None:
    table = pyarrow.parquet.read_table(runs)
    if rows is None:
        pyarrow.parquet.write_table(forecast(table), forecasts)
        return
    table, step = table.sort_by("series"), int(rows)
    parts = [forecast(table.slice(k, step)) for k in range(0, table.num_rows, step)]
    pyarrow.parquet.write_table(pyarrow.concat_tables(parts), forecasts)


if __name__ == "__main__":
    main(*sys.argv[1:])
