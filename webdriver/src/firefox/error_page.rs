//! What the address of one of Firefox's error pages means.

use crate::site_fault::SiteFault;

/// Reads an address like `about:neterror?e=CODE&…`.
pub(crate) fn site_fault(address: &str) -> SiteFault {
    if address.starts_with("about:certerror") {
        return SiteFault::Tls;
    }
    let (_, query) = address.split_once('?').unwrap_or_default();
    let mut parts = url::form_urlencoded::parse(query.as_bytes());
    let code = parts.find(|(name, _)| name == "e").map(|(_, code)| code);
    match code.as_deref().unwrap_or_default() {
        "connectionFailure" => SiteFault::NoConnection,
        "dnsNotFound" => SiteFault::NoSuchHost,
        "netOffline" => SiteFault::NoRoute,
        "nssFailure2" | "nssBadCert" | "sslv3Used" => SiteFault::Tls,
        "netReset" | "netInterrupt" => SiteFault::Reset,
        "netTimeout" => SiteFault::TimedOut,
        _ => SiteFault::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_an_error_page_names_the_fault() {
        for (address, fault) in [
            (
                "about:neterror?e=connectionFailure&u=x",
                SiteFault::NoConnection,
            ),
            (
                "about:neterror?u=e%3DnetReset&e=dnsNotFound",
                SiteFault::NoSuchHost,
            ),
            ("about:certerror?e=nssBadCert", SiteFault::Tls),
            ("about:neterror", SiteFault::Other),
        ] {
            assert_eq!(site_fault(address), fault, "{address}");
        }
    }
}
