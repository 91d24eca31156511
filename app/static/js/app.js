// What the pages gain from script. Each page works without it.
(() => {
  const token = () => document.querySelector("meta[name=csrf-token]")?.content;

  // htmx's own POST requests carry the CSRF token that a form would carry.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token();
  });

  // The box in a table's head ticks or clears every row on the page, and says "some" when they differ.
  const bindSelection = (table) => {
    const all = table.querySelector("input[data-select-all]");
    const rows = [...table.querySelectorAll("tbody input[type=checkbox][data-select]")];
    if (!all || !rows.length) return;
    const show = () => {
      const ticked = rows.filter((box) => box.checked).length;
      all.checked = ticked === rows.length;
      all.indeterminate = ticked > 0 && ticked < rows.length;
    };
    all.hidden = false;
    all.addEventListener("change", () => rows.forEach((box) => (box.checked = all.checked)));
    rows.forEach((box) => box.addEventListener("change", show));
    show();
  };

  // A filter acts as soon as it is chosen; the button stays for people without script.
  const bindFilters = (form) => {
    form.querySelectorAll("select").forEach((select) => select.addEventListener("change", () => form.requestSubmit()));
  };

  // A form that was sent is not sent twice by an impatient second click.
  const bindOnce = (form) => {
    form.addEventListener("submit", () => {
      form.querySelectorAll("button:not([type=button])").forEach((button) => button.setAttribute("aria-busy", "true"));
      form.addEventListener("submit", (again) => again.preventDefault());
    });
  };
  addEventListener("pageshow", () => {
    document.querySelectorAll("form button[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  });

  const bind = (root) => {
    root.querySelectorAll("table").forEach(bindSelection);
    root.querySelectorAll("form[data-filters]").forEach(bindFilters);
    root.querySelectorAll("form[method=post]").forEach(bindOnce);
  };
  document.addEventListener("DOMContentLoaded", () => bind(document));
  document.addEventListener("htmx:load", (event) => event.target !== document.body && bind(event.target));
})();
