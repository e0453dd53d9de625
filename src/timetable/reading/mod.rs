//! A page as it was read in one go, and the timetable it amounts to.
//!
//! Everything is checked against everything else the page shows. Where two readings disagree the
//! answer is [`Unread::LayoutChanged`], never a timetable.

mod page;
mod unread;

use super::alerts::Alert;
use super::columns::{ColumnReading, shown_days};
use super::geometry::range_of_block;
use super::near::is_near;
use super::scale::Scale;
use super::share_link::Identifier;
use super::time::{TimeOfDay, TimeRange, Weekday};
use super::{Class, RefusedClass, Semester, Timetable, UntimedClass, term};

pub use page::{BlockData, BlockReading, GridReading, MenuEntry, PageReading, TableReading};
pub use unread::{Check, Mismatch, Unread};

/// Most that a box may stand off its own style or its column, in CSS pixels: borders, padding and
/// sub-pixel layout. Another scale, a zoom or a neighbouring column is off by far more.
const EDGE_TOLERANCE: f64 = 6.0;

/// The timetable of `identifier`, from its page and the alerts that opened while it was drawn.
///
/// # Errors
/// [`Unread`], by the state of the page.
pub fn timetable(
    identifier: &Identifier,
    page: PageReading,
    alerts: &[String],
) -> Result<Timetable, Unread> {
    let alerts: Vec<_> = alerts.iter().map(|text| Alert::from_text(text)).collect();
    if alerts.contains(&Alert::NoSuchTimetable) {
        return Err(Unread::NotFound);
    }
    let table = drawn_table(page)?;
    let not_drawn = refused_classes(alerts)?;
    if table.is_blank() && not_drawn.is_empty() {
        // What the page makes of an answer without a table: not even an owner's name.
        return Err(Unread::NotPublic);
    }
    table.check_structure()?;
    let days = shown_days(&table.columns)?;
    let scale = table.checked_scale()?;
    let classes = table.classes(scale, &days)?;
    let semesters = table.semesters();
    let title = table.title(identifier).map(str::to_owned);
    let term = title.as_deref().and_then(term::parse);
    Ok(Timetable {
        identifier: identifier.clone(),
        year: term.map(|(year, _)| year),
        semester: term.map(|(_, semester)| semester.to_owned()),
        title,
        days,
        classes,
        untimed: table.untimed.iter().map(trimmed).collect(),
        not_drawn,
        semesters,
    })
}

/// The drawn table, or the fault that the page's state amounts to.
fn drawn_table(page: PageReading) -> Result<TableReading, Unread> {
    match page {
        PageReading::Drawn(table) => Ok(*table),
        PageReading::Notice { text } => Err(fault_of_notice(&text)),
        PageReading::Left => Err(Unread::Blocked { status: None }),
        PageReading::Unreachable => Err(Unread::SiteUnavailable { status: None }),
        PageReading::Refused { status } | PageReading::Silent { status } => {
            Err(fault_of_status(status))
        }
        PageReading::Waiting => Err(Unread::TooSlow),
        PageReading::Unfamiliar => {
            Err(Mismatch::new(Check::Structure, "a timetable or a notice", "neither").into())
        }
    }
}

/// A call that was answered and drew nothing was refused, unless the site itself failed.
fn fault_of_status(status: u16) -> Unread {
    match status {
        500.. => Unread::SiteUnavailable {
            status: Some(status),
        },
        0 => Unread::Blocked { status: None },
        _ => Unread::Blocked {
            status: Some(status),
        },
    }
}

fn fault_of_notice(text: &str) -> Unread {
    if text.contains("공개되지 않은 시간표") {
        Unread::NotPublic
    } else if text.contains("시간표가 없습니다") {
        Unread::NoTimetable
    } else {
        Mismatch::new(
            Check::Notice,
            "not public, or no timetable that term",
            "other words",
        )
        .into()
    }
}

/// Classes the page refused; an alert of unknown meaning may hide one, so it is a mismatch.
fn refused_classes(alerts: Vec<Alert>) -> Result<Vec<RefusedClass>, Mismatch> {
    alerts
        .into_iter()
        .map(|alert| match alert {
            Alert::Refused(class) => Ok(class),
            Alert::NoSuchTimetable | Alert::Unknown => {
                Err(Mismatch::new(Check::Alert, "a known alert", "other words"))
            }
        })
        .collect()
}

fn trimmed(class: &UntimedClass) -> UntimedClass {
    UntimedClass {
        name: class.name.trim().to_owned(),
        place: class.place.trim().to_owned(),
        not_drawn: false,
    }
}

impl GridReading {
    /// A grid without rows or without height is no reading of the scale.
    fn is_laid_out(&self) -> bool {
        self.rows > 0 && self.height > 0.0
    }
}

impl TableReading {
    fn is_blank(&self) -> bool {
        self.blocks.is_empty() && self.untimed.is_empty() && self.menu.is_empty() && !self.owned
    }

