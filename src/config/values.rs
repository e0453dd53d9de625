//! One function for each kind of value: text in, the value or what is wrong with it out.

use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use url::Url;

use super::{ApiKey, BrowserKind, LogFormat};
use crate::timetable::slots::Rounding;

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text.trim())
        .map_err(|_| format!("{text:?} is not a duration; write 500ms, 10s or 5m"))
}

pub(super) fn positive_duration(text: &str) -> Result<Duration, String> {
    let value = duration(text)?;
    if value.is_zero() {
        Err("must be more than nothing; write 10s for instance".to_owned())
    } else {
        Ok(value)
    }
}

pub(super) fn count(text: &str, least: usize) -> Result<usize, String> {
    match text.trim().parse() {
        Ok(value) if value >= least => Ok(value),
        _ => Err(format!(
            "{text:?} is not a whole number of at least {least}"
        )),
    }
}

pub(super) fn boolean(text: &str) -> Result<bool, String> {
    bool::from_str(text.trim()).map_err(|_| format!("{text:?} is neither true nor false"))
}

pub(super) fn socket_address(text: &str) -> Result<SocketAddr, String> {
    text.trim().parse().map_err(|_| {
        format!("{text:?} is not an address with a port; write 127.0.0.1:5001 or [::1]:5001")
    })
}

pub(super) fn http_url(text: &str) -> Result<Url, String> {
    Url::parse(text.trim())
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| format!("{text:?} is not an http:// or https:// address"))
}

pub(super) fn api_keys(text: &str) -> Result<Vec<ApiKey>, String> {
    let keys: Vec<_> = text
        .split(',')
        .map(str::trim)
        .filter(|key| !key.is_empty())
        .collect();
    if keys
        .iter()
        .any(|key| !key.bytes().all(|b| b.is_ascii_graphic()))
    {
        return Err("a key may only hold visible ASCII characters".to_owned());
    }
    Ok(keys.into_iter().map(|key| ApiKey(key.to_owned())).collect())
}

pub(super) fn rounding(text: &str) -> Result<Rounding, String> {
    match text {
        "cover" => Ok(Rounding::Cover),
        "onetime" => Ok(Rounding::Onetime),
        _ => Err(format!("{text:?} is neither cover nor onetime")),
    }
}

pub(super) fn source(text: &str) -> Result<(), String> {
    if text == "browser" {
        Ok(())
    } else {
        Err(format!("{text:?} is not served; write browser"))
    }
}

pub(super) fn browser_kind(text: &str) -> Result<BrowserKind, String> {
    match text {
        "chrome" => Ok(BrowserKind::Chrome),
        "firefox" => Ok(BrowserKind::Firefox),
        _ => Err(format!("{text:?} is neither chrome nor firefox")),
    }
}

pub(super) fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(format!("{text:?} is neither text nor json")),
    }
}

pub(super) fn log_filter(text: &str) -> Result<String, String> {
    match tracing_subscriber::EnvFilter::try_new(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err(format!(
            "{text:?} is no filter; write error, warn, info or debug"
        )),
    }
}
