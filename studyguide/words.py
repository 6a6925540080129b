"""The words that the book says itself, by language: a language is a row of this table."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """A language. Braces hold what the book fills in; a pair of strings is for one thing and for several."""

    # The words for the built-in parts and editions, by their names.
    parts: Mapping[str, str]
    editions: Mapping[str, str]

    contents: str
    answer_key: str
    answers_to: str
    to_answer: str
    to_question: str
    next_question: str
    popups: str
    """The heading of what pops up, for those who read to the end of a chapter."""
    page_short: str
    pages_short: str
    """The same before several pages."""
    question: str
    page: str
    answers_on: tuple[str, str]
    """The running head of the key: ``{first}`` and ``{last}`` are numbers of questions."""
    questions_on: tuple[str, str, str]
    """What follows it, of one question, of several on one page and of several on more: ``{first}`` and ``{last}`` are pages."""
    easy: str
    medium: str
    hard: str
    correct: str
    by: str
    version: str
    licence: str
    date: str
    months: tuple[str, ...]
    set_in: str

    by_subject: str
    glossary: str
    index: str
    index_how: str
    see: str
    progress: str
    progress_how: str

    cover: str
    start: str
    landmarks: str
    pages: str
    """The heading of the list of a printed book's pages."""
    motif: str
    accessible: Mapping[str, str]
    """Sentences for catalogues, each for something that a book may have."""

    how_to_use: str
    how_answers_alone: tuple[str, ...]
    how_inline: tuple[str, ...]
    how_workbook: tuple[str, ...]
    how_guide: str
    how_on_paper: str
    how_on_tablet: str
    how_popup: str
    how_in_the_key: str
    how_numbers: str
    marks_heading: str
    mark_easy: str
    mark_medium: str
    mark_hard: str


