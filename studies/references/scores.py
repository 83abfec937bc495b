#!/usr/bin/env python3
"""Coverage, interval score and root mean square error of five forecasts, in plain Python.

    python3 studies/references/scores.py

It prints the numbers of `scores_agree_with_an_independent_implementation` in src/backtest/tests.rs: errors
and widths are of ln L, and the interval score is that of Gneiting and Raftery (2007), eq. 43.
"""

from math import log, sqrt

LEVEL = 0.9
# An end further from the point than this factor counts as that far, so that every end has a logarithm.
FARTHEST_END = 50
# Outcome; point, lower end, upper end.
FORECASTS = [
    (2.10, 2.0, 1.9, 2.2),
    (1.50, 1.8, 1.6, 2.0),
    (0.70, 0.69, 0.60, 0.80),
    (3.00, 2.5, 2.0, 2.9),
    (1.00, 1.1, 0.0, 90.0),
]

inside = [lower <= actual <= upper for actual, _, lower, upper in FORECASTS]
errors = [log(point / actual) for actual, point, _, _ in FORECASTS]


def score(actual, point, lower, upper):
    lower, upper = max(lower, point / FARTHEST_END), min(upper, point * FARTHEST_END)
    missed = max(log(lower / actual), log(actual / upper), 0.0)
    return log(upper / lower) + 2 / (1 - LEVEL) * missed


scores = [score(*forecast) for forecast in FORECASTS]
print("coverage", sum(inside) / len(inside))
print("interval score", round(sum(scores) / len(scores), 4))
print("root mean square error in %", round(100 * sqrt(sum(e * e for e in errors) / len(errors)), 2))
