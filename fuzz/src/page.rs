//! A page that is drawn as the site draws it, and then spoiled.
//!
//! Random figures alone would hardly ever amount to a table, so the bytes say what is drawn and
//! which of its figures are changed afterwards.

use crate::timetable::columns::ColumnReading;
use crate::timetable::reading::{
    BlockData, BlockReading, GridReading, MenuEntry, PageReading, TableReading,
};
use crate::timetable::scale::AxisRow;
use crate::timetable::time::{UNITS_PER_DAY, Weekday};
use crate::timetable::{Timetable, UntimedClass};
use arbitrary::Arbitrary;

use crate::identifier;

/// A page and the alerts that opened on it.
#[derive(Debug, Arbitrary)]
pub struct Page {
    table: Table,
    spoils: Vec<Spoil>,
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
    jquery: bool,
    blocks: Vec<Block>,
    untimed: Vec<String>,
    menu: Vec<Entry>,
    owned: bool,
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
    color: Option<u8>,
}

#[derive(Debug, Arbitrary)]
struct Entry {
    label: Label,
    own: bool,
    active: bool,
}

#[derive(Debug, Arbitrary)]
enum Label {
    Term(u16, u8),
    Words(String),
}

#[derive(Debug, Arbitrary)]
enum AlertBox {
    Overlap(String),
    Duplicate,
    TooMany,
    Unknown(String),
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
        self.alerts.iter().map(AlertBox::text).collect()
    }

    /// Whether it is a page as the site draws it, so that a reader must accept it.
    pub fn is_untouched(&self) -> bool {
        let known = |alert: &AlertBox| !matches!(alert, AlertBox::Unknown(_));
        self.instead < 248
            && self.spoils.is_empty()
            && self.table.owned
            && self.alerts.iter().all(known)
    }

    /// Whether the timetable has the very classes that were drawn.
    pub fn is_read_exactly(&self, timetable: &Timetable) -> bool {
        let mut drawn: Vec<_> = self.table.meetings().map(|(_, meeting)| meeting).collect();
        drawn.sort_unstable();
        let read = timetable.classes.iter().map(|class| {
            let time = class.time;
            (class.day.index(), time.start().units(), time.end().units())
        });
        read.eq(drawn)
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
            untimed: self.untimed.iter().map(|name| untimed(name)).collect(),
            menu: self.menu.iter().map(Entry::reading).collect(),
            owned: self.owned,
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
        self.blocks.iter().filter_map(|block| {
            let [one, other] = [block.start, block.end].map(|units| units % (UNITS_PER_DAY + 1));
            let day = usize::from(block.day) % self.days();
            (one != other).then_some((block, (day, one.min(other), one.max(other))))
        })
    }

    fn blocks(&self) -> Vec<BlockReading> {
        self.meetings()
            .map(|(block, meeting)| self.block(block, meeting))
            .collect()
    }

    /// Drawn by the page's formula, written anew: the reader's own must not be its only witness.
    fn block(&self, block: &Block, (day, start, end): (usize, u16, u16)) -> BlockReading {
        let (p, column) = (self.pixels(), self.column(day));
        let top = p * f64::from(start / 12) + (p * f64::from(start % 12) / 12.0).floor();
        let height = (p * f64::from(end - start) / 12.0 + 0.5).floor() + 1.0;
        let data = BlockData {
            day: day as f64,
            start: start.into(),
            end: end.into(),
        };
        BlockReading {
            column: day,
            top,
            height,
            box_top: top,
            box_height: height,
            box_left: column.left,
            box_width: column.width - 1.0,
            name: Some(block.name.clone()),
            professor: String::new(),
            place: String::new(),
            color: block.color,
            data: self.jquery.then_some(data),
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

fn untimed(name: &str) -> UntimedClass {
    UntimedClass {
        name: name.to_owned(),
        place: String::new(),
        not_drawn: false,
    }
}

impl Entry {
    fn reading(&self) -> MenuEntry {
        let href = if self.own {
            format!("/@{}", identifier().as_str())
        } else {
            "/@00000000000000000000".to_owned()
        };
        MenuEntry {
            label: self.label.text(),
            href,
            active: self.active,
        }
    }
}

impl Label {
    fn text(&self) -> String {
        match self {
            Label::Term(year, semester) => {
                let semester = ["1", "2", "여름", "겨울"][usize::from(semester % 4)];
                format!("{year}년 {semester}학기")
            }
            Label::Words(words) => words.clone(),
        }
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

/// Every length and place of the table, and the page's own values.
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

fn block_figures(block: &mut BlockReading) -> Vec<&mut f64> {
    let mut figures = vec![
        &mut block.top,
        &mut block.height,
        &mut block.box_top,
        &mut block.box_height,
        &mut block.box_left,
        &mut block.box_width,
    ];
    if let Some(data) = &mut block.data {
        figures.extend([&mut data.day, &mut data.start, &mut data.end]);
    }
    figures
}
