//! The commands on a machine where IPv6 is off.

use std::process::Command;

use crate::support::{fixtures, gonggang};

/// A network of loopback alone. `$0` is the program, `$1` the fixtures. The processes end with the first one.
const SCRIPT: &str = r#"
ip link set lo up && sysctl -qw net.ipv6.conf.all.disable_ipv6=1 || exit 99
"$0" replay --fixtures "$1" >/dev/null 2>&1 &
"$0" serve --replay "$1" >/dev/null 2>&1 &
export GONGGANG_EVERYTIME_URL=http://127.0.0.1:5002 GONGGANG_API_URL=http://127.0.0.1:5002
"$0" check && "$0" extract @weekday0000000000000 --format slots && echo @weekday0000000000000 | "$0" batch - || exit
for _ in $(seq 100); do "$0" healthcheck 2>/dev/null && echo healthy && exit; sleep 0.2; done
exit 1
"#;

#[test]
fn serve_check_extract_batch_and_healthcheck_work_where_ipv6_is_off() {
    let namespaces = ["--net", "--pid", "--fork", "--kill-child"];
    let allowed = Command::new("unshare")
        .args(namespaces)
        .arg("true")
        .output();
    if !allowed.as_ref().is_ok_and(|ended| ended.status.success()) {
        println!("skipped: no namespaces here: {allowed:?}");
        return;
    }
    let command = gonggang();
    let ended = Command::new("unshare")
        .args(namespaces)
        .args(["sh", "-c", SCRIPT])
        .arg(command.get_program())
        .arg(fixtures())
        .env("GONGGANG_POOL_SIZE", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success(), "{said}{ended:?}");
    assert!(said.contains("healthy"), "{said}");
}
