"""Six laws for every pair of layers; the fifth, a value of its own for each, is in test_layers_values."""

import hypothesis.strategies as st
import pytest
from hypothesis import assume, given, settings

from tests import laws
from tests.pairs import PAIRS

every_pair = pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)


@every_pair
def test_backward_equals_central_differences(pair):
    laws.check_gradients(pair)


@every_pair
def test_backward_is_linear_in_dout(pair):
    laws.check_linear(pair)


@every_pair
def test_inputs_and_dout_are_left_alone(pair):
    laws.check_untouched(pair)


@every_pair
def test_float32_stays_float32(pair):
    laws.check_float32(pair)


@every_pair
def test_the_order_in_memory_does_not_matter(pair):
    laws.check_memory_order(pair)


@every_pair
def test_equals_its_pytorch_twin(pair):
    laws.check_twin(pair)


@every_pair
def test_equals_its_pytorch_twin_in_any_size(pair):
    @settings(max_examples=12, derandomize=True, deadline=None, database=None)
    @given(sizes=st.fixed_dictionaries({name: st.integers(*span) for name, span in pair.sizes.items()}))
    def every_size(sizes):
        assume(laws.check_twin(pair, **sizes))

    every_size()
