// The page of a preview: shows the newest state, and follows the last edit in both panes.
"use strict"

const byId = name => document.getElementById(name)
const root = document.documentElement
const frame = byId("book")
const sheets = byId("sheets")

// ---------------------------------------------------------------- choices that the browser remembers

const memory = {
  get(name, otherwise) { try { return localStorage.getItem(`preview-${name}`) ?? otherwise } catch { return otherwise } },
  set(name, value) { try { localStorage.setItem(`preview-${name}`, value) } catch { /* a private window */ } },
}

// ---------------------------------------------------------------- the reader's view

const LOOKS = {
  light: ["#ffffff", "#1a1a1a", "light", "none"],
  dark: ["#121212", "#d6d3ce", "dark", "none"],
  grey: ["#dcdbd6", "#111111", "light", "grayscale(1)"],
}
const reader = { state: null, name: "", scale: Number(memory.get("scale", 100)), shownEdit: 0, waiting: "" }

function writeReaderStyle() {
  const [ground, ink, scheme, filter] = LOOKS[root.dataset.look]
  return `
    html { background: ${ground}; color: ${ink}; color-scheme: ${scheme}; font-size: ${reader.scale}%; filter: ${filter}; }
    body { font-size: 1.15rem; max-width: 36em; margin: 0 auto; padding: 1.5rem 1.6rem 40vh; }
    body.cover { padding: 0; max-width: none; }
    [data-changed] { animation: changed 2.6s ease-in forwards; scroll-margin-top: 1rem; }
    @keyframes changed { 0%, 55% { background: rgba(224, 161, 0, 0.2); box-shadow: -0.5rem 0 0 rgba(224, 161, 0, 0.9) } 100% { background: none; box-shadow: none } }`
}

function dressReader() {
  const inside = frame.contentDocument
  if (!reader.name || !inside?.head) return // the empty document has the policy of this page
  let style = inside.getElementById("preview-look")
  if (!style) {
    style = inside.createElementNS("http://www.w3.org/1999/xhtml", "style")
    style.id = "preview-look"
    inside.head.append(style)
    inside.addEventListener("click", followLink)
    inside.addEventListener("keydown", obeyKey)
  }
  style.textContent = writeReaderStyle()
}

function followLink(event) {
  const link = event.target.closest?.("a[href]")
  if (!link) return
  const address = new URL(link.getAttribute("href"), frame.contentDocument.URL)
  if (address.origin === location.origin) return
  event.preventDefault()
  if (address.protocol === "https:" || address.protocol === "http:") window.open(address, "_blank", "noopener,noreferrer")
}

function goToAnchor(anchor, isEdit) {
  const target = anchor && frame.contentDocument?.getElementById(anchor)
  if (!target) return
  target.scrollIntoView({ block: "start" })
  frame.contentWindow.scrollBy(0, -24)
  if (!isEdit) return
  target.removeAttribute("data-changed")
  void target.offsetWidth // begins the animation again
  target.setAttribute("data-changed", "")
  setTimeout(() => target.removeAttribute("data-changed"), 2600)
}

function openDocument(place, isEdit = false) {
  const [name, anchor = ""] = place.split("#")
  if (name === reader.name && frame.contentDocument?.body) return goToAnchor(anchor, isEdit)
  reader.waiting = isEdit ? anchor : ""
  frame.contentWindow.location.replace(`/reader/${place}`)
}

frame.addEventListener("load", () => {
  const path = frame.contentWindow.location.pathname
  if (!path.startsWith("/reader/")) return
  reader.name = decodeURIComponent(path.slice("/reader/".length))
  dressReader()
  showDocumentName()
  goToAnchor(decodeURIComponent(frame.contentWindow.location.hash.slice(1)), Boolean(reader.waiting))
  reader.waiting = ""
})

/** Put the newest text of the document that is open into the frame, at the same place. */
async function refreshDocument() {
  const name = reader.name
  const answer = await fetch(`/reader/${name}`, { cache: "no-cache" })
  if (!answer.ok || name !== reader.name) return
  const inside = frame.contentDocument
  // The parser of the frame has the policy of the books, which may have styles in their elements.
  const fresh = new inside.defaultView.DOMParser().parseFromString(await answer.text(), "application/xhtml+xml")
  const body = fresh.querySelector("body")
  if (!body || fresh.querySelector("parsererror")) return
  const { scrollX, scrollY } = frame.contentWindow
  inside.body.replaceWith(inside.importNode(body, true))
  inside.title = fresh.title
  frame.contentWindow.scrollTo(scrollX, scrollY)
}

