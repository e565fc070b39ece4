# exercise: log_uniform
# expect: passed
import math


def log_uniform(low, high, u):
    a, b = math.log(low), math.log(high)
    where = (1 - u) * a + u * b
    return math.exp(where)
