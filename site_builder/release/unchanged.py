"""Sites for which there is nothing to do: told by what their last build noted, without the engine."""

from __future__ import annotations

from datetime import UTC, datetime

from site_builder.errors import BuildError
from site_builder.release import site_locks, switch
from site_builder.release.inputs import Inputs
from site_builder.release.report import Places, SiteReport
from site_builder.release.state import Records


def unchanged(inputs: Inputs, union: str, as_of: datetime, places: Places) -> SiteReport | None:
    """The report of a site for which there is nothing to do, by what its last build noted; else None.

    The release itself is not looked into: `unionpress check` finds what was changed in it by hand. Of notes
    that cannot be read or written the build speaks that follows.
    """
    try:
        return _unchanged(inputs, union, as_of, places)
    except OSError:
        return None


def _unchanged(inputs: Inputs, union: str, as_of: datetime, places: Places) -> SiteReport | None:
    records = Records(places.data)
    state = records.state(union)
    if state is None or state.failed or not state.inputs or state.release is None:
        return None
    if as_of < state.as_of or (state.next_change is not None and as_of >= state.next_change):
        return None
    if records.hold(union) or switch.live(places.output, union) != state.release:
        return None
    try:
        if inputs.of(union, state.foreign) != state.inputs:
            return None
    except BuildError:
        return None
    with site_locks.alone(places, union):
        latest = records.state(union)
        if latest != state:  # another build was faster
            return None
        switch.sweep(places.output, union)
        notes = dict(state.releases)
        if state.release in notes:
            notes[state.release] = notes[state.release].model_copy(update={"as_of": as_of})
        built = datetime.now(UTC)
        changes = {"built": built, "as_of": as_of, "releases": notes, "rendered": 0, "reused": state.pages}
        records.save_state(state.model_copy(update=changes))
    return SiteReport(
        union=union,
        release=state.release,
        pages=state.pages,
        reused=state.pages,
        search_documents=state.search_documents,
        next_change=state.next_change,
        problems=state.problems,
    )
