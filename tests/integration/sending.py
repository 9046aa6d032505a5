"""What tests of deploying do again and again: two unions' sites, sent, looked at, changed."""

from __future__ import annotations

from site_builder.deploy.addresses import Targets
from site_builder.deploy.run import Report, deploy
from site_builder.deploy.site import Outcome
from tests.site_builder.conftest import Network

UNIONS = ("shandong", "pingdu")
GUIDE = "records/shandong/guide/falv-yuanzhu.md"
PROGRAM = "records/shandong/program/jinqiu-zhuxue.md"


def send(network: Network, url: str, *unions: str, **options) -> Report:
    return deploy(network.places, unions or UNIONS, Targets(everywhere=(url,)), **options)


def only(report: Report) -> Outcome:
    [outcome] = report.sites
    assert not outcome.failed, outcome.problems
    return outcome


def change(network: Network) -> None:
    """A guide of shandong says something else, and a program is gone."""
    network.edit(GUIDE, lambda text: text.replace("title: ", "title: 改过的", 1))
    (network.places.content / PROGRAM).unlink()
    assert not network.build("shandong").failed
