"""`content/synonyms.yaml`: words that mean the same to readers who search, in groups.

    - [产改, 产业工人队伍建设改革]
    - {words: [市总, 市总工会], apart: [城市总]}

`apart` are strings inside which a word of the group does not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from pydantic import Field, ValidationError

from site_builder import front_matter
from site_builder.content_store.files import SYNONYMS
from site_builder.records import Model, Problem

MAX_BYTES = 256 * 1024


class SynonymGroup(Model):
    """Words of the same meaning, the first names the group."""

    words: tuple[str, ...] = Field(min_length=2)
    apart: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SynonymFile:
    groups: tuple[SynonymGroup, ...] = ()
    problems: tuple[Problem, ...] = ()
    digest: str = ""


def read_synonyms(root: Path) -> SynonymFile:
    """Read the table of a content folder, if it has one. Never raises: a bad group is a problem and left
    out."""
    path = root / SYNONYMS
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return SynonymFile()
    except OSError as error:
        return SynonymFile(problems=(_problem(f"The file cannot be read: {error.strerror}", None),))
    digest = blake2b(data, digest_size=16).hexdigest()
    if len(data) > MAX_BYTES:
        return SynonymFile(problems=(_problem("The table has more than 256 KB", None),), digest=digest)
    try:
        document = front_matter.load(data.decode("utf-8"))
    except UnicodeDecodeError:
        return SynonymFile(problems=(_problem("The file is not UTF-8", None),), digest=digest)
    except front_matter.YamlError as error:
        return SynonymFile(problems=(_problem(error.message, error.line, error.action),), digest=digest)
    if document.value is not None and not isinstance(document.value, list):
        return SynonymFile(problems=(_problem("The table is no list of groups", 1),), digest=digest)
    groups: list[SynonymGroup] = []
    problems: list[Problem] = []
    for place, value in enumerate(document.value or ()):
        try:
            groups.append(SynonymGroup.model_validate({"words": value} if isinstance(value, list) else value))
        except ValidationError:
            message = "A group is a list of two or more words, or has words and apart"
            problems.append(_problem(message, document.line([place])))
    return SynonymFile(tuple(groups), tuple(problems), digest)


def synonyms_text(groups: tuple[SynonymGroup, ...]) -> str:
    """Return the canonical file: one group a line."""
    rows = []
    for group in groups:
        words = ", ".join(map(_scalar, group.words))
        apart = ", ".join(map(_scalar, group.apart))
        rows.append(f"- {{words: [{words}], apart: [{apart}]}}\n" if apart else f"- [{words}]\n")
    return "".join(rows)


def _scalar(word: str) -> str:
    """A word as YAML: quoted unless it is plainly one of letters and Han characters."""
    return front_matter.scalar(word) if word.isalpha() else front_matter.quoted(word)


_WAY = "Write each group on a line of its own: - [产改, 产业工人队伍建设改革]"


def _problem(message: str, line: int | None, action: str = _WAY) -> Problem:
    return Problem(
        severity="warning",
        code="synonyms",
        file=SYNONYMS,
        line=line,
        message=message,
        action=action,
    )
