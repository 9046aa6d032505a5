"""The generated configuration in a real nginx and a real Caddy, serving a built network to a client."""

from __future__ import annotations

import gzip
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from site_builder import content_store
from site_builder.deploy.headers import HASHED, caching, typed
from site_builder.hosting import Serving, hosts
from site_builder.hosting.caddy import caddy
from site_builder.hosting.nginx import nginx
from site_builder.serving import SECURITY_HEADERS, content_policy
from tests.integration.conftest import daemon, free_port, program
from tests.site_builder.conftest import Network, network_in, tree

FORMER = {
    "shandong": ["https://old.example", "https://sites.example/shandong-old"],
    "pingdu": ["https://pingdu-old.example/site"],
}
SEARCH_POLICY = content_policy("shandong.example:*", "sites.example:*")
"""Of a network of two hosts, on ports that are not the usual ones."""
MAIN = """\
daemon off; pid {folder}/pid; error_log stderr warn; worker_processes 1; {user}
events {{ }}
http {{
    access_log off; client_body_temp_path {folder}/1; proxy_temp_path {folder}/2;
    fastcgi_temp_path {folder}/3; uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
    include {folder}/sites.conf;
}}
"""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Server:
    network: Network
    port: int
    """Of the sites: HTTP where `tls` is not set, else HTTPS."""
    http_port: int
    tls: Path | None = None
    """The certificate to trust."""
    name: str = ""

    def get(
        self,
        host: str,
        path: str,
        *,
        plain: bool = False,
        accept: str = "",
        method: str = "GET",
        asking: Mapping[str, str] | None = None,
    ) -> Answer:
        connection: http.client.HTTPConnection
        if self.tls and not plain:
            context = ssl.create_default_context(cafile=str(self.tls))
            connection = _Named(host, self.port, context)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=20)
        headers = {"Host": host, **(asking or {})} | ({"Accept-Encoding": accept} if accept else {})
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, body)


class _Named(http.client.HTTPSConnection):
    """Speaks to 127.0.0.1 and asks for another name, as a client does that has resolved it."""

    def __init__(self, name: str, port: int, context: ssl.SSLContext) -> None:
        super().__init__("127.0.0.1", port, timeout=20, context=context)
        self._name, self._tls = name, context

    def connect(self) -> None:
        plain = socket.create_connection((self.host, self.port), self.timeout)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self._name)


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def configured(network: Network):
    content = content_store.read(network.places.content)
    return hosts(content.unions.values(), f"{network.places.output}/sites/{{union}}", FORMER)


