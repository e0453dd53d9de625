//! Settings as flags and `GONGGANG_…` variables give them.
//!
//! Everything is taken as text first and checked in one pass, so that a start with three faults
//! names all three.

use std::num::NonZeroU32;
use std::path::PathBuf;

use super::values::{
    api_keys, boolean, browser_kind, cache_url, count, duration, http_url, log_filter, log_format,
    networks, origins, positive_duration, rate, rounding, small_count, socket_address, source,
    webdriver_url,
};
use super::{
    BrowserConfig, Config, HttpConfig, LogConfig, MannersConfig, SiteConfig, SourceConfig,
};
use crate::cache::CacheConfig;
use crate::source::BreakerConfig;

/// The real site; the default of `GONGGANG_EVERYTIME_URL`.
const EVERYTIME_URL: &str = "https://everytime.kr";
/// The real site's API; the default of `GONGGANG_API_URL`.
const API_URL: &str = "https://api.everytime.kr";

/// Every setting as it was given.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Settings (each is also an environment variable)")]
pub struct Settings {
    /// Address to listen on
    #[arg(
        long,
        env = "GONGGANG_LISTEN",
        default_value = "127.0.0.1:5001",
        value_name = "ADDR"
    )]
    listen: String,
    /// Listen beyond this machine without an API key
    #[arg(long, env = "GONGGANG_ALLOW_OPEN", default_value = "false", value_name = "BOOL",
          num_args = 0..=1, default_missing_value = "true")]
    allow_open: String,
    /// Keys that callers send as X-API-Key, comma-separated
    #[arg(
        long,
        env = "GONGGANG_API_KEYS",
        default_value = "",
        value_name = "KEYS",
        hide_env_values = true
    )]
    api_keys: String,
    /// Origins whose pages may call from a browser, comma-separated, or *
    #[arg(
        long,
        env = "GONGGANG_CORS_ORIGINS",
        default_value = "",
        value_name = "ORIGINS"
    )]
    cors_origins: String,
    /// Requests per minute for each key, else for each address [default: no limit]
    #[arg(long, env = "GONGGANG_RATE_LIMIT", value_name = "N")]
    rate_limit: Option<String>,
    /// Proxies whose X-Forwarded-For is believed: addresses or networks, comma-separated
    #[arg(
        long,
        env = "GONGGANG_TRUSTED_PROXIES",
        default_value = "",
        value_name = "ADDRS"
    )]
    trusted_proxies: String,
    /// What reads a timetable: browser, api, or auto (the API first, the browser where that is
    /// blocked or unreadable)
    #[arg(long, env = "GONGGANG_SOURCE", default_value = "browser")]
    source: String,
    /// With auto: one answer of the API in N is read by the browser as well, and differences are
    /// counted; 0 = none
    #[arg(
        long,
        env = "GONGGANG_CROSS_CHECK",
        default_value = "0",
        value_name = "N"
    )]
    cross_check: String,
    /// The site to read
    #[arg(long, env = "GONGGANG_EVERYTIME_URL", default_value = EVERYTIME_URL, value_name = "URL")]
    everytime_url: String,
    /// The API that the site's page calls
    #[arg(long, env = "GONGGANG_API_URL", default_value = API_URL, value_name = "URL")]
    api_url: String,
    /// The same as --api-url, under the name that stands beside `GONGGANG_EVERYTIME_URL`
    #[arg(long, env = "GONGGANG_EVERYTIME_API_URL", hide = true)]
    everytime_api_url: Option<String>,
    /// Reads a second from the site, one on this machine aside; 0 sets no limit
    #[arg(
        long,
        env = "GONGGANG_SITE_RATE",
        default_value = "20",
        value_name = "N"
    )]
    site_rate: String,
    /// Refusals and failures in a row before the site is left alone for a while; 0 never
    #[arg(
        long,
        env = "GONGGANG_BREAKER_FAILURES",
        default_value = "10",
        value_name = "N"
    )]
    breaker_failures: String,
    /// For how long it is left alone
    #[arg(
        long,
        env = "GONGGANG_BREAKER_PAUSE",
        default_value = "30s",
        value_name = "DURATION"
    )]
    breaker_pause: String,
    /// chrome (chromedriver) or firefox (geckodriver)
    #[arg(long, env = "GONGGANG_BROWSER", default_value = "chrome")]
    browser: String,
    /// The browser's executable [default: found]
    #[arg(long, env = "GONGGANG_BROWSER_BINARY", value_name = "PATH")]
    browser_binary: Option<PathBuf>,
    /// The driver's executable [default: found]
    #[arg(long, env = "GONGGANG_DRIVER_BINARY", value_name = "PATH")]
    driver_binary: Option<PathBuf>,
    /// A remote WebDriver end, a Selenium Grid for instance; no local driver is started then
    #[arg(long, env = "GONGGANG_WEBDRIVER_URL", value_name = "URL")]
    webdriver_url: Option<String>,
    /// User agent [default: the browser's own, without "Headless"]
    #[arg(long, env = "GONGGANG_USER_AGENT", value_name = "TEXT")]
    user_agent: Option<String>,
    /// Sessions kept open [default: processors]
    #[arg(long, env = "GONGGANG_POOL_SIZE", value_name = "N")]
    pool_size: Option<String>,
    /// Callers that may wait for a session [default: 16 × pool]
    #[arg(long, env = "GONGGANG_QUEUE", value_name = "N")]
    queue: Option<String>,
    /// Longest wait for a session
    #[arg(
        long,
        env = "GONGGANG_QUEUE_TIMEOUT",
        default_value = "5s",
        value_name = "DURATION"
    )]
    queue_timeout: String,
    /// Longest a page may take
    #[arg(
        long,
        env = "GONGGANG_PAGE_TIMEOUT",
        default_value = "10s",
        value_name = "DURATION"
    )]
    page_timeout: String,
    /// Longest a request may take
    #[arg(
        long,
        env = "GONGGANG_REQUEST_TIMEOUT",
        default_value = "15s",
        value_name = "DURATION"
    )]
    request_timeout: String,
    /// Pages after which a session is replaced
    #[arg(
        long,
        env = "GONGGANG_SESSION_MAX_PAGES",
        default_value = "500",
        value_name = "N"
    )]
    session_max_pages: String,
    /// Age at which a session is replaced
    #[arg(
        long,
        env = "GONGGANG_SESSION_MAX_AGE",
        default_value = "30m",
        value_name = "DURATION"
    )]
    session_max_age: String,
    /// Answers kept in memory
    #[arg(
        long,
        env = "GONGGANG_CACHE_CAPACITY",
        default_value = "10000",
        value_name = "N"
    )]
    cache_capacity: String,
    /// How long a timetable is fresh, give or take a tenth
    #[arg(
        long,
        env = "GONGGANG_CACHE_TTL",
        default_value = "10m",
        value_name = "DURATION"
    )]
    cache_ttl: String,
    /// How long it is remembered that there is none to see
    #[arg(
        long,
        env = "GONGGANG_CACHE_NEGATIVE_TTL",
        default_value = "30s",
        value_name = "DURATION"
    )]
    cache_negative_ttl: String,
    /// How long a timetable that is no longer fresh may serve while the site fails
    #[arg(
        long,
        env = "GONGGANG_CACHE_STALE",
        default_value = "24h",
        value_name = "DURATION"
    )]
    cache_stale: String,
    /// A Redis server where replicas share their answers: redis://… or redis+unix://…
    #[arg(
        long,
        env = "GONGGANG_CACHE_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    cache_url: Option<String>,
    /// cover (no busy minute is lost) or onetime (the first crawler's formula)
    #[arg(long, env = "GONGGANG_ROUNDING", default_value = "cover")]
    rounding: String,
    /// What is logged: error, warn, info, debug or a tracing filter
    #[arg(
        long,
        env = "GONGGANG_LOG",
        default_value = "info",
        value_name = "FILTER"
    )]
    log: String,
    /// text or json [default: text on a terminal, else json]
    #[arg(long, env = "GONGGANG_LOG_FORMAT", value_name = "FORMAT")]
    log_format: Option<String>,
    /// How long a shutdown waits for requests under way
    #[arg(
        long,
        env = "GONGGANG_SHUTDOWN_GRACE",
        default_value = "20s",
        value_name = "DURATION"
    )]
    shutdown_grace: String,
}

