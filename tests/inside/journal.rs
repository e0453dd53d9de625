//! The output of a batch as its journal: what remains of an earlier run, and what is refused.

use std::fs;
use std::path::PathBuf;

use gonggang::batch::input::Items;
use gonggang::batch::journal::{self, Earlier, Failures, JournalError};
use gonggang::batch::{BatchError, Remaining};
use tempfile::TempDir;

/// The identifier of the `n`th line of the input.
fn identifier(n: u64) -> String {
    format!("{n:020}")
}

fn input(lines: u64) -> String {
    (1..=lines).map(|n| identifier(n) + "\n").collect()
}

/// A line as batch writes it; only the names matter here.
fn line(n: u64, outcome: &str) -> String {
    let identifier = identifier(n);
    format!("{{\"item\":{n},\"line\":{n},\"identifier\":\"{identifier}\",{outcome}}}\n")
}

fn timetable(n: u64) -> String {
    line(n, "\"timetable\":{\"classes\":[]}")
}

fn fault(n: u64, code: &str) -> String {
    line(n, &format!("\"fault\":{{\"code\":\"{code}\"}}"))
}

struct Output(TempDir);

impl Output {
    fn of(text: &str) -> Self {
        let dir = TempDir::new().unwrap();
        fs::write(dir.path().join("out"), text).unwrap();
        Self(dir)
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("out")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }

    /// The items that a resumed run would still ask.
    fn remaining(&self, input: &str) -> Result<Vec<u64>, BatchError> {
        self.remaining_with(Earlier::Keep, input)
    }

    fn remaining_with(&self, earlier: Earlier, input: &str) -> Result<Vec<u64>, BatchError> {
        let (_file, done) = journal::open(&self.path(), earlier)?;
        let input = std::io::Cursor::new(input.to_owned());
        let items = Remaining::of(Items::of(input), done);
        items.map(|item| Ok(item?.number)).collect()
    }
}

