//! One visit on one session: navigate, run the script, answer prompts, until there is a value.

use std::{
    fmt, mem,
    sync::Arc,
    time::{Duration, Instant},
};

use fantoccini::error::{CmdError, ErrorStatus};
use serde_json::{Value, json};
use tokio::time::sleep;
use url::Url;

use crate::{
    chromium::{
        window,
        world::{self, Outcome},
    },
    command::PostCommand,
    config::{Browser, World},
    error::{Step, VisitError},
    fault::{self, Fault},
    firefox,
    recorder::CallAnswer,
    script::{self, Answer, ScriptContext, ScriptResult},
    session::Session,
    site_fault::{self, SiteFault},
};

/// What a caller wants from a page.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The address to load.
    pub url: Url,
    /// The body of a W3C async script. Its `arguments` are [`Visit::args`], then the milliseconds it
    /// has left, then the callback; `this.alerts` holds the texts of the prompts answered so far, and
    /// `this.unseen` says that the window is hidden. It runs as soon as the navigation has begun, so it
    /// must wait by itself for what it reads. It is run again when a prompt or a further navigation
    /// interrupted it, and in a window that is shown if it has not called back for a while: a hidden
    /// page may not have done yet what it will do. Where calls are recorded
    /// ([`crate::BrowserConfig::recorded_calls`]), `this.recorded` has the number of calls `begun`, their
    /// `answers` so far, and calls its `tell` after each further one.
    pub script: Arc<str>,
    /// Its leading arguments.
    pub args: Vec<Value>,
    /// Whether what the script called back with is all that is waited for. While it is not and time is
    /// left, the window is shown and the script runs again, with `this.again` set. `None`: it always is.
    pub is_final: Option<IsFinal>,
    /// How long navigation and script may take together.
    pub page_timeout: Duration,
    /// When the caller wants an answer, the wait in the queue included.
    pub deadline: Instant,
}

/// Judges what a script called back with, see [`Visit::is_final`].
#[derive(Clone)]
pub struct IsFinal(Arc<dyn Fn(&Observation<'_>) -> bool + Send + Sync>);

impl IsFinal {
    /// `judge` says whether a observation of the page is final. It runs on the session's task, so it must be
    /// quick.
    pub fn new(judge: impl Fn(&Observation<'_>) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(judge))
    }
}

impl fmt::Debug for IsFinal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IsFinal(…)")
    }
}

/// What has been seen of a page so far.
#[derive(Debug, Clone, Copy)]
pub struct Observation<'a> {
    /// What the script called back with.
    pub value: &'a Value,
    /// The answers to recorded calls, in their order.
    pub calls: &'a [CallAnswer],
    /// The texts of the prompts so far.
    pub alerts: &'a [String],
    /// The page's scripts have thrown an exception that they did not catch.
    pub threw: bool,
    /// How long the script has called back with the same value; zero the first time.
    pub unchanged: Duration,
}

/// What a page gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Visited {
    /// What the script called back with.
    pub value: Value,
    /// The answers to the page's recorded calls, in their order.
    pub calls: Vec<CallAnswer>,
    /// The texts of the prompts that opened meanwhile, in order; all were accepted.
    pub alerts: Vec<String>,
    /// The viewport when the script called back, as PNG; only where the configuration wants it.
    pub screenshot: Option<Vec<u8>>,
    /// Where the time went.
    pub timings: Timings,
}

/// Where a visit's time went. A visit that was tried twice shows its second try.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timings {
    /// Waiting for a session.
    pub queue: Duration,
    /// Sending the browser to the address.
    pub navigate: Duration,
    /// The script, with what it waited for.
    pub script: Duration,
}

/// Runs the visit. The caller learns of its end before the session is cleaned.
pub(crate) async fn run(session: &mut Session, visit: &Visit) -> Result<Visited, Fault> {
    let until = page_deadline(session, visit);
    session.pages += 1;
    session.quiet = false;
    let began = Instant::now();
    navigate(session, visit, until).await?;
    let navigated = Instant::now();
    let mut reading = Reading::new(session, visit, until);
    let ScriptResult { value, calls, .. } = reading.read().await?;
    let Reading {
        alerts,
        quiet,
        shown,
        worlds,
        ..
    } = reading;
    (session.quiet, session.tab.window.shown, session.tab.world) = (quiet, shown, worlds.read);
    let timings = Timings {
        queue: Duration::ZERO,
        navigate: navigated - began,
        script: navigated.elapsed(),
    };
    Ok(Visited {
        value,
        calls,
        alerts,
        screenshot: screenshot(session).await?,
        timings,
    })
}

