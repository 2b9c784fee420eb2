"""Public classes are final; values cannot be changed, and survive pickling and copying.

Values are what users keep and pass on, not what the search, a reader or the command line handles on the way.
"""

from __future__ import annotations

import collections.abc
import copy
import enum
import importlib
import inspect
import pickle
import pkgutil
import types
import typing
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import attrs
import pytest

import execbroker
from execbroker.core.planner import Query
from execbroker.core.spans import Spans

#: One of each plain type.
PLAIN: Final[dict[Any, object]] = {
    bool: True,
    int: 3,
    str: "text",
    bytes: b"text",
    float: 0.5,
    Decimal: Decimal("1.5"),
    Fraction: Fraction(1, 3),
    datetime: datetime(2023, 5, 2, 8),  # noqa: DTZ001 (what a clock on the wall shows has no zone)
    object: "anything",
    Any: "anything",
}

#: Values whose fields depend on each other, or do not take anything of their types.
SPECIAL: Final[dict[type, object]] = {
    Spans: Spans.of([(0, 3), (5, 9)]),
    Query: Query(all_boxes=True, max_offers=3, alternatives=True, prefer="earliest"),
}

#: The modules whose public classes are values, but for those that are protocols.
OF_VALUES: Final = (
    "execbroker.core.amounts",
    "execbroker.core.answer",
    "execbroker.core.platform",
    "execbroker.core.problems",
    "execbroker.core.ranges",
    "execbroker.core.spans",
    "execbroker.core.task",
    "execbroker.languages.dates.recurrence",
    "execbroker.testing.worlds",
)


#: What is there to be subclassed and is no protocol: Hypothesis makes machines of classes.
MACHINES: Final = {"Machine", "PlannerMachine", "BrokerMachine"}


def public_classes() -> list[type]:
    """Every class that a module of the library lists as public and defines itself."""
    names = [info.name for info in pkgutil.walk_packages(execbroker.__path__, "execbroker.")]
    modules = [importlib.import_module(name) for name in sorted(names) if not name.endswith("__main__")]
    found = [
        thing
        for module in modules
        for name in getattr(module, "__all__", ())
        if inspect.isclass(thing := getattr(module, name)) and thing.__module__ == module.__name__
    ]
    return [
        each
        for each in found
        if not inspect.isabstract(each)
        and not getattr(each, "_is_protocol", False)
        and each.__name__ not in MACHINES
    ]


def one(hint: Any) -> Any:
    """Something of a type, with nothing in it left out."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint in PLAIN or hint in SPECIAL:
        return PLAIN[hint] if hint in PLAIN else SPECIAL[hint]
    if origin in (typing.Union, types.UnionType):
        return one(arguments[0])
    if origin in (typing.Annotated, typing.Final, typing.ClassVar):
        return one(arguments[0])
    if origin is typing.Literal:
        return arguments[0]
    if origin is tuple and not (len(arguments) == 2 and arguments[1] is ...):
        return tuple(map(one, arguments))
    if origin in (tuple, list, collections.abc.Sequence, collections.abc.Iterable):
        return (one(arguments[0]),)
    if origin in (frozenset, set, collections.abc.Set):
        return frozenset([one(arguments[0])])
    if origin in (dict, collections.abc.Mapping):
        return {one(arguments[0]): one(arguments[1])}
    if origin is collections.abc.Callable:
        return len
    if isinstance(hint, typing.TypeVar):
        return "a value"
    return one_of_class(origin or hint)


def one_of_class(cls: type) -> Any:
    """An object of a class, every argument given."""
    if issubclass(cls, enum.Enum):
        return next(iter(cls))
    if attrs.has(cls):
        hints = typing.get_type_hints(cls)
        return cls(**{each.alias: one(hints[each.name]) for each in attrs.fields(cls) if each.init})
    if issubclass(cls, tuple):
        return cls(*map(one, typing.get_type_hints(cls).values()))
    hints = typing.get_type_hints(cls.__init__)
    return cls(*(one(hint) for name, hint in hints.items() if name != "return"))


CLASSES: Final = public_classes()
VALUES: Final = [cls for cls in CLASSES if cls.__module__ in OF_VALUES or cls is Query]

each_value = pytest.mark.parametrize("cls", VALUES, ids=lambda cls: f"{cls.__module__}.{cls.__qualname__}")


def state_of(thing: object) -> object:
    """What two copies must have in common."""
    return (str(thing), vars(thing)) if isinstance(thing, Exception) else thing


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: f"{cls.__module__}.{cls.__qualname__}")
def test_final(cls: type) -> None:
    """A public class is not there to be subclassed; what may be implemented by others is a protocol."""
    assert getattr(cls, "__final__", False)


@each_value
@pytest.mark.parametrize("protocol", [2, pickle.HIGHEST_PROTOCOL])
def test_pickle(cls: type, protocol: int) -> None:
    """A value that went through pickle is the same value."""
    thing = one(cls)

    assert state_of(pickle.loads(pickle.dumps(thing, protocol))) == state_of(thing)


@each_value
def test_copy(cls: type) -> None:
    """Copies of a value are equal to it, deep ones too."""
    thing = one(cls)

    assert state_of(copy.copy(thing)) == state_of(thing)
    assert state_of(copy.deepcopy(thing)) == state_of(thing)


@pytest.mark.parametrize(
    "cls", [cls for cls in VALUES if attrs.has(cls)], ids=lambda cls: f"{cls.__module__}.{cls.__qualname__}"
)
def test_unchangeable(cls: type) -> None:
    """No attribute of a value can be set or deleted."""
    thing = one(cls)
    for each in attrs.fields(cls):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(thing, each.name, getattr(thing, each.name))
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            delattr(thing, each.name)


@each_value
def test_equality(cls: type) -> None:
    """Values that are built alike are equal, and have the same hash."""
    thing, same = one(cls), one(cls)
    if issubclass(cls, Exception) and cls.__eq__ is object.__eq__:
        return

    assert thing == same
    assert hash(thing) == hash(same)


def test_values_are_found() -> None:
    """Every module of values has some, and all that the root exports are values but the planner."""
    exported = {getattr(execbroker, name) for name in execbroker.__all__} - {execbroker.PlatformPlanner}

    assert {cls.__module__ for cls in VALUES} == {*OF_VALUES, Query.__module__}
    assert exported <= set(VALUES)
