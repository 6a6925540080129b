"""Formulas are set in SVG and said in words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from itertools import pairwise
from pathlib import Path

import pypdfium2
import pytest
from conftest import conforms, documents, entries, judge_pdfs, lay

import build
from studyguide.locale import load_locale
from studyguide.maths import MathsError, convert_formulas, convert_to_mathml, set_formula, write_formulas
from studyguide.maths.mathml import write_elements
from studyguide.model import Html
from studyguide.speech import speak

ENGLISH = load_locale("en")


def speak_latex(latex: str, language: str, display: bool = False) -> str:
    return speak(convert_to_mathml(latex, display), load_locale(language))


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        ("a = b + 1", "a equals b plus 1"),
        (r"\hat{y}_i", "y hat sub i"),
        (r"\bar{x} - \tilde{x}", "x bar minus x tilde"),
        (r"\vec{v} \cdot \dot{x}", "v vector times x dot"),
        (r"x^2 + y^3", "x squared plus y cubed"),
        (r"x_i^2", "x sub i squared"),
        (r"10^{-3}", "10 to the power minus 3"),
        (r"f'(x)", "f prime open bracket x close bracket"),
        (r"\frac{a}{b}", "a over b"),
        (r"\frac{a + 1}{b}", "the fraction a plus 1 over b, end of fraction"),
        (r"\frac{\partial L}{\partial w}", "the fraction partial L over partial w, end of fraction"),
        (r"\sum_{i=1}^{n} w_i x_i", "sum from i equals 1 to n of w sub i x sub i"),
        (r"\sum_i x_i", "sum sub i x sub i"),
        (r"\prod_{t=1}^T p_t", "product from t equals 1 to T of p sub t"),
        (r"\int_0^1 f", "integral from 0 to 1 of f"),
        (r"\mathbf{W}^\top", "W transposed"),
        (r"W^T x", "W transposed x"),
        (r"\sqrt{d_k}", "the square root of d sub k, end of root"),
        (r"\sqrt{x} + 1", "the square root of x, end of root, plus 1"),
        (r"\sqrt[3]{x}", "the root of order 3 of x, end of root"),
        (r"\sqrt[n]{x}", "the root of order n of x, end of root"),
        (r"P(A | B)", "P open bracket A given B close bracket"),
        (r"\|x\|_2^2", "norm x norm sub 2 squared"),
        (r"\lim_{x \to 0} f", "lim sub x to 0 f"),
        (r"\max_\theta L", "max sub theta L"),
        (r"\alpha \le \Omega \ne \epsilon", "alpha is at most capital omega is not equal to epsilon"),
        (r"x \in \mathbb{R}", "x in the real numbers"),
        (r"x \sim N(0, 1)", "x is distributed as N open bracket 0, 1 close bracket"),
        (r"\mathbb{E}[X]", "the expectation open bracket X close bracket"),
        (r"A \odot B \leftarrow C", "A elementwise times B becomes C"),
        (r"\nabla f \approx \pm\infty", "nabla f is about plus or minus infinity"),
        (r"x_1, \ldots, x_n!", "x sub 1, and so on, x sub n factorial"),
        (r"1{,}000", "1, 000"),
        (
            r"\begin{pmatrix}1 & 2\\3 & 4\end{pmatrix}",
            "open bracket a matrix with 2 rows: 1, 2; 3, 4; end of matrix close bracket",
        ),
        (r"\text{softmax}(z)", "softmax open bracket z close bracket"),
    ],
)
def test_a_formula_is_said_as_a_teacher_would(latex: str, words: str) -> None:
    assert speak_latex(latex, "en") == words
    assert re.search("<title>(.*)</title>", set_formula(latex, False, ENGLISH))[1] == words


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        ("a = b + 1", "a gleich b plus 1"),
        (r"x^2 + y^3", "x Quadrat plus y hoch 3"),
        (r"e^{-x}", "e hoch minus x"),
        (r"\hat{y}_i", "y Dach Index i"),
        (r"\vec{v}", "Vektor v"),
        (r"\frac{a}{b}", "a durch b"),
        (r"\frac{a + 1}{b} = 1", "der Bruch a plus 1 durch b, Ende des Bruchs, gleich 1"),
        (r"\frac{\partial L}{\partial w}", "der Bruch del L durch del w, Ende des Bruchs"),
        (r"\sum_{i=1}^{n} w_i x_i", "die Summe von i gleich 1 bis n über w Index i x Index i"),
        (r"\sum_i x_i", "die Summe über i von x Index i"),
        (r"\int_0^1 f", "das Integral von 0 bis 1 über f"),
        (r"\lim_{x \to 0} f", "der Limes für x gegen 0 von f"),
        (r"\max_\theta L", "Maximum über Theta von L"),
        (r"\sqrt{d_k}", "die Wurzel aus d Index k, Ende der Wurzel"),
        (r"\sqrt[3]{x}", "die dritte Wurzel aus x, Ende der Wurzel"),
        (r"\sqrt[n]{x}", "die n-te Wurzel aus x, Ende der Wurzel"),
        (r"\mathbf{W}^\top", "W transponiert"),
        (r"P(A | B)", "P Klammer auf A unter der Bedingung B Klammer zu"),
        (r"|x|^2", "der Betrag von x, Ende des Betrags, Quadrat"),
        (r"\|x\|_2", "die Norm von x, Ende der Norm, Index 2"),
        (r"\alpha \le \Omega", "Alpha kleiner oder gleich großes Omega"),
        (r"x \in \mathbb{R}", "x aus R"),
        (r"\sin x", "Sinus x"),
        (r"3{,}14", "3 Komma 14"),
        (r"\begin{bmatrix}1 & 2\end{bmatrix}", "eckige Klammer auf eine Matrix mit 1 Zeile: 1, 2; Ende der Matrix eckige Klammer zu"),
    ],
)  # fmt: skip
def test_a_formula_is_said_in_german(latex: str, words: str) -> None:
    assert speak_latex(latex, "de") == words


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        ("a = b + 1", "a égale b plus 1"),
        (r"x^2 + y^3", "x au carré plus y au cube"),
        (r"e^{-x}", "e puissance moins x"),
        (r"\hat{y}_i", "y chapeau indice i"),
        (r"\vec{v}", "vecteur v"),
        (r"\frac{a}{b}", "a sur b"),
        (r"\frac{a + 1}{b}", "la fraction a plus 1 sur b, fin de la fraction"),
        (r"\frac{\partial L}{\partial w}", "la fraction d rond L sur d rond w, fin de la fraction"),
        (r"\sum_{i=1}^{n} w_i x_i", "la somme de i égale 1 à n de w indice i x indice i"),
        (r"\sum_i x_i", "la somme sur i de x indice i"),
        (r"\int_0^1 f", "l’intégrale de 0 à 1 de f"),
        (r"\lim_{x \to 0} f", "la limite quand x tend vers 0 de f"),
        (r"\sqrt{d_k}", "la racine carrée de d indice k, fin de la racine"),
        (r"\sqrt[3]{x}", "la racine cubique de x, fin de la racine"),
        (r"\sqrt[n]{x}", "la racine d’ordre n de x, fin de la racine"),
        (r"\mathbf{W}^\top", "W transposée"),
        (r"P(A | B)", "P parenthèse ouvrante A sachant B parenthèse fermante"),
        (r"|x|^2", "la valeur absolue de x, fin de la valeur absolue, au carré"),
        (r"\|x\|_2", "la norme de x, fin de la norme, indice 2"),
        (r"\alpha \le \Omega", "alpha inférieur ou égal à oméga majuscule"),
        (r"x \in \mathbb{R}", "x dans R"),
        (r"3{,}14", "3 virgule 14"),
        (r"\begin{matrix}1\\2\end{matrix}", "une matrice à 2 lignes : 1; 2; fin de la matrice"),
    ],
)  # fmt: skip
def test_a_formula_is_said_in_french(latex: str, words: str) -> None:
    assert speak_latex(latex, "fr") == words


SPOKEN = [
    r"\frac{a + 1}{b} = 1",
    r"\sum_{i=1}^{n} w_i x_i",
    r"\lim_{x \to 0} f",
    r"\sqrt[3]{x}",
    r"|x|^2",
    r"P(A | B)",
    r"\alpha \le 3{,}14",
]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "es",
            [
                "la fracción a más 1 sobre b, fin de la fracción, igual a 1",
                "la suma desde i igual a 1 hasta n de w subíndice i x subíndice i",
                "el límite cuando x tiende a 0 de f",
                "la raíz cúbica de x, fin de la raíz",
                "el valor absoluto de x, fin del valor absoluto, al cuadrado",
                "P abre paréntesis A dado B cierra paréntesis",
                "alfa menor o igual que 3 coma 14",
            ],
        ),
        (
            "pt",
            [
                "a fração a mais 1 sobre b, fim da fração, igual a 1",
                "o somatório de i igual a 1 até n de w índice i x índice i",
                "o limite quando x tende a 0 de f",
                "a raiz cúbica de x, fim da raiz",
                "o valor absoluto de x, fim do valor absoluto, ao quadrado",
                "P abre parêntese A dado B fecha parêntese",
                "alfa menor ou igual a 3 vírgula 14",
            ],
        ),
        (
            "it",
            [
                "la frazione a più 1 fratto b, fine della frazione, uguale a 1",
                "la somma da i uguale a 1 a n di w con i x con i",
                "il limite per x che tende a 0 di f",
                "la radice cubica di x, fine della radice",
                "il valore assoluto di x, fine del valore assoluto, al quadrato",
                "P aperta parentesi A dato B chiusa parentesi",
                "alfa minore o uguale a 3 virgola 14",
            ],
        ),
        (
            "ru",
            [
                "дробь: числитель a плюс 1, знаменатель b, конец дроби, равно 1",
                "сумма от i равно 1 до n: w с индексом i x с индексом i",
                "предел при x, стремящемся к 0: f",
                "кубический корень из x, конец корня",
                "модуль x, конец модуля, в квадрате",
                "P скобка открывается A при условии B скобка закрывается",
                "альфа меньше или равно 3 запятая 14",
            ],
        ),
        (
            "hi",
            [
                "भिन्न a धन 1 बटा b, भिन्न समाप्त, बराबर 1",
                "योग, i बराबर 1 से n तक: w पादांक i x पादांक i",
                "सीमा, जब x का मान 0 की ओर जाए: f",
                "घनमूल x का, मूल समाप्त",
                "निरपेक्ष मान x का, निरपेक्ष मान समाप्त, का वर्ग",
                "P कोष्ठक शुरू A दिया हुआ B कोष्ठक बंद",
                "अल्फ़ा इससे छोटा या इसके बराबर: 3, 14",
            ],
        ),
    ],
)
def test_formulas_are_said_in_other_languages(language: str, words: list[str]) -> None:
    assert [speak_latex(latex, language) for latex in SPOKEN] == words


@pytest.mark.parametrize(("rows", "words"), [(1, "1 строки"), (2, "2 строк"), (21, "21 строки")])
def test_the_rows_of_a_matrix_are_counted_in_russian(rows: int, words: str) -> None:
    matrix = r"\begin{matrix}" + r"\\".join("0" * rows) + r"\end{matrix}"
    assert speak_latex(matrix, "ru").startswith(f"матрица из {words}: 0")


def test_what_is_summed_over_stands_below_a_large_sum() -> None:
    assert speak_latex(r"\sum_i x_i", "en", display=True) == "sum over i of x sub i"


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        (r"P(A|B) P(C|D)", 2),  # a bar by itself in each pair of brackets
        (r"p(a|b) = |p|", 1),
        (r"|a| + |b|", 0),
        (r"|f(x)|", 0),
        ("||", 2),
        (r"|f(|x|)|", 0),
        (r"|a\|b|c\|", 0),  # the second kind opens inside of the first
        ("|(" * 200 + "x" + ")|" * 200, 2 * (200 - 8)),  # so many inside each other have no meaning
        ("|(" * 500, 500),
    ],
)
def test_two_bars_belong_together_only_where_brackets_are_closed_between_them(latex: str, words: int) -> None:
    assert speak_latex(latex, "fr").count("sachant") == words


def test_brackets_round_a_large_sum_are_no_taller_than_the_sum() -> None:
    height = float(re.search(r"height:([\d.]+)em", set_formula(r"\left(\sum_i x_i\right)", True, ENGLISH))[1])
    assert 1.5 < height < 4


def test_what_cannot_be_set_is_said() -> None:
    with pytest.raises(MathsError, match="foo"):
        set_formula(r"\foo", False, ENGLISH)


def test_a_single_upright_letter_stays_upright() -> None:
    assert set_formula(r"\mathrm{E}", False, ENGLISH) != set_formula("E", False, ENGLISH)


def test_the_comma_of_a_number_has_no_space() -> None:
    drawn = [set_formula(latex, False, ENGLISH) for latex in ("1{,}000", "1,000")]
    narrow, wide = (float(each.split('viewBox="')[1].split()[2]) for each in drawn)
    assert narrow < wide - 5


# ---------------------------------------------------------------- drawings, as an eye measures them


@dataclass(frozen=True)
class Drawing:
    """The ink of a drawing in thousandths of an em, y from the top down."""

    lines: tuple[tuple[float, float], ...]
    """The top and the bottom of what stands below each other."""
    columns: tuple[tuple[float, float], ...]
    """The left and the right of what stands side by side."""


def measure(latex: str, display: bool = True) -> Drawing:
    """The bands of a drawing that have ink, found by drawing it as pixels, 20 to the em."""
    svg = str(set_formula(latex, display, ENGLISH))
    assert svg.count("<svg") == 1
    left, top, width, height = map(float, re.search(r'viewBox="([^"]*)"', svg)[1].split())
    shapes = [list(map(float, re.findall(r"-?\d+\.?\d*", path))) for path in flatten(svg)]
    boxes = [(min(s[::2]), max(s[::2]), min(s[1::2]), max(s[1::2])) for s in shapes if len(s) > 3]
    assert all(left - 3 <= box[0] and box[1] <= left + width + 3 for box in boxes), "ink outside of the drawing"
    assert all(top - 3 <= box[2] and box[3] <= top + height + 3 for box in boxes), "ink outside of the drawing"
    return Drawing(join((box[2], box[3]) for box in boxes), join((box[0], box[1]) for box in boxes))


def flatten(svg: str) -> list[str]:
    """Each closed shape of a drawing as its points."""
    found = []
    for data in re.findall(r' d="([^"]*)"', svg):
        for piece in filter(None, (each.strip() for each in data.split("Z"))):
            rectangle = re.fullmatch(r"M(\S+) (\S+)h(\S+)v(\S+)h\S+", piece)
            if rectangle:
                x, y, width, height = map(float, rectangle.groups())
                found.append(f"{x} {y} {x + width} {y + height}")
            else:
                found.append(piece)
    for tag in re.findall(r"<rect [^>]*>", svg):
        x, y, width, height = (
            float(re.search(rf' {name}="([^"]*)"', tag)[1]) for name in ("x", "y", "width", "height")
        )
        found.append(f"{x} {y} {x + width} {y + height}")
    return found


def join(spans: Iterable[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Spans that overlap, as one."""
    joined: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


