"""Many short series of runs whose laws are known: eight runs each of L(C) = a·C^b + c.

    python studies/clusters/runs.py 100000 runs/

writes Parquet files with the columns `series`, `compute` and `loss`, the same for the same number of
series every time (seed 1). The rows are shuffled, so that no series stands together in any file.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy
import pyarrow
import pyarrow.parquet

RUNS = 8
NOISE = 0.003
FILES = 8


def table(series: int, seed: int = 1) -> pyarrow.Table:
    """The runs of so many series, in random order."""
    random = numpy.random.default_rng(seed)
    compute = numpy.logspace(18, 21, RUNS)
    a = random.uniform(1.0, 2.0, (series, 1))
    b = random.uniform(-0.2, -0.08, (series, 1))
    c = random.uniform(1.0, 2.0, (series, 1))
    truth = a * (compute / 1e18) ** b + c
    loss = truth * (1 + NOISE * random.standard_normal(truth.shape))
    order = random.permutation(series * RUNS)
    return pyarrow.table(
        {
            "series": numpy.repeat(numpy.arange(series), RUNS)[order],
            "compute": numpy.tile(compute, series)[order],
            "loss": loss.ravel()[order],
        }
    )


def write(series: int, folder: Path) -> None:
    """The same as files."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = table(series)
    each = -(-rows.num_rows // FILES)
    for k in range(FILES):
        pyarrow.parquet.write_table(rows.slice(k * each, each), folder / f"part-{k}.parquet")


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
