"""The stator that is measured: built here for release, or given and looked at first."""

import json
import os
import pathlib
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = TOP / "build-bench"
OPTIONS = ("buildtype", "optimization", "debug", "b_lto", "b_sanitize", "portable", "c_args")
SANITIZERS = (b"__asan_init", b"__tsan_init", b"__ubsan_handle", b"__msan_init")
BUILD_SCRIPT = """
set -euo pipefail
. "$1/scripts/lib.sh"
install_missing serve
configure "$2" --buildtype=release -Db_lto=true -Dtests=disabled ||
    die 1 "cannot configure $2; why stands above"
build "$2" || die 1 "cannot build $2; what the compiler said stands above"
"""


class Refused(Exception):
    """This program's figures would say nothing; the text says why and what to do."""


def build():
    """Builds the release program in build-bench/ and returns its path."""
    done = subprocess.run(["bash", "-c", BUILD_SCRIPT, "bench", TOP, BUILD], check=False)
    if done.returncode != 0:
        raise Refused("stator could not be built, see above")
    return BUILD / "src" / "stator"


def build_limit(directory):
    """Compiles limit.c and returns the program's path."""
    binary = directory / "limit"
    source = pathlib.Path(__file__).with_name("limit.c")
    command = ["cc", "-std=gnu11", "-D_GNU_SOURCE", "-O2", "-o", binary, source]
    try:
        subprocess.run(command, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Refused(
            f"limit.c could not be compiled ({error}): apt-get install gcc libc6-dev, or leave "
            f"limit out (--servers)"
        ) from error
    return binary


def build_options(binary):
    """What Meson says that `binary` was built with, or None where it stands in no build."""
    for directory in list(binary.resolve().parents)[:3]:
        info = directory / "meson-info" / "intro-buildoptions.json"
        if info.exists():
            options = json.loads(info.read_text(encoding="utf-8"))
            return {row["name"]: row["value"] for row in options if row["name"] in OPTIONS}
    return None


def need_release(binary):
    """Raises Refused for a debug or sanitizer build; returns its build options, None if unknown."""
    if not binary.is_file() or not os.access(binary, os.X_OK):
        raise Refused(f"{binary} is not a program")
    options = build_options(binary)
    image = binary.read_bytes()
    if any(name in image for name in SANITIZERS):
        raise Refused(f"{binary} is built with a sanitizer: build one with --buildtype=release")
    if options is None:
        if b".debug_info" in image:
            raise Refused(f"{binary} is a debug build: build one with --buildtype=release")
        return None
    if options["optimization"] not in ("2", "3") or options["debug"]:
        kind = options["buildtype"]
        raise Refused(
            f"{binary} is built for {kind}, not for release: meson configure "
            f"--buildtype=release in its build directory, or remove that"
        )
    return options


def commit():
    """{"commit", "clean"} of this work tree; empty where it is not one."""

    def git(*arguments):
        told = subprocess.run(
            ["git", "-C", TOP, *arguments], capture_output=True, text=True, check=False
        )
        return told.stdout.strip() if told.returncode == 0 else None

    try:
        head, changes = git("rev-parse", "HEAD"), git("status", "--porcelain")
    except FileNotFoundError:
        return {}
    return {"commit": head, "clean": changes == ""} if head else {}
