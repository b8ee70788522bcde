// Runs before the first paint: the reader's own choice of theme, else the system's.
(() => {
  "use strict";
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try { return localStorage.getItem("theme"); } catch { return null; }
  };
  const apply = () => { root.dataset.bsTheme = chosen() ?? (dark.matches ? "dark" : "light"); };
  apply();
  dark.addEventListener("change", apply);

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme-switch");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
      // Going back to what the system says is forgetting the choice.
      const followsSystem = next === (dark.matches ? "dark" : "light");
      try {
        if (followsSystem) localStorage.removeItem("theme"); else localStorage.setItem("theme", next);
      } catch { /* without storage the choice lasts for this page */ }
      root.dataset.bsTheme = next;
    });
  });
})();
