//! What each operation takes, for the document alone: the handlers read the same names themselves,
//! to refuse what is wrong in the words of their interface.

#![expect(dead_code, reason = "only their schemas are used")]

use utoipa::{IntoParams, ToSchema};

use timetable::render::ical::Detail;
use timetable::slots::{Granularity, Rounding};

/// An identifier in the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(in crate::http) struct IdentifierParameter {
    /// The 20 letters or digits after the `@` of a share link, with or without the `@`.
    #[param(pattern = "^@?[A-Za-z0-9]{20}$", example = "weekday0000000000000")]
    identifier: String,
}

/// A link in the query.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct LinkParameter {
    /// A share link, the app's whole share message, `@identifier` or the identifier alone.
    #[param(example = "https://everytime.kr/@weekday0000000000000")]
    link: String,
}

/// A link in the query of the OneTime interface.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct UrlParameter {
    /// A share link, the app's whole share message, `@identifier` or the identifier alone.
    #[param(example = "https://everytime.kr/@weekday0000000000000")]
    url: String,
}

/// A link in a body.
#[derive(ToSchema)]
pub(in crate::http) struct LinkBody {
    /// A share link, the app's whole share message, `@identifier` or the identifier alone.
    #[schema(example = "https://everytime.kr/@weekday0000000000000")]
    url: String,
}

/// A link as a whole body.
#[derive(ToSchema)]
#[schema(value_type = String, example = "https://everytime.kr/@weekday0000000000000")]
pub(in crate::http) struct LinkText(String);

/// How the week is cut.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct SlotParameters {
    /// Minutes in a slot; 30 where it is not said.
    #[param(required = false)]
    granularity: Granularity,
    /// How a class that begins or ends inside a slot counts; the service's own where it is not said.
    #[param(required = false)]
    rounding: Rounding,
}

/// What a calendar file is to hold.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct CalendarParameters {
    /// First day of the term, in the years 1989 to 9998.
    #[param(format = Date, example = "2026-09-01")]
    from: String,
    /// Last day of the term, not before the first.
    #[param(format = Date, example = "2026-12-18")]
    until: String,
    /// `busy` hides names, places and professors.
    #[param(required = false)]
    detail: Detail,
}
