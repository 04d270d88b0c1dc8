#!/bin/sh
# Looks at every page of the served demonstration in Debian's Chromium, with axe-core and html-validate (pages/pages.mjs); goes through
# a whole matter at its three nodes by keyboard, with scripts and without (pages/story.mjs); and sets a first node up
# (pages/founding.mjs); and compares pictures with those that were looked at (pages/pictures). `PICTURES=FOLDER` keeps pictures; after a
# change that is meant, `KEEP=yes` keeps the new ones in pages/pictures instead of comparing, and does nothing else.
#
# Needs cargo; installs Debian's chromium and npm's packages if they are missing. Ends with 1 when a check failed.
set -eu
cd "$(dirname "$0")/.."

. tests-foreign/common.sh
need chromium chromium
need npm npm
[ -d /usr/share/fonts/truetype/liberation ] || debian fonts-liberation

built
work=$(mktemp -d)
served=
end() {
    [ -z "$served" ] || { kill "$served" 2>/dev/null || true; wait "$served" 2>/dev/null || true; }
    rm -rf "$work"
}
trap end EXIT
cp tests-foreign/pages/*.* "$work"
(cd "$work" && npm ci --silent --no-audit --no-fund --ignore-scripts)

ended=0
CHROMIUM=$(command -v chromium)
export CHROMIUM
# Serves the demonstration anew, and lets a program of `pages/` work at it.
at_demonstration() {
    "$entente" demo --serve >"$work/said" 2>"$work/errors" &
    served=$!
    said Ctrl-C "$work/said" "$work/errors" "$served"
    sed -n 's/^ *\([A-Z.]*\/[a-z-]*\) .*\(http:[^ ]*\)$/\1 \2/p' "$work/said" >"$work/links"
    program=$1
    shift
    node "$work/$program" "$work/links" "$@" || ended=1
    kill "$served"
    wait "$served" 2>/dev/null || true
}
at_demonstration pictures.mjs "$PWD/tests-foreign/pages/pictures"
[ -z "${KEEP:-}" ] || exit $ended
at_demonstration pages.mjs
at_demonstration story.mjs scripts
at_demonstration story.mjs none

# A first start, on a folder that is not there yet.
ENTENTE_PASSPHRASE='a passphrase for the test' ENTENTE_HEADS="$work/heads" \
    "$entente" --data "$work/new" serve --listen 127.0.0.1:8533 >"$work/first" 2>"$work/errors" &
served=$!
said /join/ "$work/first" "$work/errors" "$served"
node "$work/founding.mjs" "$(grep -o 'http:[^ ]*/join/.*' "$work/first")" || ended=1
exit $ended
