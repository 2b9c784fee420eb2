"""Tests of the tables of keys: advice leads somewhere."""

import re
from types import ModuleType

import pytest

from execbroker.languages.platforms import keys as platform_keys
from execbroker.languages.structuring.document_classes import fold, keys_of
from execbroker.languages.tdl import keys as tdl_keys

RESOURCES = ("cores", "memory", "gpus", "storage")


def known_keys() -> set[str]:
    """All keys that any file may have."""
    named = {f"{end}{name}" for name in RESOURCES for end in ("min", "max", "")}
    for module in (tdl_keys, platform_keys):
        for name in module.__all__:
            if name.endswith("Document"):
                named.update(keys_of(getattr(module, name)))
    return named | {"lang", "task", "image"}


@pytest.mark.parametrize("module", [tdl_keys, platform_keys], ids=lambda module: module.__name__)
def test_advice_names_keys_that_there_are(module: ModuleType) -> None:
    """Nobody is told to write what would be refused as well."""
    known = known_keys()
    for advice in module._ADVICE.values():
        for hint in advice.values():
            for quoted in re.findall("`([^`]*)`", hint):
                assert set(re.findall(r"[a-z][a-z-]*(?=:|$)", quoted)) <= known, hint


@pytest.mark.parametrize("module", [tdl_keys, platform_keys], ids=lambda module: module.__name__)
def test_nothing_is_advised_against_that_is_right(module: ModuleType) -> None:
    """A key of a class is no mistake there."""
    for kind, advice in module._ADVICE.items():
        assert not {fold(key) for key in keys_of(kind)} & set(advice)


@pytest.mark.parametrize(("word", "key"), [("mincpu", "mincores"), ("RAM", "memory"), ("max_gpu", "maxgpus")])
def test_other_words_keep_their_end(word: str, key: str) -> None:
    """The minimum of cpus is the minimum of cores."""
    advice = tdl_keys.advise_compute(word, frozenset())
    assert advice is not None
    assert f"`{key}`" in advice[1]
