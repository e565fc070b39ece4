# exercise: log_uniform
# wrong: the natural logarithm is undone by a power of 10
# expect: wrong
# names: natural|base|log10|np\.exp|\bexp\b|\bln\b|\be\b|power of 10|10 ?\*\*|logarithm
# line: 12
import math


def log_uniform(low, high, u):
    a, b = math.log(low), math.log(high)
    where = (1 - u) * a + u * b
    return 10 ** where
