//! Runs a visit's script in the document that the navigation brings.

use std::mem;

use fantoccini::error::{CmdError, ErrorStatus};
use serde_json::Value;

use super::{
    Tab,
    world::{self, Outcome},
};
use crate::{
    config::World,
    driver_error,
    error::Step,
    fault::Fault,
    script::Answer,
    session::Session,
    visit::attempt::{Attempt, PageTime, answered, classify},
};

/// The document that is read.
#[derive(Debug)]
pub(crate) struct Document {
    /// The isolated world in it; `None` until the document has arrived.
    pub(crate) world: Option<u64>,
    /// The last visit reached a document.
    site_answers: bool,
}

impl Document {
    pub(crate) fn expected(tab: &mut Tab) -> Self {
        Self {
            world: None,
            site_answers: mem::take(&mut tab.site_answers),
        }
    }

    /// Waits for the document and enters the isolated world there. `Some`: it did not get there.
    pub(crate) async fn enter(
        &mut self,
        session: &Session,
        time: PageTime,
    ) -> Result<Option<Attempt>, Fault> {
        if self.world.is_some() {
            return Ok(None);
        }
        if !self.site_answers
            && let Some(attempt) = await_document(session, time).await?
        {
            return Ok(Some(attempt));
        }
        let limit = time.left() + session.limits.slack;
        let enter = world::enter(session);
        match session.within(Step::Script, limit, enter).await? {
            Ok(world) => {
                self.world = Some(world);
                Ok(None)
            }
            Err(error) => classify(session, time, &error).await.map(Some),
        }
    }

    /// Calls a JavaScript function in the document that was entered.
    pub(crate) async fn run(
        &mut self,
        session: &mut Session,
        time: PageTime,
        function: &str,
        arguments: &[Value],
    ) -> Result<Attempt, Fault> {
        let limit = time.left() + session.limits.slack;
        let run = call(session, self.world.unwrap_or_default(), function, arguments);
        let attempt = match session.within(Step::Script, limit, run).await? {
            Ok(Outcome::Value(value)) => answered(value)?,
            Ok(Outcome::Threw) => return Err(Fault::script("it does not run")),
            Err(error) => classify(session, time, &error).await?,
        };
        match attempt {
            Attempt::Interrupted | Attempt::Answered(Answer::Blank) => self.world = None,
            Attempt::Answered(_) => session.tab.site_answers = true,
            Attempt::Prompt => {}
        }
        Ok(attempt)
    }
}

async fn call(
    session: &Session,
    world: u64,
    function: &str,
    arguments: &[Value],
) -> Result<Outcome, CmdError> {
    match session.world {
        World::Own => world::call(session, world, function, arguments).await,
        World::Page => {
            let arguments: Vec<_> = arguments.iter().map(Value::to_string).collect();
            let call = format!("({function})({})", arguments.join(", "));
            world::run_in_page(session, &call).await
        }
    }
}

/// Waits for a document with an empty script of the driver's. [`world::enter`] waits too, but only
/// scripts have a deadline in the driver: a site that never answers would cost the browser. This
/// takes some milliseconds, so a session whose last visit reached a document does without. The
/// script runs among the page's own, so its result is not used.
async fn await_document(session: &Session, time: PageTime) -> Result<Option<Attempt>, Fault> {
    let limit = time.left() + session.limits.slack;
    let wait = session.client.execute("", Vec::new());
    match session.within(Step::Script, limit, wait).await? {
        Err(error) if !is_of_the_page(&error) => classify(session, time, &error).await.map(Some),
        _ => Ok(None),
    }
}

/// Whether the driver's script reached a document and failed on objects that the page replaced.
fn is_of_the_page(error: &CmdError) -> bool {
    let status = driver_error::status(error);
    matches!(
        status,
        Some(ErrorStatus::JavascriptError | ErrorStatus::UnknownError)
    ) && !driver_error::is_document_gone(error)
}
