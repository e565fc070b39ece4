"""Every wrong version that lessons 11, 14, 15 and 16 print is named by the exercise it belongs to.

The wrong code comes from the notebooks' own cells; where it is an expression, the function around it is built here.
"""

import ast
import json
import re
import textwrap
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cs231n_lib.check import check, lines, registry
from cs231n_lib.check.puzzles import LineOrder
from cs231n_lib.pytorch import convnets, gan, transformer
from tests.right_torch import HeadsByEinsum, LayerInParts

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def cell(lesson: int, text: str, kind: str = "code") -> str:
    """Return the source of the only cell of a lesson that holds a text."""
    (file,) = NOTEBOOKS.glob(f"{lesson}_*.ipynb")
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(c["source"]) for c in cells if c["cell_type"] == kind]
    (found,) = [source for source in sources if text in source]
    return found


def line(source: str, start: str) -> str:
    """Return the only line of a source that begins with a text."""
    (found,) = [part.strip() for part in source.splitlines() if part.strip().startswith(start)]
    return found


def between(pattern: str, source: str) -> str:
    """Return what the first group of a pattern finds in a source."""
    found = re.search(pattern, source)
    assert found, pattern
    return found[1]


def run(source: str, **names) -> dict:
    """Run a source and return the names it leaves."""
    space = {"np": np, "torch": torch, "F": F, "nn": nn, "gan": gan, **names}
    exec(textwrap.dedent(source), space)
    return space


def function(source: str, name: str, **names):
    """Return one function of a source, the rest of which is not run."""
    (node,) = [n for n in ast.walk(ast.parse(source)) if getattr(n, "name", None) == name]
    return run(ast.unparse(node), **names)[name]


def puzzle(name: str, **names):
    """Return the function that a puzzle shows, its wrong line in it."""
    source = "\n".join(lines(name))
    return run(source, **names)[between(r"def (\w+)", source)]


def in_lines(name: str, old: int, new: int):
    """Return the function of a line puzzle with a line that belongs to no right order in place of a right one."""
    item = registry.items()[name]
    assert isinstance(item, LineOrder)
    return item.build([new if number == old else number for number in item.order])


# --- lesson 11 -------------------------------------------------------------------------------------------------------


def gradients_that_add_up():
    loop = cell(11, "if emptied:").split("range(3):\n")[1].split("    print")[0]
    kept = textwrap.dedent(re.sub(r" *if emptied:\n.*\n", "", loop)).replace(
        "(w * slope).sum()", "F.cross_entropy(model(x), y)"
    )
    assert "zero_grad" not in kept
    head = "def step(model, x, y, optimizer):\n    model.train()\n"
    return run(head + textwrap.indent(kept, "    ") + "\n    return loss\n")["step"]


def best_net_of_the_notes(channel_1, channel_2, channel_3, num_classes):
    assert "convnets.notes_best_net(narrow)" in cell(11, 'print("accuracy above 0.5:"')
    return convnets.notes_best_net((channel_1, channel_2, channel_3))


# --- lesson 14 -------------------------------------------------------------------------------------------------------


def naive_bce():
    naive = function(cell(14, "def naive_bce"), "naive_bce")
    return lambda input, target: naive(input, target).mean()


def first_formula():
    text = cell(14, "So never compute $p$.", "markdown")
    formula = between(r"\$\$L = (.*)\$\$", text)
    code = formula.replace(r"\,", "*").replace(r"\log", "torch.log").replace("e^{-s}", "torch.exp(-s)")
    return run(f"def bce(s, t):\n    return ({code}).mean()")["bce"]


def saturating_loss():
    name = between(r'"saturating": \((gan\.\w+)', cell(14, "ways = {"))
    return eval(name, {"gan": gan})


def attached_or_detached(title, head):
    source = cell(14, '"D\'s loss, attached"')
    loss = between(rf'"{title}": (.*),\n', source).replace("real[:5]", "real").replace("noise[:5]", "noise")
    body = ["fake = G(noise)", f"loss = {loss}", "optimizer.zero_grad()", "loss.backward()", "optimizer.step()"]
    return run(f"def turn({head}):\n    " + "\n    ".join([*body, "return loss"]))["turn"]


