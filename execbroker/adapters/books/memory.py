"""A book in memory, for one process with any number of threads."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import NamedTuple, final

from execbroker.adapters.books.store import Page, Record, Store, WritablePage
from execbroker.core.holds import Layer
from execbroker.core.lifecycle import Phase
from execbroker.core.platform import Booking
from execbroker.core.spans import Span

__all__ = ["MemoryStore"]