async function showReader(state) {
  const former = reader.state
  reader.state = state
  byId("no-reader").hidden = Boolean(state)
  frame.hidden = !state
  if (!state || former?.serial === state.serial) return
  listDocuments(state.documents)
  const isThere = state.documents.some(each => each.name === reader.name)
  const isNew = state.edit > reader.shownEdit && state.place
  reader.shownEdit = Math.max(state.edit, reader.shownEdit)
  if (!former || !isThere || former.style !== state.style) {
    reader.name = ""
    openDocument(isNew ? state.place : isThere ? reader.name : chooseFirstDocument(state), Boolean(isNew))
    return
  }
  const [target] = state.place.split("#")
  if (!isNew || target === reader.name) await refreshDocument()
  if (isNew) openDocument(state.place, true)
}

function chooseFirstDocument(state) {
  const first = state.documents.find(each => each.name.startsWith("chapter-")) ?? state.documents[0]
  return first?.name ?? ""
}

function listDocuments(documents) {
  byId("document").replaceChildren(...documents.map(each => new Option(each.title, each.name)))
  showDocumentName()
}

function showDocumentName() {
  byId("document").value = reader.name
  const place = byId("document").selectedIndex
  byId("before").disabled = place <= 0
  byId("after").disabled = place < 0 || place >= byId("document").length - 1
}

function turnDocument(step) {
  const name = reader.state?.documents[byId("document").selectedIndex + step]?.name
  if (name) openDocument(name)
}

function scaleText(step) {
  reader.scale = Math.min(200, Math.max(60, reader.scale + step))
  memory.set("scale", reader.scale)
  dressReader()
}

// ---------------------------------------------------------------- the printed pages

const LEGIBLE = 0.55 * 96 / 72 // pixels for each point of a page's width: at 0.55 of its true size it can be read
const printed = { state: null, facing: memory.get("facing", ""), shownEdit: 0, current: 0, shape: "" }
const seen = new IntersectionObserver(showPictures, { root: sheets, rootMargin: "60% 0px" })

/** True if two pages stand side by side: by the reader's choice, and without one if both can be read there. */
function isFacing() {
  if (printed.facing) return printed.facing === "yes" && sheets.clientWidth > 640
  return measureRoom(2) >= LEGIBLE * printed.state.width
}

/** The pixels that each page has in a row of so many. */
function measureRoom(perRow) {
  return (sheets.clientWidth - 40 - (perRow - 1)) / perRow
}

/** The pages of each row: in a book with left and right pages the first stands alone on the right. */
function listSpreads() {
  const count = printed.state.pages.length
  if (!isFacing()) return Array.from({ length: count }, (_, page) => [page])
  const rows = printed.state.versos ? [[null, 0]] : []
  for (let page = rows.length; page < count; page += 2) rows.push(page + 1 < count ? [page, page + 1] : [page, null])
  return rows
}

function layOutSheets() {
  const { width, height, direction, serial, pages } = printed.state
  byId("facing").setAttribute("aria-pressed", isFacing())
  const rows = listSpreads()
  const perRow = Math.max(...rows.map(row => row.length))
  const shape = JSON.stringify([rows.length, perRow, width, height, direction, pages.length])
  sizeSheets(perRow)
  if (shape === printed.shape) {
    for (const sheet of sheets.querySelectorAll(".sheet[data-page]")) {
      sheet.dataset.serial = serial
      sheet.lastElementChild.textContent = pages[sheet.dataset.page]
      seen.unobserve(sheet)
      seen.observe(sheet)
    }
    return
  }
  printed.shape = shape
  seen.disconnect()
  sheets.dir = direction
  sheets.replaceChildren(...rows.map(row => {
    const spread = document.createElement("div")
    spread.className = "spread"
    spread.append(...row.map(page => makeSheet(page, serial)))
    return spread
  }))
  goToPage(Math.min(printed.current, pages.length - 1), 0, false)
}