/// What the page looks like now, where it is wanted.
async fn screenshot(session: &Session) -> Result<Option<Vec<u8>>, Fault> {
    if !session.screenshots {
        return Ok(None);
    }
    let picture = session.client.screenshot();
    let taken = session.expect(Step::Script, session.limits.command, picture);
    taken.await.map(Some)
}

fn page_deadline(session: &Session, visit: &Visit) -> Instant {
    let page = visit.page_timeout.min(session.limits.page);
    visit.deadline.min(Instant::now() + page)
}

fn millis(duration: Duration) -> u64 {
    duration.as_millis() as u64
}

fn left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now())
}

/// The driver is told to give up on the script a little after the page should have, and is itself
/// given up on a little later. Rounded up so that it rarely has to be told anew.
async fn navigate(session: &mut Session, visit: &Visit, until: Instant) -> Result<(), Fault> {
    let patience = left(until) + session.limits.slack / 2;
    let patience = patience.as_millis().next_multiple_of(100) as u64;
    session
        .set_script_timeout(Duration::from_millis(patience))
        .await?;
    let limit = session.limits.command.min(left(until));
    let goto = session.navigate(visit.url.as_str());
    match session.within(Step::Navigate, limit, goto).await? {
        Ok(()) => Ok(()),
        Err(error) => Err(not_navigated(&error)),
    }
}

/// Only an address the browser does not take at all fails here; what cannot be fetched shows as an
/// error page later.
fn not_navigated(error: &CmdError) -> Fault {
    match fault::status(error) {
        Some(ErrorStatus::InvalidArgument | ErrorStatus::InsecureCertificate) => {
            Fault::Page(VisitError::Unreachable {
                why: match fault::status(error) {
                    Some(ErrorStatus::InsecureCertificate) => SiteFault::Tls,
                    _ => SiteFault::Other,
                },
                message: fault::message(error),
            })
        }
        _ => Fault::lost(Step::Navigate, error),
    }
}

/// The script on its way to a value.
struct Reading<'a> {
    session: &'a mut Session,
    visit: &'a Visit,
    script: String,
    until: Instant,
    began: Instant,
    alerts: Vec<String>,
    /// No prompt opened and no document went away.
    quiet: bool,
    /// The script has met a document of this visit.
    came: bool,
    worlds: Worlds,
    /// The page was not done while the window was hidden.
    shown: bool,
    /// How often it had to be run again.
    pauses: u32,
    /// The last answer that was not final, and since when the script has answered the same.
    last: Option<(ScriptResult, Instant)>,
}

/// The fleet's worlds in Chromium's documents.
struct Worlds {
    /// In the document that is read, once that is there.
    read: Option<u64>,
    /// The last visit came to a document.
    site_answers: bool,
}

/// What one run of the script came to.
enum Run {
    Answered(Answer),
    /// A prompt was open before the script began.
    Prompt,
    /// A navigation took the document away under the script.
    Interrupted,
}

impl<'a> Reading<'a> {
    fn new(session: &'a mut Session, visit: &'a Visit, until: Instant) -> Self {
        let worlds = Worlds {
            read: None,
            site_answers: mem::take(&mut session.tab.site_answers),
        };
        Self {
            session,
            visit,
            script: script::wrap(&visit.script),
            until,
            began: Instant::now(),
            alerts: Vec::new(),
            quiet: true,
            came: false,
            worlds,
            shown: false,
            pauses: 0,
            last: None,
        }
    }

