"""Tests of the training program, a minute on one core: python -m pytest -q test_ladder.py (or python test_ladder.py). No text is needed."""
import itertools

import jax
import jax.extend
import jax.numpy as jnp
import numpy as np

import corpus
import ladder
import passrate
from model import VOCABULARY, Shape, initial, logits, losses
from train import Settings, train

SMALL = Shape(width=8, heads=2, context=16)


def random_text(length, seed):
    return np.random.default_rng(seed).integers(0, VOCABULARY, length).astype(np.uint8)


def awake(shape, seed):
    """Parameters whose head is not zero, so that every input matters."""
    params = initial(shape, seed)
    return params | {"head": jax.random.normal(jax.random.PRNGKey(9), params["head"].shape)}


def test_no_position_sees_the_future():
    for heads, layers, previous in itertools.product((1, 2, 4), (1, 2), (0, 5)):
        shape = Shape(width=16, heads=heads, layers=layers, context=16, previous=previous)
        params, text = awake(shape, 1), random_text(16, 2)
        before = np.asarray(logits(shape, params, text[None]))[0]
        for changed in (1, 7, 15):
            other = text.copy()
            other[changed] = (other[changed] + 1) % VOCABULARY
            after = np.asarray(logits(shape, params, other[None]))[0]
            assert np.array_equal(before[:changed], after[:changed]), f"{shape}: byte {changed} changed the past"
            assert not np.allclose(before[changed:], after[changed:]), f"{shape}: byte {changed} changed nothing"


def test_heads_that_mix_positions_are_refused():
    for width, heads in ((24, 16), (10, 4), (6, 2)):
        try:
            Shape(width=width, heads=heads)
        except ValueError as error:
            assert "choose another" in str(error)
        else:
            raise AssertionError(f"width {width} with {heads} heads was accepted")


def flops_of(jaxpr):
    """Of every matrix product in a traced program: 2 x output elements x summed elements."""
    total = 0
    for equation in jaxpr.eqns:
        if equation.primitive.name == "dot_general":
            (summed, _), _ = equation.params["dimension_numbers"]
            left = equation.invars[0].aval.shape
            total += 2 * int(np.prod(equation.outvars[0].aval.shape)) * int(np.prod([left[i] for i in summed]))
        for inner in jax.extend.core.jaxprs_in_params(equation.params):
            total += flops_of(inner)
    return total


def test_flops_are_those_of_the_traced_program():
    for shape in (SMALL, Shape(width=24, heads=3, layers=3, context=32, previous=2)):
        windows = jnp.zeros((2, shape.context + 1), jnp.int32)
        step = jax.make_jaxpr(jax.value_and_grad(lambda p: losses(shape, p, windows).mean()))(initial(shape, 0))
        assert flops_of(step.jaxpr) == 2 * shape.context * shape.flops_per_token


def test_parameters_are_counted():
    assert SMALL.params_all == sum(p.size for p in initial(SMALL, 0).values())


def test_a_tiny_model_learns_and_repeats_itself():
    """Smoke test: text that repeats every 3 bytes is learnt; the same seed gives the same numbers, another seed others."""
    text = np.tile(np.frombuffer(b"ab\n", np.uint8), 3000)
    settings = Settings(SMALL, compute=2e8, batch=4, lr=0.02, seed=3)
    row, curve, _ = train(settings, text, text[:2000])
    assert row["loss"] < 0.1 and 4 < curve[0][1] < np.log(VOCABULARY) + 0.1
    assert row["flops"] == SMALL.flops_per_token * row["tokens"] and abs(row["flops"] / 2e8 - 1) < 0.1
    again, other = train(settings, text, text[:2000])[0], train(Settings(SMALL, 2e8, 4, 0.02, 4), text, text[:2000])[0]
    assert again["loss"] == row["loss"] != other["loss"]


def test_licences():
    for expression in ("MIT", "MIT/Apache-2.0", "(MIT OR GPL-3.0-only) AND BSD-3-Clause", "Apache-2.0 WITH LLVM-exception", "MIT OR Nonsense-1.0"):
        expected = expression != "MIT OR Nonsense-1.0"  # not an SPDX expression: refused whole
        assert corpus.permissive(expression) == expected, expression
    for expression in (None, "", "GPL-3.0-only", "(MIT OR Apache-2.0) AND Unicode-3.0", "MPL-2.0", "Apache-2.0 WITH Classpath-exception-2.0"):
        assert not corpus.permissive(expression), expression


def test_families_are_whole():
    made = [("tokio-util", "x/tokio"), ("tokio", "x/tokio"), ("mio", "x/tokio"), ("serde", "x/serde"), ("serde_json", "x/json"), ("rand", None)]
    family = corpus.families([{"name": n, "repository": r} for n, r in made])
    assert family["tokio"] == family["tokio-util"] == family["mio"]
    assert family["serde"] == family["serde_json"] != family["tokio"]
    assert family["rand"] not in (family["tokio"], family["serde"])


def test_every_run_of_the_plan_has_one_name():
    runs = ladder.planned(ladder.HERE / "plan.toml")
    assert len({ladder.name_of(*r) for r in runs}) == len(runs) > 0


def test_draws_that_stop_at_the_first_wrong_byte_pass_as_often_as_whole_continuations():
    """The short cut of passrate.py against plain sampling of whole continuations, byte after byte."""
    shape, draws = Shape(width=8, heads=2, context=8), 4000
    params = awake(shape, 5)
    text = random_text(shape.context - 1, 6)
    for _ in range(2):  # the likeliest bytes, so that enough draws pass
        text = np.append(text, np.uint8(np.argmax(logits(shape, params, text[None])[0, -1])))
    table = passrate.next_byte_log_probabilities(shape, params, text[None], 2)[0]
    exact = float(np.exp(sum(table[i, text[-2 + i]] for i in range(2))))
    short = passrate.passes(np.random.default_rng(1), table, text[-2:], draws)
    rng, whole = np.random.default_rng(2), np.tile(text[:-2], (draws, 1))
    for _ in range(2):
        z = np.asarray(logits(shape, params, whole[:, -shape.context :]))[:, -1].astype(float)
        p = np.exp(z - z.max(-1, keepdims=True))
        p /= p.sum(-1, keepdims=True)
        drawn = (rng.random((draws, 1)) > p.cumsum(-1)).sum(-1)
        whole = np.concatenate([whole, np.minimum(drawn, VOCABULARY - 1)[:, None]], 1)
    long = int((whole[:, -2:] == text[-2:]).all(1).sum())
    sd = (draws * exact * (1 - exact)) ** 0.5
    assert exact > 1e-3 and abs(short - draws * exact) < 4 * sd and abs(long - draws * exact) < 4 * sd, (exact, short, long)


if __name__ == "__main__":
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            test()
            print(name, "ok")
