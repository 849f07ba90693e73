"""NumPy's floating-point warnings, for a processor that has no flags for them, as WebAssembly has not.

A program is changed before it is compiled, so that each operator and each call goes through a
function of this module. It does the same, and then looks whether something infinite, or no number at
all, has come out of numbers that were neither; if so it warns as NumPy does, in its words and in the
program's own line. ``np.errstate`` is heeded.
"""

import ast
import builtins
import functools
import operator
import types
import warnings
from collections.abc import Callable, Iterable, Iterator

import numpy as np

#: Python's operators, by their names in a syntax tree: NumPy's function, and that of ``+=``.
OPERATORS = {
    "Add": (operator.add, operator.iadd, "add"),
    "Sub": (operator.sub, operator.isub, "subtract"),
    "Mult": (operator.mul, operator.imul, "multiply"),
    "Div": (operator.truediv, operator.itruediv, "divide"),
    "FloorDiv": (operator.floordiv, operator.ifloordiv, "floor_divide"),
    "Mod": (operator.mod, operator.imod, "remainder"),
    "Pow": (operator.pow, operator.ipow, "power"),
    "MatMult": (operator.matmul, operator.imatmul, "matmul"),
    "LShift": (operator.lshift, operator.ilshift, "left_shift"),
    "RShift": (operator.rshift, operator.irshift, "right_shift"),
    "BitOr": (operator.or_, operator.ior, "bitwise_or"),
    "BitXor": (operator.xor, operator.ixor, "bitwise_xor"),
    "BitAnd": (operator.and_, operator.iand, "bitwise_and"),
}
#: What NumPy calls a power with one of these exponents.
POWERS = {2: "square", 0.5: "sqrt", -1: "reciprocal"}
#: What NumPy says of functions that do their work by another.
INSIDE = {"sum": "reduce", "mean": "reduce", "prod": "reduce", "cumsum": "accumulate", "dot": "dot"}
INSIDE |= {"cumprod": "accumulate", "astype": "cast", "float32": "cast", "float16": "cast"}
#: Where 1 / 0 comes from, by the place of what is 0 there among a function's arguments.
ZERO = {
    "divide": 1,
    "floor_divide": 1,
    "reciprocal": 0,
    "log": 0,
    "log2": 0,
    "log10": 0,
    "power": 0,
}
#: Nothing is known of the numbers that these make.
UNKNOWN = {"empty_like", "view", "frombuffer"}
#: These look at the frame from which they were called, and so must be called from there.
FRAMES = {"locals", "globals", "vars", "dir", "super", "eval", "exec"}


