"""Where sites go: the URL of a target, and the file that says which union has which.

    file:///srv/www/{union}                         a folder of this machine
    sftp://deploy@web.example:22/srv/www/{union}    a folder of another, over SFTP
    rsync+ssh://deploy@web.example/srv/www/{union}  the same, by the program rsync
    s3://bucket/prefix/{union}                      objects of an S3-compatible store

`{union}` stands for the union's slug. Options follow a question mark: `?mode=files` (folders: replace files
in place instead of switching release folders), `?identity=FILE&known_hosts=FILE` (ssh), `?endpoint=URL` and
`?region=NAME` (S3). Secrets never stand in a URL: keys come from the ssh agent or a file, S3's from the
environment or boto3's own configuration.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

import yaml

from site_builder.errors import UsageError
from site_builder.front_matter import not_yaml

OPTIONS: Mapping[str, frozenset[str]] = {
    "file": frozenset({"mode"}),
    "sftp": frozenset({"mode", "identity", "known_hosts"}),
    "rsync+ssh": frozenset({"mode", "identity", "known_hosts"}),
    "s3": frozenset({"endpoint", "region"}),
}
MODES = ("releases", "files")
OWN_AFFAIRS = frozenset({"identity", "known_hosts"})
"""Options of a URL that name files of this machine: readers of a receipt need not know of them."""


@dataclass(frozen=True)
class Address:
    """A target for one union. `path` is absolute for folders; for S3 a prefix without outer slashes."""

    url: str
    scheme: str
    host: str
    """The bucket, for S3."""
    port: int | None
    user: str | None
    path: str
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def in_place(self) -> bool:
        """Whether files are replaced one by one, because nothing can switch them all at once."""
        return self.scheme == "s3" or self.options.get("mode") == "files"


def address(url: str, union: str) -> Address:
    """The target that a URL means for one union. Raises UsageError that says what is wrong with it."""
    filled = url.replace("{union}", union)
    try:
        parts = urlsplit(filled)
        port = parts.port
    except ValueError as error:
        raise UsageError(f"{url}: {error}") from error
    if parts.scheme not in OPTIONS:
        raise UsageError(f"{url}: a target starts with {', '.join(f'{name}://' for name in OPTIONS)}")
    if parts.password is not None:
        raise UsageError(
            f"{parts.scheme}://{parts.hostname}{parts.path}: a target's URL must not hold a password; "
            "use the ssh agent or ?identity=FILE"
        )
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(options.keys() - OPTIONS[parts.scheme])
    if unknown:
        raise UsageError(
            f"{url}: {parts.scheme}:// has no option {unknown[0]}; "
            f"it has {', '.join(sorted(OPTIONS[parts.scheme]))}"
        )
    if options.get("mode", MODES[0]) not in MODES:
        raise UsageError(f"{url}: mode is {' or '.join(MODES)}")
    if parts.fragment or "{" in parts.path:
        raise UsageError(f"{url}: only {{union}} can be filled in, and # has no meaning here")
    path = unquote(parts.path)
    _check_place(url, parts.scheme, parts.hostname, path)
    return Address(
        url=filled,
        scheme=parts.scheme,
        host=parts.hostname or "",
        port=port,
        user=unquote(parts.username) if parts.username else None,
        path=path.strip("/") if parts.scheme == "s3" else path.rstrip("/"),
        options=options,
    )


def _check_place(url: str, scheme: str, host: str | None, path: str) -> None:
    if scheme == "file" and (host not in (None, "", "localhost") or not path.startswith("/")):
        raise UsageError(f"{url}: a local folder has three slashes: file:///srv/www")
    if scheme != "file" and not host:
        raise UsageError(f"{url}: the {'bucket' if scheme == 's3' else 'host'} is missing")
    if scheme != "s3" and not path.strip("/"):
        raise UsageError(f"{url}: name a folder; the whole file system is no place for a site")
    if ".." in path.split("/"):
        raise UsageError(f"{url}: write the folder without ..")


def shown(url: str) -> str:
    """A target's URL without what only this machine needs to know."""
    parts = urlsplit(url)
    options = [(name, value) for name, value in parse_qsl(parts.query) if name not in OWN_AFFAIRS]
    return urlunsplit(parts._replace(query=urlencode(options, safe=":/")))


