# ruff: noqa
# mypy: ignore-errors
from .layers import conv_backward_naive as conv_backward_fast
from .layers import conv_forward_naive as conv_forward_fast
from .layers import max_pool_backward_naive as max_pool_backward_fast
from .layers import max_pool_forward_naive as max_pool_forward_fast
