#!/usr/bin/env python3
"""The maximum of the hierarchical likelihood of 40 problems, by SciPy's L-BFGS-B on one fixed grid.

    python3 studies/references/hierarchy.py        (needs NumPy and SciPy)

It prints the numbers of `the_maximum_is_that_of_a_second_solver` in src/capability/hierarchy.rs, whose table
of passes it reads from there. The model is that at the top of the file with tau = 0: ln(lambda) = t_i + beta_m,
counts binomial with p = exp(-lambda), and t with log density b*t - a*e^t - q*t^2/2 - ln Z on -14 to 5.
"""

import pathlib
import re

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

SAMPLES = 20
SOURCE = pathlib.Path(__file__).parents[2] / "src/capability/hierarchy.rs"
table = re.search(r"const PASSES[^=]*=\s*\[(.*?)\];", SOURCE.read_text(), re.DOTALL)[1]
passes = np.array([int(word) for word in re.findall(r"\d+", table)]).reshape(3, 40)

t = np.linspace(-14.0, 5.0, 3000)
statistics = np.stack([t, -np.exp(t), -0.5 * t * t])


def log_joint(p):
    """ln of density times likelihood at each t of each problem. The first model's level is 0."""
    levels, shape = np.concatenate([[0.0], p[:2]]), p[2:]
    density = shape @ statistics
    density = density - logsumexp(density) - np.log(t[1] - t[0])
    joint = np.tile(density, (40, 1))
    for model, level in enumerate(levels):
        rate = np.exp(t + level)
        passed = passes[model][:, None]
        joint = joint - passed * rate + (SAMPLES - passed) * np.log(-np.expm1(-rate))
    return joint


def value(p):
    return logsumexp(log_joint(p), axis=1).sum() + 40 * np.log(t[1] - t[0])


starts = [[-0.2, -0.4, 0.3, 0.3, 0.3], [0.0, 0.0, 1.0, 1.0, 0.1], [-0.5, -1.0, 0.1, 0.1, 0.8]]
bounds = [(None, None)] * 2 + [(None, None), (1e-4, None), (0.0, None)]
options = {"maxiter": 10_000, "ftol": 1e-15, "gtol": 1e-9, "maxfun": 1_000_000}
found = [minimize(lambda p: -value(p), s, method="L-BFGS-B", bounds=bounds, options=options) for s in starts]
for one in found:
    print(f"start ended at {-one.fun:.6f}")
best = min(found, key=lambda one: one.fun).x
joint = log_joint(best)
posterior = np.exp(joint - logsumexp(joint, axis=1)[:, None])
metric = [(posterior * np.exp(t + level)).sum(axis=1).mean() for level in [0.0, *best[:2]]]
print(f"log likelihood {value(best):.6f}")
print("levels", *(f"{x:.6f}" for x in [0.0, *best[:2]]))
print("shape b, a, q", *(f"{x:.6f}" for x in best[2:]))
print("mean of lambda", *(f"{x:.6f}" for x in metric))
