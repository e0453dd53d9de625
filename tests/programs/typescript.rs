//! The OpenAPI document as a TypeScript program sees it: openapi-typescript makes its types, and the compiler
//! holds real answers of every path, and every fault, against them.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::support::errors::{answered, rows};
use crate::support::{Answer, Service, Site, fixtures, node};

/// Timetables with each kind of member: weekend, untimed classes, classes that are not drawn, terms without a
/// menu, a free week.
const FIXTURES: [&str; 7] = [
    "weekday",
    "sunday",
    "untimed",
    "overlap",
    "no-menu",
    "winter-term",
    "empty",
];

/// What has been compiled so far: constants, each of the type that the document gives to an answer.
struct Program {
    document: Value,
    text: String,
    constants: usize,
}

impl Program {
    fn new(document: Value) -> Self {
        let text = "import type { components, paths } from './types';\n".to_owned();
        Self {
            document,
            text,
            constants: 0,
        }
    }

    /// A value that has to be of a type.
    fn holds(&mut self, kind: &str, value: &Value) {
        self.constants += 1;
        let number = self.constants;
        writeln!(self.text, "export const c{number}: {kind} = {value};").unwrap();
    }

    /// A value that must not be of a type: the compiler has to complain.
    fn refuses(&mut self, kind: &str, value: &Value) {
        self.text.push_str("// @ts-expect-error\n");
        self.holds(kind, value);
    }

    /// An answer of an operation, by the type of its status.
    fn answers(&mut self, (method, path, kind): (&str, &str, &str), status: u16, value: &Value) {
        let method = method.to_lowercase();
        let response = format!("paths['{path}']['{method}']['responses'][{status}]");
        self.holds(&format!("{response}['content']['{kind}']"), value);
    }

