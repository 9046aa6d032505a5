"""Serving: by host and by path, strict headers, nothing outside a site, and a switch that shows at once."""

from __future__ import annotations

import http.client
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPResponse
from pathlib import Path

import pytest

from site_builder import content_store
from site_builder.release import switch
from site_builder.release.status import status
from site_builder.serving import SECURITY_HEADERS, serve
from site_builder.serving.local import localise
from tests import patience
from tests.site_builder.conftest import Network, network_in

AS_OF = datetime.fromisoformat("2025-04-08T09:00:00+08:00")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)


@dataclass(frozen=True)
class Served:
    """A network that is served."""

    network: Network
    port: int

    @property
    def addresses(self) -> dict[str, str]:
        """Each union's slug -> the address its site will have."""
        content = content_store.read(self.network.places.content)
        return {slug: union.site.base_url for slug, union in content.unions.items()}

    def get(
        self, path: str, host: str = "localhost", method: str = "GET", headers: dict[str, str] | None = None
    ) -> tuple[HTTPResponse, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience.SECONDS)
        connection.putrequest(method, path, skip_host=True)
        for name, value in {"Host": f"{host}:{self.port}", "Connection": "close", **(headers or {})}.items():
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        data = response.read()
        connection.close()
        return response, data


@contextmanager
def serving(network: Network) -> Iterator[Served]:
    for union in ("shandong", "pingdu"):
        assert not network.build(union).failed
    content = content_store.read(network.places.content)
    server = serve(network.places.output, lambda: status(content, network.places, content.unions), port=0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Served(network, server.port)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """For tests that only read."""
    with serving(network_in(tmp_path_factory.mktemp("served"))) as found:
        yield found


@pytest.fixture
def own(network: Network) -> Iterator[Served]:
    """For tests that change something."""
    with serving(network) as found:
        yield found


def test_the_same_page_by_host_and_by_path(served: Served) -> None:
    for union in ("shandong", "pingdu"):
        written = (served.network.live(union) / "index.html").read_bytes()
        sites = {site.encode(): slug for slug, site in served.addresses.items()}
        for_host = localise(written, sites, f"http://{{}}.localhost:{served.port}")
        assert served.get("/", f"{union}.localhost")[1] == for_host
        assert served.get(f"/{union}/?from=list")[1] == localise(written, sites, "/{}")
    style = (served.network.live("pingdu") / "assets/brand.css").read_bytes()
    assert served.get("/pingdu/assets/brand.css")[1] == style


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/pingdu/", "text/html; charset=utf-8"),
        ("/pingdu/assets/brand.css", "text/css; charset=utf-8"),
        ("/pingdu/feeds/all.atom.xml", "application/atom+xml"),
        ("/pingdu/sitemap.xml", "application/xml"),
        ("/pingdu/robots.txt", "text/plain; charset=utf-8"),
        ("/pingdu/media/pingdu/yexiao.svg", "image/svg+xml"),
        ("/pingdu/media/pingdu/yexiao.png", "image/png"),
        ("/pingdu/search/index.json", "application/json"),
        ("/network.css", "text/css; charset=utf-8"),
        ("/", "text/html; charset=utf-8"),
    ],
)
def test_types_and_headers(served: Served, path: str, kind: str) -> None:
    response, data = served.get(path)
    assert response.status == 200
    assert response.headers["Content-Type"] == kind
    assert int(response.headers["Content-Length"]) == len(data) > 0
    assert response.headers["Content-Security-Policy"] == CSP
    for name, value in SECURITY_HEADERS.items():
        assert response.headers[name] == value


def test_a_search_may_read_the_sites_of_other_unions(served: Served) -> None:
    """And nothing else may: of another host no other page reads anything."""
    page, _ = served.get("/search/", "pingdu.localhost")
    allowed = f"connect-src 'self' http://*.localhost:{served.port};"
    assert page.headers["Content-Security-Policy"] == CSP.replace("connect-src 'self';", allowed)
    story, _ = served.get("/", "pingdu.localhost")
    beside, _ = served.get("/pingdu/search/", "localhost")
    assert story.headers["Content-Security-Policy"] == beside.headers["Content-Security-Policy"] == CSP
    index, _ = served.get("/search/index.json", "shandong.localhost")
    assert index.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("host", ["localhost", "pingdu.localhost"])
@pytest.mark.parametrize(
    "path", ["/nothing/", "/about", "/index.html/", "/news/2024/10/yexiao-zouhong/index.html/"]
)
def test_folders_and_what_is_not_there(served: Served, host: str, path: str) -> None:
    prefix = "" if host.startswith("pingdu") else "/pingdu"
    response, data = served.get(prefix + path, host)
    if path == "/about":
        assert response.status == 301
        assert response.headers["Location"] == f"{prefix}/about/"
    else:
        assert response.status == 404
        assert b'<h1><span data-t="not_found.heading">' in data
    assert response.headers["Content-Security-Policy"] == CSP


@pytest.mark.parametrize(
    "path",
    [
        "/../../../../../../etc/passwd", "/%2e%2e/%2e%2e/shandong/index.html", "/..%2f..%2f..%2fx.json",
        "/..\\..\\x", "/.building-1/index.html", "/%00", "/%ff", "/news/../../../manifests", "//etc/passwd",
        "/" + "a" * 300, "/%2e",
    ],
)  # fmt: skip
def test_nothing_outside_a_site(served: Served, path: str) -> None:
    for full, host in ((f"/pingdu{path}", "localhost"), (path, "pingdu.localhost"), (path, "..localhost")):
        response, data = served.get(full, host)
        assert response.status in (400, 404), (full, host)
        assert b"root:" not in data


