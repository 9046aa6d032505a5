"""The configuration for nginx, version 1.18 or newer: one file for /etc/nginx/conf.d/.

Rules that nginx has of its own and that shape what is written: `add_header` and `types` are inherited only
into a block that has none of them, so they stand in the `server` block alone; what must differ from file to
file comes from a `map` (ngx_http_headers_module, ngx_http_core_module).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from site_builder.deploy.headers import (
    A_MINUTE,
    AN_HOUR,
    IMMUTABLE,
    NOT_BETWEEN,
)
from site_builder.hosting.hosts import Host, Serving, Site, escaped, policies, ruled
from site_builder.serving import SECURITY_HEADERS, TYPES

TEXT = (
    "text/css", "text/javascript", "text/plain", "text/calendar", "text/csv", "text/vtt", "application/json",
    "application/xml", "application/atom+xml", "application/manifest+json", "image/svg+xml",
)  # fmt: skip
"""UTF-8, and worth compressing. HTML always is both."""
NEXT = "\n        "
HSTS = "max-age=31536000"

MANY = 200
"""Host names from which nginx's table of them must be larger than it is by default."""

HEAD = """\
# Every site of the network; written by `unionpress hosting nginx`. Put it into /etc/nginx/conf.d/,
# then `nginx -t` and reload. Write it anew when a union comes, goes or moves.
"""


def nginx(hosts: Sequence[Host], serving: Serving) -> str:
    """The whole file. It belongs inside nginx's `http` block, as everything in conf.d/ does."""
    parts = [HEAD, _maps(hosts, serving)]
    if len(hosts) > MANY:
        parts.append("server_names_hash_max_size 65536;\nserver_names_hash_bucket_size 128;\n")
    secure = [] if serving.plain else [host for host in hosts if host.secure]
    parts.append(_nobody(secure, serving))
    if secure:
        parts.append(_to_https(secure, serving))
    parts += [_server(host, serving) for host in hosts]
    return "\n".join(parts)


def _maps(hosts: Sequence[Host], serving: Serving) -> str:
    """The caching of a file and what a page may load, by the path."""
    paths = ruled(hosts)
    policy, search_policy = policies(hosts, serving)
    return (
        "map $uri $unionpress_caching {\n"
        f'    "~{paths.hashed}" "{IMMUTABLE}";\n'
        f'    "~{paths.slow}" "{AN_HOUR}";\n'
        f'    "~{paths.naming}" "{NOT_BETWEEN}";\n'
        f'    default "{A_MINUTE}";\n'
        "}\n"
        "map $uri $unionpress_policy {\n"
        f'    "~{paths.searching}" "{search_policy}";\n'
        f'    default "{policy}";\n'
        "}\n"
    )


def _nobody(secure: Sequence[Host], serving: Serving) -> str:
    """Whoever asks for no site's name gets no answer, where the first site of all would answer for it.

    It goes by its place: the first server of a port is what `default_server` would name, and a file of
    somebody else that names one (as Debian's does) stays right.
    """
    listen = _listen(serving.http_port, serving.ipv6)
    if secure:
        listen += _listen(serving.https_port, serving.ipv6, " ssl http2") + _certificate(secure[0], serving)
    return (
        "# Names that are no site's, and bare addresses: a stranger's domain that leads here shows nothing.\n"
        f"server {{\n{listen}    server_name _;\n    server_tokens off;\n"
        f"    location ^~ /.well-known/acme-challenge/ {{ root {serving.challenges}; }}\n"
        "    location / { return 444; }\n"
        "}\n"
    )


def _certificate(host: Host, serving: Serving) -> str:
    folder = serving.certificates.replace("{host}", host.name)
    return f"    ssl_certificate {folder}/fullchain.pem;\n    ssl_certificate_key {folder}/privkey.pem;\n"


def _to_https(hosts: Iterable[Host], serving: Serving) -> str:
    names = "\n        ".join(host.name for host in hosts)
    port = "" if serving.https_port == 443 else f":{serving.https_port}"
    return (
        "# Whoever comes unencrypted is sent on; certificates are asked for over HTTP.\n"
        "server {\n"
        f"{_listen(serving.http_port, serving.ipv6)}"
        f"    server_name\n        {names};\n    server_tokens off;\n"
        f"    location ^~ /.well-known/acme-challenge/ {{ root {serving.challenges}; }}\n"
        f"    location / {{ return 301 https://$host{port}$request_uri; }}\n"
        "}\n"
    )


