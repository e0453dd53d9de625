//! A page that is drawn as the site draws it from an answer, and then spoiled, and the answer with it.
//!
//! Random figures alone would hardly ever amount to a table, so the bytes say what is drawn and
//! which figures of the page and which parts of the answer are changed afterwards.

use arbitrary::Arbitrary;
use timetable::Timetable;
use timetable::columns::ColumnReading;
use timetable::reading::{BlockReading, GridReading, PagePart, PageReading, TableReading};
use timetable::scale::AxisRow;
use timetable::time::{UNITS_PER_DAY, Weekday};

use crate::identifier;

/// A page, the alerts that opened on it and the answer that it was drawn from.
#[derive(Debug, Arbitrary)]
pub struct Page {
    table: Table,
    /// Classes of the answer that the page refused.
    refused: Vec<Refused>,
    spoils: Vec<Spoil>,
    answer_spoils: Vec<AnswerSpoil>,
    /// What is shown instead of a table, for a few of all values.
    instead: u8,
    notice: String,
    alerts: Vec<AlertBox>,
}

#[derive(Debug, Arbitrary)]
struct Table {
    scale: Pixels,
    half_hours: bool,
    days: u8,
    left: i16,
    width: u8,
    grids: bool,
    blocks: Vec<Block>,
    untimed: Vec<String>,
}

#[derive(Debug, Arbitrary)]
enum Pixels {
    Fifty,
    Sixty,
    /// Above the least scale, in 1/32 px: half of that is layout's own noise about a whole scale.
    Other(u16),
}

#[derive(Debug, Arbitrary)]
struct Block {
    day: u8,
    start: u16,
    end: u16,
    name: String,
}

#[derive(Debug, Arbitrary)]
struct Refused {
    class: Block,
    alert: Why,
}

#[derive(Debug, Arbitrary)]
enum Why {
    Overlap,
    Duplicate,
    TooMany,
}

/// An alert that no class of the answer explains.
#[derive(Debug, Arbitrary)]
enum AlertBox {
    Overlap(String),
    Duplicate,
    TooMany,
    Unknown(String),
}

/// One change to the answer.
#[derive(Debug, Arbitrary)]
enum AnswerSpoil {
    Status(i8),
    Identifier,
    Drop(u8),
    Twice(u8),
    Rename(u8, String),
    Move(u8, u8, u16, u16),
    Http(u16),
    Cut(u16),
    Nothing,
}

/// One change to a drawn table.
#[derive(Debug, Arbitrary)]
enum Spoil {
    Figure(u16, Change),
    HideBody(u8),
    HideHead(u8),
    Relabel(u8, u8),
    SwapColumns(u8, u8),
    DropColumn,
    DropAxisRow,
    AxisLabel(u8, String),
    GridRows(u8, u8),
    MoveBlock(u8, u8),
    Nameless(u8),
    UnknownPart,
}

#[derive(Debug, Arbitrary)]
enum Change {
    /// In 1/16 px.
    Add(i8),
    Set(f32),
}

impl Page {
    /// What a reader finds.
    pub fn reading(&self) -> PageReading {
        match self.instead {
            244 => PageReading::Idle,
            245 => PageReading::Foreign {
                missing: PagePart::Container,
            },
            246 => PageReading::Foreign {
                missing: PagePart::Tablebody,
            },
            247 => PageReading::Notice {
                text: "공개되지 않은 시간표입니다".to_owned(),
            },
            248 => PageReading::Notice {
                text: self.notice.clone(),
            },
            249 => PageReading::Left,
            250 => PageReading::Unreachable,
            251 => PageReading::Refused { status: 403 },
            252 => PageReading::Silent { status: 0 },
            253 => PageReading::Silent { status: 500 },
            254 => PageReading::Waiting,
            255 => PageReading::Unfamiliar,
            _ => PageReading::Drawn(Box::new(self.spoiled_table())),
        }
    }

    /// The alerts' texts.
    pub fn alerts(&self) -> Vec<String> {
        let refused = self.refused.iter().map(Refused::alert);
        refused
            .chain(self.alerts.iter().map(AlertBox::text))
            .collect()
    }

