// Runs in the head, before anything is painted: the person's choice of appearance (ACC-5), kept in this browser.
(() => {
  const KEY = "lotledger.appearance";
  const CHOICES = ["light", "dark"];

  const read = () => {
    try {
      return localStorage.getItem(KEY) || "system";
    } catch {
      return "system"; // Storage is switched off: the system's own appearance stands.
    }
  };

  const apply = (choice) => {
    if (CHOICES.includes(choice)) document.documentElement.dataset.theme = choice;
    else delete document.documentElement.dataset.theme;
  };

  const keep = (choice) => {
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      // The choice then holds for this page only.
    }
  };

  const bind = (control) => {
    control.hidden = false;
    for (const radio of control.querySelectorAll("input[type=radio]")) {
      radio.checked = radio.value === read();
      radio.addEventListener("change", () => {
        keep(radio.value);
        apply(radio.value);
      });
    }
  };

  apply(read());
  addEventListener("storage", (event) => event.key === KEY && apply(read()));
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-appearance]").forEach(bind);
  });
})();
