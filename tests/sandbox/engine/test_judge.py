"""The sandbox's keywords against Meilisearch's own engine, over random searches: run with `pytest -m compat`.

The engine is the package `milli` 1.8.1, in an environment of its own; it has a wheel for CPython 3.11 on Linux only.
"""

import json
import os
import random
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypedDict

import pytest

from scenario_mcp.sandbox.engine import keywords
from scenario_mcp.sandbox.engine.indexes import IndexSettings
from scenario_mcp.sandbox.engine.postings import Postings
from scenario_mcp.sandbox.engine.storage import Store

JUDGE = """
import json, sys, tempfile, milli

for line in sys.stdin:
    case = json.loads(line)
    with tempfile.TemporaryDirectory() as folder:
        index = milli.Index(folder, 2**28)
        index.add_documents(case["documents"])
        print(json.dumps([[int(number) for number in index.search(query)] for query in case["queries"]]), flush=True)
"""
ATTRIBUTES = ("name", "tags", "prompt", "description")
TEXT = """
    a the of in at with red blue old stone castle castles caslte cat cats car dragon dargon dragons dragonfly knight
    knights night kinght portrait portraits space ship spaceship sun set sunset sunflower flower flowers watercolor
    watercolour water color medieval mediaeval fantasy forest forests dawn city neon lights light robot robots robot2
    hero sprite sheet 16 32x32 2d v2 logo logos illustration illustrations ilustration character charcter characters
    café cafe éclair naïve œuvre oeuvre Ørsted Straße 16:9 c++ #tag “quoted” ¿qué? camelCase wait…
"""
WORDS = tuple(TEXT.split())
ALPHABETS = """
    red 3D AI abc é Привет привет ёлка елка мой мои Київ Ελλάδα ελλαδα Σας ქართული አማርኛ שלום שָׁלוֹם مرحبا مَرحَبًا مرحـبا
    أحمد احمد الشجرة شجره مصطفى हिन्दी हिन நமஸ் বাংলা 😀 🏰 ½ ﬁne fine œuvre İstanbul straße ß Łódź
"""
SIGNS = "，。：！、،؟।–1"  # noqa: RUF001  # full width, and Arabic
SEPARATORS = (" ",) * 12 + (", ", ". ", "-", "_", "! ", "; ", "/", " - ", ".", ",", ": ")
LETTERS = "abcdefghilmnoprstuw"
MOST_HITS = 20
SEARCHES = int(os.environ.get("JUDGED_SEARCHES", "2000"))
SEED = int(os.environ.get("JUDGED_SEED", "1"))


def some_text(chance: random.Random, most: int) -> str:
    parts: list[str] = []
    for _ in range(chance.randint(0, most)):
        word = chance.choice(WORDS)
        parts += [word.title() if chance.random() < 0.2 else word, chance.choice(SEPARATORS)]
    return "".join(parts)


def some_document(chance: random.Random, number: int) -> dict[str, Any]:
    return {
        "id": f"z7x{number:04}",  # it begins like no word, so that it is not found
        "name": some_text(chance, 4),
        "tags": [some_text(chance, 2) for _ in range(chance.randint(0, 3))],
        "prompt": some_text(chance, chance.choice([5, 12, 40])),
        "description": some_text(chance, 8),
    }


def with_a_typo(chance: random.Random, word: str, letters: str = LETTERS) -> str:
    place = chance.randrange(len(word))
    return chance.choice(
        [
            word[:place] + word[place + 1 :],
            word[:place] + chance.choice(letters) + word[place:],
            word[:place] + chance.choice(letters) + word[place + 1 :],
            word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
        ]
    )


def some_word(chance: random.Random) -> str:
    word = chance.choice(WORDS)
    kind = chance.random()
    if kind < 0.15:
        return with_a_typo(chance, word)
    if kind < 0.2:
        return with_a_typo(chance, with_a_typo(chance, word) or word)
    if kind < 0.3:
        return word[: chance.randint(1, len(word))]
    if kind < 0.35:
        return word + chance.choice(WORDS)
    return word.upper() if kind < 0.4 else word


