//! One link for the whole team: made, opened, broken, and told to no one.

use serde_json::json;

use super::stage::{everything, serving, serving_watched};
use super::visitor::{ANY, Look, PHONE, Visitor};
use crate::support::{Service, Site, fixtures};

const ON_A_PHONE: Look = Look {
    viewport: PHONE,
    ..ANY
};

/// The letters of a team of three, as the page itself makes them.
async fn letters(visitor: &Visitor, url: &str) -> String {
    let scene = "
        const { encodeTeam } = await part('codec.js');
        const people = [['weekday', '민수'], ['twenty-five-start', '지우'], ['seventy-five-minutes', '']];
        const question = { granularity: 60, days: ['mon', 'tue'], between: ['09:00', '18:00'], at_least_minutes: 60 };
        return encodeTeam({ people: people.map(([name, called]) => ({ identifier: id(name), name: called })), question })";
    let seen = visitor.plays(url, "team-letters", scene).await;
    seen["value"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn letters_give_the_team_back_and_broken_ones_give_clear_words() {
    let visitor = Visitor::with(ANY);
    let url = serving(&everything(), &[]).await;
    let scene = "
        const { decodeTeam, encodeTeam, NoTeam } = await part('codec.js');
        let seed = 1;
        const random = (below) => { seed = (Math.imul(seed, 1103515245) + 12345) >>> 0; return (seed >>> 8) % below; };
        const pick = (all) => all[random(all.length)];
        const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
        const identifier = () => Array.from({ length: 20 }, () => pick([...LETTERS])).join('');
        const name = () => pick(['', '민수', '👨‍👩‍👧', 'a b', 'Ω'.repeat(20), '김 하늘']);
        const team = () => ({
            people: Array.from({ length: 1 + random(50) }, () => ({ identifier: identifier(), name: name() })),
            question: {
                granularity: pick([10, 15, 30, 60]), days: pick([null, ['mon'], ['tue', 'sun']]),
                between: pick([['00:00', '24:00'], ['09:00', '22:00']]), at_least_minutes: pick([0, 30, 180]),
            },
        });
        const outcome = (letters) => {
            try { return JSON.stringify(decodeTeam(letters)); } catch (fault) { return fault instanceof NoTeam ? fault.reason : `crash: ${fault}`; }
        };
        const different = [], accepted = [], crashed = [];
        for (let round = 0; round < 100; round += 1) {
            const wanted = team(), letters = encodeTeam(wanted);
            if (outcome(letters) !== JSON.stringify(wanted)) different.push(letters);
            if (outcome(`${letters}).`) !== JSON.stringify(wanted)) different.push(`${letters}).`);
            const at = 2 + random(letters.length - 2);
            const other = pick([...LETTERS].filter((letter) => letter !== letters[at]));
            const broken = [
                letters.slice(0, at), letters.slice(0, at) + other + letters.slice(at + 1), letters.slice(0, at) + letters.slice(at + 1),
                letters.slice(0, at) + other + letters.slice(at), `${letters}AAAA`, letters.toLowerCase(), `1.${letters}`,
                Array.from({ length: random(200) }, () => String.fromCodePoint(random(0x3000))).join(''),
            ];
            for (const one of broken.filter((one) => one !== letters)) {
                const made = outcome(one);
                if (made.startsWith('crash')) crashed.push([one, made]);
                else if (!['broken', 'newer'].includes(made)) accepted.push([one, made]);
            }
        }
        const fixed = ['', '1.', '1', '.', '%', '1.%EA%B0%80', '1.A', '1.AAAA', `1.${'A'.repeat(99999)}`].map(outcome);
        const small = encodeTeam({ people: [{ identifier: identifier(), name: '' }], question: team().question });
        return { different, accepted, crashed, fixed, newer: ['2.abc', '10.x'].map(outcome), small: small.length }";
    let seen = visitor.plays(&url, "team-codec", scene).await;
    let value = &seen["value"];
    for kind in ["different", "accepted", "crashed"] {
        assert_eq!(value[kind], json!([]), "{kind}");
    }
    assert_eq!(value["fixed"], json!(vec!["broken"; 9]));
    assert_eq!(value["newer"], json!(["newer", "newer"]));
    assert!(value["small"].as_u64().unwrap() < 40, "{value}");
    let scene = "
        const said = [];
        for (const letters of ['1.cut-off', '2.later', '', '1.%00<script>']) {
            location.hash = `#t=${letters}`;
            await until(() => location.hash === '');
            said.push([shown('#notice'), $('#notice').innerText]);
        }
        await read('weekday');
        return { said, shown: shown('#notice') }";
    let seen = visitor.plays(&url, "team-faults", scene).await;
    let value = &seen["value"];
    let broken = "공유 링크가 잘렸거나 잘못되었어요. 보낸 사람에게 링크를 다시 받아 주세요.";
    let newer =
        "더 새로운 페이지에서 만든 공유 링크예요. 페이지를 새로 고친 다음 링크를 다시 열어 주세요.";
    let said = [broken, newer, broken, broken].map(|words| (true, words));
    assert_eq!(value["said"], json!(said));
    assert_eq!(value["shown"], false);
    visitor.leaves();
}

#[tokio::test]
async fn from_paste_to_a_teams_link_a_phone_needs_at_most_four_touches() {
    let visitor = Visitor::with(ON_A_PHONE);
    let url = serving(&everything(), &[]).await;
    let scene = "
        const shared = [];
        const share = async (what) => { shared.push(what); };
        Object.defineProperty(navigator, 'share', { configurable: true, value: share });
        tap('#links');
        taps += 1; // The keyboard's own button for pasting.
        insert('#links', `민수: ${link('weekday')}\\n${link('sunday')}`);
        await settled();
        tap('#team');
        const asked = $('#team-text').innerText, before = shared.length;
        tap('#team-share');
        await until(() => shared.length === 1);
        const { decodeTeam } = await part('codec.js');
        const [page, letters] = shared[0].url.split('#t=');
        return { taps, asked, before, page, team: decodeTeam(letters), open: $('#team-dialog').open }";
    let seen = visitor.plays(&url, "team-touches", scene).await;
    visitor.leaves();
    let value = &seen["value"];
    assert_eq!(value["taps"], 4);
    let asked = "이 링크를 가진 사람은 모두의 시간표를 볼 수 있어요.";
    assert_eq!(value["asked"].as_str().unwrap().replace('\n', " "), asked);
    assert_eq!(value["before"], 0, "nothing is made before the answer");
    assert_eq!(value["page"], format!("{url}/"));
    assert_eq!(value["open"], false);
    let people = &value["team"]["people"];
    assert_eq!(
        people[0],
        json!({"identifier": "weekday0000000000000", "name": "민수"})
    );
    assert_eq!(people[1]["name"], "");
}

#[tokio::test]
#[ignore = "make test-all"]
async fn without_a_way_to_share_the_link_is_copied_and_a_closed_sheet_is_left_closed() {
    let visitor = Visitor::with(ANY);
    let url = serving(&everything(), &[]).await;
    let scene = "
        await read('weekday', 'sunday');
        const copied = [];
        const open = { writeText: async (text) => { copied.push(text); } };
        Object.defineProperty(navigator, 'clipboard', { configurable: true, value: open });
        Object.defineProperty(navigator, 'share', { configurable: true, value: undefined });
        press('#team'); const alone = [$('#team-share').innerText, shown('#team-copy')];
        press('#team-cancel'); const cancelled = copied.length;
        press('#team'); press('#team-share'); await until(() => copied.length === 1 && $('#team-told').innerText);
        const told = $('#team-told').innerText;
        let fault = new DOMException('closed', 'AbortError');
        Object.defineProperty(navigator, 'share', { configurable: true, value: async () => { throw fault; } });
        press('#team'); press('#team-share'); await frame(); const closed = copied.length;
        fault = new DOMException('no', 'NotAllowedError');
        press('#team'); press('#team-share'); await until(() => copied.length === 2);
        return { alone, cancelled, told, closed, same: copied[0] === copied[1], link: copied[0] }";
    let seen = visitor.plays(&url, "team-copied", scene).await;
    visitor.leaves();
    let value = &seen["value"];
    assert_eq!(value["alone"], json!(["링크 복사", false]));
    assert_eq!(
        (&value["cancelled"], &value["closed"]),
        (&json!(0), &json!(1))
    );
    assert_eq!(value["told"], "복사했어요. 원하는 곳에 붙여 넣으세요.");
    assert_eq!(value["same"], true);
    let link = value["link"].as_str().unwrap();
    assert!(link.starts_with(&format!("{url}/#t=1.")), "{link}");
}

#[tokio::test]
async fn an_opened_link_reads_everyone_afresh_and_shows_the_common_time() {
    let visitor = Visitor::with(ON_A_PHONE);
    let (url, requests) = serving_watched(&everything()).await;
    let letters = letters(&visitor, &url).await;
    requests.lock().unwrap().clear();
    let scene = "
        await settled();
        return {
            chips: texts('.choice button span'), shown: texts('[aria-pressed=true] span'), hash: location.hash,
            rows: all('.heat tbody tr').length, days: texts('.heat thead [aria-hidden]'), lines: $('#links').value,
            resources: performance.getEntriesByType('resource').map(({ name }) => name),
        }";
    let fragment = format!("t={letters}");
    let seen = visitor.opens(&url, &fragment, "team-opened", scene).await;
    visitor.leaves();
    let value = &seen["value"];
    assert_eq!(
        value["chips"],
        json!(["함께 보기", "민수", "지우", "시간표 3"])
    );
    assert_eq!(value["shown"], json!(["함께 보기"]));
    assert_eq!(
        (&value["rows"], &value["days"]),
        (&json!(9), &json!(["월", "화"]))
    );
    assert_eq!(value["hash"], "");
    let lines = value["lines"].as_str().unwrap();
    assert!(
        lines.starts_with("민수: https://everytime.kr/@weekday0"),
        "{lines}"
    );
    let requests = requests.lock().unwrap().clone();
    tell_of_nothing_but_the_readings(&requests, &letters);
}

/// Identifiers stand where timetables are asked for and nowhere else; names and the fragment nowhere.
fn tell_of_nothing_but_the_readings(requests: &[String], letters: &str) {
    assert!(
        requests.iter().any(|one| one.starts_with("GET / "))
            || requests.iter().any(|one| one.starts_with("GET /\n"))
    );
    let names = ["민수", "지우", "%EB%AF%BC", "\\xeb\\xaf\\xbc"];
    for request in requests {
        for secret in names.iter().copied().chain([letters, &letters[2..12]]) {
            assert!(!request.contains(secret), "{request}");
        }
        assert!(!request.to_lowercase().contains("referer"), "{request}");
        let (line, rest) = request.split_once('\n').unwrap();
        let (_, body) = rest.split_once('\n').unwrap();
        let is_reading = line.starts_with("GET /v1/timetables/");
        assert!(is_reading || !line.contains("0000000"), "{request}");
        assert!(line == "POST /v1/free" || body.is_empty(), "{request}");
        assert!(
            !rest[..rest.len() - body.len()].contains("0000000"),
            "{request}"
        );
    }
    let count = |start: &str| requests.iter().filter(|one| one.starts_with(start)).count();
    assert_eq!(count("GET /v1/timetables/"), 3);
    assert_eq!(count("POST /v1/free"), 1);
}

#[tokio::test]
#[ignore = "make test-all"]
async fn no_line_of_the_services_log_tells_of_a_team() {
    let site = Site::start(&fixtures()).await;
    let mut variables = site.variables();
    variables.push(("GONGGANG_POOL_SIZE", "1".to_owned()));
    variables.push(("GONGGANG_LOG", "trace".to_owned()));
    let service = Service::start(&variables);
    let visitor = Visitor::with(ANY);
    let letters = letters(&visitor, &service.url).await;
    let scene = "await settled(); return texts('.choice button span')";
    let fragment = format!("t={letters}");
    let seen = visitor
        .opens(&service.url, &fragment, "team-logged", scene)
        .await;
    visitor.leaves();
    assert_eq!(
        seen["value"],
        json!(["함께 보기", "민수", "지우", "시간표 3"])
    );
    let log = service.log().join("\n");
    assert!(log.contains("/v1/timetables/{name}"));
    for secret in [
        "민수",
        "지우",
        &letters,
        "weekday000",
        "twentyfivestart",
        "seventyfiveminutes",
    ] {
        assert!(!log.contains(secret), "{secret}");
    }
}
