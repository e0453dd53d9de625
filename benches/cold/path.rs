//! Where a cold read's time goes: from a bare session to the service's caller, and command by command.

use std::time::{Duration, Instant};

use crate::bare::{self, Bare};
use crate::common::cpu;
use crate::common::figures::{Figures, short};
use crate::common::report::Report;
use crate::common::service::Service;
use crate::common::site::Site;
use crate::fleet::{self, OneSession};

/// Reads of each kind in a round.
const READS: usize = 5;

/// All readers, open from the start.
struct Ends {
    bare: Bare,
    one: OneSession,
    two: OneSession,
    serves_one: Service,
    serves_two: Service,
}

/// Figures of one way to read.
#[derive(Default)]
struct Way {
    answer: Figures,
    cpu: Duration,
}

const WAYS: [&str; 8] = [
    "a bare session with the same commands; clean before",
    "the fleet, one session; clean before",
    "the fleet, one session; page after page",
    "the fleet, two sessions; clean before",
    "the fleet, two sessions; page after page",
    "the service, one session; clean before",
    "the service, one session; page after page",
    "the service, two sessions; page after page",
];

pub(crate) async fn measure(site: &Site, rounds: usize, report: &mut Report) {
    eprintln!("Following the path …");
    let ends = Ends::open(site).await;
    let mut ways = <[Way; 8]>::default();
    let mut steps = Steps::default();
    for _ in 0..rounds.max(1) {
        ends.round(site, &mut ways).await;
        steps.round(site, &ends.serves_one).await;
    }
    report.add("From the browser to the caller", &HEAD, &rows(&ways), NOTE);
    report.add("One request", &["step", "ms, median"], &steps.rows(), STEPS);
    let commands = commands(&ends.bare, ways[0].answer.count());
    report.add(
        "One page, command by command",
        &COMMANDS,
        &commands,
        COMMANDS_NOTE,
    );
    ends.close().await;
}

const HEAD: [&str; 3] = ["read by", "answered after, ms", "processor time, ms"];
const NOTE: &str = "One caller. `Clean before`: it waits until all sessions are clean before it \
    asks again. `Page after page`: it asks at once, so the last page is cleaned before or during \
    the next. Processor time of drivers and browsers, and of the service if one is used, for \
    each page.";
const STEPS: &str = "The service with one session, clean before, from its `Server-Timing`. The \
    rest is HTTP, the link, the cache and JSON.";
const COMMANDS: [&str; 3] = ["command", "times a page", "ms: median (p10–p90)"];
const COMMANDS_NOTE: &str = "Of the bare session. A script that still meets the previous page is \
    sent again 5 ms later. The commands after the script run after the answer.";

impl Ends {
    async fn open(site: &Site) -> Self {
        let one = fleet::Settings::default();
        let two = fleet::Settings { sessions: 2, ..one };
        let single = [("GONGGANG_POOL_SIZE", "1".to_owned())];
        let ends = Self {
            bare: Bare::open(&bare::Settings::default(), site).await,
            one: OneSession::open(&one, site).await.unwrap(),
            two: OneSession::open(&two, site).await.unwrap(),
            serves_one: Service::start(site, &single),
            serves_two: Service::start(site, &[]),
        };
        ends.round(site, &mut <[Way; 8]>::default()).await;
        ends.bare.commands.lock().unwrap().clear();
        ends
    }

    async fn round(&self, site: &Site, ways: &mut [Way; 8]) {
        for (number, way) in ways.iter_mut().enumerate() {
            let before = self.cpu(number);
            for _ in 0..READS {
                let identifier = site.fresh_identifier();
                let began = Instant::now();
                self.read(number, &identifier).await;
                way.answer.add(began.elapsed());
                self.tidy(number).await;
            }
            tokio::time::sleep(CLEAN_AFTER).await;
            way.cpu += self.cpu(number).saturating_sub(before);
        }
    }

    async fn read(&self, number: usize, identifier: &str) {
        match number {
            0 => self.bare.read(identifier).await.unwrap(),
            1 | 2 => self.one.read(identifier).await.unwrap(),
            3 | 4 => self.two.read(identifier).await.unwrap(),
            5 | 6 => drop(self.serves_one.timetable(identifier).await.unwrap()),
            _ => drop(self.serves_two.timetable(identifier).await.unwrap()),
        }
    }

    async fn tidy(&self, number: usize) {
        match number {
            0 => self.bare.clean().await,
            1 => self.one.is_clean().await,
            3 => self.two.is_clean().await,
            5 => tokio::time::sleep(CLEAN_AFTER).await,
            _ => (),
        }
    }

    fn cpu(&self, number: usize) -> Duration {
        match number {
            0 => cpu::of_family(self.bare.group()),
            1 | 2 => all(&self.one.groups()),
            3 | 4 => all(&self.two.groups()),
            5 | 6 => cpu::of_family(self.serves_one.id()),
            _ => cpu::of_family(self.serves_two.id()),
        }
    }

    async fn close(self) {
        self.serves_one.stop();
        self.serves_two.stop();
        self.one.close().await;
        self.two.close().await;
        self.bare.close().await;
    }
}

/// A session is clean much earlier on any usual machine.
const CLEAN_AFTER: Duration = Duration::from_millis(60);

fn all(groups: &[u32]) -> Duration {
    groups.iter().map(|group| cpu::of_family(*group)).sum()
}

fn rows(ways: &[Way; 8]) -> Vec<Vec<String>> {
    let row = |(name, way): (&&str, &Way)| {
        let cpu = way.cpu.as_secs_f64() * 1000.0 / way.answer.count() as f64;
        vec![(*name).to_owned(), way.answer.cell(), short(cpu)]
    };
    WAYS.iter().zip(ways).map(row).collect()
}

/// Commands of a read in their order.
const ORDER: [&str; 8] = [
    "navigate",
    "enter",
    "script",
    "leave",
    "forget history",
    "look for others",
    "look for a policy",
    "clear stores",
];

fn commands(bare: &Bare, pages: usize) -> Vec<Vec<String>> {
    let commands = bare.commands.lock().unwrap();
    let row = |name: &&str| {
        let figures = &commands[name];
        let times = figures.count() as f64 / pages as f64;
        vec![(*name).to_owned(), short(times), figures.cell()]
    };
    ORDER.iter().map(row).collect()
}

/// The steps from `Server-Timing`.
#[derive(Default)]
struct Steps {
    told: Vec<(String, Figures)>,
    rest: Figures,
}

impl Steps {
    async fn round(&mut self, site: &Site, service: &Service) {
        for _ in 0..READS {
            tokio::time::sleep(CLEAN_AFTER).await;
            let identifier = site.fresh_identifier();
            let began = Instant::now();
            let steps = service.steps(&identifier).await;
            let mut rest = began.elapsed();
            for (name, millis) in steps {
                let took = Duration::from_secs_f64(millis / 1000.0);
                rest = rest.saturating_sub(took);
                self.add(&name, took);
            }
            self.rest.add(rest);
        }
    }

    fn add(&mut self, name: &str, took: Duration) {
        let at = self.told.iter().position(|(told, _)| told == name);
        let at = at.unwrap_or_else(|| {
            self.told.push((name.to_owned(), Figures::default()));
            self.told.len() - 1
        });
        self.told[at].1.add(took);
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let row = |name: &str, figures: &Figures| vec![name.to_owned(), figures.cell()];
        let told = self.told.iter().map(|(name, figures)| row(name, figures));
        told.chain([row("the rest", &self.rest)]).collect()
    }
}