class Watched(ast.NodeTransformer):
    """Let a program's operators and calls go through this module."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        return called(
            "__operator__", node, ast.Constant(type(node.op).__name__), node.left, node.right
        )

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in FRAMES:
            if node.func.id in ("eval", "exec") and node.args:
                kind = ast.Constant(node.func.id)
                node.args[0] = called("__program__", node.args[0], node.args[0], kind)
            return node
        function = ast.Name("__watched__", ast.Load())
        watched = ast.Call(function, [node.func, *node.args], node.keywords)
        return ast.fix_missing_locations(ast.copy_location(watched, node))

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        operation = ast.Constant(type(node.op).__name__)
        target = node.target
        if isinstance(target, ast.Name):
            old = ast.copy_location(ast.Name(target.id, ast.Load()), target)
            value = called("__in_place__", node, operation, old, node.value)
            return ast.copy_location(ast.Assign([target], value), node)
        if isinstance(target, ast.Attribute):
            name = ast.Constant(target.attr)
            change = called("__in_attribute__", node, operation, target.value, name, node.value)
        else:
            change = called(
                "__in_item__", node, operation, target.value, as_value(target.slice), node.value
            )
        return ast.copy_location(ast.Expr(change), node)

    def visit_MatchValue(self, node: ast.MatchValue) -> ast.AST:
        return node


def called(name: str, node: ast.AST, *arguments: ast.expr) -> ast.Call:
    """Return the call of a function of ours, which stands where a node stood."""
    call = ast.Call(ast.Name(name, ast.Load()), list(arguments), [])
    return ast.fix_missing_locations(ast.copy_location(call, node))


def as_value(index: ast.expr) -> ast.expr:
    """Return what stands between square brackets as an argument."""
    if isinstance(index, ast.Slice):
        none = ast.Constant(None)
        ends = [each or none for each in (index.lower, index.upper, index.step)]
        return called("__slice__", index, *ends)
    if isinstance(index, ast.Tuple):
        return ast.copy_location(ast.Tuple([*map(as_value, index.elts)], ast.Load()), index)
    return index


def compiled(source: str | bytes, file: str, kind: str = "exec") -> types.CodeType:
    """Compile a program so that it warns."""
    tree = Watched().visit(ast.parse(source, file, kind))
    return compile(tree, file, kind, dont_inherit=True)


# What a program calls


def __program__(source, kind):
    return compiled(source.lstrip(), "<string>", kind) if isinstance(source, str) else source


def __operator__(name, left, right):
    function, _, ufunc = OPERATORS[name]
    if type(left) in PLAIN and type(right) in PLAIN:
        return function(left, right)
    return watch(function, spoken(ufunc, left, right), (left, right), {})


def __in_place__(name, left, right):
    _, function, ufunc = OPERATORS[name]
    if type(left) in PLAIN and type(right) in PLAIN:
        return function(left, right)
    return watch(function, spoken(ufunc, left, right), (left, right), {}, changes=True)


def __in_item__(name, target, index, value):
    target[index] = __in_place__(name, target[index], value)


def __in_attribute__(name, target, attribute, value):
    setattr(target, attribute, __in_place__(name, getattr(target, attribute), value))


def __watched__(function, *arguments, **named):
    if isinstance(function, np.ufunc):
        changes = named.get("out") is not None or len(arguments) > function.nin
        return watch(function, function.__name__, arguments, named, changes)
    if not computes(function):
        if any(isinstance(each, np.ufunc) for each in arguments):
            arguments = map(passed, arguments)
        return function(*arguments, **named)
    owner = getattr(function, "__self__", None)
    inputs = (*arguments, *named.values(), owner)
    before = summary(inputs)
    result = function(*arguments, **named)
    name = INSIDE.get(function.__name__, function.__name__)
    for each in result if isinstance(result, tuple) else (result,):
        tell(name, faults_of_all(name, before, each))
    return result


#: Values of which Python itself says what goes wrong.
PLAIN = frozenset({int, float, bool, complex, str, bytes, list, tuple, dict, set, type(None)})
#: The type of np.sum.
DISPATCHED = type(np.sum)


def computes(function: object) -> bool:
    """Tell whether a function that is not written in Python computes with numbers."""
    kind = type(function)
    if kind is types.FunctionType or kind is types.MethodType:
        return False
    owner = getattr(function, "__self__", None)
    if type(owner) in PLAIN and owner is not None:
        return False
    if getattr(function, "__name__", "") in UNKNOWN:
        return False
    if isinstance(owner, (np.ndarray, np.generic, np.ufunc)) or kind is DISPATCHED:
        return True
    if isinstance(function, type):
        return issubclass(function, np.generic)
    if kind is not types.BuiltinFunctionType:
        return False
    return function is sum or (function.__module__ or "").startswith(("numpy", "_operator"))


def passed(value: object) -> object:
    """Let a function of NumPy's that is handed on be watched where it is called."""
    return functools.partial(__watched__, value) if isinstance(value, np.ufunc) else value


def spoken(ufunc: str, left: object, right: object) -> str:
    """Return what NumPy calls an operation between two values."""
    if isinstance(left, np.ndarray) or isinstance(right, np.ndarray):
        exponent = ufunc == "power" and np.ndim(right) == 0 and isinstance(left, np.ndarray)
        return POWERS.get(float(right), ufunc) if exponent and is_real(right) else ufunc
    return f"scalar {ufunc}"


def is_real(value: object) -> bool:
    return np.asarray(value).dtype.kind in "biuf"


# What has come out


