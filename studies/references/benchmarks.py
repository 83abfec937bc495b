"""Laws of benchmark scores by SciPy, for `src/scores/tests.rs`.

Weighted least squares on the scores themselves: each weight is the inverse of the variance
rho * p * (1 - p) at the fitted score p, rho makes the weighted sum of squares equal to the number of
models less the number of parameters, and every exponent has a normal prior of its logarithm.

Run: python studies/references/benchmarks.py (needs numpy, scipy; reads data/olmo_ladder_tasks.csv).
"""

import csv
from pathlib import Path

import numpy as np
from scipy.optimize import least_squares

ROOT = Path(__file__).resolve().parents[2]


def ladder(task):
    with open(ROOT / "data/olmo_ladder_tasks.csv", encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["task"] == task and r["role"] == "ladder"]
    columns = ["n_params", "n_tokens", "flops_6nd", "accuracy", "chance"]
    return [np.array([float(r[c]) for r in rows]) for c in columns]


def solve(x, y, chance, prior):
    """Fits exp(theta) * exp(-exp(phi) * x) summed over the columns of x."""

    def score(p):
        terms = [np.exp(p[2 * k] - np.exp(p[2 * k + 1]) * x[k]) for k in range(len(x))]
        return chance + (1 - chance) * np.exp(-sum(terms))

    def residuals(p, weight):
        known = [(p[2 * k + 1] - prior) / 0.8 for k in range(len(x))]
        return np.concatenate([(score(p) - y) * weight, known])

    best = None
    for exponent in [0.1, 0.3, 0.8]:
        for level in [-2.0, -0.5, 0.5]:
            p = np.array([level, np.log(exponent)] * len(x))
            rho = 1e-3
            for _ in range(200):
                f = np.clip(score(p), 1e-4, 1 - 1e-4)
                weight = 1 / np.sqrt(rho * f * (1 - f))
                p = least_squares(residuals, p, args=(weight,), xtol=1e-15, ftol=1e-15, gtol=1e-15).x
                f = score(p)
                rho = np.sum((y - f) ** 2 / (f * (1 - f))) / (len(y) - len(p))
            cost = np.sum(residuals(p, weight) ** 2)
            # The weighted sum is nearly the same everywhere: the scatter decides.
            if best is None or rho < best[0] * (1 - 1e-9):
                best = (rho, p, cost)
    return best[1], best[0], score


def main():
    for task in ["hellaswag", "piqa"]:
        n, d, c, y, chance = ladder(task)
        by_compute = [np.log(c / c.max())]
        by_size = [np.log(n / n.max()), np.log(d / d.max())]
        for name, x, prior in [("compute", by_compute, 0.2), ("size", by_size, 0.4)]:
            p, rho, _ = solve(x, y, chance, np.log(prior))
            # In the units of the largest model.
            values = [f(p[k]) for k in range(len(p)) for f in [np.exp]]
            print(task, name, [float(f"{v:.9g}") for v in values], f"rho {rho:.9g}")


if __name__ == "__main__":
    main()
