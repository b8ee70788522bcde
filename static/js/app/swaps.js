// What stays as it was when htmx swaps a part of the page: folds, the focus, messages.
(() => {
  "use strict";

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

  // Errors of a form: their summary takes the focus, and the window title says so.
  let shown = document.getElementById("form-errors");
  let mark = shown?.dataset.title ?? "";
  document.addEventListener("htmx:afterSettle", () => {
    const errors = document.getElementById("form-errors");
    if (mark && document.title.startsWith(mark)) document.title = document.title.slice(mark.length);
    mark = errors?.dataset.title ?? mark;
    if (!errors) return;
    document.title = mark + document.title;
    if (errors !== shown) errors.focus();
    shown = errors;
  });

  // When the control that had the focus went with the old part, the new one takes it: nobody starts again at the top.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (document.activeElement !== document.body || !(hadFocus || event.target.matches(".swaps"))) return;
    const next = event.target.querySelector("[tabindex=\"-1\"]:not(input)");
    next?.focus({ preventScroll: !next.matches(".comment") });
  });

  // A message stays until something else went well.
  document.addEventListener("htmx:afterRequest", (event) => {
    // htmx itself counts as a success whatever it is asked to swap, errors too.
    if (event.detail.successful && event.detail.xhr.status < 400) document.getElementById("alerts")?.replaceChildren();
  });
})();