EM = 48.0


@pytest.mark.parametrize("name", ["aligned", "align", "align*", "split", "eqnarray*", "flalign"])
def test_equations_stand_below_each_other_with_their_signs_in_line(name: str) -> None:
    latex = rf"\begin{{{name}}} kk &= m \\ &= n + n \\ &= p \end{{{name}}}".replace(
        "&=", "&=&" if "eqn" in name else "&="
    )
    lines = measure(latex).lines
    rows = [line for line in lines if line[1] - line[0] > 0.1 * EM]
    assert len(rows) == 3
    assert all(below[0] - above[1] > 0.25 * EM for above, below in pairwise(rows))
    # The equals signs share one column: the whole is hardly wider than its widest row.
    assert measure(latex).columns[-1][1] < measure("kk = n + n").columns[-1][1] + 0.2 * EM


@pytest.mark.parametrize("name", ["gather", "gathered", "gather*"])
def test_gathered_rows_are_centred(name: str) -> None:
    narrow = measure(rf"\begin{{{name}}} x \\ m + m + m + m \end{{{name}}}")
    wide = measure("m + m + m + m")
    assert narrow.columns[-1][1] - narrow.columns[0][0] == pytest.approx(
        wide.columns[-1][1] - wide.columns[0][0], abs=2
    )
    assert narrow.lines[1][0] - narrow.lines[0][1] > 0.25 * EM


