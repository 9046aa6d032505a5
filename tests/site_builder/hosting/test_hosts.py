"""Addresses -> hosts, and what is refused before it gets into a web server's configuration."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from site_builder.cli import main
from site_builder.errors import UsageError
from site_builder.hosting import Serving, hosts
from site_builder.hosting.caddy import caddy
from site_builder.hosting.hosts import Host, Site, policies, ruled
from site_builder.hosting.nginx import nginx
from site_builder.serving import content_policy
from tests.builders import union
from tests.site_builder.conftest import Network

ROOT = "/srv/www/{union}"


def at(slug: str, url: str):
    return union(slug, site={"base_url": url})


def test_sites_of_one_host_stand_in_one_block() -> None:
    found = hosts(
        [at("a", "https://x.example"), at("b", "https://X.example/b"), at("c", "http://c.example")], ROOT
    )
    assert [(host.name, host.secure, [(site.union, site.path) for site in host.sites]) for host in found] == [
        ("c.example", False, [("c", "")]),
        ("x.example", True, [("a", ""), ("b", "/b")]),
    ]
    assert found[1].sites[1].root == "/srv/www/b"


def test_former_styles_lie_in_an_output_and_on_a_target_in_the_site_itself() -> None:
    sites = [at("a", "https://x.example"), at("b", "https://x.example/b")]
    for write in (nginx, caddy):
        output = write(hosts(sites, "/srv/data/output/sites/{union}/"), Serving())
        assert output.count("/srv/data/output/former") == 2
        assert "former" not in write(hosts(sites, ROOT), Serving())


def test_both_servers_go_by_the_same_paths() -> None:
    found = hosts([at("a", "https://x.example"), at("b", "https://x.example/b.c/d")], ROOT)
    paths = ruled(found)
    assert paths.slow == r"^(?:/b\.c/d)?/(?:media|assets|share)/"
    assert ruled(hosts([at("a", "https://x.example")], ROOT)).slow == "^/(?:media|assets|share)/"
    for name, path in paths._asdict().items():
        assert f"\t@{name} path_regexp {path}\n" in caddy(found, Serving())
        assert f'    "~{path}" "' in nginx(found, Serving())


def test_chinese_host_names_are_written_as_dns_has_them() -> None:
    [host] = hosts([at("a", "https://工会.example")], ROOT)
    assert host.name == "xn--6oq837a.example"


@pytest.mark.parametrize(
    "url",
    [
        "https://x.example/a;b",
        "https://x.example/a{b}",
        "https://x.example/$host",
        'https://x.example/"',
        "https://x.example/../b",
        "https://x_y.example",
        "https://x.example}",
        "https://x.example/.well-known",
        "https://x.example/a%E3%80%80b",
        "https://x.example?a;b",
        "https://x.example#a;b",
        "https://x.example:80;b",
        "https://a;b@x.example",
        "https://[x.example",
    ],
)
def test_no_address_becomes_configuration(url: str) -> None:
    with pytest.raises(UsageError, match="no address that a web server can be told of"):
        hosts([at("a", url)], ROOT)


@pytest.mark.parametrize(
    "root", ["sites/{union}", "/srv/$x", "/srv/a b", "/srv/../etc", "/srv/{other}", "/srv/x;"]
)
def test_no_folder_becomes_configuration(root: str) -> None:
    with pytest.raises(UsageError, match=r"--root: the folder .* Write an absolute path"):
        hosts([at("a", "https://a.example")], root)


@pytest.mark.parametrize(
    ("folder", "wrong"),
    [
        ("certificates/{host}", "is not absolute"),
        ("/etc/../srv", "has .. in it"),
        ("/etc/my certificates", "has ' ' in it"),
        ("/etc/x;", "has ';' in it"),
        ("/etc/$host", r"has '\$' in it"),
        ("/etc/{union}", "has '{' in it"),
        ('/etc/"x"', "has '\"' in it"),
        ("/etc/x\n", r"has .\\n. in it"),
    ],
)
@pytest.mark.parametrize("option", ["certificates", "challenges"])
def test_no_other_folder_becomes_configuration(
    network: Network, option: str, folder: str, wrong: str
) -> None:
    with pytest.raises(UsageError, match=f"(?s)--{option}: the folder .* {wrong}") as refused:
        Serving(**{option: folder})
    folders = ["--content", str(network.places.content), "--data", str(network.places.data)]
    result = CliRunner().invoke(main, ["hosting", "nginx", *folders, f"--{option}", folder])
    assert (result.exit_code, result.stdout) == (2, "")
    assert str(refused.value) in result.stderr.replace("\n  ", " ")


def test_a_former_address_leads_to_an_address_and_nothing_more() -> None:
    for url in ("https://b.example:80;x", "https://b.example?$x", "https://b.example/}"):
        with pytest.raises(UsageError, match="no address"):
            hosts([at("b", url)], ROOT, {"b": ["https://old.example"]})
    [_, old] = hosts([at("b", "https://b.example:8443/x")], ROOT, {"b": ["https://old.example"]})
    assert [each.to for each in old.former] == ["https://b.example:8443/x"]


def test_a_search_may_read_the_hosts_of_the_network_and_no_others() -> None:
    def of(count: int, port: int = 80, secure: bool = True) -> tuple[str, str]:
        sites = [Host(f"union-{number}.example", secure, [Site("a", "", "/")]) for number in range(count)]
        return policies([*sites, Host("former.example")], Serving(http_port=port))

    own = content_policy()
    assert of(1) == (own, own), "one host asks nobody else"
    assert of(2) == (own, content_policy("union-0.example", "union-1.example"))
    assert "union-0.example:* union-1.example:*;" in of(2, 8080)[1]
    assert of(3200) == (own, content_policy("https:")), "a header of 60 KB is no header"
    assert of(3200, secure=False) == (own, content_policy("http:"))


def test_two_unions_at_one_address() -> None:
    with pytest.raises(UsageError, match="a and b have the same address"):
        hosts([at("a", "https://x.example"), at("b", "https://x.example")], ROOT)
    with pytest.raises(UsageError, match="is taken"):
        hosts(
            [at("a", "https://x.example"), at("b", "https://b.example")], ROOT, {"b": ["https://x.example"]}
        )
    with pytest.raises(UsageError, match="is no union"):
        hosts([at("a", "https://x.example")], ROOT, {"z": ["https://y.example"]})


def test_encrypted_unless_told_otherwise() -> None:
    found = hosts([at("a", "https://a.example"), at("c", "http://c.example")], ROOT)
    text = nginx(found, Serving())
    assert "listen 443 ssl http2;" in text
    assert "ssl_certificate /etc/letsencrypt/live/a.example/fullchain.pem;" in text
    assert text.count("Strict-Transport-Security") == 1
    assert "ssl" not in nginx(found, Serving(plain=True))
    assert "brotli on;" in nginx(found, Serving(brotli=True))
    assert "https://a.example:443 {" in caddy(found, Serving())
    assert "http://a.example:80 {" in caddy(found, Serving(plain=True))


@pytest.mark.parametrize("server", ["nginx", "caddy"])
def test_the_command_prints_the_whole_network(network: Network, server: str) -> None:
    (network.places.content / "deploy.yaml").write_text("former_addresses: {pingdu: https://alt.example}\n")
    folders = ["--content", str(network.places.content), "--data", str(network.places.data)]
    result = CliRunner().invoke(main, ["hosting", server, *folders, "--root", "/srv/www/{union}"])
    assert result.exit_code == 0, result.output
    for word in ("shandong.example", "sites.example", "alt.example", "/srv/www/pingdu", "default-src 'none'"):
        assert word in result.stdout
