//! A Selenium Grid of two nodes on this machine, beside local drivers: what a command costs on its way
//! through the hub, and what a page then costs.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::common::figures::{Figures, Rates, short};
use crate::common::service::Service;
use crate::common::site::Site;
use crate::common::{client, cpu};
use crate::real_grid::{self, Grid, PASSWORD, USER};

/// Nodes and sessions each, in the order that they are measured in.
const SHAPES: [(usize, usize); 3] = [(2, 2), (2, 1), (1, 1)];
/// Commands that a page takes, and those of them that the answer waits for.
const COMMANDS: f64 = 7.0;
const BEFORE_THE_ANSWER: f64 = 3.0;

pub(crate) const HEAD: [&str; 8] = [
    "nodes × sessions",
    "local, ms",
    "Grid, ms",
    "added, ms",
    "local, a second",
    "Grid, a second",
    "÷ local",
    "calculated",
];

/// The results.
pub(crate) struct Measured {
    pub(crate) rows: Vec<Vec<String>>,
    /// What a command costs, and the calculated cost of a page.
    pub(crate) note: String,
}

/// `None` where no Grid is installed.
pub(crate) async fn measure(site: &Site, rounds: usize, pages: usize) -> Option<Measured> {
    if !real_grid::is_installed() {
        eprintln!("No Grid is installed (scripts/setup-grid) and none is measured");
        return None;
    }
    eprintln!("Grid …");
    let mut grid = real_grid::turn().await;
    let command = Command::of(&grid, rounds * 100).await;
    let (mut rows, mut costs) = (Vec::new(), Costs::default());
    for (nodes, sessions) in SHAPES {
        if nodes == 1 {
            grid.kill_node(1);
            grid.eventually("one node", |nodes| nodes.len() == 1).await;
        }
        let shape = Shape::of(&grid, site, nodes * sessions, rounds, pages).await;
        rows.push(shape.row(&format!("{nodes} × {sessions}")));
        costs = shape.costs;
        grid.has_sessions(0).await;
    }
    rows.reverse();
    let note = command.note(&costs);
    Some(Measured { rows, note })
}

/// A command that the driver answers by itself, through the hub and directly.
struct Command {
    through: Figures,
    past: Figures,
}

impl Command {
    async fn of(grid: &Grid, times: usize) -> Self {
        let line = Line::of(format!("http://{}:{}", grid.host, real_grid::PORT));
        let id = line.create().await;
        let node = Line::of(grid.node_of(&id).await);
        let (mut through, mut past) = (Figures::default(), Figures::default());
        // A virtual machine is slow at first.
        for _ in 0..times {
            line.ask(&id).await;
        }
        for _ in 0..times {
            through.add(line.ask(&id).await);
            past.add(node.ask(&id).await);
        }
        line.delete(&id).await;
        grid.has_sessions(0).await;
        Self { through, past }
    }

    fn note(&self, costs: &Costs) -> String {
        let millis = |figures: &Figures| figures.median().as_secs_f64() * 1000.0;
        let (through, past) = (millis(&self.through), millis(&self.past));
        format!(
            "One caller for the milliseconds, two for each session for the rate, on the same machine. A \
             command that the driver answers by itself takes {} ms through hub and node, {} ms by \
             the node alone. A page takes {COMMANDS:.0} commands, {BEFORE_THE_ANSWER:.0} of them \
             before the answer: so an answer should take {} ms more, a session {} ms. Processor \
             time for a page, with one node: {} ms browser and driver, {} ms hub, {} ms node. \
             `Calculated` is the share of the local rate that these leave if processors are the limit.",
            short(through),
            short(past),
            short(through * BEFORE_THE_ANSWER),
            short(through * COMMANDS),
            short(costs.local),
            short(costs.hub),
            short(costs.nodes),
        )
    }
}

/// Processor time in milliseconds, for a page.
#[derive(Default, Clone, Copy)]
struct Costs {
    /// The local service with driver and browser.
    local: f64,
    hub: f64,
    nodes: f64,
}

impl Costs {
    /// Used so far by running processes.
    fn now(grid: &Grid, local: &Service) -> Self {
        let millis = |time: Duration| time.as_secs_f64() * 1000.0;
        Self {
            local: millis(cpu::of_family(local.id())),
            hub: millis(cpu::of(grid.hub_process())),
            nodes: grid.node_processes().map(cpu::of).map(millis).sum(),
        }
    }

