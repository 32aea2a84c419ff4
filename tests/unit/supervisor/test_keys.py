from supervisor.keys import Keys


def test_the_names_that_foreign_peers_know_are_theirs():
    keys = Keys()
    assert keys.job("j") == "hero:job:j"
    assert keys.work("sal") == "hero:q:work:type:sal"
    assert keys.work_for("sal", "r") == "hero:q:work:type:sal:group:default:inst:r"
    assert keys.high(keys.work("sal")) == "hero:q:work:type:sal:high"
    assert keys.prefixes()["REPLY"] == "hero:q:reply:"


def test_every_key_begins_with_the_namespace():
    suffixes = {"NAMED", "HIGH"}
    prefixes = Keys("mine").prefixes()
    assert all(key.startswith("mine:") for name, key in prefixes.items() if name not in suffixes)


def test_scripts_and_python_spell_the_same_keys():
    keys, prefixes = Keys(), Keys().prefixes()
    assert keys.jobs == prefixes["JOBS"]
    assert keys.events == prefixes["EVENTS"]
    assert keys.status("queued") == prefixes["STATUS"] + "queued"
    assert keys.by("label", "a=b") == prefixes["BY"] + "label:a=b"
    assert keys.log("j") == prefixes["LOG"] + "j"
    assert keys.alive("i") == prefixes["ALIVE"] + "i"
    assert keys.control("i") == prefixes["CTL"] + "i"
    assert keys.wake("i", 1) == prefixes["WAKE"] + "i:1"
    assert keys.runner("r") == prefixes["RUNNER"] + "r"
