// What is typed survives: kept on this machine, per escalation and person, until it is sent.
(() => {
  const PREFIX = "draft/";
  const WEEKS_4 = 28 * 24 * 3600 * 1000;
  const store = {
    read: (name) => {
      try {
        return JSON.parse(localStorage.getItem(PREFIX + name));
      } catch {
        return null;
      }
    },
    write: (name, text) => {
      try {
        localStorage.setItem(PREFIX + name, JSON.stringify({ text, at: Date.now() }));
      } catch {} // a full or forbidden store: the text is still on the page
    },
    drop: (name) => localStorage.removeItem(PREFIX + name),
  };

  const tell = (text) => text.dispatchEvent(new Event("input", { bubbles: true }));

  function tidy() {
    for (const key of Object.keys(localStorage)) {
      const kept = key.startsWith(PREFIX) && store.read(key.slice(PREFIX.length));
      if (kept && Date.now() - kept.at > WEEKS_4) localStorage.removeItem(key);
    }
  }

  function restore(form) {
    const text = form.querySelector("textarea");
    const kept = store.read(form.dataset.draft);
    const taken = new URL(location.href).searchParams.has("use");
    form.dataset.original = text.value;
    if (!kept || taken || kept.text === text.value) return;
    text.value = kept.text;
    form.querySelector("[data-restored]").hidden = false;
    tell(text);
  }

  function discard(form) {
    store.drop(form.dataset.draft);
    const text = form.querySelector("textarea");
    text.value = form.dataset.original;
    form.querySelector("[data-restored]").hidden = true;
    tell(text);
    text.focus();
  }

  function begin() {
    for (const form of document.querySelectorAll("form[data-draft]:not([data-original])")) {
      restore(form);
    }
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-draft]");
    if (!form || event.target !== form.querySelector("textarea")) return;
    if (event.target.value === form.dataset.original) store.drop(form.dataset.draft);
    else store.write(form.dataset.draft, event.target.value);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-discard]");
    if (button) discard(button.form);
  });
  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    const form = ctx.sourceElement.closest?.("form[data-draft]");
    const sent = /\/(resolve|reply|resolutions\/[^/]+)(\?|$)/.test(ctx.request.action) && ctx.response.status < 300;
    if (form && sent) store.drop(form.dataset.draft);
  });
  document.addEventListener("htmx:after:swap", begin);
  // On a new page the draft is back before htmx is: what is foreseen of it is asked for then.
  document.addEventListener("htmx:after:init", ({ target }) => {
    const form = target.id === "foreseen" && target.closest("form[data-draft]");
    const text = form && form.querySelector("textarea");
    if (text && text.value !== text.defaultValue) tell(text);
  });
  tidy();
  begin();
})();