    async fn read(&mut self) -> Result<ScriptResult, Fault> {
        loop {
            let run = self.run_script().await?;
            self.came |= !matches!(run, Run::Answered(Answer::Blank));
            self.quiet &= self.is_quiet(&run);
            match run {
                Run::Answered(Answer::Value(result)) => match self.weigh(result) {
                    Some(result) => return Ok(result),
                    None => self.look_again().await?,
                },
                Run::Answered(Answer::Prompt) | Run::Prompt => self.answer_prompt().await?,
                Run::Answered(Answer::Blank) | Run::Interrupted => self.pause().await?,
                // A prompt in the way is met by the script too.
                Run::Answered(Answer::Unseen) => self.shown |= window::show(self.session).await?,
                Run::Answered(Answer::Late) => return self.last_or_timeout(),
                Run::Answered(Answer::Threw(_)) => {
                    return Err(script_error("it threw an exception"));
                }
                Run::Answered(Answer::Unreachable(address)) => {
                    return Err(self.unreachable(&address).await?);
                }
            }
        }
    }

    /// What the script result, if it is final or there is no time for another look.
    fn weigh(&mut self, result: ScriptResult) -> Option<ScriptResult> {
        let since = match self.last.take() {
            Some((last, since)) if last.value == result.value => since,
            _ => Instant::now(),
        };
        if self.is_final(&result, since) || left(self.until) < SHORTEST_LOOK {
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
        if !self.shown {
            self.shown = window::show(self.session).await?;
        }
        Ok(())
    }

    fn last_or_timeout(&mut self) -> Result<ScriptResult, Fault> {
        let last = self.last.take().map(|(result, _)| result);
        last.ok_or_else(|| Fault::Page(self.timeout()))
    }

    /// Firefox's cleaning minds prompts alone.
    fn is_quiet(&self, run: &Run) -> bool {
        match run {
            Run::Answered(Answer::Value(_) | Answer::Blank | Answer::Unseen) => true,
            Run::Interrupted => self.session.kind == Browser::Firefox,
            _ => false,
        }
    }

    async fn run_script(&mut self) -> Result<Run, Fault> {
        match self.session.kind {
            Browser::Chromium => self.run_in_world().await,
            Browser::Firefox => self.run_through_driver().await,
        }
    }

    /// Waits for the document and enters the fleet's world there.
    async fn arrive(&mut self) -> Result<Option<Run>, Fault> {
        if !self.worlds.site_answers
            && let Some(run) = self.await_document().await?
        {
            return Ok(Some(run));
        }
        let limit = left(self.until) + self.session.limits.slack;
        let enter = world::enter(self.session);
        match self.session.within(Step::Script, limit, enter).await? {
            Ok(world) => {
                self.worlds.read = Some(world);
                Ok(None)
            }
            Err(error) => self.judge(&error).await.map(Some),
        }
    }

    /// Entering waits for the document too, but a site that never answers would cost the browser: of all
    /// commands only a script has a deadline of the driver's. It takes some milliseconds, so a session whose
    /// last visit came to a document does without. It runs among the page's scripts, and nothing that it
    /// says is believed.
    async fn await_document(&self) -> Result<Option<Run>, Fault> {
        let limit = left(self.until) + self.session.limits.slack;
        let wait = self.session.client.execute("", Vec::new());
        match self.session.within(Step::Script, limit, wait).await? {
            Err(error) if !is_of_the_page(&error) => self.judge(&error).await.map(Some),
            _ => Ok(None),
        }
    }

    async fn run_in_world(&mut self) -> Result<Run, Fault> {
        if self.worlds.read.is_none()
            && let Some(run) = self.arrive().await?
        {
            return Ok(run);
        }
        let world = self.worlds.read.unwrap_or_default();
        let left = left(self.until);
        let script = script::promise(&self.script, &self.visit.args, &self.context(left));
        let run = async {
            match self.session.world {
                World::Own => world::run(self.session, world, &script).await,
                World::Page => world::run_in_page(self.session, &script).await,
            }
        };
        let limit = left + self.session.limits.slack;
        match self.session.within(Step::Script, limit, run).await? {
            Ok(Outcome::Value(value)) => {
                let run = answered(value)?;
                match run {
                    Run::Answered(Answer::Blank) => self.worlds.read = None,
                    _ => self.session.tab.site_answers = true,
                }
                Ok(run)
            }
            Ok(Outcome::Threw) => Err(script_error("it does not run")),
            Err(error) => {
                let run = self.judge(&error).await;
                if matches!(run, Ok(Run::Interrupted)) {
                    self.worlds.read = None;
                }
                run
            }
        }
    }

    async fn run_through_driver(&self) -> Result<Run, Fault> {
        let left = left(self.until);
        let slack = self.session.limits.slack;
        let context = self.context(left);
        let world_key = &self.session.world_key;
        let args = world_key.arguments(&self.script, &self.visit.args, &context);
        let run = self
            .session
            .client
            .execute_async(firefox::world::SCRIPT, args);
        match self.session.within(Step::Script, left + slack, run).await? {
            // Or a prompt: Firefox says the same of both, and the next run tells which.
            Ok(Value::Null) => Ok(Run::Interrupted),
            Ok(result) => answered(result),
            Err(error) => self.judge(&error).await,
        }
    }

    fn context(&self, left: Duration) -> ScriptContext<'_> {
        let limits = &self.session.limits;
        ScriptContext {
            alerts: &self.alerts,
            left: millis(left),
            spare: millis(limits.slack / 4),
            mark: self.session.tab.mark.as_deref(),
            hidden: (!self.shown).then_some(millis(limits.hidden)),
            firefox: self.session.kind == Browser::Firefox,
            record: self.session.record.as_deref(),
            again: self.last.is_some(),
        }
    }

