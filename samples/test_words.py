import unittest

from words import count_words


class CountWords(unittest.TestCase):
    def test_counts_words_whatever_their_case(self):
        self.assertEqual(
            count_words("To be or not to be"),
            [("be", 2), ("to", 2), ("not", 1), ("or", 1)],
        )

    def test_knows_letters_of_every_language(self):
        self.assertEqual(count_words("Äpfel, äpfel!"), [("äpfel", 2)])

    def test_finds_nothing_in_an_empty_text(self):
        self.assertEqual(count_words(""), [])


if __name__ == "__main__":
    unittest.main()