function makeSheet(page, serial) {
  const sheet = document.createElement("figure")
  sheet.className = page === null ? "sheet none" : "sheet"
  if (page === null) return sheet
  const caption = document.createElement("figcaption")
  caption.textContent = printed.state.pages[page]
  sheet.append(caption)
  Object.assign(sheet.dataset, { page, serial })
  seen.observe(sheet)
  return sheet
}

function sizeSheets(perRow) {
  const { width, height } = printed.state
  const room = measureRoom(perRow)
  const fitting = (sheets.clientHeight - 60) * width / height
  // One page may be larger than the pane is high; an opening is seen as a whole, unless that is too small to read.
  const wanted = perRow > 1 ? Math.max(fitting, 420) : 760
  sheets.style.setProperty("--width", `${Math.floor(Math.min(room, wanted))}px`)
  sheets.style.setProperty("--ratio", `${width} / ${height}`)
}

function showPictures(entries) {
  for (const { isIntersecting, target } of entries) if (isIntersecting) showPicture(target)
}

/** Load the newest picture of a page, and show it once it is there, so that nothing flickers. */
async function showPicture(sheet) {
  const { serial, page } = sheet.dataset
  if (sheet.dataset.shown === serial) return
  const picture = new Image()
  const width = Math.ceil(sheet.clientWidth * Math.min(devicePixelRatio, 2) / 100) * 100
  picture.alt = `Page ${printed.state.pages[page]}`
  picture.src = `/page/${serial}/${page}.png?width=${width}`
  try { await picture.decode() } catch { return }
  if (sheet.dataset.serial !== serial) return
  sheet.dataset.shown = serial
  sheet.querySelector("img")?.remove()
  sheet.prepend(picture)
}

function findSheet(page) {
  return sheets.querySelector(`.sheet[data-page="${page}"]`)
}

function goToPage(page, top = 0, isEdit = false) {
  const sheet = findSheet(page)
  if (!sheet) return
  printed.current = page
  const distance = sheet.getBoundingClientRect().top - sheets.getBoundingClientRect().top
  const height = sheet.clientHeight
  // The place stands in the upper third of the pane, and the top of the page at its top if both are seen at once.
  const room = sheets.clientHeight
  const offset = top * height > room * 0.7 ? top * height - room * 0.3 : -16
  sheets.scrollTop += distance + offset
  showPageNumber()
  showPicture(sheet)
  if (isEdit) markSheet(sheet, top)
}

function markSheet(sheet, top) {
  for (const old of sheets.querySelectorAll(".mark")) old.remove()
  const mark = document.createElement("div")
  mark.className = "mark"
  mark.style.top = `${Math.min(top * 100, 96)}%`
  mark.style.height = `${Math.min(15, 100 - top * 100)}%`
  sheet.classList.add("changed")
  sheet.append(mark)
  setTimeout(() => { mark.remove(); sheet.classList.remove("changed") }, 2600)
}

function showPrinted(state) {
  const former = printed.state
  printed.state = state
  byId("no-printed").hidden = Boolean(state)
  sheets.hidden = !state
  if (!state || former?.serial === state.serial) return
  byId("count").textContent = `of ${state.pages.length}`
  layOutSheets()
  const isNew = state.edit > printed.shownEdit && state.place
  printed.shownEdit = Math.max(state.edit, printed.shownEdit)
  if (isNew) goToPage(state.place.page, state.place.top, true)
  else showPageNumber()
}

function showPageNumber() {
  if (document.activeElement !== byId("page")) byId("page").value = printed.state?.pages[printed.current] ?? ""
}

function turnPage(step) {
  if (!printed.state) return
  const perRow = sheets.querySelector(".spread:nth-child(2)")?.childElementCount ?? 1
  const wanted = printed.current + step * perRow
  goToPage(Math.min(Math.max(wanted, 0), printed.state.pages.length - 1))
}

