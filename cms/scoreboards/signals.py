"""When the last review approved a submission, it scores."""

from __future__ import annotations

from django.db.models import F
from django.dispatch import receiver
from django.utils import timezone
from wagtail.models import WorkflowState
from wagtail.signals import workflow_approved

from cms.scoreboards.models import Submission


@receiver(workflow_approved, dispatch_uid="scoreboards.note_score")
def note_score(sender: type[WorkflowState], instance: WorkflowState, **_kwargs: object) -> None:
    """From this moment on it counts; approved again after a change, it counts from when it first did."""
    found = instance.content_object
    if isinstance(found, Submission):
        now = Submission.objects.filter(pk=found.pk)
        now.update(scored_revision=F("live_revision"))
        now.filter(scored_at=None).update(scored_at=timezone.now())
