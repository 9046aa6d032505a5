"""`unionpress hosting`."""

from __future__ import annotations

from pathlib import Path

import click

from site_builder.cli import Folders, folders, read, reporting
from site_builder.deploy.addresses import read_targets
from site_builder.deploy.options import targets_file, targets_path
from site_builder.hosting.caddy import caddy
from site_builder.hosting.hosts import IN_OUTPUT, Serving, hosts
from site_builder.hosting.nginx import nginx

WRITERS = {"nginx": nginx, "caddy": caddy}


@click.command()
@click.argument("server", type=click.Choice(sorted(WRITERS)))
@click.option("--root", default=None, metavar="DIR",
              help="Where a site lies on the web server.  [default: OUTPUT/sites/{union}]")  # fmt: skip
@click.option("--plain", is_flag=True, help="HTTP only: behind something that ends TLS, or for a trial.")
@click.option("--http-port", type=click.IntRange(1, 65535), default=80, show_default=True,
              help="Where the server listens unencrypted.")  # fmt: skip
@click.option("--https-port", type=click.IntRange(1, 65535), default=443, show_default=True,
              help="Where it listens encrypted.")  # fmt: skip
@click.option("--certificates", default=Serving().certificates, show_default=True, metavar="DIR",
              help="nginx: where fullchain.pem and privkey.pem of a {host} lie.")  # fmt: skip
@click.option("--challenges", default=Serving().challenges, show_default=True, metavar="DIR",
              help="Whose .well-known/ every host serves.")  # fmt: skip
@click.option("--brotli", is_flag=True, help="nginx: compress by brotli too; its module must be loaded.")
@click.option("--ipv6/--no-ipv6", default=True, show_default=True, help="nginx: listen on IPv6 too.")
@targets_file("The file that names former addresses.")
@folders
@reporting
def hosting(
    places: Folders,
    server: str,
    root: str | None,
    plain: bool,
    http_port: int,
    https_port: int,
    certificates: str,
    challenges: str,
    brotli: bool,
    ipv6: bool,
    file: Path | None,
) -> None:
    """Print the configuration of a web server for every site of the network. 生成网站服务器配置。"""
    here = places.places
    here.require_content()
    targets = read_targets(targets_path(file, here.content))
    folder = root or f"{here.output}{IN_OUTPUT}"
    found = hosts(read(here).unions.values(), folder, targets.former)
    serving = Serving(
        plain=plain,
        http_port=http_port,
        https_port=https_port,
        certificates=certificates,
        challenges=challenges,
        brotli=brotli,
        ipv6=ipv6,
    )
    click.echo(WRITERS[server](found, serving), nl=False)