    /// Status and body of the answer; `None` where it is not known.
    pub fn answer(&self) -> Option<(u16, Vec<u8>)> {
        let mut answer = Answer::of(self);
        for spoil in &self.answer_spoils {
            spoil.apply(&mut answer)?;
        }
        Some((answer.status, answer.body()))
    }

    /// Whether page and answer are as the site makes them, so that a reader must accept them.
    pub fn is_untouched(&self) -> bool {
        self.instead < 244
            && self.spoils.is_empty()
            && self.answer_spoils.is_empty()
            && self.alerts.is_empty()
            && self
                .refused
                .iter()
                .all(|refused| !refused.is_drawn_too(&self.table))
    }

    /// Whether the timetable has the very classes that were drawn or refused.
    pub fn is_read_exactly(&self, timetable: &Timetable) -> bool {
        let drawn = self.table.meetings().map(|(_, meeting)| meeting);
        let refused = self.refused.iter().filter_map(Refused::meeting);
        let mut meetings: Vec<_> = drawn.chain(refused).collect();
        meetings.sort_unstable();
        let read = timetable.classes.iter().map(|class| {
            let time = class.time;
            (class.day.index(), time.start().units(), time.end().units())
        });
        read.eq(meetings)
    }

    fn spoiled_table(&self) -> TableReading {
        let mut table = self.table.reading();
        for spoil in &self.spoils {
            spoil.apply(&mut table);
        }
        table
    }
}

impl Table {
    fn reading(&self) -> TableReading {
        let height = self.pixels() * 24.0;
        let rows = if self.half_hours { 48 } else { 24 };
        let grids = if self.grids { self.days() } else { 0 };
        TableReading {
            axis: (0..rows).map(|row| axis_row(row, rows, height)).collect(),
            row_height: height,
            columns: (0..7).map(|index| self.column(index)).collect(),
            grids: vec![
                GridReading {
                    rows: rows as u32,
                    height
                };
                grids
            ],
            blocks: self.blocks(),
            untimed: self.untimed.clone(),
            unknown_parts: 0,
        }
    }

    /// Pixels an hour, between the least and the most that can be read.
    fn pixels(&self) -> f64 {
        match self.scale {
            Pixels::Fifty => 50.0,
            Pixels::Sixty => 60.0,
            Pixels::Other(steps) => 25.0 + f64::from(steps % (575 * 32)) / 32.0,
        }
    }

    fn days(&self) -> usize {
        5 + usize::from(self.days % 3)
    }

    fn column(&self, index: usize) -> ColumnReading {
        let hidden = index >= self.days();
        let width = f64::from(self.width).max(3.0);
        let left = f64::from(self.left) + width * index as f64;
        let (left, width) = if hidden { (0.0, 0.0) } else { (left, width) };
        ColumnReading {
            label: Weekday::ALL[index].korean().to_owned(),
            header_left: left,
            header_hidden: hidden,
            left,
            width,
            hidden,
        }
    }

    /// Day, start and end in units of the blocks that can be drawn at all.
    fn meetings(&self) -> impl Iterator<Item = (&Block, (usize, u16, u16))> {
        let placed = |block| Some((block, Block::meeting(block, self.days())?));
        self.blocks.iter().filter_map(placed)
    }

    fn blocks(&self) -> Vec<BlockReading> {
        self.meetings()
            .map(|(block, meeting)| self.block(block, meeting))
            .collect()
    }

    /// Drawn by the page's formula, written a second time: the reader's own formula must not test itself.
    fn block(&self, block: &Block, (day, start, end): (usize, u16, u16)) -> BlockReading {
        let (p, column) = (self.pixels(), self.column(day));
        let top = p * f64::from(start / 12) + (p * f64::from(start % 12) / 12.0).floor();
        let height = (p * f64::from(end - start) / 12.0 + 0.5).floor() + 1.0;
        BlockReading {
            column: day,
            top,
            height,
            box_top: top,
            box_height: height,
            box_left: column.left,
            box_width: column.width - 1.0,
            name: Some(block.name.clone()),
        }
    }
}