def fakes_only():
    source = cell(14, "fooled_D, _ = new_pair()")
    loss = between(r"(gan\.bce_loss\(.*\))\.backward\(\)", source)
    body = ["logits = D(G(noise).detach())", f"loss = {loss}"]
    body += ["optimizer.zero_grad()", "loss.backward()", "optimizer.step()", "return loss"]
    return run("def turn(D, G, real, noise, optimizer):\n    " + "\n    ".join(body))["turn"]


# --- lesson 15 -------------------------------------------------------------------------------------------------------

softmax = function(cell(15, "def softmax(scores)"), "softmax")


def mask_kind(name):
    source = cell(15, '"turned round"')
    (kinds,) = [n for n in ast.parse(source).body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "kinds"]
    return run(ast.unparse(kinds), softmax=softmax)["kinds"][name]


def masked_attention(name):
    weigh = mask_kind(name)

    def attention(q, k, v, mask=None):
        scores = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])
        weights = softmax(scores) if mask is None else weigh(scores, mask)
        return weights @ v, None

    return attention


def masked_heads(name):
    weigh = mask_kind(name)

    def heads(query, key, value, Wq, bq, Wk, bk, Wv, bv, Wo, bo, num_heads, mask=None):
        q, k, v = (
            np.moveaxis(np.reshape(z, (*z.shape[:2], num_heads, -1)), 2, 1)
            for z in (query @ Wq + bq, key @ Wk + bk, value @ Wv + bv)
        )
        scores = q @ k.swapaxes(2, 3) / np.sqrt(q.shape[3])
        weights = softmax(scores) if mask is None else weigh(scores, mask)
        return np.moveaxis(weights @ v, 1, 2).reshape(query.shape) @ Wo + bo, None

    return heads


def undivided_scores():
    plain = between(r"plain, scaled = (softmax\(scores\)), ", cell(15, "def matches(d"))

    def attention(q, k, v, mask=None):
        scores = q @ k.swapaxes(-1, -2)
        if mask is not None:
            scores = np.where(mask, scores, -np.inf)
        return eval(plain, {"softmax": softmax, "scores": scores}) @ v, None

    return attention


class HeadsOfAWrongSplit(HeadsByEinsum):
    def forward(self, query, key, value, attn_mask=None):
        parts = (self.query(query), self.key(key), self.value(value))
        q, k, v = (torch.stack([self.cut(row) for row in part]) for part in parts)
        out = F.scaled_dot_product_attention(q, k, v, None if attn_mask is None else attn_mask != 0, self.dropped())
        return self.proj(out.transpose(1, 2).reshape(query.shape))

    def dropped(self):
        return self.attn_drop.p if self.training else 0.0

    def cut(self, x):
        code = between(r"wrong = (.*?)  #", cell(15, "def split_heads"))
        return eval(code, {"x": x, "num_heads": self.n_head, "T": len(x), "E": x.shape[1]})


class HeadsOfThePuzzle(HeadsOfAWrongSplit):
    def cut(self, x):
        return torch.as_tensor(puzzle("attention_mistake")(x.detach().numpy()[None], self.n_head))[0]


class LayerWithoutSums(LayerInParts):
    """The encoder layer of the lesson's `NoSums`, with the cross-attention of a decoder between its two lines."""

    def forward(self, tgt, memory, tgt_mask=None):
        source = cell(15, "class NoSums")
        first = line(source, "x = self.norm1").replace("src", "tgt")
        last = line(source, "return self.norm2").replace("norm2", "norm3").removeprefix("return ")
        dropping = {"self": self, "torch": torch, "tgt": tgt, "tgt_mask": tgt_mask, "memory": memory}
        first = first.replace("self.norm1(", "self.norm1(self.drop(") + ")"
        last = last.replace("self.norm3(self.linear2(", "self.norm3(self.drop(self.linear2(self.drop(") + "))"
        exec(f"{first}\nx = self.norm2(self.drop(self.multihead_attn(x, memory, memory)))\nx = {last}", dropping)
        return dropping["x"]


# --- lesson 16 -------------------------------------------------------------------------------------------------------


def struck_diagonal():
    """Return the loss with the partner struck out, as the contrastive loss of the lesson strikes out a view itself."""
    struck = line(cell(16, "def simclr_loss_solution"), "scores.fill_diagonal_")
    source = cell(16, "def clip_loss_solution")
    first = line(source, "scores = ")
    head, tail = source.split("\n\n\n")[0].split(first)
    return run(f"{head}{first}\n    {struck}{tail}")["clip_loss_solution"]


