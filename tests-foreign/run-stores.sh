#!/bin/sh
# The store on servers of others: PostgreSQL passes what SQLite passes, and loses nothing when it, a node or the line between
# them fails.
#
# Needs cargo, root or PostgreSQL's binaries (15 or newer; installs Debian's if there are none). ENTENTE_POSTGRES_BIN names
# another version's folder of binaries. Ends with 1 when a test failed.
set -eu
cd "$(dirname "$0")/.."

. tests-foreign/common.sh
bin=${ENTENTE_POSTGRES_BIN:-}
newest() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }
[ -n "$bin" ] || bin=$(newest)
[ -n "$bin" ] || { debian postgresql; bin=$(newest); }
need openssl openssl

work=$(mktemp -d)
chmod 755 "$work"
port=$((20000 + $$ % 20000))
server() { tests-foreign/stores/server "$bin" "$work/pg" $port "$1"; }
ended() {
    for left in "$work"/*/data "$work"/*/*/data; do
        [ ! -f "$left/postmaster.pid" ] || kill -INT "$(head -n 1 "$left/postmaster.pid")" 2>/dev/null || true
    done
    sleep 1
    ! mountpoint -q "$work/small" || umount -l "$work/small"
    rm -rf "$work"
}
trap ended EXIT
server make
server start

export ENTENTE_TEST_POSTGRES="$bin $work/pg $port"
log="$work/tests.log"
cargo test --quiet --workspace --test conformance --test nodes --test server -- --ignored --test-threads 4 \
    --skip writes_until_killed >"$log" 2>&1 || true
passed=$(sed -n 's/^test result: .* \([0-9]*\) passed; .*/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
failed=$(sed -n 's/^test result: .* \([0-9]*\) failed; .*/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ] || { cat "$log"; [ "$failed" -gt 0 ] || failed=1; }
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
