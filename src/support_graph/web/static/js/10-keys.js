// Keys: what an element does is written on it, as data-key="c" or data-key="g i".
(() => {
  let begun = "";
  let forget = 0;

  const typing = (element) =>
    element.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");

  function use(element) {
    if (element.matches("textarea, input[type=search]")) {
      element.focus();
      element.select?.();
    } else {
      element.click();
    }
  }

  function move(step) {
    const rows = [...document.querySelectorAll("[data-row]")];
    if (!rows.length) return;
    const focused = rows.indexOf(document.activeElement);
    const current = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
    const from = focused >= 0 ? focused : current;
    const next = from < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, from + step));
    rows[next].focus();
    rows[next].scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && at.form) {
      const send = at.form.querySelector("[data-send]");
      if (send) {
        event.preventDefault();
        at.form.requestSubmit(send);
      }
      return;
    }
    if (event.key === "Escape" && typing(at)) return at.blur();
    if (event.ctrlKey || event.metaKey || event.altKey || typing(at)) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "j" || event.key === "k") return move(event.key === "j" ? 1 : -1);
    const keys = begun ? `${begun} ${event.key}` : event.key;
    begun = "";
    clearTimeout(forget);
    const element = document.querySelector(`[data-key="${CSS.escape(keys)}"]`);
    if (element) {
      event.preventDefault();
      use(element);
    } else if (event.key === "g") {
      begun = "g";
      forget = setTimeout(() => (begun = ""), 1500);
    }
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.showModal();
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
  });
})();