def test_no_row_gets_a_number_by_itself() -> None:
    assert measure(r"\begin{align} x &= 1 \\ y &= 2 \end{align}") == measure(
        r"\begin{aligned} x &= 1 \\ y &= 2 \end{aligned}"
    )
    assert speak_latex(r"m = n \tag{7}", "en") == "m equals n (7)"


@pytest.mark.parametrize(
    ("latex", "plain", "labels"),
    [
        (r"m = n \tag{7}", "m = n", ["m equals n", "(7)"]),
        (r"m = n \tag*{A}", "m = n", ["m equals n", "A"]),
        (
            r"\begin{align} x &= 1 \tag{a} \\ y &= \frac{1}{2} \\ z &= 3 \tag{b} \end{align}",
            r"\begin{align} x &= 1 \\ y &= \frac{1}{2} \\ z &= 3 \end{align}",
            ["x equals 1; y equals 1 over 2; z equals 3", "(a) (b)"],
        ),
    ],
)
def test_a_tag_is_a_drawing_of_its_own_as_high_as_the_formula(latex: str, plain: str, labels: list[str]) -> None:
    svg = str(set_formula(latex, True, ENGLISH))
    assert re.findall(r'aria-label="([^"]*)"', svg) == labels == re.findall(r"<title>([^<]*)</title>", svg)
    formula, tag = (list(map(float, box.split())) for box in re.findall(r'viewBox="([^"]*)"', svg))
    assert formula[1::2] == tag[1::2]
    assert formula[0] + formula[2] + 1.9 * EM < tag[0]
    alone = re.findall(r'viewBox="([^"]*)"', str(set_formula(plain, True, ENGLISH)))
    assert 0 <= float(alone[0].split()[2]) - formula[2] < 0.3 * EM


