"""`pelican -s pelicanconf.py`, without `unionpress`: the same site, also where a record stands in its way.

The file that `unionpress pelican` writes names this class. It keeps nothing from one run to the next, makes
no release and switches nothing: Pelican's output folder is all there is.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from site_builder.pelican_site.engine import Job, SitePelican
from site_builder.pelican_site.sink import FolderSink
from site_builder.plan import plan
from site_builder.records import Problem
from site_builder.release import left_out

logger = logging.getLogger(__name__)


class PelicanAlone(SitePelican):
    """Leaves out a record of which no page can be made, as a build does, and logs it as an error."""

    def run(self) -> None:
        site = self.settings["UNIONPRESS_JOB"].site
        union, tried = site.plan.union.slug, list[FolderSink]()

        def make(without: Mapping[UUID, Problem]) -> Mapping[UUID, Problem]:
            tried.append(FolderSink(Path(self.settings["OUTPUT_PATH"])))
            planned = plan(site.content, union, site.plan.as_of, without=without)
            self.settings["UNIONPRESS_JOB"] = Job(replace(site, plan=planned), tried[-1])
            super(PelicanAlone, self).run()
            return without

        # Nothing is live that could get lost: what fails is looked upon as the fault of its record.
        without = left_out.making(make, site.content, union, lambda: True)
        for sink in tried[:-1]:
            sink.remove(tried[-1])
        for problem in without.values():
            logger.error("%s", problem)
