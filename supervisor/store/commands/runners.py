"""Commands of guards and of those who ask after runners."""

from supervisor.store.commands.command import Builder, Command, pairs


class RunnerCommands(Builder):
    """Registration, heartbeats, orders."""

    def register(self, runner: str, fields: dict[str, str]) -> Command[None]:
        """Write a runner's registration; the last one stands."""
        pairs = [word for item in fields.items() for word in item]
        return Command(("HSET", self.keys.runner(runner), *pairs), lambda _: None)

    def list_as_runner(self, runner: str) -> Command[None]:
        """Put a runner on the list of the registered."""
        return Command(("SADD", self.keys.runners, runner), lambda _: None)

    def runners(self) -> Command[list[str]]:
        """Read the ids of the registered runners, sorted."""
        return self.read_only(
            ("SMEMBERS", self.keys.runners), lambda reply: sorted(raw.decode() for raw in reply)
        )

    def registration(self, runner: str) -> Command[dict[str, str]]:
        """Read a runner's registration; empty if there is none."""
        return self.read_only(
            ("HGETALL", self.keys.runner(runner)),
            lambda reply: {k.decode(): v.decode() for k, v in pairs(reply).items()},
        )

    def beat(self, instance: str, state: bytes, ttl: float) -> Command[None]:
        """Write an instance's heartbeat, valid for `ttl` seconds; `state` is JSON."""
        return Command(
            ("SET", self.keys.alive(instance), state, "PX", int(ttl * 1000)), lambda _: None
        )

    def heartbeat(self, instance: str) -> Command[bytes | None]:
        """Read an instance's heartbeat; None if it is over."""
        return self.read_only(("GET", self.keys.alive(instance)), lambda reply: reply)

    def end_heartbeat(self, instance: str) -> Command[None]:
        """Take an instance's heartbeat back: it has left in good order."""
        return Command(("DEL", self.keys.alive(instance)), lambda _: None)

    def wait_for_orders(self, instance: str, seconds: float) -> Command[str | None]:
        """Block until somebody orders something of this instance's guard."""
        return Command(
            ("BLPOP", self.keys.control(instance), str(seconds)),
            lambda reply: reply[1].decode() if reply else None,
            block=seconds,
        )

    def queue_length(self, queue: str) -> Command[int]:
        """Read the length of one list."""
        return self.read_only(("LLEN", queue), int)
