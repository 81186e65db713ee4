"""Lanes worked out by compiled code, one loop over the rows for all that is asked: written for LLVM and compiled in place.

A kernel is compiled once for each shape of a calculation (its steps, their bits, its constants) and kept; what it reads
and writes are the buffers of the series themselves. Integers are those of the processor, 64 bits or 128, whose bounds
`values` has seen to; nothing here can fail but the compiling.
"""

from __future__ import annotations

import ctypes
from collections import defaultdict
from ctypes.util import find_library
from functools import cache
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, NamedTuple, final

import llvmlite.binding as llvm
import polars as pl
import pyarrow as pa
from llvmlite import ir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from zhunsheng.population.columns.lanes import Lane

ENOUGH: Final = 500_000
"""Rows that a shape must have been asked for, all in all, before it is compiled: then compiling takes no longer than
doing without has taken so far."""
KEPT: Final = 4096
"""Shapes that are remembered."""
SPARE: Final = 8
"""Rooms of a size that are kept for later."""

_I1, _I8, _I64, _I128 = (ir.IntType(bits) for bits in (1, 8, 64, 128))
_POINTER: Final = ir.PointerType()
_TYPES: Final = {"small": _I64, "large": _I128, "truth": _I1}
_STORED: Final = {"small": _I64, "large": _I128, "truth": _I8}
_BYTES: Final = {"small": 8, "large": 16, "truth": 1}
_ARROW: Final = {"small": pa.int64(), "large": pa.decimal128(38, 0), "truth": pa.uint8()}
_SIGNS: Final = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}

Shape = tuple[tuple[Any, ...], ...]
"""Each step: what it does, its bits, its parts by their places, a constant; for a leaf how its buffers lie."""


@final
class Room:
    """Integers of 64 bits that one kernel writes and others read, in memory that goes on to the next when it is let go.

    Batch after batch takes as much; given back to the system, every page of it would be faulted in anew.
    """

    __slots__ = ("_free", "_memory", "address", "rows")

    def __init__(self, rows: int) -> None:
        self._free = _FREE[max(rows - 1, 0).bit_length()]
        try:
            self._memory = self._free.pop()
        except IndexError:
            self._memory = (ctypes.c_int64 * (1 << max(rows - 1, 0).bit_length()))()
        self.address = ctypes.addressof(self._memory)
        self.rows = rows

    def __del__(self) -> None:
        if len(self._free) < SPARE:
            self._free.append(self._memory)

    def __len__(self) -> int:
        return self.rows

    def null_count(self) -> int:
        """None is absent."""
        return 0

    def copied(self) -> pl.Series:
        """The same as a series of its own."""
        array = pa.Array.from_buffers(pa.int64(), self.rows, [None, pa.py_buffer(self._memory)])
        return pl.Series(pa.concat_arrays([array, array.slice(0, 0)]))


_FREE: Final[defaultdict[int, list[Any]]] = defaultdict(list)


class Job(NamedTuple):
    """What is asked: the shape, which steps are wanted, the leaves that are read, and how many buffers they lie in."""

    shape: Shape
    wanted: tuple[int, ...]
    leaves: list[pl.Series | Room]
    buffers: int


def each_row(wanted: Sequence[Lane], rows: int) -> list[pl.Series] | None:
    """The values of lanes of so many rows; None where compiling does not pay."""
    if rows < ENOUGH // KEPT:
        return None
    job = _job(wanted)
    kernel = _kernel_of(
        (job.shape, job.wanted, False),
        rows,
        job.buffers + len(wanted),
        lambda function: _OfRows(function, job.shape, job.wanted).written(),
    )
    if kernel is None:
        return None
    arrays = [_lying(each) for each in job.leaves]
    buffers = [_buffer(rows * _BYTES[each.kind]) for each in wanted]
    kernel(0, rows, *_addresses(arrays), *(each.address for each in buffers))
    return [_read(each, buffer, rows) for each, buffer in zip(wanted, buffers, strict=True)]


def each_run(wanted: Sequence[Lane], rows: int, starts: pl.Series, ends: pl.Series) -> list[pl.Series] | None:
    """The sums of lanes of so many rows over runs of these; None where compiling does not pay."""
    if rows < ENOUGH // KEPT:
        return None
    job, runs = _job(wanted), len(starts)
    kernel = _kernel_of(
        (job.shape, job.wanted, True),
        rows,
        2 + job.buffers + len(wanted),
        lambda function: _OfRuns(function, job.shape, job.wanted).written(),
    )
    if kernel is None:
        return None
    arrays = [_lying(each) for each in (starts, ends, *job.leaves)]
    buffers = [_buffer(runs * _BYTES[each.kind]) for each in wanted]
    kernel(0, runs, *_addresses(arrays), *(each.address for each in buffers))
    return [_read(each, buffer, runs) for each, buffer in zip(wanted, buffers, strict=True)]


