#!/bin/sh
# Has other people's programs ask the interface for programs, and be told by it: schemathesis goes through the OpenAPI document
# (no failure of the node, no answer that is not as described), aiosmtpd takes its mails and carries messages between two nodes, the library of Standard Webhooks verifies
# its calls, the classes of OpenTelemetry read its traces, people sign in through oidc-provider and not through a provider that lies,
# and with passkeys in Debian's Chromium.
#
# Needs cargo; installs Debian's Python, openssl, npm and chromium, and the packages, if they are missing. Ends with 1 when a check failed.
# SCHEMATHESIS_EXAMPLES=N goes deeper.
set -eu
cd "$(dirname "$0")/.."

. tests-foreign/common.sh
need python3 python3
need openssl openssl
need npm npm
need chromium chromium
python3 -c 'import ensurepip' 2>/dev/null || debian python3-venv

built
tools=${ENTENTE_TOOLS:-$PWD/target/tools}/api
mkdir -p "$tools"
[ -x "$tools/venv/bin/python" ] || python3 -m venv "$tools/venv"
"$tools/venv/bin/pip" install --quiet --disable-pip-version-check -r tests-foreign/api/requirements.txt
cp tests-foreign/api/* "$tools"
(cd "$tools" && npm ci --silent --no-audit --no-fund --ignore-scripts)

work=$(mktemp -d)
served=
end() {
    [ -z "$served" ] || { kill "$served" 2>/dev/null || true; wait "$served" 2>/dev/null || true; }
    rm -rf "$work"
}
trap end EXIT
cp examples/ferry/*.* "$work"
cd "$work"
export ENTENTE_PASSPHRASE=test ENTENTE_HEADS="$work/heads" ENTENTE_OUT="$work/post" ENTENTE_LOGIN="$work/nobody"
give() { "$entente" --data "$@" >/dev/null 2>&1 || { echo "FAILED: entente --data $*"; exit 1; }; }
for party in USA.SVC GBR.CAB; do
    give $party init --party $party --work-factor 2
    "$entente" --data $party party export >$party.keys
done
for pair in "USA.SVC GBR.CAB" "GBR.CAB USA.SVC"; do
    set -- $pair
    give $1 party add $2 --keys $2.keys
    give $1 arrangement add arrangement.json
done
give GBR.CAB person add --file persons.json
give USA.SVC report add report.md
give USA.SVC deliver SVC-2026-0412 --to GBR.CAB
give GBR.CAB receive post/*
rm -f post/*
"$tools/venv/bin/python" "$tools/notices.py" "$entente"

"$tools/venv/bin/python" "$tools/mailing.py" "$entente"

"$tools/venv/bin/python" "$tools/traces.py" "$entente"

"$tools/venv/bin/python" "$tools/oidc.py" "$entente" "$tools/provider.js"

# Passkeys are for a name: the port has to be known before the node listens.
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
origin=http://gbr-cab.localhost:$port
printf 'listen = "127.0.0.1:%s"\norigin = "%s"\n' "$port" "$origin" >GBR.CAB/serve.toml
: >said
"$entente" --json --data GBR.CAB serve >said 2>errors &
served=$!
said '"url"' said errors "$served"
path=$("$entente" --json --data GBR.CAB account invite GBR.CAB/lane --demonstration | sed -n 's/.*"path": *"\([^"]*\)".*/\1/p')
CHROMIUM=$(command -v chromium) node "$tools/passkeys.js" "$origin$path" "$origin"
kill "$served" && wait "$served" || true
rm GBR.CAB/serve.toml

# Somebody with every role, so that no question ends at the door.
give GBR.CAB person add GBR.CAB/everything --role analyst --role disclosure-officer --role override-authority \
    --role security-officer --role source-handler --role auditor --role administrator
give GBR.CAB report distribute SVC-2026-0412 --add GBR.CAB/everything
token() { "$entente" --json --data GBR.CAB account token GBR.CAB/everything --name $1 --scope $1 | sed -n 's/.*"token": *"\([^"]*\)".*/\1/p'; }
read=$(token read)
act=$(token act)
: >said
"$entente" --json --data GBR.CAB serve --listen 127.0.0.1:0 >said 2>errors &
served=$!
said '"url"' said errors "$served"
url=$(sed -n 's/.*"url": *"\([^"]*\)".*/\1/p' said)
export SCHEMATHESIS_HOOKS="$tools/hooks.py"
ask() { # TOKEN MORE…
    bearer=$1
    shift
    "$tools/venv/bin/schemathesis" run "$url/api/v1/openapi.json" --url "$url" \
        --header "Authorization: Bearer $bearer" --seed 20261127 --generation-database none --no-color \
        --checks not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance \
        --exclude-path /api/v1/events --max-examples "${SCHEMATHESIS_EXAMPLES:-2}" --phases coverage,fuzzing "$@" >report 2>&1 ||
        { cat report; echo "FAILED: schemathesis"; exit 1; }
    cases=$(sed -n 's/.*[^0-9]\([0-9][0-9]*\) generated.*/\1/p' report | tail -1)
    echo "${cases:-0} passed, 0 failed"
}
ask "$read" --include-method GET
ask "$act" --exclude-method GET
grep -q '"level":"warning".*fail' errors && { grep '"level":"warning"' errors; echo "FAILED: the node complains"; exit 1; }
"$entente" --data GBR.CAB ledger verify >/dev/null || { echo "FAILED: the ledger does not verify"; exit 1; }
