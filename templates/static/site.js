// Answers as one types: a combobox with a list (WAI-ARIA), over a form that works without this script.
"use strict";

const PAUSE = 120; // milliseconds without a keystroke before the site is asked
const SHORTEST = 2;

function enhance(form, number) {
  const input = form.querySelector("input[type=search]");
  const list = document.createElement("ul");
  const said = document.createElement("p");
  let asked = null; // the request under way
  let timer = 0;
  let active = -1;

  list.id = `options-${number}`;
  list.className = "options";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.querySelector("label").textContent);
  said.className = "said";
  said.setAttribute("role", "status");
  form.querySelector(".field").append(list);
  form.append(said);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value);

  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    choose(-1);
  };

  const dismiss = () => { // also what is still to be asked, or under way: its answer would open the list again
    clearTimeout(timer);
    asked?.abort();
    close();
  };

  const choose = (index) => {
    active = index;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    if (index < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", list.children[index].id);
  };

  const option = (text, below, url, index) => {
    const item = document.createElement("li");
    item.id = `${list.id}-${index}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.dataset.url = url;
    item.append(text);
    if (below) {
      const line = document.createElement("span");
      line.setAttribute("aria-hidden", "true"); // a reader hears the questions, one after the other
      line.append(below);
      item.append(line);
    }
    return item;
  };

  const tell = (text, ask = "") => { // heard; seen, too, where nothing is listed and the way to a person stands beside it
    said.textContent = text;
    said.classList.toggle("none", ask !== "");
    if (ask === "") return;
    const link = document.createElement("a");
    link.href = ask;
    link.textContent = form.dataset.ask;
    said.append(" ", link);
  };

  const tellFound = (answer) => {
    const count = answer.results.length;
    if (count === 0) tell(form.dataset.none.replace("{query}", () => answer.query), answer.ask);
    else if (count === 1) tell(form.dataset.listedOne);
    else tell(form.dataset.listed.replace("{count}", String(count)));
  };

  const forget = () => {
    tell("");
    close();
  };

  const show = (answer, first) => {
    if (input.value.trim() === "") return forget();
    if (document.activeElement !== input) return close();
    const options = answer.results.map((hit, index) => option(hit.question, hit.excerpt, hit.url, index));
    if (options.length) {
      const all = (text, url) => {
        const item = option(text, "", url, options.length);
        item.className = "all";
        options.push(item);
      };
      if (answer.meant) all(`${form.dataset.meant} ${answer.meant.query}`, answer.meant.url);
      all(form.dataset.all, answer.all);
    }
    const chosen = list.children[active]?.dataset.url;
    list.replaceChildren(...options);
    tellFound(answer);
    choose(first && options.length ? 0 : options.findIndex((item) => item.dataset.url === chosen));
    list.hidden = options.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
  };

  const ask = async (first = false) => {
    clearTimeout(timer);
    asked?.abort();
    const query = input.value.trim();
    if (query.length < SHORTEST) return forget();
    asked = new AbortController();
    const { signal } = asked;
    const parameters = new URLSearchParams({ q: query, language: form.dataset.language });
    try {
      const response = await fetch(`${form.dataset.suggest}?${parameters}`, { signal });
      if (response.ok) show(await response.json(), first);
      else forget();
    } catch {
      if (!signal.aborted) forget(); // the site is away: the form still works
    }
  };

  const move = (step) => {
    const many = list.children.length + 1; // one place is the input itself
    choose((active + 1 + step + many) % many - 1);
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => ask(), PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" && list.hidden) ask(true);
    else if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp" && !list.hidden) move(-1);
    else if (event.key === "Escape" && !list.hidden) dismiss();
    else if (event.key === "Enter" && active >= 0) location.assign(list.children[active].dataset.url);
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", dismiss);
  form.addEventListener("submit", dismiss);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the input keeps the focus
  list.addEventListener("click", (event) => {
    const item = event.target.closest("[role=option]");
    if (item) location.assign(item.dataset.url);
  });
}

document.querySelectorAll("form[data-suggest]").forEach(enhance);
