"""JSON-RPC 2.0: bytes in, replies out. Pure parsers and one total dispatcher; no sockets."""
