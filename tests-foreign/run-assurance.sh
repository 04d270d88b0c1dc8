#!/bin/sh
# Has an assurance of the entente binary verified by the Go project's packages sumdb/note and sumdb/tlog, then changes it
# in many places, each of which the Go program must reject.
#
# Needs cargo and Go (1.18 or newer; installs Debian's if there is none). Ends with 1 when a check failed.
set -eu
cd "$(dirname "$0")/.."

. tests-foreign/common.sh
need go golang-go

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd tests-foreign/go-sumdb && go build -o "$work/go-sumdb" .)
built
cp examples/ferry/*.* "$work"
cd "$work"

export ENTENTE_PASSPHRASE=test ENTENTE_HEADS="$work/heads" ENTENTE_OUT="$work/post"
for party in USA.SVC GBR.CAB; do
    "$entente" --data $party init --party $party --work-factor 2 >/dev/null 2>&1
    "$entente" --data $party party export >$party.keys
done
give() { "$entente" --data "$@" >/dev/null 2>&1 || { echo "FAILED: entente --data $*"; exit 1; }; }
give USA.SVC party add GBR.CAB --keys GBR.CAB.keys
give GBR.CAB party add USA.SVC --keys USA.SVC.keys
give USA.SVC arrangement add arrangement.json
give GBR.CAB arrangement add arrangement.json
give GBR.CAB person add --file persons.json
give USA.SVC report add report.md
give USA.SVC deliver SVC-2026-0412 --to GBR.CAB
give GBR.CAB receive post/*-to-GBR.CAB.entente
give GBR.CAB report show SVC-2026-0412 --as GBR.CAB/minister --purpose threat-warning
give GBR.CAB assure --for USA.SVC -o good.json

passed=0
failed=0
verdict() { # EXPECTED-CODE WHAT FILE KEYS
    code=0
    "$work/go-sumdb" assurance "$3" "$4" >out 2>&1 || code=$?
    if [ "$code" -eq "$1" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $2: the program ended with $code: $(tail -n 1 out)"
    fi
}
changed() { # WHAT SED-COMMAND
    sed "$2" good.json >bad.json
    if cmp -s good.json bad.json; then
        failed=$((failed + 1))
        echo "FAILED: $1: nothing was changed"
    else
        verdict 1 "$1" bad.json GBR.CAB.keys
    fi
}
verdict 0 "an assurance" good.json GBR.CAB.keys
verdict 1 "the keys of another party" good.json USA.SVC.keys
changed "a name in an event" 's/GBR.CAB\/minister/GBR.CAB\/monister/'
changed "a commitment" 's/\(commitment\\":\\"\)./\1x/'
changed "a kind" 's/report-received/report-recEived/'
changed "a number" 's/\(seq\\":\)/\11/'
changed "an index" 's/index /index 1/'
changed "the size" 's/\("checkpoint": "[^\\]*\\n\)/\11/'
changed "a count" 's/"internal": /"internal": 1/'
changed "the writer" 's/"by": "GBR.CAB"/"by": "GBR.CAC"/'
changed "a salt" 's/\("salt": "\)../\1zz/'

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
