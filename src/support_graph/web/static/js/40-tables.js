// Choosing rows: all of a table at once, and the focused one with x.
(() => {
  document.addEventListener("change", (event) => {
    const name = event.target.dataset?.checkAll;
    if (!name) return;
    for (const box of event.target.form.elements) {
      if (box.name === name) box.checked = event.target.checked;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "x" || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = event.target.closest?.("[data-row]")?.closest("tr");
    const box = row?.querySelector('input[type="checkbox"]');
    if (box) box.checked = !box.checked;
  });
})();
