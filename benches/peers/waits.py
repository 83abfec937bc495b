"""The commands that users wait for, beside what else does their work, in one run.

    cargo build --release -p scalewise-cli --features parquet
    cargo build --release -p studies --bin series_table
    python3 benches/peers/waits.py
    python3 benches/peers/waits.py 3 2000 10000

The numbers are the rounds, and the series and the rows of the tables: 5, 20,000 and 100,000 unless
they are given.

Rounds alternate between Scalewise and its peers, and every measurement is a process of its own. Of
Scalewise the whole command is timed, with its reading and writing; of the others what they compute,
without imports and without reading a file unless the row says so. Times are of the processor, the
best of the rounds. Ratios are the median over the rounds, with their range. It needs numpy, scipy,
lmfit, pandas, polars, duckdb and pyarrow. CARGO_TARGET_DIR is honoured.
"""

import os
import statistics
import subprocess
import sys
import tempfile

import reduce_parquet

TARGET = reduce_parquet.TARGET
OURS = os.path.join(TARGET, "scalewise")

# What a peer computes: PREPARE is not timed, WORK is. The time is multiplied by FACTOR where only
# a sample of the series is fitted.
TIMED = """
import sys, time, warnings
import numpy as np
warnings.simplefilter("ignore")
path = sys.argv[1]
def law(x, a, b, c):
    return a * x**b + c
PREPARE
before = time.perf_counter(), time.process_time()
WORK
print(FACTOR * (time.perf_counter() - before[0]), FACTOR * (time.process_time() - before[1]))
"""

SAMPLE = 200
SOME_SERIES = f"""
import pandas
from scipy.optimize import curve_fit
rows = pandas.read_csv(path)
names = rows["series"].unique()
groups = [rows[rows["series"] == name] for name in names[:{SAMPLE}]]
sets = [(g["compute"].to_numpy() / 1e19, g["loss"].to_numpy()) for g in groups]
factor = len(names) / len(sets)
"""
CURVE_FITS = """
for x, y in sets:
    try:
        curve_fit(law, x, y, p0=(1, -0.1, 1))
    except RuntimeError:
        pass
"""
BOOTSTRAPS = """
rng = np.random.default_rng(1)
for x, y in sets[:20]:
    found = None
    try:
        found, _ = curve_fit(law, x, y, p0=(1, -0.1, 1))
        off = y / law(x, *found)
        for _ in range(100):
            curve_fit(law, x, law(x, *found) * rng.choice(off, len(x)), p0=found)
    except RuntimeError:
        pass
"""
LMFIT_INTERVALS = """
for x, y in sets[:20]:
    try:
        made = model.fit(y, x=x, a=1, b=-0.1, c=1)
        made.conf_interval(sigmas=[1.645])
    except Exception:
        pass
"""
ALL_ROWS = """
import pandas
from scipy.optimize import curve_fit
rows = pandas.read_csv(path)
x, y = rows["compute"].to_numpy(), rows["loss"].to_numpy()
x = x / np.exp(np.mean(np.log(x)))
"""
# Variable projection on a grid of exponents, as vpnls does it in two dimensions.
GRID = """
for b in np.linspace(-1, -0.01, 100):
    design = np.column_stack([x**b, np.ones_like(x)]) / y[:, None]
    np.linalg.lstsq(design, np.ones_like(y), rcond=None)
"""
POLARS_TABLE = """
table = polars.read_csv(path).group_by("series").agg(polars.all())
"""


def peer(path, prepare, work, factor="1"):
    code = TIMED.replace("PREPARE", prepare).replace("WORK", work).replace("FACTOR", factor)
    return [sys.executable, "-c", code, path]


