"""The Transformer: attention in heads, positions, encoder and decoder layers, and two nets made of them.

Source: Vaswani et al. 2017, Attention Is All You Need; names, signatures and the order of parameters as in CS231n
assignment 3. A mask is 1 or True where a query may look, 0 or False where it may not; `nn.MultiheadAttention` and
`nn.Transformer` mean it the other way round.
"""

import contextlib
import copy
import math
from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cs231n_lib.layers.attention import positional_encoding

# the parts ---------------------------------------------------------------------------------------------------------


class PositionalEncoding(nn.Module):
    """Add to every vector the encoding of its place, a table of sines and cosines; then dropout.

    Shapes: x (N, T, embed_dim) -> the same; pe (1, max_len, embed_dim), a buffer: stored with the net, never trained.
    Settings: dropout, the probability to drop (default .1); max_len, the longest sequence (default 5000).
    Raises: ValueError if a sequence is longer than the table.
    """

    pe: Tensor

    def __init__(self, embed_dim: int, dropout: float = 0.1, max_len: int = 5000):
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        table = torch.as_tensor(positional_encoding(max_len, embed_dim), dtype=torch.get_default_dtype())
        self.register_buffer("pe", table[None])

    def forward(self, x: Tensor) -> Tensor:
        T, longest = x.shape[1], self.pe.shape[1]
        if longest < T:
            raise ValueError(f"PositionalEncoding: {T} places; the table has {longest}, set by max_len")
        return self.dropout(x + self.pe[:, :T])


class MultiHeadAttention(nn.Module):
    """Compute softmax(q k' / sqrt(d)) v in several heads at once, then join the heads and project.

    Shapes: query (N, T, E), key and value (N, S, E); attn_mask (T, S), or any shape that broadcasts to
        (N, heads, T, S); out (N, T, E). E = embed_dim, d = E / num_heads.
    Settings: num_heads, a divisor of embed_dim; dropout of the attention weights (default .1).
    Raises: ValueError if num_heads does not divide embed_dim, or a mask leaves a query no key.
    """

    def __init__(self, embed_dim: int, num_heads: int, dropout: float = 0.1):
        super().__init__()
        if num_heads < 1 or embed_dim % num_heads:
            raise ValueError(f"MultiHeadAttention: {num_heads} heads of {embed_dim} numbers; use a divisor of them")
        self.n_head, self.head_dim = num_heads, embed_dim // num_heads
        self.key = nn.Linear(embed_dim, embed_dim)  # the course's order: another draws other first weights
        self.query = nn.Linear(embed_dim, embed_dim)
        self.value = nn.Linear(embed_dim, embed_dim)
        self.proj = nn.Linear(embed_dim, embed_dim)
        self.attn_drop = nn.Dropout(dropout)

    def forward(self, query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None) -> Tensor:
        q, k, v = self.split(self.query(query)), self.split(self.key(key)), self.split(self.value(value))
        scores = q @ k.transpose(2, 3) / math.sqrt(self.head_dim)  # (N, heads, T, S)
        if attn_mask is not None:
            _check_mask(attn_mask)
            scores = scores.masked_fill(attn_mask == 0, -math.inf)
        weights = self.attn_drop(scores.softmax(dim=-1))
        return self.proj(self.join(weights @ v))

    def split(self, x: Tensor) -> Tensor:
        """Cut the columns of every token into heads: (N, T, E) -> (N, heads, T, d)."""
        N, T, _ = x.shape
        return x.view(N, T, self.n_head, self.head_dim).transpose(1, 2)

    def join(self, x: Tensor) -> Tensor:
        """Put the heads of every token side by side again: (N, heads, T, d) -> (N, T, E)."""
        return x.transpose(1, 2).flatten(2)


def causal_mask(T: int) -> Tensor:
    """Return the mask (T, T) with which every place sees itself and what stands before it."""
    return torch.ones(T, T, dtype=torch.bool).tril()


