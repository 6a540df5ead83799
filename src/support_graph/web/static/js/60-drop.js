// Files dropped on a form are added at once; what is too large is refused before it is sent.
(() => {
  const form = (event) => event.target.closest?.("form[data-drop]");
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");

  function mark(over) {
    for (const one of document.querySelectorAll("form[data-drop]")) {
      if (one === over) one.dataset.over = "";
      else delete one.dataset.over;
    }
  }

  document.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault(); // a file dropped beside the form must not replace the page
    mark(form(event));
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) mark(null);
  });
  document.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    mark(null);
    const target = form(event);
    if (!target) return;
    target.querySelector('input[type="file"]').files = event.dataTransfer.files;
    target.requestSubmit();
  });
  document.addEventListener(
    "submit",
    (event) => {
      const target = form(event);
      if (!target) return;
      const input = target.querySelector('input[type="file"]');
      const bytes = [...input.files].reduce((sum, file) => sum + file.size, 0);
      input.setCustomValidity(bytes > Number(target.dataset.largest) ? target.dataset.tooLarge : "");
      if (!input.reportValidity()) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    },
    { capture: true },
  );
  document.addEventListener("input", (event) => {
    if (form(event) && event.target.type === "file") event.target.setCustomValidity("");
  });
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx?.target?.id === "detail") document.getElementById("document-title")?.focus();
  });
})();
