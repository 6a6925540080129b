"""Formulas are set in SVG and said in words."""

import re

import pytest

from studyguide.locale import load_locale
from studyguide.maths import MathsError, convert_to_mathml, set_formula
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
