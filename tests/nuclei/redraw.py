"""Whether a difference is owed to random words: the templates concerned are run again, each time with other words.

What a template writes at random changes what the pretend host answers, so a row that hangs on it comes and goes. A missing row is
random where another run of ours gives just that row; an extra one where another run of ours gives no row of its template, names and
kind of place, words that may be random left out. What does not come and go is a difference like any other.
"""
import re

ROUNDS = 40


def outline(row) -> tuple:
    """The row with every word of its place left out."""
    return row.template, row.matcher, row.extractor, re.sub(r"[A-Za-z0-9]+", "*", row.at)


def redraw(run, suspects: set, rounds: int) -> set:
    """The suspects that come and go; their templates are run again, at most so often. `run` takes ids and gives rows."""
    shown, left = set(), set(suspects)
    for _ in range(rounds):
        if not left:
            break
        given = run(sorted({row.template for _, row in left}))
        outlines = {outline(row) for row in given}
        for kind, row in sorted(left):
            comes_and_goes = row in given if kind == "missing" else outline(row) not in outlines
            if comes_and_goes:
                shown.add((kind, row))
        left -= shown
    return shown