def some_query(chance: random.Random) -> str:
    parts: list[str] = []
    for _ in range(chance.choice([1, 1, 2, 2, 2, 3, 3, 4, 5, 7])):
        kind = chance.random()
        if kind < 0.08:
            parts.append('"' + " ".join(chance.choice(WORDS) for _ in range(chance.randint(1, 3))) + '"')
        elif kind < 0.12:
            parts.append("-" + some_word(chance))
        elif kind < 0.14:
            parts.append('-"' + " ".join(chance.choice(WORDS) for _ in range(2)) + '"')
        else:
            parts.append(some_word(chance))
        parts.append(chance.choice(SEPARATORS))
    query = "".join(parts)
    return query if chance.random() < 0.2 else query.rstrip(" .,;!-_/:")


class Case(TypedDict):
    documents: list[dict[str, Any]]
    queries: list[str]


def mixed_case(chance: random.Random) -> Case:
    """Return documents of several words, and queries with all that a query can have."""
    # The first document names the attributes in their order.
    documents = [some_document(chance, number) for number in range(chance.choice([5, 20, 60, 200]))]
    return {"documents": documents, "queries": [some_query(chance) for _ in range(50)]}


def case_of_words(chance: random.Random) -> Case:
    """Return documents of one word each, and queries of one word, many of them nearly alike."""
    letters = chance.choice(["ab", "abc", "abcde"])
    origins = ["".join(chance.choices(letters, k=chance.randint(5, 12))) for _ in range(4)]

    def word() -> str:
        made = chance.choice(origins)
        for _ in range(chance.choice([0, 1, 1, 2, 2, 3])):
            made = with_a_typo(chance, made, letters) or made
        return made[: len(made) - chance.choice([0, 0, 0, 1, 3])] or letters[0]

    names = [word() + "".join(chance.choices(letters, k=chance.choice([0, 0, 1, 3]))) for _ in range(60)]
    documents = [
        {"id": f"z7x{number:04}", **dict.fromkeys(ATTRIBUTES, ""), "name": name} for number, name in enumerate(names)
    ]
    return {"documents": documents, "queries": [word() + chance.choice(["", "", " "]) for _ in range(50)]}


def case_of_nearly_alike_words(chance: random.Random) -> Case:
    """Return a case in which words, typos, proximity, attribute, position and exactness are all decided by little."""
    letters = chance.choice(["ab", "abc", "abcd", "\u0430\u0431\u0432", "aeé"])
    words = ["".join(chance.choices(letters, k=chance.randint(1, 9))) for _ in range(chance.choice([4, 8, 16]))]
    words += [with_a_typo(chance, chance.choice(words), letters) or letters for _ in words]
    return case_of(chance, words, letters)


def case_of_joined_words(chance: random.Random) -> Case:
    """Return a case of words that are others written as one."""
    parts = ["".join(chance.choices("abc", k=chance.randint(1, 4))) for _ in range(6)]
    return case_of(chance, ["".join(chance.choices(parts, k=chance.choice([1, 1, 2, 3]))) for _ in range(40)], "abc")


def case_of_beginnings(chance: random.Random) -> Case:
    """Return a case of hundreds of words that begin alike, more than count."""
    letters = chance.choice(["abcd", LETTERS + "0123456789"])
    beginning = "".join(chance.choices(letters, k=chance.choice([1, 2, 3, 5, 9])))
    words = [beginning + "".join(chance.choices(letters, k=chance.randint(0, 5))) for _ in range(400)]
    case = case_of(chance, words, letters)
    queries = [f"{chance.choice([query, ''])} {beginning[: chance.randint(1, 9)]}" for query in case["queries"]]
    return {"documents": case["documents"], "queries": [*case["queries"], *queries]}


def case_of_signs(chance: random.Random) -> Case:
    """Return a case of short words between signs, many of which have a meaning in a query."""
    signs = (*' ""--.,;!_\'@#&(', ". ", ", ", ' "', '" ', " -", ' -"')
    return case_of(chance, ("a", "b", "ab", "1", "2d", "aB"), "ab1", signs)


