# ruff: noqa
# mypy: ignore-errors
import copy

import numpy as np
import torch
import torch.nn as nn

from ..transformer_layers import *
