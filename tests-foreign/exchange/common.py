"""What the checks of this folder share: the program that ENTENTE names, and how many checks held."""

import os
import subprocess
import sys

ENTENTE = os.environ["ENTENTE"]
held = []
failed = []


def check(what, holds):
    (held if holds else failed).append(what)
    if not holds:
        print(f"FAILED: {what}")


def entente(*arguments):
    done = subprocess.run([ENTENTE, *arguments], capture_output=True, text=True)
    check(f"entente {' '.join(arguments)}: {done.stderr}", done.returncode == 0)
    return done.stdout


def end():
    """Says how many held; ends with 1 where one did not."""
    print(f"{len(held)} passed, {len(failed)} failed")
    sys.exit(1 if failed else 0)
