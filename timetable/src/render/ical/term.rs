//! The days between which classes meet.

use jiff::Span;
use jiff::civil::Date;

use super::super::super::time::Weekday;
use super::zone;

/// First and last day of a term, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    from: Date,
    until: Date,
}

/// Why two dates are not a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTerm {
    /// Text that is not a date.
    #[error("not a date: write it like 2026-09-01")]
    NotADate,
    /// The last day comes before the first.
    #[error("the term ends on {until}, before it begins on {from}")]
    EndsBeforeItBegins {
        /// First day.
        from: Date,
        /// Last day.
        until: Date,
    },
    /// A day before the current time zone rule of Seoul, or with a year of more than four digits.
    #[error("{0} is too far away: give dates in the years 1989 to 9998")]
    TooFarAway(Date),
}

impl Term {
    /// The days between two dates written `YYYY-MM-DD`.
    ///
    /// # Errors
    /// [`InvalidTerm`] if one is not a date, and those of [`Term::new`].
    pub fn parse(from: &str, until: &str) -> Result<Self, InvalidTerm> {
        Self::new(parse_date(from)?, parse_date(until)?)
    }

    /// The days from `from` to `until`.
    ///
    /// # Errors
    /// [`InvalidTerm`] if `until` is before `from`, or one of them is outside 1989 to 9998.
    pub fn new(from: Date, until: Date) -> Result<Self, InvalidTerm> {
        let is_far = |date: &&Date| !(zone::FIRST_YEAR..=9998).contains(&date.year());
        if let Some(date) = [&from, &until].into_iter().find(is_far) {
            return Err(InvalidTerm::TooFarAway(*date));
        }
        if until < from {
            return Err(InvalidTerm::EndsBeforeItBegins { from, until });
        }
        Ok(Self { from, until })
    }

    /// The first `day` of the term; `None` if it ends before that.
    pub(super) fn first(self, day: Weekday) -> Option<Date> {
        let begins_on = self.from.weekday().to_monday_zero_offset();
        let days_later = (day.index() as i8 - begins_on).rem_euclid(7);
        let date = self.from.checked_add(Span::new().days(days_later)).ok()?;
        (date <= self.until).then_some(date)
    }

    /// 23:59:59 on the last day in Seoul, in UTC as RFC 5545 requires for the end of a rule.
    pub(super) fn last_moment_in_utc(self) -> String {
        let last = self.until.at(23 - zone::HOURS_AHEAD, 59, 59, 0);
        last.strftime("%Y%m%dT%H%M%SZ").to_string()
    }
}

/// Accepts one format only; the library's own parser accepts times of day and more.
fn parse_date(text: &str) -> Result<Date, InvalidTerm> {
    let date: Option<Date> = text.parse().ok();
    date.filter(|date| date.to_string() == text)
        .ok_or(InvalidTerm::NotADate)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_term_begins_with_the_first_such_day_on_or_after_its_first() {
        // 1 September 2026 is a Tuesday.
        let term = Term::new(date(2026, 9, 1), date(2026, 9, 7)).unwrap();
        assert_eq!(term.first(Weekday::Tue), Some(date(2026, 9, 1)));
        assert_eq!(term.first(Weekday::Sun), Some(date(2026, 9, 6)));
        assert_eq!(term.first(Weekday::Mon), Some(date(2026, 9, 7)));
    }

    #[test]
    fn a_weekday_that_the_term_does_not_reach_has_no_first_day() {
        let term = Term::new(date(2026, 9, 1), date(2026, 9, 6)).unwrap();
        assert_eq!(term.first(Weekday::Mon), None);
    }

    #[test]
    fn the_last_moment_is_written_in_utc() {
        let term = Term::new(date(2026, 12, 1), date(2026, 12, 31)).unwrap();
        assert_eq!(term.last_moment_in_utc(), "20261231T145959Z");
    }

    #[test]
    fn dates_that_are_not_a_term_are_refused() {
        let (from, until) = (date(2026, 9, 1), date(2026, 8, 31));
        let backwards = Err(InvalidTerm::EndsBeforeItBegins { from, until });
        assert_eq!(Term::new(from, until), backwards);
        assert!(Term::new(from, from).is_ok());
        for far in [date(1988, 12, 31), date(9999, 1, 1), date(-1, 1, 1)] {
            assert_eq!(Term::new(far, until), Err(InvalidTerm::TooFarAway(far)));
        }
    }

    #[test]
    fn dates_have_one_format() {
        let term = Term::new(date(2026, 9, 1), date(2026, 12, 18));
        assert_eq!(Term::parse("2026-09-01", "2026-12-18"), term);
        for text in [
            "",
            "2026-9-1",
            "20260901",
            "2026-02-30",
            "2026/09/01",
            " 2026-9-01",
            "2026-09-1 ",
            "2026-09-01T00:00",
            "-026-09-01",
            "＋026-09-1",
        ] {
            assert_eq!(
                Term::parse(text, "2026-12-18"),
                Err(InvalidTerm::NotADate),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn the_first_day_is_the_one_that_walking_finds(start in 0..20_000_i32, length in 0..20_i32) {
            let from = date(1989, 1, 1).checked_add(Span::new().days(start)).unwrap();
            let until = from.checked_add(Span::new().days(length)).unwrap();
            let term = Term::new(from, until).unwrap();
            for day in Weekday::ALL {
                let walked = from
                    .series(Span::new().days(1))
                    .take_while(|date| *date <= until)
                    .find(|date| date.weekday().to_monday_zero_offset() as usize == day.index());
                prop_assert_eq!(term.first(day), walked);
            }
        }
    }
}
