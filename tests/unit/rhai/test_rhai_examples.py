"""The examples print what stands beside them."""

from pathlib import Path

import pytest

from rhai.cli import main

EXAMPLES = Path(__file__).parents[3] / "examples" / "rhai"
SCRIPTS = sorted(EXAMPLES.glob("*.rhai"))


def test_there_are_ten_examples() -> None:
    assert len(SCRIPTS) == 10


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_an_example_prints_what_stands_beside_it(
    script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(script)]) == 0
    assert capsys.readouterr() == (script.with_suffix(".out").read_text(), "")
