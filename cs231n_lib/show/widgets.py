"""Explorations: move a slider, see another picture."""

from __future__ import annotations

import html
from collections.abc import Callable

import ipywidgets as widgets
from matplotlib.figure import Figure

from cs231n_lib.language import sentences
from cs231n_lib.show.plots import png

say = sentences(__package__)

# ipywidgets tells a screen reader neither the names of its sliders nor which button is pressed; each new picture does.
_TELL = """[0, 300, 3000].forEach(wait => setTimeout(() => {
  this.closest(".widget-vbox")?.querySelectorAll(".widget-label").forEach(label => {
    const control = label.parentElement, handle = control.querySelector(".noUi-handle");
    control.querySelectorAll("button").forEach(button => { button.ariaPressed = button.matches(".mod-active"); });
    if (handle) handle.ariaLabel = label.textContent;
    if (handle) handle.ariaValueText = control.querySelector(".widget-readout").textContent;
  });
}, wait))"""


class Exploration:
    """A row of controls above one picture, which is drawn anew whenever a control moves.

    `controls` maps the names of `draw`'s arguments to ipywidgets; `picture` is the HTML widget that holds the picture.
    A stored notebook has no kernel to answer the controls, so the output also carries the first picture as plain HTML,
    `still`.
    """

    def __init__(self, draw: Callable[..., Figure], alt: str, controls: dict[str, widgets.ValueWidget]):
        self.draw, self.alt, self.controls = draw, alt, controls
        self.picture = widgets.HTML()
        self._redraw()
        for control in controls.values():
            control.observe(self._redraw, names="value")
            control.tooltip = control.tooltip or control.description  # else "null" pops up over the label
            if isinstance(control, widgets.ToggleButtons):
                control.layout.width, control.style.button_width = "auto", "auto"  # else they break into two rows
        row = widgets.HBox(list(controls.values()), layout=widgets.Layout(flex_flow="row wrap"))
        self.view = widgets.VBox([row, self.picture])

    def values(self) -> dict:
        return {name: control.value for name, control in self.controls.items()}

    @property
    def words(self) -> str:
        """What the picture shows at the values of now."""
        return self.alt.format(**self.values())

    def _redraw(self, _change: object = None) -> None:
        alt = html.escape(self.words, quote=True)
        data = png(self.draw(**self.values()))
        self.still = (
            f'<figure style="margin:0"><img alt="{alt}" src="data:image/png;base64,{data}" style="max-width:100%">'
            f"<figcaption><small>{alt}</small></figcaption></figure>"
        )
        self.picture.value = self.still.replace("<img ", f'<img onload="{html.escape(_TELL)}" ', 1)

    def __repr__(self) -> str:
        sliders = say("between").join(f"{name} = {value!r}" for name, value in self.values().items())
        return say("exploration", values=sliders)

    def _repr_mimebundle_(self, **_kwargs: object) -> dict:
        view = self.view._repr_mimebundle_() or {}
        return {**view, "text/html": self.still, "text/plain": repr(self)}


def explore(draw: Callable[..., Figure], alt: str, **controls: widgets.ValueWidget) -> Exploration:
    """Tie sliders to a picture: `draw(**values)` returns a figure, `controls` are ipywidgets named like its arguments.

    `alt` says what the picture shows; `{name}` in it becomes the value of that control.

    Raises: ValueError when there are no controls.
    """
    if not controls:
        raise ValueError("explore: no controls given; name at least one slider, such as k=IntSlider(...)")
    return Exploration(draw, alt, controls)
