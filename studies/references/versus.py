"""Numbers behind the tests of two recipes compared: python studies/references/versus.py

SciPy's own least squares of two ladders, the multiplier at their largest compute, its delta
interval, F and the probability of equal exponents, and the non-central t distribution. The same of
two surfaces in their usual parameters: the path by a search over N, the multiplier by a search over
C, so that no closed form is used.
"""

import numpy as np
from scipy.optimize import brentq, least_squares, minimize_scalar
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
    surfaces()


SIZES = [5e7, 2e8, 8e8, 3.2e9]
TOKENS = [1e9, 5e9, 2.5e10, 1.25e11]
N, D = (np.array(x) for x in zip(*[(n, d) for n in SIZES for d in TOKENS]))


def surface(n, d, p):
    return p[2] + np.exp(p[0] - p[3] * np.log(n)) + np.exp(p[1] - p[4] * np.log(d))


def least(c, p):
    """The least loss of a compute, by a search over N."""
    at = lambda x: surface(np.exp(x), c / 6 / np.exp(x), p)
    return minimize_scalar(at, bracket=(14, 20, 30), tol=1e-14).fun


def surfaces():
    truths = [[np.log(406.4), np.log(410.7), 1.69, 0.34, 0.28], [np.log(380), np.log(450), 1.68, 0.34, 0.285]]
    losses = [
        surface(N, D, p) * (1 + 0.002 * np.roll(np.tile(SCATTER, 2), 5 * k)) for k, p in enumerate(truths)
    ]
    fits = [
        solved(lambda p, y=y: surface(N, D, p) / y - 1, p) for y, p in zip(losses, truths)
    ]
    dof = 2 * (len(N) - 5)
    s2 = sum(2 * fit.cost for fit in fits) / dof
    c, n, d = 1e21, 8e8, 2.5e10
    on_path = lambda p, q: brentq(lambda v: least(c * np.exp(v), p) - least(c, q), -3, 3, xtol=1e-13)
    in_tokens = lambda p, q: brentq(
        lambda v: surface(n, d * np.exp(v), p) - surface(n, d, q), -3, 3, xtol=1e-13
    )
    for name, f in [("path", on_path), ("tokens", in_tokens)]:
        p, q = (fit.x for fit in fits)
        variance = 0
        for k, fit in enumerate(fits):
            covariance = s2 * np.linalg.inv(fit.jac.T @ fit.jac)
            step = 1e-4
            at = lambda e: f(*[fit.x + step * e if i == k else fits[i].x for i in range(2)])
            gradient = np.array([(at(e) - at(-e)) / (2 * step) for e in np.eye(5)])
            variance += gradient @ covariance @ gradient
        value, reach = f(p, q), t.ppf(0.95, dof) * np.sqrt(variance)
        print(name, "m", np.exp(value), "delta 90 %", np.exp(value - reach), np.exp(value + reach))
    # Equal exponents of the path: alpha*beta/(alpha + beta), with beta of B taken from that.
    def shared(p):
        gamma = p[3] * p[4] / (p[3] + p[4])
        b = np.append(p[5:9], 1 / (1 / gamma - 1 / p[8]))
        return np.concatenate([surface(N, D, p[:5]) / losses[0] - 1, surface(N, D, b) / losses[1] - 1])

    least_cost = min(
        solved(shared, np.concatenate([fits[0].x, fits[1].x[:4]]) * (1 + 1e-3 * k)).cost for k in range(3)
    )
    statistic = (2 * least_cost - dof * s2) / s2
    print("F of equal exponents", statistic, "p", fisher.sf(statistic, 1, dof))


if __name__ == "__main__":
    main()
