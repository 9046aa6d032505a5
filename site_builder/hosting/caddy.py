"""The configuration for Caddy 2: a Caddyfile. Caddy gets certificates and leads HTTP to HTTPS by itself."""

from __future__ import annotations

from collections.abc import Sequence

from site_builder.deploy.headers import (
    A_MINUTE,
    AN_HOUR,
    IMMUTABLE,
    NOT_BETWEEN,
    typed,
)
from site_builder.hosting.hosts import Former, Host, Serving, Site, policies, ruled
from site_builder.hosting.nginx import HSTS
from site_builder.serving import SECURITY_HEADERS, TYPES

HEAD = """\
# Every site of the network; written by `unionpress hosting caddy`. Put it into /etc/caddy/Caddyfile or import
# it there, then `caddy validate` and reload. Write it anew when a union comes, goes or moves.
"""

POLICY = "Content-Security-Policy"


def caddy(hosts: Sequence[Host], serving: Serving) -> str:
    """The whole Caddyfile."""
    return "\n".join([HEAD, _common(hosts, serving), *(_host(host, serving) for host in hosts)])


def _common(hosts: Sequence[Host], serving: Serving) -> str:
    paths = ruled(hosts)
    policy, search_policy = policies(hosts, serving)
    known = {name: value for name, value in SECURITY_HEADERS.items() if name != POLICY}
    headers = "".join(f'\t\t{name} "{value}"\n' for name, value in known.items())
    return (
        f'(unionpress_headers) {{\n\theader {{\n{headers}\t\t?{POLICY} "{policy}"\n\t\t-Server\n\t}}\n}}\n\n'
        "(unionpress) {\n"
        "\tencode zstd gzip\n"
        "\timport unionpress_headers\n"
        f"\t@searching path_regexp {paths.searching}\n"
        f'\theader @searching {POLICY} "{search_policy}"\n'
        f'\theader ?Cache-Control "{A_MINUTE}"\n'
        f"\t@slow path_regexp {paths.slow}\n"
        f'\theader @slow Cache-Control "{AN_HOUR}"\n'
        f"\t@naming path_regexp {paths.naming}\n"
        f'\theader @naming Cache-Control "{NOT_BETWEEN}"\n'
        f"\t@hashed path_regexp {paths.hashed}\n"
        f'\theader @hashed Cache-Control "{IMMUTABLE}"\n'
        f"{_types()}"
        "\t@hidden path_regexp ^(?:/[^.][^/]*|/)*/\\.\n"
        f"\thandle /.well-known/* {{\n\t\troot * {serving.challenges}\n\t\tfile_server\n\t}}\n"
        "\thandle @hidden {\n\t\terror 404\n\t}\n"
        "}\n"
    )


def _types() -> str:
    """What Caddy would take from the machine's table, or from the last part of a name, or would not say.

    Deferred, so that the 404 page in the place of a missing file is not said to be of that file's kind.
    """
    kinds: dict[str, list[str]] = {}
    for suffix in TYPES:
        kinds.setdefault(typed(f"file{suffix}"), []).append(suffix)
    # A feed is no other XML; of two that fit the later one counts, which a deferred one is that stands first.
    rows = sorted(kinds.items(), key=lambda row: (not row[1][0].endswith(".atom.xml"), row[0]))
    return "".join(
        f"\t@type{number} path {' '.join(f'*{suffix}' for suffix in suffixes)}\n"
        f'\theader @type{number} {{\n\t\tContent-Type "{kind}"\n\t\tdefer\n\t}}\n'
        for number, (kind, suffixes) in enumerate(rows)
    )


def _host(host: Host, serving: Serving) -> str:
    secure = host.secure and not serving.plain
    port = serving.https_port if secure else serving.http_port
    lines = [f"{'https' if secure else 'http'}://{host.name}:{port} {{\n\timport unionpress\n"]
    if secure:
        lines.append(f'\theader Strict-Transport-Security "{HSTS}"\n')
    lines += [_former(former) for former in sorted(host.former, key=lambda each: -len(each.path))]
    lines += [_site(site) for site in sorted(host.sites, key=lambda each: -len(each.path))]
    if not host.has_root:
        lines.append("\thandle {\n\t\terror 404\n\t}\n")
    lines.append(_lost(host.sites))
    return "".join(lines) + "}\n"


def _site(site: Site) -> str:
    served = f"\t\troot * {site.root}\n{_parts(site)}\t\tfile_server\n"
    if not site.path:
        return f"\t# {site.union}\n\thandle {{\n{served}\t}}\n"
    return (
        f"\t# {site.union}\n{_led(site.path, f'{site.path}/', '')}"
        f"\thandle_path {site.path}/* {{\n{served}\t}}\n"
    )


def _parts(site: Site) -> str:
    """A style or script that the site does not have is asked for once more where former ones lie."""
    if not site.former:
        return ""
    return (
        "\t\troute /assets/* {\n\t\t\tfile_server {\n\t\t\t\tpass_thru\n\t\t\t}\n"
        f"\t\t\troot * {site.former}\n\t\t}}\n"
    )


def _former(former: Former) -> str:
    if not former.path:
        return f"\thandle {{\n\t\tredir {former.to}{{uri}} permanent\n\t}}\n"
    return (
        f"{_led(former.path, '/', former.to)}"
        f"\thandle_path {former.path}/* {{\n\t\tredir {former.to}{{uri}} permanent\n\t}}\n"
    )


def _led(path: str, new: str, to: str) -> str:
    """One path led to another of `to`, and what stands behind its question mark with it."""
    return (
        f"\thandle {path} {{\n\t\troute {{\n\t\t\trewrite * {new}\n"
        f"\t\t\tredir * {to}{{uri}} permanent\n\t\t}}\n\t}}\n"
    )


def _lost(sites: Sequence[Site]) -> str:
    """Each site's own 404 page, with that status.

    Always whole: "unchanged" or a part of it, as Caddy would answer, is nothing under that status.
    """
    found = []
    for number, site in enumerate(sorted(sites, key=lambda each: -len(each.path))):
        where = f"\t\t\tpath {site.path}/*\n" if site.path else ""
        found.append(
            f"\t\t@lost{number} {{\n\t\t\texpression {{err.status_code}} == 404\n{where}\t\t}}\n"
            f"\t\thandle @lost{number} {{\n\t\t\tencode zstd gzip\n\t\t\timport unionpress_headers\n"
            "\t\t\trequest_header -If-None-Match\n\t\t\trequest_header -If-Modified-Since\n"
            "\t\t\trequest_header -Range\n"
            f'\t\t\theader Cache-Control "{A_MINUTE}"\n'
            f"\t\t\troot * {site.root}\n\t\t\trewrite * /404.html\n"
            "\t\t\tfile_server {\n\t\t\t\tstatus 404\n\t\t\t}\n\t\t}\n"
        )
    return f"\thandle_errors {{\n{''.join(found)}\t}}\n" if found else ""
