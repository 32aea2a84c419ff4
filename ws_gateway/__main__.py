"""`python -m ws_gateway` is `hero-ws-gateway`; the daemon starts its gateway so."""

from ws_gateway.cli import main

main()
