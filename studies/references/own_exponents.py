"""Levels and exponents of single problems by SciPy, for `src/capability/exponents.rs`.

The model is ln lambda_im = a_i + b_i * u_m + eps_im with lambda = -ln p, binomial counts, eps
normal with standard deviation TAU, the level's log density B * a - A * e^a - Q * a^2 / 2 up to a
constant, and normal slopes b_i. eps is integrated out by Gauss-Hermite quadrature with 80 nodes.
First the mode of each problem's posterior and its covariance (the inverse of the second
derivatives, by differences) for given mean and variance of the slopes; then the mean and variance
of the slopes that make all counts together most likely, with levels and slopes integrated out by
sums over a grid.

Run: python studies/references/own_exponents.py (needs numpy, scipy).
"""

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

SAMPLES = 20
# One row a problem, one column a model.
PASSES = np.array(
    [
        [1, 3, 6, 10, 14],
        [0, 0, 1, 1, 3],
        [12, 15, 17, 19, 20],
        [5, 4, 6, 5, 7],
        [0, 2, 7, 15, 19],
        [3, 8, 6, 11, 13],
        [0, 0, 0, 0, 0],
        [9, 8, 11, 10, 13],
    ]
)
U = np.log(10.0) * np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
B, A, Q = 0.8, 0.5, 0.3
TAU, MEAN, VARIANCE = 0.2, -0.12, 0.004

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(80)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


def cell(passes, mu):
    """ln of the likelihood of one count, up to its constant, where the law says ln lambda = mu."""
    mu = np.asarray(mu, dtype=float)[..., None]
    lam = np.exp(mu + TAU * NODES)
    log = -passes * lam + (SAMPLES - passes) * np.log(-np.expm1(-lam))
    return logsumexp(log + np.log(WEIGHTS), axis=-1)


def posterior(row, level, slope, mean, variance):
    value = B * level - A * np.exp(level) - 0.5 * Q * level**2
    value = value - 0.5 * (slope - mean) ** 2 / variance - 0.5 * np.log(variance)
    for passes, u in zip(row, U):
        value = value + cell(passes, level + slope * u)
    return value


def mode(row):
    """The mode and the covariance of (level, slope * 10, so that both are of one size)."""
    f = lambda t: -float(posterior(row, t[0], 0.1 * t[1], MEAN, VARIANCE))
    start = np.array([0.0, 10 * MEAN])
    best = minimize(f, start, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-13}).x
    h = 1e-3
    second = np.empty((2, 2))
    for j in range(2):
        for k in range(2):
            e, g = h * np.eye(2)[j], h * np.eye(2)[k]
            second[j, k] = (
                f(best + e + g) - f(best + e - g) - f(best - e + g) + f(best - e - g)
            ) / (4 * h * h)
    scale = np.array([1.0, 0.1])
    covariance = np.linalg.inv(second) * np.outer(scale, scale)
    return best * scale, covariance


def slopes():
    """Mean and variance of the slopes by the likelihood of all counts."""
    level, slope = np.meshgrid(np.linspace(-6, 4, 201), np.linspace(-0.8, 0.6, 281), indexing="ij")
    counts = [
        sum(cell(passes, level + slope * u) for passes, u in zip(row, U)) for row in PASSES
    ]
    density = B * level - A * np.exp(level) - 0.5 * Q * level**2

    def loss(t):
        mean, variance = t[0], np.exp(t[1])
        prior = density - 0.5 * (slope - mean) ** 2 / variance - 0.5 * np.log(variance)
        return -sum(logsumexp(count + prior) for count in counts)

    best = minimize(loss, [MEAN, np.log(VARIANCE)], method="Nelder-Mead", options={"xatol": 1e-7})
    return best.x[0], np.exp(best.x[1])


if __name__ == "__main__":
    for row in PASSES:
        at, c = mode(row)
        numbers = [*at, c[0, 0], c[0, 1], c[1, 1]]
        print("[" + ", ".join(f"{v:.6f}" for v in numbers) + "],")
    print("mean {:.5f}, standard deviation {:.5f}".format(slopes()[0], np.sqrt(slopes()[1])))
