//! A town that the real program serves in a process of its own, and a browser's worth of HTTP to ask it.
#![allow(dead_code, reason = "each test file uses a part")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// The program.
pub fn yakuba() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yakuba"));
    command.env("YAKUBA_LOG", "error").stdin(Stdio::null());
    command
}

/// A folder of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// A copy of a folder, to be changed by a test.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("made");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("copied");
        }
    }
}

/// A place for one town.
pub struct Place {
    folder: TempDir,
}

impl Place {
    /// An empty one.
    pub fn empty() -> Place {
        Place { folder: tempfile::Builder::new().prefix("yakuba-served-").tempdir().expect("a temporary folder") }
    }

    /// One with keys.
    pub fn laid_out() -> Place {
        let place = Place::empty();
        let done = place.run(&["init"], &[]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        place
    }

    /// Its data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A path beside the data.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs `yakuba WORDS --data …` to its end.
    pub fn run(&self, words: &[&str], more: &[&str]) -> Output {
        yakuba().args(words).arg("--data").arg(self.data()).args(more).output().expect("the program runs")
    }

    /// Serves a town of the repository here.
    pub fn serve(&self, town: &str) -> Served {
        self.serve_as(&self.data(), town, &[])
    }

    /// Opens the demo here, with a few residents and no cases.
    pub fn demo(&self) -> Served {
        let mut demo = yakuba();
        demo.args(["demo", "--residents", "30", "--cases", "0", "--listen", "127.0.0.1:0", "--data"]).arg(self.data());
        opened(demo.arg("--town").arg(repository("towns/mihon")))
    }

    /// Serves with a data folder and options of one's own.
    pub fn serve_as(&self, data: &Path, town: &str, more: &[&str]) -> Served {
        let town = repository(town);
        let mut all = vec!["--town", town.to_str().expect("a path")];
        all.extend(more);
        self.serve_with(data, &all)
    }

    /// Serves what the options name.
    pub fn serve_with(&self, data: &Path, more: &[&str]) -> Served {
        opened(yakuba().arg("serve").arg("--data").arg(data).args(["--listen", "127.0.0.1:0"]).args(more))
    }
}

/// Starts a town and waits until it says where it listens.
fn opened(command: &mut Command) -> Served {
    let began = Instant::now();
    let mut child = command.stdout(Stdio::piped()).spawn().expect("the program starts");
    let mut said = String::new();
    BufReader::new(child.stdout.take().expect("its output")).read_line(&mut said).expect("a line");
    let address = said.split("http://").nth(1).and_then(|rest| rest.split('/').next()).and_then(|address| address.parse().ok());
    let address = address.unwrap_or_else(|| panic!("it did not open: {said}"));
    Served { child, address, opened_after: began.elapsed() }
}

/// A served town; killed with its value.
pub struct Served {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// How long it took to open.
    pub opened_after: Duration,
}

impl Served {
    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }

    /// As the machine stops it: SIGTERM, and what runs may end.
    pub fn stop(mut self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(told.success());
        assert!(self.child.wait().expect("ended").success(), "a town that is asked to stop ends in good order");
    }

    /// A browser before it.
    pub fn browser(&self) -> Browser {
        self.browser_for("localhost")
    }

