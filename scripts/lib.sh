# shellcheck shell=bash
# What serve and test share: finding and installing what is missing, and building.
# Knows Debian's package names; where there is no apt-get it names them and stops.

top=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
[ -n "$top" ] || exit 1

say()
{
    printf '%s\n' "$*" >&2
}

# die STATUS LINE... - says why and what to do, and stops
die()
{
    local status=$1
    shift
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    shift
    [ $# -eq 0 ] || printf '  %s\n' "$@" >&2
    exit "$status"
}

# quietly COMMAND... - runs it without its output, which is shown in full if it fails
quietly()
{
    local output status=0
    output=$(mktemp) || return 1
    "$@" >"$output" 2>&1 || status=$?
    [ "$status" -eq 0 ] || cat -- "$output" >&2
    rm -f -- "$output"
    return "$status"
}

has_command()
{
    command -v "$1" >/dev/null 2>&1
}

has_package()
{
    case $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) in
    installed) return 0 ;;
    *) return 1 ;;
    esac
}

# A library may also come from elsewhere than a Debian package.
has_library()
{
    pkg-config --exists "$1" 2>/dev/null || has_package "$2"
}

# Compilers are installed without what they recommend, the C library's headers included.
has_libc_headers()
{
    printf '#include <stdio.h>\n' | cc -E - >/dev/null 2>&1 || has_package libc6-dev
}

# packages_for serve|test - prints the packages that are missing, one a line
packages_for()
{
    has_command cc || echo gcc
    has_libc_headers || echo libc6-dev
    has_command meson || echo meson
    has_command ninja || echo ninja-build
    has_command pkg-config || echo pkg-config
    has_library libevent_core libevent-dev || echo libevent-dev
    has_library libmagic libmagic-dev || echo libmagic-dev
    has_library jansson libjansson-dev || echo libjansson-dev
    [ "$1" = test ] || return 0
    has_command gcc || echo gcc
    has_command clang || echo clang
    has_command clang-format || echo clang-format
    has_command curl || echo curl
    has_command valgrind || echo valgrind
    has_command wrk || echo wrk
    has_command gnuplot || echo gnuplot-nox
    has_library criterion libcriterion-dev || echo libcriterion-dev
}

# as_root COMMAND... - sudo may ask for a password only where somebody can type one
as_root()
{
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

apt()
{
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=120 "$@"
}

# install_missing serve|test - asks apt for nothing when nothing is missing
install_missing()
{
    local list packages
    list=$(packages_for "$1" | sort -u)
    [ -n "$list" ] || return 0
    mapfile -t packages <<<"$list"

    if ! has_command apt-get; then
        die 77 "these are missing, by their Debian names: ${packages[*]}" \
            "install them with this system's package manager, then run it again"
    fi
    if [ "$(id -u)" -ne 0 ] && ! has_command sudo; then
        die 77 "these packages are missing, and only root can install them: ${packages[*]}" \
            "as root: apt-get install --no-install-recommends ${packages[*]}"
    fi

    as_root true || die 77 "sudo refused; these packages are missing: ${packages[*]}" \
        "as root: apt-get install --no-install-recommends ${packages[*]}"

    say "installing ${packages[*]}"
    # The package lists of a new machine are empty, and old ones name files that are gone.
    if apt install --no-install-recommends "${packages[@]}" >/dev/null 2>&1; then
        return 0
    fi
    say "updating the package lists first"
    if ! quietly apt update || ! quietly apt install --no-install-recommends "${packages[@]}"; then
        die 77 "could not install ${packages[*]}" \
            "as root: apt-get update && apt-get install --no-install-recommends ${packages[*]}"
    fi
}

# need_writable DIRECTORY - a build that another user made cannot be gone on with
need_writable()
{
    local foreign=
    if [ -d "$1" ]; then
        foreign=$(find "$1" ! -type l ! -writable -print -quit 2>&1)
        [ -z "$foreign" ] || die 77 "${foreign%%$'\n'*} cannot be written: another user built there" \
            "as that user or root: rm -r '$1'"
    elif [ ! -w "$(dirname -- "$1")" ]; then
        die 77 "$(dirname -- "$1") cannot be written" "clone it to a directory of your own"
    fi
}

# configure DIRECTORY [MESON OPTIONS] - only where it was not configured yet: an existing
# configuration, by hand or not, stays as it is
configure()
{
    local directory=$1
    shift
    need_writable "$directory"
    [ ! -f "$directory/build.ninja" ] || return 0
    quietly meson setup "$@" "$directory" "$top"
}

# build DIRECTORY [TARGET...]
build()
{
    local directory=$1
    shift
    quietly ninja --quiet -C "$directory" -j "$(nproc)" "$@"
}
