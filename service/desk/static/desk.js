"use strict";
// Every page works with plain forms. This script sends the same forms without leaving the page,
// adds drag and drop, and searches while the editor types. The server decides what a button does.
const debounce = (wait, act) => { let timer; return () => { clearTimeout(timer); timer = setTimeout(act, wait); }; };
const byId = (id, page = document) => page.getElementById(id);
const parsePage = async (response) => new DOMParser().parseFromString(await response.text(), "text/html");

// "/" goes to the search field, as long as the editor is not typing.
addEventListener("keydown", (event) => {
  const typing = event.target.closest && event.target.closest("input, select, textarea, [contenteditable]");
  const field = document.querySelector("[data-search-field]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey || !field) return;
  event.preventDefault();
  field.select();
  field.focus();
});

// A picture that is gone leaves its tinted place, with the letter that articles without one have.
const blank = (image) => {
  if (!image.matches || !image.matches("img.thumb")) return;
  const place = document.createElement("span");
  place.className = "thumb";
  place.ariaHidden = "true";
  place.textContent = image.dataset.letter;
  image.replaceWith(place);
};
addEventListener("error", (event) => blank(event.target), true);
for (const image of document.images) if (image.complete && !image.naturalWidth) blank(image);

// Frequent dates fill a date field.
addEventListener("click", (event) => {
  const preset = event.target.closest && event.target.closest("[data-fill]");
  if (!preset) return;
  byId(preset.dataset.fill).value = preset.dataset.value;
  byId(preset.dataset.fill).dispatchEvent(new Event("change", { bubbles: true }));
});

// Search while the editor types; a response that arrives after a newer request is dropped.
const searchAsYouType = (source, field, url, show) => {
  let latest = 0;
  const search = debounce(120, async () => {
    const number = ++latest, response = await fetch(url());
    if (number !== latest) return;
    if (response.ok && !response.redirected) show(await response.text());
    // A worker that is busy, or asked too often, names the seconds until the next try.
    else if (Number(response.headers.get("Retry-After")) > 0) setTimeout(search, 1000 * response.headers.get("Retry-After"));
  });
  source.addEventListener("input", search);
  // The editor may have typed before this script was loaded.
  if (field.value !== field.defaultValue) search();
};

// The search field of the header is a combobox (WAI-ARIA Authoring Practices) with a list of articles.
// Enter opens the chosen one; without a choice it submits the form, as it does without this script.
const finder = document.querySelector("[data-suggest]");
if (finder) {
  const list = byId("suggestions"), status = byId("suggested");
  const options = () => [...list.querySelectorAll("[data-href]")];
  const chosen = () => list.querySelector("[aria-selected=true]");
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) finder.setAttribute(name, value);
  const choose = (option) => {
    if (chosen()) chosen().setAttribute("aria-selected", "false");
    finder.removeAttribute("aria-activedescendant");
    if (!option) return;
    option.setAttribute("aria-selected", "true");
    finder.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const open = (yes) => {
    list.hidden = !yes;
    finder.setAttribute("aria-expanded", String(yes));
    if (!yes) choose();
  };
  const url = () => finder.dataset.suggest + "?" + new URLSearchParams({ q: finder.value });
  searchAsYouType(finder, finder, url, (html) => {
    list.innerHTML = html;
    open(Boolean(finder.value.trim()) && document.activeElement === finder);
    const number = options().length;
    status.textContent = number ? `${status.dataset.found}: ${number}` : status.dataset.none;
  });
  finder.addEventListener("keydown", (event) => {
    const all = options(), step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && all.length) {
      event.preventDefault();
      const at = list.hidden ? -1 : all.indexOf(chosen());
      open(true);
      // Past either end the choice is the field itself, as typed.
      choose(all[at < 0 && step < 0 ? all.length - 1 : at + step]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      open(false);
    } else if (event.key === "Enter" && chosen()) {
      event.preventDefault();
      location.href = chosen().dataset.href;
    }
  });
  finder.addEventListener("focus", () => open(Boolean(finder.value.trim()) && options().length > 0));
  finder.addEventListener("blur", () => open(false));
  // The field keeps the focus, so that the list does not close before the click.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[data-href]");
    if (option) location.href = option.dataset.href;
  });
}