let isMeasuring = false
sheets.addEventListener("scroll", () => {
  if (isMeasuring || !printed.state) return
  isMeasuring = true
  requestAnimationFrame(() => {
    isMeasuring = false
    const middle = sheets.getBoundingClientRect().top + sheets.clientHeight * 0.3
    const spread = [...sheets.children].find(each => each.getBoundingClientRect().bottom >= middle)
    const shown = [...spread?.querySelectorAll("[data-page]") ?? []].map(each => Number(each.dataset.page))
    if (shown.length && !shown.includes(printed.current)) printed.current = shown[0]
    showPageNumber()
  })
})

new ResizeObserver(() => {
  if (!printed.state) return
  const page = printed.current
  layOutSheets()
  goToPage(page)
}).observe(sheets)

// ---------------------------------------------------------------- problems

function make(tag, className, text) {
  const element = document.createElement(tag)
  element.className = className
  element.textContent = text
  return element
}

/** Text with `code` between back quotes. */
function makeSentence(className, text) {
  const paragraph = make("p", className, "")
  text.split("`").forEach((part, place) => paragraph.append(place % 2 ? make("code", "", part) : part))
  return paragraph
}

function listProblems(problems) {
  const list = document.createElement("ul")
  for (const { place, severity, rule, found, fix } of problems) {
    const item = make("li", severity, "")
    item.append(make("code", "place", place), " ", make("span", "rule", rule))
    item.append(makeSentence("found", found), makeSentence("fix", `Fix: ${fix}`))
    list.append(item)
  }
  return list
}

const count = (number, name) => `${number} ${name}${number === 1 ? "" : "s"}`

function showProblems({ problems, count: total }) {
  const area = byId("problems")
  const facts = JSON.stringify([problems, total])
  if (area.dataset.facts === facts) return
  area.dataset.facts = facts
  const wasOpen = area.querySelector("details")?.open ?? false
  const errors = problems.filter(each => each.severity === "error")
  const warnings = problems.filter(each => each.severity !== "error")
  const parts = []
  if (errors.length) parts.push(make("h2", "", `${count(errors.length, "problem")} to mend; the book below is the last good one`), listProblems(errors))
  if (warnings.length) {
    const details = document.createElement("details")
    details.open = wasOpen
    details.append(make("summary", "", count(warnings.length, "warning")), listProblems(warnings))
    parts.push(details)
  }
  if (total > problems.length) parts.push(make("p", "fix", `… and ${total - problems.length} more in the terminal`))
  area.hidden = !parts.length
  area.replaceChildren(...parts)
}

// ---------------------------------------------------------------- the state

let latest = null

function fillChoice(select, options, value) {
  const facts = JSON.stringify(options)
  if (select.dataset.facts !== facts) {
    select.dataset.facts = facts
    select.replaceChildren(...options.map(({ name, title }) => new Option(title || name, name)))
  }
  select.value = value
  select.disabled = options.length < 2
}

function show(state) {
  latest = state
  document.title = state.title ? `${state.title} – preview` : "Preview"
  byId("title").textContent = state.title || state.source || "Preview"
  byId("status").textContent = state.message
  byId("status").title = Object.entries(state.phases).map(([name, seconds]) => `${name} ${seconds} s`).join(", ")
  const hasErrors = state.problems.some(each => each.severity === "error")
  root.dataset.state = state.building ? "building" : hasErrors ? "failed" : "ready"
  fillChoice(byId("edition"), state.editions.map(({ name, title }) => ({ name, title: title ? `${name} – ${title}` : name })), state.choice.edition)
  fillChoice(byId("size"), [{ name: "", title: "edition’s own" }, ...state.sizes.map(name => ({ name, title: name }))], state.choice.page)
  for (const pane of ["reader", "printed"]) byId(pane).classList.toggle("stale", state.stale.includes(pane))
  showProblems(state)
  if (!state.building) {
    byId("no-reader").textContent = hasErrors ? "Nothing was built yet." : "This guide has no edition for tablets."
    byId("no-printed").textContent = hasErrors ? "Nothing was built yet." : "This guide has no edition to print."
  }
  showReader(state.reader)
  showPrinted(state.printed)
  byId("again").hidden = !(state.reader?.place || state.printed?.place)
}

function showLastEdit() {
  if (latest?.reader?.place) openDocument(latest.reader.place, true)
  if (latest?.printed?.place) goToPage(latest.printed.place.page, latest.printed.place.top, true)
}