    fn check_structure(&self) -> Result<(), Mismatch> {
        match self.unknown_parts {
            0 => Ok(()),
            parts => Err(Mismatch::new(Check::Structure, "no unknown parts", parts)),
        }
    }

    /// The axis's scale, which the row and each column's grid must share.
    fn checked_scale(&self) -> Result<Scale, Mismatch> {
        let scale = Scale::from_axis(&self.axis)?;
        // Another scale would be off by hours; borders between rows add up to less than one.
        let tolerance = scale.pixels_per_hour() / 2.0;
        let grids = self
            .grids
            .iter()
            .filter(|grid| grid.is_laid_out())
            .map(|grid| grid.height);
        for height in grids.chain([self.row_height]) {
            if !is_near(height, scale.pixels_per_day(), tolerance) {
                return Err(Mismatch::new(Check::Grid, scale.pixels_per_day(), height));
            }
        }
        Ok(scale)
    }

    fn classes(&self, scale: Scale, days: &[Weekday]) -> Result<Vec<Class>, Mismatch> {
        let mut classes = self
            .blocks
            .iter()
            .map(|block| self.class(block, scale, days))
            .collect::<Result<Vec<_>, _>>()?;
        classes.sort_by(|a, b| (a.day, a.time, &a.name).cmp(&(b.day, b.time, &b.name)));
        Ok(classes)
    }

    fn class(
        &self,
        block: &BlockReading,
        scale: Scale,
        days: &[Weekday],
    ) -> Result<Class, Mismatch> {
        let day = *days
            .get(block.column)
            .ok_or_else(|| Mismatch::new(Check::BlockPlace, "a shown column", block.column))?;
        let time = range_of_block(scale, block.top, block.height)?;
        block.check_place(&self.columns[block.column])?;
        block.check_data(day, time)?;
        let name = block
            .name
            .as_ref()
            .ok_or_else(|| Mismatch::new(Check::BlockName, "a name", "none"))?;
        Ok(Class {
            name: name.trim().to_owned(),
            professor: block.professor.trim().to_owned(),
            place: block.place.trim().to_owned(),
            color: block.color,
            day,
            time,
            not_drawn: false,
        })
    }

    /// The label of the menu's entry for this very timetable.
    fn title(&self, identifier: &Identifier) -> Option<&str> {
        let shown = |entry: &&MenuEntry| entry.active || entry.leads_to(identifier);
        self.menu.iter().find(shown).map(|entry| entry.label.trim())
    }

    fn semesters(&self) -> Vec<Semester> {
        self.menu.iter().filter_map(MenuEntry::semester).collect()
    }
}

impl BlockReading {
    /// Laid out where its style says, and inside its column.
    fn check_place(&self, column: &ColumnReading) -> Result<(), Mismatch> {
        let near = |found, expected| is_near(found, expected, EDGE_TOLERANCE);
        if !(near(self.box_top, self.top) && near(self.box_height, self.height)) {
            let style = format!("{} px high at {} px", self.height, self.top);
            let laid_out = format!("{} px high at {} px", self.box_height, self.box_top);
            return Err(Mismatch::new(Check::BlockPlace, style, laid_out));
        }
        let (left, right) = (self.box_left, self.box_left + self.box_width);
        let inside =
            left >= column.left - EDGE_TOLERANCE && right <= column.right() + EDGE_TOLERANCE;
        // Narrower than half its column it may as well belong to a neighbour.
        if !(inside && self.box_width * 2.0 >= column.width) {
            let expected = format!("{} to {} px", column.left, column.right());
            return Err(Mismatch::new(
                Check::BlockPlace,
                expected,
                format!("{left} to {right} px"),
            ));
        }
        Ok(())
    }

    /// Equal to the page's own values, where it keeps them.
    fn check_data(&self, day: Weekday, time: TimeRange) -> Result<(), Mismatch> {
        let Some(data) = self.data else { return Ok(()) };
        let drawn = [day.index() as f64, units(time.start()), units(time.end())];
        let kept = [data.day, data.start, data.end];
        if drawn
            .into_iter()
            .zip(kept)
            .all(|(drawn, kept)| is_near(drawn, kept, 0.0))
        {
            return Ok(());
        }
        Err(Mismatch::new(
            Check::BlockData,
            format!("{kept:?}"),
            format!("{drawn:?}"),
        ))
    }
}

fn units(time: TimeOfDay) -> f64 {
    f64::from(time.units())
}

impl MenuEntry {
    fn leads_to(&self, identifier: &Identifier) -> bool {
        self.href
            .rsplit_once('@')
            .is_some_and(|(_, id)| id == identifier.as_str())
    }

    /// `None` for an entry that leads to no timetable: it is no semester.
    fn semester(&self) -> Option<Semester> {
        let (_, identifier) = self.href.rsplit_once('@')?;
        Some(Semester {
            label: self.label.trim().to_owned(),
            identifier: identifier.parse().ok()?,
        })
    }
}
