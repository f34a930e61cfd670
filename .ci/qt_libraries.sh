#!/bin/sh
# Are the system libraries there that Qt needs? Installs them where that is possible without a question
# (root on Debian or Ubuntu), else prints the one line to type.
#
#   .ci/qt_libraries.sh            what Qt needs at all is demanded, what a window needs is only offered
#   .ci/qt_libraries.sh window     what a window on the present display needs is demanded, too
set -eu

cd "$(dirname "$0")/.."
python=.venv/bin/python
needed_always="libgl1 libegl1 libfontconfig1 libxkbcommon0 libdbus-1-3"
needed_x11="libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0"
needed_wayland="libwayland-cursor0 libwayland-egl1"

qt_folder() {
    "$python" -c 'import importlib.util as u; print(u.find_spec("PySide6").submodule_search_locations[0])'
}

unresolved() { # the libraries that the named plug-in misses, one per line
    ldd "$plugins/$1" 2>/dev/null | sed -n 's/^[[:space:]]*\(.*\) => not found.*/\1/p' | sort -u
}

qt_loads() {
    "$python" -c 'import PySide6.QtWidgets' 2>/dev/null && [ -z "$(unresolved libqoffscreen.so)" ]
}

glib_package() { # Ubuntu 24.04 and Debian 13 renamed it
    if apt-cache show libglib2.0-0t64 >/dev/null 2>&1; then echo libglib2.0-0t64; else echo libglib2.0-0; fi
}

install() {
    echo "Installing the system libraries that Qt needs: $*"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

command_line() {
    if command -v apt-get >/dev/null 2>&1; then
        echo "    sudo apt-get install --no-install-recommends $*"
    else
        echo "    (Debian's names, look for your system's own) $*"
    fi
}

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

plugins=$(qt_folder)/Qt/plugins/platforms
window=
needed_window=$needed_x11
plugin=libqxcb.so
[ "${1:-}" = window ] && window=yes
if [ "$window" ] && [ -z "${DISPLAY:-}" ] && [ -n "${WAYLAND_DISPLAY:-}" ]; then
    needed_window=$needed_wayland
    plugin=libqwayland.so
fi

updated=
update_once() {
    [ "$updated" ] || apt-get update -qq
    updated=yes
}

# Without the first set, even `import PySide6.QtGui` fails.
if ! qt_loads; then
    if may_install; then
        update_once
        # shellcheck disable=SC2086 # lists of package names
        install "$(glib_package)" $needed_always
    fi
    if ! qt_loads; then
        echo "Qt cannot start: system libraries are missing. Please type this line, then repeat:"
        command_line "$(glib_package)" "$needed_always" "$needed_x11"
        "$python" -c 'import PySide6.QtWidgets' 2>&1 | tail -n 1 || true
        exit 1
    fi
fi

# The second set opens windows; the message of Qt itself names only one of the libraries.
if [ -n "$(unresolved "$plugin")" ]; then
    if may_install; then
        update_once
        # shellcheck disable=SC2086
        install $needed_window || true
    fi
    missing=$(unresolved "$plugin")
    if [ -n "$missing" ]; then
        echo "To open windows, Qt misses system libraries ($(echo "$missing" | tr '\n' ' ' | sed 's/ $//')). This line brings them:"
        command_line "$needed_window"
        [ -z "$window" ] || exit 1
    fi
fi
