"""Figures with one look and an alternative text."""

from __future__ import annotations

import base64
import html
import io
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from IPython.display import display
from matplotlib.figure import Figure

from cs231n_lib.language import sentences

say = sentences(__package__)

# Okabe and Ito's palette: told apart by colour-blind readers, and in greyscale by the line style beside it.
COLOURS = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "red": "#D55E00",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "black": "#222222",
}

_STYLE: dict[Any, Any] = {
    "axes.prop_cycle": cycler(color=list(COLOURS.values())) + cycler(linestyle=["-", "--", "-.", ":", "-", "--", "-."]),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.labelsize": 10,
    "figure.dpi": 100,
    "figure.figsize": (7.0, 3.2),
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "font.size": 10,
    "image.cmap": "cividis",
    "image.interpolation": "nearest",
    "legend.frameon": False,
    "lines.linewidth": 2.0,
}


def house_style() -> None:
    """Give every figure made from here on the look of the course."""
    plt.rcParams.update(_STYLE)


def png(fig: Figure) -> str:
    """Draw `fig` on an opaque light ground, close it, and return it as PNG in base64."""
    if np.any(np.mod(fig.bbox.size, 1) > 0.5):  # 4.6 inches: 459.99... pixels, which 3.11.0 cuts and later ones round
        fig.set_size_inches(*(fig.get_size_inches() + 1e-9))
    buffer = io.BytesIO()
    # bbox_inches stays None: "tight" would let the size of the picture hang on the width of a tick label.
    fig.savefig(buffer, format="png", facecolor="white", metadata={"Software": None})
    plt.close(fig)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def words_of(fig: Figure) -> list[str]:
    """List the titles, axis labels and legend entries of `fig`; as text they are compared exactly, pixels are not."""
    words = [ax.get_title(loc) for ax in fig.axes for loc in ("left", "center", "right")]
    words += [label for ax in fig.axes for label in (ax.get_xlabel(), ax.get_ylabel())]
    legends = [legend for ax in fig.axes if (legend := ax.get_legend())]
    return [word for word in words if word] + [text.get_text() for legend in legends for text in legend.get_texts()]


def figure(fig: Figure, alt: str) -> None:
    """Show `fig` with `alt`, a sentence that tells what it shows to someone who cannot see it.

    The sentence goes into the output's metadata, where exporters find it, and under the picture, since JupyterLab
    renders no alternative text of PNG outputs.

    Raises: ValueError when `alt` is empty.
    """
    if not alt.strip():
        raise ValueError("figure: alt is empty; say in one sentence what the picture shows")
    words = say("words_between").join(words_of(fig))
    data = {"image/png": png(fig), "text/plain": say("figure_of", words=words) if words else say("figure")}
    display(data, raw=True, metadata={"image/png": {"alt": alt}})
    display({"text/html": f"<p><small>{html.escape(alt)}</small></p>", "text/plain": alt}, raw=True)
