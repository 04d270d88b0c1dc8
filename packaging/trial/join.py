"""Makes the first administrator's account as a browser on this machine would, and signs in with it.

    join.py ADDRESS CODE NAME    prints what the account's telephone shows from then on
"""

import base64
import hashlib
import hmac
import html
import re
import ssl
import struct
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

PASSWORD = "correct horse battery"


class Stay(urllib.request.HTTPRedirectHandler):
    """Where a page leads is looked at, not followed."""

    def redirect_request(self, *_):
        return None


unchecked = ssl.create_default_context()
unchecked.check_hostname = False
unchecked.verify_mode = ssl.CERT_NONE
browser = urllib.request.build_opener(Stay, urllib.request.HTTPSHandler(context=unchecked))


def post(address, fields):
    request = urllib.request.Request(address, urllib.parse.urlencode(fields).encode(), {"Sec-Fetch-Site": "same-origin"})
    try:
        with browser.open(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read().decode()


def between(page, before, after):
    found = re.search(re.escape(before) + "(.*?)" + re.escape(after), page)
    if not found:
        sys.exit(f"no {before!r} in the page:\n{page}")
    return html.unescape(found[1])


def digits(secret, later=0):
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    tag = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + later), hashlib.sha1).digest()
    at = tag[-1] & 15
    return f"{(struct.unpack('>I', tag[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


address, code, name = sys.argv[1:]
status, page = post(f"{address}/join", {"code": code, "name": name, "password": PASSWORD, "again": PASSWORD})
if status != 200:
    sys.exit(f"/join: {status}\n{page}")
secret = between(page, '<p class="secret">', "<")
key = between(page, 'name="key" value="', '"')
status, page = post(f"{address}/join/confirm", {"key": key, "digits": digits(secret)})
if status != 200:
    sys.exit(f"/join/confirm: {status}\n{page}")
# The digits of the next half minute: those just used count once.
status, page = post(f"{address}/sign-in", {"name": name, "password": PASSWORD, "digits": digits(secret, 1), "to": "/"})
if status != 303:
    sys.exit(f"/sign-in: {status}\n{page}")
print(secret)
