"""Data are brought before anything is computed, whole and true, from nowhere but where they may come from."""

from __future__ import annotations

import hashlib
import io
import os
import threading
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.adapters.runners.staging import Stager, Staging, StagingFailed, clear, files_below
from execbroker.core.task import Data, Storage, Task


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A folder that data may come from, with a file of five bytes in it, beside one that they may not."""
    for name in ("archive/deep", "private"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "archive/deep/scan 42.fits").write_bytes(b"12345")
    (tmp_path / "private/secret").write_bytes(b"secret")
    return tmp_path / "archive"


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """The folder of a job."""
    folder = tmp_path / "job"
    folder.mkdir()
    return folder


def url(path: Path) -> str:
    """The URL of a file."""
    return path.as_uri()


def bring(archive: Path, job: Path, *data: Data, checksums: dict[str, str] | None = None) -> None:
    """Stage data into a job."""
    task = Task(data=data, storage=(Storage("scratch"),))
    Stager({"file": files_below(archive)}, checksums or {}).stage(task, job)


def files(job: Path) -> set[str]:
    """All files and folders of a job."""
    return {str(path.relative_to(job)) for path in job.rglob("*")}


class TestFiles:
    """Files below the allowed folders arrive as they are."""

    def test_arrives(self, archive: Path, job: Path) -> None:
        """A file goes below `data`, by the last part of its URL, or by its name, or to its storage resource."""
        location = url(archive / "deep/scan 42.fits")
        bring(
            archive,
            job,
            Data(location, size=5),
            Data(location, name="named"),
            Data(location, name="there", storage="scratch"),
        )

        assert (job / "data/scan 42.fits").read_bytes() == b"12345"
        assert (job / "data/named").read_bytes() == b"12345"
        assert (job / "storage/scratch/there").read_bytes() == b"12345"

    def test_nothing_is_allowed_by_default(self, archive: Path, job: Path) -> None:
        """Without folders, and without fetchers, nothing comes from anywhere."""
        task = Task(data=(Data(url(archive / "deep/scan 42.fits")),))
        for stager in (Stager(), Stager({"file": files_below()})):
            with pytest.raises(StagingFailed, match=r"nothing here fetches|not below"):
                stager.stage(task, job)

    @pytest.mark.parametrize(
        ("location", "words"),
        [
            ("file://{archive}/../private/secret", "no plain path"),
            ("file://{archive}/%2e%2e/private/secret", "no plain path"),
            ("file://{archive}/deep%2F..%2F..%2Fprivate%2Fsecret", "no plain path"),
            ("file://{archive}/./deep/scan%2042.fits", "no plain path"),
            ("file://{archive}/deep/scan%2042.fits%00.txt", "no plain path"),
            ("file://{archive}/deep/%ff", "no Unicode"),
            ("file://{archive}/deep/scan%2042.fits?x", "no plain path"),
            ("file://{archive}/deep/scan%2042.fits#x", "no plain path"),
            ("file://{archive}/", "no plain path"),
            ("file://{private}/secret", "not below"),
            ("file://{archive}-twin/secret", "not below"),
            ("file:deep/relative", "no plain path"),
            ("file://elsewhere/{archive}/x", "another machine"),
            ("file://[/x", "no URL"),
            ("file://{archive}/none", "No such file"),
            ("file://{archive}/deep", "no regular file"),
            ("file://{archive}/link", "cannot be read"),
            ("file://{archive}/loop/secret", "cannot be read"),
            ("file://{archive}/pipe", "no regular file"),
            ("/etc/passwd", "nothing here fetches"),
            ("https://example.org/x", "nothing here fetches"),
        ],
    )
    def test_refused(self, archive: Path, job: Path, location: str, words: str) -> None:
        """What lies elsewhere, is reached by a link, or is no file, is refused, and nothing is left of the try."""
        private = archive.parent / "private"
        (archive / "link").symlink_to(private / "secret")
        (archive / "loop").symlink_to(private)
        os.mkfifo(archive / "pipe")

        with pytest.raises(StagingFailed, match=words):
            bring(archive, job, Data(location.format(archive=archive, private=private), name="x"))
        assert files(job) == set()

    @given(st.text(min_size=1, max_size=30))
    def test_no_url_leads_out(self, tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
        """Whatever is written after the folder, what is opened lies below it."""
        root = tmp_path_factory.getbasetemp() / "root"
        (root / "a").mkdir(parents=True, exist_ok=True)
        (root / "a" / "b").write_bytes(b"inside")
        for location in (f"file://{root}/{text}", f"file://{root}/{quote(text, errors='replace')}"):
            try:
                with files_below(root)(location) as file:
                    assert file.read() == b"inside"
            except (StagingFailed, OSError):
                pass

    def test_allowed_folder_may_be_a_link(self, archive: Path, job: Path) -> None:
        """The folder itself is the operator's word, link or not."""
        (archive.parent / "alias").symlink_to(archive)
        task = Task(data=(Data(url(archive.parent / "alias/deep/scan 42.fits")),))
        Stager({"file": files_below(archive.parent / "alias")}).stage(task, job)

        assert (job / "data/scan 42.fits").exists()


