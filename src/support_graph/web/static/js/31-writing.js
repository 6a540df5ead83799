// Others on the same question are told that somebody writes: what is typed here, and not by a script.
(() => {
  const AGAIN = 3000;
  let told = -AGAIN;

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-writing]");
    if (!form || event.target.name !== "text" || !event.isTrusted) return;
    if (event.timeStamp - told < AGAIN) return;
    told = event.timeStamp;
    const body = new URLSearchParams({ csrf: form.elements.csrf.value });
    fetch(form.dataset.writing, { method: "POST", body }).catch(() => {}); // nobody waits for it
  });
})();