def narrowed(values: pl.Series) -> tuple[Room, int, int] | None:
    """Integers of a Decimal in 64 bits, 0 where absent, and their bounds.

    None where one of them needs more bits, or compiling does not pay.
    """
    rows, has_absent = len(values), bool(values.null_count())
    shape = (("leaf", "large", (), (0, True, has_absent)),)
    kernel = _kernel_of(
        (shape, "narrowed"), rows, 3 + has_absent, lambda function: _Narrowing(function, shape, (0, 0)).written()
    )
    if kernel is None:
        return None
    array, room, found = _lying(values), Room(rows), (ctypes.c_int64 * 3)()
    kernel(0, rows, *_addresses([array]), room.address, ctypes.addressof(found))
    lost, low, high = found
    return None if lost else (room, low, high)


def _read(lane: Lane, buffer: pa.Buffer, rows: int) -> pl.Series:
    values = pl.Series(pa.Array.from_buffers(_ARROW[lane.kind], rows, [None, buffer]))
    match lane.kind:
        case "small":
            return values
        case "large":
            return values.to_physical()
        case "truth":
            return values.cast(pl.Boolean)


def _buffer(size: int) -> pa.Buffer:
    """Room for results, from the memory of the system: it is kept by the process, not given back and faulted in again."""
    return pa.allocate_buffer(size, memory_pool=pa.system_memory_pool())


# What is asked


def _job(wanted: Sequence[Lane]) -> Job:
    from zhunsheng.population.columns.lanes import in_order  # noqa: PLC0415  lanes ask kernels to work them out

    places: dict[Lane, int] = {}
    steps: list[tuple[Any, ...]] = []
    leaves: list[pl.Series | Room] = []
    buffers = 0
    for lane in in_order(wanted):
        places[lane] = len(steps)
        if lane.op == "const":
            steps.append(("const", lane.kind, (), lane.value))
        elif lane.known is not None:
            has_absent = bool(lane.known.null_count())
            steps.append(("leaf", lane.kind, (), (buffers, lane.kind == "large", has_absent)))
            leaves.append(lane.known)
            buffers += 1 + has_absent
        else:
            steps.append((lane.op, lane.kind, tuple([places[each] for each in lane.parts]), None))
    return Job(tuple(steps), tuple([places[each] for each in wanted]), leaves, buffers)


def _addresses(arrays: Sequence[pa.Array | Room]) -> Iterator[int]:
    """Where the values of each begin, and the bits that say which there are, where some are absent."""
    for array in arrays:
        if isinstance(array, Room):
            yield array.address
            continue
        bits, values = array.buffers()
        size = {pa.int64(): 8, pa.bool_(): 0}.get(array.type, 16)
        yield 0 if values is None else values.address + array.offset * size if size else _bits(values, array.offset)
        if array.null_count:
            yield _bits(bits, array.offset)


def _lying(values: pl.Series | Room) -> pa.Array | Room:
    """What the values lie in."""
    if isinstance(values, Room):
        return values
    if values.n_chunks() > 1:
        values = values.rechunk()
    if values.dtype == pl.Int128:  # which Arrow has only as decimals
        values = values.cast(pl.Decimal(38, 0))
    array = values.to_arrow()
    if array.offset % 8 and (array.null_count or values.dtype == pl.Boolean):  # bits that begin within a byte
        array = pa.concat_arrays([array, array.slice(0, 0)])
    return array


def _bits(buffer: pa.Buffer, offset: int) -> int:
    assert offset % 8 == 0, offset
    return int(buffer.address) + offset // 8


# Compiling


_LOCK: Final = Lock()
_KERNELS: Final[dict[Any, Callable[..., None] | int]] = {}
"""By what they do, compiled functions; or how many rows it has been asked for so far."""


def _kernel_of(key: Any, rows: int, pointers: int, written: Callable[[Any], None]) -> Callable[..., None] | None:
    """The compiled function; None where it does not pay yet, or this processor cannot be compiled for."""
    with _LOCK:  # LLVM is asked by one thread at a time, from its very start
        found = _KERNELS.get(key, 0)
        if not isinstance(found, int):
            return found
        if found + rows >= ENOUGH and _divides():
            kernel = _KERNELS[key] = _kernel(pointers, written)
            return kernel
        if len(_KERNELS) >= KEPT:
            _KERNELS.clear()
        _KERNELS[key] = found + rows
        return None


