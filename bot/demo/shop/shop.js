// What the simulator's page has no place for: a message's Apps menu, direct messages, answers brought into view.
const capability = location.hash.slice(1);
const list = document.getElementById("channel-message-list");
const direct = document.getElementById("shop-direct");
const ended = document.getElementById("shop-ended");
const emotions = new Map([...document.querySelectorAll("#shop-legend li")].map((item) => {
  const emoji = item.firstElementChild.textContent;
  return [emoji, item.textContent.replace(emoji, "").trim()];
}));
let menus = [], viewer = null, told = [], seen = new Set(), misses = 0, lastSeen = null, known = new Set();

function made(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

function headers() {
  const context = window.simcordPreview?.contextId;
  return context ? { "X-Simcord-Capability": capability, "X-Simcord-Context": context } : null;
}

// ---- Apps: stands for Discord's own menu of a message

function appsOf(article) {
  const group = made("div", { hidden: true });
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "Apps");
  const opener = made("button", { type: "button", textContent: "Apps ▸",
    title: "Stands for Discord's own menu: right click on the message, or hold it, then Apps" });
  opener.setAttribute("aria-expanded", "false");
  opener.addEventListener("click", () => {
    group.hidden = !group.hidden;
    opener.setAttribute("aria-expanded", String(!group.hidden));
    opener.textContent = group.hidden ? "Apps ▸" : "Apps ▾";
    if (!group.hidden) {
      group.replaceChildren(...menus.map((name) => entry(article, name)));
      group.firstElementChild?.focus();
    }
  });
  const root = made("div", { className: "shop-apps" }, opener, group);
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !group.hidden) { opener.click(); opener.focus(); }
  });
  return root;
}

function entry(article, name) {
  const button = made("button", { type: "button", textContent: name });
  button.addEventListener("click", () => act(button, { menu: name, message: article.dataset.messageId }));
  return button;
}

async function act(button, chosen) {
  for (const each of button.parentElement.children) each.disabled = true;
  try {
    const reply = await fetch("/api/action", { method: "POST", cache: "no-store",
      headers: { ...headers(), "Content-Type": "application/json", "X-Feelprint": "1" },
      body: JSON.stringify(chosen) });
    const { answer } = reply.ok ? await reply.json() : {};
    if (answer && chosen.menu) await show(answer);
    else note(button, reply.ok ? "" : "That did not work. Please try once more.");
  } finally {
    for (const each of button.parentElement?.children ?? []) each.disabled = false;
  }
}

function note(button, words) {
  const group = button.parentElement;
  group.querySelector("p")?.remove();
  if (!words) return;
  const said = made("p", { textContent: words });
  said.setAttribute("role", "alert");
  group.append(said);
}

function dress(article) {
  const posted = article.querySelector(".message-attachments, .attachment-grid, .media-lightbox-trigger");
  const card = article.querySelector(".message-ephemeral-note, .message-app-badge");
  if (posted && !card && !article.querySelector(".shop-apps")) article.append(appsOf(article));
  for (const chip of article.querySelectorAll(".reaction-chip:not([aria-label])")) {
    const name = emotions.get(chip.querySelector(".reaction-emoji")?.textContent?.trim()) ?? chip.querySelector("img")?.alt;
    if (!name) continue;
    chip.setAttribute("aria-label", `${name}, ${chip.querySelector(".reaction-count")?.textContent}`);
    chip.title = name;
  }
}

new MutationObserver(() => list.querySelectorAll("article.channel-message").forEach(dress))
  .observe(list, { childList: true, subtree: true });

// ---- An answer is shown where somebody looks

async function show(id, focusing = true) {
  const before = document.activeElement;
  for (let tries = 0; tries < 150; tries += 1) {
    const article = list.querySelector(`[data-message-id="${id}"]`);
    if (article && window.simcordPreview.ready) {
      if (focusing && [before, document.body].includes(document.activeElement)) {  // else they have gone on already
        article.tabIndex = -1;
        article.focus({ preventScroll: true });
      }
      article.scrollIntoView({ block: article.offsetHeight > list.parentElement.clientHeight ? "start" : "nearest" });
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function follow() {
  const last = window.simcordPreview?.lastAction;
  if (last && last.requestId !== lastSeen) {
    lastSeen = last.requestId;
    const shown = (last.outcomes || []).filter((item) => ["response", "followup", "deferred"].includes(item.kind));
    const id = shown.at(-1)?.messageId;
    if (id) void show(id, !known.has(id));
  }
  known = new Set([...list.querySelectorAll("[data-message-id]")].map((article) => article.dataset.messageId));
}

// ---- Direct messages: Discord would show them elsewhere

const notes = made("section", { id: "shop-notes", hidden: true });
notes.setAttribute("role", "status");
notes.setAttribute("aria-live", "polite");
notes.setAttribute("aria-label", "Direct messages from Feelprint");
document.body.append(notes);
direct.addEventListener("click", () => (notes.hidden ? open(told) : shut()));
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !notes.hidden) shut(); });

function shut() { notes.hidden = true; direct.setAttribute("aria-expanded", "false"); }

function formatted(text) {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`|<\/[^:>]+:\d+>|<t:\d+(?::\w)?>)/).map((part) => {
    if (part.startsWith("</")) return made("code", { textContent: part.slice(1, part.indexOf(":")) });
    if (part.startsWith("<t:")) return new Date(1000 * parseInt(part.slice(3), 10)).toLocaleString("en-US");
    if (part.startsWith("**")) return made("strong", { textContent: part.slice(2, -2) });
    if (part.startsWith("`")) return made("code", { textContent: part.slice(1, -1) });
    return part;
  });
}

function pressable(message) {
  return made("div", { className: "shop-pressed" }, ...message.buttons.map(({ id, label }) => {
    const button = made("button", { type: "button", textContent: label });
    button.addEventListener("click", () => act(button, { button: id, message: message.id }));
    return button;
  }));
}

function open(messages) {
  const close = made("button", { type: "button", textContent: "✕", onclick: () => { shut(); direct.focus(); } });
  close.setAttribute("aria-label", "Close");
  const reading = notes.contains(document.activeElement);
  const time = (at) => new Date(at).toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit" });
  notes.replaceChildren(
    made("header", {}, made("img", { src: "/shop.svg", alt: "" }),
      made("h2", { textContent: "Direct message from Feelprint" }), close),
    ...messages.toReversed().map((message) => made("article", {},
      made("time", { dateTime: message.at, textContent: time(message.at) }), ...formatted(message.text),
      pressable(message))));
  notes.hidden = false;
  if (reading) close.focus();
  direct.setAttribute("aria-expanded", "true");
}

function hear(news) {
  menus = news.menus;
  if (news.viewer !== viewer) {
    viewer = news.viewer;
    seen = new Set(news.direct.map((message) => message.id));
    shut();
  }
  told = news.direct;
  direct.hidden = !told.length;
  direct.textContent = `Direct messages (${told.length})`;
  const fresh = told.filter((message) => !seen.has(message.id));
  fresh.forEach((message) => seen.add(message.id));
  if (fresh.length) open(fresh);
}

async function poll() {
  const sent = headers();
  try {
    if (sent) {
      const reply = await fetch("/shop.json", { headers: sent, cache: "no-store" });
      if (reply.ok) hear(await reply.json());
      misses = 0;
    }
  } catch { misses += 1; }
  ended.hidden = misses < 4;
  follow();
  setTimeout(poll, 500);
}
setInterval(follow, 150);
void poll();
