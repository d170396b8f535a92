#!/usr/bin/env python3
"""Makes dateutil.tsv: rules with a start and their first occurrences, as python-dateutil has them.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install python-dateutil
    /tmp/venv/bin/python make_table.py > dateutil.tsv

A line is: rule, start, days from the start to each of the first occurrences (all of them have its time). A list that is
shorter than FIRST is whole: the rule ends there, or has nothing more within the YEARS that are looked at.
"""
import random
from datetime import datetime, timedelta

from dateutil.rrule import rrulestr

SEED = 20270301
ROWS = 500
FIRST = 12
YEARS = 45
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def some(chance, values, most):
    return sorted(chance.sample(values, chance.randint(1, most)), key=lambda value: (str(value) < "0", values.index(value)))


def numbered(chance, most):
    pairs = {(chance.choice(DAYS), chance.choice([1, 1, 2, 2, 3, 4, 5, -1, -1, -2, -3])) for _ in range(chance.randint(1, most))}
    return ",".join(f"{nth}{day}" for day, nth in sorted(pairs))


def month_days(chance):
    values = list(range(1, 32)) + list(range(-31, 0)) + [29, 30, 31, -1, -1, -1]
    return ",".join(str(day) for day in sorted({chance.choice(values) for _ in range(chance.randint(1, 3))}))


def body(chance, unit):
    plain = ",".join(some(chance, DAYS, 4))
    if unit == "DAILY":
        return []
    if unit == "WEEKLY":
        days = chance.choice([[], [f"BYDAY={plain}"], [f"BYDAY={plain}"], ["BYDAY=MO,TU,WE,TH,FR"]])
        return days + chance.choice([[], [], [f"WKST={chance.choice(DAYS)}"]])
    months = ",".join(str(month) for month in sorted(chance.sample(range(1, 13), chance.randint(1, 3))))
    shapes = [
        [],
        [f"BYMONTHDAY={month_days(chance)}"],
        [f"BYDAY={numbered(chance, 3)}"],
        [f"BYDAY={plain}"],
        [f"BYDAY={plain}", f"BYMONTHDAY={month_days(chance)}"],
    ]
    if unit == "MONTHLY":
        place = chance.choice([1, 2, 3, 4, -1, -1, -2, -3, -4])
        shapes += [[f"BYDAY={plain}", f"BYSETPOS={place}"], ["BYDAY=MO,TU,WE,TH,FR", f"BYSETPOS={place}"]]
        return chance.choice(shapes)
    shape = chance.choice(shapes + [[f"BYDAY={chance.randint(10, 52)}{chance.choice(DAYS)}"]])
    has_far = any(part.startswith("BYDAY=") and part[6:8].isdigit() for part in shape)
    return shape if has_far or chance.random() < 0.35 else [f"BYMONTH={months}"] + shape


def row(chance):
    unit = chance.choice(["DAILY", "WEEKLY", "WEEKLY", "MONTHLY", "MONTHLY", "YEARLY", "YEARLY"])
    start = datetime(2020, 1, 1) + timedelta(days=chance.randrange(4000), minutes=chance.randrange(24 * 12) * 5)
    if chance.random() < 0.1:
        start = start.replace(month=chance.choice([1, 3, 5, 12]), day=31)
    if chance.random() < 0.05:
        start = start.replace(year=2024, month=2, day=29)
    most = {"DAILY": [1, 2, 3, 10, 45, 999], "WEEKLY": [1, 2, 3, 4, 52], "MONTHLY": [1, 2, 3, 6, 12, 18], "YEARLY": [1, 2, 3, 4]}
    every = chance.choice([1, 1] + most[unit])
    parts = [f"FREQ={unit}"] + ([f"INTERVAL={every}"] if every > 1 else []) + body(chance, unit)
    end = chance.random()
    if end < 0.2:
        parts.append(f"COUNT={chance.choice([1, 2, 3, 5, 10, 30])}")
    elif end < 0.4:
        until = start + timedelta(days=chance.choice([0, 1, 6, 30, 200, 800, 3000]), minutes=chance.choice([-30, 0, 30]))
        parts.append(f"UNTIL={until:%Y%m%dT%H%M%S}")
    return ";".join(parts), start


def occurrences(rule, start):
    last = start.replace(year=start.year + YEARS, day=min(start.day, 28))
    found = []
    for moment in rrulestr(rule, dtstart=start).xafter(start - timedelta(seconds=1), count=FIRST):
        if moment > last:
            break
        found.append((moment.date() - start.date()).days)
        assert moment.time() == start.time()
    return found


def main():
    chance = random.Random(SEED)
    seen = set()
    print("# Made by make_table.py; do not edit.")
    while len(seen) < ROWS:
        rule, start = row(chance)
        if rule in seen:
            continue
        # A day that never comes is refused by us, and answered with nothing by dateutil.
        days = occurrences(rule, start)
        if not days and "UNTIL" not in rule and chance.random() < 0.7:
            continue
        seen.add(rule)
        print(rule, f"{start:%Y-%m-%dT%H:%M}", ",".join(map(str, days)), sep="\t")


if __name__ == "__main__":
    main()