/// One setting that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{variable}: {why}")]
pub struct SettingFault {
    /// Its variable.
    pub variable: &'static str,
    /// What is wrong with it and what it takes.
    pub why: String,
}

impl Settings {
    /// Checks every setting.
    ///
    /// # Errors
    /// All the faults, not only the first.
    pub fn validate(&self) -> Result<Config, Vec<SettingFault>> {
        let mut faults = Faults::default();
        let http = self.http(&mut faults);
        let source = self.source(&mut faults);
        let site = self.site(&mut faults);
        let manners = self.manners(&mut faults);
        let browser = self.browser(&mut faults);
        let cache = self.cache(&mut faults);
        let log = self.log(&mut faults);
        let request_timeout = faults.check(
            "GONGGANG_REQUEST_TIMEOUT",
            positive_duration(&self.request_timeout),
        );
        let shutdown_grace =
            faults.check("GONGGANG_SHUTDOWN_GRACE", duration(&self.shutdown_grace));
        faults.none_or(|| {
            Some(Config {
                http: http?,
                source: source?,
                site: site?,
                manners: manners?,
                browser: browser?,
                cache: cache?,
                log: log?,
                request_timeout: request_timeout?,
                shutdown_grace: shutdown_grace?,
            })
        })
    }

    fn http(&self, faults: &mut Faults) -> Option<HttpConfig> {
        let api_keys = faults.check("GONGGANG_API_KEYS", api_keys(&self.api_keys));
        let allow_open = faults.check("GONGGANG_ALLOW_OPEN", boolean(&self.allow_open));
        let rounding = faults.check("GONGGANG_ROUNDING", rounding(&self.rounding));
        let listen = faults.check("GONGGANG_LISTEN", socket_address(&self.listen));
        let cors_origins = faults.check("GONGGANG_CORS_ORIGINS", origins(&self.cors_origins));
        let rate_limit = faults.check("GONGGANG_RATE_LIMIT", rate(self.rate_limit.as_deref()));
        let trusted_proxies =
            faults.check("GONGGANG_TRUSTED_PROXIES", networks(&self.trusted_proxies));
        let (api_keys, listen) = (api_keys?, listen?);
        if !listen.ip().is_loopback() && api_keys.is_empty() && !allow_open? {
            faults.add("GONGGANG_LISTEN", format!(
                "{listen} is open to other machines: set GONGGANG_API_KEYS, listen on 127.0.0.1, \
                 or set GONGGANG_ALLOW_OPEN=true"
            ));
        }
        Some(HttpConfig {
            listen,
            api_keys,
            rounding: rounding?,
            cors_origins: cors_origins?,
            rate_limit: rate_limit?,
            trusted_proxies: trusted_proxies?,
        })
    }

