"""Services to ask."""

import pytest

from tests.service.served import Served


@pytest.fixture
def served() -> Served:
    """A service in which everybody sees and changes only what is theirs."""
    return Served()
