//! A supervised pool of WebDriver sessions. Give it a URL, a script and a deadline; it returns the
//! script's JSON and the texts of the alerts that opened.
//!
//! - One task per slot owns a session and takes visits from a bounded first-in, first-out queue.
//! - Every step has a deadline, and the error names the step that missed it.
//! - A browser that crashes or hangs is killed with its driver and replaced. The visit is tried once
//!   more.
//! - No process is left behind after [`Fleet::shutdown`], after a drop, or after SIGKILL of this
//!   process.
//!
//! ```no_run
//! use std::time::{Duration, Instant};
//! use webdriver_fleet::{Fleet, FleetConfig, Visit};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let fleet = Fleet::start(FleetConfig::default()).await?;
//! let visited = fleet
//!     .visit(Visit {
//!         url: "https://example.com/".parse()?,
//!         script: "arguments[arguments.length - 1](document.title)".into(),
//!         args: vec![],
//!         is_final: None,
//!         page_timeout: Duration::from_secs(10),
//!         deadline: Instant::now() + Duration::from_secs(15),
//!     })
//!     .await?;
//! println!("{}", visited.value);
//! fleet.shutdown(Duration::from_secs(20)).await;
//! # Ok(())
//! # }
//! ```
#![warn(missing_docs)]

mod authorities;
mod capabilities;
mod chromium;
mod command;
mod config;
mod connection;
mod connector;
mod driver;
mod driver_error;
mod driver_spawner;
mod error;
mod excerpt;
mod fault;
mod find;
mod firefox;
mod fleet;
mod local_drivers;
mod prepare;
mod process_group;
mod processes;
mod proxy_script;
mod queue;
mod reaper;
mod recorder;
mod relay;
mod remote_session;
mod script;
mod session;
mod session_factory;
mod shared;
mod site_fault;
mod slot;
mod status;
mod status_board;
mod upkeep;
mod visit;
mod watch;

pub use config::{
    Browser, BrowserConfig, Endpoint, FleetConfig, Limits, LocalEndpoint, Proxy, Recycle, World,
};
pub use error::{Program, StartError, Step, VisitError};
pub use excerpt::Excerpt;
pub use find::{Binaries, find_binaries};
pub use fleet::{Fleet, RunningVisit};
pub use recorder::CallAnswer;
pub use site_fault::{LastSiteFault, SiteFault, SiteFaults};
pub use status::{CloseReason, FleetStatus, SlotState, SlotStatus};
pub use visit::{IsFinal, Observation, Timings, Visit, Visited};
