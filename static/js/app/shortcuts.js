// Single-key shortcuts: on, only with Alt, or off (WCAG 2.1.4). An account's choice comes with the page, a visitor's
// in a cookie. A key that counts becomes the event app:shortcut; whoever uses it prevents its default.
(() => {
  "use strict";

  const root = document.documentElement;
  root.dataset.shortcuts ??= document.cookie.match(/(?:^|; )shortcuts=(on|alt|off)/)?.[1] ?? "on";

  const announce = () => {
    const mode = root.dataset.shortcuts;
    for (const control of document.querySelectorAll("[data-key]")) {
      if (mode === "off") control.removeAttribute("aria-keyshortcuts");
      else control.setAttribute("aria-keyshortcuts", (mode === "alt" ? "Alt+" : "") + control.dataset.key);
    }
  };
  document.addEventListener("DOMContentLoaded", announce);
  document.addEventListener("htmx:afterSettle", announce);

  document.addEventListener("change", (event) => {
    if (event.target.name !== "shortcuts" || !event.target.closest("dialog")) return;
    root.dataset.shortcuts = event.target.value;
    announce();
  });

  // With Alt some keyboards type another character, such as å for a: then the place of the key counts.
  const read = ({ key, code, shiftKey }) => {
    if (/^[ -~]$/.test(key)) return key;
    return code === "Slash" ? (shiftKey ? "?" : "/") : code.replace("Key", "").toLowerCase();
  };

  document.addEventListener("keydown", (event) => {
    const mode = root.dataset.shortcuts;
    if (mode === "off" || event.altKey !== (mode === "alt")) return;
    if (event.ctrlKey || event.metaKey || event.repeat || event.isComposing) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    if (document.querySelector("dialog[open]")) return;
    const shortcut = new CustomEvent("app:shortcut", { detail: read(event), cancelable: true });
    if (!document.dispatchEvent(shortcut)) event.preventDefault();
  });
})();