def test_no_redirect_to_another_host(served: Served) -> None:
    for path in ("//evil.example/about", "//pingdu", "/\\evil.example"):
        response, _ = served.get(path, "pingdu.localhost")
        assert not (response.headers["Location"] or "").startswith("//")


def test_a_page_from_before_a_new_theme_still_gets_its_styles(own: Served, tmp_path: Path) -> None:
    style = next((own.network.live("pingdu") / "assets").glob("site.*.css"))
    before = style.read_bytes()
    themes = tmp_path / "themes"
    shutil.copytree(own.network.places.themes, themes)
    with (themes / "base/static/css/10-base.css").open("a") as sheet:
        sheet.write(".x { color: red }\n")
    own.network.with_themes(themes).build("pingdu")
    assert not (own.network.live("pingdu") / "assets" / style.name).exists()
    for path, host in (
        (f"/pingdu/assets/{style.name}", "localhost"),
        (f"/assets/{style.name}", "pingdu.localhost"),
    ):
        response, data = own.get(path, host)
        assert (response.status, data) == (200, before)
    assert own.get("/pingdu/assets/site.0123456789ab.css")[0].status == 404


def test_a_link_out_of_the_site_is_not_followed(own: Served) -> None:
    (own.network.live("pingdu") / "out").symlink_to(own.network.places.content)
    (own.network.live("pingdu") / "secret.html").symlink_to(own.network.places.content / "unions/pingdu.md")
    assert own.get("/pingdu/out/unions/pingdu.md")[0].status == 404
    assert own.get("/pingdu/secret.html")[0].status == 404


def test_a_switch_shows_at_once(own: Served) -> None:
    first, before = own.get("/pingdu/")
    own.network.edit(
        "unions/pingdu.md", lambda text: text.replace("name: 平度市总工会\n", "name: 平度市工会\n", 1)
    )
    own.network.build("pingdu")
    unchanged, _ = own.get("/shandong/", headers={"If-None-Match": first.headers["ETag"]})
    second, after = own.get("/pingdu/", headers={"If-None-Match": first.headers["ETag"]})
    assert unchanged.status == second.status == 200
    assert "平度市工会" in after.decode()
    assert before != after
    third, empty = own.get("/pingdu/", headers={"If-None-Match": second.headers["ETag"]})
    assert (third.status, empty) == (304, b"")


def test_head_and_other_methods(served: Served) -> None:
    response, data = served.get("/pingdu/", method="HEAD")
    assert (response.status, data) == (200, b"")
    assert int(response.headers["Content-Length"]) > 0
    assert served.get("/pingdu/", method="POST")[0].status == 501


def test_unknown_sites(served: Served) -> None:
    for path, host in (("/", "nowhere.localhost"), ("/nowhere/", "localhost"), ("/nowhere", "localhost")):
        assert served.get(path, host)[0].status == 404
    assert served.get("/pingdu")[0].headers["Location"] == "/pingdu/"


def test_the_network_page_is_a_tree(served: Served) -> None:
    html = served.get("/")[1].decode()
    for union, name in (("shandong", "山东省总工会"), ("pingdu", "平度市总工会")):
        release = switch.live(served.network.places.output, union)
        assert release
        assert release[:8] in html
        assert f'href="http://{union}.localhost:{served.port}/">{name}</a>' in html
    assert (
        html.index("山东省总工会")
        < html.index("<ul>", html.index("山东省总工会"))
        < html.index("平度市总工会")
    )
    assert "2025 年 4 月 8 日 09:00" in html, "the sites are not of now, and the page says so"
    assert "<script" not in html
    assert "style=" not in html


def test_the_network_page_says_nothing_of_a_moment_that_is_now(own: Served) -> None:
    for union in ("shandong", "pingdu"):
        own.network.build(union, datetime.now(AS_OF.tzinfo) - timedelta(minutes=5))
    assert "不是按此刻制作" not in own.get("/")[1].decode()


def test_links_to_other_sites_lead_to_them_as_served_here(served: Served) -> None:
    response, by_host = served.get("/", host="pingdu.localhost")
    assert f'href="http://shandong.localhost:{served.port}/'.encode() in by_host
    _, by_path = served.get("/pingdu/")
    assert b'href="/shandong/' in by_path
    for page in (by_host, by_path):
        assert f'rel="canonical" href="{served.addresses["pingdu"]}/"'.encode() in page
    response, missing = served.get("/pingdu/nowhere")
    assert response.status == 404
    assert b'<link rel="stylesheet" href="/pingdu/assets/' in missing


def test_only_known_sites_are_led_here() -> None:
    sites = {b"https://a.example": "a", b"https://host.example/b": "b"}
    html = (
        b'<a href="https://a.example/x/">1</a><a class="c" href="https://host.example/b/x/">2</a>'
        b'<a href="https://host.example/bc/">3</a><a href="https://a.example.evil/">4</a><a href="https://a.example">5</a>'
    )
    assert localise(html, sites, "/{}") == (
        b'<a href="/a/x/">1</a><a class="c" href="/b/x/">2</a>'
        b'<a href="https://host.example/bc/">3</a><a href="https://a.example.evil/">4</a><a href="/a">5</a>'
    )
