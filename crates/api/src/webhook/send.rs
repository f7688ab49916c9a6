//! One sending: the name is looked up, its addresses are looked at, and the connection goes to one of those that were.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::http::{Method, Request, StatusCode, header};
use http_body_util::Full;
use hyper::{
    body::Bytes,
    client::conn::http1,
    rt::{Read, Write},
};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;

use super::address::{Target, is_open};

/// From looking up the name to the receiver's answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is told, signed.
pub(super) struct Letter {
    pub(super) id: String,
    pub(super) seconds: i64,
    pub(super) signature: String,
    pub(super) body: String,
}

/// Why it was not delivered, for the program and the log: no body of the receiver's, which may hold anything.
#[derive(Debug)]
pub(super) enum Undelivered {
    /// The receiver is gone for good (410 Gone).
    Gone,
    Failed(String),
}

impl From<String> for Undelivered {
    fn from(why: String) -> Undelivered {
        Undelivered::Failed(why)
    }
}

/// Longest head of an answer; its body is not read.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Sends one letter on the calling thread.
pub(super) fn send(target: &Target, loopback: bool, letter: &Letter) -> Result<(), Undelivered> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let sent = runtime.block_on(async { tokio::time::timeout(PATIENCE, deliver(target, loopback, letter)).await });
    match sent {
        Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs()).into()),
        Ok(Err(why)) => Err(why),
        Ok(Ok(status)) if status.is_success() => Ok(()),
        Ok(Ok(StatusCode::GONE)) => Err(Undelivered::Gone),
        Ok(Ok(status)) => Err(format!("answered {}", status.as_u16()).into()),
    }
}

async fn deliver(target: &Target, loopback: bool, letter: &Letter) -> Result<StatusCode, Undelivered> {
    let found = lookup_host((target.host.as_str(), target.port)).await.map_err(|_| "the name leads nowhere".to_owned())?;
    // One private address among them is enough to stay away: the name is not what it says to be.
    let found: Vec<SocketAddr> = found.collect();
    let address = found.first().filter(|_| found.iter().all(|one| is_open(one.ip(), loopback)));
    let address = address.ok_or_else(|| "the name leads into a private network".to_owned())?;
    let stream = TcpStream::connect(address).await.map_err(|_| "nobody listens there".to_owned())?;
    if !target.is_tls {
        return post(TokioIo::new(stream), target, letter).await;
    }
    let name = ServerName::try_from(target.host.clone()).map_err(|_| "no name of a server".to_owned())?;
    let stream = TlsConnector::from(config()).connect(name, stream).await.map_err(|_| "no trusted https".to_owned())?;
    post(TokioIo::new(stream), target, letter).await
}

/// The public authorities, as mail's connections use them.
fn config() -> Arc<ClientConfig> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.into() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Arc::new(match builder {
        Ok(builder) => builder.with_root_certificates(roots).with_no_client_auth(),
        // The provider has the versions that rustls asks for; without them nothing is trusted.
        Err(_) => ClientConfig::builder().with_root_certificates(RootCertStore::empty()).with_no_client_auth(),
    })
}

async fn post<S: Read + Write + Unpin + Send + 'static>(stream: S, target: &Target, letter: &Letter) -> Result<StatusCode, Undelivered> {
    let broken = |_: hyper::Error| Undelivered::from("the connection broke off".to_owned());
    let (mut sender, connection) =
        http1::Builder::new().max_buf_size(HEAD_BYTES_MAX).handshake::<S, Full<Bytes>>(stream).await.map_err(broken)?;
    tokio::spawn(async move {
        let _ = connection.await;
    });
    let request = Request::builder()
        .method(Method::POST)
        .uri(&target.path)
        .header(header::HOST, target.authority())
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, concat!("Yakuba/", env!("CARGO_PKG_VERSION")))
        .header("webhook-id", &letter.id)
        .header("webhook-timestamp", letter.seconds.to_string())
        .header("webhook-signature", &letter.signature)
        .body(Full::new(Bytes::from(letter.body.clone())))
        .map_err(|_| "no request".to_owned())?;
    // A redirection is an answer like any other that is no success: it is followed nowhere.
    Ok(sender.send_request(request).await.map_err(broken)?.status())
}
