//! A page with so many classes, as the site draws it.

use timetable::columns::ColumnReading;
use timetable::geometry::{block_height, block_top};
use timetable::reading::{BlockReading, GridReading, PageReading, TableReading};
use timetable::scale::{AxisRow, Scale};
use timetable::time::{TimeOfDay, TimeRange, Weekday};

const PIXELS_PER_HOUR: f64 = 50.0;
const COLUMN: f64 = 95.0;
const DAYS: usize = 5;

/// Classes of 75 minutes, one after the other through the days.
pub(crate) fn page(classes: u16) -> PageReading {
    let height = 24.0 * PIXELS_PER_HOUR;
    PageReading::Drawn(Box::new(TableReading {
        axis: (0..24).map(axis_row).collect(),
        row_height: height,
        columns: Weekday::ALL.map(column).into(),
        grids: vec![GridReading { rows: 24, height }; DAYS],
        blocks: (0..classes).map(block).collect(),
        untimed: Vec::new(),
        unknown_parts: 0,
    }))
}

fn axis_row(hour: u16) -> AxisRow {
    AxisRow {
        top: PIXELS_PER_HOUR * f64::from(hour),
        height: PIXELS_PER_HOUR,
        label: format!("{hour:02}:00"),
    }
}

fn column(day: Weekday) -> ColumnReading {
    let hidden = day.index() >= DAYS;
    let shown = |figure: f64| if hidden { 0.0 } else { figure };
    let left = shown(COLUMN * day.index() as f64);
    ColumnReading {
        label: day.korean().to_owned(),
        header_left: left,
        header_hidden: hidden,
        left,
        width: shown(COLUMN),
        hidden,
    }
}

fn block(index: u16) -> BlockReading {
    let (day, lesson) = (usize::from(index) % DAYS, index / DAYS as u16);
    let start = 96 + lesson * 18;
    let [from, until] = [start, start + 15].map(|units| TimeOfDay::from_units(units).unwrap());
    let (scale, time) = (
        Scale::new(PIXELS_PER_HOUR).unwrap(),
        TimeRange::new(from, until).unwrap(),
    );
    let (top, height) = (block_top(scale, from), block_height(scale, time));
    BlockReading {
        column: day,
        top,
        height,
        box_top: top,
        box_height: height,
        box_left: COLUMN * day as f64,
        box_width: COLUMN - 1.0,
        name: Some(format!("한국사의 이해 {index}")),
    }
}

/// The API's answer with the same classes.
pub(crate) fn answer(classes: u16) -> String {
    let subjects = (0..classes)
        .map(|index| {
            let (day, start) = (usize::from(index) % DAYS, 96 + index / DAYS as u16 * 18);
            format!(
                "<subject id=\"{index}\"><internal value=\"CSE2613-01\"/>\
                 <name value=\"한국사의 이해 {index}\"/><professor value=\"백서윤\"/>\
                 <time value=\"월 09:00-10:15&lt;br>(인문관 B102)\"><data day=\"{day}\" \
                 starttime=\"{start}\" endtime=\"{}\" place=\"인문관 B102\"/></time>\
                 <place value=\"인문관 B102\"/><credit value=\"3\"/><closed value=\"0\"/></subject>",
                start + 15
            )
        })
        .collect::<Vec<_>>()
        .concat();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><response><table year=\"2026\" semester=\"2\" \
         status=\"1\" identifier=\"AbCdEfGhIjKlMnOpQr12\">{subjects}</table></response>"
    )
}
