"""Counts the words of a text: python3 words.py README.md"""

import re
import sys
from collections import Counter


def count_words(text):
    """How often each word occurs, the commonest first."""
    counts = Counter(re.findall(r"[^\W_]+", text.lower()))
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))


if __name__ == "__main__":
    path = sys.argv[1] if len(sys.argv) > 1 else "README.md"
    with open(path, encoding="utf-8") as file:
        for word, count in count_words(file.read())[:10]:
            print(f"{count:4} {word}")