def _kernel(pointers: int, written: Callable[[Any], None]) -> Callable[..., None]:
    """A function of a range of rows and so many buffers, compiled."""
    name = f"kernel{next(_NUMBERS)}"
    module = ir.Module(name)
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [_I64, _I64, *[_POINTER] * pointers]), name)
    for each in function.args[2:]:
        each.add_attribute("noalias")
    written(function)
    machine, engine = _engine()
    code = llvm.parse_assembly(str(module))
    code.verify()
    passes = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=2))
    passes.getModulePassManager().run(code, passes)
    engine.add_object_file(llvm.ObjectFileRef.from_data(machine.emit_object(code)))
    engine.finalize_object()
    signature = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_int64, *[ctypes.c_void_p] * pointers)
    return signature(engine.get_function_address(name))


_NUMBERS: Final = count()


@cache
def _engine() -> tuple[Any, Any]:
    """What compiles, and what holds the code of all kernels; that of one is a few thousand bytes, and stays."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    library = find_library("gcc_s")
    if library is not None:  # where the division of 128 bits lies, if not in the process itself
        llvm.load_library_permanently(library)
    target, cpu = llvm.Target.from_default_triple(), llvm.get_host_cpu_name()
    features = llvm.get_host_cpu_features().flatten()
    machine, held = (target.create_target_machine(cpu=cpu, features=features, opt=3, jit=True) for _ in range(2))
    return machine, llvm.create_mcjit_compiler(llvm.parse_assembly(""), held)


@cache
def _divides() -> bool:
    """Whether code can be compiled that divides integers of 128 bits, which no processor does by itself."""
    _engine()
    return all(llvm.address_of_symbol(each) for each in ("__divti3", "__modti3", "__udivti3"))


class _Writing:
    """Writes the loop of a kernel."""

    def __init__(self, function: Any, shape: Shape, wanted: tuple[int, ...]) -> None:
        self.function = function
        self.shape = shape
        self.wanted = wanted
        self.begin, self.end, *pointers = function.args
        self.inputs, self.outputs = pointers[: -len(wanted)], pointers[-len(wanted) :]
        self.builder = ir.IRBuilder(function.append_basic_block("entry"))

    def loop(
        self, begin: Any, end: Any, body: Callable[[Any, list[Any]], list[Any]], state: Sequence[Any]
    ) -> list[Any]:
        """A loop over rows that hands some values from one to the next."""
        builder = self.builder
        before = builder.block
        head, inside, after = (self.function.append_basic_block(name) for name in ("head", "inside", "after"))
        builder.branch(head)
        builder.position_at_end(head)
        row = builder.phi(_I64)
        row.add_incoming(begin, before)
        phis = [builder.phi(each.type) for each in state]
        for phi, each in zip(phis, state, strict=True):
            phi.add_incoming(each, before)
        builder.cbranch(builder.icmp_signed("<", row, end), inside, after)
        builder.position_at_end(inside)
        found = body(row, phis)
        row.add_incoming(builder.add(row, _I64(1)), builder.block)
        for phi, each in zip(phis, found, strict=True):
            phi.add_incoming(each, builder.block)
        builder.branch(head)
        builder.position_at_end(after)
        return phis

    def values(self, row: Any) -> list[Any]:
        """What is wanted, of one row."""
        known: dict[int, Any] = {}

        def value(at: int) -> Any:
            """A step; a leaf is read where it is used, for one that others take from has rows of its own."""
            if at not in known:
                _, kind, _, said = self.shape[at]
                known[at] = self.loaded(said, kind, row)
            return known[at]

        for at, step in enumerate(self.shape):
            if step[0] != "leaf":
                known[at] = self.step(step, value, row)
        return [value(each) for each in self.wanted]

    def step(self, step: tuple[Any, ...], value: Callable[[int], Any], row: Any) -> Any:
        """One step of a row."""
        op, kind, parts, said = step
        builder, type_ = self.builder, _TYPES[kind]
        if op == "const":
            return type_(said)
        if op == "absent":
            return self.is_absent(self.shape[parts[0]][3], row)
        if op == "take":
            return self.loaded(self.shape[parts[0]][3], kind, value(parts[1]))
        values = [value(each) for each in parts]
        match op:
            case "as":
                return builder.sext(values[0], type_) if kind == "large" else builder.trunc(values[0], type_)
            case "add" | "sub" | "mul":
                return getattr(builder, op)(*values)
            case "quo":
                return builder.udiv(*values)
            case "div":
                whole, rest = builder.sdiv(*values), builder.srem(*values)
                below = builder.icmp_signed("<", rest, type_(0))
                return builder.sub(whole, builder.zext(below, type_))
            case "and":
                return builder.and_(*values)
            case "or":
                return builder.or_(*values)
            case "not":
                return builder.not_(*values)
            case "choose":
                return builder.select(*values)
            case _:
                return builder.icmp_signed(_SIGNS[op], *values)

    def loaded(self, said: tuple[int, bool, bool], kind: str, row: Any) -> Any:
        """The value of a leaf in a row."""
        builder = self.builder
        at, wide, has_absent = said
        pointer = self.inputs[at]
        if kind == "truth":
            value = self.bit(pointer, row)
        else:
            type_ = _I128 if wide else _TYPES[kind]
            value = builder.load(builder.gep(pointer, [row], source_etype=type_), typ=type_, align=8)
        return builder.select(self.is_absent(said, row), value.type(0), value) if has_absent else value

    def is_absent(self, said: tuple[int, bool, bool], row: Any) -> Any:
        """Whether a leaf has no value in a row."""
        return self.builder.not_(self.bit(self.inputs[said[0] + 1], row))

    def bit(self, pointer: Any, row: Any) -> Any:
        """The bit of a row."""
        builder = self.builder
        byte = builder.load(builder.gep(pointer, [builder.lshr(row, _I64(3))], source_etype=_I8), typ=_I8)
        shift = builder.trunc(builder.and_(row, _I64(7)), _I8)
        return builder.trunc(builder.lshr(byte, shift), _I1)

    def store(self, at: int, value: Any, row: Any) -> None:
        """Writes a value that is wanted."""
        builder, kind = self.builder, self.shape[self.wanted[at]][1]
        stored = builder.zext(value, _I8) if kind == "truth" else value
        place = builder.gep(self.outputs[at], [row], source_etype=_STORED[kind])
        builder.store(stored, place, align=1 if kind == "truth" else 8)


class _OfRows(_Writing):
    def written(self) -> None:
        """The loop over rows."""

        def body(row: Any, _: list[Any]) -> list[Any]:
            for at, value in enumerate(self.values(row)):
                self.store(at, value, row)
            return []

        self.loop(self.begin, self.end, body, [])
        self.builder.ret_void()


class _OfRuns(_Writing):
    def written(self) -> None:
        """The loop over runs, and within it the one over rows."""
        builder = self.builder
        starts, ends, *self.inputs = self.inputs

        def inner(row: Any, sums: list[Any]) -> list[Any]:
            return [builder.add(one, other) for one, other in zip(sums, self.values(row), strict=True)]

        def body(run: Any, _: list[Any]) -> list[Any]:
            first, last = (
                builder.load(builder.gep(each, [run], source_etype=_I64), typ=_I64) for each in (starts, ends)
            )
            nothing = [_TYPES[self.shape[each][1]](0) for each in self.wanted]
            for at, value in enumerate(self.loop(first, last, inner, nothing)):
                self.store(at, value, run)
            return []

        self.loop(self.begin, self.end, body, [])
        builder.ret_void()


class _Narrowing(_Writing):
    def written(self) -> None:
        """The loop that keeps the lower half of each integer, and whether any upper half said more."""
        builder = self.builder
        values, found = self.outputs
        said = self.shape[0][3]

        def body(row: Any, state: list[Any]) -> list[Any]:
            lost, low, high = state
            whole = self.loaded(said, "large", row)
            part = builder.trunc(whole, _I64)
            upper = builder.trunc(builder.lshr(whole, _I128(64)), _I64)
            builder.store(part, builder.gep(values, [row], source_etype=_I64), align=8)
            return [
                builder.or_(lost, builder.xor(upper, builder.ashr(part, _I64(63)))),
                builder.select(builder.icmp_signed("<", part, low), part, low),
                builder.select(builder.icmp_signed(">", part, high), part, high),
            ]

        start = [_I64(0), _I64(2**63 - 1), _I64(-(2**63))]
        for at, value in enumerate(self.loop(self.begin, self.end, body, start)):
            builder.store(value, builder.gep(found, [_I64(at)], source_etype=_I64), align=8)
        builder.ret_void()
