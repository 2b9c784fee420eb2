"""What came out of a job, over HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from execbroker.adapters.runners.virtual import VirtualRunner
from execbroker.core.interfaces import Runner
from execbroker.core.session import Job, Session
from execbroker.languages.uws.reading import read_job
from execbroker.service import Limits, Policy, Who
from tests.service.served import ROOT, Served, tree

TEXT = b"0123456789"


class Leaving(Runner):
    """A runner whose jobs leave a file, and something elsewhere."""

    def __init__(self, runner: VirtualRunner, folder: Path) -> None:
        self._runner, self._folder = runner, folder
        (folder / "out put").write_bytes(TEXT)

    def _with(self, job: Job) -> Job:
        places = (("out put", (self._folder / "out put").as_uri()), ("far", "https://example.org/far"))
        return evolve(job, folder=str(self._folder), results=places)

    def run(self, session: Session, now: int) -> Job:
        """As ever."""
        return self._with(self._runner.run(session, now))

    def job(self, identifier: str, now: int) -> Job:
        """As ever, with results."""
        return self._with(self._runner.job(identifier, now))

    def abort(self, identifier: str, now: int) -> Job:
        """As ever."""
        return self._with(self._runner.abort(identifier, now))


@pytest.fixture
def served(tmp_path: Path) -> Served:
    """A service whose jobs have results; a piece of one has eight bytes at most."""
    served = Served()
    served.serve(runner=Leaving(VirtualRunner(served.broker), tmp_path), limits=Limits(result=8))
    return served


def accepted(served: Served) -> str:
    """A session that has results."""
    session = served.offer()
    served.change(session, "ACCEPTED")
    return session


def test_where_they_are(served: Served) -> None:
    """Files are where they can be fetched, in every document; what lies elsewhere is left there."""
    session = accepted(served)
    here, far = f"{ROOT}/jobs/{session}/results/out%20put", "https://example.org/far"

    listed = tree(served.ask("GET", f"/sessions/{session}"))["results"]
    assert [each["location"] for each in listed] == [here, far]
    job = read_job(served.ask("GET", f"/jobs/{session}").body, "job").unwrap()
    assert [each.href for each in job.results] == [here, far]


@pytest.mark.parametrize(
    ("asked", "status", "body", "where"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=4-", 206, b"456789", "bytes 4-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=-20", 206, b"01234567", "bytes 0-7/10"),
        ("bytes=0-9", 206, b"01234567", "bytes 0-7/10"),
        ("bytes=10-", 416, None, "bytes */10"),
        ("bytes=-0", 416, None, "bytes */10"),
        ("bytes=3-1", 403, None, None),
        ("bytes=0-1,3-4", 403, None, None),
        ("lines=1-2", 403, None, None),
        (None, 403, None, None),
    ],
)
def test_pieces(
    served: Served, asked: str | None, status: int, body: bytes | None, where: str | None
) -> None:
    """What is too large to be sent at once is had in pieces, none of them larger than the limit."""
    headers = {} if asked is None else {"Range": asked}
    response = served.ask("GET", f"/jobs/{accepted(served)}/results/out%20put", **headers)

    assert (response.status, response.header("Content-Range")) == (status, where)
    assert body in (None, response.body)
    assert response.header("Accept-Ranges" if status in (206, 403) else "Content-Range") is not None


def test_whole(served: Served, tmp_path: Path) -> None:
    """What is not too large comes whole, as something to be saved under its name; a piece of an old one is none."""
    session = accepted(served)
    (tmp_path / "out put").write_bytes(TEXT[:8])
    response = served.ask("GET", f"/jobs/{session}/results/out%20put", Range="bytes=1-2", If_Range='"old"')

    assert (response.status, response.body) == (200, TEXT[:8])
    assert response.header("Content-Type") == "application/octet-stream"
    assert response.header("Content-Disposition") == "attachment; filename*=UTF-8''out%20put"
    assert response.header("X-Content-Type-Options") == "nosniff"
    assert response.header("Cache-Control") == "no-store"


def test_whose_they_are(served: Served) -> None:
    """Whoever may see the job may have its results, and nobody else; with the job they are gone."""
    session = accepted(served)
    path = f"/jobs/{session}/results/out%20put"
    for who, status in (("ann", 416), ("bob", 404), (None, 401)):
        assert served.ask("GET", path, who=who, Range="bytes=99-").status == status
    for name in ("far", "nothing", "..%2Fsecret", "stdout"):
        assert served.ask("GET", f"/jobs/{session}/results/{name}").status == 404
    assert served.ask("DELETE", f"/jobs/{session}").status == 303
    assert served.ask("GET", path).status == 404


def test_seen_by_all(served: Served, tmp_path: Path) -> None:
    """Where all may look, they may look at results as well."""
    served.serve(Policy(see=Who.ANYBODY), runner=Leaving(VirtualRunner(served.broker), tmp_path))

    assert served.ask("GET", f"/jobs/{accepted(served)}/results/out%20put", who=None).body == TEXT
