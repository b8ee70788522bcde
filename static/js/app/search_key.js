// The key "/" goes to the search.
(() => {
  "use strict";

  const isTyping = (element) => element.matches("input, textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const field = document.querySelector("[aria-keyshortcuts='/']");
    if (!field || !field.offsetParent) return;
    event.preventDefault();
    field.focus();
  });
})();
