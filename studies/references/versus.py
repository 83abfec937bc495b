"""Numbers behind the tests of two recipes compared: python studies/references/versus.py

SciPy's own least squares of two ladders, the multiplier at their largest compute, its delta
interval, F and the probability of equal exponents, and the non-central t distribution.
"""

import numpy as np
from scipy.optimize import least_squares
from scipy.stats import f as fisher, nct, t

COMPUTE = np.array([1e18, 3e18, 1e19, 3e19, 1e20, 3e20, 1e21, 1e22])
SCATTER = np.array([0.8, -1.1, 0.4, 1.3, -0.7, -0.9, 0.6, -0.2])
REFERENCE = COMPUTE[-1]
U = np.log(COMPUTE / REFERENCE)


def loss(u, p):
    return p[2] + p[0] * np.exp(p[1] * u)


A = loss(U, [0.9, -0.12, 1.6]) * (1 + 0.002 * SCATTER)
B = loss(U, [0.84, -0.13, 1.6]) * (1 + 0.002 * np.roll(SCATTER, 3))


def residuals(p):
    return np.concatenate([loss(U, p[:3]) / A - 1, loss(U, p[3:]) / B - 1])


def log_m(p, u=0.0):
    return np.log((loss(u, p[3:]) - p[2]) / p[0]) / p[1] - u


def solved(function, start):
    options = dict(xtol=1e-15, ftol=1e-15, gtol=1e-15, x_scale="jac", max_nfev=10000)
    return least_squares(function, start, **options)


def main():
    print("A", A.tolist())
    print("B", B.tolist())
    best = solved(residuals, [0.9, -0.12, 1.6, 0.84, -0.13, 1.6])
    dof = len(best.fun) - 6
    s2 = 2 * best.cost / dof
    covariance = s2 * np.linalg.inv(best.jac.T @ best.jac)
    step = 1e-6
    gradient = np.array([
        (log_m(best.x + step * e) - log_m(best.x - step * e)) / (2 * step) for e in np.eye(6)
    ])
    se = np.sqrt(gradient @ covariance @ gradient)
    reach = t.ppf(0.95, dof) * se
    value = log_m(best.x)
    print("m", np.exp(value), "delta 90 %", np.exp(value - reach), np.exp(value + reach))
    shared = solved(lambda p: residuals([p[0], p[1], p[2], p[3], p[1], p[4]]), [0.9, -0.12, 1.6, 0.84, 1.6])
    statistic = 2 * (shared.cost - best.cost) / s2
    print("F of equal exponents", statistic, "p", fisher.sf(statistic, 1, dof))
    critical = t.ppf(0.95, 4)
    print("non-central t", nct.sf(critical, 4, 3) + nct.cdf(-critical, 4, 3))


if __name__ == "__main__":
    main()
