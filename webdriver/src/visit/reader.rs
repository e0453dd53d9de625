//! Runs a visit's script, as often as it takes, until it has a final value.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::time::sleep;

use super::{
    IsFinal, Observation, Visit,
    attempt::{Attempt, PageTime},
    prompts,
};
use crate::{
    chromium::{self, document::Document, window},
    config::Browser,
    error::{Step, VisitError},
    fault::Fault,
    firefox,
    script::{self, Answer, ScriptContext, ScriptResult},
    session::Session,
};

/// A script needs at least this long to see something new.
const SHORTEST_LOOK: Duration = Duration::from_millis(150);

/// The script on its way to a value.
pub(crate) struct Reader<'a> {
    session: &'a mut Session,
    visit: &'a Visit,
    /// The visit's script in its wrapper.
    script: String,
    time: PageTime,
    pub(crate) alerts: Vec<String>,
    /// No prompt opened and no document went away.
    pub(crate) quiet: bool,
    /// The script has run in a document of this visit.
    reached_document: bool,
    pub(crate) document: Document,
    /// The window was shown, since the page did not finish while it was hidden.
    pub(crate) shown: bool,
    /// How often the script had to run again.
    pauses: u32,
    /// The last answer that was not final, and since when its value is the same.
    last: Option<(ScriptResult, Instant)>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(session: &'a mut Session, visit: &'a Visit, time: PageTime) -> Self {
        Self {
            document: Document::expected(&mut session.tab),
            session,
            visit,
            script: script::wrap(&visit.script),
            time,
            alerts: Vec::new(),
            quiet: true,
            reached_document: false,
            shown: false,
            pauses: 0,
            last: None,
        }
    }

    pub(crate) async fn read(&mut self) -> Result<ScriptResult, Fault> {
        loop {
            let attempt = self.run_script().await?;
            self.reached_document |= !matches!(attempt, Attempt::Answered(Answer::Blank));
            self.quiet &= self.stays_quiet(&attempt);
            match attempt {
                Attempt::Answered(Answer::Value(result)) => match self.accept(result) {
                    Some(result) => return Ok(result),
                    None => self.look_again().await?,
                },
                Attempt::Answered(Answer::Blank) | Attempt::Interrupted => self.pause().await?,
                Attempt::Answered(Answer::Unseen) => self.show().await?,
                Attempt::Answered(Answer::Late) => return self.last_or_timeout(),
                Attempt::Answered(Answer::Threw) => {
                    return Err(Fault::script("it threw an exception"));
                }
                Attempt::Answered(Answer::Unreachable(address)) => {
                    return Err(self.unreachable(&address).await?);
                }
                Attempt::Prompt => self.accept_prompt().await?,
            }
        }
    }

    async fn run_script(&mut self) -> Result<Attempt, Fault> {
        if self.session.kind == Browser::Firefox {
            let (script, args) = (&self.script, &self.visit.args);
            let context = self.context();
            return firefox::world::run(self.session, self.time, script, args, &context).await;
        }
        if let Some(attempt) = self.document.enter(self.session, self.time).await? {
            return Ok(attempt);
        }
        let function = script::async_function(&self.script);
        let arguments = [json!(self.visit.args), json!(self.context())];
        let run = self
            .document
            .run(self.session, self.time, &function, &arguments);
        run.await
    }

    fn context(&self) -> ScriptContext<'_> {
        let limits = &self.session.limits;
        let millis = |duration: Duration| duration.as_millis() as u64;
        ScriptContext {
            alerts: &self.alerts,
            left: millis(self.time.left()),
            spare: millis(limits.slack / 4),
            mark: self.session.tab.mark.as_deref(),
            hidden: (!self.shown).then_some(millis(limits.hidden)),
            firefox: self.session.kind == Browser::Firefox,
            record: self.session.record.as_deref(),
            again: self.last.is_some(),
        }
    }

    /// Only prompts matter for Firefox's cleaning.
    fn stays_quiet(&self, attempt: &Attempt) -> bool {
        match attempt {
            Attempt::Answered(Answer::Value(_) | Answer::Blank | Answer::Unseen) => true,
            Attempt::Interrupted => self.session.kind == Browser::Firefox,
            _ => false,
        }
    }

    /// The result, if it is final or there is no time for another look.
    fn accept(&mut self, result: ScriptResult) -> Option<ScriptResult> {
        let since = match self.last.take() {
            Some((last, since)) if last.value == result.value => since,
            _ => Instant::now(),
        };
        if self.is_final(&result, since) || self.time.left() < SHORTEST_LOOK {
            return Some(result);
        }
        self.last = Some((result, since));
        None
    }

    fn is_final(&self, result: &ScriptResult, since: Instant) -> bool {
        let Some(IsFinal(judge)) = &self.visit.is_final else {
            return true;
        };
        judge(&Observation {
            value: &result.value,
            calls: &result.calls,
            alerts: &self.alerts,
            threw: result.errors > 0,
            unchanged: since.elapsed(),
        })
    }

    /// The page is still at work, perhaps on something that a hidden one waits for.
    async fn look_again(&mut self) -> Result<(), Fault> {
        self.quiet = false;
        if self.shown {
            return Ok(());
        }
        self.show().await
    }

    /// An open prompt may prevent it; the next run meets that prompt.
    async fn show(&mut self) -> Result<(), Fault> {
        self.shown |= window::show(self.session).await?;
        Ok(())
    }

    fn last_or_timeout(&mut self) -> Result<ScriptResult, Fault> {
        let last = self.last.take().map(|(result, _)| result);
        last.ok_or_else(|| Fault::Page(self.time.missed(Step::Script)))
    }

    /// Navigations follow each other within milliseconds; without a pause the script would spin.
    async fn pause(&mut self) -> Result<(), Fault> {
        if self.time.is_over() {
            let step = if self.reached_document {
                Step::Script
            } else {
                Step::Navigate
            };
            return Err(Fault::Page(self.time.missed(step)));
        }
        if self.pauses > 0 {
            sleep(Duration::from_millis(5)).await;
        }
        self.pauses += 1;
        Ok(())
    }

    async fn accept_prompt(&mut self) -> Result<(), Fault> {
        if prompts::accept(self.session, self.time, &mut self.alerts).await? {
            return Ok(());
        }
        self.pause().await
    }

    async fn unreachable(&self, error_page: &str) -> Result<Fault, Fault> {
        let mut message = "the browser shows its error page";
        let mut why = firefox::error_page::site_fault(error_page);
        if self.session.kind == Browser::Chromium {
            let world = self.document.world.unwrap_or_default();
            let url = &self.visit.url;
            let cause = chromium::error_page::cause(self.session, world, url, self.time).await?;
            (message, why) = cause.unwrap_or((message, why));
        }
        let message = message.into();
        Ok(Fault::Page(VisitError::Unreachable { why, message }))
    }
}
