// Keys of the review queue; app/shortcuts.js says which ones count.
(() => {
  const rows = () => [...document.querySelectorAll(".review-link")];

  const move = (by) => {
    const links = rows();
    const open = links.findIndex((link) => link.hasAttribute("aria-current"));
    const next = links[open < 0 ? 0 : open + by];
    if (!next) return;
    next.focus();
    next.click();
  };

  const press = (key) => document.querySelector(`#review [data-key="${key}"]`);

  const decline = () => {
    const summary = press("d");
    if (!summary) return;
    summary.parentElement.open = true;
    document.getElementById("decline-reason").focus();
  };

  // The first text that is not open for editing yet.
  const edit = () => {
    const boxes = [...document.querySelectorAll(".review-pane [data-key=e]")];
    const box = boxes.find((one) => !one.open) ?? boxes[0];
    if (!box) return;
    box.open = true;
    box.querySelector("textarea").focus();
  };

  // Accepting a part cannot be undone: the key then only moves to the button.
  const accept = () => {
    const button = press("a");
    if (document.querySelector("#decide [name=change]:not(:checked)")) button?.focus();
    else button?.click();
  };

  const actions = {
    j: () => move(1),
    k: () => move(-1),
    a: accept,
    c: () => press("c")?.click(),
    u: () => press("u")?.click(),
    d: decline,
    e: edit,
    "?": () => document.getElementById("keys").showModal(),
  };

  document.addEventListener("app:shortcut", (event) => {
    if (!Object.hasOwn(actions, event.detail)) return;
    event.preventDefault();
    actions[event.detail]();
  });

  const showHint = () => {
    const hint = document.getElementById("keys-open");
    if (hint) hint.hidden = false;
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("#keys-open")) actions["?"]();
  });
  document.addEventListener("htmx:afterSettle", showHint);
  showHint();
})();