def _listen(port: int, ipv6: bool, more: str = "") -> str:
    return f"    listen {port}{more};\n" + (f"    listen [::]:{port}{more};\n" if ipv6 else "")


def _server(host: Host, serving: Serving) -> str:
    secure = host.secure and not serving.plain
    lines = [
        "server {\n"
        + (
            _listen(serving.https_port, serving.ipv6, " ssl http2")
            if secure
            else _listen(serving.http_port, serving.ipv6)
        )
    ]
    lines.append(f"    server_name {host.name};\n")
    if secure:
        lines.append(_certificate(host, serving))
    lines.append(_COMMON)
    if serving.brotli:
        lines.append(f"    brotli on;\n    brotli_types {' '.join(TEXT)};\n")
    headers = SECURITY_HEADERS | {"Content-Security-Policy": "$unionpress_policy"}
    lines += [f'    add_header {name} "{value}" always;\n' for name, value in headers.items()]
    lines.append("    add_header Cache-Control $unionpress_caching always;\n")
    if secure:
        lines.append(f'    add_header Strict-Transport-Security "{HSTS}" always;\n')
    lines.append(f"    types {{\n{_types()}    }}\n\n")
    lines.append(f"    location ^~ /.well-known/ {{ root {serving.challenges}; }}\n")
    lines.append("    location ~ /\\. { return 404; }\n")
    for former in host.former:
        lines.append(_former(former.path, former.to))
    for site in host.sites:
        lines.append(_site(site))
    if not host.has_root:
        lines.append("    location / { return 404; }\n")
    return "".join(lines) + "}\n"


_COMMON = f"""\
    server_tokens off;
    absolute_redirect off;
    index index.html;
    charset utf-8;
    charset_types {" ".join(TEXT)};
    default_type application/octet-stream;
    etag on;
    # A release is made of links within one owner's folders; a link of anybody else's is not followed.
    disable_symlinks if_not_owner from=$document_root;
    gzip on;
    gzip_vary on;
    gzip_comp_level 5;
    gzip_min_length 512;
    gzip_proxied any;
    gzip_types {" ".join(TEXT)};
"""


def _types() -> str:
    kinds: dict[str, list[str]] = {}
    for suffix, kind in TYPES.items():
        if suffix.count(".") == 1:
            kinds.setdefault(kind.partition(";")[0], []).append(suffix[1:])
    return "".join(
        f"        {kind} {' '.join(sorted(suffixes))};\n" for kind, suffixes in sorted(kinds.items())
    )


def _site(site: Site) -> str:
    feed = 'location ~ "\\.atom\\.xml$" { types { } default_type application/atom+xml; }'
    lost = PurePosixPath(site.path or "/", "404.html")
    # A folder without a page of its own is not "forbidden": there is nothing at that address.
    errors = f"error_page 403 =404 {lost};{NEXT}error_page 404 {lost};"
    parts, former = _parts(site, errors)
    if not site.path:
        return (
            f"\n    # {site.union}\n    root {site.root};\n    {errors}\n"
            f"    location / {{\n        {feed}\n    }}\n{parts}{former}"
        )
    return (
        f"\n    # {site.union}\n    location = {site.path} {{ return 301 {site.path}/$is_args$args; }}\n"
        f"    location ^~ {site.path}/ {{\n        alias {site.root}/;\n        {errors}\n"
        f"        location ~ /\\. {{ return 404; }}\n        {feed}\n    {parts}    }}\n{former}"
    )


def _parts(site: Site, errors: str) -> tuple[str, str]:
    """Where styles and scripts are looked for, and where those that the site has no more.

    One look in each, not `try_files` and then another: between two looks a site may be switched.
    """
    if not site.former:
        return "", ""
    away = f"@former_{site.union}"
    return (
        f"    location {site.path}/assets/ {{ {errors.partition(NEXT)[0]} error_page 404 = {away}; "
        "recursive_error_pages on; log_not_found off; }\n",
        f"    location {away} {{{NEXT}rewrite ^{escaped(site.path)}(/assets/.*)$ $1 break;{NEXT}"
        f"root {site.former};{NEXT}{errors}\n    }}\n",
    )


def _former(path: str, to: str) -> str:
    if not path:
        return f"    location / {{ return 301 {to}$request_uri; }}\n"
    return (
        f"    location = {path} {{ return 301 {to}/$is_args$args; }}\n"
        f"    location ^~ {path}/ {{ rewrite ^{escaped(path)}/(.*)$ {to}/$1 permanent; }}\n"
    )