@pytest.mark.parametrize(
    ("form", "parts"), [("svg", ["svg", "svg"]), ("mathml", ["math", "math"]), ("both", ["math", "math", "svg", "svg"])]
)
def test_an_epub_has_a_tag_once_in_each_form(form: str, parts: list[str]) -> None:
    formula = set_formula(r"m = n \tag{7}", True, ENGLISH)
    page = f'<div class="formula tagged">{formula}</div>'
    converted = str(convert_formulas(Html(page), form))
    assert re.findall(r"<(svg|math)\b", converted) == parts
    assert "data-" not in converted
    shown = re.sub(r"<mphantom>.*?</mphantom>", "", converted)
    formulas = [unescape(re.sub("<[^>]*>", "", each)) for each in re.findall(r"<math.*?</math>", shown)]
    assert formulas == ([] if form == "svg" else ["m=n", "(7)"])
    assert re.findall(r'alttext="([^"]*)"', converted) == ([] if form == "svg" else ["m equals n", "(7)"])


def test_a_tag_inside_of_brackets_or_in_a_line_stays_behind_its_row() -> None:
    columns = measure(r"\left\{\begin{aligned} x \tag{1} \\ y \end{aligned}\right\}").columns
    assert max(after[0] - before[1] for before, after in pairwise(columns)) > 1.5 * EM
    assert str(set_formula(r"x \tag{1}", False, ENGLISH)).count("<svg") == 1


