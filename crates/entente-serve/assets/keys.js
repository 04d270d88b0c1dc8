// Keys for whoever likes them: everything works without, and none of them sends a form. The page behind `?` lists them, and
// switches them off.
"use strict";
(() => {
  const ROWS = "main .duty, main tbody tr, main .line, main .portion";
  const PATIENCE = 1500;
  let went = 0;
  const visible = (one) => one.getClientRects().length > 0;
  const rows = () => [...document.querySelectorAll(ROWS)].filter(visible);
  const typing = (one) => one.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(one.tagName) && !/^(checkbox|radio|button|submit)$/.test(one.type);
  const step = (by) => {
    const all = rows();
    const here = all.findIndex((row) => row.contains(document.activeElement));
    // Where nothing has the focus, the first row that is seen is next.
    const seen = all.findIndex((row) => row.getBoundingClientRect().bottom > 40);
    const next = all[here < 0 ? Math.max(seen, 0) : Math.min(Math.max(here + by, 0), all.length - 1)];
    if (!next) return;
    const goal = next.querySelector("a[href], button, summary, input:not([type=hidden])") || next;
    if (goal === next) next.tabIndex = -1;
    goal.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const go = (key) => document.querySelector(`.mast nav a[data-key="${CSS.escape(key)}"]`)?.click();
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented || typing(event.target)) return;
    const after = Date.now() - went < PATIENCE;
    went = 0;
    const act = {
      "/": () => document.querySelector("#search, main input[type=search]")?.focus(),
      "?": () => document.querySelector("a[data-keys]")?.click(),
      g: () => { went = Date.now(); },
      j: () => step(1),
      k: () => step(-1),
    };
    if (after && /^[a-z]$/.test(event.key)) go(event.key);
    else if (Object.hasOwn(act, event.key)) act[event.key]();
    else return;
    event.preventDefault();
  });
})();