    fn each(self, before: Self, pages: usize) -> Self {
        let each = |now: f64, before: f64| (now - before) / pages as f64;
        Self {
            local: each(self.local, before.local),
            hub: each(self.hub, before.hub),
            nodes: each(self.nodes, before.nodes),
        }
    }

    fn foretold(&self) -> f64 {
        self.local / (self.local + self.hub + self.nodes)
    }
}

/// Plain WebDriver to an address.
struct Line {
    client: reqwest::Client,
    base: String,
}

impl Line {
    fn of(base: String) -> Self {
        Self {
            client: client(),
            base,
        }
    }

    async fn create(&self) -> String {
        let args = ["--headless", "--no-sandbox", "--disable-gpu"];
        let wanted = json!({"browserName": "chrome", "goog:chromeOptions": {"args": args}});
        let body = json!({"capabilities": {"alwaysMatch": wanted}});
        let request = self.client.post(format!("{}/session", self.base));
        let request = request.basic_auth(USER, Some(PASSWORD));
        // A hub requires the character set.
        let request = request.header("content-type", "application/json; charset=utf-8");
        let request = request.body(body.to_string());
        let created: Value = request.send().await.unwrap().json().await.unwrap();
        let id = created["value"]["sessionId"].as_str();
        id.unwrap_or_else(|| panic!("no session: {created}"))
            .to_owned()
    }

    async fn ask(&self, id: &str) -> Duration {
        let request = self
            .client
            .get(format!("{}/session/{id}/timeouts", self.base));
        let request = request.basic_auth(USER, Some(PASSWORD));
        let began = Instant::now();
        let answer = request.send().await.unwrap().error_for_status().unwrap();
        answer.bytes().await.unwrap();
        began.elapsed()
    }

    async fn delete(&self, id: &str) {
        let request = self.client.delete(format!("{}/session/{id}", self.base));
        let request = request.basic_auth(USER, Some(PASSWORD));
        request.send().await.unwrap();
    }
}

/// Two services with so many sessions: local ones, and the Grid's.
#[derive(Default)]
struct Shape {
    local: Figures,
    remote: Figures,
    local_rate: Rates,
    remote_rate: Rates,
    costs: Costs,
}

impl Shape {
    async fn of(grid: &Grid, site: &Site, sessions: usize, rounds: usize, pages: usize) -> Self {
        let pool = ("GONGGANG_POOL_SIZE", sessions.to_string());
        let local = Service::start(site, std::slice::from_ref(&pool));
        let remote = Service::start(site, &[pool, ("GONGGANG_WEBDRIVER_URL", grid.url())]);
        grid.has_sessions(sessions).await;
        for service in [&local, &remote] {
            service.rate(site, sessions * 6, sessions * 2).await;
        }
        let (mut shape, mut seen) = (Self::default(), 0);
        let before = Costs::now(grid, &local);
        for _ in 0..rounds {
            seen += shape
                .round(site, &local, &remote, sessions * 2, pages)
                .await;
        }
        shape.costs = Costs::now(grid, &local).each(before, seen);
        local.stop();
        remote.stop();
        shape
    }

    /// Returns how many pages each has read.
    async fn round(
        &mut self,
        site: &Site,
        local: &Service,
        remote: &Service,
        callers: usize,
        pages: usize,
    ) -> usize {
        for _ in 0..pages / 4 {
            self.local.add(local.read(&site.fresh_identifier()).await);
            self.remote.add(remote.read(&site.fresh_identifier()).await);
        }
        self.local_rate.add(local.rate(site, pages, callers).await);
        self.remote_rate
            .add(remote.rate(site, pages, callers).await);
        pages / 4 + pages / callers * callers
    }

    fn row(&self, name: &str) -> Vec<String> {
        let added = self.remote.median().as_secs_f64() - self.local.median().as_secs_f64();
        vec![
            name.to_owned(),
            self.local.cell(),
            self.remote.cell(),
            short(added * 1000.0),
            self.local_rate.cell(),
            self.remote_rate.cell(),
            short(self.remote_rate.median() / self.local_rate.median()),
            short(self.costs.foretold()),
        ]
    }
}
