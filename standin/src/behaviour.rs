//! How a fixture behaves besides its answer: the types of `case.json`.

use serde::{Deserialize, Serialize};

use super::drift::Drift;

/// The whole `case.json`. Every field is optional; unknown fields are errors.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Behaviour {
    /// How the API answers.
    pub api: ApiBehaviour,
    /// How the page is served and laid out.
    pub page: PageBehaviour,
    /// How the page deviates from the known one.
    pub drift: Drift,
    /// The fixture's identifier, if its answer has another one.
    pub identifier: Option<String>,
}

/// How the API answers for a fixture.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ApiBehaviour {
    /// HTTP status, 200 to 599.
    pub status: u16,
    /// Milliseconds before the answer starts.
    pub delay_ms: u64,
    /// Keeps the call open without ever answering.
    pub never: bool,
    /// `Content-Type`; without it `text/html` for a body that is HTML, else `application/xml`.
    pub content_type: Option<String>,
    /// Whether pages of another origin may read the answer.
    pub cors: bool,
}

impl Default for ApiBehaviour {
    fn default() -> Self {
        Self {
            status: 200,
            delay_ms: 0,
            never: false,
            content_type: None,
            cors: true,
        }
    }
}

/// How the page of a fixture is served and laid out.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct PageBehaviour {
    /// HTTP status, 200 to 599. With another status than 200 an error page without scripts is served.
    pub status: u16,
    /// What is served with status 200.
    pub document: DocumentKind,
    /// Milliseconds before the page is served.
    pub delay_ms: u64,
    /// Never serves the page.
    pub never: bool,
    /// Rows of the time axis.
    pub axis: Axis,
    /// Position of the school's periods.
    pub periods: Periods,
    /// Whether the page keeps its values in `jQuery(el).data()`.
    pub jquery: bool,
    /// What calls the API.
    pub calls_from: CallsFrom,
    /// How the page misbehaves.
    pub misbehave: Option<Misbehaviour>,
    /// Target of [`Misbehaviour::NavigateAway`].
    pub navigate_to: String,
}

impl Default for PageBehaviour {
    fn default() -> Self {
        Self {
            status: 200,
            document: DocumentKind::default(),
            delay_ms: 0,
            never: false,
            axis: Axis::default(),
            periods: Periods::default(),
            jquery: true,
            calls_from: CallsFrom::default(),
            misbehave: None,
            navigate_to: "/".to_owned(),
        }
    }
}

/// What the address of a timetable serves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// The timetable page.
    #[default]
    Timetable,
    /// A refusal ("비정상 접근") without `#container`.
    Interstitial,
    /// A browser check without `#container`, which changes every 50 ms for ever.
    Challenge,
    /// A `#container` with other parts than a timetable's.
    Maintenance,
    /// A redirect (302) to `/login`.
    LoginRedirect,
}

/// What calls the API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CallsFrom {
    /// The window's own `XMLHttpRequest`.
    #[default]
    Window,
    /// A dedicated worker, which posts the answer to the page.
    Worker,
}

/// Rows of the time axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// 24 rows, "오전 0시" to "오후 11시".
    #[default]
    Hour,
    /// 48 rows of half the height, "00:00" to "23:30".
    HalfHour,
}

/// Position of the school's periods ("1교시").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Periods {
    /// Not shown; the hours are on the left.
    #[default]
    None,
    /// On the left, the hours on the right.
    Left,
    /// On the right, the hours on the left.
    Right,
}

/// What a hostile or broken page does. All but [`Misbehaviour::LateAlert`] replace the drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Misbehaviour {
    /// Blocks the page's thread for ever.
    EndlessLoop,
    /// Opens a new window ten times a second.
    Popup,
    /// Navigates to [`PageBehaviour::navigate_to`].
    NavigateAway,
    /// Navigates to a download.
    Download,
    /// Fills the script's heap until the browser ends the page.
    FillMemory,
    /// Opens the next alert as soon as one is closed.
    AlertForever,
    /// Draws, then opens one alert a second later.
    LateAlert,
}
