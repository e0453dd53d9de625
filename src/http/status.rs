//! The HTTP status of a fault.

use axum::http::StatusCode;

use crate::code::Code;

/// The status of a fault, on every interface that has none of its own for it.
pub(super) fn of_code(code: Code) -> StatusCode {
    match code {
        Code::MissingLink | Code::InvalidLink | Code::InvalidParameter | Code::InvalidBody => {
            StatusCode::BAD_REQUEST
        }
        Code::Unauthorized => StatusCode::UNAUTHORIZED,
        Code::NotPublic => StatusCode::FORBIDDEN,
        Code::NotFound | Code::NoTimetable | Code::NoSuchPath => StatusCode::NOT_FOUND,
        Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Code::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
        Code::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::HostNotAllowed => StatusCode::MISDIRECTED_REQUEST,
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Code::TooManyHeaders => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Code::LayoutChanged | Code::Blocked | Code::SiteUnavailable => StatusCode::BAD_GATEWAY,
        Code::Busy | Code::Draining | Code::BrowserUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::Timeout => StatusCode::GATEWAY_TIMEOUT,
    }
}
