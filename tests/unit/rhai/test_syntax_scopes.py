"""Which variable a name means."""

from rhai.syntax.scopes import Scopes


def test_an_inner_block_shadows_and_gives_back() -> None:
    scopes = Scopes()
    outer = scopes.declare("x")
    scopes.open()
    inner = scopes.declare("x")
    assert scopes.name("x", 0).slot is inner
    scopes.close()
    assert scopes.name("x", 0).slot is outer
    assert scopes.name("y", 0).slot is None


def test_a_closure_captures_what_it_mentions_once() -> None:
    outer = Scopes()
    shared = outer.declare("x")
    unshared = outer.declare("y")
    inner = Scopes(outer)
    assert inner.name("x", 5).slot is inner.name("x", 9).slot
    assert [(name.slot, name.at) for name, _ in inner.captures] == [(shared, 5)]
    assert (shared.shared, unshared.shared) == (True, False)


def test_a_closure_captures_unknown_names_and_text_run_later_does_not() -> None:
    assert Scopes(Scopes()).name("x", 0).slot is not None
    assert Scopes(Scopes(), captures_unknown=False).name("x", 0).slot is None


def test_names_after_an_eval_are_asked_of_what_it_added() -> None:
    scopes = Scopes()
    before = scopes.declare("x")
    site = scopes.site(in_function=False, adds=True)
    assert site.visible == {"x": before}
    assert scopes.name("x", 0).added == [site.added]
    after = scopes.declare("x")
    assert (scopes.name("x", 0).slot, scopes.name("x", 0).added) == (after, [])
