"""What a cell shows to a person: figures, explorations with sliders, source code."""

from cs231n_lib.show.plots import COLOURS, figure, house_style
from cs231n_lib.show.source import show_source
from cs231n_lib.show.widgets import explore

__all__ = ["COLOURS", "explore", "figure", "house_style", "show_source"]
