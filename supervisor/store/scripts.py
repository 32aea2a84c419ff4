"""The store's Lua scripts, one atomic transition each, made ready for one namespace."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from supervisor.job.model import CLAIMED_FIELDS
from supervisor.job.status import TRANSITIONS, source_words, target_words
from supervisor.keys import Keys


@dataclass(frozen=True, slots=True)
class Script:
    """A script's whole text and its SHA-1, by which Redis knows it."""

    name: str
    text: bytes
    sha: bytes


def load_scripts(keys: Keys) -> Mapping[str, Script]:
    """Return the scripts by name, with the keys and the source statuses of each move filled in."""
    constants = dict(keys.prefixes())
    constants.update({verb.upper(): source_words(verb) for verb in TRANSITIONS})
    constants["ADOPTED"] = target_words("adopt")
    head = "".join(f"local {name} = '{value}'\n" for name, value in constants.items())
    head += f"local CLAIMED = {{{', '.join(repr(name) for name in CLAIMED_FIELDS)}}}\n"
    folder = files("supervisor.store").joinpath("lua")
    head += folder.joinpath("prelude.lua").read_text()
    return {
        entry.name.removesuffix(".lua"): _script(entry.name, head + entry.read_text())
        for entry in folder.iterdir()
        if entry.name.endswith(".lua") and entry.name != "prelude.lua"
    }


def _script(name: str, text: str) -> Script:
    raw = text.encode()
    sha = hashlib.sha1(raw, usedforsecurity=False).hexdigest().encode()
    return Script(name, raw, sha)