@contextmanager
def nginx_serving(network: Network, folder: Path, *, tls: Path | None = None) -> Iterator[Server]:
    http_port, https_port = free_port(), free_port()
    (folder / "challenges/.well-known/acme-challenge").mkdir(parents=True)
    (folder / "challenges/.well-known/acme-challenge/token").write_text("answer")
    serving = Serving(
        plain=tls is None, http_port=http_port, https_port=https_port, challenges=f"{folder}/challenges",
        certificates=f"{tls or folder}", ipv6=has_ipv6(),
    )  # fmt: skip
    (folder / "sites.conf").write_text(nginx(configured(network), serving))
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user))
    command = [str(program("nginx")), "-e", "stderr", "-p", folder, "-c", folder / "nginx.conf"]
    checked = subprocess.run([*map(str, command), "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert not re.search(r"\[(warn|error)\]", checked.stderr), checked.stderr
    with daemon(command, folder / "log", http_port):
        port = https_port if tls else http_port
        yield Server(network, port, http_port, tls / "fullchain.pem" if tls else None, "nginx")


@contextmanager
def caddy_serving(network: Network, folder: Path) -> Iterator[Server]:
    port = free_port()
    (folder / "challenges/.well-known/acme-challenge").mkdir(parents=True)
    (folder / "challenges/.well-known/acme-challenge/token").write_text("answer")
    serving = Serving(plain=True, http_port=port, challenges=f"{folder}/challenges")
    options = f"{{\n\tadmin off\n\tstorage file_system {folder}/storage\n}}\n"
    (folder / "Caddyfile").write_text(options + caddy(configured(network), serving))
    command = [str(program("caddy")), "run", "--config", folder / "Caddyfile", "--adapter", "caddyfile"]
    home = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    with daemon(command, folder / "log", port, env=home):
        yield Server(network, port, port, name="caddy")


@pytest.fixture(scope="module")
def network_built(tmp_path_factory: pytest.TempPathFactory) -> Network:
    network = network_in(tmp_path_factory.mktemp("network"))
    for union in ("shandong", "pingdu"):
        assert not network.build(union).failed
    return network


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("nginx", marks=pytest.mark.needs("nginx")),
        pytest.param("caddy", marks=pytest.mark.needs("caddy")),
    ],
)
def server(request, network_built: Network, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Over HTTP, for tests that only read."""
    start = nginx_serving if request.param == "nginx" else caddy_serving
    with start(network_built, tmp_path_factory.mktemp(request.param)) as running:
        yield running


SITES = [("shandong", "shandong.example", ""), ("pingdu", "sites.example", "/pingdu")]
by_host_and_by_path = pytest.mark.parametrize(("union", "host", "prefix"), SITES)


@by_host_and_by_path
def test_every_file_of_a_site_as_it_was_built(server: Server, union: str, host: str, prefix: str) -> None:
    folder = server.network.live(union)
    files = tree(folder)
    assert len(files) > 40
    for file, data in files.items():
        asked = file.removesuffix("index.html") if file.endswith("index.html") else file
        answer = server.get(host, f"{prefix}/{asked}")
        assert answer.status == 200, file
        assert answer.body == data, file
        assert answer.headers["content-type"] == typed(file), file
        assert answer.headers["cache-control"] == caching(file), file
        policy = SEARCH_POLICY if file == "search/index.html" else SECURITY_HEADERS["Content-Security-Policy"]
        for name, value in (SECURITY_HEADERS | {"Content-Security-Policy": policy}).items():
            assert answer.headers[name.lower()] == value, (file, name)


@by_host_and_by_path
def test_types_and_caching(server: Server, union: str, host: str, prefix: str) -> None:
    folder = server.network.live(union)
    hashed = [path for path in sorted(tree(folder)) if re.match(HASHED, path)]
    style = next(path for path in hashed if path.endswith(".css"))
    script = next(path for path in hashed if path.endswith(".js"))
    shard = next(path for path in hashed if path.startswith("search/") and path.endswith(".bin"))
    immutable, hour, minute = (
        "public, max-age=31536000, immutable",
        "public, max-age=3600",
        "public, max-age=60",
    )
    expected = {
        "/": ("text/html; charset=utf-8", minute),
        f"/{style}": ("text/css; charset=utf-8", immutable),
        f"/{script}": ("text/javascript; charset=utf-8", immutable),
        f"/{shard}": ("application/octet-stream", immutable),
        "/assets/brand.css": ("text/css; charset=utf-8", hour),
        "/search/index.json": ("application/json; charset=utf-8", f"{minute}, s-maxage=0"),
        "/feeds/all.atom.xml": ("application/atom+xml; charset=utf-8", minute),
        "/sitemap.xml": ("application/xml; charset=utf-8", minute),
    }
    for path, (kind, kept) in expected.items():
        answer = server.get(host, prefix + path)
        assert answer.status == 200, path
        assert answer.headers["cache-control"] == kept, path
        assert answer.headers["content-type"] == kind, path


@by_host_and_by_path
def test_text_travels_compressed_and_unchanged_pages_not_at_all(
    server: Server, union: str, host: str, prefix: str
) -> None:
    plain = server.get(host, f"{prefix}/")
    packed = server.get(host, f"{prefix}/", accept="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in packed.headers["vary"].lower()
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 2
    assert plain.headers["etag"] or plain.headers["last-modified"]


@by_host_and_by_path
def test_what_is_not_there(server: Server, union: str, host: str, prefix: str) -> None:
    lost = (server.network.live(union) / "404.html").read_bytes()
    for path in ("/nothing/", "/news/nothing", "/assets/", "/media/pingdu/", "/assets/site.0123456789ab.css"):
        answer = server.get(host, prefix + path)
        assert (answer.status, answer.body) == (404, lost), path
        assert answer.headers["cache-control"] == "public, max-age=60", path
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    for path in ("/.unionpress/state.json", "/.git/config", "/../../manifests/", "/%2e%2e/"):
        answer = server.get(host, prefix + path)
        assert answer.status in (400, 404) or b'class="page-home"' in answer.body, path


@by_host_and_by_path
def test_what_a_browser_has_is_not_sent_again(server: Server, union: str, host: str, prefix: str) -> None:
    style = next((server.network.live(union) / "assets").glob("site.*.css")).name
    for path in ("/", f"/assets/{style}", f"/media/{union}/yexiao.png", "/search/index.json"):
        if not (server.network.live(union) / path.lstrip("/")).exists():
            continue
        whole = server.get(host, prefix + path)
        known = {"If-None-Match": whole.headers["etag"]}
        again = server.get(host, prefix + path, asking=known)
        assert (again.status, again.body) == (304, b""), path
        assert again.headers["cache-control"] == whole.headers["cache-control"]
        part = server.get(host, prefix + path, asking={"Range": "bytes=10-19"})
        assert (part.status, part.body) == (206, whole.body[10:20]), path
        head = server.get(host, prefix + path, method="HEAD")
        assert (head.status, head.headers["content-length"]) == (200, str(len(whole.body))), path


@by_host_and_by_path
def test_a_404_page_is_always_whole(server: Server, union: str, host: str, prefix: str) -> None:
    """A browser that was here before asks whether it changed: "404, unchanged" would show it nothing."""
    lost = (server.network.live(union) / "404.html").read_bytes()
    first = server.get(host, f"{prefix}/nothing/")
    since = {"If-Modified-Since": first.headers.get("last-modified", "")}
    for asking in ({"If-None-Match": first.headers.get("etag", "*")}, since, {"Range": "bytes=10-19"}):
        again = server.get(host, f"{prefix}/nothing/", asking=asking)
        assert (again.status, again.body) == (404, lost), asking
    packed = server.get(host, f"{prefix}/nothing/", accept="gzip")
    assert (packed.status, gzip.decompress(packed.body)) == (404, lost)


@by_host_and_by_path
def test_a_page_without_its_slash(server: Server, union: str, host: str, prefix: str) -> None:
    answer = server.get(host, f"{prefix}/about")
    assert answer.status in (301, 308)
    assert answer.headers["location"].endswith("/about/")
    assert "://" not in answer.headers["location"], "the port or name in front may be another's"


def test_hosts_keep_to_themselves(server: Server) -> None:
    assert server.get("sites.example", "/").status == 404
    assert server.get("sites.example", "/pingdu").headers["location"].endswith("/pingdu/")
    assert server.get("sites.example", "/pingdu?q=1").headers["location"].endswith("/pingdu/?q=1")
    assert server.get("shandong.example", "/pingdu/").status == 404


def test_a_name_that_is_no_sites_shows_none(server: Server) -> None:
    """A domain that somebody leads here without asking: the first site of all must not answer to it."""
    for host in ("stranger.example", "127.0.0.1"):
        try:
            shown = server.get(host, "/").body
        except http.client.RemoteDisconnected:
            shown = b""
        assert shown == b""
    if server.name == "nginx":  # to Caddy a name that ends in a dot is another's: it shows nothing
        dotted = server.get("SHANDONG.example.", "/")
        assert b'data-site="shandong"' in dotted.body, "as browsers may write it"


def test_former_addresses_lead_to_the_present_ones(server: Server) -> None:
    moved = {
        ("old.example", "/programs/x/?a=1"): "https://shandong.example/programs/x/?a=1",
        ("sites.example", "/shandong-old/news/"): "https://shandong.example/news/",
        ("sites.example", "/shandong-old"): "https://shandong.example/",
        ("sites.example", "/shandong-old?a=1"): "https://shandong.example/?a=1",
        ("pingdu-old.example", "/site/about/"): "https://sites.example/pingdu/about/",
    }
    for (host, path), to in moved.items():
        answer = server.get(host, path)
        assert (answer.status, answer.headers.get("location")) == (301, to), (host, path)


@pytest.mark.parametrize("host", ["shandong.example", "sites.example", "old.example"])
def test_well_known_is_left_to_others(server: Server, host: str) -> None:
    assert server.get(host, "/.well-known/acme-challenge/token").body == b"answer"


@pytest.mark.needs("nginx")
def test_a_switch_shows_at_once(network: Network, tmp_path: Path) -> None:
    network.build("shandong")
    folder = tmp_path / "nginx"
    folder.mkdir()
    with nginx_serving(network, folder) as server:
        before = server.get("shandong.example", "/")
        network.edit("unions/shandong.md", lambda text: text.replace("name: ", "name: 新的", 1))
        network.build("shandong")
        after = server.get("shandong.example", "/")
    assert "新的".encode() not in before.body
    assert "新的".encode() in after.body


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(nginx_serving, id="nginx", marks=pytest.mark.needs("nginx")),
        pytest.param(caddy_serving, id="caddy", marks=pytest.mark.needs("caddy")),
    ],
)
def test_a_page_from_before_a_new_theme_still_gets_its_styles(
    start, network: Network, tmp_path: Path
) -> None:
    for union, _, _ in SITES:
        network.build(union)
    before = {union: tree(network.live(union)) for union, _, _ in SITES}
    themes = tmp_path / "themes"
    shutil.copytree(network.places.themes, themes)
    for file in ("css/10-base.css", "site/words.js", "early.js"):
        with (themes / "base/static" / file).open("a") as part:
            part.write(
                "\n/* something else */ .x { color: red }\n" if file.endswith("css") else "\nvoid 0;\n"
            )
    (tmp_path / "server").mkdir()
    with start(network.with_themes(themes), tmp_path / "server") as server:
        for union, host, prefix in SITES:
            network.with_themes(themes).build(union)
            gone = before[union].keys() - tree(network.live(union)).keys()
            parts = {path for path in gone if path.startswith("assets/")}
            assert {path.rpartition(".")[2] for path in parts} >= {"css", "js"}
            for path in parts:
                answer = server.get(host, f"{prefix}/{path}", accept="gzip")
                body = answer.body
                if answer.headers.get("content-encoding") == "gzip":
                    body = gzip.decompress(body)
                assert (answer.status, body) == (200, before[union][path]), path
                assert answer.headers["content-type"] == typed(path)
                assert answer.headers["cache-control"] == caching(path)
                assert answer.headers["content-security-policy"].startswith("default-src 'none'")
            for path in sorted(gone - parts):  # what it says may be withdrawn
                assert server.get(host, f"{prefix}/{path}").status == 404, path


@pytest.mark.needs("nginx")
def test_a_link_of_somebody_else_is_not_followed(network: Network, tmp_path: Path) -> None:
    network.build("shandong")
    (network.live("shandong") / "theirs").symlink_to("/etc")
    (network.live("shandong") / "ours").symlink_to(network.live("shandong") / "about")
    folder = tmp_path / "nginx"
    folder.mkdir()
    with nginx_serving(network, folder) as server:
        assert server.get("shandong.example", "/ours/").status == 200
        foreign = server.get("shandong.example", "/theirs/passwd").status
    if Path("/etc").stat().st_uid != os.getuid():
        assert foreign in (403, 404)


@pytest.mark.needs("nginx", "openssl")
def test_https(network_built: Network, tmp_path: Path) -> None:
    names = "DNS:shandong.example,DNS:sites.example,DNS:old.example,DNS:pingdu-old.example"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-keyout", tmp_path / "privkey.pem", "-out", tmp_path / "fullchain.pem", "-days", "2",
         "-subj", "/CN=shandong.example", "-addext", f"subjectAltName={names}"],
        check=True, capture_output=True,
    )  # fmt: skip
    folder = tmp_path / "nginx"
    folder.mkdir()
    with nginx_serving(network_built, folder, tls=tmp_path) as server:
        page = server.get("shandong.example", "/")
        assert (page.status, page.headers["strict-transport-security"]) == (200, "max-age=31536000")
        unencrypted = server.get("shandong.example", "/news/?page=2", plain=True)
        assert unencrypted.status == 301
        assert unencrypted.headers["location"] == f"https://shandong.example:{server.port}/news/?page=2"
        challenge = server.get("sites.example", "/.well-known/acme-challenge/token", plain=True)
        assert challenge.body == b"answer"
        moved = server.get("old.example", "/about/")
        assert moved.headers["location"] == "https://shandong.example/about/"
        with pytest.raises(http.client.RemoteDisconnected):
            server.get("stranger.example", "/", plain=True)


@pytest.mark.needs("nginx")
def test_a_network_of_thousands_is_accepted(tmp_path: Path) -> None:
    """The tables of nginx must hold as many names as there are unions."""
    union = content_store.read(network_in(tmp_path / "n").places.content).unions["shandong"]
    many = [
        union.model_copy(
            update={
                "slug": f"gonghui-{number}",
                "site": union.site.model_copy(
                    update={"base_url": f"https://gonghui-{number}.shi.gov.example"}
                ),
            }
        )
        for number in range(3200)
    ]
    serving = Serving(plain=True, http_port=free_port(), ipv6=False)
    (tmp_path / "sites.conf").write_text(nginx(hosts(many, "/srv/www/{union}"), serving))
    (tmp_path / "nginx.conf").write_text(MAIN.format(folder=tmp_path, user=""))
    checked = subprocess.run(
        [str(program("nginx")), "-e", "stderr", "-p", tmp_path, "-c", tmp_path / "nginx.conf", "-t"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stderr
    assert "could not build" not in checked.stderr
