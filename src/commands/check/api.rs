//! Whether the API can be reached and answers in the known form.

use std::time::Instant;

use tokio_util::sync::CancellationToken;

use super::finding::{Finding, shown};
use crate::commands::reader::plain_api_source;
use crate::config::Config;
use crate::source::{Source as _, SourceError};
use timetable::NotAvailable;
use timetable::share_link::Identifier;

/// Most likely unused: any answer about it shows that the API answers.
const UNUSED: &str = "00000000000000000000";

/// Asks the API for a timetable that most likely does not exist.
pub(super) async fn look(config: &Config) -> Finding {
    let (Ok(source), Ok(identifier)) = (plain_api_source(config), UNUSED.parse::<Identifier>())
    else {
        return Finding::fault(
            "api",
            "no HTTP client can be made".to_owned(),
            "Check GONGGANG_USER_AGENT.",
        );
    };
    let began = Instant::now();
    let deadline = tokio::time::Instant::now() + config.browser.page_timeout;
    let read = source
        .read(&identifier, deadline, CancellationToken::new())
        .await;
    let name = shown(&config.site.api_url);
    match read.err() {
        None => answered(&name, began),
        Some(SourceError::NotAvailable(why)) => of_not_available(&name, &why, began),
        Some(error) => Finding::fault("api", format!("{name}: {error}"), UNREACHABLE),
    }
}

fn answered(name: &str, began: Instant) -> Finding {
    let seconds = began.elapsed().as_secs_f64();
    Finding::fine("api", format!("{name} answers in {seconds:.1} s"))
}

fn of_not_available(name: &str, why: &NotAvailable, began: Instant) -> Finding {
    if why.is_definitive() {
        return answered(name, began);
    }
    let to_do = match why {
        NotAvailable::Blocked { .. } => {
            "It turns this machine's address or the user agent away: set GONGGANG_USER_AGENT, or \
             GONGGANG_SOURCE=auto to read the page instead."
        }
        NotAvailable::LayoutChanged(_) => "Its answers have changed: set GONGGANG_SOURCE=browser.",
        _ => UNREACHABLE,
    };
    Finding::fault("api", format!("{name}: {why}"), to_do)
}

const UNREACHABLE: &str = "Check that this machine resolves and reaches that name (DNS, firewall, \
                           network policy), or set GONGGANG_API_URL to one it does.";
