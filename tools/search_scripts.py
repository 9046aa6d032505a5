"""Write themes/base/static/search/*.js, which phones load, from scripts/search/*.js, which people write.

    python tools/search_scripts.py

Needs Node's npx, on the machine of who changes the scripts only: terser (BSD-2-Clause) shortens names and
leaves out what is not needed, a third of the bytes. What is written is committed; its first line holds a
digest of the source, and a test says if somebody changed one without the other.
"""

import hashlib
import subprocess
from pathlib import Path

THEME = Path(__file__).parent.parent / "themes" / "base"
SOURCE, TARGET = THEME / "scripts" / "search", THEME / "static" / "search"
TERSER = ("npx", "--yes", "terser@5.51.2", "--module", "--compress", "passes=3", "--mangle", "--ecma", "2020")


def head(source: Path) -> str:
    """The first line of what is written from a script."""
    digest = hashlib.blake2b(source.read_bytes(), digest_size=8).hexdigest()
    return f"// From scripts/search/{source.name} by tools/search_scripts.py: {digest}\n"


def main() -> None:
    TARGET.mkdir(exist_ok=True)
    for source in sorted(SOURCE.glob("*.js")):
        done = subprocess.run([*TERSER, str(source)], check=True, capture_output=True, text=True)
        (TARGET / source.name).write_text(f"{head(source)}{done.stdout.strip()}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
