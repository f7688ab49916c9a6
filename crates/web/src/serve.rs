//! Listening, and stopping in good order: no new connection, what runs may end, live pages are let go.

use std::{
    future::Future,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use access::ClientAddress;
use axum::{Router, extract::Request, http::HeaderMap, middleware, middleware::Next, response::Response};
use tokio::net::TcpListener;

/// What runs may take this long to end when the server stops; live pages come back to the next node by themselves.
const LAST_REQUESTS: Duration = Duration::from_secs(5);

/// A bound address.
pub struct Listening {
    listener: TcpListener,
    /// The address; the port is the real one even when port 0 was asked for.
    pub address: SocketAddr,
}

impl Listening {
    /// Binds an address.
    ///
    /// # Errors
    /// When it is taken or not ours.
    pub async fn at(address: SocketAddr) -> std::io::Result<Listening> {
        let listener = TcpListener::bind(address).await?;
        Ok(Listening { address: listener.local_addr()?, listener })
    }
}

/// Whether somebody else's proxy stands before this server and says who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proxy {
    /// People connect directly.
    None,
    /// The last address in `X-Forwarded-For` is the person's, as our own proxy wrote it.
    Forwards,
}

/// Serves until `stop` is done.
///
/// # Errors
/// When the socket fails.
pub async fn serve(
    listening: Listening,
    routes: Router,
    proxy: Proxy,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let routes = routes.layer(middleware::from_fn(move |request, next| from_where(proxy, request, next)));
    let (ended, mut told) = tokio::sync::watch::channel(false);
    let server =
        axum::serve(listening.listener, routes.into_make_service_with_connect_info::<SocketAddr>()).with_graceful_shutdown(async move {
            stop.await;
            let _ = ended.send(true);
        });
    let late = async move {
        let _ = told.wait_for(|ended| *ended).await;
        tokio::time::sleep(LAST_REQUESTS).await;
    };
    tokio::select! {
        served = std::future::IntoFuture::into_future(server) => served,
        () = late => Ok(()),
    }
}

async fn from_where(proxy: Proxy, mut request: Request, next: Next) -> Response {
    let socket = request.extensions().get::<axum::extract::ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let address = match proxy {
        Proxy::Forwards => forwarded(request.headers()).or(socket),
        Proxy::None => socket,
    };
    if let Some(address) = address {
        request.extensions_mut().insert(ClientAddress(address));
    }
    next.run(request).await
}

/// The address that our own proxy wrote: the last of the last line. Some proxies add to the line that came in, others add a line of their own;
/// what stands before it was written by whoever asks.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let line = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    line.rsplit(',').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said_by(lines: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        forwarded(&headers).map(|address| address.to_string())
    }

    #[test]
    fn the_proxys_word_counts_and_not_what_the_person_wrote_before_it() {
        assert_eq!(said_by(&["203.0.113.9"]).as_deref(), Some("203.0.113.9"));
        assert_eq!(said_by(&["192.0.2.1, 203.0.113.9"]).as_deref(), Some("203.0.113.9"), "added to the line, as nginx does");
        assert_eq!(said_by(&["192.0.2.1", "203.0.113.9"]).as_deref(), Some("203.0.113.9"), "a line of its own, as HAProxy does");
        assert_eq!(said_by(&["192.0.2.1", "2001:db8::7"]).as_deref(), Some("2001:db8::7"));
    }

    #[test]
    fn a_word_that_is_no_address_falls_back_to_the_socket() {
        for lines in [&[][..], &[""], &["192.0.2.1, unknown"], &["192.0.2.1", "nonsense"]] {
            assert_eq!(said_by(lines), None, "{lines:?}");
        }
    }
}
