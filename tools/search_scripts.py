"""Write themes/base/static/search/*.js, which phones load, from scripts/search/*.js, which people write.

    python tools/search_scripts.py

Needs Node's npx, on the machine of who changes the scripts only: esbuild (MIT) joins modules, so that a page
asks for one file where every file costs a slow line its way there and back; terser (BSD-2-Clause) shortens
names and leaves out what is not needed, a third of the bytes. What is written is committed; its first line
holds a digest of the sources, and a test says if somebody changed one without the other.
"""

import hashlib
import re
import subprocess
import tempfile
from pathlib import Path

THEME = Path(__file__).parent.parent / "themes" / "base"
SOURCE, TARGET = THEME / "scripts" / "search", THEME / "static" / "search"
LATER = "inflate.js"
"""A file of its own, which only old phones need. All the others become main.js."""
ESBUILD = ("npx", "--yes", "esbuild@0.25.12", "--bundle", "--format=esm", "--target=es2020", "--charset=utf8")
TERSER = ("npx", "--yes", "terser@5.51.2", "--module", "--compress", "passes=3", "--mangle", "--ecma", "2020")
OURS = (
    "allOf answer bits bySound bytes candidates columns corrected counts exact facets facts finest "
    "first forget found fresh fromPinyin gone groups heads heard hits homophones keep kept limit meant "
    "minus missing names narrow nearest number opened pattern parsed peek pinyin postings prior ranked read "
    "readManifests readVariants records renew required root row runs score shown site sites soon syllable "
    "terms text total tried units variants version whole"
)
"""Names of properties that are shortened: no file has them, and no browser is asked for one by that name."""


def sources(name: str) -> list[Path]:
    """The scripts that the written file `name` is made of."""
    return [path for path in sorted(SOURCE.glob("*.js")) if (path.name == LATER) == (name == LATER)]


def head(name: str) -> str:
    """The first line of the written file `name`."""
    digest = hashlib.blake2b(digest_size=4)
    for path in sources(name):
        digest.update(path.read_bytes())
    return f"//{digest.hexdigest()}\n"


def main() -> None:
    TARGET.mkdir(exist_ok=True)
    names = ("main.js", LATER)
    for old in TARGET.glob("*.js"):
        if old.name not in names:
            old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            joined = Path(folder) / name
            bundle = _run(*ESBUILD, f"--external:./{LATER}", str(SOURCE / name))
            # Constants are sent as variables: one row of them is shorter than two of two kinds.
            joined.write_text(re.sub(r"\bconst ", "let ", bundle), encoding="utf-8")
            ours = ("--mangle-props", f"builtins,regex=/^({OURS.replace(' ', '|')})$/")
            made = _run(*TERSER, *ours, str(joined)).strip()
            (TARGET / name).write_text(f"{head(name)}{made}\n", encoding="utf-8")


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
