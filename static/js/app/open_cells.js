// A dot on every cell that an open suggestion touches, linked to the suggestions.
(() => {
  "use strict";

  // The page names these cells in words, see community/skill_page/slots.py.
  const markOpenCells = () => {
    for (const link of document.querySelectorAll("[data-open-cell]")) {
      for (const cell of document.querySelectorAll(`[data-cell="${CSS.escape(link.dataset.openCell)}"]`)) {
        if (cell.querySelector(".open-dot")) continue;
        const dot = document.createElement("a");
        dot.className = "open-dot";
        dot.href = link.href;
        dot.title = link.closest(".open-cells").dataset.words;
        dot.setAttribute("aria-label", `${dot.title}: ${link.textContent}`);
        (cell.querySelector(".pencil") ?? cell.lastElementChild).before(dot);
      }
    }
  };
  document.addEventListener("DOMContentLoaded", markOpenCells);
  document.addEventListener("htmx:afterSettle", markOpenCells);
})();
