//! The timetable of a page that was read in one go.
//!
//! All parts of the page are checked against each other, and against the answer that the page drew. If
//! two readings disagree, the result is [`NotAvailable::LayoutChanged`], never a timetable.

mod page;
#[cfg(test)]
mod tests;

use super::alerts::Alert;
use super::answer::{ApiAnswer, Drawing, DrawnMeeting, Received};
use super::columns::{ColumnReading, shown_days};
use super::geometry::range_of_block;
use super::mismatch::{Check, Mismatch};
use super::near::is_near;
use super::scale::Scale;
use super::share_link::Identifier;
use super::time::Weekday;
use super::{NotAvailable, RefusedClass, Timetable};

pub use page::{BlockReading, GridReading, PagePart, PageReading, TableReading};

/// Largest distance of a box from its own style or its column, in CSS pixels: borders, padding and
/// sub-pixel layout. Another scale, a zoom or the next column is off by far more.
const EDGE_TOLERANCE: f64 = 6.0;

/// The timetable of `identifier`, from its page, the alerts that opened while it was drawn, and the
/// answer that it was drawn from.
///
/// # Errors
/// [`NotAvailable`], by the state of the page and by the answer. Without an answer there is no timetable,
/// not even an empty one.
pub fn timetable(
    identifier: &Identifier,
    page: PageReading,
    alerts: &[String],
    answer: Option<Received<'_>>,
) -> Result<Timetable, NotAvailable> {
    let alerts: Vec<_> = alerts.iter().map(|text| Alert::from_text(text)).collect();
    let answer = answer.map(|received| ApiAnswer::received(identifier, received));
    if alerts.contains(&Alert::NoSuchTimetable) {
        return Err(not_found(answer.as_ref()));
    }
    let shown = Shown::of(page)?;
    match (shown, answer) {
        (Shown::Nothing { fault }, None) => Err(fault),
        (_, None) => Err(differs(Check::Document, "a call with an answer", "none")),
        (Shown::Notice { fault }, Some(answer)) => Err(noticed(&fault, answer)),
        (_, Some(Err(why))) => Err(why),
        (Shown::Nothing { .. }, Some(Ok(answer))) => Err(answer.not_drawn_at_all().into()),
        (Shown::Table(table), Some(Ok(answer))) => {
            let drawing = table.drawing(alerts)?;
            Ok(answer.timetable_drawn_as(&drawing)?)
        }
    }
}

fn differs(check: Check, expected: &str, found: &str) -> NotAvailable {
    Mismatch::new(check, expected, found).into()
}

/// The page navigates away after that alert, so its answer may be lost.
fn not_found(answer: Option<&Result<ApiAnswer, NotAvailable>>) -> NotAvailable {
    match answer {
        Some(Ok(_)) => differs(Check::Notice, "a table", "no such timetable"),
        None | Some(Err(_)) => NotAvailable::NotFound,
    }
}

/// The notice must say the same as the answer.
fn noticed(notice: &NotAvailable, answer: Result<ApiAnswer, NotAvailable>) -> NotAvailable {
    match answer {
        Ok(_) => differs(Check::Notice, "a table", "a notice"),
        Err(why @ (NotAvailable::NotPublic | NotAvailable::NoTimetable)) if why != *notice => {
            differs(Check::Notice, "the answer's own notice", "another")
        }
        Err(why) => why,
    }
}

/// What the page of a timetable shows.
enum Shown {
    Table(Box<TableReading>),
    /// Text instead of a table, and its meaning.
    Notice {
        fault: NotAvailable,
    },
    /// Nothing yet, and what that means without an answer.
    Nothing {
        fault: NotAvailable,
    },
}

