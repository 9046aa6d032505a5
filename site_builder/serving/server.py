"""The server: by host name (`http://<union>.localhost:8000/`) and by path (`http://localhost:8000/<union>/`)."""

from __future__ import annotations

import logging
import mimetypes
import re
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from site_builder import paths
from site_builder.records import SLUG_PATTERN
from site_builder.release import switch
from site_builder.release.former import FORMER, is_part
from site_builder.release.manifest import digest
from site_builder.release.status import SiteStatus
from site_builder.release.workspace import release_folder
from site_builder.serving.local import Addresses, localise
from site_builder.serving.page import NETWORK_CSS, NETWORK_CSS_PATH, network_page


def content_policy(*elsewhere: str) -> str:
    """What a page may load: what is of its own host. Its scripts may read the hosts `elsewhere` too."""
    asked = " ".join(("'self'", *elsewhere))
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"connect-src {asked}; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
    )


SECURITY_HEADERS = {
    "Content-Security-Policy": content_policy(),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Access-Control-Allow-Origin": "*",
}
"""Sent with every answer. Sites need nothing from another host, so nothing else is allowed. Where somebody
searches all unions, that page reads the indexes of the others, for which it has a policy of its own; they are
open to all, as is whatever is published."""

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".xml": "application/xml",
    ".atom.xml": "application/atom+xml",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
    ".ics": "text/calendar",
    ".csv": "text/csv",
    ".vtt": "text/vtt",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".wps": "application/wps-office.wps",
    ".et": "application/wps-office.et",
    ".ofd": "application/ofd",
    ".bin": "application/octet-stream",
}
"""Types of all that a site may hold: no machine's own table, which may lack them, has a say in it."""

Statuses = Callable[[], list[SiteStatus]]

logger = logging.getLogger(__name__)


def content_type(path: str) -> str:
    if path.endswith(".atom.xml"):
        return TYPES[".atom.xml"]
    suffix = Path(path).suffix.lower()
    return TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"


