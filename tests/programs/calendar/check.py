"""Reads calendar files with two parsers that share no code and compares what they make of them.

usage: check.py CALENDAR.ics…      each with its CALENDAR.json beside it

CALENDAR.json lists the events: {"summary", "location", "description", "minutes", "count", "first",
"last"}, `first` and `last` being the starts of the first and last occurrence as a clock in Seoul
shows them, such as 2026-09-01T09:00. Texts that an event has none of are null.

1. icalendar finds the zone by its name and recurring-ical-events expands the rules.
2. vobject builds the zone from the file's own VTIMEZONE; dateutil expands the rules.
"""

import json
import sys
from collections import defaultdict
from datetime import date, timedelta, timezone
from pathlib import Path

import icalendar
import recurring_ical_events
import vobject

SEOUL = timedelta(hours=9)


def by_icalendar(text):
    calendar = icalendar.Calendar.from_ical(text)
    for component in calendar.walk():
        if component.errors:
            raise SystemExit(f"icalendar: {component.name}: {component.errors}")
    if calendar.get_missing_tzids():
        raise SystemExit(f"icalendar: no VTIMEZONE for {calendar.get_missing_tzids()}")
    events = recurring_ical_events.of(calendar).between(date(1989, 1, 1), date(2100, 1, 1))
    for event in events:
        texts = [event.get(name) for name in ("SUMMARY", "LOCATION", "DESCRIPTION")]
        yield str(event["UID"]), event.start, event.end, texts


def by_vobject(text):
    for event in vobject.readOne(text).contents.get("vevent", []):
        texts = [getattr(event, name).value if hasattr(event, name) else None
                 for name in ("summary", "location", "description")]
        length = event.dtend.value - event.dtstart.value
        # Of an event that comes once there is no set.
        for start in event.getrruleset(addRDate=True) or [event.dtstart.value]:
            yield event.uid.value, start, start + length, texts


def summarised(occurrences):
    """The occurrences of each event drawn together, in the shape of CALENDAR.json."""
    events = defaultdict(list)
    for uid, *occurrence in occurrences:
        events[uid].append(occurrence)
    return [summary(sorted(event, key=lambda occurrence: occurrence[0])) for event in events.values()]


def summary(event):
    starts = [seoul(start) for start, _, _ in event]
    (length,) = {end - start for start, end, _ in event}
    (texts,) = {tuple(None if text is None else str(text) for text in texts) for _, _, texts in event}
    assert {start - starts[0] for start in starts} == {timedelta(weeks=n) for n in range(len(starts))}
    return {
        "summary": texts[0], "location": texts[1], "description": texts[2],
        "minutes": length // timedelta(minutes=1), "count": len(starts),
        "first": starts[0].isoformat(timespec="minutes"),
        "last": starts[-1].isoformat(timespec="minutes"),
    }


def seoul(moment):
    assert moment.utcoffset() == SEOUL, moment
    return (moment.astimezone(timezone.utc) + SEOUL).replace(tzinfo=None)


def in_order(events):
    return sorted(events, key=lambda event: json.dumps(event, sort_keys=True))


def check(calendar):
    text = calendar.read_bytes().decode()
    wanted = in_order(json.loads(calendar.with_suffix(".json").read_text("utf-8")))
    for reader in (by_icalendar, by_vobject):
        found = in_order(summarised(reader(text)))
        if found != wanted:
            differences = [event for event in found + wanted if (event in found) != (event in wanted)]
            raise SystemExit(f"{calendar.name}: {reader.__name__} reads otherwise: {differences}")
    print(f"{calendar.name}: {len(wanted)} events, {sum(e['count'] for e in wanted)} occurrences")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        check(Path(name))
