//! Nothing is lost while the tab lives, and nothing is left of it beyond: reload, back, and clearing.

use serde_json::{Value, json};
use webdriver_fleet::Browser;

use super::stage::{everything, serving};
use super::tab::Tab;

const READ: &str = "
    $('#links').value = `민수: ${link('weekday')}\\n${link('private')}\\n지우: ${link('sunday')}`;
    $('#links').dispatchEvent(new Event('input')); $('#go').click(); await settled();
    $('#question summary').click();
    const box = document.querySelectorAll('.day-box input')[5]; box.click();
    await until(() => texts('.heat thead th').length === 7);
    return { ...sight(), asked: asked().length }";
const LOOK: &str = "await settled(); return { ...sight(), asked: asked().length }";
/// All that a page can leave outside its tab.
const LEFT: &str = "
    return { local: JSON.stringify({ ...localStorage }), cookies: document.cookie, bases: (await indexedDB.databases()).length,
             caches: (await caches.keys()).length, tab: JSON.stringify({ ...sessionStorage }), address: location.href }";

async fn keeps_for_the_tab_alone(kind: Browser) {
    let url = serving(&everything(), &[]).await;
    let tab = Tab::open(kind).await;
    tab.goes_to(&url).await;
    let read = tab.plays(READ).await;
    assert_eq!(read["chips"].as_array().unwrap().len(), 3, "{read}");
    assert_eq!(read["faults"], json!(["not_public"]));
    tab.reloads().await;
    is_as_before(&tab.plays(LOOK).await, &read, "reloaded");
    tab.goes_to(&format!("{url}/livez")).await;
    tab.goes_back().await;
    is_as_before(&tab.plays(LOOK).await, &read, "come back to");
    let left = tab.plays(LEFT).await;
    for place in ["local", "cookies", "address"] {
        let text = left[place].as_str().unwrap();
        assert!(
            !text.contains("000") && !text.contains("민수"),
            "{place}: {text}"
        );
    }
    assert_eq!((&left["bases"], &left["caches"]), (&json!(0), &json!(0)));
    assert!(left["tab"].as_str().unwrap().contains("민수"));
    let cleared = tab
        .plays("await settled(); $('#clear').click(); return { tab: sessionStorage.length, shown: $('#results').checkVisibility(), text: $('#links').value }")
        .await;
    assert_eq!(cleared, json!({"tab": 0, "shown": false, "text": ""}));
    tab.reloads().await;
    let after = tab
        .plays("return [$('#results').checkVisibility(), $('#links').value, sessionStorage.length]")
        .await;
    assert_eq!(after, json!([false, "", 0]));
    tab.closes().await;
}

fn is_as_before(now: &Value, before: &Value, how: &str) {
    for part in ["text", "chips", "heading", "cells", "faults", "shown"] {
        assert_eq!(now[part], before[part], "{part} of a page that was {how}");
    }
    let is_new = how == "reloaded";
    assert!(
        !is_new || now["asked"] == 0,
        "nothing is asked again: {now}"
    );
}

#[tokio::test]
async fn a_reload_and_a_way_back_keep_links_names_and_answers_and_clearing_forgets_them() {
    keeps_for_the_tab_alone(Browser::Chromium).await;
}

#[tokio::test]
#[ignore = "make test-all"]
async fn firefox_keeps_them_for_the_tab_alone_too() {
    keeps_for_the_tab_alone(Browser::Firefox).await;
}

#[tokio::test]
#[ignore = "make test-all"]
async fn a_reload_asks_again_for_the_common_time_that_could_not_be_had() {
    let url = serving(&everything(), &[]).await;
    let tab = Tab::open(Browser::Chromium).await;
    tab.goes_to(&url).await;
    let before = tab
        .plays(
            "const real = window.fetch;
             window.fetch = (address, options) => address === '/v1/free' ? Promise.reject(new TypeError('network')) : real(address, options);
             $('#links').value = `${link('weekday')}\\n${link('sunday')}`; $('#go').click(); await settled();
             return sight().faults",
        )
        .await;
    assert_eq!(before, json!(["offline"]));
    tab.reloads().await;
    let after = tab
        .plays("await until(() => texts('.heat td button').length > 0); return [sight().faults, asked()]")
        .await;
    assert_eq!(after, json!([[], ["/v1/free"]]));
    tab.closes().await;
}