    /// chromedriver says "script timeout" at once when a document goes away under a script, so only
    /// one at the deadline is meant.
    async fn judge(&self, error: &CmdError) -> Result<Run, Fault> {
        match fault::status(error) {
            Some(ErrorStatus::UnexpectedAlertOpen) => Ok(Run::Prompt),
            Some(ErrorStatus::ScriptTimeout) if left(self.until).is_zero() => {
                Err(self.hung().await)
            }
            Some(ErrorStatus::ScriptTimeout) => Ok(Run::Interrupted),
            Some(_) if fault::is_document_gone(error) => Ok(Run::Interrupted),
            Some(ErrorStatus::JavascriptError) => Err(script_error("it does not run")),
            _ => Err(Fault::lost(Step::Script, error)),
        }
    }

    /// The page did not even run the wrapper's own timer. If no document has come, that is the
    /// site's doing and the browser is well; else the page is stuck, and the browser with it.
    async fn hung(&self) -> Fault {
        let ask = self.session.shows_a_new_document();
        let patience = self.session.limits.slack / 2;
        match self.session.within(Step::Script, patience, ask).await {
            Ok(Ok(false)) => Fault::Page(self.not_come()),
            _ if self.lives(patience).await => Fault::Page(self.timeout()),
            _ => Fault::Session(self.timeout()),
        }
    }

    /// Whether the page only kept the driver's script from its end. Firefox's runs out of a page's reach.
    async fn lives(&self, patience: Duration) -> bool {
        let enter = world::enter(self.session);
        self.session.kind == Browser::Chromium
            && matches!(
                self.session.within(Step::Script, patience, enter).await,
                Ok(Ok(_))
            )
    }

    fn not_come(&self) -> VisitError {
        VisitError::Timeout {
            step: Step::Navigate,
            after: self.began.elapsed(),
        }
    }

    fn timeout(&self) -> VisitError {
        VisitError::Timeout {
            step: Step::Script,
            after: self.began.elapsed(),
        }
    }

    /// Navigations follow each other in milliseconds; asking again and again without a pause would only
    /// spin.
    async fn pause(&mut self) -> Result<(), Fault> {
        if left(self.until).is_zero() {
            return Err(Fault::Page(if self.came {
                self.timeout()
            } else {
                self.not_come()
            }));
        }
        if self.pauses > 0 {
            sleep(Duration::from_millis(5)).await;
        }
        self.pauses += 1;
        Ok(())
    }

    /// Reads and accepts the open prompt. It may be gone already, closed by the page's navigation.
    async fn answer_prompt(&mut self) -> Result<(), Fault> {
        let limit = self.session.limits.command;
        let text = self.session.client.get_alert_text();
        match self.session.within(Step::Script, limit, text).await? {
            Ok(text) => self.alerts.push(text),
            Err(error) if error.is_no_such_alert() => return self.pause().await,
            Err(error) => return Err(Fault::lost(Step::Script, &error)),
        }
        if self.alerts.len() > self.session.limits.prompts {
            let count = self.alerts.len();
            return Err(Fault::Page(VisitError::Prompts { count }));
        }
        self.accept_prompt().await
    }

