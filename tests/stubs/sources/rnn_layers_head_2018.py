# ruff: noqa
# mypy: ignore-errors
from __future__ import print_function, division
from builtins import range
import numpy as np

from cs231n.layers import *
