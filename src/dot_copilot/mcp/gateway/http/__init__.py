"""The HTTP side of the gateway process: uvicorn's server and parser, with a fast lane of our own for whole calls."""
