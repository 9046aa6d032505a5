"""The union tree itself; whom a share reaches is tested in test_plan_sharing."""

from __future__ import annotations

from site_builder.plan.tree import Tree
from tests.builders import union


def test_a_walk_goes_down_before_it_goes_on_and_leaves_nobody_out() -> None:
    parents = {"a": None, "b": "a", "c": "b", "d": "a", "e": "missing", "x": "y", "y": "x"}
    tree = Tree({slug: union(slug, parent=parent) for slug, parent in reversed(parents.items())})
    assert list(tree.walk()) == ["a", "b", "c", "d", "e", "x", "y"]