    /// The documented path that an address belongs to, where it does.
    fn template(&self, method: &str, path: &str) -> Option<String> {
        let documented = self.document["paths"].as_object().unwrap();
        let fits = |template: &&String| {
            let (before, after) = template
                .split_once("{identifier}")
                .unwrap_or((template, ""));
            let takes = documented[*template].get(method.to_lowercase()).is_some();
            let rest = path
                .strip_prefix(before)
                .and_then(|rest| rest.strip_suffix(after));
            takes && rest.is_some_and(|rest| rest.is_empty() || !rest.contains(['/', '.']))
        };
        documented.keys().find(fits).cloned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_every_path_and_fault_are_of_the_types_made_from_the_document() {
    let site = Site::start(&fixtures()).await;
    let service = Service::reading_api(&site);
    let mut program = Program::new(service.get("/openapi.json").await.json());
    requests(&mut program);
    for fixture in FIXTURES {
        timetables(&mut program, &service, &site, fixture).await;
    }
    common(&mut program, &service).await;
    let status = service.get("/status").await.json();
    program.answers(("get", "/status", "application/json"), 200, &status);
    let faults = tokio::task::spawn_blocking(faults).await.unwrap();
    for fault in faults {
        fault.hold_against(&mut program);
    }
    wrong(&mut program);
    assert!(program.constants > 130, "{}", program.constants);
    compile(&program).await;
}

/// Makes types of the document and holds the program against them.
async fn compile(program: &Program) {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    std::fs::write(file("openapi.json"), program.document.to_string()).unwrap();
    std::fs::write(file("answers.ts"), &program.text).unwrap();
    let run = async |program: &str, arguments: &[&str]| {
        let program = node::tool(program);
        node::run(folder.path(), &[&[program.as_str()], arguments].concat()).await;
    };
    let made = ["openapi.json", "--output", "types.ts"];
    run("openapi-typescript/bin/cli.js", &made).await;
    let strict = ["--strict", "--noEmit", "--target", "es2022", "answers.ts"];
    run("typescript/bin/tsc", &strict).await;
}

/// Bodies that a program may send.
fn requests(program: &mut Program) {
    let free = "paths['/v1/free']['post']['requestBody']['content']['application/json']";
    let links = ["@weekday0000000000000", "@saturday000000000000"];
    program.holds(free, &json!({"links": links}));
    let all = json!({"links": links, "granularity": 60, "days": ["sat"], "between": ["09:00", "24:00"], "at_least_minutes": 30});
    program.holds(free, &all);
    let schedule = "paths['/schedule']['post']['requestBody']['content']['application/json']";
    program.holds(schedule, &json!({"url": links[0]}));
}

/// What no answer looks like: a code that there is none of, a member too many, one too few.
fn wrong(program: &mut Program) {
    let problem = |code: &str| json!({"type": "about:blank", "title": "", "status": 404, "detail": "", "code": code});
    let kind = "components['schemas']['Problem']";
    program.holds(kind, &problem("not_found"));
    program.refuses(kind, &problem("not_there"));
    let mut more = problem("not_found");
    more["reason"] = json!("");
    program.refuses(kind, &more);
    let day = "components['schemas']['DaySchedule']";
    program.holds(day, &json!({"time_point": "월", "times": ["09:00"]}));
    program.refuses(day, &json!({"time_point": "월"}));
    program.refuses(day, &json!({"time_point": "mon", "times": ["09:00"]}));
}

/// One timetable in each form of JSON.
async fn timetables(program: &mut Program, service: &Service, site: &Site, fixture: &str) {
    let identifier = &site.fixtures.named(fixture).unwrap().identifier;
    for (template, query) in [
        ("/v1/timetables/{identifier}", ""),
        ("/v1/timetables", "?link=ID"),
        ("/v1/timetables/{identifier}/slots", ""),
        ("/schedule", "?url=ID"),
        ("/api/v1/fixed-schedules/everytime/{identifier}", ""),
    ] {
        let path = template.replace("{identifier}", identifier);
        let answer = service
            .get(&(path + &query.replace("ID", identifier)))
            .await;
        let asked = ("get", template, "application/json");
        program.answers(asked, answer.status, &answer.json());
    }
    let posted = service.client.post(format!("{}/schedule", service.url));
    let posted = posted
        .json(&json!({"url": identifier}))
        .send()
        .await
        .unwrap();
    let posted = Answer::of(posted).await;
    program.answers(
        ("post", "/schedule", "application/json"),
        200,
        &posted.json(),
    );
}

/// Common free time of timetables of different terms, one of them twice, and of links with faults.
async fn common(program: &mut Program, service: &Service) {
    let [one, other] = ["@weekday0000000000000", "@saturday000000000000"];
    let links = json!([one, other, one, "nothing", "", "@unknown0000000000000"]);
    let asked = service.client.post(format!("{}/v1/free", service.url));
    let asked = asked.json(&json!({"links": links})).send().await.unwrap();
    let found = Answer::of(asked).await.json();
    assert_eq!(found["links"][2]["same_as"], 0, "{found}");
    program.answers(("post", "/v1/free", "application/json"), 200, &found);
}

/// A fault as one interface tells it.
struct Fault {
    method: String,
    path: String,
    status: u16,
    /// Of the body.
    kind: String,
    body: Value,
    /// The name of the interface's schema.
    schema: &'static str,
}

impl Fault {
    /// By its operation, where the document has one for it, else by the schema of its interface.
    fn hold_against(&self, program: &mut Program) {
        if let Some(template) = program.template(&self.method, &self.path) {
            let asked = (&*self.method, &*template, &*self.kind);
            program.answers(asked, self.status, &self.body);
        } else {
            let schema = format!("components['schemas']['{}']", self.schema);
            program.holds(&schema, &self.body);
        }
    }
}

/// Every fault of docs/errors.md on each interface. Time is paused for them.
#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn faults() -> Vec<Fault> {
    let schemas = [
        "Problem",
        "Envelope_ScheduleCode",
        "Envelope_FixedSchedulesCode",
    ];
    let mut faults = Vec::new();
    for [name, ..] in rows() {
        for (answered, schema) in answered(&name).await.into_iter().zip(schemas) {
            let Some(answered) = answered else { continue };
            faults.push(Fault {
                status: answered.reply.status,
                kind: answered.reply.header("content-type").to_owned(),
                body: answered.reply.json(),
                method: answered.method,
                path: answered.path,
                schema,
            });
        }
    }
    faults
}
