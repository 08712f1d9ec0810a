"""The three circles of tests behind `./run test`: a newcomer's, the commit stage, and everything (docs/tests.md)."""
