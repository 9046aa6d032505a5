"""What a receipt says: one record on one site: live, on its way, or why not. `carried.py` finds it out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from site_builder import paths
from site_builder.records import BEIJING, BaseRecord, Problem, Union

StateName = Literal["live", "replaced", "outdated", "missing", "lingering", "gone", "absent"]

STATES: Mapping[StateName, tuple[str, str]] = {
    "live": ("已上线", "live"),
    "replaced": ("本地版代替", "an edition in its place"),
    "outdated": ("还是旧版", "an earlier version is live"),
    "missing": ("还没上线", "not there yet"),
    "lingering": ("还没撤下", "still there"),
    "gone": ("已撤下", "gone"),
    "absent": ("这个网站上没有", "not on this site"),
}
PENDING: tuple[StateName, ...] = ("missing", "lingering", "outdated")
"""What a site does not yet show as it should: these come first in every list."""

REASONS: Mapping[str, tuple[str, str]] = {
    "edition": ("由本地版代替", "replaced by an edition"),
    "empty": ("专题在这个网站上没有内容", "nothing of this site belongs to it"),
    "embargoed": ("到时才上网", "embargoed"),
    "withdrawn": ("已撤回", "withdrawn"),
    "expired": ("已到下线时间", "expired"),
    "unpublished": ("没有发布，或已取消发布、删除", "not published, unpublished or deleted"),
    "hidden": ("该工会选择不用", "hidden by the union"),
    "not-taken": ("可选用，该工会没有采用", "offered, not taken"),
    "not-shared": ("没有转给该工会", "not shared with the union"),
    "refused": ("本地版不成立", "the edition is not valid"),
}
"""Why a site is to show something else than the record itself, or nothing."""

DELAYS: Mapping[str, tuple[str, str]] = {
    "waiting": ("等下一次构建", "waits for the next build"),
    "queued": ("已排队", "queued"),
    "building": ("正在发布", "being published"),
    "no-worker": ("发布进程没有运行", "no worker is running"),
    "not-exported": ("导出失败", "the export failed"),
    "not-built": ("站点还没有构建过", "the site was never built"),
    "failed": ("站点构建失败", "the build of the site failed"),
    "held": ("站点已回滚，保持不变", "a rollback holds the site"),
    "path-taken": ("网址被别的内容占用", "another record has its address"),
}
"""Why a site does not yet show what it should."""

DeliveryName = Literal["delivered", "waiting", "failed"]

DELIVERIES: Mapping[DeliveryName, tuple[str, str]] = {
    "delivered": ("已送达", "delivered"),
    "waiting": ("还没送达", "not delivered yet"),
    "failed": ("没有送达", "the deployment failed"),
}
"""Whether a deploy target has of a record what its site should show."""

REMOVALS: Mapping[DeliveryName, tuple[str, str]] = {
    "delivered": ("那里也已撤下", "gone there too"),
    "waiting": ("那里还没撤下", "still there"),
    "failed": ("那里没能撤下", "still there, the deployment failed"),
}
"""The same where the record is to be gone."""


@dataclass(frozen=True, slots=True)
class Delay:
    code: str
    """A key of DELAYS."""
    since: datetime | None = None
    detail: str = ""
    """What the failed build said, or who has the address."""
    until: datetime | None = None
    """When it is tried again, where that is known."""
    release: str | None = None
    """Where a rollback holds: the newer release, if that has what is missing. It is built, and not live."""

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "message": " ".join(DELAYS[self.code]),
            "since": iso(self.since),
            "until": iso(self.until),
            "detail": self.detail or None,
            "release": self.release,
        }


@dataclass(frozen=True, slots=True)
class Delivery:
    """One deploy target of a site, as far as the machine that asks has heard of it. Moments are aware."""

    target: str
    """Its URL without what only this machine needs."""
    state: DeliveryName
    at: datetime | None = None
    """Of what is delivered: since when it is there, as far as is remembered."""
    release: str | None = None
    """What the target has: the last release that was completely deployed, `last` when."""
    last: datetime | None = None
    problem: Problem | None = None
    """Why the last try failed."""
    until: datetime | None = None
    """When a failed one is tried again."""

    def to_json(self, *, removal: bool) -> dict[str, Any]:
        return {
            "target": self.target,
            "state": self.state,
            "message": " ".join((REMOVALS if removal else DELIVERIES)[self.state]),
            "at": iso(self.at),
            "release": self.release,
            "last": iso(self.last),
            "problem": self.problem.model_dump(mode="json") if self.problem else None,
            "until": iso(self.until),
        }


@dataclass(frozen=True, slots=True)
class Receipt:
    """One record on one site. Moments are aware."""

    union: Union
    state: StateName
    reason: str = ""
    """A key of REASONS; empty where the record itself should stand."""
    detail: str = ""
    """The words of the withdrawal, or what is wrong with an edition."""
    moment: datetime | None = None
    """Of the reason: when it was withdrawn or expired, until when it is embargoed."""
    delay: Delay | None = None
    """Why the site is not yet as it should be; None where it is."""
    shown: UUID | None = None
    """Which record stands there: this one, or the edition in its place."""
    path: str = ""
    """Where it stands, or stood, from the site's root."""
    hash: str | None = None
    """Of the `index.json` beside the page, as in the release's manifest: what this site says of it."""
    release: str | None = None
    """The live release."""
    built: datetime | None = None
    """When the first release that says so was built: in `dated` rows, of what is live."""
    since: datetime | None = None
    """Since when readers see it, or see it no more: in `dated` rows, as far as kept releases tell."""
    deliveries: tuple[Delivery, ...] = ()
    """One for each target the site is deployed to (`deploy.delivered`)."""

    @property
    def removal(self) -> bool:
        """Whether the site is to show it no more, or never."""
        return not self.expected

    @property
    def undelivered(self) -> bool:
        """Whether a target is behind."""
        return any(delivery.state != "delivered" for delivery in self.deliveries)

    @property
    def expected(self) -> bool:
        """Whether the site should show it, or an edition of it, now."""
        return self.state in ("live", "replaced", "outdated", "missing")

    @property
    def url(self) -> str:
        """Its address on this site; empty where it does not stand."""
        return paths.absolute(paths.href(self.path), self.union.site.base_url) if self.hash else ""

    def to_json(self) -> dict[str, Any]:
        return {
            "union": self.union.slug,
            "name": self.union.name,
            "state": self.state,
            "reason": self.reason or None,
            "message": message(self),
            "detail": self.detail or None,
            "moment": iso(self.moment),
            "delay": self.delay.to_json() if self.delay else None,
            "shown": str(self.shown) if self.shown else None,
            "path": self.path or None,
            "url": self.url or None,
            "hash": self.hash,
            "release": self.release,
            "built": iso(self.built),
            "since": iso(self.since),
            "deliveries": [one.to_json(removal=self.removal) for one in self.deliveries],
        }


