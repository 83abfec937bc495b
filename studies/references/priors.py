"""Fits of L(C) = a*C^b + c with a prior, by SciPy: the numbers of tests/numbers/priors.rs.

    python studies/references/priors.py

The sum of squares of the runs in units of their noise is minimised together with the squared
Mahalanobis distance of (b, c) from the prior.
"""

import numpy as np
from scipy.optimize import least_squares

COMPUTE = np.array([1e18, 1e19, 1e20, 1e21])
LOSS = np.array([3.5, 3.1, 2.83, 2.62])
SIGMA = 0.003 * LOSS
TARGET = 1e23
PRIORS = {
    "independent": ([-0.1, 1.6], [[0.02**2, 0.0], [0.0, 0.1**2]]),
    "correlated": ([-0.09, 1.4], [[4e-4, 1.5e-3], [1.5e-3, 1e-2]]),
}


def fit(runs, mean, covariance):
    """(a, b, c), the least objective, the covariance of (s, b, c), and the forecast."""
    u = np.log(COMPUTE[runs] / COMPUTE[-1])
    root = np.linalg.inv(np.linalg.cholesky(np.array(covariance)))

    def rows(p):
        s, b, c = p
        of_runs = (s * np.exp(b * u) + c - LOSS[runs]) / SIGMA[runs]
        return np.concatenate([of_runs, root @ (np.array([b, c]) - mean)])

    def slopes(p):
        s, b, _ = p
        power = np.exp(b * u)
        of_runs = np.stack([power, s * u * power, np.ones_like(u)], axis=1) / SIGMA[runs, None]
        return np.concatenate([of_runs, np.column_stack([np.zeros(2), root])])

    start = [1.0, mean[0], mean[1]]
    found = least_squares(rows, start, jac=slopes, xtol=1e-15, ftol=1e-15, gtol=1e-15)
    s, b, c = found.x
    of_prior = found.jac[len(runs):]
    inverse = np.linalg.inv(found.jac.T @ found.jac)
    h = np.log(TARGET / COMPUTE[-1])
    gradient = np.array([np.exp(b * h), s * h * np.exp(b * h), 1.0])
    moved = inverse @ gradient
    variance = gradient @ moved
    share = moved @ of_prior.T @ of_prior @ moved / variance
    point = s * np.exp(b * h) + c
    return {
        "b": b,
        "c": c,
        "objective": 2 * found.cost,
        "stderr of b": inverse[1, 1] ** 0.5,
        "stderr of c": inverse[2, 2] ** 0.5,
        "forecast": point,
        "share of the prior": share,
    }


for name, (mean, covariance) in PRIORS.items():
    for runs in ([0, 1, 2, 3], [1, 3], [3]):
        print(name, [f"{c:.0e}" for c in COMPUTE[runs]])
        for key, value in fit(runs, np.array(mean), covariance).items():
            print(f"    {key}: {value:.12g}")
