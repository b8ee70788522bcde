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
    else (control.closest(".ladder") ?? control.closest("label") ?? control).after(alert);
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

  // A form that leaves the page waits while nothing would arrive: what is typed would be lost.
  document.addEventListener("submit", (event) => {
    const isCut = !navigator.onLine || document.querySelector("[data-failure] :is([data-kind=unreachable], [data-kind=foreign])");
    if (!isCut || event.defaultPrevented) return;
    event.preventDefault();
    report({ elt: event.target, triggeringEvent: event }, "unreachable");
  });
  // In the page that htmx keeps for going back, the buttons would do nothing.
  document.addEventListener("htmx:beforeHistorySave", () => {
    for (const alert of document.querySelectorAll(".failure")) alert.remove();
  });
})();
