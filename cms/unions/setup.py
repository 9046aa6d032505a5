"""What a union needs around its page: a media library, a section a kind, three groups with permissions.

    编辑 writes and changes pages of its union's sections, and uses and fills its media library
    审核 also publishes and locks
    管理 also changes the union's own profile

All of it lies on the union's own branch and library. Everything here may be run again at any time.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from cms.unions.models import SectionPage, UnionPage, UnionRole, UnionsRoot

NETWORK_ADMINS = "全网管理员"
"""The group that looks after all unions; people, not the program, decide who is in it."""

PAGE_PERMISSIONS: dict[str, tuple[str, ...]] = {
    UnionRole.Role.EDITOR: ("add_page", "change_page"),
    UnionRole.Role.REVIEWER: ("add_page", "change_page", "publish_page", "lock_page", "unlock_page"),
    UnionRole.Role.MANAGER: (
        "add_page",
        "change_page",
        "publish_page",
        "lock_page",
        "unlock_page",
        "bulk_delete_page",
    ),
}
LIBRARY_PERMISSIONS = (
    "add_image",
    "change_image",
    "delete_image",
    "choose_image",
    "add_document",
    "change_document",
    "delete_document",
    "choose_document",
)
"""Wagtail asks for the permissions of its own two models, whatever models a project uses."""
SUBMISSION_PERMISSIONS = ("add_submission", "change_submission", "view_submission")
BOARD_PERMISSIONS = tuple(
    f"{verb}_{name}"
    for name in ("scoreboard", "scoretask", "enterprise")
    for verb in ("add", "change", "delete", "view")
)
ADOPTION_PERMISSIONS = ("add_adoption", "change_adoption", "delete_adoption", "view_adoption")
SYNONYM_PERMISSIONS = ("add_wordgroup", "change_wordgroup", "delete_wordgroup", "view_wordgroup")


@transaction.atomic
def prepare_union(union: UnionPage) -> None:
    """Make or mend what `union` needs; names follow the union's name."""
    _library(union)
    sections = _sections(union)
    groups: dict[str, Group] = {}
    for role in UnionRole.Role:
        group = groups[role] = _group(union, role)
        branch: Iterable[Page] = [union] if role == UnionRole.Role.MANAGER else sections
        _grant_pages(group, branch, PAGE_PERMISSIONS[role])
        _grant_library(group, union.collection)
        group.permissions.add(
            *_permissions(
                ("access_admin", *SUBMISSION_PERMISSIONS)
                if role == UnionRole.Role.EDITOR
                else _beyond_editing()
            )
        )
    _workflow(union, [groups[UnionRole.Role.REVIEWER], groups[UnionRole.Role.MANAGER]])


def _beyond_editing() -> tuple[str, ...]:
    # The last approval publishes in the name of who gives it; published without reviews nothing scores.
    return (
        "access_admin",
        *ADOPTION_PERMISSIONS,
        *SUBMISSION_PERMISSIONS,
        "publish_submission",
        *BOARD_PERMISSIONS,
    )


def ensure_network() -> None:
    """Where the first union can be made by hand: a database that was only migrated has no place for it."""
    if not UnionsRoot.objects.exists():
        ensure_root()


def ensure_root() -> UnionsRoot:
    """The page 工会, and Wagtail's one Site on it. Wagtail's own welcome page goes, if nobody used it."""
    root = UnionsRoot.objects.first()
    if root is None:
        top = Page.get_first_root_node()
        root = UnionsRoot(title="工会", slug="unions")
        top.add_child(instance=root)
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={"hostname": "localhost", "port": 80, "site_name": "UnionPress", "root_page": root},
    )
    Site.clear_site_root_paths_cache()
    welcome = Page.objects.filter(depth=2, slug="home").exclude(pk=root.pk).first()
    if welcome and welcome.specific_class is Page and not welcome.get_children_count():
        welcome.delete()
    _retire_wagtails_own()
    ensure_network_admins(root)
    return root


def _retire_wagtails_own() -> None:
    """Wagtail comes with groups and a workflow for all unions' pages: they go while nobody is in them.

    Its collection of all collections and its page above all pages are called Root on every screen until
    somebody names them.
    """
    Collection.objects.filter(depth=1, name="Root").update(name="全网")
    Page.objects.filter(depth=1, title="Root").update(title="全网", draft_title="全网")
    for group in Group.objects.filter(name__in=("Editors", "Moderators"), user__isnull=True):
        theirs = Workflow.objects.filter(workflow_tasks__task__groupapprovaltask__groups=group).distinct()
        WorkflowPage.objects.filter(workflow__in=theirs).delete()
        theirs.filter(workflow_states=None).delete()
        GroupApprovalTask.objects.filter(groups=group, task_states=None).delete()
        group.delete()


