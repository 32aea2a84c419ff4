"""Turn a description of a call into a method that carries it out, documented like a written one."""

import inspect
from collections.abc import Callable
from functools import update_wrapper
from typing import Any


def dress(method: Callable[..., Any], describe: Callable[..., Any]) -> None:
    """Give `method` the name, the docstring and the signature of `describe`, with a `self`.

    So `help(client.create_job)` and the completion of notebooks show what can be given.
    """
    update_wrapper(method, describe)
    signature = inspect.signature(describe)
    self_parameter = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    vars(method)["__signature__"] = signature.replace(
        parameters=[self_parameter, *signature.parameters.values()]
    )
