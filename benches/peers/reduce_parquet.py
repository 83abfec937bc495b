"""A training log in Parquet to one row a run: Scalewise beside polars and DuckDB, in one run.

    cargo build --release -p scalewise-cli --features parquet
    python3 benches/peers/reduce_parquet.py make 12800000 log.parquet
    python3 benches/peers/reduce_parquet.py time log.parquet 5

`make` writes a log of so many rows with the columns and the shape of the one that
`studies/src/bin/training_log.rs` makes: 24 runs that alternate every 50 rows. pyarrow writes it,
with Snappy. 12.8 million rows are 1 GB as CSV. `time` has every reading in a process of its own;
rounds alternate between the readings. All read the run, the step and the loss. Of Scalewise the
whole command `fit` is timed, with its fit; of the others the query without the import. It needs
numpy, pyarrow, polars and duckdb. CARGO_TARGET_DIR is honoured.
"""

import os
import statistics
import subprocess
import sys
import time

SEED = 2026
RUNS = 24
FLUSH = 50
BATCH = 1 << 19
TARGET = os.path.join(os.environ.get("CARGO_TARGET_DIR", "target"), "release")

# Only the query is timed, not the import of the library, which takes longer than some queries.
TIMED = """
import sys, time
IMPORT
before = time.perf_counter(), time.process_time()
QUERY
print(time.perf_counter() - before[0], time.process_time() - before[1])
"""
POLARS = """
rows = polars.scan_parquet(sys.argv[1]).select("run", "step", "loss").group_by("run")
rows.agg(HOW).collect()
"""
DUCKDB = """
query = "select run, arg_max(loss, step) from read_parquet(?) group by run"
duckdb.execute(query, [sys.argv[1]]).fetchall()
"""


def make(rows, path):
    import numpy
    import pyarrow
    import pyarrow.parquet

    flushes = rows // (RUNS * FLUSH)
    noise = numpy.random.default_rng(SEED).standard_normal(flushes * RUNS * FLUSH)
    run = numpy.tile(numpy.repeat(numpy.arange(RUNS), FLUSH), flushes)
    within = numpy.tile(numpy.arange(1, FLUSH + 1), flushes * RUNS)
    step = numpy.repeat(numpy.arange(flushes), RUNS * FLUSH) * FLUSH + within
    params = numpy.array([1_000_000 * round(10 * 1.3**k) for k in range(RUNS)])[run]
    tokens = step * BATCH
    loss = 1.8172 + 482.01 / params**0.3478 + 2085.43 / tokens**0.3658
    names = numpy.array([f"width-{64 + 32 * k}" for k in range(RUNS)])
    table = pyarrow.table(
        {
            "run": names[run],
            "n_params": params,
            "step": step,
            "tokens": tokens,
            "flops": 6.0 * params * tokens,
            "lr": 3e-4 * (1 - step / (1.1 * flushes * FLUSH)),
            "grad_norm": numpy.round(0.4 + 0.05 * noise, 3),
            "loss": numpy.round(loss * (1 + 0.01 * noise), 4),
            "tokens_per_s": numpy.round(4e13 / params),
        }
    )
    pyarrow.parquet.write_table(table, path, compression="snappy")
    print(f"{path}: {table.num_rows} rows, {os.path.getsize(path) / 1e6:.0f} MB")


def run(command):
    before = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = child.stdout.read(), child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - before
    if not os.WIFEXITED(status) or os.WEXITSTATUS(status) not in (0, 5):
        raise SystemExit(f"failed: {command[0]}: {err.decode()}")
    peak = used.ru_maxrss / 1024
    if command[0] == sys.executable:
        return *map(float, out.split()), peak
    return wall, used.ru_utime + used.ru_stime, peak


def timed(path, rounds):
    def peer(library, query):
        code = TIMED.replace("IMPORT", f"import {library}").replace("QUERY", query)
        return [sys.executable, "-c", code, path]

    ours = os.path.join(TARGET, "scalewise")
    largest = POLARS.replace("HOW", 'polars.col("loss").sort_by("step").last()')
    last = POLARS.replace("HOW", 'polars.col("step", "loss").last()')
    readings = {
        "scalewise --reduce last": [ours, "fit", path, "--reduce", "last", "--format", "csv"],
        "polars, loss at the largest step": peer("polars", largest),
        "polars, last row": peer("polars", last),
        "DuckDB, loss at the largest step": peer("duckdb", DUCKDB),
    }
    made = [{name: run(command) for name, command in readings.items()} for _ in range(rounds)]
    print(f"{os.path.getsize(path) / 1e6:.0f} MB, {os.cpu_count()} processors, {rounds} rounds\n")
    print("| reading | wall s | processor s | peak MB | processor: it over scalewise |")
    print("|---|---|---|---|---|")
    first = next(iter(readings))
    for name in readings:
        wall, processor, peak = map(min, zip(*[found[name] for found in made]))
        ratios = [found[name][1] / found[first][1] for found in made]
        over = f"{statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})"
        print(f"| {name} | {wall:.2f} | {processor:.2f} | {peak:.0f} | {over} |")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", rows, path]:
            make(int(rows), path)
        case ["time", path, rounds]:
            timed(path, int(rounds))
        case _:
            raise SystemExit(__doc__)
