"""Builds the small network of tests/golden/site; run as a module, it writes what the golden test expects."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import zlib
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from site_builder import network
from site_builder.release.manifest import files_in

SITE = Path(__file__).parent / "site"
EXPECTED = SITE / "expected"
AS_OF = datetime.fromisoformat("2025-04-08T09:00:00+08:00")
TEXT = frozenset({".html", ".ics", ".json", ".xml", ".txt", ".svg", ".css"})


def build(folder: Path) -> dict[str, bytes]:
    """Every file of every site, by `<union>/<path>`, as the golden tree keeps it."""
    report = network.build(SITE / "content", folder, folder / "output", as_of=AS_OF, jobs=1)
    assert not report.has_errors, report.to_json()
    found = {}
    for site in report.sites:
        root = (folder / "output/sites" / site.union).resolve()
        segments = json.loads((root / "search/index.json").read_bytes())["segments"]
        versions = {
            segment["base"].rstrip("/"): "VERSION" + "2" * bool(n) for n, segment in enumerate(segments)
        }
        for path, _ in sorted(files_in(root)):
            if not path.startswith("assets/") or path == "assets/brand.css":
                found[f"{site.union}/{_name(path, versions)}"] = _kept(root / path)
    return found


def expected() -> dict[str, bytes]:
    return {
        file.relative_to(EXPECTED).as_posix(): file.read_bytes()
        for file in sorted(EXPECTED.rglob("*"))
        if file.is_file()
    }


def _name(path: str, versions: dict[str, str]) -> str:
    """A site's own segment of the search index is VERSION, the one it inherits VERSION2."""
    return re.sub(r"^search/([0-9a-f]{12,})/", lambda match: f"search/{versions[match[1]]}/", path)


PACKED = frozenset("stcwu")
"""Folders of the search index whose files are bits and numbers, not text."""


def _kept(file: Path) -> bytes:
    data = file.read_bytes()
    packed = file.parent.name in PACKED or file.name == "i.bin"
    if file.suffix == ".bin" and not packed:
        data = zlib.decompress(data, -15)  # two versions of zlib may pack the same text in two ways
    if file.suffix not in TEXT:
        return f"{sha256(data).hexdigest()}\n".encode()
    return re.sub(rb"(assets/[\w.-]+?)\.[0-9a-f]{12}\b", rb"\1.HASH", data)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = build(Path(folder))
    if EXPECTED.exists():
        shutil.rmtree(EXPECTED)
    for path, data in files.items():
        (EXPECTED / path).parent.mkdir(parents=True, exist_ok=True)
        (EXPECTED / path).write_bytes(data)
    print(f"{len(files)} files in {EXPECTED}")


if __name__ == "__main__":
    main()
