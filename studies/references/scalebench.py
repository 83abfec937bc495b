"""The search of typed laws beside SciPy's least squares from many random starts.

Laws of a public benchmark (arXiv 2604.22753), which are no part of this repository: the folder
data/scalebench below SCALEWISE_CORPUS (default ../shared). Each is fitted within its bounds by
scipy.optimize.least_squares from 64 starts that are drawn evenly in the bounds (seed 1), and by the
program `scalebench`, one after the other on the same machine. Needs numpy and scipy.

    cargo build --release -p studies --bin scalebench
    python3 studies/references/scalebench.py target/release/scalebench moe data_con vocab
"""

import csv
import io
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from scipy.optimize import least_squares

FOLDER = Path(os.environ.get("SCALEWISE_CORPUS", "../shared")) / "data" / "scalebench"
STARTS = 64
FUNCTIONS = {
    "exp": np.exp,
    "ln": np.log,
    "log10": np.log10,
    "sqrt": np.sqrt,
    "min": np.minimum,
    "max": np.maximum,
}


def rows(name):
    """The rows of a table as dictionaries."""
    with (FOLDER / name).open(newline="") as file:
        return list(csv.DictReader(file))


def columns(task, law):
    """The numbers of each column of the training runs, by group."""
    names = set(re.findall(r"[A-Za-z_]\w*", law["formula"])) - set(law["parameters"].split())
    groups = {}
    for row in rows(f"{task}.csv"):
        if row["split"] == "train":
            groups.setdefault(row.get("group", ""), []).append(row)
    for group in groups.values():
        given = [name for name in [*names, "loss"] if name in group[0]]
        yield {name: np.array([float(row[name]) for row in group]) for name in given}


def fitted(law, data, random):
    """The best sum of squares of all starts."""
    code = compile(law["formula"].replace("^", "**"), law["law"], "eval")
    names = law["parameters"].split()
    low = np.array([float(v) for v in law["lower"].split()])
    high = np.array([float(v) for v in law["upper"].split()])

    def residuals(p):
        values = {**FUNCTIONS, **data, **dict(zip(names, p, strict=True))}
        with np.errstate(all="ignore"):
            found = eval(code, {"__builtins__": {}}, values) - data["loss"]
        return np.nan_to_num(found, nan=1e6, posinf=1e6, neginf=-1e6)

    best = np.inf
    for _ in range(STARTS):
        start = random.uniform(low, high)
        try:
            found = least_squares(
                residuals, start, bounds=(low, high), x_scale="jac", max_nfev=2000
            )
        except (ValueError, np.linalg.LinAlgError):
            continue
        best = min(best, 2.0 * found.cost)
    return best


def main():
    program, tasks = sys.argv[1], sys.argv[2:]
    known = {(row["task"], row["law"]): float(row["objective"]) for row in rows("reference.csv")}
    print("task,law,scipy_excess,own_excess,scipy_seconds,own_seconds,ratio")
    for law in rows("laws.csv"):
        task, name = law["task"], law["law"]
        if task not in tasks:
            continue
        random = np.random.default_rng(1)
        begun = time.perf_counter()
        scipy = sum(fitted(law, data, random) for data in columns(task, law))
        seconds = time.perf_counter() - begun
        text = subprocess.run([program, task, name], capture_output=True, text=True, check=True)
        own = next(csv.DictReader(io.StringIO(text.stdout)))
        best = known[task, name]
        print(
            f"{task},{name},{scipy / best - 1:.1e},{own['excess']},{seconds:.2f},{own['seconds']},"
            f"{seconds / float(own['seconds']):.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
