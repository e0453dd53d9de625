//! One function for each kind of value: text in, the value or what is wrong with it out.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use ipnet::IpNet;
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use url::Url;
use webdriver_fleet::Browser;

use crate::cache::CacheUrl;
use crate::http::{AllowedHost, ApiKey, Origin};
use crate::log::LogFormat;
use crate::source::SourceConfig;
use timetable::slots::Rounding;

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

pub(super) fn small_count(text: &str) -> Result<u32, String> {
    let value = text.trim().parse();
    value.map_err(|_| format!("{text:?} is not a whole number from 0 to {}", u32::MAX))
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

/// The value is no part of the fault: it may hold a password.
pub(super) fn cache_url(text: Option<&str>) -> Result<Option<CacheUrl>, String> {
    let text = text.filter(|text| !text.trim().is_empty());
    let url = text.map(str::parse::<CacheUrl>).transpose();
    url.map_err(|invalid| invalid.to_string())
}

/// What a setting says of a proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Proxied {
    Directly,
    Through(Url),
}

/// The value is no part of the fault: it may hold a password.
pub(super) fn proxy(text: &str) -> Result<Proxied, String> {
    if text.eq_ignore_ascii_case("none") {
        return Ok(Proxied::Directly);
    }
    let whole = if text.contains("://") {
        text.to_owned()
    } else {
        format!("http://{text}")
    };
    let is_plain = |url: &Url| {
        let ends = matches!(url.path(), "" | "/") && url.query().is_none();
        url.scheme() == "http" && url.has_host() && ends
    };
    Url::parse(&whole)
        .ok()
        .filter(is_plain)
        .map(Proxied::Through)
        .ok_or_else(|| {
            "not the address of an http proxy, as http://proxy.example:3128; no other kind is \
             supported. GONGGANG_PROXY=none: no proxy"
                .to_owned()
        })
}

/// The certificates of a PEM file that holds at least one, each fit for an authority.
pub(super) fn authorities(path: Option<&str>) -> Result<Vec<CertificateDer<'static>>, String> {
    let Some(path) = path.map(str::trim).filter(|path| !path.is_empty()) else {
        return Ok(Vec::new());
    };
    let pem = std::fs::read(path).map_err(|error| format!("{path:?} cannot be read: {error}"))?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let certificates = certificates.map_err(|error| format!("{path:?} is not PEM: {error}"))?;
    if certificates.is_empty() {
        return Err(format!("{path:?} holds no certificate in PEM"));
    }
    for (number, certificate) in (1..).zip(&certificates) {
        let trusted = RootCertStore::empty().add(certificate.clone());
        trusted.map_err(|error| format!("certificate {number} of {path:?}: {error}"))?;
    }
    Ok(certificates)
}

/// The address of a WebDriver end. It may hold a password, so it is never repeated; user and password
/// are sent as they stand, so they must need no escaping.
pub(super) fn webdriver_url(text: &str) -> Result<Url, String> {
    let url = http_url(text).map_err(|_| "not an http:// or https:// address".to_owned())?;
    let escaped = |part: &str| part.contains('%');
    if escaped(url.username()) || url.password().is_some_and(escaped) {
        return Err("its user and password may not hold characters that addresses escape".into());
    }
    Ok(url)
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
    Ok(keys.into_iter().map(ApiKey::new).collect())
}

fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|one| !one.is_empty())
}

pub(super) fn origins(text: &str) -> Result<Vec<Origin>, String> {
    listed(text).map(origin).collect()
}

fn origin(text: &str) -> Result<Origin, String> {
    if text == "*" {
        return Ok(Origin::Any);
    }
    let url = Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"));
    // Compared as browsers write it: lower case, no default port, nothing after the host.
    url.map(|url| url.origin().ascii_serialization())
        .filter(|origin| origin.eq_ignore_ascii_case(text.trim_end_matches('/')))
        .map(Origin::Only)
        .ok_or_else(|| format!("{text:?} is not an origin; write https://example.com or *"))
}

pub(super) fn rate(text: Option<&str>) -> Result<Option<NonZeroU32>, String> {
    match text.map(str::trim) {
        None | Some("" | "0" | "off") => Ok(None),
        Some(text) => text
            .parse()
            .map(Some)
            .map_err(|_| format!("{text:?} is not a number of requests per minute, nor off")),
    }
}

pub(super) fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    listed(text).map(network).collect()
}

fn network(text: &str) -> Result<IpNet, String> {
    text.parse::<IpAddr>()
        .map(IpNet::from)
        .or_else(|_| text.parse())
        .map_err(|_| format!("{text:?} is neither an address nor a network like 10.0.0.0/8"))
}

pub(super) fn allowed_hosts(text: &str) -> Result<Vec<AllowedHost>, String> {
    listed(text).map(allowed_host).collect()
}

fn allowed_host(text: &str) -> Result<AllowedHost, String> {
    if text == "*" {
        return Ok(AllowedHost::Any);
    }
    let host = url::Host::parse(text).map(|host| host.to_string());
    host.map(AllowedHost::Only).map_err(|_| {
        format!("{text:?} is not a host; write gonggang.internal, 192.0.2.1, [2001:db8::1] or *, without a port")
    })
}

pub(super) fn rounding(text: &str) -> Result<Rounding, String> {
    match text {
        "cover" => Ok(Rounding::Cover),
        "onetime" => Ok(Rounding::Onetime),
        _ => Err(format!("{text:?} is neither cover nor onetime")),
    }
}

pub(super) fn source(text: &str) -> Result<SourceConfig, String> {
    match text {
        "browser" => Ok(SourceConfig::Browser),
        "api" => Ok(SourceConfig::Api),
        "auto" => Ok(SourceConfig::Auto { cross_check: None }),
        _ => Err(format!("{text:?} is none of browser, api and auto")),
    }
}

pub(super) fn browser_kind(text: &str) -> Result<Browser, String> {
    match text {
        "chrome" => Ok(Browser::Chromium),
        "firefox" => Ok(Browser::Firefox),
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