fn axis_row(row: usize, rows: usize, height: f64) -> AxisRow {
    let pitch = height / rows as f64;
    let minutes = row * 24 * 60 / rows;
    AxisRow {
        top: pitch * row as f64,
        height: pitch,
        label: format!("{:02}:{:02}", minutes / 60, minutes % 60),
    }
}

impl Block {
    /// Day, start and end in units; `None` for one that has no length.
    fn meeting(&self, days: usize) -> Option<(usize, u16, u16)> {
        let [one, other] = [self.start, self.end].map(|units| units % (UNITS_PER_DAY + 1));
        let day = usize::from(self.day) % days;
        (one != other).then_some((day, one.min(other), one.max(other)))
    }
}

impl Refused {
    fn meeting(&self) -> Option<(usize, u16, u16)> {
        self.class.meeting(Weekday::ALL.len())
    }

    fn alert(&self) -> String {
        match self.alert {
            Why::Overlap => AlertBox::Overlap(self.class.name.clone()).text(),
            Why::Duplicate => AlertBox::Duplicate.text(),
            Why::TooMany => AlertBox::TooMany.text(),
        }
    }

    /// Then a page may not tell which of the two it drew.
    fn is_drawn_too(&self, table: &Table) -> bool {
        let meeting = self.meeting();
        meeting.is_none() && !table.untimed.is_empty()
            || table.meetings().any(|(_, drawn)| Some(drawn) == meeting)
    }
}

/// The answer that a page is drawn from.
struct Answer {
    status: u16,
    table_status: i8,
    identifier: String,
    subjects: Vec<Subject>,
    length: usize,
}

#[derive(Clone)]
struct Subject {
    name: String,
    meeting: Option<(usize, u16, u16)>,
}

impl Answer {
    fn of(page: &Page) -> Self {
        let drawn = page.table.meetings().map(|(block, meeting)| Subject {
            name: block.name.clone(),
            meeting: Some(meeting),
        });
        let untimed = page.table.untimed.iter().map(|name| Subject {
            name: name.clone(),
            meeting: None,
        });
        let refused = page.refused.iter().map(|refused| Subject {
            name: refused.class.name.clone(),
            meeting: refused.meeting(),
        });
        Self {
            status: 200,
            table_status: 1,
            identifier: identifier().as_str().to_owned(),
            subjects: drawn.chain(untimed).chain(refused).collect(),
            length: usize::MAX,
        }
    }

    fn body(&self) -> Vec<u8> {
        let subjects = self.subjects.iter().enumerate();
        let subjects: String = subjects.map(|(id, subject)| subject.written(id)).collect();
        let (status, identifier) = (self.table_status, &self.identifier);
        let mut body = format!(
            "<response><table year=\"2026\" semester=\"2\" status=\"{status}\" \
             identifier=\"{identifier}\">{subjects}</table></response>"
        )
        .into_bytes();
        body.truncate(self.length);
        body
    }
}

impl Subject {
    fn written(&self, id: usize) -> String {
        let name = self.name.replace('&', "&amp;").replace('<', "&lt;");
        let name = name.replace('"', "&quot;");
        let data = self.meeting.map_or_else(String::new, |(day, start, end)| {
            format!("<data day=\"{day}\" starttime=\"{start}\" endtime=\"{end}\"/>")
        });
        format!("<subject id=\"{id}\"><name value=\"{name}\"/><time>{data}</time></subject>")
    }
}

impl AnswerSpoil {
    /// `None`: nothing is known of the answer any more.
    fn apply(&self, answer: &mut Answer) -> Option<()> {
        match self {
            Self::Status(status) => answer.table_status = *status,
            Self::Identifier => answer.identifier = "0".repeat(20),
            Self::Drop(index) => {
                let index = usize::from(*index);
                if index < answer.subjects.len() {
                    answer.subjects.remove(index);
                }
            }
            Self::Twice(index) => {
                let again = answer.subjects.get(usize::from(*index)).cloned();
                answer.subjects.extend(again);
            }
            Self::Rename(index, name) => {
                on(&mut answer.subjects, *index, |s| s.name.clone_from(name));
            }
            Self::Move(index, day, start, end) => on(&mut answer.subjects, *index, |subject| {
                subject.meeting = Some((usize::from(*day), *start, *end));
            }),
            Self::Http(status) => answer.status = *status,
            Self::Cut(length) => answer.length = usize::from(*length),
            Self::Nothing => return None,
        }
        Some(())
    }
}

