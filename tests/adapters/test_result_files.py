"""Results in files: what is handed out, and what is not."""

import os
from pathlib import Path

import pytest

from execbroker.adapters.result_files import has_file, read_file
from execbroker.core.answer import Offer
from execbroker.core.interfaces import Refused
from execbroker.core.lifecycle import Phase
from execbroker.core.session import Job, Passage, Session
from execbroker.core.task import Task


def job(folder: Path, *results: Path | str) -> Job:
    """A job with a folder, and results of the names `0`, `1`, …."""
    offer = Offer("here", "batch", 0, 0, 0, 0, 0, 0)
    session = Session("id", offer, Task(), 0, (Passage(Phase.OFFERED, 0),))
    places = (each if isinstance(each, str) else each.as_uri() for each in results)
    return Job(
        session, str(folder), results=tuple((str(number), place) for number, place in enumerate(places))
    )


def test_pieces(tmp_path: Path) -> None:
    """From any byte on, from the end, and never more than is wanted."""
    file = tmp_path / "work" / "a b%20.txt"
    file.parent.mkdir()
    file.write_bytes(b"0123456789")
    made = job(tmp_path, file)

    assert has_file(made, file.as_uri())
    assert read_file(made, "0", 0, 100) == (b"0123456789", 10)
    assert read_file(made, "0", 2, 3) == (b"234", 10)
    assert read_file(made, "0", -3, 100) == (b"789", 10)
    assert read_file(made, "0", -30, 100) == (b"0123456789", 10)
    assert read_file(made, "0", 10, 100) == (b"", 10)
    assert read_file(made, "0", 10**18, 100) == (b"", 10)  # farther than file systems reach


def test_only_within_the_folder(tmp_path: Path) -> None:
    """What lies elsewhere, or is reached by a way out, is no result."""
    folder = tmp_path / "job"
    folder.mkdir()
    secret = tmp_path / "secret"
    secret.write_text("secret")
    places = [
        secret, f"{folder.as_uri()}/../secret", f"{folder.as_uri()}/%2e%2e/secret", folder, "https://example.org/x",
        f"file://elsewhere{folder}/x", "stdout", "file://[", "",
    ]  # fmt: skip
    made = job(folder, *places)

    for name, place in made.results:
        assert not has_file(made, place)
        with pytest.raises(Refused, match="result-unknown"):
            read_file(made, name, 0, 100)
    with pytest.raises(Refused, match="result-unknown"):
        read_file(made, "nothing", 0, 100)


def test_links_are_not_followed(tmp_path: Path) -> None:
    """A job may put links and worse into its folder; nobody is led out of it by them, and nobody waits."""
    folder = tmp_path / "job"
    (folder / "sub").mkdir(parents=True)
    (tmp_path / "secret").write_text("secret")
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "away").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe")
    made = job(
        folder, folder / "link", folder / "away" / "secret", folder / "pipe", folder / "sub", folder / "gone",
        f"{folder.as_uri()}/a%00b",
    )  # fmt: skip

    for name, _ in made.results:
        with pytest.raises(Refused, match="result-unknown"):
            read_file(made, name, 0, 100)
