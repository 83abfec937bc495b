"""Problems from the held-out text, and how often each trained model solves them.

usage: python passrate.py choose WORK     writes problems.csv, from the text and the models of at most 1e11 FLOP only
       python passrate.py measure WORK    appends to pass_counts.csv the models in runs.csv that it lacks

A problem is a span of a few bytes inside a line of held-out code; a model passes if the bytes that it samples at temperature 1 are that span
exactly. Written down are the exact probability of that, and passes among draws.
"""
import argparse
import csv
import hashlib
import os
from pathlib import Path

os.environ["XLA_FLAGS"] = os.environ.get("XLA_FLAGS", "") + " --xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import jax
import numpy as np

import ladder
from model import Shape, logits

HERE = Path(__file__).parent
CANDIDATES, BUCKETS, PER_BUCKET = 3000, 6, 16
CHOSEN_BY_AT_MOST = 1.05e11  # FLOP: no larger model has a say in which problems there are
LENGTHS = (2, 3, 4, 6, 8)
# Mean ln p over the models that choose: neither certain nor beyond counting for every model of the ladder.
EASIEST, HARDEST = -1.0, -10.0
DRAWS = 1000


def candidates(text):
    """(offset, length) of spans that begin 4 to 12 bytes into a line and end in it, fixed by the text alone."""
    rng, spans = np.random.default_rng(11), []
    ends = np.flatnonzero(text == ord("\n"))
    while len(spans) < CANDIDATES:
        i = int(rng.integers(100, len(ends) - 1))
        line = text[ends[i] + 1 : ends[i + 1]].tobytes()
        start = len(line) - len(line.lstrip()) + int(rng.integers(4, 13))
        length = int(rng.choice(LENGTHS))
        if start + length <= len(line) and not line.lstrip().startswith(b"//"):
            spans.append((int(ends[i]) + 1 + start, length))
    return spans


@jax.jit
def _log_softmax(z):
    return jax.nn.log_softmax(z)


_logits = jax.jit(logits, static_argnums=0)


def next_byte_log_probabilities(shape, params, texts, length):
    """texts [problems, context + 1], each ending with its span of `length` bytes -> ln p of every next byte there, [problems, length, V]."""
    return np.asarray(_log_softmax(_logits(shape, params, texts[:, :-1].astype(np.int32))[:, -length:]), np.float64)


def tables(shape, params, text, spans):
    """One table [length, V] a span, each seen after all the context that fits before the span's last byte."""
    found = [None] * len(spans)
    for length in sorted({n for _, n in spans}):
        which = [i for i, (_, n) in enumerate(spans) if n == length]
        for part in np.array_split(which, max(1, len(which) // 64)):
            texts = np.stack([text[spans[i][0] + length - shape.context - 1 : spans[i][0] + length] for i in part])
            for i, table in zip(part, next_byte_log_probabilities(shape, params, texts, length)):
                found[i] = table
    return found


def exact(table, span):
    return float(table[np.arange(len(span)), span].sum())


def passes(rng, table, span, draws):
    """How many of `draws` continuations are the span. A continuation is dropped at its first wrong byte: until then all that live share their
    past, so that one table serves them all, and what is dropped cannot pass any more."""
    alive = draws
    for row, right in zip(table, span):
        p = np.exp(row)
        drawn = rng.choice(len(p), alive, p=p / p.sum())
        alive = int((drawn == right).sum())
    return alive


def trained(work, wanted):
    """Rows of runs.csv that are wanted, cheapest first, with the parameters."""
    with (HERE / "runs.csv").open(newline="") as f:
        rows = sorted(csv.DictReader(f), key=lambda r: float(r["flops"]))
    for row in filter(wanted, rows):
        file = work / "params" / f"{row['run']}.npz"
        if not file.exists():
            raise SystemExit(f"{file} is missing: the parameters of {row['run']} were trained elsewhere; copy them there, or train it again")
        shape = Shape(*(int(row[k]) for k in ("width", "heads", "layers", "context", "previous")))
        yield row, shape, dict(np.load(file))


def choose(work, text):
    """Buckets of equal width in mean ln p over the small models, as many problems from each, the first ones drawn."""
    spans = candidates(text)
    small = [
        [exact(t, text[a : a + n]) for t, (a, n) in zip(tables(shape, params, text, spans), spans)]
        for _, shape, params in trained(work, lambda row: float(row["flops"]) <= CHOSEN_BY_AT_MOST)
    ]
    mean = np.mean(small, 0)
    edges = np.linspace(EASIEST, HARDEST, BUCKETS + 1)
    rows = []
    for bucket in range(BUCKETS):
        inside = np.flatnonzero((mean <= edges[bucket]) & (mean > edges[bucket + 1]))
        if len(inside) < PER_BUCKET:
            raise SystemExit(f"only {len(inside)} candidates in bucket {bucket + 1}: draw more")
        for i in inside[:PER_BUCKET]:
            rows.append({"problem": f"p{len(rows) + 1:02}", "bucket": bucket + 1, "offset": spans[i][0], "length": spans[i][1],
                         "mean_ln_p_small": round(float(mean[i]), 4)})
    if (HERE / "problems.csv").exists():
        raise SystemExit("problems.csv is there: problems are chosen once")
    ladder.append(HERE / "problems.csv", rows)
    print(f"{len(rows)} problems of {len(spans)} candidates, by {len(small)} models")


def measure(work, text):
    with (HERE / "problems.csv").open(newline="") as f:
        problems = list(csv.DictReader(f))
    spans = [(int(p["offset"]), int(p["length"])) for p in problems]
    measured = ladder.recorded(HERE / "pass_counts.csv", "model")
    for row, shape, params in trained(work, lambda row: row["run"] not in measured):
        rng = np.random.default_rng(list(hashlib.sha256(row["run"].encode()).digest()[:8]))
        rows = []
        for problem, (a, n), table in zip(problems, spans, tables(shape, params, text, spans)):
            span = text[a : a + n]
            rows.append({"model": row["run"], "compute": row["flops"], "seed": row["seed"], "problem": problem["problem"], "n_samples": DRAWS,
                         "n_correct": passes(rng, table, span, DRAWS), "exact_ln_p": round(exact(table, span), 5)})
        ladder.append(HERE / "pass_counts.csv", rows)
        print(row["run"], "mean -ln p", round(-float(np.mean([r["exact_ln_p"] for r in rows])), 4))


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("what", choices=("choose", "measure"))
    arguments.add_argument("work", type=Path)
    a = arguments.parse_args()
    (_, text), _ = ladder.texts_of(a.work)
    {"choose": choose, "measure": measure}[a.what](a.work, text)


if __name__ == "__main__":
    main()
