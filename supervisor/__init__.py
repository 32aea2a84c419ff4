"""The core of Hero Supervisor: job model, JSON-RPC, use cases, Redis store, process manager.

Imports point down the layers `app > methods > services > auth, events > store, processes >
keys, config, signing > job, runners, rpc > errors`; a test holds them.
"""

__version__ = "0.1.0"