const searchForm = document.querySelector("[data-search]");
if (searchForm) {
  const url = () => "/desk/?part=results&" + new URLSearchParams(new FormData(searchForm));
  const countTicked = () => {
    const button = byId("found").querySelector("[data-ticked]");
    if (!button) return;
    const number = byId("found").querySelectorAll("[name=ids]:checked").length;
    button.disabled = !number;
    button.lastElementChild.textContent = number ? `(${number})` : "";
  };
  searchAsYouType(searchForm, byId("q"), url, (html) => { byId("found").innerHTML = html; countTicked(); });
  byId("found").addEventListener("click", (event) => {
    if (!event.target.closest("[data-tick-all]")) return;
    const boxes = [...document.querySelectorAll("#found [name=ids]")], all = boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = !all;
    countTicked();
  });
  byId("found").addEventListener("change", countTicked);
  // A browser that comes back to the page may have kept the ticks.
  addEventListener("pageshow", countTicked);
}

// The preview has the links that readers get. They must not lead away from a draft.
if (byId("readers")) byId("readers").addEventListener("click", (event) => {
  const link = event.composedPath().find((part) => part.href);
  if (!link) return;
  event.preventDefault();
  window.open(link.href, "_blank", "noopener");
});

const work = byId("work");
if (work) {
  const state = byId("state");
  let queue = Promise.resolve(), pending = 0, leaving = false, dragged, typing;

  // Without this script the button is always there: the box below the list changes something, too.
  const allowSave = () => {
    byId("buttons").querySelector("[value=save]").disabled = !byId("buttons").hasAttribute("data-changed");
  };
  allowSave();

  const post = (action, fields, address = work.action) => {
    const body = new URLSearchParams(new FormData(work));
    for (const [name, value] of Object.entries({ ...fields, do: action })) body.set(name, value);
    return fetch(address, { method: "POST", body, headers: { "X-Desk": "1" } });
  };
  // After signing in again in another tab there is a new CSRF token; the draft is still here.
  const renewToken = async () => {
    const response = await fetch(location.href);
    const fresh = !response.redirected && (await parsePage(response)).querySelector("#carried [name=csrf_token]");
    if (fresh) work.querySelector("#carried [name=csrf_token]").value = fresh.value;
    return Boolean(fresh);
  };
  const show = (page, action) => {
    const opened = [...work.querySelectorAll("#why li > details[open]")].map((one) => one.parentNode.dataset.pick);
    for (const part of work.querySelectorAll("[data-part]")) {
      const fresh = byId(part.id, page);
      if (part.innerHTML !== fresh.innerHTML) part.innerHTML = fresh.innerHTML;
      part.toggleAttribute("data-changed", fresh.hasAttribute("data-changed"));
    }
    for (const one of work.querySelectorAll("#why li > details")) one.open = opened.includes(one.parentNode.dataset.pick);
    state.textContent = byId("state", page).textContent;
    allowSave();
    const alert = byId("alerts").querySelector("[role=alert]");
    if (alert && action === "save") return alert.focus();
    // The pressed button was replaced: return the focus to it, or to another one of its card.
    if (document.activeElement !== document.body) return;
    const pick = action.slice(action.indexOf(" ") + 1), all = [...work.querySelectorAll("button[name=do]:enabled:not(.hidden, .unscripted)")];
    const same = all.find((button) => button.value === action) || all.find((button) => button.value.endsWith(" " + pick));
    (same || byId("now")).focus();
  };
  const request = async (...given) => {
    const response = await post(...given);
    return response.status === 400 && await renewToken() ? post(...given) : response;
  };
  const send = async (action, fields) => {
    const response = await request(action, fields);
    if (response.redirected) {
      leaving = true;
      location.href = response.url;
    } else if ((response.headers.get("Content-Type") || "").startsWith("text/html")) {
      show(await parsePage(response), action);
    } else {
      const signedOut = response.status === 401 || (response.status === 400 && !await renewToken());
      state.textContent = signedOut ? state.dataset.signedOut : (await response.json()).detail;
      state.scrollIntoView({ block: "nearest" });
    }
  };
  const addPending = (change) => { pending += change; work.toggleAttribute("data-waiting", pending > 0); };
  // One after the other, so that each action starts from the result of the one before.
  const act = (action, fields) => {
    clearTimeout(typing);
    addPending(1);
    queue = queue.then(() => send(action, fields)).catch((error) => { state.textContent = error.message; })
      .finally(() => addPending(-1));
  };

  work.addEventListener("submit", (event) => {
    event.preventDefault();
    act((event.submitter && event.submitter.value) || "preview");
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    act("save");
  });
  byId("hold").addEventListener("change", () => act("preview"));
  const previewDates = () => { clearTimeout(typing); typing = setTimeout(() => act("preview"), 600); };
  for (const field of ["start", "end"]) byId(field).addEventListener("change", previewDates);
  work.addEventListener("click", (event) => { if (event.target.closest("[data-discard]")) leaving = true; });
  addEventListener("beforeunload", (event) => {
    if (!leaving && byId("buttons").hasAttribute("data-changed")) event.preventDefault();
  });

  const dropTarget = (event) => dragged && event.target.closest && event.target.closest("#order li[data-place]");
  const highlight = (card) => {
    for (const other of work.querySelectorAll(".drop-target")) other.classList.remove("drop-target");
    if (card) card.classList.add("drop-target");
  };
  work.addEventListener("dragstart", (event) => {
    const card = event.target.closest("[data-pick]");
    if (!card) return;
    dragged = card.dataset.pick;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged);
  });
  work.addEventListener("dragend", () => { dragged = undefined; highlight(); });
  work.addEventListener("dragover", (event) => {
    const card = dropTarget(event);
    if (card) event.preventDefault();
    highlight(card);
  });
  work.addEventListener("drop", (event) => {
    const card = dropTarget(event);
    if (!card) return;
    event.preventDefault();
    act("drop " + dragged, { to: card.dataset.place });
  });

  const pinField = byId("pq");
  pinField.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  // In the queue of the actions: the results belong to the draft after them.
  let searches = 0;
  const searchPins = debounce(120, () => {
    const number = ++searches;
    queue = queue.then(async () => {
      const response = number === searches && await request("find", {}, pinField.dataset.url);
      if (response && response.ok && !response.redirected) byId("picker").innerHTML = await response.text();
    }).catch(() => undefined);
  });
  pinField.addEventListener("input", searchPins);
  if (pinField.value !== pinField.defaultValue) searchPins();
}

