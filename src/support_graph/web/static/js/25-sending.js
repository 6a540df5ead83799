// A form that could not be sent stays, with all that is typed, ticked and chosen in it, and is sent
// again when asked. Without scripts the browser sends it, and the way back leads to what was typed.
// So does a page whose session has ended; it goes on in the next one of the member it was made for.
(() => {
  const PATIENCE = 120_000;
  const toasts = document.getElementById("toasts");
  const member = toasts?.dataset.member;
  const leads = { ended: ["/sign-in", "signIn"], another: ["/", "look"] };
  const offers = new Map(); // by form, or by the document for what is about no form
  const renewing = new WeakSet();
  const renewed = new WeakSet();
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

  function pressed({ sourceElement: at, request }, form) {
    return at === form ? request.submitter : at;
  }

  function say(about, why) {
    withdraw(document);
    withdraw(about);
    const said = document.createElement("span");
    said.textContent = toasts.dataset[why];
    if (leads[why]) {
      const link = document.createElement("a");
      link.target = "_blank";
      link.href = leads[why][0];
      link.textContent = toasts.dataset[leads[why][1]];
      said.append(" ", link);
    }
    const toast = document.createElement("div");
    toast.className = "toast toast-danger";
    toast.setAttribute("role", "alert");
    toast.dataset.begun = ""; // it stays until it is used
    toast.dataset.why = why;
    toast.append(said);
    offers.set(about, toast);
    toasts.append(toast);
    return toast;
  }

  function offer(ctx, why) {
    const form = sent(ctx);
    if (!form || !toasts) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = toasts.dataset.again;
    const by = pressed(ctx, form);
    button.addEventListener("click", () => again(form, by));
    say(form, why).append(button);
  }

  // What is about no form, such as a list that is live, is said once.
  function note(why) {
    if (![...offers.values()].some((toast) => toast.dataset.why === why)) say(document, why);
  }

  function changed(field) {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (!field.options) return field.defaultValue !== undefined && field.value !== field.defaultValue;
    return field.selectedIndex !== Math.max(0, [...field.options].findIndex((one) => one.defaultSelected));
  }

  function typed() {
    return [...document.querySelectorAll("form[method=post]")].some((form) => [...form.elements].some(changed));
  }

  // Whether the page stays, though it is not for whoever is signed in now, or nobody is.
  function stays(ctx, why) {
    const form = sent(ctx);
    if (why === "stale" && !renewed.delete(form)) renew(ctx);
    else if (form) offer(ctx, why === "stale" ? "ended" : why);
    else if (why === "ended" && !typed()) return false;
    else note(why);
    delete ctx.hx.redirect;
    return true;
  }

  // What was refused only for its token is sent again with the one of the member's new session.
  async function renew(ctx) {
    const form = sent(ctx);
    if (form) renewing.add(form);
    const headers = { "HX-Request": "true", "SG-Member": member };
    const signal = AbortSignal.timeout(PATIENCE);
    const answer = await fetch("/session/token", { headers, signal }).catch(() => null);
    const token = answer?.ok ? (await answer.json().catch(() => ({}))).csrf : null;
    if (form) renewing.delete(form);
    sending.delete(form);
    const why = answer?.headers.get("HX-Session") ?? (answer?.status < 500 ? "refused" : "lost");
    if (!token && leads[why] && !form) note(why);
    if (!token) return offer(ctx, why);
    for (const field of document.querySelectorAll("input[name=csrf]")) field.value = token;
    if (!form?.isConnected) return;
    renewed.add(form);
    again(form, pressed(ctx, form));
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
    if (member) ctx.request.headers["SG-Member"] = member;
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
    if (!form || renewing.has(form)) return;
    renewed.delete(form);
    if (!ctx.hx?.redirect) sending.delete(form); // else the page is on its way out
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
    if (member && ctx.hx.session) {
      if (stays(ctx, ctx.hx.session)) event.preventDefault();
      return;
    }
    if (ctx.response.status < 400) withdraw(document);
    const why = foreign(ctx);
    if (!why) return;
    event.preventDefault();
    offer(ctx, why);
  });
  document.addEventListener("htmx:sse:error", (event) => {
    const why = { 401: "ended", 409: "another" }[event.detail.status];
    if (why && member) note(why);
    if (event.target.matches?.("form")) offer({ sourceElement: event.target, request: { method: "POST" } }, "unanswered");
  });
  document.addEventListener("htmx:sse:after:connection", () => withdraw(document));
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
