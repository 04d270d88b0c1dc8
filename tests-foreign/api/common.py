"""What the checks of this folder share: the program that the first argument names, what passed, and an end at the first failure."""

import json
import subprocess
import sys

ENTENTE = sys.argv[1]
PASSED = []
PROCESSES = []


def check(what, holds, seen=""):
    if not holds:
        print(f"FAILED: {what}: {seen}")
        for process in PROCESSES:
            process.kill()
        sys.exit(1)
    PASSED.append(what)


def entente(party, *words):
    """What a command says, which must not fail."""
    done = subprocess.run([ENTENTE, "--json", "--data", party, *words], capture_output=True, text=True)
    if done.returncode:
        check(f"entente {party} {' '.join(words)}", False, done.stdout + done.stderr)
    return done.stdout


def started(*words, **more):
    """A process that ends with the first failure; what it says is read line by line."""
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, **more)
    PROCESSES.append(process)
    return process


def serving(party, log, *words):
    """A party's node, which writes its journal to the end of a file, and where it is reached."""
    with open(log, "a") as journal:
        node = started(ENTENTE, "--json", "--data", party, "serve", *words, stderr=journal)
    return node, json.loads(node.stdout.readline())["url"]