fn refusal(output: &Output, input: &str) -> JournalError {
    match output.remaining(input) {
        Err(BatchError::Output(refused)) => refused,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_answered_item_is_not_read_again() {
    let output = Output::of(&[timetable(1), fault(2, "not_found"), timetable(3)].concat());
    assert_eq!(output.remaining(&input(5)).unwrap(), [4, 5]);
    assert!(output.remaining(&input(3)).unwrap().is_empty());
}

#[test]
fn a_torn_line_is_cut_off_and_its_item_is_read_again() {
    let (whole, torn) = (timetable(1), timetable(2));
    for length in 0..torn.len() {
        let output = Output::of(&(whole.clone() + &torn[..length]));
        assert_eq!(output.remaining(&input(3)).unwrap(), [2, 3], "{length}");
        assert_eq!(output.text(), whole);
    }
}

#[test]
fn failures_at_the_end_are_read_again_and_earlier_ones_are_not() {
    let earlier = [timetable(1), fault(2, "timeout"), fault(3, "not_public")].concat();
    let last = [
        fault(4, "blocked"),
        fault(5, "invalid_link"),
        fault(6, "busy"),
        fault(7, "invalid_link"),
    ];
    let output = Output::of(&(earlier.clone() + &last.concat()));
    assert_eq!(output.remaining(&input(8)).unwrap(), [4, 5, 6, 7, 8]);
    assert_eq!(output.text(), earlier);
}

#[test]
fn invalid_links_at_the_end_are_kept() {
    let text = [timetable(1), fault(2, "invalid_link")].concat();
    let output = Output::of(&text);
    assert_eq!(output.remaining(&input(3)).unwrap(), [3]);
    assert_eq!(output.text(), text);
}

#[test]
fn lines_out_of_order_leave_gaps_that_are_filled() {
    let text = [2, 5, 1, 9, 6].map(timetable).concat();
    let output = Output::of(&text);
    assert_eq!(output.remaining(&input(10)).unwrap(), [3, 4, 7, 8, 10]);
}

#[test]
fn another_input_is_refused_wherever_it_differs() {
    let output = Output::of(&[timetable(1), timetable(2), timetable(3)].concat());
    let other = input(5).replace(&identifier(2), &identifier(7));
    let moved = format!("\n{}", input(5));
    let shorter = input(2);
    for (input, differs) in [(other, 2), (moved, 1), (shorter, 3), (String::new(), 1)] {
        let refused = refusal(&output, &input);
        assert!(
            matches!(refused, JournalError::OtherInput { item } if item == differs),
            "{refused}"
        );
    }
}

#[test]
fn a_file_that_is_no_journal_is_refused_and_not_changed() {
    for text in [
        "hello\n",
        "{\"item\":1}\n",
        "\n",
        "{\"item\":1,\"line\":1,\"identifier\":null}\n",
    ] {
        let text = timetable(1) + text;
        let output = Output::of(&text);
        let refused = refusal(&output, &input(3));
        assert!(
            matches!(refused, JournalError::NotABatch { line: 2 }),
            "{refused}"
        );
        assert_eq!(output.text(), text);
    }
}

#[test]
fn an_output_that_is_not_empty_requires_resume() {
    let output = Output::of(&timetable(1));
    let refused = journal::open(&output.path(), Earlier::Refuse).err();
    assert!(matches!(refused, Some(JournalError::Exists)), "{refused:?}");
    assert_eq!(output.text(), timetable(1));
}

#[test]
fn an_output_belongs_to_one_run_at_a_time() {
    let output = Output::of("");
    let (mut file, _) = journal::open(&output.path(), Earlier::Keep).unwrap();
    file.write(timetable(1).as_bytes()).unwrap();
    let refused = journal::open(&output.path(), Earlier::Keep).err();
    assert!(matches!(refused, Some(JournalError::InUse)), "{refused:?}");
    drop(file);
    assert_eq!(output.remaining(&input(2)).unwrap(), [2]);
}

#[test]
fn remaining_failures_are_reported() {
    let text = [
        timetable(1),
        fault(2, "timeout"),
        fault(3, "blocked"),
        fault(4, "not_found"),
        fault(5, "busy"),
    ];
    let output = Output::of(&text.concat());
    let (_file, done) = journal::open(&output.path(), Earlier::Keep).unwrap();
    let remaining = Failures {
        count: 2,
        last_code: Some("blocked".to_owned()),
    };
    // The last one is cut off, to be asked again.
    assert_eq!((done.failures(), done.count()), (&remaining, 4));
}

#[test]
fn failures_are_removed_and_read_again_on_demand() {
    let text = [
        timetable(1),
        fault(2, "timeout"),
        fault(3, "invalid_link"),
        fault(4, "not_found"),
        fault(5, "blocked"),
        timetable(6),
        fault(7, "busy"),
    ];
    let output = Output::of(&text.concat());
    let remaining = output
        .remaining_with(Earlier::RetryFailed, &input(8))
        .unwrap();
    assert_eq!(remaining, [2, 5, 7, 8]);
    let left = [&text[0], &text[2], &text[3], &text[5]].map(String::as_str);
    assert_eq!(output.text(), left.concat());
    let (_file, done) = journal::open(&output.path(), Earlier::RetryFailed).unwrap();
    assert_eq!(done.failures(), &Failures::default());
    let names = fs::read_dir(output.0.path()).unwrap().count();
    assert_eq!(names, 1, "no other file is left");
}

#[test]
fn an_output_whose_failures_are_read_again_belongs_to_one_run_at_a_time() {
    let output = Output::of(&[fault(1, "timeout"), timetable(2)].concat());
    let before = fs::File::open(output.path()).unwrap();
    let (mut file, done) = journal::open(&output.path(), Earlier::RetryFailed).unwrap();
    assert_eq!(done.count(), 1);
    // Neither the new file nor the one that another run may have opened before.
    let refused = journal::open(&output.path(), Earlier::RetryFailed).err();
    assert!(matches!(refused, Some(JournalError::InUse)), "{refused:?}");
    assert!(before.try_lock().is_err());
    file.write(timetable(1).as_bytes()).unwrap();
    assert_eq!(output.text(), [timetable(2), timetable(1)].concat());
}

#[test]
fn a_symbolic_link_to_the_output_stays_a_link() {
    let output = Output::of(&[fault(1, "timeout"), timetable(2)].concat());
    let link = output.0.path().join("link");
    std::os::unix::fs::symlink(output.path(), &link).unwrap();
    journal::open(&link, Earlier::RetryFailed).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(output.text(), timetable(2));
}
