// Runs before the first paint: the reader's own choice of theme, else the system's.
// An account's choice comes with the page. The switch in the head overrules it in this
// browser until the account chooses again: what it overruled is kept beside the choice.
(() => {
  "use strict";
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const ofAccount = root.hasAttribute("data-chosen-theme") ? root.dataset.bsTheme : "";
  const kept = (key) => {
    try { return localStorage.getItem(key); } catch { return null; }
  };
  const usual = () => ofAccount || (dark.matches ? "dark" : "light");
  const chosen = () => ((kept("theme-instead-of") ?? "") === ofAccount ? kept("theme") : null);
  const apply = () => { root.dataset.bsTheme = chosen() ?? usual(); };
  apply();
  dark.addEventListener("change", apply);

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme-switch");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
      // Going back to what the account or the system says is forgetting the choice.
      try {
        if (next === usual()) {
          localStorage.removeItem("theme");
          localStorage.removeItem("theme-instead-of");
        } else {
          localStorage.setItem("theme", next);
          localStorage.setItem("theme-instead-of", ofAccount);
        }
      } catch { /* without storage the choice lasts for this page */ }
      root.dataset.bsTheme = next;
    });
  });
})();
