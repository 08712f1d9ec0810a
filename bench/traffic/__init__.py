"""Serving a synthetic community and sending it requests: sites, pages, a client, and meters of processor and memory."""
