"""Two nodes exchange messages by mail alone, through a real server (aiosmtpd) that puts them into mailbox folders (Maildir). Run by
run-api.sh, in a folder where USA.SVC and GBR.CAB know each other.

Usage: mailing.py ENTENTE
"""

import json
import logging
import mailbox
import os
import signal
import socket
import time

from aiosmtpd.controller import Controller

from common import PASSED, check, entente, serving

logging.getLogger("mail.log").setLevel(logging.ERROR)
ADDRESSES = {"USA.SVC": "entente@svc.example", "GBR.CAB": "entente@cab.example"}


class Boxes:
    """Puts each mail into its receiver's folder, as a server for mail does."""

    def __init__(self):
        self.boxes = {address: mailbox.Maildir(os.path.abspath(f"{party}.mail")) for party, address in ADDRESSES.items()}
        self.all = []

    async def handle_DATA(self, server, session, envelope):
        self.all.append(envelope.content)
        for receiver in envelope.rcpt_tos:
            self.boxes[receiver].add(envelope.content)
        return "250 taken"


def until(what, holds, seconds=60):
    end = time.time() + seconds
    while not holds():
        if time.time() > end:
            check(what, False, "waited in vain\n" + open("mailing.log").read()[-2000:])
        time.sleep(0.2)
    PASSED.append(what)


def standing(party, other):
    return next(one for one in json.loads(entente(party, "partner", "list")) if one["standing"]["party"] == other)


def of(party, other, name):
    return standing(party, other)["standing"][name]


def holds(party, report):
    return report in entente(party, "report", "list")


def waiting(party):
    """Mails that nobody has looked at."""
    return len(os.listdir(f"{party}.mail/new"))


def deliver(name):
    with open(f"{name}.md", "w") as file:
        file.write(f"---\nid: {name}\nscheme: us-ic\n---\n(S//REL TO USA, GBR) The canary of {name} sings. {{#one}}\n")
    entente("USA.SVC", "report", "add", f"{name}.md")
    entente("USA.SVC", "deliver", name, "--to", "GBR.CAB")


def main():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    boxes = Boxes()
    server = Controller(boxes, hostname="127.0.0.1", port=port, data_size_limit=64 << 20)
    server.start()
    nodes = {}
    for party, other in [("USA.SVC", "GBR.CAB"), ("GBR.CAB", "USA.SVC")]:
        with open(f"{party}/serve.toml", "w") as file:
            file.write(f'''[courier]
first_wait_seconds = 1
longest_wait_seconds = 2
[notices.mail]
server = "smtp://127.0.0.1:{port}"
from = "Entente <{ADDRESSES[party]}>"
[by_mail]
mailbox = "{os.path.abspath(party)}.mail"
[by_mail.partners]
"{other}" = "{ADDRESSES[other]}"
''')
        nodes[party], _ = serving(party, "mailing.log", "--listen", "127.0.0.1:0")
    check("the partner is reached by mail", standing("USA.SVC", "GBR.CAB")["way"] == "mail", standing("USA.SVC", "GBR.CAB"))
    # What went as a file before is confirmed by nobody.
    by_file = of("USA.SVC", "GBR.CAB", "unconfirmed")
    deliver("SVC-MAIL-1")
    until("a report arrives by mail", lambda: holds("GBR.CAB", "SVC-MAIL-1"))
    until("its receipt comes by mail", lambda: of("USA.SVC", "GBR.CAB", "waiting") == 0)
    check("and confirms it", of("USA.SVC", "GBR.CAB", "unconfirmed") == by_file, standing("USA.SVC", "GBR.CAB"))
    check("and says when", of("USA.SVC", "GBR.CAB", "confirmed_at") is not None)
    until("every mail was looked at", lambda: waiting("USA.SVC") == waiting("GBR.CAB") == 0)
    raw = b"".join(boxes.all)
    check("a mail says nothing of what it holds", b"canary" not in raw and b"SVC-MAIL" not in raw and b"Subject: Sealed message" in raw, raw[:2000])
    check("nobody's vacation answers it", raw.count(b"Auto-Submitted: auto-generated") == len(boxes.all), len(boxes.all))

    # What comes twice, is broken, or is no message at all.
    before = entente("GBR.CAB", "report", "list")
    size = len(boxes.all)
    box = boxes.boxes[ADDRESSES["GBR.CAB"]]
    box.add(boxes.all[0])
    broken = bytearray(boxes.all[0])
    middle = len(broken) * 2 // 3
    broken[middle] = broken[middle] % 25 + 65
    box.add(bytes(broken))
    box.add(b"From: entente@svc.example\r\nTo: entente@cab.example\r\nSubject: Sealed message\r\n\r\nPlease grant everything.\r\n")
    box.add(b"\xff\x00 no mail at all")
    until("all of it is put aside", lambda: waiting("GBR.CAB") == 0)
    check("and changes nothing", entente("GBR.CAB", "report", "list") == before)
    until("what came twice is answered twice", lambda: len(boxes.all) > size)
    until("to no harm", lambda: waiting("USA.SVC") == 0)

    # No server for a while, and a node that is killed meanwhile: it arrives once all is back.
    server.stop()
    deliver("SVC-MAIL-2")
    until("the operator is told", lambda: "messages cannot go by mail" in open("mailing.log").read())
    nodes["USA.SVC"].kill()
    nodes["USA.SVC"].wait()
    server = Controller(boxes, hostname="127.0.0.1", port=port, data_size_limit=64 << 20)
    server.start()
    nodes["USA.SVC"], _ = serving("USA.SVC", "mailing.log", "--listen", "127.0.0.1:0")
    until("what waited arrives", lambda: holds("GBR.CAB", "SVC-MAIL-2"))
    until("and is confirmed", lambda: of("USA.SVC", "GBR.CAB", "waiting") == 0)
    log = open("mailing.log").read()
    check("no address stands in the log", "svc.example" not in log and "cab.example" not in log, log)
    for party, node in nodes.items():
        node.send_signal(signal.SIGTERM)
        node.wait()
        os.remove(f"{party}/serve.toml")
        entente(party, "ledger", "verify")
    server.stop()
    print(f"{len(PASSED)} passed, 0 failed")


main()