def case_of_alphabets(chance: random.Random) -> Case:
    """Return a case of words in several alphabets, without those that the engine cuts with dictionaries."""
    return case_of(chance, ALPHABETS.split(), "12", (*" " * 8, "", *SIGNS))


def case_of_far_words(chance: random.Random) -> Case:
    """Return a case of words far behind in long texts."""
    case = case_of(chance, ("x", "red", "blue", "castle", "castel"), LETTERS)
    for document in case["documents"]:
        filling = chance.choice(["f ", "f. ", "f, g "]) * chance.choice(
            [7, 15, 16, 23, 24, 31, 33, 64, 255, 257, 1025, 8200]
        )
        document["prompt"] = filling + document["prompt"]
    return case


KINDS = (
    mixed_case,
    case_of_words,
    case_of_nearly_alike_words,
    case_of_joined_words,
    case_of_beginnings,
    case_of_signs,
    case_of_alphabets,
    case_of_far_words,
)


def case_of(
    chance: random.Random, words: Sequence[str], letters: str, separators: Sequence[str] = (*" " * 9, ", ", "-", ". ")
) -> Case:
    """Return documents and queries of words with separators behind them; some of the queries' words are misspelt."""

    def text(most: int, of_typos: float = 0) -> str:
        chosen = chance.choices(words, k=chance.randint(0, most))
        written = [with_a_typo(chance, word, letters) if chance.random() < of_typos else word for word in chosen]
        return "".join(word + chance.choice(separators) for word in written)

    def query() -> str:
        written = text(chance.choice([1, 2, 2, 3, 4, 12]), 0.2)
        return chance.choice(
            [written, written.strip(), written[:-2], f'"{written}"', f"-{written}"][: chance.choice([3, 5])]
        )

    documents = [
        {
            "id": f"z7x{number:04}",
            "name": text(3),
            "tags": [text(2) for _ in range(chance.randint(0, 2))],
            "prompt": text(chance.choice([2, 8])),
            "description": text(2),
        }
        for number in range(chance.choice([6, 15, 40, 300]))
    ]
    return {"documents": documents, "queries": [query() for _ in range(50)]}


def search(documents: Sequence[dict[str, Any]], queries: Sequence[str]) -> list[list[int]]:
    settings = IndexSettings(searchable=ATTRIBUTES, filterable={}, sortable={})
    with Store.open(settings={"assets": settings}) as store:
        with store.writing() as batch:
            for document in documents:
                batch.put("assets", document)
        everything = (1 << len(documents)) - 1
        with store.snapshot() as snapshot:
            postings = Postings(snapshot.connection, 0)
            return [
                keywords.find(query, everything, postings, len(ATTRIBUTES), ()).page(0, MOST_HITS) for query in queries
            ]


@pytest.mark.compat
@pytest.mark.timeout(3600)
@pytest.mark.skipif(
    sys.version_info[:2] != (3, 11) or not sys.platform.startswith("linux"), reason="there is no other wheel of milli"
)
def test_random_searches_find_what_the_engine_finds_in_its_order(tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", "milli==1.8.1"], check=True, timeout=300)  # noqa: S603  # our own command
    chance = random.Random(SEED)  # noqa: S311  # test data
    cases = [kind(chance) for _ in range(-(-SEARCHES // (50 * len(KINDS)))) for kind in KINDS]
    judged = subprocess.run(  # noqa: S603  # our own command
        [python, "-c", JUDGE],
        input="\n".join(map(json.dumps, cases)),
        capture_output=True,
        text=True,
        check=True,
        timeout=3600,
    )
    differences: list[tuple[str, list[int], list[int]]] = []
    for case, line in zip(cases, judged.stdout.splitlines(), strict=True):
        ours = search(case["documents"], case["queries"])
        for query, own, theirs in zip(case["queries"], ours, json.loads(line), strict=True):
            if own != theirs:
                differences.append((query, own, theirs))
    other_sets = [each for each in differences if sorted(each[1]) != sorted(each[2])]
    total = sum(len(case["queries"]) for case in cases)
    print(f"{len(differences)} of {total} searches differ, {len(other_sets)} in what is found")  # noqa: T201  # the figure
    assert not differences, differences[:10]
