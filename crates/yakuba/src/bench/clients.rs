//! The clients of a bench: a process of its own, so that what they cost is seen and not mixed with what the town costs. They speak HTTP over
//! TCP connections that stay open, as browsers do, each with its session's cookie.
//!
//! The process also catches the town's mail: a town's mail server is another machine.
//!
//! ```text
//! → one line a round: {"address": …, "asks": [{"method", "path", "cookie", "body"}, …]}
//! ← one line at the start: {"smtp": …}, then one line a round: {"answers": [{"micros", "at", "status", "location"}, …], …}
//! ```

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Write as _},
    net::SocketAddr,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    rc::Rc,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use http_body_util::{BodyExt, Full};
use hyper::{Request, body::Bytes, client::conn::http1::SendRequest, header};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use messages::catcher;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::{net::TcpStream, task::LocalSet};

use super::facts;
use crate::Failure;

/// One request that a client sends.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ask {
    /// `GET` or `POST`.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The session's cookie.
    pub cookie: String,
    /// The form, as it stands in the body.
    pub body: String,
}

impl Ask {
    /// A look at a page.
    pub fn get(path: &str, cookie: &str) -> Ask {
        Ask { method: "GET".to_owned(), path: path.to_owned(), cookie: cookie.to_owned(), body: String::new() }
    }

    /// A form that is sent.
    pub fn post(path: &str, cookie: &str, body: &str) -> Ask {
        Ask { method: "POST".to_owned(), path: path.to_owned(), cookie: cookie.to_owned(), body: body.to_owned() }
    }
}

/// What came back.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Answered {
    /// From the first byte sent to the last byte received.
    pub micros: u64,
    /// When the last byte was received, in microseconds since 1970.
    pub at: i64,
    /// The status.
    pub status: u16,
    /// Where it leads.
    pub location: String,
    /// The cookie that it sets.
    pub cookie: String,
    /// Length of the body.
    pub bytes: usize,
}

/// A round of requests, in the order in which they were asked.
#[derive(Debug, Serialize, Deserialize)]
pub struct Round {
    /// The answers.
    pub answers: Vec<Answered>,
    /// From the first request to the last answer.
    pub seconds: f64,
    /// Processor time of the clients meanwhile, mail server included.
    pub processor_seconds: f64,
}

#[derive(Serialize, Deserialize)]
struct Order {
    address: SocketAddr,
    asks: Vec<Ask>,
}

#[derive(Serialize, Deserialize)]
struct Ready {
    smtp: SocketAddr,
}

/// The clients' process, from the town's side.
pub struct Clients {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// Where they catch mail.
    pub smtp: SocketAddr,
}

impl Clients {
    /// Starts `count` clients.
    ///
    /// # Errors
    /// When this program cannot be started again.
    pub fn start(count: usize) -> Result<Clients, Failure> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["bench", "clients", "--clients", &count.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (Some(orders), Some(answers)) = (child.stdin.take(), child.stdout.take()) else { return Err("no pipes to the clients".into()) };
        let mut answers = BufReader::new(answers);
        let Ready { smtp } = serde_json::from_str(&line(&mut answers)?)?;
        Ok(Clients { child, orders, answers, smtp })
    }

    /// Sends a round and waits for its answers.
    ///
    /// # Errors
    /// When the clients are gone.
    pub fn round(&mut self, address: SocketAddr, asks: Vec<Ask>) -> Result<Round, Failure> {
        serde_json::to_writer(&mut self.orders, &Order { address, asks })?;
        self.orders.write_all(b"\n")?;
        self.orders.flush()?;
        Ok(serde_json::from_str(&line(&mut self.answers)?)?)
    }
}

impl Drop for Clients {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn line(from: &mut impl BufRead) -> Result<String, Failure> {
    let mut line = String::new();
    if from.read_line(&mut line)? == 0 {
        return Err("the clients ended early; what they said stands above".into());
    }
    Ok(line)
}

/// `yakuba bench clients`.
///
/// # Errors
/// When the town does not answer.
pub fn run(count: usize) -> Result<(), Failure> {
    // One thread: the clients must not take both processors from a small machine.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = SocketAddr::from(([127, 0, 0, 1], 0));
    let mail = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let catcher = mail.block_on(catcher::listen(local, catcher::PATIENCE, Timestamp::now))?;
    println!("{}", serde_json::to_string(&Ready { smtp: catcher.address })?);
    for order in std::io::stdin().lines() {
        let order: Order = serde_json::from_str(&order?)?;
        let round = LocalSet::new().block_on(&runtime, round(order, count))?;
        println!("{}", serde_json::to_string(&round)?);
    }
    Ok(())
}

async fn round(order: Order, count: usize) -> Result<Round, Failure> {
    let asked = order.asks.len();
    let waiting: Rc<Mutex<VecDeque<(usize, Ask)>>> = Rc::new(Mutex::new(order.asks.into_iter().enumerate().collect()));
    let mut open = Vec::new();
    for _ in 0..count.min(asked) {
        open.push(connect(order.address).await?);
    }
    let (used, began) = (facts::processor_seconds("self"), Instant::now());
    let clients: Vec<_> = open.into_iter().map(|connection| tokio::task::spawn_local(client(connection, waiting.clone()))).collect();
    let mut answers = vec![Answered::default(); asked];
    for client in clients {
        for (at, answer) in client.await?? {
            answers[at] = answer;
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    Ok(Round { answers, seconds, processor_seconds: facts::processor_seconds("self") - used })
}

type Connection = SendRequest<Full<Bytes>>;

async fn connect(address: SocketAddr) -> Result<Connection, Failure> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::task::spawn_local(connection);
    Ok(sender)
}

/// One client: the next request as soon as the last one is answered.
async fn client(mut connection: Connection, waiting: Rc<Mutex<VecDeque<(usize, Ask)>>>) -> Result<Vec<(usize, Answered)>, Failure> {
    let mut answers = Vec::new();
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let Some((at, ask)) = next else { return Ok(answers) };
        answers.push((at, send(&mut connection, ask).await?));
    }
}

async fn send(connection: &mut Connection, ask: Ask) -> Result<Answered, Failure> {
    let request = Request::builder()
        .method(ask.method.as_str())
        .uri(&ask.path)
        .header(header::HOST, "localhost")
        .header(header::COOKIE, &ask.cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "text/html")
        .header(header::USER_AGENT, "yakuba bench")
        .body(Full::new(Bytes::from(ask.body)))?;
    let began = Instant::now();
    connection.ready().await?;
    let answer = connection.send_request(request).await?;
    let status = answer.status().as_u16();
    let said = |name| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let (location, cookie) = (said(header::LOCATION), said(header::SET_COOKIE));
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let bytes = answer.into_body().collect().await?.to_bytes().len();
    Ok(Answered {
        micros: u64::try_from(began.elapsed().as_micros())?,
        at: Timestamp::now().as_microsecond(),
        status,
        location,
        cookie,
        bytes,
    })
}

/// The share of all processor time that the clients took.
pub fn share(clients: f64, town: f64) -> serde_json::Value {
    json!(super::rounded(clients / (clients + town).max(f64::EPSILON)))
}
