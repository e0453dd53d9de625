"""Runs a command as an ordinary user, without capabilities, under a system call filter.

    under_filter.py seccomp.json COMMAND…        the profile for containers
    under_filter.py gonggang.service COMMAND…    the filter that systemd derives from the unit
    under_filter.py no-namespaces COMMAND…       no user namespaces, as in an engine's default profile
"""

import errno
import json
import os
import pathlib
import subprocess
import sys

import pyseccomp as seccomp

CLONE_NEWUSER = 0x10000000


def of_profile(path):
    profile = json.loads(path.read_text())
    assert profile["defaultAction"] == "SCMP_ACT_ALLOW", profile["defaultAction"]
    rules = seccomp.SyscallFilter(defaction=seccomp.ALLOW)
    for entry in profile["syscalls"]:
        for name in entry["names"]:
            add(rules, seccomp.ERRNO(entry["errnoRet"]), name)
    return rules


def of_unit(path):
    lines = path.read_text().splitlines()
    (value,) = [line.split("=", 1)[1] for line in lines if line.startswith("SystemCallFilter=")]
    rules = seccomp.SyscallFilter(defaction=seccomp.ERRNO(errno.EPERM))
    # systemd always allows these.
    for name in expanded(["@default", *value.split()]):
        add(rules, seccomp.ALLOW, name)
    return rules


def expanded(names):
    for name in names:
        if not name.startswith("@"):
            yield name
            continue
        listing = subprocess.run(
            ["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True
        ).stdout
        members = [line.strip() for line in listing.splitlines()[1:]]
        yield from expanded([m for m in members if m and not m.startswith("#")])


def without_namespaces():
    rules = seccomp.SyscallFilter(defaction=seccomp.ALLOW)
    new_user = seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER)
    rules.add_rule(seccomp.ERRNO(errno.EPERM), "clone", new_user)
    rules.add_rule(seccomp.ERRNO(errno.EPERM), "unshare")
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    return rules


def add(rules, action, name):
    try:
        rules.add_rule(action, name)
    except (RuntimeError, OSError, ValueError):
        pass  # of another architecture, or newer than the library


def main():
    which, command = sys.argv[1], sys.argv[2:]
    path = pathlib.Path(which)
    if which == "no-namespaces":
        rules = without_namespaces()
    elif path.suffix == ".json":
        rules = of_profile(path)
    else:
        rules = of_unit(path)
    if os.geteuid() == 0:
        # The user id last: changing it removes the right to change ids.
        os.setgroups([])
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)
    rules.load()
    os.execvp(command[0], command)


main()