def floats(value: object) -> np.ndarray | None:
    """Return a value as an array of floats; None where it is none."""
    if isinstance(value, (str, bytes, bytearray, memoryview)) or value is None:
        return None
    if not isinstance(value, (np.ndarray, np.generic, int, float, complex, list, tuple)):
        return None
    try:
        array = np.asarray(float(value) if type(value) is int else value)
    except Exception:  # a list of arrays that make none, an integer too large for a float
        return None
    return array if array.dtype.kind in "biufc" else None


def watch(
    function: Callable, name: str, arguments: tuple, named: dict, changes: bool = False
) -> object:
    """Call a function that works entry by entry, and warn of what it did."""
    inputs = [floats(each) for each in arguments[:2]]
    if changes:
        inputs = [None if each is None else each.copy() for each in inputs]
    result = function(*arguments, **named)
    inputs = [array for array in inputs if array is not None]
    for each in result if isinstance(result, tuple) else (result,):
        if name == "matmul":
            tell(name, faults_of_all(name, summary(inputs), each))
        else:
            plain = name.removeprefix("scalar ")
            tell(name, faults_of_each(plain, inputs, each, named.get("where", True)))
    return result


@np.errstate(all="ignore")
def faults_of_each(
    name: str, inputs: list[np.ndarray], result: object, where=True
) -> Iterator[str]:
    """Return what entries tell that are not finite, and did not come from such ones."""
    got = floats(result)
    if got is None or not inputs:
        return
    if got.dtype.kind in "iu":
        if name in ("floor_divide", "remainder") and np.any((inputs[-1] == 0) & where):
            yield "divide"
        return
    if got.dtype.kind not in "fc" or np.isfinite(got).all():
        return
    nan = functools.reduce(operator.or_, map(np.isnan, inputs))
    infinite = functools.reduce(operator.or_, map(np.isinf, inputs))
    made_infinite = np.isinf(got) & ~infinite & ~nan & where
    place = ZERO.get(name)
    zero = place is not None and place < len(inputs) and inputs[place] == 0
    if np.any(made_infinite & zero):
        yield "divide"
    if np.any(made_infinite & ~np.asarray(zero)):
        yield "over"
    if np.any(np.isnan(got) & ~nan & where):
        yield "invalid"


def summary(values: Iterable) -> tuple[bool, bool, bool]:
    """Tell of some values: whether one is infinite, one is nan, one is not a whole number."""
    arrays = [array for array in map(floats, values) if array is not None]
    inexact = [array for array in arrays if array.dtype.kind in "fc"]
    infinite = any(np.isinf(array).any() for array in inexact)
    return infinite, any(np.isnan(array).any() for array in inexact), bool(inexact)


@np.errstate(all="ignore")
def faults_of_all(name: str, before: tuple[bool, bool, bool], result: object) -> Iterator[str]:
    """Return what a result tells that is not finite, of a function that mixes its entries."""
    infinite, nan, inexact = before
    got = floats(result)
    if got is None or not inexact:
        return
    if got.dtype.kind in "iu":
        if name == "cast" and (infinite or nan):
            yield "invalid"
        return
    if nan:
        return
    if np.isnan(got).any():
        yield "invalid"
    if np.isinf(got).any() and not infinite:
        yield "over"


#: What NumPy says of each kind of fault.
WORDS = {"divide": "divide by zero", "over": "overflow", "invalid": "invalid value"}


def tell(name: str, faults: Iterable[str]) -> None:
    """Warn as NumPy does, of the line of the program that is at work."""
    for kind in list(faults):
        wish = np.geterr()[kind]
        message = f"{WORDS[kind]} encountered in {name}"
        if wish == "raise":
            raise FloatingPointError(message)
        if wish == "warn":
            warnings.warn(message, RuntimeWarning, skip_file_prefixes=(__file__,))


def install() -> None:
    """Let programs find the functions through which they go."""
    seams = (__operator__, __in_place__, __in_item__, __in_attribute__, __watched__, __program__)
    for function in seams:
        setattr(builtins, function.__name__, function)
    builtins.__slice__ = slice
