// The self-test: one question at a time, also across pages. `site.js` loads this file when a reader begins a test, or goes on with one.
(() => {
  "use strict";
  const site = studyguide;
  const { all, one, read, write, readProgress, questions, page } = site;

  /** Go on with the test that was begun, if its question is on this page. */
  function resumeTest() {
    const found = site.findTest();
    if (found) showTest(found);
  }

  function startTest(list, back) {
    const started = { list, place: 0, back, known: 0 };
    write("test", started, "sessionStorage");
    goTo(started);
  }

  function goTo(next) {
    const [file] = next.list[next.place].split("#");
    if (file === page) showTest(next);
    else location.assign(next.list[next.place]);
  }

  /** Go to the next question; `value` is 1 if this one was known. */
  function goOn(value) {
    const { list, place, known = 0 } = site.test;
    if (place >= list.length) return;
    const next = { ...site.test, place: place + 1, known: known + (value === 1) };
    if (next.place === list.length) return showEnd(next);
    write("test", next, "sessionStorage");
    goTo(next);
  }

  function showTest(next) {
    site.test = next;
    const name = decodeURIComponent(next.list[next.place].split("#")[1]);
    document.body.classList.add("testing");
    for (const question of questions()) {
      question.classList.toggle("asked", question.id === name);
      if (question.id === name) all("details", question).forEach((each) => (each.open = false));
    }
    const bar = one(".test-bar");
    bar.hidden = false;
    const status = one("[data-place]", bar);
    status.textContent = status.dataset.place.replace("{place}", next.place + 1).replace("{count}", next.list.length);
    const asked = one("article.asked");
    if (!asked) return goOn();
    site.fitFormulas();
    asked.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  function showEnd(ended) {
    site.test = ended;
    const status = one(".test-bar [data-place]");
    const result = status.dataset.result.replace("{known}", ended.known).replace("{count}", ended.list.length);
    status.textContent = `${status.dataset.last} ${result}`;
    all('.test-bar [data-do]:not([data-do="end"])').forEach((button) => (button.hidden = true));
    one('.test-bar [data-do="end"]').focus();
    write("test", null, "sessionStorage");
  }

  function endTest() {
    const { back } = site.test;
    write("test", null, "sessionStorage");
    if (back !== page) return location.assign(back);
    const asked = one("article.asked");
    site.test = null;
    document.body.classList.remove("testing");
    site.fitFormulas();
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

  Object.assign(site, { resumeTest, startTest, endTest, goOn, takeForm });
})();
