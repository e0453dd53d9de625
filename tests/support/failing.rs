//! A site that fails as it is told to: a way to a stand-in that lets connections through, or does not.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What becomes of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It reaches the stand-in.
    Open,
    /// Nothing listens.
    Refuses,
    /// It is reset once the request begins.
    Resets,
    /// Nothing is ever answered.
    Hangs,
    /// Every request is answered with 503.
    Unavailable,
}

impl Way {
    pub const FAILING: [Self; 4] = [Self::Refuses, Self::Resets, Self::Hangs, Self::Unavailable];
}

/// The way to a stand-in.
pub struct FailingSite {
    pub url: String,
    way: watch::Sender<Way>,
}

impl FailingSite {
    /// An open way to `site`, an address like `http://127.0.0.1:80`.
    pub async fn before(site: &str) -> Self {
        let stand_in = site.strip_prefix("http://").unwrap().parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (way, mut ways) = watch::channel(Way::Open);
        tokio::spawn(async move {
            let mut listener = Some(listener);
            loop {
                let now = *ways.borrow_and_update();
                let changed = ways.changed();
                let served = serve(&mut listener, address, stand_in, now);
                tokio::select! {
                    changed = changed => if changed.is_err() { return },
                    () = served => {}
                }
            }
        });
        let url = format!("http://{address}");
        Self { url, way }
    }

    /// From now on connections go this way; those that are open are cut.
    pub fn go(&self, way: Way) {
        self.way.send_replace(way);
    }
}

/// Takes connections until it is dropped, and cuts them then.
async fn serve(
    listener: &mut Option<TcpListener>,
    address: SocketAddr,
    stand_in: SocketAddr,
    way: Way,
) {
    if way == Way::Refuses {
        *listener = None;
        std::future::pending::<()>().await;
    }
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let Some(open) = listener else {
            *listener = TcpListener::bind(address).await.ok();
            tokio::time::sleep(Duration::from_millis(1)).await;
            continue;
        };
        if let Ok((caller, _)) = open.accept().await {
            connections.spawn(treat(caller, stand_in, way));
        }
    }
}

async fn treat(mut caller: TcpStream, stand_in: SocketAddr, way: Way) {
    match way {
        Way::Open | Way::Refuses => {
            let mut site = TcpStream::connect(stand_in).await.unwrap();
            let _ = copy_bidirectional(&mut caller, &mut site).await;
        }
        Way::Resets => {
            let _ = caller.read(&mut [0; 16]).await;
            let _ = caller.set_zero_linger();
        }
        Way::Hangs => std::future::pending().await,
        Way::Unavailable => {
            let _ = caller.read(&mut [0; 4096]).await;
            let answer = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            let _ = caller.write_all(answer).await;
        }
    }
}
