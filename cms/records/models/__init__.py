"""The page types: one module a kind, all on top of `base.RecordPage`."""

from cms.records.models.base import RecordPage
from cms.records.models.collection import CollectionPage
from cms.records.models.dataset import DatasetPage
from cms.records.models.event import EventPage
from cms.records.models.guide import GuidePage
from cms.records.models.place import PlacePage
from cms.records.models.program import ProgramPage
from cms.records.models.service import ServicePage
from cms.records.models.story import StoryPage
from site_builder.records import Kind

PAGE_TYPES: dict[Kind, type[RecordPage]] = {
    Kind.STORY: StoryPage,
    Kind.PROGRAM: ProgramPage,
    Kind.GUIDE: GuidePage,
    Kind.EVENT: EventPage,
    Kind.PLACE: PlacePage,
    Kind.SERVICE: ServicePage,
    Kind.COLLECTION: CollectionPage,
    Kind.DATASET: DatasetPage,
}
"""The kinds that can be written today, each with its page type."""

__all__ = [
    "PAGE_TYPES",
    "CollectionPage",
    "DatasetPage",
    "EventPage",
    "GuidePage",
    "PlacePage",
    "ProgramPage",
    "RecordPage",
    "ServicePage",
    "StoryPage",
]
