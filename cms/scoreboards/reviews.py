"""The two reviews of a submission as a workflow of Wagtail's: one workflow for each county of a city.

Made when first asked for, and mended whenever asked again: who reviews follows from the unions' own groups.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.forms import TaskStateCommentForm
from wagtail.models import AbstractGroupApprovalTask, Workflow, WorkflowTask

from cms.unions.models import UnionPage, UnionRole


class ReasonForm(TaskStateCommentForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["comment"].required = True
        self.fields["comment"].label = _("退回的原因")
        self.fields["comment"].error_messages["required"] = _("请写明为什么退回、要改什么。")


class ReviewStep(AbstractGroupApprovalTask):
    """A step of the review. Who sends something back says why: the reason stays with it."""

    def get_form_for_action(self, action: str) -> type[TaskStateCommentForm]:
        return ReasonForm if action == "reject" else super().get_form_for_action(action)

    @classmethod
    def get_description(cls) -> Any:
        return _("这些组里的人审核；退回要写明原因")

    class Meta:
        verbose_name = _("审核一步")
        verbose_name_plural = _("审核步骤")


def workflow_of(city: UnionPage, county: UnionPage) -> Workflow:
    """The county's reviewers, then the city's. For what the city looks after itself, the city's alone."""
    unions = [city] if county.pk == city.pk else [county, city]
    with transaction.atomic():
        workflow = _workflow(city, county)
        steps = [_step(union) for union in unions]
        placed = workflow.workflow_tasks.order_by("sort_order").values_list("task_id", flat=True)
        if list(placed) != [step.pk for step in steps]:
            workflow.workflow_tasks.all().delete()
            for place, step in enumerate(steps):
                WorkflowTask.objects.create(workflow=workflow, task=step.task_ptr, sort_order=place)
    return workflow


def _workflow(city: UnionPage, county: UnionPage) -> Workflow:
    """Known by the slugs at the end of its name, before which stands how people call the two."""
    known = f"（{county.slug}→{city.slug}）"
    name = f"积分审核：{county.short} → {city.short}"[: 255 - len(known)] + known
    workflow = Workflow.objects.filter(name__endswith=known).first() or Workflow()
    if workflow.name != name:
        workflow.name = name
        workflow.save()
    return workflow


def _step(union: UnionPage) -> ReviewStep:
    step, _made = ReviewStep.objects.get_or_create(name=f"积分审核：{union.title}（{union.slug}）"[:255])
    roles = (UnionRole.Role.REVIEWER, UnionRole.Role.MANAGER)
    groups = UnionRole.objects.filter(union=union, role__in=roles).values_list("group", flat=True)
    if set(step.groups.values_list("pk", flat=True)) != set(groups):
        step.groups.set(groups)
    return step