def jobs(folder, series, rows):
    """The rows of the table: a name, our command, and the commands of the peers."""
    many, large = os.path.join(folder, "series.csv"), os.path.join(folder, "runs.csv")
    few, page = os.path.join(folder, "few.csv"), os.path.join(folder, "page.html")
    surface, out = os.path.join(folder, "surface.csv"), os.path.join(folder, "out.csv")
    with open(many, "w") as file:
        study = os.path.join(TARGET, "series_table")
        subprocess.run([study, str(series), "8"], check=True, stdout=file)
    for path, runs in [(large, rows), (few, 50)]:
        law = ["--set", "a=900,b=-0.15,c=1.7", "--noise", "0.005", "--seed", "1"]
        simulate = [OURS, "simulate", *law, "--runs", str(runs), "-o", path, "-q"]
        subprocess.run(simulate, check=True, capture_output=True)
    surface_rows(surface, rows)
    by = ["--by", "series", "--format", "csv", "-q", "-o", out]
    page = ["-q", "-o", page]
    calibrated = ["--at", "100x", "--method", "calibrated"]
    hundred = ",".join(f"{1e23 * 1.05**k:.4g}" for k in range(100))
    # The bootstrap and lmfit work on 20 of the sample.
    of_20 = f"factor * {SAMPLE // 20}"
    lmfit = SOME_SERIES + 'import lmfit\nmodel = lmfit.Model(law, independent_vars=["x"])\n'
    fits = {"curve_fit of each": peer(many, SOME_SERIES, CURVE_FITS, "factor")}
    intervals = {
        "curve_fit with 100 bootstraps": peer(many, SOME_SERIES, BOOTSTRAPS, of_20),
        "lmfit with conf_interval": peer(many, lmfit, LMFIT_INTERVALS, of_20),
    }
    whole = {
        "curve_fit, one": peer(large, ALL_ROWS, "curve_fit(law, x, y, p0=(1, -0.1, 1))"),
        "grid of 100 exponents": peer(large, ALL_ROWS, GRID),
    }
    table = {"polars: read and group": peer(many, "import polars", POLARS_TABLE)}
    return {
        f"fit --by, {series:,} series of 8": ([OURS, "fit", many, *by], fits | table),
        f"forecast --by, {series:,} series of 8": (
            [OURS, "forecast", many, *calibrated, *by],
            intervals,
        ),
        f"fit, {rows:,} runs": ([OURS, "fit", large, "-q"], whole),
        f"fit --law m4, {rows:,} runs": ([OURS, "fit", large, "--law", "m4", "-q"], {}),
        f"fit --law broken, {rows:,} runs": ([OURS, "fit", large, "--law", "broken", "-q"], {}),
        f"compare, {rows:,} runs": ([OURS, "compare", large, "-q"], {}),
        f"backtest, {rows:,} runs": ([OURS, "backtest", large, "-q"], {}),
        f"report, {rows:,} runs": ([OURS, "report", large, *page], {}),
        f"allocate, {rows:,} runs": ([OURS, "allocate", surface, "-q", "--compute", "1e24"], {}),
        "report, 50 runs": ([OURS, "report", few, *page], {}),
        "forecast of 100 targets by quadrature": (
            [OURS, "forecast", few, "--at", hundred, "--method", "quadrature", "-q"],
            {},
        ),
    }


def surface_rows(path, rows):
    """Runs of L(N, D) with the published constants and half a percent of noise."""
    import numpy

    rng = numpy.random.default_rng(2026)
    params = 10 ** rng.uniform(7, 10, rows)
    tokens = params * 10 ** rng.uniform(0.3, 2.3, rows)
    loss = 1.8172 + 482.01 / params**0.3478 + 2085.43 / tokens**0.3658
    loss *= 1 + 0.005 * rng.standard_normal(rows)
    with open(path, "w") as file:
        file.write("params,tokens,loss\n")
        for row in zip(params, tokens, loss):
            file.write("{:.6e},{:.6e},{:.6f}\n".format(*row))


def main(rounds, series, rows):
    with tempfile.TemporaryDirectory() as folder:
        wanted = jobs(folder, series, rows)
        made = {name: [] for name in wanted}
        for _ in range(rounds):
            for name, (ours, peers) in wanted.items():
                commands = {"ours": ours} | peers
                made[name].append({who: reduce_parquet.run(c) for who, c in commands.items()})
    print(f"{os.cpu_count()} processors, {rounds} rounds\n")
    print("| work | wall s | processor s | peak MB | beside | its processor s | over ours |")
    print("|---|---|---|---|---|---|---|")
    for name, rows_made in made.items():
        wall, processor, peak = map(min, zip(*[row["ours"] for row in rows_made]))
        ours = f"| {name} | {wall:.2f} | {processor:.2f} | {peak:.0f} |"
        others = [who for who in rows_made[0] if who != "ours"]
        for who in others or [None]:
            if who is None:
                print(f"{ours}  |  |  |")
                continue
            theirs = min(row[who][1] for row in rows_made)
            over = [row[who][1] / row["ours"][1] for row in rows_made]
            spread = f"{statistics.median(over):.1f} ({min(over):.1f} to {max(over):.1f})"
            print(f"{ours} {who} | {theirs:.2f} | {spread} |")
            ours = "| | | | |"


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            main(5, 20_000, 100_000)
        case [rounds, series, rows]:
            main(int(rounds), int(series), int(rows))
        case _:
            raise SystemExit(__doc__)
