//! The site that is read: where it is, by which of its ways, and how politely.

use std::num::NonZeroU32;

use super::faults::Faults;
use super::proxy::ProxySettings;
use super::values::{authorities, http_url, positive_duration, small_count, source};
use crate::source::{BreakerConfig, Politeness, SiteConfig, SourceConfig};

/// The real site; the default of `GONGGANG_EVERYTIME_URL`.
const EVERYTIME_URL: &str = "https://everytime.kr";
/// The real site's API; the default of `GONGGANG_API_URL`.
const API_URL: &str = "https://api.everytime.kr";

/// What is read, and how.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct SiteSettings {
    /// What reads a timetable: browser, api or auto
    ///
    /// browser reads the page. api calls the API behind the page and starts no browser. auto calls
    /// the API first, and reads the page if the API refuses, fails or has changed.
    #[arg(long, env = "GONGGANG_SOURCE", default_value = "browser")]
    source: String,
    /// With auto: read one API answer in N with the browser too, and count differences; 0 = none
    #[arg(
        long,
        env = "GONGGANG_CROSS_CHECK",
        default_value = "0",
        value_name = "N"
    )]
    cross_check: String,
    /// The site to read
    ///
    /// The browser reaches only the hosts of this address and of `GONGGANG_API_URL`.
    #[arg(long, env = "GONGGANG_EVERYTIME_URL", default_value = EVERYTIME_URL, value_name = "URL")]
    everytime_url: String,
    /// The API that the site's page calls
    #[arg(long, env = "GONGGANG_API_URL", default_value = API_URL, value_name = "URL")]
    api_url: String,
    /// The same as --api-url, under the name that stands beside `GONGGANG_EVERYTIME_URL`
    #[arg(long, env = "GONGGANG_EVERYTIME_API_URL", hide = true)]
    everytime_api_url: Option<String>,
    /// PEM file of further certificate authorities for site, API and browser
    ///
    /// Chromium needs certutil (Debian: libnss3-tools). A remote Chromium must already trust them.
    #[arg(long, env = "GONGGANG_CA_FILE", value_name = "PATH")]
    ca_file: Option<String>,
    /// Page loads or API calls a second to the site; 0 = no limit
    ///
    /// A site on this machine has no limit.
    #[arg(
        long,
        env = "GONGGANG_SITE_RATE",
        default_value = "5",
        value_name = "N"
    )]
    site_rate: String,
    /// Refusals or failures of the site in a row that stop all reads; 0 = never
    #[arg(
        long,
        env = "GONGGANG_BREAKER_FAILURES",
        default_value = "10",
        value_name = "N"
    )]
    breaker_failures: String,
    /// How long reads stop; then one test read decides
    #[arg(
        long,
        env = "GONGGANG_BREAKER_PAUSE",
        default_value = "30s",
        value_name = "DURATION"
    )]
    breaker_pause: String,
}

impl SiteSettings {
    /// Which source, or both; faults are added to `faults`.
    pub(super) fn source(&self, faults: &mut Faults) -> Option<SourceConfig> {
        let source = faults.check("GONGGANG_SOURCE", source(&self.source));
        let every = faults.check("GONGGANG_CROSS_CHECK", small_count(&self.cross_check));
        let (source, cross_check) = (source?, NonZeroU32::new(every?));
        match source {
            SourceConfig::Auto { .. } => Some(SourceConfig::Auto { cross_check }),
            one if cross_check.is_none() => Some(one),
            _ => {
                let why = "two sources are needed to compare: set GONGGANG_SOURCE=auto".to_owned();
                faults.add("GONGGANG_CROSS_CHECK", why);
                None
            }
        }
    }

    /// Where the site is; faults are added to `faults`.
    pub(super) fn site(&self, proxy: &ProxySettings, faults: &mut Faults) -> Option<SiteConfig> {
        let everytime_url = faults.check("GONGGANG_EVERYTIME_URL", http_url(&self.everytime_url));
        let api_url = self.everytime_api_url.as_ref().unwrap_or(&self.api_url);
        let api_url = faults.check("GONGGANG_API_URL", http_url(api_url));
        let authorities = authorities(self.ca_file.as_deref());
        let authorities = faults.check("GONGGANG_CA_FILE", authorities);
        let everytime_url = everytime_url?;
        let proxy = proxy.config(&everytime_url, faults);
        Some(SiteConfig {
            everytime_url,
            api_url: api_url?,
            authorities: authorities?,
            proxy,
        })
    }

    /// How often the site may be asked; faults are added to `faults`.
    pub(super) fn politeness(&self, faults: &mut Faults) -> Option<Politeness> {
        let rate = faults.check("GONGGANG_SITE_RATE", small_count(&self.site_rate));
        let failures = faults.check(
            "GONGGANG_BREAKER_FAILURES",
            small_count(&self.breaker_failures),
        );
        let pause = faults.check(
            "GONGGANG_BREAKER_PAUSE",
            positive_duration(&self.breaker_pause),
        );
        Some(Politeness {
            rate: NonZeroU32::new(rate?),
            breaker: BreakerConfig {
                failures: failures?,
                pause: pause?,
            },
        })
    }
}
