//! The timetable page: its embedded assets, and its HTML with a case's layout written in.

use serde::Serialize;

use super::{
    behaviour::{Axis, Behaviour, Misbehaviour, Periods},
    drift::Drift,
};

pub(super) const STYLE: &str = include_str!("page/timetable.css");
pub(super) const SCRIPT: &str = include_str!("page/timetable.js");
pub(super) const DRIFT_SCRIPT: &str = include_str!("page/drift.js");
pub(super) const MISBEHAVE_SCRIPT: &str = include_str!("page/misbehave.js");
pub(super) const FRONT: &str = include_str!("page/front.html");
const TIMETABLE: &str = include_str!("page/timetable.html");

/// What the page's script is told; the real page gets the same from its own script and style.
#[derive(Serialize)]
struct Options<'a> {
    api: &'a str,
    axis: Axis,
    periods: Periods,
    jquery: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    drift: Option<&'a Drift>,
    #[serde(skip_serializing_if = "Option::is_none")]
    misbehave: Option<Misbehaviour>,
    #[serde(skip_serializing_if = "Option::is_none")]
    navigate_to: Option<&'a str>,
}

impl<'a> Options<'a> {
    fn new(api: &'a str, behaviour: &'a Behaviour) -> Self {
        let page = &behaviour.page;
        Self {
            api,
            axis: page.axis,
            periods: page.periods,
            jquery: page.jquery,
            drift: (behaviour.drift != Drift::default()).then_some(&behaviour.drift),
            misbehave: page.misbehave,
            navigate_to: page.misbehave.map(|_| page.navigate_to.as_str()),
        }
    }
}

/// The page's HTML: the same for every identifier but for the layout its case asks for.
pub(super) fn timetable(api_base: &str, behaviour: &Behaviour) -> String {
    let options = serde_json::to_string(&Options::new(api_base, behaviour));
    // Plain data cannot fail to serialise; a page without options would lay out as by default.
    let options = options.unwrap_or_else(|_| "{}".to_owned());
    // `</script>` or `<!--` in a value would end the element it stands in.
    TIMETABLE.replace("{{options}}", &options.replace('<', "\\u003c"))
}