    async fn accept_prompt(&self) -> Result<(), Fault> {
        let limit = self.session.limits.command;
        let accept = self.session.client.accept_alert();
        match self.session.within(Step::Script, limit, accept).await? {
            Err(error) if !error.is_no_such_alert() => Err(Fault::lost(Step::Script, &error)),
            _ => self.pass_prompt().await,
        }
    }

    /// Firefox runs scripts in a page that stands in the middle of its own because of a prompt; only its
    /// timers stand still. So one of them tells when it is past this prompt, if not yet past the next.
    async fn pass_prompt(&self) -> Result<(), Fault> {
        if self.session.kind != Browser::Firefox {
            return Ok(());
        }
        let limit = left(self.until) + self.session.limits.slack;
        let turn = self.session.client.execute_async(NEXT_TURN, Vec::new());
        match self.session.within(Step::Script, limit, turn).await? {
            Ok(_) => Ok(()),
            Err(error) => self.judge(&error).await.map(drop),
        }
    }

    async fn unreachable(&self, error_page: &str) -> Result<Fault, Fault> {
        let mut message = "the browser shows its error page";
        let mut why = SiteFault::of_error_page(error_page);
        if self.session.kind == Browser::Chromium
            && let Some(told) = self.net_error().await?
        {
            (message, why) = told;
        }
        let message = message.into();
        Ok(Fault::Page(VisitError::Unreachable { why, message }))
    }

    /// Chromium's error page does not name the error, and its log has no line for a document. It has one for a
    /// request of a script, so the error page asks the site once more.
    async fn net_error(&self) -> Result<Option<(&'static str, SiteFault)>, Fault> {
        let patience = ASK_AGAIN.min(left(self.until));
        let site = json!(self.visit.url.origin().ascii_serialization());
        let ask = ASK_SITE.replace("SITE", &site.to_string());
        let ask = ask.replace("PATIENCE", &millis(patience).to_string());
        let world = self.worlds.read.unwrap_or_default();
        let asked = world::run(self.session, world, &ask);
        let limit = patience + self.session.limits.slack;
        // It fails like the page did, or the site is back.
        let _ = self.session.within(Step::Script, limit, asked).await?;
        let log = self.session.issue(PostCommand::take_log());
        let limit = self.session.limits.command;
        let log = self.session.expect(Step::Script, limit, log).await?;
        Ok(net_error(&log))
    }
}

/// A script that answered needs at least so long to see anything else.
const SHORTEST_LOOK: Duration = Duration::from_millis(150);

/// How long the site is asked why its page does not load.
const ASK_AGAIN: Duration = Duration::from_millis(500);

/// Answers when the site has.
const ASK_SITE: &str = "fetch(SITE, { method: 'HEAD', mode: 'no-cors', cache: 'no-store', credentials: 'omit', \
                        signal: AbortSignal.timeout(PATIENCE) }).then(() => true, () => false)";

/// Answers from a timer of the page.
const NEXT_TURN: &str = "const done = arguments[0]; setTimeout(() => done(true), 0)";

fn answered(result: Value) -> Result<Run, Fault> {
    Answer::read(result)
        .map(Run::Answered)
        .ok_or_else(|| script_error("the page answered in the fleet's place"))
}

fn script_error(message: &'static str) -> Fault {
    let message = message.into();
    Fault::Page(VisitError::Script { message })
}

/// Whether the driver's script came to a document, and failed on what the page has made of its ground.
fn is_of_the_page(error: &CmdError) -> bool {
    let status = fault::status(error);
    matches!(
        status,
        Some(ErrorStatus::JavascriptError | ErrorStatus::UnknownError)
    ) && !fault::is_document_gone(error)
}

/// The last `net::ERR_…` of a log.
fn net_error(log: &Value) -> Option<(&'static str, SiteFault)> {
    let entries = log.as_array()?.iter().rev();
    let mut messages = entries.filter_map(|entry| entry["message"].as_str());
    messages.find_map(site_fault::net_error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_code_is_taken_from_its_log() {
        let log = json!([
            { "message": "http://a/ - Failed to load resource: net::ERR_CONNECTION_REFUSED" }
        ]);
        let refused = ("net::ERR_CONNECTION_REFUSED", SiteFault::Refused);
        assert_eq!(net_error(&log), Some(refused));
        assert_eq!(net_error(&json!([])), None);
    }
}
