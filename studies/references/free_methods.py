#!/usr/bin/env python3
"""The envelope and the quadrature of six published runs, by SciPy's linear programs and by NumPy.

    python3 studies/references/free_methods.py        (needs NumPy and SciPy)

It prints the numbers of `published_runs_give_the_numbers_of_a_second_implementation` in tests/numbers/free.rs.
The definitions are those at the top of src/forecast/envelope.rs and src/forecast/quadrature.rs; nothing
of the code is shared. The noise is that of the residuals of a*C^b + c, here by SciPy's curve_fit.
"""

import numpy as np
from scipy.optimize import curve_fit, linprog
from scipy.stats import norm

# Dey et al. 2023 (Cerebras-GPT): the six smallest runs of data/cerebras_gpt.csv.
RUNS = [(2.6e18, 2.566), (1.3e19, 2.299), (6.1e19, 2.184), (2.8e20, 1.996), (1.1e21, 1.834), (6.3e21, 1.704)]
TARGETS = [2.3e22, 6.3e25]

compute, y = (np.array(column) for column in zip(*RUNS))
u = np.log(compute / compute[-1])
n = len(y)


def noise():
    """Relative standard deviation of the residuals of a*e^(b*u) + c, with three parameters fitted."""
    law = lambda u, a, b, c: a * np.exp(b * u) + c
    best = min(
        (
            curve_fit(law, u, y, p0=(0.5, b, c), sigma=y, maxfev=100_000, xtol=1e-14, ftol=1e-14)[0]
            for b in (-0.1, -0.2, -0.4)
            for c in (0.5, 1.0, 1.5)
        ),
        key=lambda p: np.sum((law(u, *p) / y - 1) ** 2),
    )
    return np.sqrt(np.sum((law(u, *best) / y - 1) ** 2) / (n - 3))


def envelope(distance):
    """The least and the largest value of a mixture of powers within the bands around the runs."""
    exponents = np.concatenate([[0.0], np.geomspace(0.01, 2.5, 40)])
    # A chance of 10 % that some run lies outside its band, divided over the runs and both sides.
    rho = max(noise(), 2e-4) * norm.ppf(1 - 0.10 / (2 * n))
    # Each column in units of its value at the smallest run, each row in units of its loss.
    rows = np.exp(-np.outer(u - u[0], exponents)) / y[:, None]
    cost = np.exp(-exponents * (distance - u[0]))
    for widening in (1.0, 1.5, 2.0, 3.0, 5.0, 8.0):
        limits = np.concatenate([np.full(n, 1 + rho * widening), np.full(n, rho * widening - 1)])
        ends = [
            linprog(sign * cost, A_ub=np.vstack([rows, -rows]), b_ub=limits, method="highs")
            for sign in (1, -1)
        ]
        if all(end.status == 0 for end in ends):
            return ends[0].fun, -ends[1].fun
    raise SystemExit("no mixture passes through the runs")


def quadrature(distance):
    """Weighted least squares in every cell of the grid, with a dense covariance matrix."""
    drift, lead, noise_floor = 10.0, 0.5, 1e-6
    tau = u - u[0] + lead
    target = distance - u[0] + lead
    whiten = np.linalg.inv(np.linalg.cholesky(np.eye(n) + drift * np.minimum.outer(tau, tau)))
    k = whiten @ (drift * np.minimum(tau, target))
    kappa = 1 + drift * target - k @ k
    ones = whiten @ np.ones(n)

    softplus = lambda z: np.logaddexp(0.0, z)
    onsets = [(lambda v: v, np.log(0.1))]
    start = u[0] - 0.5
    for p in (1.0, 2.0, 4.0):
        for d in np.linspace(start, -1.5, 7):
            bend = lambda v, p=p, d=d: (softplus(p * (v - d)) - softplus(-p * d)) / p
            onsets.append((bend, np.log(1 / 21)))
    slopes = np.geomspace(0.05, 2.5, 12)
    # Student's t with three degrees of freedom in the logarithm.
    slope_prior = -2.0 * np.log1p(((np.log(slopes) - np.log(0.5)) / 0.4) ** 2 / 3.0)

    shares = np.array([0.15, 0.3, 0.45, 0.6, 0.7, 0.8, 0.87, 0.93, 0.97])
    spacing = np.concatenate(
        [[shares[1] - shares[0]], 0.5 * (shares[2:] - shares[:-2]), [shares[-1] - shares[-2]]]
    )
    weight = shares**2 * spacing
    weight /= weight.sum() * 1.02
    floors = [(0.0, 0.0, np.log(0.02 / 1.02))]
    for share, w in zip(shares, weight):
        floors += [(share, e, np.log(w * v)) for e, v in ((0.0, 0.8), (0.03, 0.1), (0.075, 0.1))]

    logs, means, variances = [], [], []
    for bend, onset_prior in onsets:
        for slope, prior in zip(slopes, slope_prior):
            v = whiten @ (np.exp(-slope * bend(u)) / y)
            for share, epsilon, floor_prior in floors:
                level = share * y.min()
                r = ones - level * (whiten @ (np.exp(-epsilon * u) / y))
                b = (v @ r) / (v @ v)
                if not b > 0:
                    continue
                spare = noise_floor + max(r @ r - b * (v @ r), 0.0)
                determinant = -np.log(np.diag(whiten)).sum()
                logs.append(
                    prior + onset_prior + floor_prior - determinant
                    - 0.5 * np.log(v @ v) - np.log(b) - 0.5 * n * np.log(spare)
                )
                g = np.exp(-slope * bend(distance))
                value = level * np.exp(-epsilon * distance) + b * g
                lever = g / value - v @ k
                means.append(np.log(value) + r @ k - b * (v @ k))
                variances.append(spare / (n - 2) * (kappa + lever**2 / (v @ v)))
    logs, means, variances = map(np.array, (logs, means, variances))
    w = np.exp(logs - logs.max())
    w[w <= 1e-9 * w.sum()] = 0.0
    w /= w.sum()
    mean = w @ means
    d = means - mean
    form = (1.645 * 0.012 * distance) ** 2
    half = lambda side: np.sqrt(1.5**2 * (w @ (variances + 2.0 * side**2)) + form)
    low, high = half(np.minimum(d, 0.0)), half(np.maximum(d, 0.0))
    return np.exp(mean), np.exp(mean - low), np.exp(mean + high)


for at in TARGETS:
    distance = np.log(at / compute[-1])
    print(f"compute {at:g}")
    print("  envelope   lower, upper       ", *(repr(float(x)) for x in envelope(distance)))
    print("  quadrature point, lower, upper", *(repr(float(x)) for x in quadrature(distance)))