// The preview of changed settings follows the fields; a page without it has the button.
const settingsForm = byId("settings");
if (settingsForm) {
  let latest = 0, previewing;
  const saveButton = byId("save-settings"), unsaved = () => Boolean(settingsForm.querySelector("[data-unsaved]"));
  saveButton.disabled = !unsaved();
  // An editor who is faster than the preview can save, too.
  settingsForm.addEventListener("input", () => { saveButton.disabled = false; });
  settingsForm.addEventListener("input", debounce(250, async () => {
    const number = ++latest, body = new URLSearchParams(new FormData(settingsForm));
    body.set("do", "preview");
    const own = fetch(settingsForm.action, { method: "POST", body, headers: { "X-Desk": "1" } });
    previewing = own;
    const response = await own.catch(() => undefined);
    if (previewing === own) previewing = undefined;
    if (!response) return;  // the server does not answer: saving says so
    const isPage = (response.headers.get("Content-Type") || "").startsWith("text/html");
    if (!isPage || number !== latest) return;
    byId("settings-preview").innerHTML = await response.text();
    saveButton.disabled = !unsaved();
  }));
  // A worker refuses a second form while it answers the first.
  settingsForm.addEventListener("submit", async (event) => {
    if (!previewing) return;
    event.preventDefault();
    saveButton.disabled = true;  // a second press would send the form twice
    while (previewing) await Promise.allSettled([previewing]);
    saveButton.disabled = false;
    settingsForm.requestSubmit(event.submitter);
  });
}
