//! Answers the prompts (alert, confirm, prompt) that a page opens.

use crate::{
    config::Browser,
    error::{Step, VisitError},
    fault::Fault,
    session::Session,
};

use super::attempt::{PageTime, classify};

/// Answers from a timer of the page.
const NEXT_TURN: &str = "const done = arguments[0]; setTimeout(() => done(true), 0)";

/// Accepts the open prompt and adds its text to `alerts`. `false`: no prompt is open any more, since
/// the page navigated.
pub(crate) async fn accept(
    session: &Session,
    time: PageTime,
    alerts: &mut Vec<String>,
) -> Result<bool, Fault> {
    let limit = session.limits.command;
    let text = session.client.get_alert_text();
    match session.within(Step::Script, limit, text).await? {
        Ok(text) => alerts.push(text),
        Err(error) if error.is_no_such_alert() => return Ok(false),
        Err(error) => return Err(Fault::lost(Step::Script, &error)),
    }
    if alerts.len() > session.limits.prompts {
        let count = alerts.len();
        return Err(Fault::Page(VisitError::Prompts { count }));
    }
    let accept = session.client.accept_alert();
    match session.within(Step::Script, limit, accept).await? {
        Err(error) if !error.is_no_such_alert() => Err(Fault::lost(Step::Script, &error)),
        _ => pass(session, time).await.map(|()| true),
    }
}

/// Firefox runs scripts even while a prompt interrupts one of the page's own. Only timers wait for
/// the end of that one. So a timer tells when the page has passed this prompt; it may have reached
/// the next.
async fn pass(session: &Session, time: PageTime) -> Result<(), Fault> {
    if session.kind != Browser::Firefox {
        return Ok(());
    }
    let limit = time.left() + session.limits.slack;
    let turn = session.client.execute_async(NEXT_TURN, Vec::new());
    match session.within(Step::Script, limit, turn).await? {
        Ok(_) => Ok(()),
        Err(error) => classify(session, time, &error).await.map(drop),
    }
}
