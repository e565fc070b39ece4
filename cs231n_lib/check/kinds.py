"""What the names in learners' code stand for, where one asks whether a value was begun: material, shapes, or work."""

from __future__ import annotations

import ast
from enum import IntEnum


class Kind(IntEnum):
    """What an expression is: the higher, the more was done."""

    NIL = 0  # None or `...`, or a part of it
    ZERO = 1  # 0, an empty list, zeros
    READ = 2  # an argument, or what stands in it under a name
    SIZE = 3  # constants, shapes and what is reckoned from them
    OTHER = 4  # anything else


ZEROS = {"zeros", "zeros_like", "empty", "empty_like", "new_zeros", "new_empty"}
EMPTY = {"dict", "list", "tuple", "set", "Sequential", "ModuleList", "OrderedDict"}  # called with nothing
CASTS = {"float", "int", "array", "asarray", "tensor", "as_tensor", "sum", "mean", "float32", "float64", "squeeze"}
SAME = {  # methods that only cut, cast or reshape
    *("astype", "view", "reshape", "ravel", "flatten", "squeeze", "unsqueeze", "transpose", "permute", "swapaxes", "t"),
    *("to", "type", "float", "double", "half", "long", "int", "bool", "cpu", "cuda", "numpy", "item", "tolist"),
    *("contiguous", "clone", "copy", "detach", "masked_select", "sum", "mean", "expand", "requires_grad_"),
}
SIZES = {"len", "range", "size", "dim", "isinstance", "enumerate", "numel"}
REDUCED = {"min", "max"}  # of sizes
SHAPES = {"shape", "size", "ndim", "dtype", "device"}
RAW = {  # material, no work by itself
    *("ones", "ones_like", "full", "full_like", "eye", "arange", "linspace", "cat", "concatenate", "stack", "tril"),
    *("get", "items", "keys", "values", "super", "zip", "deepcopy"),
    "compute_sim_matrix",  # the SimCLR handouts call it before the gap
}
SILENT = {"seed", "manual_seed", "__init__", "register_buffer", "setdefault"}  # calls that stand in handouts
READERS = {"print", "display", "isinstance", "hasattr", "type", "id", "repr", "str", *SILENT, *SIZES, *REDUCED, "int"}
LIBRARIES = {"np", "numpy", "torch", "nn", "F", "math", "random", "scipy", "copy"}
TRICKS = {"exec", "eval", "locals", "vars", "globals"}
ZERO = ast.Constant(0)
ORDER = (ast.Gt, ast.GtE, ast.Lt, ast.LtE)
SCALE = (ast.Mult, ast.Div, ast.FloorDiv)


def called(node: ast.AST) -> str:
    """Return the last name of what is called; "" for anything else."""
    func = node.func if isinstance(node, ast.Call) else None
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def roots(node: ast.AST | None) -> set[str]:
    """Return the variables that a value may be a view of."""
    if isinstance(node, ast.Name):
        return {node.id}
    if isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred, ast.NamedExpr)):
        return roots(node.value)
    if isinstance(node, ast.Call):
        return set().union(*map(roots, [node.func, *node.args]))
    if isinstance(node, (ast.Tuple, ast.List)):
        return set().union(*map(roots, node.elts))
    if isinstance(node, ast.IfExp):
        return roots(node.body) | roots(node.orelse)
    if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
        return set().union(*map(roots, [node.elt, *(g.iter for g in node.generators)]))
    return set()
