# What the suites of this folder share. They read it from the root of the repository: . tests-foreign/common.sh

# debian PACKAGE…: installs Debian's packages; suites that run side by side take turns.
debian() {
    flock "${TMPDIR:-/tmp}/entente-apt.lock" \
        sh -c 'apt-get update -qq && apt-get install -y -qq "$@" >/dev/null' debian "$@"
}

# need COMMAND PACKAGE: installs Debian's package where the command is missing.
need() { command -v "$1" >/dev/null || debian "$2"; }

# built: builds the program; $entente names it from every folder.
built() {
    cargo build --quiet --workspace --bin entente
    entente=${CARGO_TARGET_DIR:-target}/debug/entente
    case $entente in /*) ;; *) entente=$PWD/$entente ;; esac
}

# said WORD FILE ERRORS PROCESS: waits until the process has written the word into the file, for a minute at most.
said() {
    tries=0
    until grep -q "$1" "$2"; do
        tries=$((tries + 1))
        [ "$tries" -lt 600 ] && kill -0 "$4" || { echo "FAILED: nobody says $1"; cat "$3"; exit 1; }
        sleep 0.1
    done
}
