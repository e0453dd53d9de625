//! Why a call had no answer, by the same names as the browser's source.

use std::error::Error;
use std::io;

use webdriver_fleet::SiteFault;

/// The reason of a failed call, by its innermost known cause. The causes' texts may quote an address, so
/// they are dropped.
pub(super) fn why(error: &reqwest::Error) -> SiteFault {
    if error.is_timeout() {
        return SiteFault::TimedOut;
    }
    let causes = std::iter::successors(error.source(), |cause| inner(*cause));
    causes
        .filter_map(of_cause)
        .last()
        .unwrap_or(SiteFault::Other)
}

/// The next cause. An `io::Error` does not report the error inside it as its source.
fn inner<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match cause
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
    {
        Some(inside) => Some(inside),
        None => cause.source(),
    }
}

fn of_cause(cause: &(dyn Error + 'static)) -> Option<SiteFault> {
    if cause.is::<rustls::Error>() {
        return Some(SiteFault::Tls);
    }
    if let Some(error) = cause.downcast_ref::<io::Error>() {
        return of_kind(error.kind());
    }
    match &*cause.to_string() {
        // This error's type is private to the library.
        "dns error" => Some(SiteFault::NoSuchHost),
        "connection closed before message completed" => Some(SiteFault::Reset),
        _ => None,
    }
}

fn of_kind(kind: io::ErrorKind) -> Option<SiteFault> {
    use io::ErrorKind as Kind;
    Some(match kind {
        Kind::ConnectionRefused => SiteFault::Refused,
        Kind::ConnectionReset
        | Kind::ConnectionAborted
        | Kind::BrokenPipe
        | Kind::UnexpectedEof
        | Kind::NotConnected => SiteFault::Reset,
        Kind::HostUnreachable
        | Kind::NetworkUnreachable
        | Kind::NetworkDown
        | Kind::AddrNotAvailable => SiteFault::NoRoute,
        Kind::TimedOut => SiteFault::TimedOut,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use reqwest::Client;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    async fn of(url: &str) -> SiteFault {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().build().unwrap();
        why(&client.get(url).send().await.unwrap_err())
    }

    /// Serves one connection.
    async fn listener<F>(treat: impl FnOnce(TcpStream) -> F + Send + 'static) -> SocketAddr
    where
        F: Future<Output = ()> + Send,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { treat(listener.accept().await.unwrap().0).await });
        address
    }

    #[tokio::test]
    async fn a_closed_port_is_a_refused_connection() {
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = closed.local_addr().unwrap();
        drop(closed);
        assert_eq!(of(&format!("http://{address}")).await, SiteFault::Refused);
    }

    #[tokio::test]
    async fn a_name_that_does_not_resolve_is_no_such_host() {
        assert_eq!(of("http://site.invalid").await, SiteFault::NoSuchHost);
    }

    #[tokio::test]
    async fn an_address_that_no_network_has_is_no_route() {
        // Multicast, to which no connection can be opened.
        assert_eq!(of("http://224.0.0.1").await, SiteFault::NoRoute);
    }

    #[tokio::test]
    async fn a_site_that_speaks_no_tls_is_a_fault_of_tls() {
        let address = listener(async |mut stream| {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            let _ = stream.read(&mut [0; 1024]).await;
        })
        .await;
        assert_eq!(of(&format!("https://{address}")).await, SiteFault::Tls);
    }

    #[tokio::test]
    async fn a_connection_that_is_reset_or_closed_without_an_answer_is_a_reset() {
        for is_reset in [true, false] {
            let address = listener(async move |mut stream| {
                let _ = stream.read(&mut [0; 1024]).await;
                if is_reset {
                    stream.set_zero_linger().unwrap();
                }
            })
            .await;
            let told = of(&format!("http://{address}")).await;
            assert_eq!(told, SiteFault::Reset, "{is_reset}");
        }
    }

    #[tokio::test]
    async fn a_connection_that_is_not_opened_in_time_is_a_timeout() {
        let address = listener(async |_stream| std::future::pending().await).await;
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy();
        let client = client
            .timeout(std::time::Duration::from_millis(50))
            .build()
            .unwrap();
        let error = client.get(format!("http://{address}")).send().await;
        assert_eq!(why(&error.unwrap_err()), SiteFault::TimedOut);
    }
}