@pytest.mark.parametrize(
    ("latex", "rules"),
    [
        (r"\begin{array}{c|c} p & q \end{array}", 1),
        (r"\begin{array}{cc} p & q \\ \hline r & s \end{array}", 1),
        (r"\begin{array}{|c|c|} \hline p & q \\ \hline r & s \\ \hline \end{array}", 6),
        (r"\begin{array}{c||c} p & q \end{array}", 2),
        (r"\begin{array}{*{2}{c}} p & q \end{array}", 0),
    ],
)
def test_the_rules_of_an_array_are_drawn(latex: str, rules: int) -> None:
    without = re.sub(r"\|(?=[c|}])|\\hline", "", latex)
    assert (
        len(flatten(str(set_formula(latex, True, ENGLISH)))) - len(flatten(str(set_formula(without, True, ENGLISH))))
        == rules
    )


def test_a_name_with_a_star_is_upright_with_its_limit_below() -> None:
    starred, plain = measure(r"\operatorname*{arg\,min}_{w} L"), measure(r"\operatorname{arg\,min}_{w} L")
    assert len(starred.lines) == 2
    assert len(plain.lines) == 1
    assert measure(r"\operatorname*{arg\,min}_{w} L", display=False).lines[0][1] == plain.lines[0][1]
    assert speak_latex(r"\operatorname*{arg\,min}_{w} L", "en", display=True) == "arg min over w of L"
    assert measure(r"\mathop{\mathrm{arg\,min}}_{w} L") == starred


@pytest.mark.parametrize(
    ("latex", "same"),
    [
        (r"\text{if $k$ is odd}", r"\text{if }k\text{ is odd}"),
        (r"m \not= n", r"m \neq n"),
        (r"m \not\in N", r"m \notin N"),
        (r"\text{100\% of \{a\}}", r"\text{100}\%\text{ of }\{\text{a}\}"),
        (r"\newcommand{\Q}{\mathbb{Q}} \begin{gathered} x \in \Q \end{gathered}", r"\begin{gathered} x \in \mathbb{Q} \end{gathered}"),
        (r"\begin{equation} x = 1 \label{one} \end{equation}", "x = 1"),
        (r"\mathds{1}", r"\mathbb{1}"),
        ("x % a remark\n+ y", "x + y"),
    ],
)  # fmt: skip
def test_two_ways_to_write_a_formula_look_alike(latex: str, same: str) -> None:
    drawn = [re.sub(r"<title>.*?</title>", "", str(set_formula(each, True, ENGLISH))) for each in (latex, same)]
    assert len({re.search(' d="([^"]*)"', each)[1] for each in drawn}) == 1


