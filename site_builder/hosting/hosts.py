"""The unions' addresses -> one block a host name, with what lies at which path of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from site_builder.deploy.headers import HASHED, NAMING, SEARCHING, SLOW
from site_builder.errors import UsageError
from site_builder.records import Union
from site_builder.release.former import FORMER
from site_builder.serving import content_policy

IN_OUTPUT = "/sites/{union}"
"""How a folder ends in which `build` keeps a site."""
MOST = 1500
"""Characters that names of hosts may take in a header: a proxy may take no more than 4 KB of all headers."""
_PATH = re.compile(r"(/[A-Za-z0-9._~\u0080-\U0010ffff-]+)*")
_SIGNS = re.compile(r"[\s\"'`;{}\\$#*?\x00-\x1f\x7f]")
"""What means something to nginx or Caddy and cannot be written into both in one way (nginx replaces `$` in
quotes too, Caddy `{}`)."""
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Site:
    """One union's site at a path of a host: "" or "/pingdu"."""

    union: str
    path: str
    root: str
    """Its folder on the web server; a symbolic link."""
    former: str = ""
    """Where styles and scripts lie that it had before (`release.former`); empty where they lie in it."""


@dataclass(frozen=True, slots=True)
class Former:
    """A path at which a site once was, and the address at which it is."""

    path: str
    to: str


@dataclass
class Host:
    """One host name. `secure`: its sites' addresses begin with https."""

    name: str
    secure: bool = False
    sites: list[Site] = field(default_factory=list)
    former: list[Former] = field(default_factory=list)

    @property
    def has_root(self) -> bool:
        """Whether something is said about every path of this host."""
        return "" in self.paths

    @property
    def paths(self) -> set[str]:
        return {site.path for site in self.sites} | {former.path for former in self.former}


@dataclass(frozen=True, slots=True)
class Serving:
    """How the web server is to serve."""

    plain: bool = False
    """Over HTTP only: behind something that ends TLS, or for a trial."""
    http_port: int = 80
    https_port: int = 443
    certificates: str = "/etc/letsencrypt/live/{host}"
    """Where fullchain.pem and privkey.pem of a host lie."""
    challenges: str = "/var/www/html"
    """Whose .well-known/ is served at every host: certificates are asked for there."""
    brotli: bool = False
    ipv6: bool = True

    def __post_init__(self) -> None:
        """Raises UsageError for a folder that cannot be written safely into a configuration."""
        _folder(self.challenges, "--challenges")
        _folder(self.certificates.replace("{host}", "host"), "--certificates")


class Ruled(NamedTuple):
    """Paths of which something is said, as expressions of whole paths: what `deploy.headers` says of files
    of a site, behind where sites lie."""

    hashed: str
    slow: str
    naming: str
    searching: str


def ruled(hosts: Iterable[Host]) -> Ruled:
    """The paths on these hosts of which a web server is told something."""
    paths = sorted({site.path for host in hosts for site in host.sites if site.path})
    prefix = f"(?:{'|'.join(map(escaped, paths))})?/" if paths else "/"
    return Ruled(*(f"^{prefix}{rule.removeprefix('^')}" for rule in (HASHED, SLOW, NAMING, SEARCHING)))


def escaped(path: str) -> str:
    """The path of a site as an expression has it."""
    return path.replace(".", r"\.")


def policies(hosts: Iterable[Host], serving: Serving) -> tuple[str, str]:
    """The Content-Security-Policy of pages, and that of search pages, which may read the network's hosts."""
    with_sites = [host for host in hosts if host.sites]
    if len(with_sites) < 2:
        return content_policy(), content_policy()
    usual = (serving.http_port, serving.https_port) == (80, 443)
    elsewhere = [host.name if usual else f"{host.name}:*" for host in with_sites]
    if len(" ".join(elsewhere)) > MOST:
        secure = not serving.plain and all(host.secure for host in with_sites)
        elsewhere = ["https:" if secure else "http:"]  # which allows https too
    return content_policy(), content_policy(*elsewhere)


def hosts(
    unions: Iterable[Union], root: str, former: Mapping[str, Iterable[str]] | None = None
) -> list[Host]:
    """The hosts of a network, by name. `root`: where a site lies, with {union} in it.

    Where that is an OUTPUT, styles and scripts of a theme before lie beside its `sites/`; a target has them
    in the site's own folder.

    Raises UsageError where two unions share an address, or an address or folder cannot be written safely into
    a configuration.
    """
    root = root.rstrip("/")
    output = root.removesuffix(IN_OUTPUT)
    parts = f"{output}/{FORMER}" if output != root else ""
    found: dict[str, Host] = {}
    known: dict[str, str] = {}
    for union in unions:
        known[union.slug] = union.site.base_url
        name, path, secure = _parts(union.slug, union.site.base_url)
        host = found.setdefault(name, Host(name))
        if other := next((site.union for site in host.sites if site.path == path), None):
            raise UsageError(f"{other} and {union.slug} have the same address: {union.site.base_url}")
        host.secure |= secure
        folder = _folder(root.replace("{union}", union.slug), "--root")
        host.sites.append(Site(union.slug, path, folder, parts))
    for slug, urls in (former or {}).items():
        if slug not in known:
            raise UsageError(f"former_addresses names {slug}, which is no union")
        for url in urls:
            name, path, secure = _parts(slug, url.rstrip("/"))
            host = found.setdefault(name, Host(name))
            if path in host.paths:
                raise UsageError(f"{url} is a former address of {slug}, and is taken")
            host.secure |= secure
            host.former.append(Former(path, known[slug]))
    return [found[name] for name in sorted(found)]


def _parts(slug: str, url: str) -> tuple[str, str, bool]:
    try:
        parts = urlsplit(url)
        whole = parts.port != 0 and not (parts.query or parts.fragment or "@" in parts.netloc)
        name = (parts.hostname or "").rstrip(".").lower().encode("idna").decode()
    except ValueError:  # no port, or no name that DNS could have
        whole, name = False, ""
    path = unquote(parts.path) if whole else ""
    usable = _PATH.fullmatch(path) and "/." not in path and not any(map(str.isspace, path))
    if not whole or not _HOST.fullmatch(name) or not usable:
        raise UsageError(
            f"{slug}: {url} is no address that a web server can be told of: write https://host/path of "
            "letters, digits and the signs . _ ~ -"
        )
    return name, path, parts.scheme == "https"


def _folder(folder: str, option: str) -> str:
    """As it is written. Raises UsageError, which names the option it comes from."""
    sign = _SIGNS.search(folder)
    wrong = (
        "is not absolute"
        if not folder.startswith("/")
        else "has .. in it"
        if ".." in Path(folder).parts
        else f"has {sign.group()!r} in it, which means something else to a web server"
        if sign
        else ""
    )
    if wrong:
        raise UsageError(
            f"{option}: the folder {folder} {wrong}. Write an absolute path without blanks, quotes and the "
            "signs ; { } $ # * ? \\ (a symbolic link of such a name will do)"
        )
    return folder.rstrip("/")