    fn site(&self, faults: &mut Faults) -> Option<SiteConfig> {
        let everytime_url = faults.check("GONGGANG_EVERYTIME_URL", http_url(&self.everytime_url));
        let api_url = self.everytime_api_url.as_ref().unwrap_or(&self.api_url);
        let api_url = faults.check("GONGGANG_API_URL", http_url(api_url));
        Some(SiteConfig {
            everytime_url: everytime_url?,
            api_url: api_url?,
        })
    }

    fn source(&self, faults: &mut Faults) -> Option<SourceConfig> {
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

    fn manners(&self, faults: &mut Faults) -> Option<MannersConfig> {
        let rate = faults.check("GONGGANG_SITE_RATE", small_count(&self.site_rate));
        let failures = faults.check(
            "GONGGANG_BREAKER_FAILURES",
            small_count(&self.breaker_failures),
        );
        let pause = faults.check(
            "GONGGANG_BREAKER_PAUSE",
            positive_duration(&self.breaker_pause),
        );
        Some(MannersConfig {
            rate: NonZeroU32::new(rate?),
            breaker: BreakerConfig {
                failures: failures?,
                pause: pause?,
            },
        })
    }

    fn browser(&self, faults: &mut Faults) -> Option<BrowserConfig> {
        let kind = faults.check("GONGGANG_BROWSER", browser_kind(&self.browser));
        let webdriver_url = self
            .webdriver_url
            .as_deref()
            .map(|text| faults.check("GONGGANG_WEBDRIVER_URL", webdriver_url(text)));
        let pool_size = match &self.pool_size {
            Some(text) => faults.check("GONGGANG_POOL_SIZE", count(text, 1)),
            None => Some(std::thread::available_parallelism().map_or(1, usize::from)),
        };
        let queue = match &self.queue {
            Some(text) => faults.check("GONGGANG_QUEUE", count(text, 0)),
            None => pool_size.map(|sessions| sessions * 16),
        };
        let queue_timeout = faults.check(
            "GONGGANG_QUEUE_TIMEOUT",
            positive_duration(&self.queue_timeout),
        );
        let page_timeout = faults.check(
            "GONGGANG_PAGE_TIMEOUT",
            positive_duration(&self.page_timeout),
        );
        let session_max_pages = faults.check(
            "GONGGANG_SESSION_MAX_PAGES",
            count(&self.session_max_pages, 1),
        );
        let session_max_age = faults.check(
            "GONGGANG_SESSION_MAX_AGE",
            positive_duration(&self.session_max_age),
        );
        Some(BrowserConfig {
            kind: kind?,
            browser_binary: self.browser_binary.clone(),
            driver_binary: self.driver_binary.clone(),
            webdriver_url: webdriver_url.map_or(Some(None), |url| url.map(Some))?,
            user_agent: self.user_agent.clone(),
            pool_size: pool_size?,
            queue: queue?,
            queue_timeout: queue_timeout?,
            page_timeout: page_timeout?,
            session_max_pages: session_max_pages? as u32,
            session_max_age: session_max_age?,
        })
    }

    fn cache(&self, faults: &mut Faults) -> Option<CacheConfig> {
        let capacity = faults.check("GONGGANG_CACHE_CAPACITY", count(&self.cache_capacity, 0));
        let ttl = faults.check("GONGGANG_CACHE_TTL", duration(&self.cache_ttl));
        let negative_ttl = faults.check(
            "GONGGANG_CACHE_NEGATIVE_TTL",
            duration(&self.cache_negative_ttl),
        );
        let stale = faults.check("GONGGANG_CACHE_STALE", duration(&self.cache_stale));
        let url = faults.check("GONGGANG_CACHE_URL", cache_url(self.cache_url.as_deref()));
        Some(CacheConfig {
            capacity: capacity? as u64,
            ttl: ttl?,
            negative_ttl: negative_ttl?,
            stale: stale?,
            url: url?,
        })
    }

    fn log(&self, faults: &mut Faults) -> Option<LogConfig> {
        let filter = faults.check("GONGGANG_LOG", log_filter(&self.log));
        let format = match &self.log_format {
            Some(text) => faults
                .check("GONGGANG_LOG_FORMAT", log_format(text))
                .map(Some),
            None => Some(None),
        };
        Some(LogConfig {
            filter: filter?,
            format: format?,
        })
    }
}

/// Faults gathered on the way.
#[derive(Default)]
struct Faults(Vec<SettingFault>);

impl Faults {
    fn add(&mut self, variable: &'static str, why: String) {
        self.0.push(SettingFault { variable, why });
    }