    /// A browser that asks for a town by this name.
    pub fn browser_for(&self, host: &str) -> Browser {
        Browser { address: self.address, host: host.to_owned(), cookies: Vec::new() }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What came back.
#[derive(Debug)]
pub struct Page {
    /// The status.
    pub status: u16,
    /// Where it leads.
    pub location: String,
    /// All that was said above the page, by its name in small letters.
    pub headers: Vec<(String, String)>,
    /// The page.
    pub body: String,
}

impl Page {
    /// The form token that the page carries.
    pub fn csrf(&self) -> String {
        self.value("name=\"csrf\" value=\"").unwrap_or_else(|| panic!("no form on: {}", self.body))
    }

    /// What a header says; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// What stands between `before` and the next quotation mark.
    pub fn value(&self, before: &str) -> Option<String> {
        self.body.split_once(before)?.1.split('"').next().map(str::to_owned)
    }
}

/// A browser without scripts: cookies, one request after another.
#[derive(Clone)]
pub struct Browser {
    address: SocketAddr,
    host: String,
    cookies: Vec<(String, String)>,
}

impl Browser {
    /// The same person before another process (or the same one after a restart).
    pub fn before(&self, served: &Served) -> Browser {
        Browser { address: served.address, host: self.host.clone(), cookies: self.cookies.clone() }
    }

    /// The same cookies shown to another town of the same process.
    pub fn asking(&self, host: &str) -> Browser {
        Browser { host: host.to_owned(), ..self.clone() }
    }

    /// Looks at a page.
    pub fn get(&mut self, path: &str) -> Page {
        self.ask("GET", path, "").unwrap_or_else(|error| panic!("GET {path}: {error}"))
    }

    /// Sends a form; `pairs` are encoded here.
    pub fn post(&mut self, path: &str, pairs: &[(&str, &str)]) -> Page {
        self.try_post(path, pairs).unwrap_or_else(|error| panic!("POST {path}: {error}"))
    }

    /// The same where the town may be killed meanwhile.
    pub fn try_post(&mut self, path: &str, pairs: &[(&str, &str)]) -> std::io::Result<Page> {
        let body: Vec<String> = pairs.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        self.ask("POST", path, &body.join("&"))
    }

    /// Sends a form of several parts, each with its name, its file name and its bytes.
    pub fn post_parts(&mut self, path: &str, parts: &[(&str, Option<&str>, &[u8])]) -> Page {
        let mut body = Vec::new();
        for (name, file, bytes) in parts {
            let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
            body.extend(format!("--part\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n").bytes());
            body.extend_from_slice(bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--part--\r\n");
        self.send("POST", path, &[("content-type", "multipart/form-data; boundary=part")], &body)
            .unwrap_or_else(|error| panic!("POST {path}: {error}"))
    }

    fn ask(&mut self, method: &str, path: &str, body: &str) -> std::io::Result<Page> {
        self.send(method, path, &[("content-type", "application/x-www-form-urlencoded")], body.as_bytes())
    }

    /// Sends anything.
    ///
    /// # Errors
    /// When the connection breaks.
    pub fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> std::io::Result<Page> {
        let mut stream = self.begin(method, path, headers, body.len())?;
        stream.write_all(body)?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { return Err(std::io::ErrorKind::UnexpectedEof.into()) };
        let mut page = Page {
            status: head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0),
            location: String::new(),
            headers: Vec::new(),
            body: unchunked(head, body),
        };
        for (name, value) in head.lines().filter_map(|line| line.split_once(": ")) {
            let name = name.to_ascii_lowercase();
            match name.as_str() {
                "location" => page.location = value.to_owned(),
                "set-cookie" => self.keep(value),
                _ => {}
            }
            page.headers.push((name, value.to_owned()));
        }
        Ok(page)
    }

    /// Says what it is going to send, and gives the connection to send it on.
    ///
    /// # Errors
    /// When nobody is there.
    pub fn begin(&self, method: &str, path: &str, headers: &[(&str, &str)], bytes: usize) -> std::io::Result<TcpStream> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let more: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\naccept: text/html\r\ncookie: {}\r\n{more}content-length: {bytes}\r\n\r\n",
            self.host,
            cookies.join("; "),
        )?;
        Ok(stream)
    }

    fn keep(&mut self, cookie: &str) {
        let Some((name, value)) = cookie.split(';').next().and_then(|pair| pair.split_once('=')) else { return };
        self.cookies.retain(|(known, _)| known != name);
        self.cookies.push((name.to_owned(), value.to_owned()));
    }
}

/// Our pages have their length; live ones come in chunks and are not asked for here.
fn unchunked(head: &str, body: &str) -> String {
    if !head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
        return body.to_owned();
    }
    let mut whole = String::new();
    let mut rest = body;
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        let Some(chunk) = after.get(..size).filter(|chunk| !chunk.is_empty()) else { break };
        whole.push_str(chunk);
        rest = after.get(size + 2..).unwrap_or_default();
    }
    whole
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Answers of 情報公開請求, page by page.
const DISCLOSURE: [(&str, &[(&str, &str)]); 3] = [
    (
        "who",
        &[
            ("requester", "person"),
            ("name", "佐藤 花子"),
            ("kana", "サトウ ハナコ"),
            ("address.postal", "1000001"),
            ("address.text", "見本県見本市中央1-2-3"),
            ("phone", "09000000001"),
            ("mail", ""),
        ],
    ),
    ("what", &[("documents", "令和7年度の中央公園の改修工事に関する契約書"), ("period", "")]),
    ("how", &[("way", "view")]),
];