class SiteServer(ThreadingHTTPServer):
    """Serves what is live at the moment of each request: a switch shows at once, with no restart."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], output: Path, statuses: Statuses) -> None:
        super().__init__(address, _Handler)
        self.output = output.resolve()
        self.statuses = statuses
        self.addresses = Addresses(statuses)

    @property
    def port(self) -> int:
        return int(self.server_address[1])


def serve(output: Path, statuses: Statuses, *, port: int, host: str = "127.0.0.1") -> SiteServer:
    """A server bound to its port; call `serve_forever()`. `statuses` is asked anew for each network page.

    Raises OSError if the port is taken.
    """
    return SiteServer((host, port), output, statuses)


class _Handler(BaseHTTPRequestHandler):
    server: SiteServer
    protocol_version = "HTTP/1.1"
    server_version = "UnionPress"
    sys_version = ""
    timeout = 30
    """Seconds after which an idle connection gives its thread back."""

    policy = content_policy()

    def do_GET(self) -> None:
        self.policy = content_policy()
        try:
            path = unquote(urlsplit(self.path).path, errors="strict")
        except (UnicodeDecodeError, ValueError):
            self._text(HTTPStatus.BAD_REQUEST, "This address cannot be read.")
            return
        host = (self.headers.get("Host") or "").rpartition("@")[2].partition(":")[0].lower().rstrip(".")
        if host.endswith(".localhost"):
            if path == paths.SEARCH:
                self.policy = content_policy(f"http://*.localhost:{self.server.port}")
            self._site(
                host.removesuffix(".localhost"), path, "/", f"http://{{}}.localhost:{self.server.port}"
            )
        elif path == "/":
            self._network_page()
        elif path == NETWORK_CSS_PATH:
            self._bytes(HTTPStatus.OK, NETWORK_CSS, "text/css; charset=utf-8")
        else:
            union, slash, rest = path.removeprefix("/").partition("/")
            if slash:
                self._site(union, f"/{rest}", f"/{union}/", "/{}")
            elif self._is_union(union):
                self._redirect(f"/{union}/")
            else:
                self._text(HTTPStatus.NOT_FOUND, "There is no such site. / lists them.")

    do_HEAD = do_GET

    def _is_union(self, union: str) -> bool:
        return bool(re.fullmatch(SLUG_PATTERN, union)) and switch.live(self.server.output, union) is not None

    def _site(self, union: str, path: str, prefix: str, here: str) -> None:
        release = switch.live(self.server.output, union) if re.fullmatch(SLUG_PATTERN, union) else None
        if release is None:
            self._text(HTTPStatus.NOT_FOUND, "There is no such site, or it was not built yet.")
            return
        # The release, not the link: one answer comes from one release, whatever is switched meanwhile.
        root = release_folder(self.server.output, union, release)
        file = self._file(root, path) or self._former(path)
        if file is not None and file.is_dir() and not path.endswith("/"):
            self._redirect(quote(prefix + path.removeprefix("/")) + "/")
            return
        if path.endswith("/"):
            file = self._file(root, f"{path}index.html") if file is not None and file.is_dir() else None
        if file is None or not file.is_file():
            self._not_found(root, here)
            return
        data = file.read_bytes()
        if file.suffix == ".html":
            data = localise(data, self.server.addresses.known(), here)
        self._bytes(HTTPStatus.OK, data, content_type(file.name))

    def _file(self, root: Path, path: str) -> Path | None:
        """What exists at `path`, if that lies within the site (or in the store, for linked folders)."""
        segments = [segment for segment in path.split("/") if segment]
        if any(segment.startswith(".") or "\\" in segment or "\0" in segment for segment in segments):
            return None
        try:
            file = root.joinpath(*segments).resolve(strict=True)
        except OSError:  # nothing there, a name longer than a file system allows, a loop of links
            return None
        allowed = (root, self.server.output / "store")
        return file if any(file == folder or folder in file.parents for folder in allowed) else None

    def _former(self, path: str) -> Path | None:
        """A style or script that the site had before, for a page that was opened then."""
        former = self.server.output / FORMER
        return self._file(former, path) if is_part(path.removeprefix("/")) else None

    def _not_found(self, root: Path, here: str) -> None:
        page = root / "404.html"
        if page.is_file():
            data = localise(page.read_bytes(), self.server.addresses.known(), here)
            self._bytes(HTTPStatus.NOT_FOUND, data, TYPES[".html"])
        else:
            self._text(HTTPStatus.NOT_FOUND, "There is no such page.")

    def _network_page(self) -> None:
        statuses = self.server.statuses()
        self._bytes(HTTPStatus.OK, network_page(statuses, self.server.port), TYPES[".html"])

    # --- answers ---

    def _redirect(self, location: str) -> None:
        query = urlsplit(self.path).query
        # Never "//host/...": a path of two slashes would lead to another host.
        target = "/" + location.lstrip("/") + (f"?{query}" if query else "")
        self.send_response(HTTPStatus.MOVED_PERMANENTLY)
        self.send_header("Location", target)
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _text(self, status: HTTPStatus, text: str) -> None:
        self._bytes(status, f"{text}\n".encode(), TYPES[".txt"])

    def _bytes(self, status: HTTPStatus, data: bytes, kind: str) -> None:
        etag = f'"{digest(data)}"'
        unchanged = status is HTTPStatus.OK and etag in (self.headers.get("If-None-Match") or "")
        self.send_response(HTTPStatus.NOT_MODIFIED if unchanged else status)
        self.send_header("ETag", etag)
        self.send_header("Cache-Control", "no-cache")
        if not unchanged:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if not unchanged and self.command != "HEAD":
            self.wfile.write(data)

    def end_headers(self) -> None:
        for name, value in (SECURITY_HEADERS | {"Content-Security-Policy": self.policy}).items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        logger.info(format, *arguments)
