//! `gonggang batch` as a process with browsers of its own, none of which outlives it.

use crate::support::task::{
    From, ctrl_c_finishes_what_is_under_way, five_kills_and_resumes_change_nothing,
};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "make test-all"]
async fn five_kills_and_resumes_give_what_an_undisturbed_run_gives() {
    five_kills_and_resumes_change_nothing(From::Browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_finishes_what_is_under_way_and_nothing_else() {
    ctrl_c_finishes_what_is_under_way(From::Browser).await;
}
