"""The endpoints that this library brings, as values: the seed language's, UWS's, and the description."""

from __future__ import annotations

from typing import Final

from execbroker.service.asking import ASKING
from execbroker.service.describing import DESCRIBING
from execbroker.service.mounted_jobs import JOBS
from execbroker.service.routes import Endpoints
from execbroker.service.sessions import SESSIONS

__all__ = ["SEED"]

#: What a service answers unless it says otherwise.
SEED: Final[tuple[Endpoints, ...]] = (ASKING, SESSIONS, JOBS, DESCRIBING)