/// A disclosure request, typed to its last tap. Gives the path to file at, the token and the version.
pub struct Typed {
    /// Where the last tap goes.
    pub path: String,
    csrf: String,
    version: String,
}

impl Typed {
    /// Types all pages as a resident without scripts would.
    pub fn disclosure(browser: &mut Browser) -> Typed {
        let guide = browser.get("/procedures/disclosure_request");
        assert_eq!(guide.status, 200, "{}", guide.body);
        let csrf = guide.csrf();
        let begun = browser.post("/procedures/disclosure_request/begin", &[("csrf", &csrf)]);
        assert_eq!(begun.status, 303, "{}", begun.body);
        for (page, answers) in DISCLOSURE {
            let mut pairs = vec![("csrf", csrf.as_str())];
            pairs.extend(answers);
            let saved = browser.post(&format!("{}/{page}", begun.location), &pairs);
            assert!(saved.status == 303 && !saved.location.contains("wrong"), "{page}: {} {}", saved.status, saved.location);
        }
        let check = browser.get(&format!("{}/check", begun.location));
        let version = check.value("name=\"version\" value=\"").unwrap_or_else(|| panic!("not complete: {}", check.body));
        Typed { path: format!("{}/file", begun.location), csrf, version }
    }

    /// 申請する. The number, when the town acknowledged it.
    pub fn file(&self, browser: &mut Browser) -> std::io::Result<String> {
        let answer = browser.try_post(&self.path, &[("csrf", &self.csrf), ("version", &self.version)])?;
        let number = answer.location.strip_prefix("/status/").and_then(|rest| rest.strip_suffix("/filed")).map(str::to_owned);
        number.ok_or_else(|| std::io::Error::other(format!("answered by {} {:?}", answer.status, answer.location)))
    }
}

/// Rows of one face's SQLite file, past the program. The town may be open.
pub fn rows(data: &Path, face: &str, sql: &str) -> Vec<Vec<String>> {
    let file = rusqlite::Connection::open(data.join(face).join("store.sqlite")).expect("the file opens");
    file.busy_timeout(Duration::from_secs(10)).expect("a timeout");
    let mut statement = file.prepare(sql).expect("the query");
    let columns = statement.column_count();
    let found = statement.query_map([], |row| {
        (0..columns)
            .map(|at| {
                row.get_ref(at).map(|value| match value {
                    rusqlite::types::ValueRef::Null => String::new(),
                    rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                    rusqlite::types::ValueRef::Real(number) => number.to_string(),
                    rusqlite::types::ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                    rusqlite::types::ValueRef::Blob(bytes) => format!("{} bytes", bytes.len()),
                })
            })
            .collect()
    });
    found.expect("rows").map(|row| row.expect("a row")).collect()
}

/// Changes one face's SQLite file, past the program. The town may be open.
pub fn change(data: &Path, face: &str, sql: &str, values: &[&dyn rusqlite::ToSql]) -> usize {
    let file = rusqlite::Connection::open(data.join(face).join("store.sqlite")).expect("the file opens");
    file.busy_timeout(Duration::from_secs(10)).expect("a timeout");
    file.execute(sql, values).expect("the change")
}

/// Waits until something that happens by itself has happened.
pub fn until(what: &str, mut happened: impl FnMut() -> bool) {
    let start = Instant::now();
    while !happened() {
        assert!(start.elapsed() < Duration::from_secs(40), "forty seconds, and still not: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
