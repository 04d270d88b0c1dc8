#!/bin/sh
# Has systemd judge the unit, promtool the alert rules, and shellcheck the scripts that are handed out or make the packages.
# scripts/packages installs, runs, upgrades and removes the packages themselves.
#
# Installs what is missing (Debian's systemd, prometheus and shellcheck). Ends with 1 when a check failed.
set -eu
cd "$(dirname "$0")/.."

. tests-foreign/common.sh
need systemd-analyze systemd
need promtool prometheus
need shellcheck shellcheck

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0
says() { # WHAT COMMAND…
    what=$1
    shift
    if "$@" >"$work/said" 2>&1; then
        passed=$((passed + 1))
        if [ -n "${VERBOSE:-}" ]; then echo "ok: $what"; fi
    else
        failed=$((failed + 1))
        echo "FAILED: $what"
        sed 's/^/    /' "$work/said"
    fi
}
refuses() { ! "$@"; }

unit=packaging/root/usr/lib/systemd/system/entente.service
says "the unit's exposure is at most 3.0" systemd-analyze security --offline=true --threshold=30 --no-pager "$unit"
# A unit without the sandbox must not pass: the threshold counts.
mkdir "$work/open"
grep -vE '^(Protect|Private|Restrict|SystemCall|Capability|Memory|NoNew|Lock|Proc|Device|Secure|UMask|User|Remove)' "$unit" >"$work/open/entente.service"
says "an open unit is found out" refuses systemd-analyze security --offline=true --threshold=30 --no-pager "$work/open/entente.service"
# Judged as it is installed, with the program in its place.
mkdir "$work/installed"
sed 's#^ExecStart=/usr/bin/entente#ExecStart=/bin/true#; /^Documentation=/d' "$unit" >"$work/installed/entente.service"
says "systemd understands the unit" sh -c "systemd-analyze verify '$work/installed/entente.service' 2>&1 | tee '$work/verified'; ! [ -s '$work/verified' ]"

says "Prometheus takes the alert rules" promtool check rules packaging/monitoring/alerts.yml
says "the alerts come when they should, and only then" promtool test rules packaging/monitoring/alerts-test.yml

says "the scripts are sound" shellcheck --external-sources packaging/build packaging/musl packaging/deb/postinst packaging/deb/prerm packaging/deb/postrm \
    packaging/root/usr/sbin/entente-service packaging/trial/inside scripts/packages tests-foreign/run-packaging.sh

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