def test_letters_of_other_alphabets_are_theirs() -> None:
    plain = set_formula("AB1", False, ENGLISH)
    alphabets = ["mathbf", "mathbb", "mathtt", "mathsf", "mathfrak", "mathcal"]
    drawn = {re.search(' d="([^"]*)"', str(set_formula(rf"\{name}{{AB1}}", False, ENGLISH)))[1] for name in alphabets}
    assert len(drawn | {re.search(' d="([^"]*)"', str(plain))[1]}) == len(alphabets) + 1


def test_bmod_has_room_on_both_sides() -> None:
    columns = measure(r"m \bmod n", display=False).columns
    gaps = [after[0] - before[1] for before, after in pairwise(columns)]
    assert gaps[0] > 0.15 * EM < gaps[-1]


@pytest.mark.parametrize("command", ["widehat", "widetilde", "overline", "overrightarrow", "overbrace"])
def test_a_wide_accent_spans_its_letters(command: str) -> None:
    accent, letters = measure(rf"\{command}{{mnm}}"), measure("mnm")
    shapes = flatten(str(set_formula(rf"\{command}{{mnm}}", True, ENGLISH)))
    points = [list(map(float, re.findall(r"-?\d+\.?\d*", each))) for each in shapes]
    above = [shape for shape in points if max(shape[1::2]) < -0.45 * EM]
    width = max(max(shape[::2]) for shape in above) - min(min(shape[::2]) for shape in above)
    assert width > 0.75 * (letters.columns[-1][1] - letters.columns[0][0])
    assert len(accent.lines) == 2


def test_an_arrow_is_as_long_as_its_labels_and_shows_them_whole() -> None:
    short, long = measure(r"A \xrightarrow{f} B"), measure(r"A \xrightarrow{\text{after a while}} B")
    assert long.columns[-1][1] > short.columns[-1][1] + 3 * EM
    both = measure(r"\xleftarrow[g]{f}")
    assert len(both.lines) == 3
    assert len(measure(r"\xleftarrow[g]{}").lines) == 2


def test_large_operators_are_large_with_their_limits_above_and_below() -> None:
    for name in ("bigcup", "bigoplus", "bigvee", "coprod"):
        assert len(measure(rf"\{name}_{{k}}^{{n}}").lines) == 3
        assert len(measure(rf"\{name}_{{k}}^{{n}}", display=False).lines) <= 2
    assert len(measure(r"\sum\nolimits_{k}").lines) == 1


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        (r"\ce{2H2 + O2 -> 2H2O}", "2 H sub 2 plus O sub 2 to 2 H sub 2 O"),
        (r"\ce{SO4^2-}", "S O sub 4 to the power 2 minus"),
        (r"\ce{NH4+}", "N H sub 4 to the power plus"),
        (r"\ce{A ->[{heat}] B}", "A to heat B"),
        (r"\ce{CuSO4.5H2O}", "Cu S O sub 4 times 5 H sub 2 O"),
        (r"\ce{^{14}_{6}C}", "sub 6 to the power 14 C"),
    ],
)
def test_chemistry_is_set_and_said(latex: str, words: str) -> None:
    assert speak_latex(latex, "en") == words
    assert measure(latex).lines


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        (r"\begin{aligned} y &= m \\ &= n \end{aligned}", "y equals m; equals n"),
        (r"g = \begin{cases} 1 & \text{if $m > n$} \\ 0 \end{cases}", "g equals the cases 1, if m is greater than n; 0; end of cases"),
        (r"\underbrace{m + n}_{k} = p", "m plus n, k, equals p"),
        (r"m \equiv n \pmod 3", "m ≡ n open bracket mod 3 close bracket"),
    ],
)  # fmt: skip
def test_lines_and_cases_are_no_matrix_to_those_who_listen(latex: str, words: str) -> None:
    assert speak_latex(latex, "en", display=True) == words


