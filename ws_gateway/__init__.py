"""The WebSocket gateway: one WebSocket, one connection to the daemon's gateway socket.

It holds no authority and looks into no message: it checks where a connection comes from, says so
to the daemon in the first frame's metadata, and then only passes frames on, both ways.
"""
