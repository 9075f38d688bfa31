"""Write the golden files of the letters anew: python -m tests.letters. Read what changed before you keep it."""

from tests.letters.golden import GOLDEN, golden_letters

if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for old in GOLDEN.glob("*.txt"):
        old.unlink()
    for name, text in golden_letters().items():
        (GOLDEN / name).write_text(text, encoding="utf-8")
