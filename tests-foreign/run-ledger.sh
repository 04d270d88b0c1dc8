#!/bin/sh
# Publishes logs and has them checked by the Go project's packages sumdb/note and sumdb/tlog, which share no code with
# this project; then changes, removes and adds files in a copy, each of which the Go program must reject.
#
# Needs cargo and Go (1.18 or newer; installs Debian's if there is none). Ends with 1 when a check failed.
set -eu
cd "$(dirname "$0")/.."

command -v go >/dev/null || { apt-get update -qq && apt-get install -y -qq golang-go >/dev/null; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

pass() {
    passed=$((passed + 1))
    if [ -n "${VERBOSE:-}" ]; then echo "ok: $1"; fi
}

fail() {
    failed=$((failed + 1))
    echo "FAILED: $1"
}

# accepts WHAT FOLDER: the Go program must find nothing wrong.
accepts() {
    if "$work/go-sumdb" "$2" >"$work/out" 2>&1; then
        pass "$1"
    else
        fail "$1: $(tail -n 1 "$work/out")"
    fi
}

# rejects WHAT FOLDER: the Go program must end with 1, which is not how it ends when it crashes.
rejects() {
    code=0
    "$work/go-sumdb" "$2" >"$work/out" 2>&1 || code=$?
    if [ "$code" -eq 1 ]; then
        pass "$1 is rejected: $(tail -n 1 "$work/out")"
    else
        fail "$1 is not rejected (the program ended with $code)"
    fi
}

# flip FILE OFFSET BIT: changes one bit of a file.
flip() {
    old=$(od -An -tu1 -j "$2" -N 1 "$1")
    octal=$(printf '%03o' $((old ^ (1 << $3))))
    printf "\\$octal" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

(cd tests-foreign/go-sumdb && go build -o "$work/go-sumdb" .)
cargo build --quiet --package entente-ledger --example make_log
make_log() {
    cargo run --quiet --package entente-ledger --example make_log -- "$@" >/dev/null
}

# Around the widths of tiles, and with tiles at level 2.
for sizes in "1" "2 3" "0 1 255 256" "256 257 511 512 513" "7 700 65535 65536 66000"; do
    name="$work/log-$(echo "$sizes" | tr ' ' '-')"
    # shellcheck disable=SC2086 # The sizes are separate arguments.
    make_log "$name" $sizes
    accepts "a log that grew through the sizes $sizes" "$name"
done

# A small log with full and partial tiles, older checkpoints and proofs.
good=$work/good
bad=$work/bad
make_log "$good" 5 256 300
accepts "the log to tamper with" "$good"
cp -r "$good" "$bad"
for file in $(cd "$good" && find ledger proofs log.vkey -type f | sort); do
    length=$(wc -c <"$good/$file")
    for offset in 0 $((length / 3)) $((length / 2)) $((length - 1)); do
        flip "$bad/$file" "$offset" $((offset % 7))
        rejects "$file with a bit of byte $offset flipped" "$bad"
        cp "$good/$file" "$bad/$file"
    done
    case $file in
    # Kept checkpoints may be pruned, and each proof stands alone.
    ledger/checkpoints/* | *.tlog-proof) ;;
    *)
        rm "$bad/$file"
        rejects "a log without $file" "$bad"
        cp "$good/$file" "$bad/$file"
        ;;
    esac
done
cp "$good/ledger/tile/0/000" "$bad/ledger/tile/0/002"
rejects "a tile too many" "$bad"
rm "$bad/ledger/tile/0/002"
cp "$good/proofs/0.entry" "$bad/proofs/299.entry"
rejects "a proof with another entry" "$bad"
cp "$good/proofs/299.entry" "$bad/proofs/299.entry"
accepts "the copy when all is put back" "$bad"

other=$work/other
make_log "$other" 5 256 300
cp "$other/log.vkey" "$bad/log.vkey"
rejects "a log signed by another key" "$bad"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
