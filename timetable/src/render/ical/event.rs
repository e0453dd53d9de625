//! One class meeting as a weekly event.

use jiff::civil::Date;

use super::super::super::Class;
use super::super::super::time::TimeOfDay;
use super::super::words::Words;
use super::line::CalendarFile;
use super::{Detail, Export};

/// Writes the event, unless the term ends before the first meeting.
pub(super) fn put(file: &mut CalendarFile, class: &Class, uid: &str, export: &Export) {
    let Some(first) = export.term.first(class.day) else {
        return;
    };
    file.put("BEGIN", "VEVENT");
    file.put("UID", uid);
    file.put(
        "DTSTAMP",
        &export.made_at.strftime("%Y%m%dT%H%M%SZ").to_string(),
    );
    file.put("DTSTART;TZID=Asia/Seoul", &local(first, class.time.start()));
    file.put("DTEND;TZID=Asia/Seoul", &local(first, class.time.end()));
    let until = export.term.last_moment_in_utc();
    file.put("RRULE", &format!("FREQ=WEEKLY;UNTIL={until}"));
    match export.detail {
        Detail::Full => put_names(file, class, export.words),
        Detail::Busy => put_busy(file, export.words),
    }
    file.put("TRANSP", "OPAQUE");
    file.put("END", "VEVENT");
}

/// A local time in Seoul. 24:00 is 00:00 of the next day.
fn local(date: Date, time: TimeOfDay) -> String {
    let date = if time == TimeOfDay::END_OF_DAY {
        date.tomorrow().unwrap_or(date)
    } else {
        date
    };
    let minutes = time.minutes() % TimeOfDay::END_OF_DAY.minutes();
    format!(
        "{}T{:02}{:02}00",
        date.strftime("%Y%m%d"),
        minutes / 60,
        minutes % 60
    )
}

fn put_names(file: &mut CalendarFile, class: &Class, words: &Words) {
    let name = if class.name.trim().is_empty() {
        words.unnamed
    } else {
        &class.name
    };
    file.put_text("SUMMARY", name);
    for (property, text) in [
        ("LOCATION", &class.place),
        ("DESCRIPTION", &class.professor),
    ] {
        if !text.is_empty() {
            file.put_text(property, text);
        }
    }
}

fn put_busy(file: &mut CalendarFile, words: &Words) {
    file.put_text("SUMMARY", words.busy);
    file.put("CLASS", "PRIVATE");
}
