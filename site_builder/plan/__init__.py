"""What one site will contain: `plan(content, union, as_of) -> SitePlan`, pure and frozen.

types.py    the contract: SitePlan, Planned, Tombstone, Redirect, State
tree.py     the union tree; whom a share reaches
sessions.py the sessions of an event as single dates
states.py   where a record stands on a day, and when that changes
index.py    what holds for all sites of a Content at all times, made once and reused
instant.py  what holds for all its sites at one moment, likewise
common.py   what siblings have in common then: the required records that stand on each of their sites
resolve.py  which records stand on one site, and in whose edition
former.py   what a site shows where something stood before
site.py     one site's plan
"""

from site_builder.content_store import Content
from site_builder.plan.former import led_by
from site_builder.plan.index import (
    Entry,
    Index,
    index_of,
    named,
    naming_fields,
    references,
)
from site_builder.plan.instant import Instant, instant_of
from site_builder.plan.sessions import Occurrence, occurrences
from site_builder.plan.site import plan
from site_builder.plan.states import Validity, validity
from site_builder.plan.tree import Tree
from site_builder.plan.types import Planned, Redirect, SitePlan, State, StateCode, Tombstone

__all__ = [
    "Content", "Entry", "Index", "Instant", "Occurrence", "Planned", "Redirect", "SitePlan", "State",
    "StateCode", "Tombstone", "Tree", "Validity", "index_of", "instant_of", "led_by", "named",
    "naming_fields", "occurrences", "plan", "references", "validity",
]  # fmt: skip
