from __future__ import annotations

import os
import pickle
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from site_builder import content_store as store
from site_builder.content_store import cache as kept_in
from site_builder.content_store import reading
from site_builder.records import Share
from tests import patience
from tests.examples import (
    STORY,
    change,
    examples,
    one,
    write_examples,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_examples(tmp_path / "content")


# --- the cache -------------------------------------------------------------------------------------


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are parsed while a test runs."""
    seen: list[str] = []
    parse = reading.parse_file

    def noticed(root: Path, file: reading.Found) -> object:
        seen.append(file.relative)
        return parse(root, file)

    monkeypatch.setattr(reading, "parse_file", noticed)
    return seen


def settle(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the files' last change lie far enough back to be trusted."""
    monkeypatch.setattr("site_builder.content_store.cache.FRESH", -(10**9))


def test_each_version_of_a_file_is_parsed_once(
    root: Path, tmp_path: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(root, monkeypatch)
    cache = tmp_path / "var" / "content.sqlite"
    first = store.read(root, cache)
    assert len(parsed) == len(examples()) + 2
    parsed.clear()
    assert store.read(root, cache) == first
    assert parsed == []
    change(root, STORY, "genre: feature", "genre: report")
    second = store.read(root, cache)
    assert parsed == [STORY]
    assert second == store.read(root)
    (root / STORY).unlink()
    parsed.clear()
    assert store.read(root, cache) == store.read(root)
    parsed.clear()
    write_examples(root)
    store.read(root, cache)
    assert STORY in parsed, "what was removed is forgotten"


def test_a_file_that_changed_just_now_is_parsed_again(root: Path, tmp_path: Path, parsed: list[str]) -> None:
    cache = tmp_path / "content.sqlite"
    store.read(root, cache)
    parsed.clear()
    store.read(root, cache)
    assert len(parsed) == len(examples()) + 2


def test_problems_come_out_of_the_cache_too(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(root, monkeypatch)
    change(root, STORY, "genre: feature", "genre: poem")
    cache = tmp_path / "content.sqlite"
    first = store.read(root, cache).problems
    assert first
    assert store.read(root, cache).problems == first


def test_what_is_kept_is_what_was_parsed(
    root: Path, tmp_path: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Down to which fields a file says itself, by which an edition inherits the others, and their order."""
    settle(root, monkeypatch)
    cache = tmp_path / "content.sqlite"
    first = store.read(root, cache)
    monkeypatch.setattr(reading, "_KEPT", {})
    parsed.clear()
    again = store.read(root, cache)
    assert parsed == []
    assert again == first
    models = [
        *zip(first.records.values(), again.records.values(), strict=True),
        *zip(first.unions.values(), again.unions.values(), strict=True),
        *zip(first.media.values(), again.media.values(), strict=True),
    ]
    assert len(models) > 10
    for made, other in models:
        assert made is not other, "the cache is what is tested"
        assert made.model_fields_set == other.model_fields_set
        assert list(made.__dict__) == list(other.__dict__)
        assert made.model_dump_json() == other.model_dump_json()
        assert repr(other.model_copy(update={})) == repr(made)


def test_what_other_processes_parsed_is_kept_as_they_wrote_it(
    root: Path, tmp_path: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(root, monkeypatch)
    monkeypatch.setattr(reading, "MANY", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(kept_in, "_SHARDS", 2)  # so that what changed has neighbours that did not
    cache = tmp_path / "content.sqlite"
    first = store.read(root, cache)
    assert first == store.read(root)
    change(root, STORY, "genre: feature", "genre: report")
    second = store.read(root, cache)
    assert second != first
    monkeypatch.setattr(reading, "_KEPT", {})
    monkeypatch.setattr(reading, "MANY", 10_000)
    parsed.clear()
    assert store.read(root, cache) == second
    assert parsed == []


def test_who_waits_for_others_is_told_so(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(root, monkeypatch)
    monkeypatch.setattr(reading, "MANY", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    called: list[int] = []
    cache = tmp_path / "content.sqlite"
    first = store.read(root, cache, meanwhile=lambda: called.append(1))
    assert called == [1], "others parse"
    assert store.read(root, cache, meanwhile=lambda: called.append(2)) == first
    assert called == [1], "nothing is left to parse"


def test_a_model_that_says_more_than_its_file_is_kept_whole() -> None:
    share = Share(mode="offer", to=("children",))
    odd = [
        share.model_copy(update={"mode": "none"}),
        Share.model_construct(_fields_set=set(), mode="required"),
        Share.model_construct(_fields_set={"mode", "gone"}, mode="offer"),
        Share(),
    ]
    for made in odd:
        other = pickle.loads(kept_in.dumped({"x": made}))["x"]  # type: ignore[dict-item]
        assert other == made
        assert other.model_fields_set == made.model_fields_set
        assert other.__dict__ == made.__dict__


@pytest.mark.parametrize("harm", [b"", b"nonsense", b"SQLite format 3\x00" + b"\xff" * 5000, None])
def test_a_broken_cache_is_replaced(
    root: Path, tmp_path: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch, harm: bytes | None
) -> None:
    settle(root, monkeypatch)
    cache = tmp_path / "content.sqlite"
    expected = store.read(root, cache)
    data = cache.read_bytes()
    half = len(data) // 2
    cache.write_bytes(data[:half] + b"\xff" * 64 + data[half + 64 :] if harm is None else harm)
    assert store.read(root, cache) == expected
    store.read(root, cache)
    parsed.clear()
    assert store.read(root, cache) == expected
    assert parsed == []


def test_a_cache_of_other_code_is_not_used(
    root: Path, tmp_path: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(root, monkeypatch)
    cache = tmp_path / "content.sqlite"
    store.read(root, cache)
    parsed.clear()
    monkeypatch.setattr("site_builder.content_store.cache.code_version", lambda: "another")
    store.read(root, cache)
    assert len(parsed) == len(examples()) + 2
    parsed.clear()
    store.read(root, cache)
    assert parsed == []


def test_the_version_covers_all_that_decides_how_a_file_is_parsed() -> None:
    code = "import sys\nimport site_builder.content_store.formats, site_builder.pictures\nprint(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    ours = {name.split(".")[1] for name in loaded.split() if name.startswith("site_builder.")}
    assert ours - set(kept_in._CODE) == {"collecting", "folder"}, "which parse nothing"


READER = """
import sys
from pathlib import Path
from site_builder import content_store
from site_builder.content_store import cache
cache.FRESH = -(10**9)
for _ in range(5):
    content = content_store.read(Path(sys.argv[1]), Path(sys.argv[2]))
    assert len(content.records) == int(sys.argv[3]), content.problems
"""


def test_several_processes_may_use_one_cache(root: Path, tmp_path: Path) -> None:
    cache = tmp_path / "content.sqlite"
    records = len(store.read(root).records)
    command = [sys.executable, "-c", READER, str(root), str(cache), str(records)]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    for process in processes:
        assert process.communicate(timeout=patience.SECONDS)[1] == ""
        assert process.returncode == 0


def test_a_cache_that_cannot_be_written_does_not_matter(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(root, monkeypatch)
    assert store.read(root, root / STORY / "cannot" / "be").problems == ()
    assert store.read(root, tmp_path).problems == ()


def test_a_locked_cache_is_left_to_who_holds_it(
    root: Path, tmp_path: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(root, monkeypatch)
    monkeypatch.setattr("site_builder.content_store.cache._PATIENCE", 0.05)
    cache = tmp_path / "content.sqlite"
    store.read(root, cache)
    with closing(sqlite3.connect(cache, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        change(root, STORY, "genre: feature", "genre: report")
        assert store.read(root, cache) == store.read(root)
    parsed.clear()
    store.read(root, cache)
    assert parsed == [STORY]


def test_a_folder_that_cannot_be_read_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir
    records = len(store.read(root).records)

    def refused(folder: str) -> object:
        if folder.endswith("adoptions"):
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", refused)
        content = store.read(root)
    assert one(content, "file-unreadable").file == "adoptions"
    assert len(content.records) == records
