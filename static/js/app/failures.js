// Requests that fail, and answers that are not this site's: say so beside the control, and offer to try again.
(() => {
  "use strict";

  const failures = new WeakMap();  // the element that sends → its failed request

  const repeat = ({ elt, verb, path, triggeringEvent: event }) => {
    if (event?.type === "submit") elt.requestSubmit(event.submitter?.isConnected ? event.submitter : null);
    else if (event?.type === "click") elt.click();
    else htmx.ajax(verb, path, { source: elt }).catch(() => {});
  };

  const show = (failure, { elt, triggeringEvent: event }, kind) => {
    const used = event?.submitter ?? event?.target;
    const control = elt.contains(used) && used.matches("button, input, select") ? used : elt;
    const alert = document.getElementById(elt.dataset.failure ?? "failure").content.firstElementChild.cloneNode(true);
    alert.dataset.kind = kind;
    const fields = elt.closest("form[method=post]")?.elements ?? [];
    const isTyped = [...fields].some((field) => field.matches("textarea, select, input:not([type=hidden])"));
    alert.querySelector(isTyped ? ".unchanged" : ".kept")?.remove();
    const time = alert.querySelector("time");
    if (time) {
      const format = { timeStyle: "short", hourCycle: "h23", timeZone: time.dataset.zone };
      time.textContent = failure.since.toLocaleTimeString(document.documentElement.lang, format);
    }
    alert.querySelector("button")?.addEventListener("click", () => {
      control.focus();
      repeat(failure.request);
    });
    failure.alert?.remove();
    if (elt.dataset.failure) elt.replaceChildren(alert);
    else (control.closest(".ladder, .vote-buttons, .search-box") ?? control.closest("label") ?? control).after(alert);
    failure.alert = alert;
  };

  // What sends by itself (data-retry) says each kind of failure once, and tries again by itself.
  const report = (request, kind) => {
    const { elt } = request, isAlone = "retry" in elt.dataset;
    if (elt === document.body) return;  // mentions.js
    const failure = failures.get(elt) ?? { since: new Date(), wait: 5 };
    failures.set(elt, Object.assign(failure, { request }));
    if (!isAlone || !failure.alert?.isConnected || failure.alert.dataset.kind !== kind) show(failure, request, kind);
    clearTimeout(failure.timer);
    if (isAlone && kind !== "refused") failure.timer = setTimeout(() => repeat(request), failure.wait * 1000);
    failure.wait = Math.min(60, failure.wait * 2);
  };

  const reportUnreachable = ({ detail }) => report(detail.requestConfig, "unreachable");
  document.addEventListener("htmx:sendError", reportUnreachable);
  document.addEventListener("htmx:timeout", reportUnreachable);
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const { requestConfig, xhr } = event.detail;
    const isOurs = xhr.getResponseHeader("X-Stufenplan");  // config/middleware/htmx.py
    if (isOurs && xhr.status < 500) return;
    event.preventDefault();
    report(requestConfig, isOurs ? "failed" : "foreign");
  });
  document.addEventListener("htmx:afterRequest", ({ detail: { requestConfig, successful, xhr } }) => {
    const { elt } = requestConfig, failure = failures.get(elt);
    if (!successful) return;
    // The refusal of a draft is an alert elsewhere, but the draft is not saved.
    if (elt.dataset.failure && xhr.getResponseHeader("HX-Retarget")) return report(requestConfig, "refused");
    clearTimeout(failure?.timer);
    failure?.alert.remove();
    failures.delete(elt);
  });
  addEventListener("online", () => {
    for (const elt of document.querySelectorAll("[data-retry]")) if (failures.has(elt)) repeat(failures.get(elt).request);
  });

  // Why a form would not arrive; after three seconds it may.
  const probe = async () => {
    const { address } = document.getElementById("failure").dataset, signal = AbortSignal.timeout(3000);
    try {
      const { headers } = await fetch(address, { method: "HEAD", cache: "no-store", redirect: "manual", signal });
      return headers.has("X-Stufenplan") ? "" : "foreign";
    } catch ({ name }) {
      return name === "TimeoutError" ? "" : "unreachable";
    }
  };

  // A form that leaves the page waits for an answer of the site: what is typed would be lost.
  // On the window: after all others that may prevent it.
  const asking = new WeakSet();
  let sent = null;
  addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    if (event.defaultPrevented || form === sent || (submitter?.formMethod || form.method) !== "post") return;
    event.preventDefault();
    if (asking.has(form)) return;
    asking.add(form);
    const request = { elt: form, triggeringEvent: event }, kind = await probe();
    asking.delete(form);
    if (kind) return report(request, kind);
    failures.get(form)?.alert.remove();
    sent = form;
    repeat(request);
    sent = null;
  });
  // In the page that htmx keeps for going back, the buttons would do nothing.
  document.addEventListener("htmx:beforeHistorySave", () => {
    for (const alert of document.querySelectorAll(".failure")) alert.remove();
  });
})();
