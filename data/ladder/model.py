"""A small decoder-only transformer over ASCII bytes, and its exact count of floating-point operations.

Pre-norm blocks (RMSNorm, rotary attention, squared-ReLU MLP of 4 widths), no biases, untied head that starts at zero. The embedding of a
position is the sum of the embeddings of its byte and of the `previous` bytes before it: a small model then has the statistics of short
strings from the start and need not learn to attend for them, which is what bends the loss curve of a plain small transformer.
"""
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

VOCABULARY = 128
ROTARY_BASE = 1000.0


@dataclass(frozen=True)
class Shape:
    width: int
    heads: int
    layers: int = 2
    context: int = 128
    previous: int = 5

    def __post_init__(self):
        # A head width that does not divide the width would mix positions in the reshape and let the future leak.
        if self.width % (2 * self.heads):
            raise ValueError(f"width {self.width} is not an even multiple of {self.heads} heads: choose another width or heads")

    @property
    def params(self):
        """Parameters that multiply: blocks and head. Embeddings are look-ups, without a multiplication."""
        return VOCABULARY * self.width + 12 * self.layers * self.width**2

    @property
    def params_all(self):
        norms = (2 * self.layers + 1) * self.width
        return self.params + norms + (1 + self.previous) * VOCABULARY * self.width

    @property
    def flops_per_token(self):
        """Of every matrix product, forward and backward, as executed: the masked half of the attention is computed and so counted."""
        return 6 * self.params + 12 * self.layers * self.context * self.width


def initial(shape, seed):
    d, layers = shape.width, shape.layers
    keys = iter(jax.random.split(jax.random.PRNGKey(seed), 6))

    def normal(size, std):
        return std * jax.random.normal(next(keys), size)

    into_stream = (2 * layers) ** -0.5
    return {
        "bytes": normal((VOCABULARY, d), 0.5),
        "previous": normal((shape.previous, VOCABULARY, d), 0.25),
        "qkv": normal((layers, d, 3 * d), d**-0.5),
        "out": normal((layers, d, d), d**-0.5 * into_stream),
        "up": normal((layers, d, 4 * d), d**-0.5),
        "down": normal((layers, 4 * d, d), (4 * d) ** -0.5 * into_stream),
        "gain_attention": jnp.ones((layers, d)),
        "gain_mlp": jnp.ones((layers, d)),
        "gain_head": jnp.ones(d),
        "head": jnp.zeros((d, VOCABULARY)),
    }


def _norm(x, gain):
    return x * jax.lax.rsqrt(jnp.mean(x * x, -1, keepdims=True) + 1e-6) * gain


def _rotate(x, cos, sin):
    half = x.shape[-1] // 2
    a, b = x[..., :half], x[..., half:]
    return jnp.concatenate([a * cos - b * sin, a * sin + b * cos], -1)


def logits(shape, params, text):
    """text [batch, length <= context] of bytes -> logits [batch, length, VOCABULARY] of the byte that follows each position."""
    batch, length = text.shape
    size = shape.width // shape.heads
    angle = np.arange(length)[:, None] * ROTARY_BASE ** (-np.arange(0, size, 2) / size)
    cos, sin = np.float32(np.cos(angle))[:, None], np.float32(np.sin(angle))[:, None]
    mask = np.where(np.tril(np.ones((length, length), bool)), 0, -1e9).astype(np.float32)

    h = params["bytes"][text]
    for back in range(1, shape.previous + 1):
        earlier = params["previous"][back - 1][text[:, :-back]]
        h = h + jnp.pad(earlier, ((0, 0), (back, 0), (0, 0)))[:, :length]
    for i in range(shape.layers):
        qkv = _norm(h, params["gain_attention"][i]) @ params["qkv"][i]
        q, k, v = (z.reshape(batch, length, shape.heads, size) for z in jnp.split(qkv, 3, -1))
        q, k = _rotate(q, cos, sin), _rotate(k, cos, sin)
        weights = jax.nn.softmax(jnp.einsum("bthe,bshe->bhts", q, k) * size**-0.5 + mask)
        h = h + jnp.einsum("bhts,bshe->bthe", weights, v).reshape(batch, length, -1) @ params["out"][i]
        up = _norm(h, params["gain_mlp"][i]) @ params["up"][i]
        h = h + jnp.square(jax.nn.relu(up)) @ params["down"][i]
    return _norm(h, params["gain_head"]) @ params["head"]


def losses(shape, params, windows):
    """windows [batch, length + 1] -> nats of each byte but the first, [batch, length]."""
    z = logits(shape, params, windows[:, :-1])
    return jax.nn.logsumexp(z, -1) - jnp.take_along_axis(z, windows[:, 1:, None], -1)[..., 0]
