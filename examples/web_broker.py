"""What the servers beside this file put on the web: a broker with a book, a runner, and two people who may ask.

The runner only pretends: it has a virtual clock, on which nothing is run. `adapters.runners.local` would run the
commands that people send, and then somebody has to call its `poll` from time to time.
"""

import hmac
import os
import secrets
import time
from pathlib import Path

from execbroker.adapters.books.broker import BookBroker
from execbroker.adapters.books.sqlite import SqliteStore
from execbroker.adapters.runners.virtual import VirtualRunner
from execbroker.languages import read_platform
from execbroker.service import Service, basic

#: In earnest these come from where your people are known; and Basic needs TLS in front.
PASSWORDS = {"ann": "apple", "bob": "banana"}


def now() -> int:
    """The library reads no clock, so here is one."""
    return int(time.time())


def is_right(name: str, password: str) -> bool:
    """Whether a password is a name's."""
    return hmac.compare_digest(PASSWORDS.get(name, "").encode(), password.encode()) and name in PASSWORDS


file = Path(os.environ.get("PLATFORM", Path(__file__).parent / "platforms" / "web.yaml"))
platform = read_platform(file.read_bytes(), file.name).unwrap()
broker = BookBroker(
    [platform], SqliteStore(os.environ.get("BOOK", "web.book")), lambda: secrets.token_hex(16)
)
service = Service(
    broker, basic("execbroker", is_right), runner=VirtualRunner(broker), resources=platform.resources
)
