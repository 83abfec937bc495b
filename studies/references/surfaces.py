#!/usr/bin/env python3
"""The optima of E + A/N^alpha + B/D^beta for digitised runs of Hoffmann et al. (2022), by SciPy.

    python3 studies/references/surfaces.py RUNS.csv        (needs NumPy and SciPy)

RUNS.csv is chinchilla_epoch.csv, the runs that Besiroglu et al. (2024, arXiv 2404.10102) digitised; it is not
part of this repository. The program prints the six optima of tests/allocation/corpus.rs: the sum of Huber's loss
of the log residuals for a threshold delta, and half the sum of their squares for an infinite one.
L-BFGS-B starts 60 times from random points of the published grid in ln A, ln B, ln E, alpha and beta, and the best end
is polished by Nelder and Mead's method.
"""

import csv
import sys

import numpy as np
from scipy.optimize import minimize

rows = list(csv.DictReader(open(sys.argv[1])))
column = lambda names: next(name for name in names if name in rows[0])
PARAMS, TOKENS = column(["params", "n_params", "N"]), column(["tokens", "n_tokens", "D"])


def runs(every):
    kept = [row for row in rows if every or float(row["excluded_by_epoch"]) == 0]
    return [np.array([float(row[name]) for row in kept]) for name in (PARAMS, TOKENS, "loss")]


def problem(every, delta):
    n, d, loss = runs(every)
    ln_n, ln_d, ln_loss = np.log(n), np.log(d), np.log(loss)

    def value(p):
        terms = np.stack([p[0] - p[3] * ln_n, p[1] - p[4] * ln_d, np.full(len(n), p[2])])
        top = terms.max(axis=0)
        shares = np.exp(terms - top)
        total = shares.sum(axis=0)
        r = top + np.log(total) - ln_loss
        inside = np.abs(r) <= delta
        with np.errstate(invalid="ignore"):
            huber = np.where(inside, 0.5 * r * r, delta * (np.abs(r) - 0.5 * delta))
        slope = np.where(inside, r, np.sign(r) * (delta if np.isfinite(delta) else 0.0))
        shares = shares / total * slope
        gradient = [shares[0].sum(), shares[1].sum(), shares[2].sum()]
        gradient += [-(shares[0] * ln_n).sum(), -(shares[1] * ln_d).sum()]
        return huber.sum(), np.array(gradient)

    return value


generator = np.random.default_rng(0)
for every, delta in [(False, 1e-4), (False, 1e-3), (False, 1e-2), (False, np.inf), (True, 1e-3), (True, np.inf)]:
    value = problem(every, delta)
    best = None
    for _ in range(60):
        start = generator.uniform([0, 0, -1, 0, 0], [25, 25, 1.5, 2, 2])
        end = minimize(value, start, jac=True, method="L-BFGS-B", options={"maxiter": 5000, "ftol": 1e-15, "gtol": 1e-12})
        best = end if best is None or end.fun < best.fun else best
    options = {"xatol": 1e-13, "fatol": 1e-18, "maxiter": 100_000, "maxfev": 100_000}
    for _ in range(2):
        best = minimize(lambda p: value(p)[0], best.x, method="Nelder-Mead", options=options)
    a, b, e, alpha, beta = best.x
    print(f"{'all runs' if every else 'without five'}, delta {delta:g}: {best.fun:.12e}")
    print(f"  A {np.exp(a):.6f}  B {np.exp(b):.6f}  E {np.exp(e):.8f}  alpha {alpha:.8f}  beta {beta:.8f}", flush=True)
