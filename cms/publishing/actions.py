"""What a person can do to a site: one class an action, for screens and commands alike.

Each checks the person's permission on the union, does one thing and notes it in Wagtail's log.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from wagtail.log_actions import log

from cms.publishing import queue
from cms.publishing.models import PublishRequest
from cms.unions.models import SectionPage, UnionPage
from cms.unions.scoping import UNION_PATH, unions_of, works_for
from site_builder.records import Kind
from site_builder.release import site_locks
from site_builder.release.report import Places
from site_builder.release.rollback import rollback
from site_builder.release.state import Records


def may_publish(user: Any, union: UnionPage) -> bool:
    """Whether somebody may decide what is on a union's site: who may publish its records may."""
    if not user.is_active or not works_for(user, union):
        return False
    section = union.section(Kind.STORY)
    return bool(section.permissions_for_user(user).can_publish_subpage())


def publishable(user: Any, unions: Sequence[UnionPage]) -> set[str]:
    """The slugs of those unions of which `may_publish` is true, asked for all at once."""
    if not user.is_active or not unions:
        return set()
    own = set(unions_of(user).filter(pk__in=[union.pk for union in unions]).values_list("slug", flat=True))
    below = Q(pk__in=[])
    for union in unions:
        below |= Q(path__startswith=union.path)
    sections = SectionPage.objects.filter(below, kind=Kind.STORY.value)
    may = {
        section.path[:UNION_PATH]
        for section in sections
        if section.permissions_for_user(user).can_publish_subpage()
    }
    return {union.slug for union in unions if union.slug in own and union.path in may}


class SiteAction:
    """Base of the actions. `user` None stands for the command line, which may do everything."""

    log_action = ""

    def __init__(self, union: UnionPage, user: Any = None) -> None:
        self.union = union
        self.user = user

    def check(self) -> None:
        """Raises PermissionDenied."""
        if self.user is not None and not may_publish(self.user, self.union):
            raise PermissionDenied(f"{self.user} may not publish for {self.union.slug}")

    def note(self, **data: Any) -> None:
        log(instance=self.union, action=self.log_action, user=self.user, data=data or None)

    def ask(self) -> PublishRequest:
        """Ask for the site to be built."""
        union = self.union
        return queue.ask(
            PublishRequest.Action.REBUILD, union.slug, union=union.slug, title=union.title, user=self.user
        )


class RebuildSite(SiteAction):
    """Ask for the site to be built now; ends the hold of a rollback, because a person asks."""

    log_action = "unionpress.rebuild"

    def execute(self) -> PublishRequest:
        self.check()
        request = self.ask()
        self.note()
        return request


class LiftHold(SiteAction):
    """End the hold of a rollback and ask for the site to be built: the newest content goes live."""

    log_action = "unionpress.lift_hold"

    def __init__(self, union: UnionPage, places: Places, user: Any = None) -> None:
        super().__init__(union, user)
        self.places = places

    def execute(self) -> PublishRequest:
        self.check()
        with site_locks.alone(self.places, self.union.slug):
            Records(self.places.data).lift_hold(self.union.slug)
        request = self.ask()
        self.note()
        return request


class RollBackSite(SiteAction):
    """Make an earlier release live at once, and hold it there until somebody publishes or rebuilds."""

    log_action = "unionpress.rollback"

    def __init__(
        self, union: UnionPage, places: Places, user: Any = None, *, release: str | None = None
    ) -> None:
        super().__init__(union, user)
        self.places = places
        self.release = release

    def execute(self) -> str:
        """Returns the release that is live now. Raises UsageError if there is none to go back to."""
        self.check()
        live = rollback(self.places, self.union.slug, self.release)
        self.note(release=live)
        return live
