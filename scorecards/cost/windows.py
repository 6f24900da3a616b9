"""Weekly windows of prices: whether an instant lies in one, and when that cannot be known."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

FILE = Path(__file__).parents[1] / "data" / "windows.toml"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class WindowError(ValueError):
    """A file of windows says something it must not; the message names the place, what was wanted and what was found."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Public holidays by year; a year that is missing is not known."""

    name: str
    years: Mapping[int, frozenset[date]]

    def is_holiday(self, day: date) -> bool | None:
        """Tell whether a day is a holiday; None = nobody gave us that year's holidays."""
        return None if day.year not in self.years else day in self.years[day.year]


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of some days of the week, in one time zone.

    Attributes:
        days: Weekdays, 0 = Monday.
        hours: Spans of the local clock, from (included) to (excluded).
        holidays: On these it is closed; None = holidays are days like others.
        complement: Whether everything but these hours is meant.
    """

    name: str
    title: str
    source: str
    zone: ZoneInfo
    days: frozenset[int]
    hours: tuple[tuple[time, time], ...]
    holidays: Calendar | None = None
    complement: bool = False

    def covers(self, at: datetime) -> bool | None:
        """Tell whether an aware instant lies in the window; None = it depends on a holiday calendar we do not have.

        For prices the instant is that at which the request was completed.
        """
        local = at.astimezone(self.zone)
        clock = local.time()
        open_ = local.weekday() in self.days and any(start <= clock < end for start, end in self.hours)
        if open_ and self.holidays is not None:
            holiday = self.holidays.is_holiday(local.date())
            if holiday is None:
                return None
            open_ = not holiday
        return open_ != self.complement

    def unknown(self, at: datetime) -> str:
        """Return why `covers` cannot tell, in words."""
        calendar = self.holidays.name if self.holidays else ""
        return f"holidays of {calendar} are not known for {at.astimezone(self.zone).year}: every window may apply"


def parse(text: str, name: str) -> dict[str, Window]:
    """Return the windows of a TOML text by name; `name` is for messages.

    Raises:
        WindowError: naming the window or calendar, what was wanted and what was found.
    """
    raw = tomllib.loads(text)
    try:
        calendars = {key: _calendar(key, row) for key, row in raw.get("holidays", {}).items()}
        plain = {key: row for key, row in raw["window"].items() if "all_but" not in row}
        found = {key: _window(key, row, calendars) for key, row in plain.items()}
        others = {key: row for key, row in raw["window"].items() if "all_but" in row}
        return found | {key: _complement(key, row, found) for key, row in others.items()}
    except (KeyError, ValueError) as error:
        raise WindowError(f"{name}: wants windows and calendars of known keys and values, {error!r}") from error


def _calendar(name: str, row: Mapping[str, Any]) -> Calendar:
    years = {int(key): year["days"] for key, year in row.items() if key != "title"}
    return Calendar(
        name, {year: frozenset(day for span in spans for day in _days(span)) for year, spans in years.items()}
    )


def _days(span: str) -> list[date]:
    first, _, last = span.partition("..")
    start, end = date.fromisoformat(first), date.fromisoformat(last or first)
    return [start + timedelta(days=count) for count in range((end - start).days + 1)]


def _window(name: str, row: Mapping[str, Any], calendars: Mapping[str, Calendar]) -> Window:
    return Window(
        name=name,
        title=row["title"],
        source=row["source"],
        zone=ZoneInfo(row["zone"]),
        days=frozenset(WEEKDAYS.index(day) for day in row["days"]),
        hours=tuple(_span(text) for text in row["hours"]),
        holidays=calendars[row["holidays"]] if "holidays" in row else None,
    )


def _span(text: str) -> tuple[time, time]:
    start, end = (time.fromisoformat(one) for one in text.split("-"))
    if start >= end:
        raise ValueError(f"hours want an end behind their start, have {text!r}")
    return start, end


def _complement(name: str, row: Mapping[str, Any], known: Mapping[str, Window]) -> Window:
    of = known[row["all_but"]]
    return Window(name, row["title"], row["source"], of.zone, of.days, of.hours, of.holidays, complement=True)


@lru_cache
def load() -> Mapping[str, Window]:
    """Return the bundled windows by name.

    Raises:
        WindowError: the file is broken.
    """
    return parse(FILE.read_text(encoding="utf-8"), FILE.name)
