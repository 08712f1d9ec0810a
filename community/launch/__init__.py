"""The launcher behind `./run`: creates the environment, prepares the state and supervises the processes.

Standard library only, because it runs before anything is installed.
"""
