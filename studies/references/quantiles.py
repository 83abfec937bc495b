#!/usr/bin/env python3
"""Quantiles of runs by SciPy's linear programs: one for each exponent of a*C^b + c.

    python3 studies/references/quantiles.py        (needs NumPy and SciPy)

It prints the numbers of `quantiles_are_those_of_linear_programs` in tests/numbers/quantiles.rs. The
residuals are relative; a share q of the runs lies below the curve. Nothing of the code is shared.
"""

import numpy as np
from scipy.optimize import linprog, minimize_scalar

# Three runs at each of six computes; the smaller they are, the worse some of them were tuned.
RUNS = [
    (1e17, 3.71), (1e17, 3.93), (1e17, 4.22), (1e18, 3.12), (1e18, 3.29), (1e18, 3.41),
    (1e19, 2.70), (1e19, 2.78), (1e19, 2.84), (1e20, 2.40), (1e20, 2.43), (1e20, 2.47),
    (1e21, 2.185), (1e21, 2.193), (1e21, 2.21), (1e22, 2.035), (1e22, 2.039), (1e22, 2.043),
]
compute, loss = (np.array(column) for column in zip(*RUNS))
n = len(loss)


def value(q, b, s, c):
    r = (s * (compute / compute.max()) ** b + c) / loss - 1
    return np.where(r > 0, (1 - q) * r, -q * r).sum()


def curve(q, b):
    """The best s and c of an exponent: the excess and the shortfall of each run are variables."""
    e = (compute / compute.max()) ** b
    cost = np.concatenate([[0, 0], (1 - q) / loss, q / loss])
    equal = np.column_stack([e, np.ones(n), -np.eye(n), np.eye(n)])
    found = linprog(cost, A_eq=equal, b_eq=loss, bounds=[(0, None)] * (2 + 2 * n), method="highs")
    return found.x[:2]


def best(q):
    at = lambda b: value(q, b, *curve(q, b))
    grid = -np.geomspace(0.004, 2.5, 300)
    k = int(np.argmin([at(b) for b in grid]))
    ends = sorted((grid[max(k - 1, 0)], grid[min(k + 1, len(grid) - 1)]))
    b = minimize_scalar(at, bounds=ends, method="bounded", options={"xatol": 1e-12}).x
    s, c = curve(q, b)
    return value(q, b, s, c), s * compute.max() ** -b, b, c


for q in (0.1, 0.3, 0.5, 0.8):
    print("q = %.1f: objective %.9f, a %.4f, b %.6f, c %.5f" % (q, *best(q)))