class TestTruth:
    """What arrives is what the task says, or nothing does."""

    @pytest.mark.parametrize("size", [0, 4, 6, 10**15])
    def test_size(self, archive: Path, job: Path, size: int) -> None:
        """A file of another size than the task says fails, and neither it nor the one before it is left."""
        right, wrong = (
            Data(url(archive / "deep/scan 42.fits"), name=name, size=given)
            for name, given in (("right", 5), ("wrong", size))
        )
        with pytest.raises(StagingFailed, match=f"{size}"):
            bring(archive, job, right, wrong)
        assert files(job) == set()

    @pytest.mark.parametrize(
        ("checksum", "words"),
        [
            (f"sha256:{hashlib.sha256(b'12345').hexdigest()}", None),
            (f"sha256:{hashlib.sha256(b'12345').hexdigest().upper()}", None),
            (f"md5:{hashlib.md5(b'12345').hexdigest()}", None),
            (f"sha256:{hashlib.sha256(b'1234').hexdigest()}", "does not have the checksum"),
            (f"sha256:{hashlib.sha256(b'12345').hexdigest()[:8]}", "does not have the checksum"),
            ("sha256:", "does not have the checksum"),
            ("crc0:11", "unknown kind"),
        ],
    )
    def test_checksum(self, archive: Path, job: Path, checksum: str, words: str | None) -> None:
        """A file with another checksum than it must have fails."""
        location = url(archive / "deep/scan 42.fits")
        if words is None:
            bring(archive, job, Data(location), checksums={location: checksum})
            assert (job / "data/scan 42.fits").exists()
        else:
            with pytest.raises(StagingFailed, match=words):
                bring(archive, job, Data(location), checksums={location: checksum})
            assert files(job) == set()

    def test_partial_file_is_never_seen(self, job: Path) -> None:
        """While data arrive, there is nothing under their name."""
        seen: list[set[str]] = []

        class Slow(io.BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                seen.append(files(job))
                return super().read(3)

        def fetch(location: str) -> BinaryIO:
            return Slow(b"1234567")

        Stager({"slow": fetch}).stage(Task(data=(Data("slow://somewhere/all"),)), job)

        assert len(seen) == 4
        assert all("data/all" not in each for each in seen)
        assert files(job) == {"data", "data/all"}

    def test_what_was_left_goes_first(self, archive: Path, job: Path) -> None:
        """Staging again after being killed begins anew."""
        (job / "data").mkdir()
        (job / "data/.part-0123456789abcdef").write_bytes(b"half")
        (job / "storage/gone").mkdir(parents=True)
        bring(archive, job, Data(url(archive / "deep/scan 42.fits")))

        assert files(job) == {"data", "data/scan 42.fits", "storage", "storage/scratch"}


class TestNames:
    """Names from outside name files in the job's folder and nothing else."""

    @pytest.mark.parametrize(
        "name", ["../x", "..", ".", "/etc/x", "a/b", "a\0b", "", ".part-1", "x" * 256, "a\nb", "\udcff"]
    )
    def test_hostile(self, archive: Path, job: Path, name: str) -> None:
        """What is no plain name fails, for data and for storage."""
        location = url(archive / "deep/scan 42.fits")
        stager = Stager({"file": files_below(archive)})
        tasks = [
            Task(data=(Data(location, name=name),)),
            Task(storage=(Storage(name),)),
            Task(storage=(Storage("2"), Storage())),
            Task(storage=(Storage(name),), data=(Data(location, storage=name),)),
            Task(data=(Data(location, storage=name),)),
        ]
        for task in tasks:
            with pytest.raises(StagingFailed):
                stager.stage(task, job)
        assert files(job) == set()
        assert files(job.parent).isdisjoint({"x", "etc"})

    def test_same_name_twice(self, archive: Path, job: Path) -> None:
        """Two data resources of one name are refused before anything is fetched."""
        location = url(archive / "deep/scan 42.fits")
        with pytest.raises(StagingFailed, match="two data resources"):
            bring(archive, job, Data(location), Data(location))

    @given(st.text(max_size=20))
    def test_any_name(self, tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
        """Whatever it is called, it lies in its folder, or nowhere."""
        job = tmp_path_factory.getbasetemp() / "any"
        try:
            (target,) = Stager().targets(Task(data=(Data("x:y", name=name),)))
        except StagingFailed:
            return
        assert (job / target).resolve().parent == (job / "data").resolve()


class TestEnds:
    """Staging that fails or is stopped leaves nothing, and staged data go when the job ends."""

    def test_stopped(self, archive: Path, job: Path) -> None:
        """Staging stops at the next chunk."""
        task = Task(data=(Data(url(archive / "deep/scan 42.fits")),))
        with pytest.raises(StagingFailed, match="stopped"):
            Stager({"file": files_below(archive)}).stage(task, job, lambda: True)
        assert files(job) == set()

    def test_in_background(self, job: Path) -> None:
        """It runs beside everything else, and can be stopped; a fetcher that breaks ends only its own job."""
        going, stopped = threading.Event(), threading.Event()

        def stage(is_stopped: object) -> None:
            going.set()
            assert stopped.wait(10)
            raise LookupError("the catalogue is closed")

        staging = Staging(stage)
        assert going.wait(10)
        assert not staging.await_end(0)
        stopped.set()
        assert staging.await_end(10)
        assert staging.failure == "the data could not be staged: the catalogue is closed"

    def test_clear(self, job: Path, archive: Path) -> None:
        """All that was staged goes, also what the command closed to us, and nothing that a link points to."""
        archive.chmod(0o755)
        mode = archive.stat().st_mode
        closed = job / "data/closed"
        closed.mkdir(parents=True)
        (closed / "file").touch()
        (job / "data/link").symlink_to(archive)
        closed.chmod(0o000)
        (job / "work").mkdir()
        clear(job)

        assert files(job) == {"work"}
        assert (archive.stat().st_mode, closed.exists()) == (mode, False)
        (job / "data").symlink_to(archive)
        (job / "storage").touch()
        clear(job)

        assert files(job) == {"work"}
        assert archive.stat().st_mode == mode
        assert (archive / "deep/scan 42.fits").exists()
