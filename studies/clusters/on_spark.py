"""A forecast for every series of a table, with PySpark's `mapInArrow`.

    python studies/clusters/on_spark.py runs/ forecasts/

reads Parquet files with the columns `series`, `compute` and `loss`, and writes Parquet files.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pyarrow
from answer import ANSWER
from pyspark.sql import SparkSession
from pyspark.sql.pandas.types import from_arrow_schema

# Every worker of Spark is a process of its own, so each computes on one thread.
os.environ["RAYON_NUM_THREADS"] = "1"
os.environ.setdefault("PYSPARK_PYTHON", sys.executable)

# What one call gets at least, if there are so many rows: 1,000 series of 8 runs.
ROWS = 8_000


def whole_series(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.Table]:
    """Tables of whole series, from batches whose rows are sorted by series."""
    import pyarrow
    import pyarrow.compute

    held: list[pyarrow.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        if sum(one.num_rows for one in held) < ROWS:
            continue
        table = pyarrow.Table.from_batches(held)
        series = table["series"]
        # The last series may continue in the next batch, so its rows are held back.
        start = pyarrow.compute.index(series, series[-1]).as_py()
        if start > 0:
            yield table.slice(0, start)
            held = table.slice(start).to_batches()
    if held:
        yield pyarrow.Table.from_batches(held)


def forecast(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
    """What `mapInArrow` calls, once for each partition."""
    import pyarrow
    import scalewise

    for table in whole_series(batches):
        answer = scalewise.forecast(
            table, by="series", at=1e23, method="calibrated", kind="prediction", level=0.9
        )
        yield from pyarrow.table(answer.table).cast(ANSWER).to_batches()


def main(runs: str, forecasts: str) -> None:
    cores = os.cpu_count() or 1
    spark = (
        SparkSession.builder.master(f"local[{cores}]")
        .config("spark.ui.enabled", "false")
        # Rows in a batch. It is not a multiple of 8, so that batches do split series.
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "10001")
        .getOrCreate()
    )
    (
        spark.read.parquet(runs)
        # All rows of a series are in one partition and adjacent there.
        .repartition(8 * cores, "series")
        .sortWithinPartitions("series")
        .mapInArrow(forecast, from_arrow_schema(ANSWER))
        .write.mode("overwrite")
        .parquet(forecasts)
    )
    spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
