// The head is not swapped with the rest: its links follow the address of the page.
(() => {
  "use strict";

  // The way to the other language takes over the query, the way to signing in comes back here.
  const followAddress = () => {
    for (const link of document.querySelectorAll(".head-tools a[hreflang]")) link.search = location.search;
    const signIn = document.querySelector(".sign-in");
    if (signIn) signIn.search = new URLSearchParams({ next: location.pathname + location.search });
  };
  document.addEventListener("htmx:pushedIntoHistory", followAddress);
  document.addEventListener("app:addressReplaced", followAddress);

  // A reader who switches the language gets it from the bare address, too.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".head-tools a[hreflang]");
    if (link) document.cookie = `language=${link.hreflang}; path=/; max-age=31536000; samesite=lax`;
  });
})();