def iso(moment: datetime | None) -> str | None:
    return moment.astimezone(BEIJING).isoformat(timespec="seconds") if moment else None


def message(receipt: Receipt) -> str:
    """The state and its reason in words, Chinese and English."""
    state, reason = STATES[receipt.state], REASONS.get(receipt.reason)
    if reason is None or receipt.state == "replaced":
        return " ".join(state)
    return f"{state[0]}：{reason[0]} {state[1]}: {reason[1]}"


def counts(rows: Iterable[Receipt]) -> dict[str, int]:
    """How many sites are in each state; `expected` of them should show the record, `current` do.

    An edition counts as the record it stands for, as it does where the record is required. `deployed` of the
    sites go to other machines: `delivered` have it, or its removal, on all of their targets.
    """
    rows = tuple(rows)
    found = Counter(row.state for row in rows)
    return {
        "sites": len(rows),
        "expected": sum(row.expected for row in rows),
        "current": found["live"] + found["replaced"],
        "deployed": sum(bool(row.deliveries) for row in rows),
        "delivered": sum(bool(row.deliveries) and not row.undelivered for row in rows),
        **{state: found[state] for state in STATES},
    }


def pending_first(rows: Iterable[Receipt]) -> list[Receipt]:
    """What somebody may have to look after first; otherwise in the order given."""
    order = {state: place for place, state in enumerate((*PENDING, "", "live", "replaced", "gone", "absent"))}
    return sorted(
        rows,
        key=lambda row: order["" if row.undelivered and row.state not in PENDING else row.state],
    )


# --- all sites of one record ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Request:
    """A change that waits to be published, or is being published now."""

    asked: datetime
    action: str
    """Why: Chinese and English."""
    by: str
    taken: bool
    """Whether a worker is at it."""


@dataclass(frozen=True, slots=True)
class Queue:
    """What the CMS knows of a record beside its content; absent where there is no CMS."""

    worker: bool
    """Whether a worker is running."""
    requests: tuple[Request, ...]
    problems: tuple[Problem, ...]
    """Why the record was not exported."""

    def to_json(self) -> dict[str, Any]:
        return {
            "worker": self.worker,
            "requests": [
                {"asked": iso(one.asked), "action": one.action, "by": one.by or None, "taken": one.taken}
                for one in self.requests
            ],
            "problems": [problem.model_dump(mode="json") for problem in self.problems],
        }


@dataclass(frozen=True, slots=True)
class Report:
    """Every site of one record, as of one moment."""

    record: UUID
    source: BaseRecord | None
    """As its owner wrote it; None if nothing is known of it any more."""
    as_of: datetime
    rows: tuple[Receipt, ...]
    queue: Queue | None = None

    @property
    def counts(self) -> dict[str, int]:
        return counts(self.rows)

    def to_json(self, rows: Iterable[Receipt] | None = None) -> dict[str, Any]:
        """`rows`: those to list, if not all; the counts are always of all."""
        source = self.source
        about = {name: getattr(source, name) for name in ("kind", "union", "title", "slug")} if source else {}
        return {
            "record": {
                "id": str(self.record),
                **about,
                "published": iso(source.published) if source else None,
                "withdrawn": iso(source.withdrawn.at) if source and source.withdrawn else None,
            },
            "as_of": iso(self.as_of),
            "counts": self.counts,
            "queue": self.queue.to_json() if self.queue else None,
            "receipts": [row.to_json() for row in (self.rows if rows is None else rows)],
        }
