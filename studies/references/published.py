#!/usr/bin/env python3
"""Values of published laws at published points, in plain Python.

    python3 studies/references/published.py

It prints the numbers of `the_data_constrained_law_reproduces_the_published_losses` in tests/allocation/laws.rs
(Muennighoff et al. 2023, arXiv 2305.16264, eqs. 5 and 6), of `the_true_tokens_of_the_bias_table_are_the_published_ones` in
tests/allocation/fit.rs (the optimum of Hoffmann et al. 2022, arXiv 2203.15556, eq. 4), and the normal quantiles of
src/fit/inference.rs.
"""

from math import exp
from statistics import NormalDist

A, B, E = exp(6.255414), exp(7.3049974), exp(0.6254804)
ALPHA = BETA = 0.3526596
REPEATS_OF_TOKENS, REPEATS_OF_PARAMS = 15.387756, 5.309743


def effective(unique, all_of_it, repeats):
    """The effective number of tokens or parameters: each further pass is worth less."""
    further = all_of_it / unique - 1
    return unique + unique * repeats * (1 - exp(-further / repeats))


def data_constrained(params, tokens, unique):
    # The parameters that are optimal for this many unique tokens.
    g = ((ALPHA * A) / (BETA * B)) ** (1 / (ALPHA + BETA))
    optimal = min((unique * g ** ((ALPHA + BETA) / BETA)) ** (BETA / ALPHA), params)
    n = effective(optimal, params, REPEATS_OF_PARAMS)
    d = effective(unique, tokens, REPEATS_OF_TOKENS)
    return E + A / n**ALPHA + B / d**BETA


for point in [(6.34e9, 242e9, 25e9), (8.67e9, 178e9, 25e9)]:
    print("loss at N, D, U =", *(f"{x:g}" for x in point), "is", repr(data_constrained(*point)))

a, b, alpha, beta, budget = 406.4, 410.7, 0.34, 0.28, 1e24
g = (alpha * a / (beta * b)) ** (1 / (alpha + beta))
print(f"optimal tokens at {budget:g} FLOP:", repr((budget / 6) ** (alpha / (alpha + beta)) / g))

for level in (0.001, 0.9, 0.999999):
    print(f"normal quantile of a central interval at {level}: {NormalDist().inv_cdf(0.5 + level / 2):.10g}")
