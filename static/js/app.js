// What htmx and plain links do not do: level tabs without a request, "/" for the search.
(() => {
  "use strict";

  // The head is not swapped with the rest: its way to the other language takes over the query.
  const leadToSameThing = () => {
    for (const link of document.querySelectorAll(".head-tools a[hreflang]")) link.search = location.search;
    // So does its way to signing in, which leads back here.
    const signIn = document.querySelector(".sign-in");
    if (signIn) signIn.search = new URLSearchParams({ next: location.pathname + location.search });
  };
  document.addEventListener("htmx:pushedIntoHistory", leadToSameThing);

  // Every level's table is in the page; a tab only shows another one and keeps the address true.
  document.addEventListener("click", (event) => {
    const tab = event.target.closest("a[data-tab]");
    if (!tab || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const region = tab.closest("[data-tabs]");
    for (const other of region.querySelectorAll("a[data-tab]")) {
      if (other === tab) other.setAttribute("aria-current", "true"); else other.removeAttribute("aria-current");
    }
    for (const panel of region.querySelectorAll(".level-panel")) {
      panel.classList.toggle("is-open", panel.id === `level-${tab.dataset.tab}`);
    }
    for (const input of document.querySelectorAll("input[name=tab]")) input.value = tab.dataset.tab;
    const address = new URL(location.href);
    address.searchParams.set("tab", tab.dataset.tab);
    address.hash = "";
    history.replaceState(history.state, "", address);
    leadToSameThing();
  });

  const isTyping = (element) => element.matches("input, textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const field = document.querySelector("[aria-keyshortcuts='/']");
    if (!field || !field.offsetParent) return;
    event.preventDefault();
    field.focus();
  });

  // What a reader folded out or in stays so when htmx brings the region anew.
  let folds = new Map();
  let hadFocus = false;
  document.addEventListener("htmx:beforeSwap", (event) => {
    hadFocus = event.target.contains(document.activeElement) && document.activeElement !== document.body;
    folds = new Map([...document.querySelectorAll("details[id]")].map((box) => [box.id, box.open]));
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const [id, open] of folds) {
      const box = document.getElementById(id);
      if (box) box.open = open;
    }
  });

  // Who asks for the results on a phone is done with the filters.
  document.addEventListener("click", (event) => {
    const done = event.target.closest(".drawer-done");
    if (done) done.closest("details").open = false;
  });

  // When the control that had the focus went with the old part, the new one takes it: nobody starts again at the top.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (document.activeElement !== document.body || !(hadFocus || event.target.matches(".swaps"))) return;
    const next = event.target.querySelector("[tabindex=\"-1\"]:not(input)");
    next?.focus({ preventScroll: !next.matches(".comment") });
  });

  // A message stays until something else went well.
  document.addEventListener("htmx:afterRequest", (event) => {
    // htmx itself counts as a success whatever it is told to swap, errors too.
    if (event.detail.successful && event.detail.xhr.status < 400) document.getElementById("alerts")?.replaceChildren();
  });

  // A dot, leading to the suggestions, on every cell that an open one touches; the page names these cells in words.
  const markOpenCells = () => {
    for (const link of document.querySelectorAll("[data-open-cell]")) {
      for (const cell of document.querySelectorAll(`[data-cell="${CSS.escape(link.dataset.openCell)}"]`)) {
        if (cell.querySelector(".open-dot")) continue;
        const dot = document.createElement("a");
        dot.className = "open-dot";
        dot.href = link.href;
        dot.title = link.closest(".open-cells").dataset.words;
        dot.setAttribute("aria-label", `${dot.title}: ${link.textContent}`);
        (cell.querySelector(".pencil") ?? cell.lastElementChild).before(dot);
      }
    }
  };
  document.addEventListener("DOMContentLoaded", markOpenCells);
  document.addEventListener("htmx:afterSettle", markOpenCells);

  // Offer people with a public profile to whoever writes "@" and a beginning.
  const asked = (field) => field.value.slice(0, field.selectionStart).match(/(?:^|[^\w@/.])@([\w.+-]{2,50})$/);
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.dataset?.mentions) return;
    const name = asked(field)?.[1];
    const list = field.form.querySelector(".mentions");
    if (name) htmx.ajax("GET", `${field.dataset.mentions}?q=${encodeURIComponent(name)}`, { target: list, swap: "innerHTML" });
    else list.replaceChildren();
  });
  document.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-mention]");
    const field = chosen?.form?.elements.body ?? chosen?.closest("form")?.elements.body;
    const found = field && asked(field);
    if (!found) return;
    field.setRangeText(`${chosen.dataset.mention} `, field.selectionStart - found[1].length, field.selectionStart, "end");
    chosen.closest(".mentions").replaceChildren();
    field.focus();
  });

  // Who switches the language is led to it from the bare address, too.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".head-tools a[hreflang]");
    if (link) document.cookie = `language=${link.hreflang}; path=/; max-age=31536000; samesite=lax`;
  });

  // The menus close as people expect.
  const openMenu = () => document.querySelector(".head-tools details[open]");
  document.addEventListener("keydown", (event) => {
    const menu = openMenu();
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    const menu = openMenu();
    if (menu && !menu.contains(event.target)) menu.open = false;
  });
})();
