# ruff: noqa
# mypy: ignore-errors
import numpy as np
