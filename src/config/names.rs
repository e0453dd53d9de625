//! Names of `GONGGANG_…` variables that are not settings.

use std::ffi::OsStr;

use clap::Command;

const PREFIX: &str = "GONGGANG_";

/// Settings of the Caddyfile and of the tests, which may share the service's environment.
const OTHERS: [&str; 5] = [
    "GONGGANG_DOMAIN",
    "GONGGANG_UPSTREAM",
    "GONGGANG_TLS",
    "GONGGANG_HTTP_PORT",
    "GONGGANG_HTTPS_PORT",
];
const OTHER_PREFIXES: [&str; 3] = ["GONGGANG_CADDY_", "GONGGANG_TEST_", "GONGGANG_MEASURED"];

/// Every variable that is a setting of `command`.
fn known(command: &Command) -> Vec<String> {
    let names = command.get_arguments().filter_map(clap::Arg::get_env);
    names.filter_map(OsStr::to_str).map(str::to_owned).collect()
}

/// The variables that are no setting of `command`, each with what is wrong.
pub(super) fn unknown(
    command: &Command,
    variables: impl Iterator<Item = (String, String)>,
) -> Vec<(String, String)> {
    let known = known(command);
    variables
        .filter(|(name, value)| {
            name.starts_with(PREFIX) && !known.contains(name) && !is_of_others(name, value)
        })
        .map(|(name, _)| {
            let why = match nearest(&name, &known) {
                Some(near) => format!("no setting has this name; is {near} meant?"),
                None => "no setting has this name; gonggang serve --help lists them".to_owned(),
            };
            (name, why)
        })
        .collect()
}

fn is_of_others(name: &str, value: &str) -> bool {
    OTHERS.contains(&name)
        || OTHER_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || is_service_link(name, value)
}

/// Kubernetes and Docker describe services by variables, and that of this one is called `gonggang` too:
/// `GONGGANG_SERVICE_HOST`, `GONGGANG_PORT=tcp://10.0.0.1:5001`, `GONGGANG_PORT_5001_TCP_ADDR`.
fn is_service_link(name: &str, value: &str) -> bool {
    let is_address = ["tcp://", "udp://", "sctp://"]
        .iter()
        .any(|scheme| value.starts_with(scheme));
    let of_a_port = name.rsplit_once("_PORT_").is_some_and(|(_, rest)| {
        let mut parts = rest.split('_');
        parts.next().is_some_and(|port| port.parse::<u16>().is_ok())
            && matches!(parts.next(), Some("TCP" | "UDP" | "SCTP"))
    });
    name.ends_with("_SERVICE_HOST")
        || name.ends_with("_SERVICE_PORT")
        || name.contains("_SERVICE_PORT_")
        || (name.ends_with("_PORT") && is_address)
        || of_a_port
}

/// The known name that takes the fewest changes, if they are few.
fn nearest<'a>(name: &str, known: &'a [String]) -> Option<&'a String> {
    let near = known.iter().min_by_key(|other| distance(name, other))?;
    (distance(name, near) <= FEW).then_some(near)
}

const FEW: usize = 4;

/// Letters to add, drop or replace (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.bytes().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, b) in other.bytes().enumerate() {
            let replaced = before + usize::from(a != b);
            before = row[j + 1];
            row[j + 1] = replaced.min(before + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use clap::Args as _;

    use super::*;
    use crate::config::Settings;

    fn told(name: &str, value: &str) -> Option<String> {
        let command = Settings::augment_args(Command::new(""));
        let variable = (name.to_owned(), value.to_owned());
        let mut unknown = unknown(&command, std::iter::once(variable));
        unknown.pop().map(|(_, why)| why)
    }

    #[test]
    fn an_unknown_name_is_a_fault_with_the_nearest_known_one() {
        let why = told("GONGGANG_POOLSIZE", "3").unwrap();
        assert!(why.contains("is GONGGANG_POOL_SIZE meant"), "{why}");
        let why = told("GONGGANG_SOMETHING_ELSE", "3").unwrap();
        assert!(why.contains("--help"), "{why}");
        assert!(told("GONGGANG_PORT", "5001").is_some());
    }

    #[test]
    fn known_names_and_variables_of_other_programs_are_no_fault() {
        for (name, value) in [
            ("GONGGANG_POOL_SIZE", "3"),
            ("GONGGANG_LISTEN", ""),
            ("GONGGANG_DOMAIN", "a.example"),
            ("GONGGANG_SERVICE_HOST", "10.0.0.1"),
            ("GONGGANG_SERVICE_PORT_HTTP", "5001"),
            ("GONGGANG_PORT", "tcp://10.0.0.1:5001"),
            ("GONGGANG_PORT_5001_TCP", "tcp://10.0.0.1:5001"),
            ("GONGGANG_PORT_5001_TCP_ADDR", "10.0.0.1"),
            ("GONGGANG_WEB_PORT_80_TCP_PROTO", "tcp"),
            ("OTHER_POOLSIZE", "3"),
        ] {
            assert_eq!(told(name, value), None, "{name}");
        }
    }
}
