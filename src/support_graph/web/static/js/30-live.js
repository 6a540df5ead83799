// What htmx leaves to us: focus after a swap, the chosen row, and toasts.
(() => {
  const FADES_AFTER = 10_000;
  const toasts = document.getElementById("toasts");

  function choose() {
    for (const row of document.querySelectorAll("[data-row][href]")) {
      const here = new URL(row.href).pathname === location.pathname;
      if (here) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  }

  // At once, and not when the answer is there.
  document.addEventListener("htmx:before:request", (event) => {
    const row = event.detail.ctx?.sourceElement?.closest?.("[data-row]");
    if (!row) return;
    document.querySelector("[data-row][aria-current]")?.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
  });

  function fade() {
    for (const toast of toasts?.querySelectorAll(".toast:not([data-begun])") ?? []) {
      toast.dataset.begun = "";
      if (!toast.matches(".toast-danger")) setTimeout(() => toast.remove(), FADES_AFTER);
      else toast.addEventListener("click", () => toast.remove());
    }
  }

  function label() {
    const form = document.getElementById("answer");
    const send = form?.querySelector("[data-send-label]");
    if (!send) return;
    const also = document.querySelectorAll('input[name="also"]:checked').length;
    send.textContent = also ? send.dataset.many.replace("{n}", also + 1) : send.dataset.one;
  }

  document.addEventListener("htmx:after:swap", (event) => {
    choose();
    fade();
    label();
    // What had the focus is gone: a bar with the list that it was about, a button with its effect.
    const shown = event.detail.ctx?.target;
    if (document.activeElement === document.body) {
      if (shown?.matches?.(".listed")) shown.focus();
      if (shown?.id === "hands") shown.querySelector("button")?.focus();
    }
    if (event.detail.ctx?.target?.id === "detail") {
      (document.getElementById("lost") ?? document.getElementById("escalation-title"))?.focus();
    }
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches('input[name="also"]')) label();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-tick-all]")) return;
    const boxes = [...document.querySelectorAll('input[name="also"]')];
    const all = boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = !all;
    label();
  });
  // On a phone, tabs go on beyond the edge.
  for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
    const beyond = tab.getBoundingClientRect().right - tab.parentElement.getBoundingClientRect().right;
    if (beyond > 0) tab.parentElement.scrollLeft += beyond;
  }
  fade();
  label();
})();
