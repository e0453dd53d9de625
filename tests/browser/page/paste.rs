//! One paste is enough: what is read at once, what a key reads, and what is said of the rest.

use serde_json::json;

use super::stage::{held_back, serving};
use super::visitor::{ANY, Visitor, played};

#[tokio::test]
#[ignore = "make test-all"]
async fn a_pasted_link_is_read_at_once_and_the_next_one_is_added() {
    let value = played(
        ANY,
        "pasted",
        "insert('#links', '안녕하세요');
         await frame(); const idle = requests.length;
         type('#links', '');
         insert('#links', `에브리타임에서 친구의 2026년 2학기 시간표를 확인해보세요!\\n${link('weekday')}`);
         await settled();
         const first = requests.map((one) => one.split('/').pop()), said = texts('#found p');
         insert('#links', link('sunday')); await until(() => requests.length > first.length); await settled();
         const second = requests.slice(first.length).map((one) => one.split('/').pop());
         const lines = $('#links').value;
         type('#links', `${link('weekday')}${link('sunday')}`);
         $('#links').dispatchEvent(new InputEvent('input', { inputType: 'insertFromPaste' }));
         await settled();
         return { idle, first, said, second, lines, apart: $('#links').value.trim().split('\\n').length }",
    )
    .await;
    assert_eq!(value["idle"], 0, "a text without a link reads nothing");
    assert_eq!(value["first"], json!(["weekday0000000000000"]));
    assert_eq!(value["said"], json!(["시간표 링크 1개를 찾았어요."]));
    let second = json!(["sunday00000000000000", "free"]);
    assert_eq!(value["second"], second, "what was read is not read again");
    let lines = value["lines"].as_str().unwrap();
    assert!(
        lines.ends_with("@weekday0000000000000\nhttps://everytime.kr/@sunday00000000000000\n"),
        "{lines}"
    );
    assert_eq!(value["apart"], 2, "links that were run together are parted");
}

#[tokio::test]
#[ignore = "make test-all"]
async fn ctrl_and_enter_read_and_enter_alone_reads_a_single_line() {
    let value = played(
        ANY,
        "keys",
        "type('#links', link('weekday')); key('#links', 'Enter'); await settled();
         const single = requests.length;
         type('#links', `${link('weekday')}\\n${link('sunday')}`); key('#links', 'Enter'); await frame();
         const lines = requests.length;
         key('#links', 'Enter', { isComposing: true, ctrlKey: true }); await frame();
         const composing = requests.length;
         key('#links', 'Enter', { ctrlKey: true }); await until(() => requests.length > composing); await settled();
         return { single, lines, composing, ctrl: requests.length }",
    )
    .await;
    assert_eq!(
        value,
        json!({"single": 1, "lines": 1, "composing": 1, "ctrl": 4})
    );
}

#[tokio::test]
#[ignore = "make test-all"]
async fn lines_without_a_link_are_named_but_not_while_they_are_written() {
    let value = played(
        ANY,
        "lines",
        "const said = [];
         type('#links', `민수: ${link('weekday')}\\n지우는 나중에\\n\\n에브리타임에서 친구의 2026년 2학기 시간표를 확인해보세요!`);
         said.push(texts('#found p'));
         $('#links').focus(); $('#links').setSelectionRange(70, 70); $('#links').dispatchEvent(new Event('input'));
         const writing = $('#links').value.slice(0, 70).split('\\n').length;
         said.push(texts('#found p'));
         type('#links', [link('weekday'), 'a', 'b', 'c', 'd', 'e'].join('\\n')); $('#links').blur(); $('#links').dispatchEvent(new Event('change'));
         said.push(texts('#found p'));
         return { said, writing }",
    )
    .await;
    let found = "시간표 링크 1개를 찾았어요.";
    assert_eq!(
        value["said"][0],
        json!([found, "링크가 없는 줄이에요: 지우는 나중에"])
    );
    assert_eq!(value["writing"], 4, "the line that is being written");
    assert_eq!(
        value["said"][1],
        json!([found, "링크가 없는 줄이에요: 지우는 나중에"])
    );
    let many = json!([
        found,
        "링크가 없는 줄이에요: a",
        "링크가 없는 줄이에요: b",
        "링크가 없는 줄이에요: c",
        "링크가 없는 줄이 2개 더 있어요."
    ]);
    assert_eq!(value["said"][2], many);
}

#[tokio::test]
#[ignore = "make test-all"]
async fn progress_counts_what_was_read() {
    let value = played(
        ANY,
        "progress-read",
        "let go; const gate = new Promise((open) => { go = open; });
         const asked = window.fetch;
         window.fetch = async (address, options) => { if (String(address).includes('sunday')) await gate; return asked(address, options); };
         paste(link('weekday'), link('private'), link('empty'), link('sunday'));
         await until(() => Number($('#progress-bar').value) === 3);
         const during = $('#progress-text').innerText;
         go(); await settled();
         return { during, heading: $('#results-heading').innerText }",
    )
    .await;
    assert_eq!(
        value["during"], "4개 중 2개를 읽었어요",
        "a fault is not read"
    );
    assert_eq!(value["heading"], "4명 중 3명의 시간표");
    let visitor = Visitor::with(ANY);
    let url = serving(&held_back(), &[]).await;
    let scene = "
        paste(link('a'), link('b'), link('c'), link('d'));
        await until(() => shown('#progress'));
        return $('#progress-text').innerText";
    let seen = visitor.plays(&url, "progress-none", scene).await;
    visitor.leaves();
    assert_eq!(seen["value"], "4개 중 0개를 읽었어요");
}