WORDS = {
    "en": Words(
        parts={
            "hint": "Hint",
            "answer": "Answer",
            "explanation": "Explanation",
            "pitfalls": "Pitfalls",
            "follow-ups": "Follow-ups",
        },
        editions={"workbook": "Workbook", "answers": "Answers", "teacher": "Teacher’s edition"},
        contents="Contents",
        answer_key="Answer key",
        answers_to="Answers",
        to_answer="Answer",
        to_question="Question",
        next_question="Next question",
        popups="Hints and short answers",
        page_short="p.",
        pages_short="pp.",
        question="Question",
        page="Page",
        answers_on=("Answer {first}", "Answers {first} to {last}"),
        questions_on=("question on page {first}", "questions on page {first}", "questions on pages {first} to {last}"),
        easy="easy",
        medium="medium",
        hard="hard",
        correct="Right",
        by="by",
        version="Version",
        licence="Licence",
        date="{day} {month} {year}",
        months=(
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ),
        set_in="Set in IBM Plex Serif, Sans Condensed and Mono; formulas in STIX Two; letters that Plex lacks in Noto Serif, Fira Sans and Frank Ruhl Libre.",
        by_subject="Questions by subject",
        glossary="Glossary",
        index="Index",
        index_how="A page in bold is that of the glossary.",
        see="see",
        progress="Progress",
        progress_how="Tick a box when you have said the answer aloud without looking. Come back after a day, and after a week.",
        cover="Cover",
        start="Start of the text",
        landmarks="Landmarks",
        pages="Pages",
        motif="A network of circles and lines, one path through it in bold",
        accessible={
            "pictures": "Every figure has a text in its place.",
            "formulas": "Every formula is told in words.",
            "links": "Questions and answers are linked both ways.",
            "pages": "The pages of the printed book are marked and listed.",
            "checked": "The program that made the book has checked that texts and words are there, that headings are in order, and that every document says its language.",
        },
        how_to_use="How to use this book",
        how_answers_alone=(
            "This book holds the answers, each under its question. The guide and the workbook ask the same questions under"
            " the same numbers: the answer\u00a04.2 belongs to the second question of chapter\u00a04.",
            "Open it when you have written or said an answer of your own, and not before.",
        ),
        how_inline=(
            "Every question is followed by its answer. This edition is for those who ask: teachers, interviewers, and"
            " the colleague on the other side of the table in a mock interview.",
            "Ask the question as it is printed. Give the hint only when nothing comes. Compare what you hear with the"
            " answer, use the pitfalls to dig deeper, and take the next question from the follow-ups.",
        ),
        how_workbook=(
            "Below every question there is ruled space. Write the answer in two or three sentences before you look"
            " anything up; what you could not write is what you have to learn.",
            "The answers are in the guide’s answer key and in the book of answers, under the same numbers: the"
            " answer\u00a04.2 belongs to the second question of chapter\u00a04.",
        ),
        how_guide="Read a question, close your eyes or the book, and say your answer aloud. Half a minute is enough."
        " Only then look it up.",
        how_on_paper="At the right of each question stands the page of its answer, and at each answer the page of its"
        " question: → leads to the answer, ← leads back. On a screen the same marks are links.",
        how_on_tablet="Below each question there is a link to its answer, and at the answer one that leads back and one"
        " to the next question. Your reading system’s own “back” works too.",
        how_popup="The hint and the short answer open where you read, or at the end of the chapter, and lead back to their"
        " question. Take the hint first.",
        how_in_the_key="The head of every page of the key says which answers it holds and where their questions are. The"
        " tabs at the edge stand at the same height for a chapter’s questions and its answers; those of the answers are"
        " white.",
        how_numbers="The number of a question is made of its chapter and its place there. It is the same in every edition"
        " of this version, on paper and on a tablet, so that two people can talk about “question\u00a04.2”.",
        marks_heading="What the marks mean",
        mark_easy="a definition or an idea that every candidate is asked for",
        mark_medium="how and why something works, with an example",
        mark_hard="a trade-off, a calculation, or what goes wrong in practice",
    ),
    "de": Words(
        parts={
            "hint": "Hinweis",
            "answer": "Antwort",
            "explanation": "Erklärung",
            "pitfalls": "Fallstricke",
            "follow-ups": "Anschlussfragen",
        },
        editions={"workbook": "Arbeitsheft", "answers": "Antworten", "teacher": "Ausgabe für Lehrende"},
        contents="Inhalt",
        answer_key="Lösungsteil",
        answers_to="Antworten",
        to_answer="Antwort",
        to_question="Frage",
        next_question="Nächste Frage",
        popups="Hinweise und kurze Antworten",
        page_short="S.",
        pages_short="S.",
        question="Frage",
        page="Seite",
        answers_on=("Antwort {first}", "Antworten {first} bis {last}"),
        questions_on=(
            "Frage auf Seite {first}",
            "Fragen auf Seite {first}",
            "Fragen auf den Seiten {first} bis {last}",
        ),
        easy="leicht",
        medium="mittel",
        hard="schwer",
        correct="Richtig",
        by="von",
        version="Version",
        licence="Lizenz",
        date="{day}. {month} {year}",
        months=(
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ),
        set_in="Gesetzt aus IBM Plex Serif, Sans Condensed und Mono; Formeln in STIX Two; was der Plex fehlt, in Noto Serif, Fira Sans und Frank Ruhl Libre.",
        by_subject="Fragen nach Themen",
        glossary="Glossar",
        index="Register",
        index_how="Eine fette Seitenzahl führt ins Glossar.",
        see="siehe",
        progress="Fortschritt",
        progress_how="Haken Sie ein Kästchen ab, wenn Sie die Antwort laut und ohne nachzusehen gegeben haben. Kommen Sie"
        " nach einem Tag wieder und nach einer Woche.",
        cover="Umschlag",
        start="Beginn des Textes",
        landmarks="Orientierungspunkte",
        pages="Seiten",
        motif="Ein Netz aus Kreisen und Linien, ein Weg hindurch ist fett gezeichnet",
        accessible={
            "pictures": "Jede Abbildung hat einen Text, der sie ersetzt.",
            "formulas": "Jede Formel ist in Worten gesagt.",
            "links": "Fragen und Antworten sind in beiden Richtungen verknüpft.",
            "pages": "Die Seiten des gedruckten Buchs sind bezeichnet und aufgelistet.",
            "checked": "Das Programm, das das Buch gemacht hat, hat geprüft, dass diese Texte da sind, dass die Überschriften in ihrer Ordnung stehen und dass jedes Dokument seine Sprache nennt.",
        },
        how_to_use="Wie man dieses Buch benutzt",
        how_answers_alone=(
            "Dieses Buch enthält die Antworten, jede unter ihrer Frage. Lernbuch und Arbeitsheft stellen dieselben Fragen"
            " unter denselben Nummern: Die Antwort\u00a04.2 gehört zur zweiten Frage des Kapitels\u00a04.",
            "Schlagen Sie es erst auf, wenn Sie eine eigene Antwort geschrieben oder gesagt haben.",
        ),
        how_inline=(
            "Auf jede Frage folgt ihre Antwort. Diese Ausgabe ist für alle, die fragen: für Lehrende, für Interviewer und"
            " für die Kollegin, die im Probegespräch gegenübersitzt.",
            "Stellen Sie die Frage so, wie sie gedruckt ist. Geben Sie den Hinweis nur, wenn nichts kommt. Vergleichen Sie,"
            " was Sie hören, mit der Antwort, und holen Sie die nächste Frage aus den Anschlussfragen.",
        ),
        how_workbook=(
            "Unter jeder Frage ist linierter Platz. Schreiben Sie die Antwort in zwei oder drei Sätzen auf, bevor Sie"
            " nachsehen; was Sie nicht schreiben konnten, ist das, was Sie lernen müssen.",
            "Die Antworten stehen unter denselben Nummern im Lösungsteil des Lernbuchs und im Antwortenheft: Die"
            " Antwort\u00a04.2 gehört zur zweiten Frage des Kapitels\u00a04.",
        ),
        how_guide="Lesen Sie eine Frage, schließen Sie die Augen oder das Buch und sagen Sie Ihre Antwort laut. Eine halbe"
        " Minute genügt. Sehen Sie erst dann nach.",
        how_on_paper="Rechts neben jeder Frage steht die Seite ihrer Antwort, und bei jeder Antwort die Seite ihrer Frage:"
        " → führt zur Antwort, ← führt zurück. Am Bildschirm sind diese Zeichen Verweise.",
        how_on_tablet="Unter jeder Frage steht ein Verweis auf ihre Antwort, und bei der Antwort einer zurück und einer zur"
        " nächsten Frage. Auch das „Zurück“ Ihres Lesegeräts funktioniert.",
        how_popup="Hinweis und kurze Antwort öffnen sich dort, wo Sie lesen, oder am Ende des Kapitels, und führen zurück zu"
        " ihrer Frage. Nehmen Sie zuerst den Hinweis.",
        how_in_the_key="Der Kopf jeder Seite des Lösungsteils nennt die Antworten, die darauf stehen, und die Seiten ihrer"
        " Fragen. Die Griffmarken am Rand stehen für Fragen und Antworten eines Kapitels auf derselben Höhe; die der"
        " Antworten sind weiß.",
        how_numbers="Die Nummer einer Frage besteht aus dem Kapitel und ihrem Platz darin. Sie ist in jeder Ausgabe dieser"
        " Version dieselbe, auf Papier wie auf dem Tablet, damit zwei Menschen über „Frage\u00a04.2“ sprechen können.",
        marks_heading="Was die Zeichen bedeuten",
        mark_easy="eine Definition oder ein Gedanke, nach dem alle gefragt werden",
        mark_medium="wie und warum etwas funktioniert, mit einem Beispiel",
        mark_hard="eine Abwägung, eine Rechnung, oder was in der Praxis schiefgeht",
    ),
    "fr": Words(
        parts={
            "hint": "Indice",
            "answer": "Réponse",
            "explanation": "Explication",
            "pitfalls": "Pièges",
            "follow-ups": "Questions suivantes",
        },
        editions={"workbook": "Cahier d’exercices", "answers": "Réponses", "teacher": "Édition de l’enseignant"},
        contents="Table des matières",
        answer_key="Corrigé",
        answers_to="Réponses",
        to_answer="Réponse",
        to_question="Question",
        next_question="Question suivante",
        popups="Indices et réponses courtes",
        page_short="p.",
        pages_short="p.",
        question="Question",
        page="Page",
        answers_on=("Réponse {first}", "Réponses {first} à {last}"),
        questions_on=("question page {first}", "questions page {first}", "questions pages {first} à {last}"),
        easy="facile",
        medium="moyen",
        hard="difficile",
        correct="Juste",
        by="par",
        version="Version",
        licence="Licence",
        date="{day} {month} {year}",
        months=(
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ),
        set_in="Composé en IBM Plex Serif, Sans Condensed et Mono\u00a0; formules en STIX Two\u00a0; ce qui manque à Plex en Noto Serif, Fira Sans et Frank Ruhl Libre.",
        by_subject="Questions par sujet",
        glossary="Glossaire",
        index="Index",
        index_how="Un numéro de page en gras renvoie au glossaire.",
        see="voir",
        progress="Progression",
        progress_how="Cochez une case quand vous avez donné la réponse à voix haute sans regarder. Revenez après un jour, puis"
        " après une semaine.",
        cover="Couverture",
        start="Début du texte",
        landmarks="Repères",
        pages="Pages",
        motif="Un réseau de cercles et de lignes, un chemin y est tracé en gras",
        accessible={
            "pictures": "Chaque figure a un texte qui la remplace.",
            "formulas": "Chaque formule est dite en mots.",
            "links": "Questions et réponses sont liées dans les deux sens.",
            "pages": "Les pages du livre imprimé sont indiquées et répertoriées.",
            "checked": "Le programme qui a fait le livre a vérifié que ces textes sont là, que les titres sont dans l’ordre et que chaque document indique sa langue.",
        },
        how_to_use="Comment utiliser ce livre",
        how_answers_alone=(
            "Ce livre contient seulement les réponses. Les questions sont dans le guide et dans le cahier, sous les mêmes"
            " numéros\u00a0: la réponse\u00a04.2 est celle de la deuxième question du chapitre\u00a04.",
            "Ouvrez-le quand vous avez écrit ou dit votre propre réponse, pas avant.",
        ),
        how_inline=(
            "Chaque question est suivie de sa réponse. Cette édition est faite pour qui interroge\u00a0: l’enseignant, le"
            " recruteur, ou le collègue assis en face pendant un entretien blanc.",
            "Posez la question telle qu’elle est imprimée. Ne donnez l’indice que si rien ne vient. Comparez ce que vous"
            " entendez avec la réponse, et prenez la question d’après parmi les questions suivantes.",
        ),
        how_workbook=(
            "Sous chaque question, des lignes attendent votre réponse. Écrivez-la en deux ou trois phrases avant de chercher"
            " quoi que ce soit\u00a0; ce que vous n’avez pas pu écrire est ce qu’il faut apprendre.",
            "Les réponses sont dans le corrigé du guide et dans le livre des réponses, sous les mêmes numéros\u00a0: la"
            " réponse\u00a04.2 est celle de la deuxième question du chapitre\u00a04.",
        ),
        how_guide="Lisez une question, fermez les yeux ou le livre, et dites votre réponse à voix haute. Une demi-minute suffit."
        " Vérifiez seulement ensuite.",
        how_on_paper="À droite de chaque question figure la page de sa réponse, et près de chaque réponse la page de sa"
        " question\u00a0: → mène à la réponse, ← ramène à la question. À l’écran, ces signes sont des liens.",
        how_on_tablet="Sous chaque question, un lien mène à sa réponse\u00a0; près de la réponse, un lien ramène à la question et"
        " un autre mène à la suivante. Le «\u00a0retour\u00a0» de votre liseuse fonctionne aussi.",
        how_popup="L’indice et la réponse courte s’ouvrent là où vous lisez, ou à la fin du chapitre, et ramènent à leur"
        " question. Commencez par l’indice.",
        how_in_the_key="En tête de chaque page du corrigé sont indiquées les réponses qu’elle contient et les pages de leurs"
        " questions. Les onglets du bord sont à la même hauteur pour les questions et les réponses d’un chapitre\u00a0; ceux des"
        " réponses sont blancs.",
        how_numbers="Le numéro d’une question est fait de son chapitre et de sa place. Il est le même dans toutes les éditions de"
        " cette version, sur papier comme sur tablette, pour que l’on puisse parler de la «\u00a0question\u00a04.2\u00a0».",
        marks_heading="Ce que disent les points",
        mark_easy="une définition ou une idée demandée à chaque candidat",
        mark_medium="comment et pourquoi quelque chose fonctionne, avec un exemple",
        mark_hard="un compromis, un calcul, ou ce qui échoue en pratique",
    ),
}


def words(language: str) -> Words:
    """The row of a language tag such as ``en-GB``; English where there is none."""
    return WORDS.get(language[:2].lower(), WORDS["en"])
