//! The timetable page: its embedded files, and its HTML with the layout of a fixture.

use std::sync::LazyLock;

use serde::Serialize;

use super::{
    ballast,
    behaviour::{Axis, Behaviour, CallsFrom, DocumentKind, Misbehaviour, Periods},
    drift::Drift,
};

pub(super) const FRONT: &str = include_str!("page/front.html");
pub(super) const LOGIN: &str = include_str!("page/documents/login.html");
const INTERSTITIAL: &str = include_str!("page/documents/interstitial.html");
const CHALLENGE: &str = include_str!("page/documents/challenge.html");
const MAINTENANCE: &str = include_str!("page/documents/maintenance.html");
const TIMETABLE: &str = include_str!("page/timetable.html");
const DRIFT: &str = "/js/drift.js";
const MISBEHAVE: &str = "/js/misbehave.js";

/// A file that pages load.
pub(super) struct SiteFile {
    pub(super) path: &'static str,
    pub(super) content_type: &'static str,
    pub(super) body: &'static str,
}

const fn script(path: &'static str, body: &'static str) -> SiteFile {
    let content_type = "text/javascript; charset=utf-8";
    SiteFile {
        path,
        content_type,
        body,
    }
}

const fn style(path: &'static str, body: &'static str) -> SiteFile {
    let content_type = "text/css; charset=utf-8";
    SiteFile {
        path,
        content_type,
        body,
    }
}

/// A file of ours, with ballast up to the length of the real site's file.
macro_rules! padded {
    ($kind:ident, $file:literal, $length:literal) => {{
        static TEXT: LazyLock<String> =
            LazyLock::new(|| ballast::$kind(include_str!(concat!("page/", $file)), $length));
        $kind(concat!("/", $file), &TEXT)
    }};
}

/// Styles and scripts. Our styles have 30 KB together, our scripts 34 KB.
pub(super) fn assets() -> [SiteFile; 12] {
    [
        padded!(style, "css/common.css", 14_000),
        padded!(style, "css/common.partial.css", 8_000),
        padded!(style, "css/container.table.css", 6_000),
        padded!(style, "css/common.appopen.css", 2_000),
        script(
            "/js/jquery.min.js",
            include_str!("page/vendor/jquery-1.12.4/jquery.min.js"),
        ),
        script(
            "/js/underscore-min.js",
            include_str!("page/vendor/underscore-1.8.3/underscore-min.js"),
        ),
        padded!(script, "js/common.js", 13_000),
        padded!(script, "js/friend.find.js", 6_000),
        padded!(script, "js/timetable.tableload.js", 15_000),
        script("/js/find.worker.js", include_str!("page/js/find.worker.js")),
        script(DRIFT, include_str!("page/js/drift.js")),
        script(MISBEHAVE, include_str!("page/js/misbehave.js")),
    ]
}

/// The options of the page's script. The real page has them in its own script and style.
#[derive(Serialize)]
struct PageOptions<'a> {
    axis: Axis,
    periods: Periods,
    jquery: bool,
    calls_from: CallsFrom,
    #[serde(skip_serializing_if = "Option::is_none")]
    drift: Option<&'a Drift>,
    #[serde(skip_serializing_if = "Option::is_none")]
    misbehave: Option<Misbehaviour>,
    #[serde(skip_serializing_if = "Option::is_none")]
    navigate_to: Option<&'a str>,
}

impl<'a> PageOptions<'a> {
    fn new(behaviour: &'a Behaviour) -> Self {
        let page = &behaviour.page;
        Self {
            axis: page.axis,
            periods: page.periods,
            jquery: page.jquery,
            calls_from: page.calls_from,
            drift: (behaviour.drift != Drift::default()).then_some(&behaviour.drift),
            misbehave: page.misbehave,
            navigate_to: page.misbehave.map(|_| page.navigate_to.as_str()),
        }
    }
}

/// The HTML at the address of a timetable; `None` if the address redirects to the login.
///
/// It depends on the behaviour of the fixture only, not on the identifier.
pub(super) fn document(api_base: &str, behaviour: &Behaviour) -> Option<String> {
    match behaviour.page.document {
        DocumentKind::Timetable => Some(timetable(api_base, behaviour)),
        DocumentKind::Interstitial => Some(INTERSTITIAL.to_owned()),
        DocumentKind::Challenge => Some(CHALLENGE.to_owned()),
        DocumentKind::Maintenance => Some(MAINTENANCE.to_owned()),
        DocumentKind::LoginRedirect => None,
    }
}

fn timetable(api_base: &str, behaviour: &Behaviour) -> String {
    let options = PageOptions::new(behaviour);
    let asked = [options.drift.is_some(), options.misbehave.is_some()];
    let deviations = [DRIFT, MISBEHAVE].map(element);
    let deviations = deviations.into_iter().zip(asked);
    let deviations: Vec<_> = deviations
        .filter_map(|(element, asked)| asked.then_some(element))
        .collect();
    TIMETABLE
        .replace("{{deviations}}", &deviations.concat())
        .replace("{{api}}", &literal(&api_base))
        .replace("{{options}}", &literal(&options))
}

/// The element that loads a script.
fn element(path: &str) -> String {
    format!("<script type=\"text/javascript\" src=\"{path}\"></script>\n")
}

/// A literal for a script. `</script>` or `<!--` in a value would end the script element.
fn literal(value: &impl Serialize) -> String {
    // Plain data cannot fail to serialise; without options a page has its default layout.
    let json = serde_json::to_string(value).unwrap_or_else(|_| "{}".to_owned());
    json.replace('<', "\\u003c")
}
