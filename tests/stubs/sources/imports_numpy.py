# ruff: noqa
# mypy: ignore-errors
from builtins import range
import numpy as np