SLIPS = {
    "11 gradients never emptied": ("train_step", gradients_that_add_up, "11.c"),
    "11 softmax before cross-entropy": ("train_step", lambda: in_lines("pytorch_lines", 5, 2), "11.t4"),
    "11 test mode in a training step": ("train_step", lambda: in_lines("pytorch_lines", 3, 9), "11.t7"),
    "11 the notes' best net": ("mended_net", lambda: best_net_of_the_notes, "11.w10"),
    "14 naive BCE": ("bce_loss", naive_bce, "14.a6"),
    "14 first formula": ("bce_loss", first_formula, "14.a7"),
    "14 saturating": ("generator_loss", saturating_loss, "14.f"),
    "14 D's loss, attached": (
        "discriminator_step",
        lambda: attached_or_detached("D's loss, attached", "D, G, real, noise, optimizer"),
        "14.r6",
    ),
    "14 G's loss, detached": (
        "generator_step",
        lambda: attached_or_detached("G's loss, detached", "D, G, noise, optimizer"),
        "14.t6",
    ),
    "14 fakes only": ("discriminator_step", fakes_only, "14.r7"),
    "14 the puzzle": ("generator_step", lambda: puzzle("gan_mistake", F=F), "14.t6"),
    "14 the lines: attached": ("discriminator_step", lambda: in_lines("gan_lines", 5, 2), "14.r6"),
    "14 the lines: G's loss": ("discriminator_step", lambda: in_lines("gan_lines", 3, 9), "14.r10"),
    "15 no mask": ("attention_forward", lambda: masked_attention("no mask"), "15.i1"),
    "15 mask turned round": ("attention_forward", lambda: masked_attention("turned round"), "15.g1"),
    "15 zeros before": ("attention_forward", lambda: masked_attention("zeros before the softmax"), "15.h"),
    "15 zeros after": ("attention_forward", lambda: masked_attention("zeros after the softmax"), "15.i"),
    "15 heads, no mask": ("multihead_attention_forward", lambda: masked_heads("no mask"), "15.hh"),
    "15 heads, turned round": ("multihead_attention_forward", lambda: masked_heads("turned round"), "15.hf1"),
    "15 heads, zeros before": (
        "multihead_attention_forward",
        lambda: masked_heads("zeros before the softmax"),
        "15.hg",
    ),
    "15 heads, zeros after": ("multihead_attention_forward", lambda: masked_heads("zeros after the softmax"), "15.hm"),
    "15 undivided": ("attention_forward", undivided_scores, "15.a"),
    "15 the lines": ("attention_forward", lambda: zeros_after_in_lines(), "15.i"),
    "15 wrong split": ("MultiHeadAttention", lambda: HeadsOfAWrongSplit, "15.ta"),
    "15 the puzzle": ("MultiHeadAttention", lambda: HeadsOfThePuzzle, "15.ta"),
    "15 no sums": ("TransformerDecoderLayer", lambda: LayerWithoutSums, "15.v16"),
    "16 the puzzle": ("simclr_loss_vectorized", lambda: puzzle("simclr_mistake"), "16.a1"),
    "16 the puzzle, naive": ("simclr_loss_naive", lambda: puzzle("simclr_mistake"), "16.a1"),
    "16 the lines": ("simclr_loss_vectorized", lambda: in_lines("simclr_lines", 1, 5), "16.a"),
    "16 struck diagonal": ("clip_loss", struck_diagonal, "16.q7"),
}


def zeros_after_in_lines():
    """Return the lines of attention with the mask after the softmax."""
    item = registry.items()["attention_lines"]
    assert isinstance(item, LineOrder)
    return item.build([2, 4, 1, 3, 5])


@pytest.mark.parametrize("title", SLIPS)
def test_a_wrong_version_of_a_lesson_is_named(title):
    name, make, mistake = SLIPS[title]
    report = check(name, make())
    assert mistake in [d.id for d in report.diagnosis], report


def test_the_library_itself_is_named_nothing():
    assert check("MultiHeadAttention", transformer.MultiHeadAttention).diagnosis == []