def place_name(url: str) -> str:
    """A target in a word: its host, its bucket, or its folder if it lies on this machine."""
    parts = urlsplit(url)
    if parts.scheme == "s3":
        return f"s3://{parts.netloc}"
    return parts.netloc.rpartition("@")[2] or str(Path(parts.path))


@dataclass(frozen=True)
class Targets:
    """Which union goes where: URLs with `{union}` in them."""

    everywhere: tuple[str, ...] = ()
    """For every union that has none of its own."""
    unions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By slug; none at all: this union is not deployed."""
    former: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By slug: addresses at which a site once was; web servers lead from them to the present one."""
    for_once: bool = False
    """Named by hand (`--to`): what is known of other targets stays known."""

    def of(self, union: str) -> list[Address]:
        return [address(url, union) for url in self.unions.get(union, self.everywhere)]

    def __bool__(self) -> bool:
        return bool(self.everywhere or any(self.unions.values()))


def single(url: str, unions: Sequence[str]) -> Targets:
    """`--to URL`. Raises UsageError if several sites would land in one place."""
    if "{union}" not in url and len(unions) != 1:
        raise UsageError(f"{url}: {len(unions)} sites would land in one place; write {{union}} into the URL")
    return Targets(everywhere=(url,), for_once=True)


def read_targets(path: Path) -> Targets:
    """The targets of a network; none if there is no such file. Raises UsageError that says what is wrong.

    The file is YAML: `targets` (one URL or a list, for every union), `unions` (a URL, a list or [] by slug)
    and `former_addresses` (a list of URLs by slug). All are optional.
    """
    try:
        text = path.read_text(encoding="utf-8")
        raw = yaml.safe_load(text)
    except FileNotFoundError:
        return Targets()
    except yaml.YAMLError as error:
        wrong = not_yaml(error, text)
        hint = "URLs stand in quotes where they are in [ ] or have a # or a ? in them"
        raise UsageError(f"{path}:{wrong.line}: {wrong}. {wrong.action} {hint}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    if raw is None:
        return Targets()
    known = {"targets", "unions", "former_addresses"}
    if not isinstance(raw, dict) or raw.keys() - known:
        raise UsageError(f"{path}: it may say {', '.join(sorted(known))}, and nothing else")
    found = Targets(
        everywhere=_urls(path, "targets", raw.get("targets")),
        unions=_by_union(path, "unions", raw.get("unions")),
        former=_by_union(path, "former_addresses", raw.get("former_addresses")),
    )
    _check(path, found)
    return found


def _check(path: Path, targets: Targets) -> None:
    for url in targets.everywhere:
        if "{union}" not in url:
            raise UsageError(f"{path}: {url} is for all unions: write {{union}} into it")
    try:
        for union in (*targets.unions, "example"):
            targets.of(union)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error
    taken: dict[str, str] = {}
    for union, urls in targets.unions.items():
        for url in urls:
            other = taken.setdefault(url.replace("{union}", union), union)
            if other != union:
                raise UsageError(f"{path}: {other} and {union} would land in one place: {url}")
    for union, urls in targets.former.items():
        for url in urls:
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise UsageError(f"{path}: former_addresses of {union}: write https://old.example")


def _by_union(path: Path, name: str, value: Any) -> dict[str, tuple[str, ...]]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(union, str) for union in value):
        raise UsageError(f"{path}: {name} gives URLs by the slugs of unions")
    return {union: _urls(path, f"{name}: {union}", urls) for union, urls in value.items()}


def _urls(path: Path, name: str, value: Any) -> tuple[str, ...]:
    urls = [value] if isinstance(value, str) else value or []
    if not isinstance(urls, list) or not all(isinstance(url, str) for url in urls):
        raise UsageError(f"{path}: {name} is a URL or a list of URLs")
    return tuple(urls)