@pytest.mark.parametrize(
    ("latex", "found"),
    [
        ("x &= y", "`&` has no rows"),
        (r"{x \\ y}", r"`\\\\` has no rows"),
        (r"\begin{tabular} x \end{tabular}", "`tabular`"),
        (r"\begin{aligned} x", r"no `\\end\{aligned\}`"),
        (r"x \end{aligned}", r"no `\\begin\{aligned\}`"),
        ("{x", "not closed"),
        ("x}", "none before it"),
        (r"\text{$x}", "not closed"),
        (r"\text{\alpha}", r"`\\alpha` has no place in words"),
        (r"\color{red} x", r"`\\color`"),
        (r"\sideset{}{'}\sum", r"`\\sideset`"),
        (r"\mathpzc{x}", r"`\\mathpzc`"),
        (r"\not\alpha", r"`\\not` before `\\alpha`"),
        (r"\ce{\alpha}", r"`\\ce` does not know `\\alpha`"),
        (r"\big x \bigl\foo", r"`\\foo` is no bracket"),
        (r"\hspace{wide}", r"`\\hspace` has no length"),
        (r"\begin{array}{cp{1cm}} x \end{array}", "column `p`"),
        (r"\def\x{\x\x}\x", "too long"),
        (r"x_1_2", "two indices"),
        (r"\left( x", r"`\\left` has no `\\right`"),
        ("\ue000", r"U\+E000"),
        ("a $b", "dollar"),
    ],
)
def test_nothing_is_set_wrongly_without_a_word(latex: str, found: str) -> None:
    with pytest.raises(MathsError, match=found) as caught:
        set_formula(latex, False, ENGLISH)
    assert caught.value.fix


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"O(n \log n)", "O(n log n)"),
        (r"m^2 + k_1", "m² + k₁"),
        (r"\frac{m + n}{2}", "(m + n)/2"),
        (r"\mathbb{R}^n", "ℝⁿ"),
        (r"\hat{y}_i", "ŷᵢ"),
        (r"\sum_{i=1}^n w_i", "∑ᵢ₌₁ⁿ wᵢ"),
        (r"\max_\theta L", "max_θ L"),
        (r"-1 \le x", "−1 ≤ x"),
        (r"\ce{H2O}", "H₂O"),
        (r"\begin{aligned} m &= n \\ &= k \end{aligned}", "m = n; = k"),
        (r"\sqrt{m} < 1{,}000", "√m < 1,000"),
        (r"m < n", "m < n"),
    ],
)
def test_a_list_of_titles_shows_a_formula_as_text(latex: str, text: str) -> None:
    assert unescape(write_formulas(f"<b>{set_formula(latex, False, ENGLISH)}</b>")) == f"<b>{text}</b>"


def test_an_e_reader_gets_the_same_rows_rules_and_letters_as_mathml() -> None:
    latex = r"\left(\begin{array}{r|l} \mathbf{x} & 2 \\ \hline 3 & 4 \end{array}\right)"
    page = convert_formulas(Html(str(set_formula(latex, True, ENGLISH))), "mathml")
    cells = re.findall('<mtd [^>]*style="([^"]*)"', str(page))
    assert ["text-align: right" in each for each in cells] == [True, False, True, False]
    assert ["border-right: 1px solid" in each for each in cells] == [True, False, True, False]
    assert ["border-bottom: 1px solid" in each for each in cells] == [True, True, False, False]
    assert "&#x1D431;" in str(page)
    assert "mathvariant" not in str(page)


WELCOME = "---\ntitle: Welcome\nkind: prose\n---\nRead on.\n"


def test_titles_with_formulas_are_readable_in_bookmarks_and_in_both_lists_of_an_epub(small: Path) -> None:
    latex = r"$O(n \log n)$"
    lay(
        small,
        {
            "00-welcome.md": WELCOME,
            "01-first-things.md": f"---\ntitle: First\n---\n\n## Is {latex} fast? {{#fast}}\n\n### Answer\nYes.\n\n"
            + ROWS,
        },
    )
    assert build.main(["-q", "-e", "guide", "-e", "tablet"]) == 0
    (pdf,), (epub,) = Path("dist").glob("*.pdf"), Path("dist").glob("*.epub")
    titles = [each.get_title() for each in pypdfium2.PdfDocument(pdf).get_toc()]
    assert "1.1 Is O(n log n) fast?" in titles
    book = entries(epub)
    for name in ("nav.xhtml", "toc.ncx"):
        assert ">1.1 Is O(n log n) fast?<" in book[name].decode()


ROWS = r"""$$
\begin{aligned}
  m &= \sum_{i=1}^{n} w_i \tag{1} \\
    &= \begin{cases} 1 & \text{if $k > 0$} \\ 0 & \text{otherwise} \end{cases}
\end{aligned}
$$

$\ce{N2 + 3H2 <=>[Fe] 2NH3}$, $\begin{array}{|c||c|} \hline p & \textbf{q} \\ \hdashline \mathtt{r} & s \\ \hline \end{array}$,
$\operatorname*{arg\,max}_x f$, $A \xrightarrow[g]{f} B$, $\widehat{xyz}$, $a \bmod b \not= c$.
"""


