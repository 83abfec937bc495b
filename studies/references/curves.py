"""The annealing law fitted to a simulated curve by SciPy, with its sums taken step by step.

Prints the parameters that `src/curve/tests.rs` compares. Needs NumPy and SciPy.
"""

import numpy as np
from scipy.optimize import least_squares

STEPS = 20_000
PARAMETERS = (3.0, 0.3, 0.5, 0.12, 400.0)  # L0, A·S^(−α) at the end of a constant run, α, B, time


def rates() -> np.ndarray:
    """Constant until 60 % of the run, then linear to nothing."""
    step = np.arange(STEPS + 1, dtype=float)
    start = 0.6 * STEPS
    return np.where(step <= start, 1.0, (STEPS - step) / (STEPS - start))


ETA = rates()
S = np.concatenate(([0.0], np.cumsum(0.5 * (ETA[1:] + ETA[:-1]))))
FALLS = -np.diff(ETA)
AT = np.arange(400, STEPS + 1, 100)


def law(p: np.ndarray) -> np.ndarray:
    """The loss at the logged steps."""
    floor, reducible, exponent, amplitude, time = p
    answered = np.zeros(STEPS + 1)
    keep = np.exp(-1.0 / time)
    waiting = 0.0
    done = 0.0
    # At the end of a step, a change within it is on average half a step old.
    half = np.exp(-0.5 / time)
    for k in range(STEPS):
        waiting = waiting * keep + FALLS[k] * half
        done += FALLS[k]
        answered[k + 1] = done - waiting
    return floor + reducible * (S[AT] / STEPS) ** -exponent - amplitude * answered[AT]


def main() -> None:
    ripple = 1.0 + 1e-3 * np.sin(0.37 * AT)
    losses = law(np.array(PARAMETERS)) * ripple
    logs = np.log(losses)
    fit = least_squares(
        lambda p: np.log(law(p)) - logs,
        np.array([2.9, 0.35, 0.6, 0.1, 300.0]),
        x_scale=np.array([1.0, 0.1, 0.1, 0.1, 100.0]),
        xtol=1e-14,
        ftol=1e-14,
        gtol=1e-14,
    )
    print("parameters", " ".join(f"{v:.8f}" for v in fit.x))
    print("objective", f"{fit.cost:.10e}")
    print("losses", " ".join(f"{v:.8f}" for v in losses[[0, 100, 150, -1]]))


if __name__ == "__main__":
    main()