    /// The value, or `None` and one fault more.
    fn check<T>(&mut self, variable: &'static str, value: Result<T, String>) -> Option<T> {
        value.map_err(|why| self.add(variable, why)).ok()
    }

    fn none_or<T>(self, build: impl FnOnce() -> Option<T>) -> Result<T, Vec<SettingFault>> {
        match build() {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::*;
    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        settings: Settings,
    }

    fn validate(flags: &[&str]) -> Result<Config, Vec<SettingFault>> {
        let line = std::iter::once(&"gonggang").chain(flags);
        Line::try_parse_from(line).unwrap().settings.validate()
    }

    #[test]
    fn the_defaults_are_those_of_the_contract() {
        let config = validate(&[]).unwrap();
        assert_eq!(config.http.listen.to_string(), "127.0.0.1:5001");
        assert_eq!(config.site.everytime_url.as_str(), "https://everytime.kr/");
        assert_eq!(config.site.api_url.as_str(), "https://api.everytime.kr/");
        assert_eq!(config.browser.queue, config.browser.pool_size * 16);
        assert_eq!(config.browser.queue_timeout, Duration::from_secs(5));
        assert_eq!(config.browser.page_timeout, Duration::from_secs(10));
        assert_eq!(config.request_timeout, Duration::from_secs(15));
        assert_eq!(config.cache.ttl, Duration::from_mins(10));
        assert_eq!(config.cache.stale, Duration::from_hours(24));
        assert!(config.cache.url.is_none());
        assert_eq!(config.http.rounding, Rounding::Cover);
        assert_eq!(config.manners.rate.map(u32::from), Some(20));
        assert_eq!(config.manners.breaker.failures, 10);
        assert_eq!(config.manners.breaker.pause, Duration::from_secs(30));
    }

    #[test]
    fn a_refused_webdriver_address_is_not_repeated_with_its_password() {
        for address in ["htp://me:secret@grid", "http://me:secret%2F@grid"] {
            let flag = format!("--webdriver-url={address}");
            let faults = validate(&[&flag]).unwrap_err();
            assert_eq!(faults.len(), 1);
            assert!(!faults[0].to_string().contains("secret"), "{}", faults[0]);
        }
        assert!(validate(&["--webdriver-url=https://me:secret@grid"]).is_ok());
    }

    #[test]
    fn every_fault_is_listed_not_only_the_first() {
        let faults = validate(&[
            "--listen=everywhere",
            "--pool-size=0",
            "--page-timeout=soon",
            "--everytime-url=ftp://everytime.kr",
            "--rounding=up",
            "--site-rate=fast",
            "--breaker-failures=-1",
            "--breaker-pause=0s",
            "--browser=lynx",
            "--cache-ttl=-1s",
        ])
        .unwrap_err();
        let named: Vec<_> = faults.iter().map(|fault| fault.variable).collect();
        assert_eq!(
            named,
            [
                "GONGGANG_ROUNDING",
                "GONGGANG_LISTEN",
                "GONGGANG_EVERYTIME_URL",
                "GONGGANG_SITE_RATE",
                "GONGGANG_BREAKER_FAILURES",
                "GONGGANG_BREAKER_PAUSE",
                "GONGGANG_BROWSER",
                "GONGGANG_POOL_SIZE",
                "GONGGANG_PAGE_TIMEOUT",
                "GONGGANG_CACHE_TTL",
            ]
        );
    }

    #[test]
    fn the_api_has_two_names() {
        for flag in ["--api-url", "--everytime-api-url"] {
            let config = validate(&[&format!("{flag}=http://127.0.0.1:9")]).unwrap();
            assert_eq!(config.site.api_url.as_str(), "http://127.0.0.1:9/");
        }
    }

    #[test]
    fn listening_to_other_machines_takes_a_key_or_an_explicit_word() {
        let refused = validate(&["--listen=0.0.0.0:5001"]).unwrap_err();
        assert_eq!(refused[0].variable, "GONGGANG_LISTEN");
        assert!(validate(&["--listen=0.0.0.0:5001", "--api-keys=secret"]).is_ok());
        assert!(validate(&["--listen=0.0.0.0:5001", "--allow-open"]).is_ok());
        assert!(validate(&["--listen=[::1]:5001"]).is_ok());
    }

    #[test]
    fn origins_limits_and_proxies_are_checked() {
        let config = validate(&[
            "--cors-origins=https://onetime.run, http://localhost:5173",
            "--rate-limit=60",
            "--trusted-proxies=127.0.0.1,10.0.0.0/8,::1",
        ])
        .unwrap();
        let origin = |text: &str| Origin::Only(text.to_owned());
        assert_eq!(
            config.http.cors_origins,
            [
                origin("https://onetime.run"),
                origin("http://localhost:5173")
            ]
        );
        assert_eq!(config.http.rate_limit.map(u32::from), Some(60));
        assert_eq!(config.http.trusted_proxies.len(), 3);
        assert_eq!(validate(&[]).unwrap().http.rate_limit, None);
        assert_eq!(
            validate(&["--rate-limit=off"]).unwrap().http.rate_limit,
            None
        );
        for wrong in [
            "--cors-origins=onetime.run",
            "--cors-origins=https://onetime.run/path",
            "--rate-limit=-1",
            "--rate-limit=many",
            "--trusted-proxies=proxy.local",
            "--trusted-proxies=10.0.0.0/40",
        ] {
            assert_eq!(validate(&[wrong]).unwrap_err().len(), 1, "{wrong}");
        }
    }

    #[test]
    fn a_cross_check_takes_two_sources() {
        let auto = validate(&["--source=auto", "--cross-check=100"])
            .unwrap()
            .source;
        let cross_check = NonZeroU32::new(100);
        assert_eq!(auto, SourceConfig::Auto { cross_check });
        assert_eq!(
            validate(&["--source=api"]).unwrap().source,
            SourceConfig::Api
        );
        for wrong in [
            ["--source=api", "--cross-check=1"],
            ["--source=browser", "--cross-check=1"],
            ["--source=auto", "--cross-check=some"],
            ["--source=both", "--cross-check=0"],
        ] {
            assert_eq!(validate(&wrong).unwrap_err().len(), 1, "{wrong:?}");
        }
    }

    #[test]
    fn a_site_on_this_machine_is_read_as_fast_as_it_goes() {
        let manners = validate(&[]).unwrap().manners;
        let rate = |url: &str| manners.rate_for(&url.parse().unwrap()).map(u32::from);
        for here in [
            "http://127.0.0.1:9",
            "http://[::1]/",
            "http://localhost",
            "http://a.localhost",
        ] {
            assert_eq!(rate(here), None, "{here}");
        }
        for there in [
            "https://everytime.kr",
            "http://10.0.0.1",
            "http://localhost.example",
        ] {
            assert_eq!(rate(there), Some(20), "{there}");
        }
        assert_eq!(validate(&["--site-rate=0"]).unwrap().manners.rate, None);
    }

    #[test]
    fn debug_output_and_faults_hide_keys_and_passwords() {
        let config = validate(&["--api-keys=secret-one,secret-two"]).unwrap();
        assert_eq!(config.http.api_keys.len(), 2);
        assert!(!format!("{config:?}").contains("secret"));
        let shared = validate(&["--cache-url=redis://:secret@127.0.0.1"]).unwrap();
        assert!(shared.cache.url.is_some() && !format!("{shared:?}").contains("secret"));
        let wrong = validate(&["--cache-url=http://:secret@127.0.0.1"]).unwrap_err();
        assert_eq!(wrong[0].variable, "GONGGANG_CACHE_URL");
        assert!(!wrong[0].why.contains("secret"));
    }
}
