"""The rules over the texts of a record, and over those of a network."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from operator import itemgetter
from pathlib import Path

from site_builder.content_store import Content, record_name
from site_builder.front_matter import YamlError, load
from site_builder.plan.tree import Tree
from site_builder.proofing import naming, numerals, privacy, signs, wording
from site_builder.proofing.finding import SAID, Finding, Language, fingerprint
from site_builder.proofing.hits import Around, Hit
from site_builder.proofing.parts import Part, parts
from site_builder.records import BaseRecord

_CONTEXT = 10
_LONG = re.compile(r"\d{5,}[Xx]?")
"""What may be a part of somebody else's number."""


def hits(part: Part, around: Around) -> Iterator[Hit]:
    """What the rules say of one text."""
    text = part.text
    if part.way == "twice":
        yield Hit("alt-repeats", 0, len(text), {"found": text})
        return
    yield from privacy.numbers(text)
    if part.way == "terms":
        return
    if part.way == "prose":
        yield from privacy.prose(text)
    yield from signs.signs(text)
    yield from signs.twice(text)
    yield from signs.pairs(text)
    yield from numerals.numbers(text)
    yield from numerals.days(text, around)
    names = [*naming.naming(text, around)]
    yield from names
    for hit in wording.wording(text):
        if not any(name.start < hit.end and hit.start < name.end for name in names):
            yield hit


def of_record(
    record: BaseRecord, unions: Sequence[str] = (), language: Language = "en", file: str = "", text: str = ""
) -> Iterator[Finding]:
    """The findings of one record, the same in several places once.

    `unions`: the names that its owner has to do with. `text`: that of its file, for the lines.
    """
    around = Around(record.published.date(), tuple(unions))
    lines: _Lines | None = None
    found: dict[str, Finding] = {}
    for part in parts(record):
        for hit in hits(part, around):
            lines = lines or _Lines(text)
            finding = _finding(record, part, hit, language, file or record_name(record), lines)
            before = found.get(finding.fingerprint)
            found[finding.fingerprint] = replace(before, times=before.times + 1) if before else finding
    yield from sorted(found.values(), key=lambda finding: finding.line or 0)


def _finding(
    record: BaseRecord, part: Part, hit: Hit, language: Language, file: str, lines: _Lines
) -> Finding:
    message, action = SAID[language][hit.code]
    values = {"found": "", "right": "", **hit.values}
    written = part.text[hit.start : hit.end]
    shown = values["found"] if "…" in values["found"] else written
    before, after = part.text[max(0, hit.start - _CONTEXT) : hit.start], part.text[hit.end :][:_CONTEXT]
    return Finding(
        union=record.union,
        record=str(record.id),
        kind=record.kind.value,
        title=record.title,
        file=file,
        line=lines.line(part, hit),
        field=_called(part.path),
        code=hit.code,
        quote=f"{_LONG.sub('…', before)}{shown}{_LONG.sub('…', after)}",
        message=message.format(**values),
        action=action.format(**values).strip(),
        fingerprint=fingerprint(str(record.id), hit.code, written),
    )


def _called(path: tuple[str | int, ...]) -> str:
    """steps[2].text, as problems of files name it."""
    name = ""
    for part in path:
        name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else part
    return name


class _Lines:
    """Where in a file a text is written."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        ends = [at for at, line in enumerate(self._lines) if line.rstrip() == "---"]
        self._body = ends[1] + 1 if len(ends) > 1 else len(self._lines)
        try:
            self._front = load("\n".join(["", *self._lines[1 : self._body - 1]])) if text else None
        except YamlError:
            self._front = None

    def line(self, part: Part, hit: Hit) -> int | None:
        """From 1. Of the body, the first line that has these very characters."""
        if part.path[0] != "body":
            return self._front.line(part.path) if self._front else None
        if self._body >= len(self._lines):
            return None
        around = part.text[max(0, hit.start - _CONTEXT) : hit.end + _CONTEXT]
        for wanted in (around, part.text[hit.start : hit.end]):
            for at in range(self._body, len(self._lines)):
                if wanted in re.sub(r"[\\*]", "", self._lines[at]):
                    return at + 1
        return self._body + 1


def names_around(tree: Tree, content: Content, union: str) -> tuple[str, ...]:
    """The union's own name, those of the unions above it and of those just below."""
    slugs = (union, *tree.ancestors(union), *tree.children(union))
    return tuple(content.unions[slug].name for slug in slugs)


def of_content(
    content: Content, unions: Collection[str] = (), language: Language = "en"
) -> Iterator[Finding]:
    """The findings of the records that unions own (none named: of all), by union and file.

    Also of those whose hour has not come; not of those that were withdrawn, which show nothing.
    """
    tree = Tree(content.unions)
    chosen = set(unions or content.unions)
    around = {slug: names_around(tree, content, slug) for slug in chosen}
    own = [record for record in content.records.values() if record.union in chosen and not record.withdrawn]
    for file, record in sorted(((content.file_of(record), record) for record in own), key=itemgetter(0)):
        text = _text(content.root / file)
        yield from of_record(record, around[record.union], language, file, text)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""
