// Level tabs without a request: every level's table is in the page, a tab shows another one.
(() => {
  "use strict";

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
    document.dispatchEvent(new Event("app:addressReplaced"));  // head_links.js follows
  });
})();
