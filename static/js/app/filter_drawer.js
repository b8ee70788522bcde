// The drawer of filters on a phone closes when its reader asks for the results.
(() => {
  "use strict";

  document.addEventListener("click", (event) => {
    const done = event.target.closest(".drawer-done");
    if (done) done.closest("details").open = false;
  });
})();
