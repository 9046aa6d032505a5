"""What nobody does to the pages that the program makes and keeps: unions, their sections, the page above all.

Wagtail offers every page to be copied, moved, taken offline and deleted by whoever may publish below it. A
section that is gone takes its union's records with it and leaves nowhere to write new ones; a copy of a
union would share the media library of the first; a union taken offline takes its whole site along.
"""

from __future__ import annotations

from wagtail.models import PagePermissionTester

PLACES_UNIONS = "unions.place_union"


class KeptPermissions(PagePermissionTester):
    """A page that stays where it is, and live, as long as what it belongs to."""

    def can_copy(self) -> bool:
        return False

    def can_move(self) -> bool:
        return False

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return False

    def can_unpublish(self) -> bool:
        return False

    def can_reorder_children(self) -> bool:
        """Sites order their records themselves."""
        return False


class UnionPermissions(KeptPermissions):
    """Whether there is a union, and whether it has a site, is decided by who places unions."""

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return self._places() and PagePermissionTester.can_delete(self, ignore_bulk)

    def can_unpublish(self) -> bool:
        return self._places() and PagePermissionTester.can_unpublish(self)

    def _places(self) -> bool:
        return bool(self.user.has_perm(PLACES_UNIONS))
