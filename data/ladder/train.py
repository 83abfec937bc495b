"""Trains one model to a budget of computation and measures its held-out loss. Deterministic from the seed (one machine, one jax)."""
import time
from dataclasses import asdict, dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from model import Shape, initial, losses

# Raised by hand whenever a change here or in model.py changes any number.
VERSION = 1
CHUNK = 10  # steps a compiled call; the number of steps is a multiple of it, so that one shape is compiled once
EVALUATION_WINDOWS = 4096
EVALUATION_BATCH = 64
WARMUP, DECAY, BETA1, BETA2, EPSILON, CLIP = 0.05, 0.1, 0.9, 0.98, 1e-10, 1.0
DECAYED = ("qkv", "out", "up", "down", "head")


@dataclass(frozen=True)
class Settings:
    shape: Shape
    compute: float  # FLOP wanted
    batch: int  # windows a step
    lr: float
    seed: int

    @property
    def steps(self):
        per_step = self.shape.flops_per_token * self.batch * self.shape.context
        return CHUNK * max(2, round(self.compute / per_step / CHUNK))

    @property
    def tokens(self):
        return self.steps * self.batch * self.shape.context


def learning_rate(step, steps, peak):
    """Linear rise over the first 5 % of the steps, linear fall to zero at the last."""
    warmup = jnp.maximum(5.0, WARMUP * steps)
    return peak * jnp.minimum((step + 1) / warmup, (steps - step) / (steps - warmup))


def adam(params, mean, square, gradient, step, lr):
    norm = jnp.sqrt(sum(jnp.sum(g * g) for g in gradient.values()))
    gradient = {k: g * jnp.minimum(1, CLIP / (norm + 1e-9)) for k, g in gradient.items()}
    mean = {k: BETA1 * mean[k] + (1 - BETA1) * g for k, g in gradient.items()}
    square = {k: BETA2 * square[k] + (1 - BETA2) * g * g for k, g in gradient.items()}
    fix1, fix2 = 1 - BETA1 ** (step + 1), 1 - BETA2 ** (step + 1)

    def moved(k, p):
        update = (mean[k] / fix1) / (jnp.sqrt(square[k] / fix2) + EPSILON)
        return p - lr * (update + (DECAY * p if k in DECAYED else 0))

    return {k: moved(k, p) for k, p in params.items()}, mean, square


@partial(jax.jit, static_argnums=0, donate_argnums=1)
def train_chunk(shape, state, windows, first, steps, peak):
    """windows [CHUNK, batch, context + 1]: CHUNK optimiser steps, and the training loss of each."""

    def one(state, item):
        step, batch = item
        params, mean, square = state
        loss, gradient = jax.value_and_grad(lambda p: losses(shape, p, batch).mean())(params)
        return adam(params, mean, square, gradient, step, learning_rate(step, steps, peak)), loss

    return jax.lax.scan(one, state, (first + jnp.arange(CHUNK, dtype=jnp.float32), windows.astype(jnp.int32)))


def windows_of(text, starts, context):
    return text[starts[..., None] + np.arange(context + 1)]


def order_of_windows(text, settings):
    """Starts of the training windows [steps, batch]: without replacement, a fresh permutation an epoch."""
    context, need = settings.shape.context, settings.steps * settings.batch
    rng = np.random.default_rng([settings.seed, 1])
    count = (len(text) - 1) // context
    epochs = [rng.permutation(count) for _ in range(-(-need // count))]
    return context * np.concatenate(epochs)[:need].reshape(settings.steps, settings.batch)


def evaluation_starts(text, context):
    count = (len(text) - 1) // context
    return context * np.sort(np.random.default_rng(7).choice(count, min(count, EVALUATION_WINDOWS), replace=False))


@partial(jax.jit, static_argnums=0)
def evaluate_batch(shape, params, windows):
    return losses(shape, params, windows.astype(jnp.int32))


def evaluate(shape, params, text):
    """Nats of each held-out byte of the fixed windows, [windows, context]."""
    starts = evaluation_starts(text, shape.context)
    parts = np.array_split(starts, max(1, len(starts) // EVALUATION_BATCH))
    return np.concatenate([np.asarray(evaluate_batch(shape, params, windows_of(text, s, shape.context))) for s in parts])


def thinned(train_losses, points=40):
    """(step, mean training loss since the point before), at about `points` steps even in the logarithm."""
    steps = len(train_losses)
    ends = np.unique(np.round(np.geomspace(min(CHUNK, steps), steps, points)).astype(int))
    starts = np.concatenate([[0], ends[:-1]])
    return [(int(e), float(np.mean(train_losses[s:e]))) for s, e in zip(starts, ends)]


def train(settings, training, held_out, say=lambda line: None):
    """-> (row of results, thinned curve, params)"""
    shape, steps = settings.shape, settings.steps
    order = order_of_windows(training, settings)
    params = initial(shape, settings.seed)
    zeros = lambda: jax.tree.map(jnp.zeros_like, params)
    state, curve, began = (params, zeros(), zeros()), [], time.time()
    for first in range(0, steps, CHUNK):
        windows = windows_of(training, order[first : first + CHUNK], shape.context)
        state, chunk = train_chunk(shape, state, windows, np.float32(first), np.float32(steps), np.float32(settings.lr))
        curve.extend(np.asarray(chunk).tolist())
        if first // CHUNK % max(1, steps // CHUNK // 20) == 0:
            say(f"step {first + CHUNK} of {steps}: training loss {curve[-1]:.3f}, {time.time() - began:.0f} s")
    seconds = time.time() - began
    nats = evaluate(shape, state[0], held_out)
    loss = float(nats.mean(dtype=np.float64))
    if not np.isfinite(loss):
        raise FloatingPointError(f"held-out loss is {loss}: the learning rate {settings.lr} is too large for {shape}")
    row = {
        **{k: v for k, v in asdict(shape).items()},
        "batch": settings.batch,
        "steps": steps,
        "lr": settings.lr,
        "seed": settings.seed,
        "params": shape.params,
        "params_all": shape.params_all,
        "tokens": settings.tokens,
        "flops": shape.flops_per_token * settings.tokens,
        "six_n_d": 6 * shape.params * settings.tokens,
        "loss": round(loss, 6),
        "bits_per_byte": round(loss / float(np.log(2)), 6),
        "se_windows": round(float(nats.mean(1).std() / len(nats) ** 0.5), 6),
        "nats_late": round(float(nats[:, shape.context // 2 :].mean(dtype=np.float64)), 6),
        "seconds": round(seconds, 1),
    }
    return row, thinned(curve), state[0]
