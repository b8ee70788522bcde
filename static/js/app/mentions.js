// Offer people with a public profile to whoever types "@" and the beginning of a name.
(() => {
  "use strict";

  const asked = (field) => field.value.slice(0, field.selectionStart).match(/(?:^|[^\w@/.])@([\w.+-]{2,50})$/);
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.dataset?.mentions) return;
    const name = asked(field)?.[1];
    const list = field.form.querySelector(".mentions");
    const address = `${field.dataset.mentions}?q=${encodeURIComponent(name)}`;
    if (name) htmx.ajax("GET", address, { target: list, swap: "innerHTML" }).catch(() => {});
    else list.replaceChildren();
  });
  document.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-mention]");
    const field = chosen?.form?.elements.body ?? chosen?.closest("form")?.elements.body;
    const found = field && asked(field);
    if (!found) return;
    const end = field.selectionStart;
    field.setRangeText(`${chosen.dataset.mention} `, end - found[1].length, end, "end");
    chosen.closest(".mentions").replaceChildren();
    field.focus();
  });
})();
