// Ctrl+K: the dialog that goes anywhere. The words stay in the field; arrows choose among the goals.
(() => {
  const dialog = document.getElementById("finder");
  const words = document.getElementById("finder-words");
  if (!dialog || !words) return;
  const goals = () => [...dialog.querySelectorAll("[role=option]")];

  function choose(goal) {
    for (const one of goals()) one.setAttribute("aria-selected", String(one === goal));
    if (goal) words.setAttribute("aria-activedescendant", goal.id);
    else words.removeAttribute("aria-activedescendant");
    goal?.scrollIntoView({ block: "nearest" });
  }

  function move(step) {
    const all = goals();
    if (!all.length) return;
    const at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
    choose(all[(at + step + all.length) % all.length]);
  }

  const find = () => words.dispatchEvent(new Event("find", { bubbles: true }));

  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    if (dialog.open) return dialog.close();
    document.querySelector("dialog[open]")?.close();
    dialog.showModal();
    words.select();
    find();
  });
  // htmx begins when the last script is there: what was typed until then is found now.
  words.addEventListener("htmx:after:init", () => {
    if (dialog.open) find();
  });
  words.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      dialog.querySelector("[role=option][aria-selected=true]")?.click();
    }
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx?.target?.id === "found") choose(goals()[0]);
  });
})();
