#!/usr/bin/env python3
"""The surface fit as SciPy does it, timed on a CSV with n_params, n_tokens, loss (numpy, scipy).

usage: surface.py RUNS.csv [STARTS [REPLICATES]]

Sum of Huber's loss (1e-3) on log residuals in (ln A, ln B, ln E, alpha, beta): L-BFGS-B from STARTS of
the published 4,500 starts, then REPLICATES refits of resampled runs by BFGS from the best of them.
Prints CPU seconds; run with OMP_NUM_THREADS=1. Rows with excluded_by_epoch = 1 are left out.
"""

import csv
import itertools
import sys
import time

import numpy as np
from scipy.optimize import minimize

DELTA = 1e-3


def objective(p, n, d, y):
    terms = np.stack([p[0] - p[3] * n, p[1] - p[4] * d, np.full_like(n, p[2])])
    top = terms.max(axis=0)
    parts = np.exp(terms - top)
    total = parts.sum(axis=0)
    r = top + np.log(total) - y
    clipped = np.clip(r, -DELTA, DELTA)
    value = np.sum(clipped * (r - clipped / 2))
    shares = clipped * parts / total
    gradient = [shares[0].sum(), shares[1].sum(), shares[2].sum(), -shares[0] @ n, -shares[1] @ d]
    return value, np.array(gradient)


def main():
    rows = [r for r in csv.DictReader(open(sys.argv[1])) if r.get("excluded_by_epoch", "0") != "1"]
    data = [np.log([float(r[k]) for r in rows]) for k in ("n_params", "n_tokens", "loss")]
    wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 4500
    replicates = int(sys.argv[3]) if len(sys.argv) > 3 else 100
    size, power = range(0, 30, 5), np.arange(0, 2.5, 0.5)
    grid = list(itertools.product(size, size, np.arange(-1, 1.5, 0.5), power, power))
    grid = grid[:: max(1, len(grid) // wanted)]
    begin = time.process_time()
    with np.errstate(all="ignore"):
        ends = [minimize(objective, s, args=tuple(data), jac=True, method="L-BFGS-B") for s in grid]
        best = min((e for e in ends if np.isfinite(e.fun)), key=lambda e: e.fun)
        searched = time.process_time() - begin
        random, begin = np.random.default_rng(1), time.process_time()
        for _ in range(replicates):
            i = random.integers(0, len(rows), len(rows))
            minimize(objective, best.x, args=tuple(v[i] for v in data), jac=True, method="BFGS")
        refitted = time.process_time() - begin
    print(f"{len(grid)} starts: {searched:.2f} s CPU, objective {best.fun:.10e}")
    if replicates:
        print(f"{replicates} replicates: {1e3 * refitted / replicates:.2f} ms CPU each")


if __name__ == "__main__":
    main()
