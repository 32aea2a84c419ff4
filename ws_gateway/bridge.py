"""The two pumps between a WebSocket and its connection to the daemon.

Each takes the next piece only when the one before is on its way, so a side that does not read
stops the other: nothing piles up here but one chunk and the library's bounded queues.
"""

import asyncio
from collections.abc import Mapping

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode

from supervisor.rpc.gateway_frames import BadFrame, FrameDecoder, encode_frame
from ws_gateway.upstream import Upstream

MAX_ANSWER = 1024 * 1024 * 1024  # bytes; the daemon bounds its answers, this only a stranger's

_CHUNK = 64 * 1024  # bytes


async def bridge(remote: ServerConnection, upstream: Upstream, metadata: Mapping[str, str]) -> None:
    """Pass messages on until either side is gone; then the WebSocket is closed or closing.

    Args:
        remote: an open WebSocket.
        upstream: a new connection to the daemon.
        metadata: what the daemon is told with the first message.
    """
    async with asyncio.TaskGroup() as pumps:
        answers = pumps.create_task(_pump_answers(upstream, remote))
        await _pump_requests(remote, upstream, metadata)
        answers.cancel()


async def _pump_requests(
    remote: ServerConnection, upstream: Upstream, metadata: Mapping[str, str]
) -> None:
    try:
        while True:
            message = await remote.recv()
            if isinstance(message, bytes):
                await remote.close(CloseCode.UNSUPPORTED_DATA, "only text frames are understood")
                return
            upstream.writer.write(encode_frame(metadata, message.encode()))
            metadata = {}
            await upstream.writer.drain()
    except ConnectionClosed:
        return
    except OSError:
        await _close_for_restart(remote)


async def _pump_answers(upstream: Upstream, remote: ServerConnection) -> None:
    decoder = FrameDecoder(MAX_ANSWER)
    try:
        while data := await upstream.reader.read(_CHUNK):
            for _metadata, answer in decoder.feed(data):
                await remote.send(answer, text=True)
    except ConnectionClosed:
        return
    except BadFrame as error:
        await remote.close(CloseCode.INTERNAL_ERROR, f"what the daemon sent: {error}")
        return
    except OSError:
        pass  # as when it ends in order: the daemon is gone
    await _close_for_restart(remote)


async def _close_for_restart(remote: ServerConnection) -> None:
    await remote.close(CloseCode.SERVICE_RESTART, "the daemon closed the connection; come back")
