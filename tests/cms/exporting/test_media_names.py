"""A name that no site can use is refused where it is given, and stops nobody's export where it got in."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from cms.exporting.export import export
from cms.media.models import MediaDocument
from cms.publishing.clock import Clock
from site_builder.network import THEMES
from site_builder.release.report import Places


@pytest.mark.parametrize(
    "name", ["..", ".biao.pdf", "biao#1.pdf", "biao%2e.pdf", "biao.PHP", "biao.html", "a.png.yaml"]
)
def test_a_name_that_no_site_can_use_is_refused(unions: SimpleNamespace, name: str) -> None:
    file = ContentFile(b"%PDF-1.4", name="biao.pdf")
    row = MediaDocument(title="报名表", media_name=name, collection=unions.shandong.collection, file=file)
    with pytest.raises(ValidationError) as refused:
        row.clean()
    assert set(refused.value.message_dict) == {"media_name"}


def test_a_name_that_leads_elsewhere_leaves_out_its_file_alone(
    unions: SimpleNamespace, tmp_path: Path, make_story: Any
) -> None:
    places = Places(tmp_path / "content", tmp_path / "data", tmp_path / "data/output", THEMES)
    for union, name in ((unions.shandong, ".."), (unions.qingdao, "biao.pdf")):
        file = ContentFile(b"%PDF-1.4", name="biao.pdf")
        MediaDocument.objects.create(title="报名表", media_name=name, collection=union.collection, file=file)
        make_story(union, "怎么报名", summary=f"见 media:{union.slug}/{name}")
    report = export(places, Clock())
    assert [problem.file for problem in report.problems] == ["media/shandong/.."]
    assert (places.content / "media/qingdao/biao.pdf").read_bytes() == b"%PDF-1.4"