impl Shown {
    fn of(page: PageReading) -> Result<Self, NotAvailable> {
        match page {
            PageReading::Drawn(table) => Ok(Self::Table(table)),
            PageReading::Notice { text } => Ok(Self::Notice {
                fault: fault_of_notice(&text),
            }),
            PageReading::Silent { status } => Ok(Self::Nothing {
                fault: fault_of_status(status),
            }),
            PageReading::Waiting => Ok(Self::Nothing {
                fault: NotAvailable::TooSlow,
            }),
            PageReading::Left => Err(NotAvailable::Blocked { status: None }),
            PageReading::Unreachable => Err(NotAvailable::SiteUnavailable { status: None }),
            PageReading::Refused { status } => Err(fault_of_status(status)),
            PageReading::Foreign { missing } => Err(fault_of_document(missing)),
            PageReading::Idle => Err(differs(Check::Document, "a call for the timetable", "none")),
            PageReading::Unfamiliar => Err(differs(
                Check::Structure,
                "a timetable or a notice",
                "neither",
            )),
        }
    }
}

/// A site that refuses readers serves another page. A page with the same frame has changed.
fn fault_of_document(missing: PagePart) -> NotAvailable {
    match missing {
        PagePart::Container => NotAvailable::Blocked { status: None },
        PagePart::Tablebody => {
            differs(Check::Document, "#container .tablebody", "#container alone")
        }
    }
}

/// The page's call was answered, but nothing was drawn: a refusal, unless the site failed.
fn fault_of_status(status: u16) -> NotAvailable {
    match status {
        500.. => NotAvailable::SiteUnavailable {
            status: Some(status),
        },
        0 => NotAvailable::Blocked { status: None },
        _ => NotAvailable::Blocked {
            status: Some(status),
        },
    }
}

fn fault_of_notice(text: &str) -> NotAvailable {
    if text.contains("공개되지 않은 시간표") {
        NotAvailable::NotPublic
    } else if text.contains("시간표가 없습니다") {
        NotAvailable::NoTimetable
    } else {
        Mismatch::new(
            Check::Notice,
            "not public, or no timetable that term",
            "other words",
        )
        .into()
    }
}

/// Classes that the page refused. An unknown alert may mean one, so it is a mismatch.
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

impl GridReading {
    /// A grid without rows or without height says nothing about the scale.
    fn is_laid_out(&self) -> bool {
        self.rows > 0 && self.height > 0.0
    }
}

impl TableReading {
    /// What is drawn, if all parts fit each other.
    fn drawing(self, alerts: Vec<Alert>) -> Result<Drawing, Mismatch> {
        let refused = refused_classes(alerts)?;
        self.check_structure()?;
        let days = shown_days(&self.columns)?;
        let scale = self.checked_scale()?;
        let meetings = self
            .blocks
            .iter()
            .map(|block| self.meeting(block, scale, &days))
            .collect::<Result<_, _>>()?;
        Ok(Drawing {
            days,
            meetings,
            untimed: self.untimed,
            refused,
        })
    }

    fn check_structure(&self) -> Result<(), Mismatch> {
        match self.unknown_parts {
            0 => Ok(()),
            parts => Err(Mismatch::new(Check::Structure, "no unknown parts", parts)),
        }
    }

    /// The scale of the axis. The row and the grid of each column must have the same.
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

    fn meeting(
        &self,
        block: &BlockReading,
        scale: Scale,
        days: &[Weekday],
    ) -> Result<DrawnMeeting, Mismatch> {
        let day = *days
            .get(block.column)
            .ok_or_else(|| Mismatch::new(Check::BlockPlace, "a shown column", block.column))?;
        let time = range_of_block(scale, block.top, block.height)?;
        block.check_place(&self.columns[block.column])?;
        let name = block
            .name
            .clone()
            .ok_or_else(|| Mismatch::new(Check::BlockName, "a name", "none"))?;
        Ok(DrawnMeeting { day, time, name })
    }
}

impl BlockReading {
    /// Checks that the block is where its style says, and inside its column.
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
        // A block narrower than half its column may belong to the next one.
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
}
