// A form that could not be sent stays, with all that is typed, ticked and chosen in it, and is sent
// again when asked. Without scripts the browser sends it, and the way back leads to what was typed.
(() => {
  const PATIENCE = 120_000;
  const toasts = document.getElementById("toasts");
  const offers = new Map();
  let sending = new WeakSet();

  // Null for what only looks, such as a preview.
  function sent({ sourceElement: at, request }) {
    if (request.method !== "POST") return null;
    if (at.matches("form")) return at;
    return at.matches("button[type=submit]") ? at.form : null;
  }

  function withdraw(form) {
    offers.get(form)?.remove();
    offers.delete(form);
  }

  function again(form, by) {
    withdraw(form);
    if (by?.hasAttribute("hx-post")) by.click();
    else form.requestSubmit(by?.isConnected ? by : null);
  }

  function offer(ctx, why) {
    const form = sent(ctx);
    if (!form || !toasts) return;
    withdraw(form);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = toasts.dataset.again;
    const by = ctx.sourceElement === form ? ctx.request.submitter : ctx.sourceElement;
    button.addEventListener("click", () => again(form, by));
    const said = document.createElement("span");
    said.textContent = toasts.dataset[why];
    const toast = document.createElement("div");
    toast.className = "toast toast-danger";
    toast.setAttribute("role", "alert");
    toast.dataset.begun = ""; // it stays until it is used
    toast.append(said, button);
    offers.set(form, toast);
    toasts.append(toast);
  }

  // Our own refusals say where they belong; what stands between may answer with a page of its own.
  function foreign({ hx, response: { status }, select }) {
    if (hx.retarget || hx.redirect || status < 400) return null;
    if (status >= 500) return status === 502 || status === 504 ? "unanswered" : "lost";
    return select ? null : "refused"; // whole pages are looked at before they are shown
  }

  // These need no htmx, but the browser would leave the page for an error of its own.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const by = event.submitter;
    const method = by?.getAttribute("formmethod") ?? form.getAttribute("method");
    if (event.defaultPrevented || method?.toLowerCase() !== "post") return;
    event.preventDefault();
    const path = by?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
    const frame = document.querySelector(".workplace") ? ".workplace" : "main";
    htmx.ajax("POST", path, { source: form, event, target: frame, select: frame, swap: "outerHTML" });
  });

  document.addEventListener("htmx:config:request", (event) => {
    const { ctx } = event.detail;
    const form = sent(ctx);
    if (!form) return;
    if (ctx.select) ctx.request.timeout ??= PATIENCE; // a page that the browser would wait for
    // A second click is the same wish, unless the form takes the newest.
    if (sending.has(form) && !form.hasAttribute("hx-sync")) event.preventDefault();
  });
  document.addEventListener("htmx:before:request", (event) => {
    const form = sent(event.detail.ctx);
    if (!form) return;
    sending.add(form);
    withdraw(form);
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const { ctx } = event.detail;
    const form = sent(ctx);
    if (form && !ctx.hx?.redirect) sending.delete(form); // else the page is on its way out
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) sending = new WeakSet();
  });

  document.addEventListener("htmx:error", (event) => {
    const { ctx, error } = event.detail;
    if (!ctx || ctx.text !== undefined) return;
    if (ctx.response || error === "timeout") offer(ctx, "unanswered");
    else offer(ctx, navigator.onLine ? "broken" : "lost"); // only without a network is it certain
  });
  document.addEventListener("htmx:before:response", (event) => {
    const { ctx } = event.detail;
    if (ctx.hx.retarget) ctx.select = null;
    const why = foreign(ctx);
    if (!why) return;
    event.preventDefault();
    offer(ctx, why);
  });
  document.addEventListener("htmx:sse:error", (event) => {
    if (event.target.matches?.("form")) offer({ sourceElement: event.target, request: { method: "POST" } }, "unanswered");
  });
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx, tasks } = event.detail;
    if (!ctx.select || !sent(ctx) || tasks.some((task) => task.fragment?.childElementCount)) return;
    event.preventDefault(); // a page without what would be replaced: not one of ours
    offer(ctx, "refused");
  });
  document.addEventListener("htmx:after:swap", (event) => {
    for (const form of offers.keys()) if (!form.isConnected) withdraw(form);
    const { ctx } = event.detail;
    if (ctx.select && ctx.target?.matches(".workplace, main")) {
      (ctx.target.querySelector("[aria-invalid=true], [autofocus]") ?? document.querySelector("main"))?.focus();
    }
  });
})();