async fn no_address_of_the_history_holds_a_team(kind: Browser) {
    let url = serving(&everything(), &[]).await;
    let tab = Tab::open(kind).await;
    tab.goes_to(&url).await;
    let address = tab
        .plays(
            "const { encodeTeam } = await import($('script').src.replace('main.js', 'codec.js'));
             const people = ['weekday', 'sunday'].map((name) => ({ identifier: id(name), name: '민수' }));
             const question = { granularity: 30, days: null, between: ['09:00', '22:00'], at_least_minutes: 30 };
             return `${location.href}#t=${encodeTeam({ people, question })}`",
        )
        .await;
    let address = address.as_str().unwrap();
    let opened = "await until(() => texts('.heat td button').length > 0); return { hash: location.hash, chips: texts('.choice span') }";
    let seen = json!({"hash": "", "chips": ["함께 보기", "민수", "민수"]});
    // Only the fragment differs, so the open page gets an event and is not loaded again.
    tab.goes_to(address).await;
    let now = tab.plays(opened).await;
    assert_eq!(now["hash"], seen["hash"]);
    assert_eq!(now["chips"].as_array().unwrap().len(), 3);
    tab.goes_to(&format!("{url}/livez")).await;
    tab.goes_to(address).await;
    assert_eq!(tab.plays(opened).await["hash"], "");
    tab.reloads().await;
    assert_eq!(
        tab.plays(opened).await["hash"],
        "",
        "a reload keeps the team without it"
    );
    tab.goes_to(&format!("{url}/livez")).await;
    for _ in 0..6 {
        tab.goes_back().await;
        let address = tab.address().await;
        assert!(!address.contains('#'), "{address}");
    }
    tab.closes().await;
}

#[tokio::test]
#[ignore = "make test-all"]
async fn no_address_of_chromiums_history_holds_a_team() {
    no_address_of_the_history_holds_a_team(Browser::Chromium).await;
}

#[tokio::test]
#[ignore = "make test-all"]
async fn no_address_of_firefoxs_history_holds_a_team() {
    no_address_of_the_history_holds_a_team(Browser::Firefox).await;
}

/// What tells a slot that suits everyone from one that does not, and the chosen chip from another.
const CONTRASTS: &str = "
    $('#links').value = `${link('weekday')}\\n${link('sunday')}`; $('#go').click(); await settled();
    const color = (selector) => getComputedStyle($(selector)).backgroundColor;
    const edge = (selector) => getComputedStyle($(selector)).borderTopWidth !== '0px';
    const result = {
        slots: color('.heat [data-level=all] button') !== color('.heat [data-level=\"0\"] button'),
        chosen: color('.choice [aria-pressed=true]') !== color('.choice [aria-pressed=false]'),
        edges: ['.heat td button', '.free .chip', '.card', '#go'].filter((one) => !edge(one)),
    };
    document.querySelectorAll('.choice button')[1].click();
    return { ...result, week: edge('.class button') }";

#[tokio::test]
#[ignore = "make test-all"]
async fn in_the_systems_own_colours_every_state_is_still_told_apart() {
    let url = serving(&everything(), &[]).await;
    let tab = Tab::open(Browser::Chromium).await;
    for (name, features) in [
        (
            "forced-colors",
            json!([{"name": "forced-colors", "value": "active"}]),
        ),
        (
            "more-contrast",
            json!([{"name": "prefers-contrast", "value": "more"}]),
        ),
    ] {
        tab.devtools(
            "Emulation.setEmulatedMedia",
            &json!({ "features": features }),
        )
        .await;
        tab.goes_to(&url).await;
        let told = tab.plays(CONTRASTS).await;
        assert_eq!(
            (&told["slots"], &told["chosen"]),
            (&json!(true), &json!(true)),
            "{name}"
        );
        if name == "forced-colors" {
            assert_eq!((&told["edges"], &told["week"]), (&json!([]), &json!(true)));
        }
        tab.is_kept(&format!("page-{name}")).await;
    }
    tab.closes().await;
}
