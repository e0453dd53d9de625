//! What the crate `timetable` costs: `cargo bench --bench floor`. No browser and no network.

#![allow(clippy::unwrap_used, reason = "a measurement")]

mod drawn;

use divan::{Bencher, black_box};
use timetable::Timetable;
use timetable::answer::{ApiAnswer, Received};
use timetable::day_slots::day_slots;
use timetable::free::{Person, Question, common};
use timetable::reading::{PageReading, timetable};
use timetable::render::{svg, words};
use timetable::share_link::{Identifier, ShareLink};
use timetable::slots::{Granularity, Rounding, busy_slots};

/// Weekly meetings of a timetable: few, usual, and as many as the page draws.
const CLASSES: [u16; 3] = [1, 8, 30];

fn main() {
    divan::main();
}

fn identifier() -> Identifier {
    "AbCdEfGhIjKlMnOpQr12".parse().unwrap()
}

fn of(classes: u16) -> Timetable {
    read(drawn::page(classes), &drawn::answer(classes))
}

fn read(page: PageReading, answer: &str) -> Timetable {
    let received = Received {
        status: 200,
        body: Some(answer.as_bytes()),
    };
    timetable(&identifier(), page, &[], Some(received)).unwrap()
}

#[divan::bench]
fn share_message_to_link() -> ShareLink {
    let message = "에브리타임에서 친구의 2026년 2학기 시간표를 확인해보세요!\n\
                   https://everytime.kr/app/@AbCdEfGhIjKlMnOpQr12";
    black_box(message).parse().unwrap()
}

/// From the text of the driver and the recorded answer.
#[divan::bench(args = CLASSES)]
fn page_reading_to_timetable(bencher: Bencher, classes: u16) {
    let text = serde_json::to_string(&drawn::page(classes)).unwrap();
    let answer = drawn::answer(classes);
    bencher.bench(|| {
        let page: PageReading = serde_json::from_str(black_box(&text)).unwrap();
        read(page, black_box(&answer))
    });
}

#[divan::bench(args = CLASSES)]
fn timetable_to_half_hours(bencher: Bencher, classes: u16) {
    let timetable = of(classes);
    bencher.bench(|| {
        busy_slots(
            black_box(&timetable),
            Granularity::HALF_HOUR,
            Rounding::Cover,
        )
    });
}

#[divan::bench(args = CLASSES)]
fn timetable_to_busy_and_free_five_minutes(bencher: Bencher, classes: u16) {
    let (timetable, five) = (of(classes), Granularity::try_from(5).unwrap());
    bencher.bench(|| day_slots(black_box(&timetable), five, Rounding::Cover));
}

#[divan::bench(args = CLASSES)]
fn timetable_to_json(bencher: Bencher, classes: u16) {
    let timetable = of(classes);
    bencher.bench(|| serde_json::to_vec(black_box(&timetable)).unwrap());
}

#[divan::bench(args = CLASSES)]
fn timetable_to_picture(bencher: Bencher, classes: u16) {
    let timetable = of(classes);
    bencher.bench(|| svg::week(black_box(&timetable), &words::KOREAN));
}

/// Of so many people with eight meetings each.
#[divan::bench(args = [2, 10, 50])]
fn common_free_time(bencher: Bencher, people: usize) {
    let (timetable, question) = (of(8), Question::default());
    let person = |link| Person {
        link,
        timetable: &timetable,
    };
    let all: Vec<_> = (0..people).map(person).collect();
    bencher.bench(|| common(black_box(&all), &question));
}

/// Of the API's answer, with all checks.
#[divan::bench(args = CLASSES)]
fn answer_to_timetable(bencher: Bencher, classes: u16) {
    let body = drawn::answer(classes);
    bencher.bench(|| {
        let answer = ApiAnswer::parse(&identifier(), black_box(body.as_bytes()));
        answer.unwrap().timetable()
    });
}
