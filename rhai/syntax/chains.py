"""Chains of methods, properties and elements, link by link."""

from typing import TypeAlias

from rhai.syntax.tree import Expr, Index, Method, Property

Link: TypeAlias = Method | Property | Index


def base_of(link: Link) -> Expr:
    """Return what a link is a method, property or element of."""
    return link.receiver if isinstance(link, Method) else link.base


def first_safe(link: Link) -> Link:
    """Return the link of a chain whose ``?`` is met first; the last link if there is none."""
    found: Link = link
    node: Expr = link
    while isinstance(node, Method | Property | Index):
        if node.safe:
            found = node
        node = base_of(node)
    return found


def rebuilt(link: Link, first: Link, base: Expr) -> Link:
    """Return a chain with another base for its first safe link, which is plain then."""
    if link is not first:
        below = base_of(link)
        assert isinstance(below, Method | Property | Index)
        base = rebuilt(below, first, base)
    safe = link.safe and link is not first
    if isinstance(link, Method):
        return Method(base, link.name, link.args, safe, link.at)
    if isinstance(link, Property):
        return Property(base, link.name, safe, link.at)
    return Index(base, link.index, safe, link.at)
