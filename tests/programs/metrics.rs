//! The alerts and the dashboard, as Prometheus and the documents take them.

use crate::support::metrics::{dashboard, promtool, text};

#[test]
fn the_alerts_fire_for_what_they_are_about() {
    for arguments in [
        ["check", "rules", "alerts.yml"],
        ["test", "rules", "alerts.test.yml"],
    ] {
        let (is_fine, said) = promtool(&arguments, "");
        assert!(is_fine, "{said}");
    }
}

#[test]
fn each_alert_says_what_it_is_and_what_to_do() {
    let (rules, document) = (
        text("deploy/prometheus/alerts.yml"),
        text("docs/operating.md"),
    );
    let alerts: Vec<_> = rules.split("- alert: ").skip(1).collect();
    assert!(alerts.len() > 10);
    for alert in alerts {
        let name = alert.lines().next().unwrap();
        let anchor = format!("runbook: docs/operating.md#{}\n", name.to_lowercase());
        for part in ["summary: ", "description: ", "severity: ", &anchor] {
            assert!(alert.contains(part), "{name}: no {part}");
        }
        let heading = format!("\n### {name}\n");
        assert!(document.contains(&heading), "{name} is not in the document");
    }
}

/// Grafana is not here, but the expressions are Prometheus', whose parser is.
#[test]
fn each_expression_of_the_dashboard_is_valid() {
    let rules = dashboard()
        .into_iter()
        .enumerate()
        .map(|(number, expression)| {
            let expression = expression
                .replace("$__rate_interval", "5m")
                .replace("$instance", ".*");
            serde_json::json!({ "record": format!("panel:{number}"), "expr": expression })
        });
    let rules: Vec<_> = rules.collect();
    assert!(rules.len() > 30);
    let group = serde_json::json!({ "groups": [{ "name": "dashboard", "rules": rules }] });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.yml");
    std::fs::write(&path, group.to_string()).unwrap();
    let (is_fine, said) = promtool(&["check", "rules", path.to_str().unwrap()], "");
    assert!(is_fine, "{said}");
}
