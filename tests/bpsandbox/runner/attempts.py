"""Forbidden operations of a training, and a few allowed ones; each returns JSON if it succeeds."""

import ctypes
import mmap
import os
import resource
import socket
import threading
from contextlib import suppress

LIMITS = ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_CORE", "RLIMIT_NOFILE", "RLIMIT_NPROC")


def open_socket(wish):
    return socket.socket().fileno()


def unix_socket(wish):
    return [each.fileno() for each in socket.socketpair()]


def connect(wish):
    """Call the kernel directly: the socket module's refusal must not be the only barrier."""
    return called("connect", 0, None, 0)


def open_for_writing(wish):
    return os.open(wish["path"], os.O_WRONLY)


def append(wish):
    return os.open(wish["path"], os.O_APPEND | os.O_CREAT)


def truncate(wish):
    return os.truncate(wish["path"], 0)


def remove(wish):
    return os.remove(wish["path"])


def make_directory(wish):
    return os.mkdir(wish["path"] + ".d")


def link(wish):
    return os.link(wish["path"], wish["path"] + ".l")


def fork(wish):
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    return pid


def spawn(wish):
    return os.posix_spawn("/bin/true", ["true"], {})


def execute(wish):
    return os.execv("/bin/true", ["true"])


def thread(wish):
    return threading.Thread(target=print).start()


def signal_parent(wish):
    return os.kill(os.getppid(), 0)


def raise_limit(wish):
    return resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))


def limit_parent(wish):
    return resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1))


def outlive_parent(wish):
    return called("prctl", 1, 0, 0, 0, 0)


def leave_group(wish):
    return os.setsid()


def new_namespace(wish):
    return os.unshare(os.CLONE_NEWUSER)


def trace_parent(wish):
    return called("ptrace", 16, os.getppid(), 0, 0)


def become_root(wish):
    return os.setuid(1)


def read(wish):
    with open(wish["path"]) as file:
        return file.read()


def list_folder(wish):
    return os.listdir(os.path.dirname(wish["path"]))


def network_namespace(wish):
    return os.readlink("/proc/self/ns/net")


def limits(wish):
    return {name: resource.getrlimit(getattr(resource, name)) for name in LIMITS}


def fill(wish):
    """Allocate memory, a MiB at a time, without touching it; return how many MiB."""
    kept = []
    with suppress(MemoryError, OSError):
        while True:
            kept.append(mmap.mmap(-1, 1 << 20))
    return len(kept)


def called(name, *arguments):
    """Call a function of the C library; raise its error."""
    outcome = getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments)
    if outcome < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return outcome


ATTEMPTS = {name: attempt for name, attempt in globals().items() if callable(attempt)} | {"socket": open_socket}
