"""A section is divided into blocks, each of which is set by itself."""

from studyguide.pdf.blocks import Block, divide_section

HEAD = '<header class="head"><h2>Why?</h2></header>'
ANSWER = '<div class="part part-answer" id="q.answer"><h3>Answer</h3><div class="text"><p>So.</p></div></div>'
PITFALLS = '<div class="part part-pitfalls" id="q.pitfalls"><p>None.</p></div>'


def texts(html: str) -> list[str]:
    return [block.html for block in divide_section(html)]


def only(blocks: tuple[Block, ...]) -> Block:
    (block,) = blocks
    return block


def test_an_answer_is_a_head_and_its_parts_inside_a_container_whose_name_is_no_part_of_them() -> None:
    blocks = divide_section(f'<section class="answer" id="answer-q">{HEAD}\n{ANSWER}\n{PITFALLS}</section>')
    assert [block.html for block in blocks] == [HEAD, ANSWER, PITFALLS]
    assert {block.path for block in blocks} == {blocks[0].path}
    (container,) = blocks[0].path
    assert (container.tag, container.id, container.opening) == ("section", "answer-q", "<section>")


def test_the_same_part_is_the_same_block_where_question_and_answer_stand_together() -> None:
    apart = divide_section(f'<section class="answer" id="answer-q">{ANSWER}</section>')
    together = divide_section(f'<section class="question" id="q"><div class="ask">Q</div>{ANSWER}</section>')
    assert (apart[0].html, apart[0].path[0].opening) == (together[1].html, together[1].path[0].opening)


def test_a_language_stays_with_the_container() -> None:
    block = only(divide_section(f'<section class="answer" id="a" lang="he" dir="rtl">{ANSWER}</section>'))
    assert block.path[0].opening == '<section lang="he" dir="rtl">'


def test_a_question_that_is_kept_whole_is_one_block() -> None:
    question = '<section class="question whole" id="q"><div class="ask">Q</div><div class="space">_</div></section>'
    assert texts(question) == [question]


def test_prose_is_divided_at_its_headings() -> None:
    runs = ["<p>First.</p>\n<p>Still.</p>", '<h2 id="a">A</h2>\n<p>a</p>', "<h2>B</h2>\n<ul><li>b</li></ul>"]
    assert texts("\n".join(runs)) == runs


def test_tables_with_one_head_stay_in_one_block_for_they_share_their_columns() -> None:
    table = "<table><thead><tr><th>Day</th></tr></thead></table>"
    other = "<table><thead><tr><th>Week</th></tr></thead></table>"
    html = f"<h2>A</h2>{table}<h2>B</h2><p>b</p><h2>C</h2>{table}<h2>D</h2>{other}"
    assert len(texts(html)) == 2
    assert texts(html)[1].replace("\n", "") == f"<h2>D</h2>{other}"


def test_entries_of_lists_that_run_through_a_section_are_blocks() -> None:
    glossary = '<dl class="glossary"><div><dt>A</dt></div>\n<div><dt>B</dt></div></dl>'
    assert texts(glossary) == ["<div><dt>A</dt></div>", "<div><dt>B</dt></div>"]
    contents = (
        '<nav class="contents both" aria-label="Contents"><ol><li>One<ol><li>1.1</li></ol></li><li>Two</li></ol></nav>'
    )
    assert texts(contents) == ["<li>One<ol><li>1.1</li></ol></li>", "<li>Two</li>"]
    assert [container.opening for container in divide_section(contents)[0].path] == [
        '<nav class="contents both">',
        "<ol>",
    ]
    assert texts("<ul><li>One</li><li>Two</li></ul>") == ["<ul><li>One</li><li>Two</li></ul>"]


def test_footnotes_are_taken_out_and_numbered_through_the_section() -> None:
    note = '<span class="footnote">See <span class="nowrap">A <em>b</em></span>.</span>'
    first, second = divide_section(f"<p>One.{note} Two.{note}</p><h2>B</h2><p>Three.{note}</p>")
    assert first.html == '<p>One.\u2060<sup class="noteref">1</sup> Two.\u2060<sup class="noteref">2</sup></p>'
    assert second.html.endswith('<sup class="noteref">3</sup></p>')
    assert first.notes[1] == (
        '<div class="footnote"><span class="marker">2. </span>See <span class="nowrap">A <em>b</em></span>.</div>'
    )
    assert len(second.notes) == 1


def test_no_text_is_lost() -> None:
    html = "before <b>bold</b> between <br/> after<hr/>"
    assert "".join(texts(html)).replace("\n", "") == html.replace("<br/> ", "<br/> ")
