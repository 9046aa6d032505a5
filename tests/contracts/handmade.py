"""A network written by hand, as a stranger would by content/README.md: a province and its two cities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from site_builder import network
from tests.examples import picture

AS_OF = datetime.fromisoformat("2025-04-08T09:00:00+08:00")
UNIONS = {"sheng": ("province", ""), "jia": ("city", "parent: sheng\n"), "yi": ("city", "parent: sheng\n")}
REQUIRED = "share:\n  mode: required\n  to:\n    - descendants\n"
PNG = picture()


def named(name: str) -> str:
    """The id of the record with this name."""
    return str(uuid5(NAMESPACE_URL, name))


@dataclass
class Handmade:
    """A content folder and what is built from it."""

    root: Path

    def __post_init__(self) -> None:
        for slug, (level, parent) in UNIONS.items():
            self.write(
                f"unions/{slug}.md",
                f"---\nname: {slug}总工会\nlevel: {level}\n{parent}site:\n  base_url: https://{slug}.example\n---\n",
            )

    @property
    def content(self) -> Path:
        return self.root / "content"

    @property
    def output(self) -> Path:
        return self.root / "out"

    def write(self, file: str, text: str | bytes) -> Path:
        path = self.content / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def record(
        self,
        name: str,
        union: str,
        kind: str = "story",
        fields: str = "",
        body: str = "",
        published: str = "2025-01-01",
    ) -> None:
        """A record whose title, summary and text say its name."""
        self.write(
            f"records/{union}/{kind}/{name}.md",
            f"---\nid: {named(name)}\nkind: {kind}\nunion: {union}\ntitle: {name}之题\nslug: {name}\n"
            f"published: {published}\n{fields}---\n\n{body or name + '之文。'}\n",
        )

    def change(self, file: str, old: str, new: str) -> None:
        path = self.content / file
        text = path.read_text(encoding="utf-8")
        assert old in text, "a change that changes nothing tests nothing"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def build(self, *unions: str, as_of: datetime = AS_OF, full: bool = False) -> network.Report:
        return network.build(
            self.content, self.root / "data", self.output, unions, as_of=as_of, jobs=1, full=full
        )

    def releases(self) -> dict[str, str | None]:
        """Union -> the release that a build makes: the hash of everything on its site."""
        return {site.union: site.release for site in self.build().sites}
