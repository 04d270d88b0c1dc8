#!/bin/sh
# Looks at every page of the served demonstration in Debian's Chromium, with axe-core and html-validate, and answers a request
# by keyboard without scripts (see pages/pages.mjs).
#
# Needs cargo; installs Debian's chromium and npm's packages if they are missing. Ends with 1 when a check failed.
set -eu
cd "$(dirname "$0")/.."

. tests-foreign/common.sh
need chromium chromium
need npm npm

built
work=$(mktemp -d)
served=
end() {
    [ -z "$served" ] || { kill "$served" 2>/dev/null || true; wait "$served" 2>/dev/null || true; }
    rm -rf "$work"
}
trap end EXIT
cp tests-foreign/pages/* "$work"
(cd "$work" && npm ci --silent --no-audit --no-fund --ignore-scripts)

"$entente" demo --serve >"$work/said" 2>"$work/errors" &
served=$!
said Ctrl-C "$work/said" "$work/errors" "$served"
sed -n 's/^ *\([A-Z.]*\/[a-z-]*\) .*\(http:[^ ]*\)$/\1 \2/p' "$work/said" >"$work/links"
CHROMIUM=$(command -v chromium)
export CHROMIUM
ended=0
node "$work/pages.mjs" "$work/links" || ended=1

# A first start, on a folder that is not there yet.
kill "$served"
wait "$served" 2>/dev/null || true
ENTENTE_PASSPHRASE='a passphrase for the test' ENTENTE_HEADS="$work/heads" \
    "$entente" --data "$work/new" serve --listen 127.0.0.1:8533 >"$work/first" 2>"$work/errors" &
served=$!
said /join/ "$work/first" "$work/errors" "$served"
node "$work/founding.mjs" "$(grep -o 'http:[^ ]*/join/.*' "$work/first")" || ended=1
exit $ended
