"""A filter on system calls: those that a training never needs are refused with EPERM, irrevocably.

The filter is a program for the kernel's packet filter (BPF), in blocks: "if the call has this number, look at an
argument, refuse or allow", and at the end "allow". It lists what to refuse, not what to allow, because a new version of
Python or NumPy may need other calls. The list below has what matters. Layout of the program: linux/filter.h; of what it
reads: struct seccomp_data in linux/seccomp.h.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Iterable, Iterator

Block = list[tuple[int, int, int, int]]

LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050001, 0x80000000
NUMBER, MACHINE, ARGUMENTS = 0, 4, 16
INSTRUCTION = struct.Struct("HBBI")
SET_FILTER, SPARE_MITIGATIONS = 1, 4
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
ANYTHING = 0xFFFFFFFF
OTHER_ABI = 0x40000000

# For each machine: its name for the kernel, the number of `seccomp` itself, the calls by number.
ARCHITECTURES = {"x86_64": (0xC000003E, 317), "aarch64": (0xC00000B7, 277)}
REFUSED = {
    "x86_64": {
        "network": "socket 41 connect 42 accept 43 sendto 44 sendmsg 46 bind 49 listen 50 socketpair 53 accept4 288"
        " sendmmsg 307 io_uring_setup 425 io_uring_enter 426 io_uring_register 427",
        "processes": "clone 56 fork 57 vfork 58 execve 59 execveat 322 clone3 435 setpgid 109 setsid 112",
        "files": "creat 85 truncate 76 ftruncate 77 rename 82 mkdir 83 rmdir 84 link 86 unlink 87 symlink 88 chmod 90"
        " fchmod 91 chown 92 fchown 93 lchown 94 utime 132 mknod 133 setxattr 188 lsetxattr 189 fsetxattr 190"
        " removexattr 197 lremovexattr 198 fremovexattr 199 utimes 235 mkdirat 258 mknodat 259 fchownat 260"
        " futimesat 261 unlinkat 263 renameat 264 linkat 265 symlinkat 266 fchmodat 268 utimensat 280 fallocate 285"
        " renameat2 316 openat2 437 fchmodat2 452 open_by_handle_at 304",
        "privileges": "ptrace 101 prctl 157 setrlimit 160 tkill 200 rt_sigqueueinfo 129 unshare 272"
        " rt_tgsigqueueinfo 297 process_vm_readv 310 process_vm_writev 311 setns 308 bpf 321 userfaultfd 323"
        " pidfd_send_signal 424 pidfd_getfd 438 keyctl 250 add_key 248 request_key 249 perf_event_open 298",
    },
    "aarch64": {
        "network": "socket 198 socketpair 199 bind 200 listen 201 accept 202 connect 203 sendto 206 sendmsg 211"
        " accept4 242 sendmmsg 269 io_uring_setup 425 io_uring_enter 426 io_uring_register 427",
        "processes": "clone 220 execve 221 execveat 281 clone3 435 setpgid 154 setsid 157",
        "files": "setxattr 5 lsetxattr 6 fsetxattr 7 removexattr 14 lremovexattr 15 fremovexattr 16 mknodat 33"
        " mkdirat 34 unlinkat 35 symlinkat 36 linkat 37 renameat 38 truncate 45 ftruncate 46 fallocate 47 fchmod 52"
        " fchmodat 53 fchownat 54 fchown 55 utimensat 88 renameat2 276 openat2 437 fchmodat2 452"
        " open_by_handle_at 265",
        "privileges": "ptrace 117 prctl 167 setrlimit 164 tkill 130 rt_sigqueueinfo 138 unshare 97"
        " rt_tgsigqueueinfo 240 process_vm_readv 270 process_vm_writev 271 setns 268 bpf 280 userfaultfd 282"
        " pidfd_send_signal 424 pidfd_getfd 438 keyctl 219 add_key 217 request_key 218 perf_event_open 241",
    },
}
OPENING = {"x86_64": ((2, 1), (257, 2)), "aarch64": ((56, 2),)}  # the call, and which argument has its flags
SIGNALLING = {"x86_64": (62, 234), "aarch64": (129, 131)}  # kill, tgkill
LIMITING = {"x86_64": 302, "aarch64": 261}  # prlimit64


class NotConfined(Exception):
    """This machine does not support the filter."""


def refuse() -> None:
    """Install the filter in this process. Requires no_new_privs. Raises NotConfined."""
    install(program(machine()))


def machine() -> str:
    """Return the name of this machine. Raises NotConfined for a machine without a list of calls."""
    name = platform.machine()
    if sys.platform != "linux" or name not in ARCHITECTURES:
        raise NotConfined(f"no filter for {sys.platform} on {name}")
    return name


def install(blocks: Iterable[Block]) -> None:
    """Install a filter made of these blocks. Raises NotConfined."""
    instructions = [line for block in blocks for line in block]
    code = ctypes.create_string_buffer(b"".join(INSTRUCTION.pack(*line) for line in instructions))
    whole = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(instructions), ctypes.addressof(code)))
    _, seccomp = ARCHITECTURES[machine()]
    # Without the flag, kernels before 5.16 also switch on mitigations that make every program slower.
    if ctypes.CDLL(None, use_errno=True).syscall(seccomp, SET_FILTER, SPARE_MITIGATIONS, whole):
        raise NotConfined(os.strerror(ctypes.get_errno()))


def program(name: str) -> Iterator[Block]:
    number_of_machine, _ = ARCHITECTURES[name]
    yield [(LOAD, 0, 0, MACHINE), (EQUAL, 1, 0, number_of_machine), (RETURN, 0, 0, KILL), (LOAD, 0, 0, NUMBER)]
    yield [(AT_LEAST, 0, 1, OTHER_ABI), (RETURN, 0, 0, REFUSE)]
    for number in numbers(name):
        yield [(EQUAL, 0, 1, number), (RETURN, 0, 0, REFUSE)]
    for number, position in OPENING[name]:
        yield look(number, position, [(ANY_BIT, 0, 1, WRITING)])
    for number in SIGNALLING[name]:
        yield look(number, 0, [(EQUAL, 1, 0, os.getpid())])
    yield look(LIMITING[name], 2, [(ANY_BIT, 2, 0, ANYTHING), high_half(2), (ANY_BIT, 0, 1, ANYTHING)])
    yield [(RETURN, 0, 0, ALLOW)]


def numbers(name: str) -> Iterator[int]:
    for calls in REFUSED[name].values():
        yield from map(int, calls.split()[1::2])


def look(number: int, position: int, judgement: Block) -> Block:
    """Test a call by one of its arguments: the test continues to a refusal, or skips it to allow the call."""
    low_half = (LOAD, 0, 0, ARGUMENTS + 8 * position)
    body = [low_half, *judgement, (RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW)]
    return [(EQUAL, 0, len(body), number), *body]


def high_half(position: int) -> tuple[int, int, int, int]:
    return LOAD, 0, 0, ARGUMENTS + 8 * position + 4