def ensure_network_admins(root: UnionsRoot) -> Group:
    """The group 全网管理员: every union, every library, accounts and workflows."""
    group, _new = Group.objects.get_or_create(name=NETWORK_ADMINS)
    _grant_pages(group, [root], PAGE_PERMISSIONS[UnionRole.Role.MANAGER])
    _grant_library(group, Collection.get_first_root_node())
    group.permissions.add(
        *_permissions(
            (
                *_beyond_editing(),
                *SYNONYM_PERMISSIONS,
                "place_union",
                "add_user",
                "change_user",
                "add_workflow",
                "change_workflow",
                "add_task",
                "change_task",
                "add_apitoken",
                "change_apitoken",
                "delete_apitoken",
                "view_apitoken",
            )
        )
    )
    return group


def complete_sections() -> None:
    """Prepare every union that lacks the section of a kind; mend one that does not know of its sections."""
    for union in UnionPage.objects.all():
        children = Page.objects.child_of(union).count()
        if union.numchild != children:
            # Older versions saved unions as they were before their sections were made: Wagtail's lists of
            # pages and choosers then show nothing below them.
            UnionPage.objects.filter(pk=union.pk).update(numchild=children)
        kinds = set(SectionPage.objects.child_of(union).values_list("kind", flat=True))
        if any(kind.value not in kinds for kind in SectionPage.KINDS):
            prepare_union(union)


def _library(union: UnionPage) -> None:
    if union.collection is None:
        union.collection = Collection.get_first_root_node().add_child(name=union.title)
        UnionPage.objects.filter(pk=union.pk).update(collection=union.collection)
    elif union.collection.name != union.title:
        union.collection.name = union.title
        union.collection.save(update_fields=["name"])


def _sections(union: UnionPage) -> list[SectionPage]:
    found = {section.kind: section for section in SectionPage.objects.child_of(union)}
    for kind in SectionPage.KINDS:
        if kind.value not in found:
            section = SectionPage.for_kind(kind)
            UnionPage.objects.get(pk=union.pk).add_child(instance=section)
            found[kind.value] = section
    # Whoever saves `union` after this writes its number of children too.
    union.refresh_from_db(fields=["numchild"])
    return list(found.values())


def retire_union(union: UnionPage) -> None:
    """After `union` was deleted: its library goes if nothing lies in it, its review if nothing was reviewed.

    Another union of the same name would find its own beside them, and nobody could tell which is which.
    """
    library = Collection.objects.filter(pk=union.collection_id, union=None).first()
    if library and not library.get_children_count() and not _holds_files(library):
        library.delete()
    name = _workflow_name(union)
    Workflow.objects.filter(name=name, workflow_pages=None, workflow_states=None).delete()
    GroupApprovalTask.objects.filter(name=name, workflow_tasks=None, task_states=None).delete()


def _holds_files(library: Collection) -> bool:
    files = (get_image_model(), get_document_model())
    return any(model._default_manager.filter(collection=library).exists() for model in files)


def _workflow_name(union: UnionPage) -> str:
    return f"{union.title}（{union.slug}）审核"[:255]


def _workflow(union: UnionPage, reviewers: list[Group]) -> None:
    """提交审核 goes to the union's own reviewers and managers, whoever is in those groups."""
    name = _workflow_name(union)
    assigned = WorkflowPage.objects.filter(page=union).select_related("workflow").first()
    if assigned:
        if assigned.workflow.name != name:
            Workflow.objects.filter(pk=assigned.workflow.pk).update(name=name)
        return
    workflow = Workflow.objects.create(name=name)
    task = GroupApprovalTask.objects.create(name=name)
    task.groups.set(reviewers)
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(page=union, workflow=workflow)


def _group(union: UnionPage, role: UnionRole.Role) -> Group:
    name = f"{union.title}（{union.slug}）· {ROLE_NAMES[role]}"[:150]
    found = UnionRole.objects.filter(union=union, role=role).select_related("group").first()
    if found is None:
        group = Group.objects.create(name=name)
        UnionRole.objects.create(union=union, role=role, group=group)
        return group
    if found.group.name != name:
        found.group.name = name
        found.group.save(update_fields=["name"])
    return found.group


ROLE_NAMES = {
    UnionRole.Role.EDITOR: "编辑",
    UnionRole.Role.REVIEWER: "审核",
    UnionRole.Role.MANAGER: "管理",
}
"""As groups are called in the database, whatever the language of the person who makes the union."""


def _permissions(codenames: Iterable[str]) -> list[Permission]:
    return list(Permission.objects.filter(codename__in=tuple(codenames)))


def _grant_pages(group: Group, pages: Iterable[Page], codenames: tuple[str, ...]) -> None:
    permissions = Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=codenames)
    GroupPagePermission.objects.bulk_create(
        [
            GroupPagePermission(group=group, page_id=page.pk, permission=permission)
            for page in pages
            for permission in permissions
        ],
        ignore_conflicts=True,
    )


def _grant_library(group: Group, collection: Collection | None) -> None:
    if collection is None:
        return
    GroupCollectionPermission.objects.bulk_create(
        [
            GroupCollectionPermission(group=group, collection=collection, permission=permission)
            for permission in _permissions(LIBRARY_PERMISSIONS)
        ],
        ignore_conflicts=True,
    )
