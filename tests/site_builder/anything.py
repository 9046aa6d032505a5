"""Anything changes in a content folder, in any order; what stood before ends as what is made from nothing.

    python -m tests.site_builder.anything [SEED] [--minutes 10] [--every 5] [--work FOLDER]

Starts from a copy of the demo content: fields of records, unions, adoptions and media change, come from
another of their kind or go; files are deleted, put back, called otherwise; records are copied to other
unions, shared, inherited, withdrawn; the clock moves. After each step the sites are built on what is there,
every few steps from nothing too. Prints each site that differs, what had happened since the last time they
were the same, and where the content lies; ends with 1 if any did. CI has a shorter one (test_any_field.py).
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import yaml

from site_builder import content_store, network, network_build
from site_builder.release.report import SiteReport

DEMO = Path(__file__).parent.parent.parent / "content"
AS_OF = datetime.fromisoformat("2025-04-08T09:00:00+08:00")
STAYS = ("id", "kind", "union")
"""Fields without which a record is another one, or in the wrong folder."""
NEEDED = ("title", "slug", "published")
OF_A_UNION = ("slug", "name", "short", "parent")
"""Fields that no other union can have as well."""
LINKS = ("/finder/#need-health", "/programs/past/", "/events/past/", "/places/")
FEW = 60
"""Records of which so little can be said that the demo content is put back."""


class Editor:
    """Somebody who changes the files of a content folder in any way, often so that they still hold."""

    def __init__(self, content: Path, random: Random, now: datetime = AS_OF) -> None:
        self.content, self.random, self.now = content, random, now
        self.origin: Path | None = None
        """From where files can be put back."""

    def happen(self) -> str:
        """One thing happens; returns what."""
        often: dict[Callable[[], str], int] = {
            self.field: 30, self.share: 8, self.adoption: 8, self.union: 8, self.put_back: 12,
            self.edition: 6, self.life: 6, self.medium: 6, self.clock: 12, self.delete: 5, self.copy: 4,
            self.link: 4, self.body: 3, self.parent: 3, self.close: 3, self.delete_union: 2, self.synonyms: 1,
        }  # fmt: skip
        [act] = self.random.choices([*often], [*often.values()])
        return act()

    # --- files ------------------------------------------------------------------------------------

    def records(self, kind: str = "*") -> list[Path]:
        return sorted(self.content.glob(f"records/*/{kind}/*.md"))

    def unions(self) -> list[Path]:
        return sorted(self.content.glob("unions/*.md"))

    def any_union(self) -> Path:
        return self.random.choice(self.unions())

    def any_record(self, kind: str = "*") -> Path:
        return self.random.choice(self.records(kind))

    def other(self, file: Path) -> dict[str, Any]:
        """What another record of the same kind says, or the same one."""
        return _read(self.any_record(file.parent.name))[0]

    # --- records ----------------------------------------------------------------------------------

    def field(self) -> str:
        file = self.any_record()
        said, body = _read(file)
        name = self.random.choice([name for name in said if name not in STAYS])
        match self.random.randrange(8):
            case 0:
                link = self.random.choice([f"record:{self.other(file)['id']}", *LINKS])
                body += f"\n\n[见此]({link})。\n"
            case 1 if name not in NEEDED:
                del said[name]
            case 2 | 3:
                given = self.other(file)
                name = self.random.choice([name for name in given if name not in (*STAYS, "slug")])
                said[name] = given[name]
            case 4:
                name = "file"
                file = file.rename(file.with_name(f"called-{self.random.randrange(99)}-{file.name[-20:]}"))
            case _:
                said[name] = self.other_value(said[name])
        _write(file, said, body)
        return f"{name} of {self._name(file)}"

    def body(self) -> str:
        file, other = self.any_record(), self.any_record()
        _write(file, _read(file)[0], _read(other)[1])
        return f"text of {self._name(file)} from {self._name(other)}"

    def link(self) -> str:
        file, other = self.any_record(), self.any_record()
        said, body = _read(file)
        _write(file, said, f"{body}\n\n[另见](record:{_read(other)[0]['id']})。\n")
        return f"{self._name(file)} links to {self._name(other)}"

    def share(self) -> str:
        file = self.any_record()
        said, body = _read(file)
        given = [share for one in self.records() if (share := _read(one)[0].get("share"))]
        given += [{"mode": "required"}, {"mode": "offer"}]
        share, other = self.random.choice(given), self.random.choice(given)
        said["share"] = share if self.random.random() < 0.6 else self.part(share, other)
        _write(file, said, body)
        return f"share of {self._name(file)}: {said['share']}"

    def life(self) -> str:
        """Withdrawn, expired or not yet published, or soon."""
        file = self.any_record()
        said, body = _read(file)
        at = self.now + timedelta(days=self.random.randrange(-30, 30))
        match self.random.choice(
            ["withdrawn", "withdrawn", "expires", "published", "pinned_until", "noindex"]
        ):
            case "noindex":
                said["noindex"] = True
            case "withdrawn":
                said["withdrawn"] = {"at": at.isoformat(), "reason": "更正"}
            case name:
                said[name] = at.isoformat()
        _write(file, said, body)
        return f"life of {self._name(file)}"

    def delete(self) -> str:
        file = self.any_record()
        file.unlink()
        return f"{self._name(file)} deleted"

    def copy(self) -> str:
        """Another union says the same, now and then as its edition of something else."""
        file, owner = self.any_record(), self.any_union().stem
        said, body = _read(file)
        said |= {"id": self._id(), "union": owner, "slug": f"{said['slug']}-{self.random.randrange(30)}"}
        if self.random.random() < 0.5:
            said["edition_of"] = str(self.other(file)["id"])
        made = self.content / f"records/{owner}/{file.parent.name}/{said['slug']}.md"
        _write(made, said, body)
        return f"{self._name(made)} copied"

    def edition(self) -> str:
        """A union has its own of a record, and says only some of it itself."""
        file, owner = self.any_record(), self.any_union().stem
        said, body = _read(file)
        kept = {name: value for name, value in said.items() if name in ("kind", *NEEDED) or self._coin()}
        kept |= {"id": self._id(), "union": owner, "edition_of": str(said["id"])}
        made = self.content / f"records/{owner}/{file.parent.name}/{said['slug']}.md"
        if made.exists():
            return "nothing"
        _write(made, kept, body if self._coin() else "")
        return f"{self._name(made)} made an edition of {self._name(file)}"

    # --- what is no record ------------------------------------------------------------------------

    def union(self) -> str:
        file, other = self.any_union(), self.any_union()
        (said, body), (given, text) = _read(file), _read(other)
        name = self.random.choice([name for name in said if name != "slug"])
        match self.random.randrange(10):
            case 0 | 1 | 2 if name in given and name not in OF_A_UNION:
                said[name] = given[name]
            case 3 if name not in (*OF_A_UNION, "level", "site"):
                del said[name]
            case 4:
                name = self.random.choice([name for name in given if name not in OF_A_UNION])
                said[name] = given[name]
            case 5:
                name, body = "text", text
            case _:
                said[name] = self.part(said[name], given.get(name))
        _write(file, said, body)
        return f"{name} of union {file.stem}"

    def close(self) -> str:
        """A union is no more from some day on, and others take its place, who may be gone too."""
        file = self.any_union()
        said, body = _read(file)
        since = (self.now + timedelta(days=self.random.randrange(-30, 30))).date()
        how = self.random.choice(["merged", "dissolved"])
        said["closure"] = {"how": how, "since": f"{since}", "successors": [self.any_union().stem]}
        _write(file, said, body)
        return f"{file.stem} {how}"

    def parent(self) -> str:
        file = self.any_union()
        said, body = _read(file)
        if not said.get("parent"):
            return "nothing"
        said["parent"] = self.any_union().stem
        _write(file, said, body)
        return f"{file.stem} moved below {said['parent']}"

    def delete_union(self) -> str:
        file = self.any_union()
        file.unlink()
        return f"union {file.stem} deleted"

    def adoption(self) -> str:
        files = sorted(self.content.glob("adoptions/*.yaml"))
        rows = yaml.safe_load(self.random.choice(files).read_text("utf-8")) or []
        place = self.random.randrange(len(rows)) if rows else None
        match self.random.randrange(3):
            case 0 if place is not None:
                del rows[place]
            case 1 if place is not None:
                given = yaml.safe_load(self.random.choice(files).read_text("utf-8")) or rows
                rows[place] = self.part(rows[place], self.random.choice(given))
            case _:
                record = str(_read(self.any_record())[0]["id"])
                rows.append({"record": record, "action": self.random.choice(["take", "hide", "pin"])})
                if rows[-1]["action"] == "pin" and self._coin():
                    rows[-1]["until"] = (self.now + timedelta(days=self.random.randrange(30))).isoformat()
        file = self.random.choice([*files, self.content / f"adoptions/{self.any_union().stem}.yaml"])
        file.write_text(yaml.safe_dump(rows, allow_unicode=True, sort_keys=False), "utf-8")
        return f"adoptions of {file.stem}"

    def medium(self) -> str:
        files = sorted(file for file in self.content.glob("media/*/*") if file.is_file())
        file = self.random.choice(files)
        other = self.random.choice([other for other in files if other.suffix == file.suffix])
        match self.random.randrange(4):
            case 0:
                file.unlink()
                return f"{self._name(file)} deleted"
            case 1 | 2 if file.suffix == ".yaml":
                said, given = (yaml.safe_load(one.read_text("utf-8")) for one in (file, other))
                file.write_text(yaml.safe_dump(self.part(said, given), allow_unicode=True), "utf-8")
                return f"what {self._name(file)} says"
        _put(other, file)
        return f"{self._name(file)} is now {self._name(other)}"

    def synonyms(self) -> str:
        file = self.content / "synonyms.yaml"
        lines = file.read_text("utf-8").splitlines(keepends=True)
        rows = [number for number, line in enumerate(lines) if line.lstrip().startswith("-")]
        if rows:
            del lines[self.random.choice(rows)]
            file.write_text("".join(lines), "utf-8")
        return "synonyms"

    def put_back(self) -> str:
        if self.origin is None:
            return "nothing"
        files = sorted(self.origin.glob("records/*/*/*.md"))
        if self.random.random() < 0.4:
            files = sorted(
                file
                for name in ("unions", "adoptions", "media")
                for file in (self.origin / name).rglob("*.*")
            )
        file = self.random.choice(files)
        _put(file, self.content / file.relative_to(self.origin))
        return f"{file.relative_to(self.origin)} put back"

    def clock(self) -> str:
        self.now += timedelta(hours=self.random.choice([-2000, -400, -30, -1, 1, 30, 400, 2000]))
        return f"it is {self.now}"

    # --- values -----------------------------------------------------------------------------------

    def part(self, value: Any, other: Any) -> Any:
        """The same but for one thing somewhere in it, which may be as `other` has it, or gone."""
        if not isinstance(value, dict) or not value or self.random.random() < 0.2:
            return self.other_value(value)
        name = self.random.choice([*value])
        given = other.get(name) if isinstance(other, dict) else None
        match self.random.randrange(5):
            case 0:
                return {one: said for one, said in value.items() if one != name}
            case 1 | 2 if given is not None:
                return {**value, name: given}
        return {**value, name: self.part(value[name], given)}

    def other_value(self, value: Any) -> Any:
        """Another of the same shape."""
        random = self.random
        match value:
            case bool():
                return not value
            case int():
                return value + random.choice([-1, 1, 7])
            case datetime():
                return value + timedelta(hours=random.choice([-100, -1, 1, 100]))
            case date():
                return value + timedelta(days=random.choice([-40, -1, 1, 40]))
            case str():
                return f"{value}改"
            case [*items] if items:
                place = random.randrange(len(items))
                less = [*items[:place], *items[place + 1 :]]
                other = [*items[:place], self.other_value(items[place]), *items[place + 1 :]]
                return random.choice([less, other, items[::-1], [*items, items[place]]])
            case {**parts} if parts:
                name = random.choice(list(parts))
                return {**parts, name: self.other_value(parts[name])}
        return value

    def _coin(self) -> bool:
        return self.random.random() < 0.5

    def _id(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def _name(self, file: Path) -> str:
        return file.relative_to(self.content).as_posix()


def _read(file: Path) -> tuple[dict[str, Any], str]:
    _, head, body = file.read_text("utf-8").split("---\n", 2)
    return yaml.safe_load(head), body


def _write(file: Path, said: Mapping[str, Any], body: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    head = yaml.safe_dump(dict(said), allow_unicode=True, sort_keys=False)
    file.write_text(f"---\n{head}---\n{body}", "utf-8")


def _put(file: Path, there: Path) -> None:
    there.parent.mkdir(parents=True, exist_ok=True)
    there.write_bytes(file.read_bytes())


# --- a long run -----------------------------------------------------------------------------------


def build(content: Path, data: Path, now: datetime) -> dict[str, SiteReport]:
    report = network.build(content, data, data / "output", as_of=now, jobs=1)
    return {site.union: site for site in report.sites}


def differences(
    live: Mapping[str, SiteReport], anew: Mapping[str, SiteReport], data: Path, fresh: Path
) -> Iterator[str]:
    """What is not the same of sites built on what was there (`data`) and of those from nothing (`fresh`)."""
    if live.keys() != anew.keys():
        yield f"sites: {sorted(live.keys() ^ anew.keys())}"
    for union in sorted(live.keys() & anew.keys()):
        mine, theirs = live[union], anew[union]
        if mine.failed != theirs.failed:
            yield f"{union}: failed {mine.failed}, from nothing {theirs.failed}: {theirs.problems[-1:]}"
        if mine.failed or theirs.failed:
            continue
        here, there = (dict(_files(folder / "output/sites" / union)) for folder in (data, fresh))
        if others := sorted(path for path in here.keys() | there.keys() if here.get(path) != there.get(path)):
            yield f"{union}: {len(others)} files, {others[:6]}"
        for name in ("release", "pages", "search_documents", "next_change"):
            if getattr(mine, name) != getattr(theirs, name):
                yield f"{union}: {name} {getattr(mine, name)}, from nothing {getattr(theirs, name)}"
        for problem in {*map(str, mine.problems)} ^ {*map(str, theirs.problems)}:
            yield f"{union}: one of them says {problem}"


def _files(site: Path) -> Iterator[tuple[str, str]]:
    for folder, _, names in os.walk(site, followlinks=True):
        for name in names:
            path = Path(folder, name)
            yield path.relative_to(site).as_posix(), blake2b(path.read_bytes(), digest_size=8).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--every", type=int, default=5, help="steps between two comparisons")
    parser.add_argument("--work", type=Path, help="folder to work in (default: one in the temporary folder)")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    network_build._update_index = lambda *_: []  # has tests of its own, and takes its time
    work = options.work or Path(tempfile.mkdtemp(prefix="unionpress-anything-"))
    content, data, fresh = work / "content", work / "data", work / "fresh"
    shutil.copytree(DEMO, content)
    editor = Editor(content, Random(options.seed))
    editor.origin = DEMO
    end = time.monotonic() + options.minutes * 60
    build(content, data, editor.now)
    steps = compared = found = 0
    happened: list[str] = []
    while time.monotonic() < end:
        happened += [editor.happen() for _ in range(editor.random.choice([1, 1, 1, 3]))]
        live = build(content, data, editor.now)
        steps += 1
        if steps % options.every:
            continue
        told = list(differences(live, build(content, fresh, editor.now), data, fresh))
        compared += 1
        shutil.rmtree(fresh)
        if told:
            found += 1
            kept = shutil.copytree(content, work / f"content-{steps}")
            print(f"step {steps}, {kept}:", *told, "after:", *happened, sep="\n  ", flush=True)
            shutil.rmtree(data)
            build(content, data, editor.now)
        happened = []
        if len(content_store.read(content).records) < FEW:
            shutil.rmtree(content)
            shutil.copytree(DEMO, content)
            editor.now = AS_OF
    print(f"seed {options.seed}: {steps} steps, {compared} comparisons, {found} with differences")
    if not options.work and not found:
        shutil.rmtree(work)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
