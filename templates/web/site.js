// What the pages do besides showing their text. It knows no words: all of them stand in the HTML. Nothing is loaded from elsewhere,
// and nothing leaves the browser. Without it, everything can be read. What only some readers need is in files of its own.
(() => {
  "use strict";
  const all = (selector, holder = document) => [...holder.querySelectorAll(selector)];
  const one = (selector, holder = document) => holder.querySelector(selector);
  const meta = (name) => one(`meta[name="${name}"]`)?.content ?? "";

  /** Return an address without its percent signs; one that somebody has typed, such as `#50%`, as it is. */
  function decode(address) {
    try {
      return decodeURIComponent(address);
    } catch {
      return address;
    }
  }

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
    const isTable = found && typeof found === "object" && !Array.isArray(found);
    return Object.assign(Object.create(null), isTable ? found : {}); // without a prototype: a question may be called `__proto__`
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

  const page = decode(location.pathname.split("/").pop()) || "index.html";
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
      mark(link, progress[decodeURIComponent(link.hash.slice(1))]);
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

  /** Give each question the buttons by which its reader says whether it was known. */
  function addVerdicts() {
    const template = one('template[data-name="verdict"]');
    for (const question of template ? questions() : []) {
      const { lang, dir } = document.documentElement;
      question.append(template.content.cloneNode(true));
      if (question.lang) Object.assign(question.lastElementChild, { lang, dir });
    }
  }

  function judge(question, value) {
    const progress = readProgress();
    if (progress[question.id] === value && !site.test) delete progress[question.id];
    else progress[question.id] = value;
    write("progress", progress);
    showProgress();
    if (site.test) site.goOn(value);
  }

  // ------------------------------------------------------------ what other files do

  const loading = new Map();

  /** Load one of the other files, once. */
  function load(file) {
    if (!loading.has(file)) {
      const script = document.createElement("script");
      const loaded = new Promise((resolve, reject) => Object.assign(script, { src: file, onload: resolve, onerror: reject }));
      loading.set(file, loaded.catch(() => loading.delete(file)));
      document.head.append(script);
    }
    return loading.get(file);
  }

  const site = (window.studyguide = { all, one, read, write, readProgress, questions, page, findTest, fitFormulas, test: null });
  // `test` is null, or {list: ["chapter-a.html#id", …], place: 0, back: "index.html", known: 0}.

  /** Return the test whose question is on this page, or null. */
  function findTest() {
    const found = read("test", null, "sessionStorage");
    if (!one(".test-bar") || !found || !Array.isArray(found.list) || !(found.place < found.list.length)) return null;
    return String(found.list[found.place]).split("#")[0] === page ? found : null;
  }

  async function openSearch() {
    const dialog = one('dialog[data-name="search"]');
    if (!one('.tools [data-do="search"]')) return;
    if (!dialog.open) dialog.showModal();
    one("input", dialog).select();
    await load("search.js");
    if (site.search) site.search(one("input", dialog).value);
    else one(".status", dialog).textContent = one(".status", dialog).dataset.failed;
  }

  // ------------------------------------------------------------ keys and buttons

  function findCurrent() {
    const shown = questions().filter((each) => !site.test || each.classList.contains("asked"));
    const focused = document.activeElement?.closest?.("article.question");
    if (focused && shown.includes(focused)) return focused;
    const top = shown.filter((each) => each.getBoundingClientRect().top < innerHeight / 3).pop();
    return top ?? shown[0];
  }

  function move(step) {
    if (site.test) return step > 0 ? site.goOn() : undefined;
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
    test: () => load("self-test.js").then(() => site.startTest(questions().map((each) => `${page}#${encodeURIComponent(each.id)}`), page)),
    known: (button) => judge(button.closest("article") ?? one("article.asked"), 1),
    again: (button) => judge(button.closest("article") ?? one("article.asked"), 0),
    skip: () => site.goOn(),
    end: () => site.endTest(),
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

  const LEAST_SCALE = 0.8;

  /** Let a formula that is wider than its column shrink, as it does in print; one that would become too small can be moved sideways. */
  function fitFormulas() {
    const holders = all("main :is(div.formula, p, li, dd, h2):has(math)");
    holders.forEach((each) => each.style.removeProperty("--fit"));
    const scales = holders.map((each) => each.clientWidth / each.scrollWidth);
    holders.forEach((each, place) => {
      // A little less, for the widths of a browser are whole pixels.
      const scale = scales[place] - 0.004;
      if (scales[place] < 1 && scale >= LEAST_SCALE) each.style.setProperty("--fit", scale.toFixed(3));
      each.classList.toggle("wide", scale < LEAST_SCALE);
    });
    // Letters may have shrunk less than that, where a browser gives them whole pixels.
    for (const each of holders.filter((one) => one.style.getPropertyValue("--fit") && one.scrollWidth > one.clientWidth)) {
      const scale = each.style.getPropertyValue("--fit") * (each.clientWidth / each.scrollWidth) - 0.01;
      if (scale >= LEAST_SCALE) each.style.setProperty("--fit", scale.toFixed(3));
    }
    reachScrollers();
  }

  /** Let the keys reach what can be moved sideways. */
  function reachScrollers() {
    for (const each of all(".code, main table, div.formula, .wide")) {
      if (each.scrollWidth > each.clientWidth) each.tabIndex = 0;
      else each.removeAttribute("tabindex");
    }
  }

  // A link to something in a folded answer opens it.
  function openTarget() {
    const name = decode(location.hash.slice(1));
    const target = name && document.getElementById(name);
    if (!target) return;
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    if (target.closest("details")) target.scrollIntoView();
  }

  document.addEventListener("DOMContentLoaded", () => {
    all("[data-scripted]").forEach((each) => (each.hidden = each.classList.contains("test-bar")));
    showTheme();
    all('[data-do="keys"]').forEach((box) => (box.checked = read("keys", true) !== false));
    addVerdicts();
    if (one("article[data-kind], article[data-words]")) load("checks.js");
    one("section.self-test form")?.addEventListener("submit", (event) => {
      event.preventDefault();
      load("self-test.js").then(() => site.takeForm(event.target));
    });
    write("visited", 1, "sessionStorage"); // finds out whether the browser keeps anything
    showProgress();
    if (findTest()) {
      document.body.classList.add("testing");
      load("self-test.js").then(() => (site.resumeTest ? site.resumeTest() : document.body.classList.remove("testing")));
    }
    openTarget();
    fitFormulas();
    // A formula has another size when its font comes, and when its answer is opened.
    const sizes = new ResizeObserver(() => requestAnimationFrame(fitFormulas));
    all("main math").forEach((each) => sizes.observe(each));
    document.addEventListener("toggle", fitFormulas, true);
    addEventListener("resize", fitFormulas);
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