class PatchEmbedding(nn.Module):
    """Cut pictures into square patches, row by row, and project each to a vector.

    Shapes: x (N, in_channels, img_size, img_size) -> (N, (img_size / patch_size)^2, embed_dim).
    Settings: patch_size, a divisor of img_size; in_channels (default 3); embed_dim (default 128).
    Raises: ValueError if the patches do not fit, or for pictures of another size.
    Source: Dosovitskiy et al. 2021, An Image Is Worth 16x16 Words.
    """

    def __init__(self, img_size: int, patch_size: int, in_channels: int = 3, embed_dim: int = 128):
        super().__init__()
        if patch_size < 1 or img_size % patch_size:
            raise ValueError(f"PatchEmbedding: patches of {patch_size} in pictures of {img_size}; use a divisor")
        self.img_size, self.patch_size = img_size, patch_size
        self.num_patches = (img_size // patch_size) ** 2
        self.proj = nn.Linear(in_channels * patch_size**2, embed_dim)

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[2:] != (self.img_size, self.img_size):
            raise ValueError(f"PatchEmbedding: x is {tuple(x.shape)}; this net takes {self.img_size} x {self.img_size}")
        return self.proj(patchify(x, self.patch_size))


def patchify(x: Tensor, size: int) -> Tensor:
    """Cut pictures into patches of size x size, left to right, top down; `unpatchify` undoes it.

    Shapes: x (N, C, H, W) -> (N, H / size * W / size, C * size * size).
    Raises: ValueError if the patches do not fill the picture.
    """
    N, C, H, W = x.shape
    if H % size or W % size:
        raise ValueError(f"patchify: patches of {size} do not fill {H} x {W} pixels")
    patches = x.reshape(N, C, H // size, size, W // size, size)  # (N, C, row, y, column, x)
    return patches.permute(0, 2, 4, 1, 3, 5).reshape(N, -1, C * size * size)


def unpatchify(patches: Tensor, size: int, height: int) -> Tensor:
    """Put patches back in place: (N, P, C * size * size) -> (N, C, height, W)."""
    N, P, D = patches.shape
    rows, C = height // size, D // size**2
    grid = patches.reshape(N, rows, P // rows, C, size, size)
    return grid.permute(0, 3, 1, 4, 2, 5).reshape(N, C, height, -1)


# the layers --------------------------------------------------------------------------------------------------------


class TransformerEncoderLayer(nn.Module):
    """Self-attention, then a feed-forward net for each token; what each makes is added, and the sum normalized.

    Shapes: src (N, S, input_dim) -> the same; src_mask as in `MultiHeadAttention`.
    Settings: num_heads; dim_feedforward, the hidden width (default 2048); dropout (default .1).
    """

    def __init__(self, input_dim: int, num_heads: int, dim_feedforward: int = 2048, dropout: float = 0.1):
        super().__init__()
        self.self_attn = MultiHeadAttention(input_dim, num_heads, dropout)
        self.linear1 = nn.Linear(input_dim, dim_feedforward)
        self.dropout = nn.Dropout(dropout)
        self.linear2 = nn.Linear(dim_feedforward, input_dim)
        self.norm1 = nn.LayerNorm(input_dim)
        self.norm2 = nn.LayerNorm(input_dim)
        self.dropout1 = nn.Dropout(dropout)
        self.dropout2 = nn.Dropout(dropout)

    def forward(self, src: Tensor, src_mask: Tensor | None = None) -> Tensor:
        x = self.norm1(src + self.dropout1(self.self_attn(src, src, src, src_mask)))
        return self.norm2(x + self.dropout2(self.linear2(self.dropout(F.relu(self.linear1(x))))))


class TransformerDecoderLayer(nn.Module):
    """Masked self-attention, attention to the memory, feed-forward; what each makes is added, and the sum normalized.

    Shapes: tgt (N, T, input_dim), memory (N, S, input_dim) -> (N, T, input_dim); tgt_mask as in `MultiHeadAttention`.
    Settings: num_heads; dim_feedforward, the hidden width (default 2048); dropout (default .1).
    """

    def __init__(self, input_dim: int, num_heads: int, dim_feedforward: int = 2048, dropout: float = 0.1):
        super().__init__()
        self.self_attn = MultiHeadAttention(input_dim, num_heads, dropout)
        self.multihead_attn = MultiHeadAttention(input_dim, num_heads, dropout)
        self.linear1 = nn.Linear(input_dim, dim_feedforward)
        self.dropout = nn.Dropout(dropout)
        self.linear2 = nn.Linear(dim_feedforward, input_dim)
        self.norm1 = nn.LayerNorm(input_dim)
        self.norm2 = nn.LayerNorm(input_dim)
        self.norm3 = nn.LayerNorm(input_dim)
        self.dropout1 = nn.Dropout(dropout)
        self.dropout2 = nn.Dropout(dropout)
        self.dropout3 = nn.Dropout(dropout)

    def forward(self, tgt: Tensor, memory: Tensor, tgt_mask: Tensor | None = None) -> Tensor:
        x = self.norm1(tgt + self.dropout1(self.self_attn(tgt, tgt, tgt, tgt_mask)))
        x = self.norm2(x + self.dropout2(self.multihead_attn(x, memory, memory)))
        return self.norm3(x + self.dropout3(self.linear2(self.dropout(F.relu(self.linear1(x))))))


def clones(module: nn.Module, N: int) -> nn.ModuleList:
    """Return N copies of a module, each with parameters of its own."""
    return nn.ModuleList([copy.deepcopy(module) for _ in range(N)])


class TransformerEncoder(nn.Module):
    """Run num_layers copies of an encoder layer, one after another."""

    def __init__(self, encoder_layer: TransformerEncoderLayer, num_layers: int):
        super().__init__()
        self.layers = clones(encoder_layer, num_layers)
        self.num_layers = num_layers

    def forward(self, src: Tensor, src_mask: Tensor | None = None) -> Tensor:
        for layer in self.layers:
            src = layer(src, src_mask)
        return src


class TransformerDecoder(nn.Module):
    """Run num_layers copies of a decoder layer, one after another; all of them see the same memory."""

    def __init__(self, decoder_layer: TransformerDecoderLayer, num_layers: int):
        super().__init__()
        self.layers = clones(decoder_layer, num_layers)
        self.num_layers = num_layers

    def forward(self, tgt: Tensor, memory: Tensor, tgt_mask: Tensor | None = None) -> Tensor:
        for layer in self.layers:
            tgt = layer(tgt, memory, tgt_mask)
        return tgt


def small_weights(module: nn.Module) -> None:
    """Draw a layer's first weights as the course does, normal with deviation .02; for `model.apply`."""
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, std=0.02)
    if isinstance(module, nn.Linear) and module.bias is not None:
        nn.init.zeros_(module.bias)


# nets of encoders --------------------------------------------------------------------------------------------------


class VisionTransformer(nn.Module):
    """Classify pictures: patches -> positions -> encoder -> the mean of all tokens -> scores.

    Shapes: x (N, in_channels, img_size, img_size) -> scores (N, num_classes).
    Settings: as in `PatchEmbedding` and `TransformerEncoderLayer`, and num_layers.
    Source: Dosovitskiy et al. 2021, An Image Is Worth 16x16 Words; CS231n assignment 3 of 2025 (mean, no class token).
    """

    def __init__(
        self,
        img_size: int = 32,
        patch_size: int = 8,
        in_channels: int = 3,
        embed_dim: int = 128,
        num_layers: int = 6,
        num_heads: int = 4,
        dim_feedforward: int = 256,
        num_classes: int = 10,
        dropout: float = 0.1,
    ):
        super().__init__()
        self.patch_embed = PatchEmbedding(img_size, patch_size, in_channels, embed_dim)
        self.positional_encoding = PositionalEncoding(embed_dim, dropout, self.patch_embed.num_patches)
        layer = TransformerEncoderLayer(embed_dim, num_heads, dim_feedforward, dropout)
        self.transformer = TransformerEncoder(layer, num_layers)
        self.head = nn.Linear(embed_dim, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.transformer(self.positional_encoding(self.patch_embed(x)))  # (N, P, E)
        return self.head(tokens.mean(dim=1))


class SequenceTransformer(nn.Module):
    """Turn one sequence of symbols into another: an encoder reads the source, a decoder writes the target.

    Shapes: source (N, S), target (N, T), symbols by number 0..num_symbols - 1 -> scores (N, T, num_symbols), row t
        scoring the symbol after target[:, t].
    Settings: num_symbols; embed_dim (default 64); num_heads (default 4); num_layers of each half (default 2);
        dim_feedforward (default 128); dropout (default 0); max_length (default 50); positions: add them (default True).
    """

    def __init__(
        self,
        num_symbols: int,
        embed_dim: int = 64,
        num_heads: int = 4,
        num_layers: int = 2,
        dim_feedforward: int = 128,
        dropout: float = 0.0,
        max_length: int = 50,
        positions: bool = True,
    ):
        super().__init__()
        self.embedding = nn.Embedding(num_symbols, embed_dim)
        self.positional_encoding = PositionalEncoding(embed_dim, dropout, max_length) if positions else nn.Identity()
        sizes = (embed_dim, num_heads, dim_feedforward, dropout)
        self.encoder = TransformerEncoder(TransformerEncoderLayer(*sizes), num_layers)
        self.decoder = TransformerDecoder(TransformerDecoderLayer(*sizes), num_layers)
        self.output = nn.Linear(embed_dim, num_symbols)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        return self.decode(target, self.encode(source))

    def encode(self, source: Tensor) -> Tensor:
        """Return one vector for every symbol of the source, (N, S, E)."""
        return self.encoder(self.positional_encoding(self.embedding(source)))

    def decode(self, target: Tensor, memory: Tensor) -> Tensor:
        """Score the symbol after each of the target, (N, T, num_symbols)."""
        mask = causal_mask(target.shape[1]).to(target.device)
        return self.output(self.decoder(self.positional_encoding(self.embedding(target)), memory, mask))

    @torch.no_grad()
    def sample(self, source: Tensor, start: int, length: int) -> Tensor:
        """Write `length` symbols behind the symbol `start`, always the likeliest one, (N, length)."""
        with testing(self):
            memory = self.encode(source)  # once: it does not depend on what is written
            target = torch.full((len(source), 1), start, device=source.device)
            for _ in range(length):
                best = self.decode(target, memory)[:, -1].argmax(dim=1, keepdim=True)
                target = torch.cat([target, best], dim=1)
        return target[:, 1:]


# looking inside ----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def testing(model: nn.Module) -> Iterator[None]:
    """Put a model in test mode, and back into the mode it had."""
    training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(training)


@contextlib.contextmanager
def attention_maps(model: nn.Module) -> Iterator[dict[str, list[Tensor]]]:
    """Keep the weights of every `MultiHeadAttention` in a model that runs within this block.

    Yields: a dictionary from the attention's name, such as "transformer.layers.0.self_attn", to a list with one tensor
        (N, heads, T, S) for each call, taken before dropout, cut off from the graph.
    """
    maps: dict[str, list[Tensor]] = {}

    def keep(name):
        return lambda module, inputs, out: maps.setdefault(name, []).append(inputs[0].detach())

    parts = [(name, part) for name, part in model.named_modules() if isinstance(part, MultiHeadAttention)]
    hooks = [part.attn_drop.register_forward_hook(keep(name)) for name, part in parts]
    try:
        yield maps
    finally:
        for hook in hooks:
            hook.remove()


def _check_mask(mask: Tensor) -> None:
    blind = (mask == 0).all(dim=-1)
    if blind.any():
        place = blind.nonzero()[0].tolist()
        raise ValueError(f"MultiHeadAttention: attn_mask leaves query {place} no key; let every query see at least one")
