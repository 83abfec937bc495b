"""A forecast for every series of a table, with Ray Data.

    python studies/clusters/on_ray.py runs/ forecasts/

reads Parquet files with the columns `series`, `compute` and `loss`, and writes Parquet files.
"""

from __future__ import annotations

import os
import sys

import pandas
import pyarrow
import ray
from answer import ANSWER

# Every worker of Ray is a process of its own, so each computes on one thread.
THREADS = {"RAYON_NUM_THREADS": "1"}

# Groups of series: one call gets one group, so that choose about 1,000 series in each.
GROUPS = int(os.environ.get("GROUPS_OF_SERIES", "100"))


def grouped(table: pyarrow.Table) -> pyarrow.Table:
    """The rows with the group of their series, which is the same in every process."""
    series = table["series"].to_pandas().to_numpy()
    return table.append_column("group", pyarrow.array(pandas.util.hash_array(series) % GROUPS))


def forecast(table: pyarrow.Table) -> pyarrow.Table:
    """The forecasts of one group, which holds whole series."""
    import scalewise

    answer = scalewise.forecast(
        table.drop_columns("group"),
        by="series",
        at=1e23,
        method="calibrated",
        kind="prediction",
        level=0.9,
    )
    return pyarrow.table(answer.table).cast(ANSWER)


def main(runs: str, forecasts: str) -> None:
    ray.init(runtime_env={"env_vars": THREADS}, include_dashboard=False, log_to_driver=False)
    (
        ray.data.read_parquet(runs)
        .map_batches(grouped, batch_format="pyarrow")
        .groupby("group")
        .map_groups(forecast, batch_format="pyarrow")
        .write_parquet(forecasts)
    )
    ray.shutdown()


if __name__ == "__main__":
    main(*sys.argv[1:])
