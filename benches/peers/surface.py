#!/usr/bin/env python3
"""The surface fit beside what SciPy users run: writes the times in docs/allocation.md.

usage: surface.py [RUNS.csv [CONDITION...]]

Sum of Huber's loss (1e-3) on log residuals in (ln A, ln B, ln E, alpha, beta): the published 4,500
starts of L-BFGS-B with analytic gradient, and refits of resampled runs by BFGS from the best of them.
Both sides get the same runs, in rounds that alternate, on one thread. Without a table these are 240
simulated runs, and the page is written; with one (columns N, D and loss; conditions as in
`scalewise --where`) the row is only printed. Needs Python 3 with numpy and scipy (README.md here).
"""

import csv
import io
import itertools
import os
import pathlib
import subprocess
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import scipy
from scipy.optimize import minimize

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "allocation.md"
DELTA = 1e-3
ROUNDS = 3
REPLICATES = 200


def objective(p, n, d, y):
    first, second = p[0] - p[3] * n, p[1] - p[4] * d
    top = np.maximum(np.maximum(first, second), p[2])
    a, b, e = np.exp(first - top), np.exp(second - top), np.exp(p[2] - top)
    total = a + b + e
    r = top + np.log(total) - y
    clipped = np.clip(r, -DELTA, DELTA)
    value = np.sum(clipped * (r - clipped / 2))
    slope = clipped / total
    by_a, by_b = slope * a, slope * b
    return value, np.array([by_a.sum(), by_b.sum(), (slope * e).sum(), -by_a @ n, -by_b @ d])


def ours(arguments):
    command = ["cargo", "run", "--release", "--quiet", "-p", "studies", "--bin", "peers", "--", "surface", *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return list(csv.DictReader(io.StringIO(done.stdout)))


def grid(data):
    """Processor seconds of the published starts, and the best end."""
    size, power = np.arange(0, 30, 5.0), np.arange(0, 2.5, 0.5)
    starts = itertools.product(size, size, np.arange(-1, 1.5, 0.5), power, power)
    begin = time.process_time()
    ends = [minimize(objective, s, args=data, jac=True, method="L-BFGS-B") for s in starts]
    spent = time.process_time() - begin
    return spent, min((e for e in ends if np.isfinite(e.fun)), key=lambda e: e.fun)


def bootstrap(data, start):
    """Processor seconds of a thousand replicates."""
    random, begin = np.random.default_rng(1), time.process_time()
    for _ in range(REPLICATES):
        i = random.integers(0, len(data[0]), len(data[0]))
        minimize(objective, start, args=tuple(v[i] for v in data), jac=True, method="BFGS")
    return (time.process_time() - begin) * 1000 / REPLICATES


def measure(arguments):
    """The fastest of several alternating rounds of the two sides, in seconds, and the ratios of all rounds."""
    best, ratios = [np.inf] * 4, []
    for _ in range(ROUNDS):
        runs = ours(arguments)
        data = tuple(np.log([float(r[k]) for r in runs]) for k in ("n_params", "n_tokens", "loss"))
        with np.errstate(all="ignore"):
            searched, end = grid(data)
            refitted = bootstrap(data, end.x)
        found = float(runs[0]["objective"])
        assert found <= end.fun * (1 + 1e-6), f"another minimum: {found} against {end.fun}"
        here = [float(runs[0][k]) / 1e6 for k in ("fit_microseconds", "bootstrap_microseconds")]
        best = np.minimum(best, [*here, searched, refitted])
        ratios.append((searched / here[0], refitted / here[1]))
    return best, [f"{min(r):,.0f} to {max(r):,.0f}" for r in zip(*ratios)], len(runs)


def main():
    (fit, replicates, searched, refitted), spread, count = measure(sys.argv[1:])
    table = [
        f"{count} runs; NumPy {np.__version__}, SciPy {scipy.__version__}:",
        "",
        "| | Scalewise | SciPy | ratio |",
        "|---|---|---|---|",
        f"| the optimum: scan against 4,500 starts | {1e3 * fit:.2f} ms | {searched:.1f} s | {spread[0]} |",
        f"| 1,000 bootstrap replicates | {1e3 * replicates:.0f} ms | {refitted:.1f} s | {spread[1]} |",
    ]
    print("\n".join(table))
    if len(sys.argv) == 1:
        start, end = "<!-- speed: python3 benches/peers/surface.py -->\n", "<!-- end -->"
        before, rest = PAGE.read_text().split(start)
        PAGE.write_text(before + start + "\n".join(table) + "\n" + end + rest.split(end, 1)[1])
        print(f"wrote {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
