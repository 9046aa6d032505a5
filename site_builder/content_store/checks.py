"""What only the whole folder can tell: the tree of unions, owners, identities, references, media."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from site_builder.content_store import tree
from site_builder.content_store.canonical import record_path
from site_builder.content_store.files import RUN, Listing
from site_builder.content_store.formats import Parsed
from site_builder.content_store.problems import Problems
from site_builder.content_store.references import Reference
from site_builder.records import (
    REFERENCE_KINDS,
    SLUG_PATTERN,
    Adoption,
    Level,
    Media,
    Problem,
    Record,
    Union,
)

_CORRECT = "Correct it, or remove it; until then it is not shown."


@dataclass
class Checked:
    """What remains of the parsed files, and the problems of all."""

    unions: dict[str, Union] = field(default_factory=dict)
    records: dict[UUID, Record] = field(default_factory=dict)
    adoptions: dict[str, tuple[Adoption, ...]] = field(default_factory=dict)
    media: dict[str, Media] = field(default_factory=dict)
    files: dict[UUID, str] = field(default_factory=dict)
    """The file of each record."""
    altered: dict[str, str] = field(default_factory=dict)
    """By file what is left out of its record for what another file says."""
    problems: list[Problem] = field(default_factory=list)


def check(found: Listing, parsed: Mapping[str, Parsed[Any]]) -> Checked:
    """Put the parsed files together.

    A bad union takes out itself and what depends on it, a bad record only itself.
    """
    checker = _Checker(found, parsed)
    checker.unions()
    checker.media()
    checker.records()
    checker.editions()
    checker.adoptions()
    checker.references()
    checked = checker.checked
    checked.files = {identity: checker.files[identity] for identity in checked.records}
    checked.problems.sort(key=lambda item: (item.file or "", item.line or 0, item.field or "", item.code))
    return checked


class _Checker:
    def __init__(self, found: Listing, parsed: Mapping[str, Parsed[Any]]) -> None:
        self.found = found
        self.parsed = parsed
        self.problems = Problems(found, parsed)
        self.checked = Checked(problems=self.problems.told)
        self.files: dict[UUID, str] = {}
        self.vectors: set[str] = set()
        self.misnamed: dict[tuple[UUID, str], set[UUID]] = {}
        """By record and field what it names there of another kind."""

    def of(self, folder: str) -> Iterable[tuple[str, Parsed[Any]]]:
        return ((file, result) for file, result in self.parsed.items() if file.startswith(f"{folder}/"))

    # --- unions -----------------------------------------------------------------------------------

    def unions(self) -> None:
        found = [result.value for _, result in self.of("unions") if result.value]
        unions = {union.slug: union for union in sorted(found, key=lambda union: union.slug)}
        self.checked.unions = tree.checked(unions, self.problems)

    # --- media ------------------------------------------------------------------------------------

    def media(self) -> None:
        described: set[str] = set()
        for file, result in self.of("media"):
            if not file.endswith(".yaml"):
                continue
            ref = file.removeprefix("media/").removesuffix(".yaml")
            described.add(ref)
            media: Media | None = result.value
            folder = ref.partition("/")[0]
            if ref not in self.found.media:
                self.problems.tell(
                    "media-file",
                    file,
                    f"There is no file {PurePosixPath(ref).name} beside its description",
                    "Put the file here, or remove the description.",
                )
                continue
            if media is None:
                continue
            if not _is_reference(ref):
                self._media_name(f"media/{ref}")
                continue
            if PurePosixPath(ref).suffix.lower() in RUN:
                self.problems.tell(
                    "media-type",
                    f"media/{ref}",
                    "A browser or a web server would run this file as a page or a program of the site",
                    "Give the text as a record, or the file as PDF.",
                )
                continue
            vector = f"{folder}/{media.vector}"
            if media.vector:
                self.vectors.add(vector)
            if media.vector and (vector not in self.found.media or not media.vector.endswith(".svg")):
                self.problems.tell(
                    "media-vector",
                    file,
                    f"There is no SVG {media.vector} in media/{folder}",
                    "Put it there, or remove the field.",
                    place="vector",
                )
                media = media.model_copy(update={"vector": ""})
            elif media.vector and not self._draws(vector):
                media = media.model_copy(update={"vector": ""})
            if self._draws(ref):
                self.checked.media[ref] = media
        for ref in self.found.media:
            if ref not in described and ref not in self.vectors:
                self.problems.tell(
                    "media-undescribed",
                    f"media/{ref}",
                    "This file has no description, so it cannot be used",
                    f"Write {PurePosixPath(ref).name}.yaml beside it, with title and credit.",
                )

    def _draws(self, ref: str) -> bool:
        """False for an SVG or a picture that was refused."""
        drawing = self.parsed.get(f"media/{ref}")
        return bool(drawing.value) if drawing is not None else not ref.lower().endswith(".svg")

    def _media_name(self, file: str) -> None:
        self.problems.tell(
            "file-name",
            file,
            "This name cannot stand in a reference",
            "Name the folder after its union, and the file without spaces and # ? % \\.",
        )

    # --- records ----------------------------------------------------------------------------------

    def records(self) -> None:
        places: dict[tuple[str, str, str], str] = {}
        for file, result in self.of("records"):
            record: Record | None = result.value
            if record is None:
                continue
            _, folder, kind, name = file.split("/")
            first = self.files.get(record.id)
            place = (record.union, record.kind, record.slug)
            if folder != record.union:
                self._wrong_folder(file, record, folder)
            elif record.union not in self.checked.unions:
                self._unknown_owner(file, record)
            elif first is not None:
                self.problems.tell(
                    "record-id",
                    file,
                    f"{first} has the same id",
                    "Give this record a new id (a random UUID).",
                    place="id",
                    record=record.id,
                )
            elif place in places:
                self.problems.tell(
                    "record-slug",
                    file,
                    f"{places[place]} is a {record.kind} of {record.union} with the same slug",
                    "Give one of the two another slug.",
                    place="slug",
                    record=record.id,
                )
            else:
                self.files[record.id] = file
                places[place] = file
                self.checked.records[record.id] = record
                if (kind, name) != (record.kind, f"{record.slug}.md"):
                    self.problems.tell(
                        "file-name",
                        file,
                        f"The file of this record should be {record_path(record)}",
                        "Move it, or correct kind or slug.",
                        place="slug" if kind == record.kind else "kind",
                        record=record.id,
                        severity="warning",
                    )
        self.problems.note_left_out()

    def _wrong_folder(self, file: str, record: Record, folder: str) -> None:
        self.problems.tell(
            "record-folder",
            file,
            f"The file lies in the folder of {folder}, but its union is {record.union}",
            f"Move it to records/{record.union}/, or correct union.",
            place="union",
            record=record.id,
        )

    def _unknown_owner(self, file: str, record: Record) -> None:
        self.problems.tell(
            "record-union",
            file,
            *self.problems.unknown_union(record.union, "Correct union, or write the file of that union."),
            place="union",
            record=record.id,
        )

    def editions(self) -> None:
        records = self.checked.records
        bad: dict[UUID, tuple[str, str, str]] = {}
        for identity, record in records.items():
            if record.edition_of is None:
                continue
            source = records.get(record.edition_of)
            if source is None and not record.title:
                message, action = self.problems.unknown_record(
                    str(record.edition_of), "Correct edition_of, or write the title."
                )
                bad[identity] = (
                    "edition-source",
                    f"{message}, and this edition of it has no title of its own",
                    action,
                )
            elif source is not None and source.kind != record.kind:
                bad[identity] = (
                    "edition-kind",
                    f"This {record.kind} cannot be an edition of a {source.kind}",
                    "An edition is of the same kind as its source.",
                )
            elif self._circular(record):
                bad[identity] = (
                    "edition-cycle",
                    "This record is an edition of itself, by way of its source",
                    "Correct edition_of in one of these records.",
                )
        for identity, (code, message, action) in bad.items():
            self.problems.tell(
                code, self.files[identity], message, action, place="edition_of", record=identity
            )
            del records[identity]
        self.problems.note_left_out()

    def _circular(self, record: Record) -> bool:
        seen: set[UUID] = set()
        at: Record | None = record
        while at is not None and at.id not in seen:
            seen.add(at.id)
            at = self.checked.records.get(at.edition_of) if at.edition_of else None
        return at is record

    # --- adoptions and references -----------------------------------------------------------------

    def adoptions(self) -> None:
        for file, result in self.of("adoptions"):
            union = PurePosixPath(file).stem
            if union not in self.checked.unions:
                self.problems.tell(
                    "adoptions-union",
                    file,
                    *self.problems.unknown_union(
                        union, "Name the file after a union, or write that union's."
                    ),
                )
                continue
            lines = {ref.target: ref.line for ref in result.references if ref.field == "record"}
            kept = []
            for adoption in result.value or ():
                if adoption.record in self.checked.records:
                    kept.append(adoption)
                    continue
                self.problems.tell(
                    "adoption-record",
                    file,
                    *self.problems.unknown_record(
                        str(adoption.record), "Correct the id, or remove the entry."
                    ),
                    place="record",
                    line=lines.get(f"record:{adoption.record}"),
                    record=adoption.record,
                    severity="warning",
                )
            if kept:
                self.checked.adoptions[union] = tuple(kept)

    def references(self) -> None:
        records = self.checked.records
        for identity, file in self.files.items():
            if identity in records:
                self._references(file, self.parsed[file].references, identity)
        for (identity, name), wrong in self.misnamed.items():
            value = getattr(records[identity], name)
            left = tuple(one for one in value if one not in wrong) if isinstance(value, tuple) else None
            records[identity] = records[identity].model_copy(update={name: left})
            file, said = self.files[identity], f" {name}: {' '.join(sorted(map(str, wrong)))}"
            self.checked.altered[file] = self.checked.altered.get(file, "") + said
        for slug, union in self.checked.unions.items():
            file = f"unions/{slug}.md"
            self._references(file, self.parsed[file].references, None)
            self._line_of(file, union)
        for slug in self.checked.adoptions:
            file = f"adoptions/{slug}.yaml"
            links = [ref for ref in self.parsed[file].references if ref.field != "record"]
            self._references(file, links, None)

    def _line_of(self, file: str, union: Union) -> None:
        line = union.industry_line
        if line is None:
            return
        of_line = self.checked.unions.get(line)
        if of_line is None or of_line.level is not Level.INDUSTRY:
            way = "A line is the slug of a union of level industry."
            self.problems.tell(
                "union-line",
                file,
                *(
                    self.problems.unknown_union(line, way)
                    if of_line is None
                    else (f"{line} is not a union of level industry", way)
                ),
                place="industry_line",
                severity="warning",
            )

    def _references(self, file: str, references: Iterable[Reference], record: UUID | None) -> None:
        checked = self.checked
        for reference in references:
            scheme, _, target = reference.target.partition(":")
            if scheme == "media":
                if target not in checked.media and target not in self.vectors:
                    self._missing(file, reference, record)
            elif scheme == "union":
                if target not in checked.unions:
                    said = self.problems.unknown_union(target, _CORRECT)
                    self._unknown(file, reference, record, "reference-union", *said)
            else:
                try:
                    named = checked.records.get(UUID(target))
                except ValueError:
                    named = None
                if named is None:
                    said = self.problems.unknown_record(target, _CORRECT)
                    self._unknown(file, reference, record, "reference-record", *said)
                elif record is not None:
                    self._of_its_kind(file, reference, record, named)

    def _of_its_kind(self, file: str, reference: Reference, record: UUID, named: Record) -> None:
        """Leave out what is of another kind than its field is for: a story as a venue has no address."""
        name = reference.field.partition("[")[0]
        meant = REFERENCE_KINDS.get(name)
        if meant is None or named.kind is meant:
            return
        self.misnamed.setdefault((record, name), set()).add(named.id)
        message = f"{self.files[named.id]} is no {meant}, which is what {name} names"
        self._unknown(file, reference, record, "reference-kind", message, _CORRECT)

    def _unknown(
        self, file: str, reference: Reference, record: UUID | None, code: str, message: str, action: str
    ) -> None:
        self.problems.tell(
            code,
            file,
            message,
            action,
            place=reference.field,
            line=reference.line,
            record=record,
            severity="warning",
        )

    def _missing(self, file: str, reference: Reference, record: UUID | None) -> None:
        target = reference.target.removeprefix("media:")
        there = target in self.found.media
        self.problems.tell(
            "media-missing",
            file,
            f"The picture {reference.target} is left out because of its own errors"
            if there
            else f"There is no picture {reference.target}",
            f"Mend media/{target}, or what describes it."
            if there
            else "Put the file and its description into content/media, or correct the reference.",
            place=reference.field,
            line=reference.line,
            record=record,
        )


def _is_reference(ref: str) -> bool:
    union, _, name = ref.partition("/")
    return bool(re.fullmatch(SLUG_PATTERN, union)) and not re.search(r"[\s#?%\\\x00-\x1f]", name)
