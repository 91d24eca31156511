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

  // A form that was sent is not sent twice by an impatient second click. Forms that answer in another window or in
  // a part of the page stay as they are.
  const bindOnce = (form) => {
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented || form.target || form.hasAttribute("hx-post")) return;
      if (form.dataset.sent) return event.preventDefault();
      form.dataset.sent = "yes";
      event.submitter?.setAttribute("aria-busy", "true");
    });
  };
  // Back in the browser's history, the same page can be used again.
  addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    document.querySelectorAll("button[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  });

  const bind = (root) => {
    root.querySelectorAll("table").forEach(bindSelection);
    root.querySelectorAll("form[data-filters]").forEach(bindFilters);
    root.querySelectorAll("form[method=post]").forEach(bindOnce);
  };
  document.addEventListener("DOMContentLoaded", () => {
    bind(document);
    document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  });
  document.addEventListener("htmx:load", (event) => event.target !== document.body && bind(event.target));
})();
