//! Further ways in which a process ends. They do not depend on the browser, so these tests run with
//! Chromium only.

use super::{
    common::processes::{mentioning, signal},
    suites::leftovers::Other,
};
use rustix::process::Signal;

#[tokio::test]
async fn an_interrupted_process_leaves_nothing() {
    Other::start("int").await.gets(Signal::INT).await;
}

#[tokio::test]
async fn an_aborted_process_leaves_nothing() {
    Other::start("abort").await.tell("abort").await;
}

#[tokio::test]
async fn a_process_that_panics_leaves_nothing() {
    Other::start("panic").await.tell("panic").await;
}

#[tokio::test]
async fn a_fleet_that_is_shut_down_leaves_nothing() {
    Other::start("shut").await.tell("shut down").await;
}

#[tokio::test]
async fn a_process_killed_while_its_browsers_are_stopped_leaves_nothing() {
    let other = Other::start("stop").await;
    let us = other.process.id().unwrap();
    let browsers = mentioning(&other.dir)
        .into_iter()
        .filter(|id| *id != us && !is_reaper(*id));
    browsers.for_each(|id| signal(id, Signal::STOP));
    other.gets(Signal::KILL).await;
}

/// The reaper must survive to end the browsers.
fn is_reaper(id: u32) -> bool {
    let line = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
    line.starts_with(b"/bin/sh")
}
