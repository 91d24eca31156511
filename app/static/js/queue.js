// The queue's rows can be dragged by their grips, with a mouse or a finger. The buttons beside them do the same.
(() => {
  const bind = (root) => {
    const table = root.querySelector("[data-queue] tbody") ?? root.closest?.("[data-queue]")?.querySelector("tbody");
    if (!table || table.dataset.bound) return;
    table.dataset.bound = "yes";
    table.querySelectorAll("[data-grip]").forEach((grip) => {
      grip.hidden = false;
      grip.addEventListener("pointerdown", (event) => begin(event, grip));
    });
  };

  const begin = (event, grip) => {
    if (event.button) return;
    event.preventDefault();
    const row = grip.closest("tr");
    const table = row.parentElement;
    const home = row.nextElementSibling;
    const rowAt = (y) => [...table.rows].find((each) => {
      const box = each.getBoundingClientRect();
      return each !== row && y >= box.top && y < box.bottom;
    });
    const move = ({ clientY }) => {
      const over = rowAt(clientY);
      if (!over) return;
      const box = over.getBoundingClientRect();
      const before = over.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING;
      // A row gives way once more than half of it is passed, so that rows of unequal height do not flicker.
      if (before ? clientY < box.top + box.height / 2 : clientY > box.top + box.height / 2) {
        table.insertBefore(row, before ? over : over.nextElementSibling);
      }
    };
    const end = ({ type }) => {
      removeEventListener("pointermove", move);
      removeEventListener("keydown", key);
      row.classList.remove("dragged");
      if (type !== "pointerup") table.insertBefore(row, home);
      if (row.nextElementSibling !== home) send(grip, row);
    };
    const key = ({ key: pressed }) => pressed === "Escape" && dispatchEvent(new Event("pointercancel"));
    row.classList.add("dragged");
    addEventListener("pointermove", move);
    addEventListener("keydown", key);
    const once = new AbortController();
    ["pointerup", "pointercancel"].forEach((name) =>
      addEventListener(name, (ended) => (once.abort(), end(ended)), { signal: once.signal }));
  };

  // The row now stands before another, or at the end of the page: then after the row above it.
  const send = (grip, row) => {
    const next = row.nextElementSibling?.querySelector("[data-grip]").dataset.grip;
    const above = row.previousElementSibling?.querySelector("[data-grip]").dataset.grip;
    const place = next ? { before_build: next } : { after_build: above };
    htmx.ajax("POST", grip.closest("form").action, {
      source: grip, values: place, target: "#queue", select: "#queue", swap: "outerHTML",
    });
  };

  document.addEventListener("DOMContentLoaded", () => bind(document));
  document.addEventListener("htmx:load", (event) => bind(event.target));
})();
