"""What a share may say, as screens show it: for whom, and what is left to them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from site_builder.records import Level

SLOT_CHOICES = [
    ("contact", _("联系方式")),
    ("place", _("地点")),
    ("dates", _("时间")),
    ("quota", _("名额")),
    ("papers", _("材料")),
    ("amount", _("待遇和数额")),
    ("intro", _("前言")),
    ("note", _("本地说明")),
]

GROUPS = [
    ("descendants", _("所有下级工会")),
    ("children", _("直接下级工会")),
    (f"level:{Level.PROVINCE.value}", _("各省级工会")),
    (f"level:{Level.CITY.value}", _("各市级工会")),
    (f"level:{Level.COUNTY.value}", _("各县级工会")),
    (f"level:{Level.TOWN.value}", _("各乡镇、街道工会")),
    (f"level:{Level.ENTERPRISE.value}", _("各企业工会")),
    (f"level:{Level.INDUSTRY.value}", _("各产业工会")),
]
"""The targets that name no union."""
