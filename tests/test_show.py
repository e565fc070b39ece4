"""What a cell shows: figures carry their alternative text, explorations answer their sliders."""

import base64
import io
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from ipywidgets import IntSlider
from PIL import Image
from tqdm.notebook import tqdm_notebook

from cs231n_lib.progress import progress
from cs231n_lib.show import explore, figure, house_style, plots, show_source


@pytest.fixture
def shown(monkeypatch):
    """Collect what a cell would display."""
    outputs = []
    monkeypatch.setattr("cs231n_lib.show.plots.display", lambda data, **more: outputs.append((data, more)))
    return outputs


def line(slope):
    fig, ax = plt.subplots(figsize=(3, 2))
    ax.plot([0, 1], [0, slope])
    ax.set_ylim(-10, 10)
    return fig


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(png))))


def test_figure_is_an_opaque_picture_with_its_text_in_the_metadata_and_below(shown):
    figure(line(1), "A line & its slope.")
    (picture, more), (caption, _) = shown
    image = pixels(picture["image/png"])
    assert image.shape[:2] == (200, 300)
    assert (image[0, 0, :3] == 255).all() and (image[..., 3] == 255).all()
    assert more["metadata"]["image/png"]["alt"] == "A line & its slope."
    assert "A line &amp; its slope." in caption["text/html"]


def test_the_words_in_a_figure_are_text_that_can_be_compared(shown):
    fig, ax = plt.subplots()
    ax.plot([0, 1], label="train")
    ax.set(xlabel="epoch", ylabel="loss")
    ax.set_title("Two runs", loc="left")
    ax.legend()
    figure(fig, "A falling loss.")
    assert shown[0][0]["text/plain"] == "<figure: Two runs; epoch; loss; train>"


def test_figure_closes_what_it_showed_so_that_the_cell_does_not_show_it_twice(shown):
    plt.close("all")
    figure(line(1), "A line.")
    assert plt.get_fignums() == []


def test_figure_size_does_not_hang_on_the_tick_labels(shown):
    for top in (1, 1_000_000):
        fig, ax = plt.subplots(figsize=(3, 2))
        ax.plot([0, 1], [0, top])
        figure(fig, "A line.")
    assert pixels(shown[0][0]["image/png"]).shape == pixels(shown[2][0]["image/png"]).shape


def test_a_size_just_below_a_whole_pixel_is_that_pixel():
    fig = plt.figure(figsize=(4.6, 2.3), dpi=100)  # 459.99... pixels, of which some releases make 459
    plots.png(fig)
    assert [int(pixels) for pixels in fig.bbox.size] == [460, 230]


def test_figure_without_a_text_is_refused(shown):
    with pytest.raises(ValueError, match="alt is empty"):
        figure(line(1), " ")


def test_moving_a_slider_draws_another_picture_and_another_text():
    seen = explore(line, alt="A line of slope {slope}.", slope=IntSlider(1, min=0, max=9))
    before = seen.picture.value
    seen.controls["slope"].value = 7
    assert 'alt="A line of slope 7."' in seen.picture.value
    assert seen.picture.value.split("base64,")[1] != before.split("base64,")[1]


def test_an_exploration_carries_its_first_picture_for_readers_without_a_kernel():
    bundle = explore(line, alt='Slope "{slope}".', slope=IntSlider(3))._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/html"].startswith("<figure") and 'alt="Slope &quot;3&quot;."' in bundle["text/html"]
    assert bundle["text/plain"] == "<exploration: slope = 3>"


def test_an_exploration_without_controls_is_refused():
    with pytest.raises(ValueError, match="no controls"):
        explore(line, alt="Nothing to move.")


def test_show_source_leaves_the_docstring_out_and_keeps_the_comments():
    def double(x):
        """Return twice x."""
        return 2 * x  # (N,)

    assert show_source(double).data == "```python\ndef double(x):\n    return 2 * x  # (N,)\n```"
    assert "Return twice x." in show_source(double, docstring=True).data


def test_house_style_keeps_lines_apart_without_colour():
    with plt.rc_context():
        house_style()
        cycle = list(plt.rcParams["axes.prop_cycle"])
    assert len({entry["color"] for entry in cycle}) == len(cycle)
    assert len({entry["linestyle"] for entry in cycle[:4]}) == 4


def test_a_bar_in_a_notebook_leaves_a_line_where_there_is_no_kernel(monkeypatch):
    outputs: list[Any] = []
    monkeypatch.setattr("tqdm.auto.tqdm", tqdm_notebook)
    monkeypatch.setattr("IPython.display.display", outputs.append)
    assert list(progress(range(3), "training <net>")) == [0, 1, 2]
    (bundle,) = [output._repr_mimebundle_() for output in outputs]
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/html"] == "<p><small>training &lt;net&gt;: 3 steps</small></p>"
    assert bundle["text/plain"] == "training <net>: 3 steps"
