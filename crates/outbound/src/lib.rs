//! # 外への接続 Outbound
//!
//! The one way on which the town hall itself asks another machine over http: programs that are told of a case, the pictures of a map. A
//! name is looked up once, its addresses are looked at, and the connection goes to one of those that were; no redirection is followed,
//! time and size are bounded.

mod address;

use std::{
    net::SocketAddr,
    sync::{Arc, LazyLock},
    time::Duration,
};

use http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    body::Bytes,
    client::conn::http1,
    rt::{Read, Write},
};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;

pub use address::Target;

/// From looking up the name to the end of the answer.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// Longest head of an answer.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Why there is no answer, in words for a log: nothing of what was sent or answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreached {
    /// The name is not known.
    #[error("the name leads nowhere")]
    NoName,
    /// The name leads where nothing of ours goes.
    #[error("the name leads into a private network")]
    Closed,
    /// Nobody listens.
    #[error("nobody listens there")]
    Silent,
    /// No certificate that is trusted.
    #[error("no trusted https")]
    Untrusted,
    /// It broke off, or was no http.
    #[error("the connection broke off")]
    Broken,
    /// Larger than is read.
    #[error("the answer is larger than is read")]
    TooLarge,
    /// It took too long.
    #[error("no answer within {} s", PATIENCE.as_secs())]
    Late,
}

/// What was answered.
#[derive(Debug)]
pub struct Answered {
    /// 200, 404 …
    pub status: StatusCode,
    /// The head.
    pub headers: HeaderMap,
    /// As much of the body as was asked for; empty when none was.
    pub body: Bytes,
}

/// Asks once. `body_max` is the most of an answer's body that is read; 0 reads none of it. The request names only a path: where it goes to
/// is said by `target`.
///
/// # Errors
/// When nobody answers in time, or nobody may be asked there.
pub async fn ask(target: &Target, request: Request<Full<Bytes>>, body_max: usize) -> Result<Answered, Unreached> {
    match tokio::time::timeout(PATIENCE, reach(target, request, body_max)).await {
        Ok(answered) => answered,
        Err(_) => Err(Unreached::Late),
    }
}

async fn reach(target: &Target, request: Request<Full<Bytes>>, body_max: usize) -> Result<Answered, Unreached> {
    let found = lookup_host((target.host.as_str(), target.port)).await.map_err(|_| Unreached::NoName)?;
    let found: Vec<SocketAddr> = found.collect();
    let address = found.first().ok_or(Unreached::NoName)?;
    // One private address among them is enough to stay away: the name is not what it says to be.
    if !found.iter().all(|one| target.may_be_at(one.ip())) {
        return Err(Unreached::Closed);
    }
    let stream = TcpStream::connect(address).await.map_err(|_| Unreached::Silent)?;
    if !target.is_tls {
        return exchange(TokioIo::new(stream), target, request, body_max).await;
    }
    let name = ServerName::try_from(target.host.clone()).map_err(|_| Unreached::Untrusted)?;
    let stream = TlsConnector::from(Arc::clone(&TRUST)).connect(name, stream).await.map_err(|_| Unreached::Untrusted)?;
    exchange(TokioIo::new(stream), target, request, body_max).await
}

/// The public authorities, as mail's connections use them.
static TRUST: LazyLock<Arc<ClientConfig>> = LazyLock::new(|| {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.into() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Arc::new(match builder {
        Ok(builder) => builder.with_root_certificates(roots).with_no_client_auth(),
        // The provider has the versions that rustls asks for; without them nothing is trusted.
        Err(_) => ClientConfig::builder().with_root_certificates(RootCertStore::empty()).with_no_client_auth(),
    })
});

async fn exchange<S>(stream: S, target: &Target, mut request: Request<Full<Bytes>>, body_max: usize) -> Result<Answered, Unreached>
where
    S: Read + Write + Unpin + Send + 'static,
{
    let broken = |_: hyper::Error| Unreached::Broken;
    let handshake = http1::Builder::new().max_buf_size(HEAD_BYTES_MAX).handshake::<S, Full<Bytes>>(stream);
    let (mut sender, connection) = handshake.await.map_err(broken)?;
    tokio::spawn(async move {
        let _ = connection.await;
    });
    let headers = request.headers_mut();
    headers.insert(header::HOST, HeaderValue::from_str(&target.authority()).map_err(|_| Unreached::NoName)?);
    headers.insert(header::USER_AGENT, HeaderValue::from_static(concat!("Yakuba/", env!("CARGO_PKG_VERSION"))));
    // A redirection is an answer like any other: it is followed nowhere.
    let (head, body) = sender.send_request(request).await.map_err(broken)?.into_parts();
    let body = match body_max {
        0 => Bytes::new(),
        most => Limited::new(body, most).collect().await.map_err(|_| Unreached::TooLarge)?.to_bytes(),
    };
    Ok(Answered { status: head.status, headers: head.headers, body })
}
