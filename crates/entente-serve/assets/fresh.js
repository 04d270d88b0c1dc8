// Looks again, once a minute, whether what stands on the page is still so, and changes what is not, without moving what is being
// read: parts that have the focus stay as they are, and what is seen stays where it is seen. Looking keeps nobody signed in.
"use strict";
(() => {
  const EACH = 60_000;
  const parts = () => [...document.querySelectorAll("[data-fresh]")];
  if (parts().length === 0) return;
  let tag = "";
  const inUse = (one) => one.contains(document.activeElement);
  // What a row is, whatever it says now.
  const key = (row) => row.dataset.row ?? row.outerHTML;
  const changed = (part, next) => {
    const known = new Map([...part.children].map((row) => [key(row), row]));
    const rows = [...next.children].map((row) => {
      const old = known.get(key(row));
      return old && (old.outerHTML === row.outerHTML || inUse(old)) ? old : document.importNode(row, true);
    });
    // What has the focus is not taken away from under it.
    const kept = [...part.children].filter((row) => !rows.includes(row));
    for (const row of kept) if (!inUse(row)) row.remove();
    rows.forEach((row, n) => {
      if (part.children[n] === row) return;
      if (row.isConnected && inUse(row)) return;
      part.insertBefore(row, part.children[n] ?? null);
    });
  };
  const exchange = (made) => {
    const read = document.elementFromPoint(innerWidth / 2, Math.min(innerHeight / 2, 300));
    const before = read?.getBoundingClientRect().top;
    for (const part of parts()) {
      const next = made.querySelector(`[data-fresh="${CSS.escape(part.dataset.fresh)}"]`);
      if (!next || next.outerHTML === part.outerHTML) continue;
      if (part.dataset.rows !== undefined && next.dataset.rows !== undefined) changed(part, next);
      else if (!inUse(part)) part.replaceWith(document.importNode(next, true));
    }
    // What is shown is never without its banner.
    for (const id of ["banner-top", "banner-foot"]) {
      const next = made.getElementById(id);
      if (next) { next.removeAttribute("hx-swap-oob"); document.getElementById(id)?.replaceWith(document.importNode(next, true)); }
    }
    if (read?.isConnected) scrollBy(0, read.getBoundingClientRect().top - before);
  };
  const look = async () => {
    const headers = { "entente-poll": "yes", ...(tag && { "if-none-match": tag }) };
    const answer = await fetch(location.pathname + location.search, { headers, redirect: "manual", cache: "no-store" }).catch(() => null);
    // Whoever is not signed in any more is told so by whatever they do next; a node that is away may come back.
    if (answer && answer.status !== 200 && answer.status !== 304) return;
    if (answer?.status === 200) {
      tag = answer.headers.get("etag") ?? "";
      exchange(new DOMParser().parseFromString(await answer.text(), "text/html"));
    }
    wait();
  };
  const wait = () => setTimeout(() => (document.hidden ? document.addEventListener("visibilitychange", look, { once: true }) : look()), EACH);
  wait();
})();