const events = new EventSource("/events")
events.onmessage = message => show(JSON.parse(message.data))
events.onerror = () => {
  root.dataset.state = "lost"
  byId("status").textContent = "The preview has ended. Start it again, and this page goes on."
}

// ---------------------------------------------------------------- controls

async function choose() {
  const choice = { edition: byId("edition").value, page: byId("size").value }
  await fetch("/choose", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(choice) })
}

function look(name) {
  root.dataset.look = name
  memory.set("look", name)
  document.querySelector(`[name=look][value=${name}]`).checked = true
  dressReader()
}

function view(name) {
  byId("panes").dataset.view = name
  memory.set("view", name)
  document.querySelector(`[name=view][value=${name}]`).checked = true
}

function toggleFacing() {
  if (!printed.state) return
  const page = printed.current
  printed.facing = isFacing() ? "no" : "yes"
  memory.set("facing", printed.facing)
  layOutSheets()
  goToPage(page)
}

function divide(share) {
  const whole = Math.round(Math.min(80, Math.max(20, share)))
  root.style.setProperty("--share", `${whole}%`)
  byId("divider").setAttribute("aria-valuenow", whole)
  memory.set("share", whole)
}

function goToTypedPage() {
  const page = printed.state?.pages.indexOf(byId("page").value.trim()) ?? -1
  if (page >= 0) goToPage(page)
  byId("page").blur()
  showPageNumber()
}

const KEYS = {
  j: () => turnPage(1),
  k: () => turnPage(-1),
  "]": () => turnDocument(1),
  "[": () => turnDocument(-1),
  ".": showLastEdit,
  g: () => byId("page").select(),
  f: toggleFacing,
  1: () => view("both"),
  2: () => view("reader"),
  3: () => view("printed"),
  a: () => { const names = Object.keys(LOOKS); look(names[(names.indexOf(root.dataset.look) + 1) % names.length]) },
  "+": () => scaleText(10),
  "=": () => scaleText(10),
  "-": () => scaleText(-10),
  e: () => { const list = byId("problems").querySelector("details"); if (list) list.open = !list.open },
  "?": () => byId("shortcuts").showModal(),
}

function obeyKey(event) {
  const isTyping = ["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName) && event.target.type !== "radio"
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping || byId("shortcuts").open) return
  const act = KEYS[event.key]
  if (!act) return
  event.preventDefault()
  act()
}

document.addEventListener("keydown", obeyKey)
byId("edition").addEventListener("change", choose)
byId("size").addEventListener("change", choose)
byId("looks").addEventListener("change", event => look(event.target.value))
byId("views").addEventListener("change", event => view(event.target.value))
byId("help").addEventListener("click", KEYS["?"])
byId("document").addEventListener("change", () => openDocument(byId("document").value))
byId("before").addEventListener("click", () => turnDocument(-1))
byId("after").addEventListener("click", () => turnDocument(1))
byId("smaller").addEventListener("click", () => scaleText(-10))
byId("larger").addEventListener("click", () => scaleText(10))
byId("page-before").addEventListener("click", () => turnPage(-1))
byId("page-after").addEventListener("click", () => turnPage(1))
byId("page").addEventListener("change", goToTypedPage)
byId("facing").addEventListener("click", KEYS.f)
byId("again").addEventListener("click", showLastEdit)
byId("divider").addEventListener("pointerdown", event => {
  event.target.setPointerCapture(event.pointerId)
  frame.style.pointerEvents = "none"
})
byId("divider").addEventListener("pointermove", event => {
  if (event.target.hasPointerCapture(event.pointerId)) divide(event.clientX / innerWidth * 100)
})
byId("divider").addEventListener("lostpointercapture", () => { frame.style.pointerEvents = "" })
byId("divider").addEventListener("keydown", event => {
  const step = { ArrowLeft: -3, ArrowRight: 3 }[event.key]
  if (step) divide(Number(byId("divider").getAttribute("aria-valuenow")) + step)
})

look(memory.get("look", "light"))
view(memory.get("view", "both"))
divide(Number(memory.get("share", 42)))