impl AlertBox {
    fn text(&self) -> String {
        match self {
            AlertBox::Overlap(name) => format!("{name} 수업과 같은 시간에 이미 수업이 있습니다"),
            AlertBox::Duplicate => "이미 추가한 수업입니다.".to_owned(),
            AlertBox::TooMany => "30개 이상 수업을 추가할 수 없습니다.".to_owned(),
            AlertBox::Unknown(text) => text.clone(),
        }
    }
}

impl Spoil {
    fn apply(&self, table: &mut TableReading) {
        match self {
            Spoil::Figure(index, change) => change.apply(pick(&mut figures(table), *index)),
            Spoil::HideBody(index) => on(&mut table.columns, *index, |c| c.hidden ^= true),
            Spoil::HideHead(index) => on(&mut table.columns, *index, |c| c.header_hidden ^= true),
            Spoil::Relabel(index, day) => on(&mut table.columns, *index, |c| {
                c.label = Weekday::ALL[usize::from(day % 7)].korean().to_owned();
            }),
            Spoil::SwapColumns(a, b) => {
                let [a, b] = [a, b].map(|index| usize::from(*index));
                if a.max(b) < table.columns.len() {
                    table.columns.swap(a, b);
                }
            }
            Spoil::DropColumn => drop(table.columns.pop()),
            Spoil::DropAxisRow => drop(table.axis.pop()),
            Spoil::AxisLabel(index, label) => {
                on(&mut table.axis, *index, |row| row.label.clone_from(label));
            }
            Spoil::GridRows(index, rows) => on(&mut table.grids, *index, |grid| {
                grid.rows = u32::from(*rows);
            }),
            Spoil::MoveBlock(index, column) => on(&mut table.blocks, *index, |block| {
                block.column = usize::from(*column);
            }),
            Spoil::Nameless(index) => on(&mut table.blocks, *index, |block| block.name = None),
            Spoil::UnknownPart => table.unknown_parts += 1,
        }
    }
}

impl Change {
    fn apply(&self, figure: &mut f64) {
        match self {
            Change::Add(sixteenths) => *figure += f64::from(*sixteenths) / 16.0,
            Change::Set(value) => *figure = f64::from(*value),
        }
    }
}

/// Changes the part that `index` names, if there is one.
fn on<T>(parts: &mut [T], index: u8, change: impl FnOnce(&mut T)) {
    if let Some(part) = parts.get_mut(usize::from(index)) {
        change(part);
    }
}

/// There is always one: the row's height at least.
fn pick<'a>(figures: &'a mut [&mut f64], index: u16) -> &'a mut f64 {
    let index = usize::from(index) % figures.len();
    figures[index]
}

/// Every length and place of the table.
fn figures(table: &mut TableReading) -> Vec<&mut f64> {
    let row = std::iter::once(&mut table.row_height);
    let axis = table
        .axis
        .iter_mut()
        .flat_map(|row| [&mut row.top, &mut row.height]);
    let columns = table
        .columns
        .iter_mut()
        .flat_map(|column| [&mut column.header_left, &mut column.left, &mut column.width]);
    let grids = table.grids.iter_mut().map(|grid| &mut grid.height);
    let blocks = table.blocks.iter_mut().flat_map(block_figures);
    row.chain(blocks)
        .chain(columns)
        .chain(grids)
        .chain(axis)
        .collect()
}

fn block_figures(block: &mut BlockReading) -> [&mut f64; 6] {
    [
        &mut block.top,
        &mut block.height,
        &mut block.box_top,
        &mut block.box_height,
        &mut block.box_left,
        &mut block.box_width,
    ]
}