@pytest.mark.parametrize("form", ["mathml", "both"])
def test_an_epub_with_all_of_it_as_mathml_is_sound(small: Path, form: str) -> None:
    guide = small / "guide.toml"
    lay(small, {
        "guide.toml": f'{guide.read_text()}\n[editions.tablet]\nmaths = "{form}"\n',
        "00-welcome.md": WELCOME,
        "01-first-things.md": f"---\ntitle: First\n---\n\n## Which rows? {{#rows}}\n\n### Answer\n{ROWS}",
    })  # fmt: skip
    assert build.main(["-q", "-e", "tablet"]) == 0
    (epub,) = Path("dist").glob("*.epub")
    conforms(epub)


TAGS = r"""$$ m = n \tag{7} $$

$$\begin{align} x &= w + u + v \tag{8} \end{align}$$

$$ a + b + c + d + e + f + g + h + i + j + k + l + m + n + a + b + c + d + e + f + g + h \tag{9} $$
"""


def find_ends_below(page: pypdfium2.PdfPage, words: str) -> list[float]:
    """The x, in points, at which each line below these words ends."""
    text = page.get_textpage()
    foot = text.get_charbox(text.get_text_bounded().replace("\r", "").index(words))[1]
    ink = page.render(scale=4).to_pil().convert("L").point(lambda grey: 255 * (grey < 128))
    column = ink.crop((400, 4 * int(page.get_height() - foot) + 8, ink.width - 100, ink.height))
    rows = join((y, y + 4) for y in range(column.height) if column.crop((0, y, column.width, y + 1)).getbbox())
    return [100 + column.crop((0, int(top), column.width, int(bottom))).getbbox()[2] / 4 for top, bottom in rows]


def test_the_tags_of_formulas_stand_at_the_right_margin_in_print_and_beside_them_in_the_epub(small: Path) -> None:
    rule = "\n---\n"  # as wide as the text
    answer = f"---\ntitle: First\n---\n\n## Which? {{#which}}\n\n### Answer\nWords.\n\n{TAGS}{rule}"
    lay(small, {"00-welcome.md": WELCOME, "01-first-things.md": answer})
    assert build.main(["-q", "-e", "guide", "-e", "tablet"]) == 0
    (pdf,), (epub,) = Path("dist").glob("*.pdf"), Path("dist").glob("*.epub")
    (page,) = [each for each in pypdfium2.PdfDocument(pdf) if "Words." in each.get_textpage().get_text_bounded()]
    *tags, margin = find_ends_below(page, "Words.")
    assert tags == [pytest.approx(margin, abs=1)] * 3
    assert judge_pdfs(pdf) == [f"{pdf.name} {part} conforms" for part in ("ua1", "3a")]
    conforms(epub)
    formulas = documents(entries(epub))["answers-first-things.xhtml"].xpath("//*[@class = 'formula tagged']")
    assert [[part.get("aria-label") for part in formula][1] for formula in formulas] == ["(7)", "(8)", "(9)"]


@pytest.mark.parametrize(
    ("latex", "spaces"),
    [
        (r"\sum_i w_i", 1),
        (r"\prod_{t=1}^n p_t", 1),
        (r"\int_0^1 f", 1),
        (r"\sum w", 0),
        (r"\sum_i", 0),
        (r"a_i b_i", 0),
    ],
)
def test_a_large_sign_with_an_index_stands_apart_from_what_follows(latex: str, spaces: int) -> None:
    root = write_elements(latex, display=False)
    assert sum(each.get("width") == "0.167em" for each in root.iter("mspace")) == spaces


@pytest.mark.parametrize(
    ("language", "latex", "words"),
    [
        ("zh", r"a = -b - |-1|", "a 等于 负 b 减 绝对值 负 1，绝对值结束"),
        ("zh-TW", r"\frac{a+1}{b}", "分數，b 分之 a 加 1，分數結束"),
        ("ja", r"\sum_{i=1}^{n} x_i^2", "i イコール 1 から n までの 総和、x 添字 i の2乗"),
        ("ko", r"10^{-3} - 2", "10의 마이너스 3 제곱 빼기 2"),
        ("ar", r"\begin{matrix}-1\\2\end{matrix}", "مصفوفة من صفين: سالب 1; 2؛ نهاية المصفوفة"),
        ("en", r"5! - 3", "5 factorial minus 3"),
    ],
)
def test_a_negative_sign_and_the_order_of_words_are_the_languages(language: str, latex: str, words: str) -> None:
    assert speak_latex(latex, language) == words
