// What the pages do besides showing their text. It knows no words: all of them stand in the HTML. Nothing is loaded from elsewhere,
// and nothing leaves the browser. Without it, everything can be read.
(() => {
  "use strict";
  const all = (selector, holder = document) => [...holder.querySelectorAll(selector)];
  const one = (selector, holder = document) => holder.querySelector(selector);
  const meta = (name) => one(`meta[name="${name}"]`)?.content ?? "";

  // ------------------------------------------------------------ what the browser keeps

  const PREFIX = `studyguide:${meta("studyguide")}:`;
  const memory = new Map();
  let isKept = true;

  function read(name, otherwise, store = "localStorage") {
    try {
      const text = window[store].getItem(PREFIX + name) ?? memory.get(name);
      return text == null ? otherwise : JSON.parse(text);
    } catch {
      isKept = false;
      return memory.has(name) ? JSON.parse(memory.get(name)) : otherwise;
    }
  }

  function write(name, value, store = "localStorage") {
    const text = JSON.stringify(value);
    memory.set(name, text);
    try {
      window[store].setItem(PREFIX + name, text);
    } catch {
      isKept = false;
    }
  }

  function readProgress() {
    const found = read("progress", {});
    return found && typeof found === "object" && !Array.isArray(found) ? found : {};
  }

  // ------------------------------------------------------------ light and dark

  const dark = matchMedia("(prefers-color-scheme: dark)");

  function isDark() {
    const theme = read("theme", "");
    return theme ? theme === "dark" : dark.matches;
  }

  function showTheme() {
    const theme = read("theme", "");
    if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
    all('[data-do="theme"]').forEach((button) => button.setAttribute("aria-pressed", String(isDark())));
  }

  showTheme(); // before anything is painted
  dark.addEventListener("change", showTheme);

  // ------------------------------------------------------------ progress

  const page = decodeURIComponent(location.pathname.split("/").pop()) || "index.html";
  const questions = () => all("article.question");

  /** Show what is known: beside each question and its number, and how much of a page or of the guide it is. */
  function showProgress() {
    const progress = readProgress();
    const links = all("[data-question]").map((link) => link.hash.slice(1));
    const names = links.length ? links.map(decodeURIComponent) : questions().map((each) => each.id);
    const known = names.filter((name) => progress[name] === 1).length;
    for (const each of all("[data-count]")) {
      each.textContent = each.dataset.count.replace("{known}", known).replace("{count}", names.length);
    }
    for (const bar of all("progress")) Object.assign(bar, { max: names.length || 1, value: known });
    for (const link of all("[data-ref], [data-question]")) {
      mark(link, progress[link.dataset.ref ?? decodeURIComponent(link.hash.slice(1))]);
    }
    for (const question of questions()) {
      mark(question, progress[question.id]);
      for (const [name, value] of [["known", 1], ["again", 0]]) {
        one(`.verdict [data-do="${name}"]`, question)?.setAttribute("aria-pressed", String(progress[question.id] === value));
      }
    }
    for (const count of all("[data-chapter]")) {
      const inner = all("[data-question]", count.closest("details"));
      const done = inner.filter((link) => link.dataset.state === "known").length;
      count.textContent = done ? `${done}/${inner.length}` : String(inner.length);
    }
    for (const note of all("[data-blocked]")) {
      note.textContent = note.dataset.blocked;
      note.hidden = isKept;
    }
  }

  function mark(element, value) {
    if (value === 1) element.dataset.state = "known";
    else if (value === 0) element.dataset.state = "again";
    else delete element.dataset.state;
  }

  function judge(question, value) {
    const progress = readProgress();
    if (progress[question.id] === value && !test) delete progress[question.id];
    else progress[question.id] = value;
    write("progress", progress);
    showProgress();
    if (test) goOn();
  }

  // ------------------------------------------------------------ self-test: one question at a time, also across pages

  let test = null; // {list: ["chapter-a.html#id", …], place: 0, back: "index.html"}

  function resumeTest() {
    const found = read("test", null, "sessionStorage");
    if (!one(".test-bar") || !found || !Array.isArray(found.list) || !(found.place < found.list.length)) return;
    if (String(found.list[found.place]).split("#")[0] === page) showTest(found);
  }

  function startTest(list, back) {
    const started = { list, place: 0, back };
    write("test", started, "sessionStorage");
    goTo(started);
  }

  function goTo(next) {
    const [file] = next.list[next.place].split("#");
    if (file === page) showTest(next);
    else location.assign(next.list[next.place]);
  }

  function goOn() {
    const next = { ...test, place: test.place + 1 };
    if (next.place >= next.list.length) {
      showEnd();
      return;
    }
    write("test", next, "sessionStorage");
    goTo(next);
  }

  function showTest(next) {
    test = next;
    const name = decodeURIComponent(test.list[test.place].split("#")[1]);
    document.body.classList.add("testing");
    for (const question of questions()) {
      question.classList.toggle("asked", question.id === name);
      if (question.id === name) all("details", question).forEach((each) => (each.open = false));
    }
    const bar = one(".test-bar");
    bar.hidden = false;
    const status = one("[data-place]", bar);
    status.textContent = status.dataset.place.replace("{place}", test.place + 1).replace("{count}", test.list.length);
    const asked = one("article.asked");
    if (!asked) return goOn();
    asked.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  function showEnd() {
    const status = one(".test-bar [data-place]");
    status.textContent = status.dataset.last;
    all('.test-bar [data-do]:not([data-do="end"])').forEach((button) => (button.hidden = true));
    one('.test-bar [data-do="end"]').focus();
    write("test", null, "sessionStorage");
  }

  function endTest() {
    const { back } = test;
    write("test", null, "sessionStorage");
    if (back !== page) return location.assign(back);
    const asked = one("article.asked");
    test = null;
    document.body.classList.remove("testing");
    one(".test-bar").hidden = true;
    all(".test-bar [data-do]").forEach((button) => (button.hidden = false));
    asked?.scrollIntoView();
  }

  function shuffle(list) {
    for (let last = list.length - 1; last > 0; last--) {
      const other = Math.floor(Math.random() * (last + 1));
      [list[last], list[other]] = [list[other], list[last]];
    }
    return list;
  }

  function takeForm(form) {
    const wanted = new FormData(form);
    const progress = readProgress();
    const list = all("[data-question]")
      .filter((link) => !wanted.get("chapter") || link.getAttribute("href").startsWith(`${wanted.get("chapter")}#`))
      .filter((link) => !wanted.get("difficulty") || link.dataset.difficulty === wanted.get("difficulty"))
      .filter((link) => !wanted.get("tag") || link.dataset.tags.split("\t").includes(wanted.get("tag")))
      .filter((link) => !wanted.get("unknown") || progress[decodeURIComponent(link.hash.slice(1))] !== 1)
      .map((link) => link.getAttribute("href"));
    const status = one("[data-none]", form);
    status.textContent = list.length ? "" : status.dataset.none;
    if (list.length) startTest(wanted.get("shuffled") ? shuffle(list) : list, "index.html");
  }

  // ------------------------------------------------------------ questions that the page itself checks

  function prepareQuestion(question) {
    const { kind, right, words } = question.dataset;
    const template = one('template[data-name="check"]');
    const gap = one("[data-gap]", template.content).dataset.gap;
    const checks = [];
    let serial = 0;
    const name = () => gap.replace("{number}", ++serial);
    if (kind === "choices") checks.push(...prepareChoices(question, right.split(/[\s,]+/)));
    if (kind === "matching") checks.push(...prepareMatching(question, right.split(" "), name));
    if (kind === "ordering") checks.push(...prepareOrdering(question, right.split(" "), name));
    if (words) checks.push(...prepareBlanks(question, words.split("\n"), name));
    if (!checks.length) return;
    const bar = template.content.cloneNode(true);
    const status = one("[data-gap]", bar);
    one("button", bar).addEventListener("click", () => {
      const isRight = checks.map((check) => check()).every(Boolean);
      status.textContent = isRight ? status.dataset.right : status.dataset.wrong;
      status.className = isRight ? "right-mark" : "wrong-mark";
    });
    const last = all("ol.choices, table.matching, .task, .blank", question).filter((each) => !each.closest("details")).pop();
    const block = last?.closest("p, ol, table, ul, h2") ?? one("h2", question);
    (block.closest("ul, ol, table, .table") ?? block).after(bar);
  }

  function show(element, isRight) {
    element.dataset.mark = isRight ? "right" : "wrong";
    return isRight;
  }

  function prepareChoices(question, right) {
    const list = one("ol.choices", question);
    const items = all(":scope > li", list);
    return items.map((item, place) => {
      const letter = one(".letter", item).textContent.trim();
      const input = document.createElement("input");
      input.type = right.length > 1 ? "checkbox" : "radio";
      input.name = `${question.id}.choice`;
      item.id ||= `${question.id}.option-${place}`;
      input.setAttribute("aria-labelledby", item.id);
      item.prepend(input);
      item.addEventListener("click", (event) => {
        if (!event.target.closest("a, input, button")) input.click();
      });
      input.addEventListener("change", () => items.forEach((each) => delete each.dataset.mark));
      return () => {
        const isWanted = right.includes(letter);
        if (input.checked) show(item, isWanted);
        else delete item.dataset.mark;
        return input.checked === isWanted;
      };
    });
  }

  function makeSelect(values, label, right) {
    const select = document.createElement("select");
    select.append(...["", ...values].map((value) => new Option(value, value)));
    select.setAttribute("aria-label", label);
    return [select, () => show(select, select.value === right)];
  }

  function prepareMatching(question, right, name) {
    const table = one("table.matching", question);
    const letters = all("td.letter", table).map((cell) => cell.textContent.trim());
    return all("td.blank", table).map((cell, row) => {
      const [select, check] = makeSelect(letters, name(), right[row]);
      cell.replaceChildren(select);
      return check;
    });
  }

  function prepareOrdering(question, right, name) {
    return all("ol.choices > li", question).map((item) => {
      const letter = one(".letter", item).textContent.trim();
      const places = right.map((_, place) => String(place + 1));
      const [select, check] = makeSelect(places, `${name()}: ${letter}`, String(right.indexOf(letter) + 1));
      item.prepend(select);
      return check;
    });
  }

  const tidy = (text) => text.normalize("NFKC").trim().replace(/\s+/g, " ").replace(/−/g, "-").toLowerCase();

  /** True for the words themselves, or a number within the tolerance of `9.81 ± 0.05 m`. */
  function isSame(given, wanted) {
    if (!tidy(given)) return false;
    const range = /^([-+]?[\d.]+)\s*(?:±|\+\/?-)\s*([\d.]+)\s*(%?)\s*(.*)$/.exec(tidy(wanted));
    if (!range) return tidy(given) === tidy(wanted);
    const [, middle, size, percent, unit] = range;
    const number = /^([-+]?[\d.]+)\s*(.*)$/.exec(tidy(given).replace(/(\d),(\d)/, "$1.$2"));
    const most = percent ? Math.abs(middle * size) / 100 : Number(size);
    return Boolean(number) && Math.abs(number[1] - middle) <= most * (1 + 1e-9) && (!number[2] || number[2] === unit);
  }

  function prepareBlanks(question, words, name) {
    return all(".blank", question).filter((each) => each.tagName === "SPAN" && !each.closest("details")).map((blank, place) => {
      const input = document.createElement("input");
      const answers = (words[place] ?? "").split("\t");
      Object.assign(input, { type: "text", autocomplete: "off", spellcheck: false, size: 12 });
      input.setAttribute("aria-label", name());
      blank.textContent = blank.textContent.replace(/_+/, "");
      blank.append(input);
      return () => show(input, answers.some((answer) => isSame(input.value, answer)));
    });
  }

  // ------------------------------------------------------------ search, loaded when it is first asked for

  /** A letter of a script that puts no spaces between words: each is indexed by itself. */
  const UNSPACED = /([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff])/g;
  const SPACED = new RegExp(`${UNSPACED.source} `, "g");

  let engine = null;
  let lastSearch = 0;

  async function search(text) {
    const dialog = one('dialog[data-name="search"]');
    const status = one(".status", dialog);
    const list = one(".results", dialog);
    if (location.protocol === "file:") {
      status.textContent = status.dataset.file;
      return;
    }
    const serial = ++lastSearch;
    try {
      engine ??= import(new URL("search/pagefind.js", document.baseURI).href);
      const found = text.trim() ? await (await engine).search(text.replace(UNSPACED, "$1 ")) : { results: [] };
      const results = await Promise.all(found.results.slice(0, 20).map((each) => each.data()));
      if (serial !== lastSearch) return;
      status.textContent = results.length ? String(found.results.length) : text.trim() ? status.dataset.none : "";
      list.replaceChildren(...results.map(writeResult));
    } catch {
      engine = null;
      status.textContent = status.dataset.failed;
    }
  }

  function writeResult(result) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const excerpt = document.createElement("p");
    link.href = result.meta.address;
    link.textContent = result.meta.title;
    link.addEventListener("click", () => one('dialog[data-name="search"]').close());
    // Of the excerpt, only texts and marks are taken.
    for (const node of new DOMParser().parseFromString(result.excerpt, "text/html").body.childNodes) {
      if (!node.textContent.trim() && excerpt.textContent.slice(-1).search(UNSPACED) === 0) continue;
      const piece = document.createElement(node.nodeName === "MARK" ? "mark" : "span");
      piece.textContent = `${node.textContent} `.replace(SPACED, "$1").replace(/ $/, ""); // without the space that was added
      excerpt.append(piece);
    }
    item.append(link, excerpt);
    return item;
  }

  function openSearch() {
    const dialog = one('dialog[data-name="search"]');
    if (!one('.tools [data-do="search"]')) return;
    if (!dialog.open) dialog.showModal();
    one("input", dialog).select();
    search(one("input", dialog).value);
  }

  // ------------------------------------------------------------ keys and buttons

  function findCurrent() {
    const shown = questions().filter((each) => !test || each.classList.contains("asked"));
    const focused = document.activeElement?.closest?.("article.question");
    if (focused && shown.includes(focused)) return focused;
    const top = shown.filter((each) => each.getBoundingClientRect().top < innerHeight / 3).pop();
    return top ?? shown[0];
  }

  function move(step) {
    if (test) return step > 0 ? goOn() : undefined;
    const shown = questions();
    const focused = document.activeElement?.closest?.("article.question");
    const current = findCurrent();
    const isBefore = !focused && current === shown[0] && current?.getBoundingClientRect().top > innerHeight / 3;
    const next = isBefore && step > 0 ? current : shown[shown.indexOf(current) + step];
    if (next) {
      next.focus({ preventScroll: true });
      next.scrollIntoView({ block: "start" });
    } else if (current) {
      one(step > 0 ? "a[rel=next]" : "a[rel=prev]")?.click();
    }
  }

  function toggleAnswer() {
    const question = findCurrent();
    const fold = question && (one("details.answer", question) ?? one("details", question));
    if (!fold) return;
    fold.open = !fold.open;
    one("summary", fold).focus({ preventScroll: true });
    if (fold.open) fold.scrollIntoView({ block: "nearest" });
  }

  const judgeCurrent = (value) => {
    const question = findCurrent();
    if (question && one(".verdict", question)) judge(question, value);
  };
  const openHelp = () => one('dialog[data-name="help"]').showModal();
  const KEYS = {
    j: () => move(1), n: () => move(1), k: () => move(-1), p: () => move(-1), o: toggleAnswer,
    "/": openSearch, "?": openHelp, "+": () => judgeCurrent(1), "-": () => judgeCurrent(0),
  };

  document.addEventListener("keydown", (event) => {
    const target = event.target;
    const isTyping = target.closest("input:not([type=radio], [type=checkbox]), select, textarea, dialog");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || read("keys", true) === false) return;
    // On a question itself; elsewhere the space bar scrolls, or presses a button.
    const action = event.key === " " ? target.matches("article.question") && toggleAnswer : KEYS[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  const ACTIONS = {
    theme: () => {
      write("theme", isDark() ? "light" : "dark");
      showTheme();
    },
    search: openSearch,
    help: openHelp,
    test: () => startTest(questions().map((each) => `${page}#${encodeURIComponent(each.id)}`), page),
    known: (button) => judge(button.closest("article") ?? one("article.asked"), 1),
    again: (button) => judge(button.closest("article") ?? one("article.asked"), 0),
    skip: () => goOn(),
    end: () => endTest(),
    keys: (box) => write("keys", box.checked),
    reset: (button) => {
      if (!confirm(button.dataset.confirm)) return;
      write("progress", {});
      showProgress();
    },
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button && button.dataset.do in ACTIONS) ACTIONS[button.dataset.do](button);
  });

  /** Let the keys reach what can be moved sideways. */
  function reachScrollers() {
    for (const each of all(".code, main table, div.formula")) {
      if (each.scrollWidth > each.clientWidth) each.tabIndex = 0;
      else each.removeAttribute("tabindex");
    }
  }

  // A link to something in a folded answer opens it.
  function openTarget() {
    const name = decodeURIComponent(location.hash.slice(1));
    const target = name && document.getElementById(name);
    if (!target) return;
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    if (target.closest("details")) target.scrollIntoView();
  }

  document.addEventListener("DOMContentLoaded", () => {
    all("[data-scripted]").forEach((each) => (each.hidden = each.classList.contains("test-bar")));
    showTheme();
    all('[data-do="keys"]').forEach((box) => (box.checked = read("keys", true) !== false));
    if (one('template[data-name="check"]')) questions().forEach(prepareQuestion);
    one("section.self-test form")?.addEventListener("submit", (event) => {
      event.preventDefault();
      takeForm(event.target);
    });
    let waiting = 0;
    one('dialog[data-name="search"] input')?.addEventListener("input", (event) => {
      clearTimeout(waiting);
      waiting = setTimeout(() => search(event.target.value), 150);
    });
    write("visited", 1, "sessionStorage"); // finds out whether the browser keeps anything
    showProgress();
    resumeTest();
    openTarget();
    reachScrollers();
    document.addEventListener("toggle", reachScrollers, true);
    addEventListener("resize", reachScrollers);
  });
  addEventListener("hashchange", openTarget);
  addEventListener("storage", () => (showTheme(), showProgress()));
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all("main details:not([open])");
    opened.forEach((each) => (each.open = true));
  });
  addEventListener("afterprint", () => opened.forEach((each) => (each.open = false)));
})();
