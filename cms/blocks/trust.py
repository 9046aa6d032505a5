"""What lets a record be relied on: who reviewed it, who agreed to be shown, what a fund reported."""

from __future__ import annotations

from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import DateBlock, MultipleChoiceBlock

from cms.blocks.files import DocumentChooserBlock
from cms.blocks.links import LinkBlock
from cms.blocks.validation import ValueBlock
from cms.blocks.values import line
from site_builder import records


class DisclosureBlock(ValueBlock):
    record = records.Disclosure

    title = line(_("报告"), _("例如：2024年度工作报告"), required=True)
    period = line(_("涵盖的时间"), _("照印出的写：2024年度"))
    published = DateBlock(required=False, label=_("公布日期"))
    media = DocumentChooserBlock(required=False, label=_("文件"))
    link = LinkBlock(label=_("网址"))
    note = line(_("说明"))

    class Meta:
        icon = "doc-full"
        label = _("信息公开报告")
        label_format = "{title} {published}"


SHOWN = [
    ("words", _("引用了某人的话")),
    ("picture", _("认得出人的照片")),
    ("video", _("认得出人的视频")),
    ("child", _("未成年人")),
]
"""The words of `records.Shown` on the editors' screens."""


class ConsentBlock(ValueBlock):
    record = records.Consent
    expected = {
        "who": _("写身份，不写姓名，例如：夜校学员、学员的监护人。"),
        "covers": _("请勾选同意了什么。"),
    }
    whole = ("given", _("截止和撤回的日期不能早于同意的日期，也请勾选同意了什么。"))

    who = line(_("谁同意的"), _("写身份，不写姓名：夜校学员、学员的监护人"), required=True)
    covers = MultipleChoiceBlock(choices=SHOWN, label=_("同意什么"), widget=CheckboxSelectMultiple)
    given = DateBlock(required=False, label=_("同意的日期"))
    until = DateBlock(required=False, label=_("到何日止"), help_text=_("最后一天；没有约定就不填"))
    ended = DateBlock(
        required=False, label=_("撤回的日期"), help_text=_("本人要求撤下时填：从这一天起这一篇从所有网站撤下")
    )
    kept = line(_("同意书在哪里"), _("例如：宣传教育部档案柜"))

    class Meta:
        icon = "user"
        label = _("同意")
        label_format = "{who} {given}"


class ReviewedBlock(ValueBlock):
    record = records.Reviewed
    expected = {"by": _("写审核的部门或岗位，不写个人姓名，例如：法律工作部、值班编辑。")}

    by = line(_("审核"), _("部门或岗位，不写个人姓名：法律工作部、值班编辑"), required=True)
    at = DateBlock(required=False, label=_("审核日期"))

    class Meta:
        icon = "check"
        label = _("审核")
        label_format = "{by} {at}"
