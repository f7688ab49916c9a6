//! For tests of all rooms: a fresh place for stores on either engine, and a private PostgreSQL that ends with the test process.
//!
//! Everything here panics when it cannot do its work: a test without its database must fail, never pass by skipping.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{Engine, Migration, Options, Store, keys::Keys, postgres_link::PostgresLink};

/// A fresh place on one engine, with room for several faces. Its folder goes when the test passed, and stays when it failed.
pub struct Place {
    folder: PathBuf,
    schemas: Option<(String, String)>,
}

impl Place {
    /// A place for SQLite files.
    pub fn sqlite() -> Place {
        Place { folder: fresh_folder("yakuba-test"), schemas: None }
    }

    /// A place in this process's PostgreSQL, with a database-wide unique prefix for its schemas.
    pub fn postgres() -> Place {
        let folder = fresh_folder("yakuba-test");
        let prefix = format!("t{}", unique().replace('-', "_"));
        Place { folder, schemas: Some((server().url.clone(), prefix)) }
    }

    /// Where the store of `face` is in this place.
    pub fn engine(&self, face: &str) -> Engine {
        match &self.schemas {
            None => Engine::Sqlite { folder: self.folder.join(face) },
            Some((url, prefix)) => Engine::Postgres { url: url.clone(), schema: format!("{prefix}_{face}") },
        }
    }

    /// The usual options for `face`; eight connections on PostgreSQL, since many tests share one server.
    pub fn options(&self, face: &str, migrations: &[Migration]) -> Options {
        let mut options = Options::new(self.engine(face), migrations.to_vec());
        options.connections = options.connections.min(8);
        // A test may be done with its folder before it is done with its store; only what asks for quiet has it.
        options.quiet = Duration::from_secs(86_400);
        options
    }

    /// Opens the store of `face`; again after it was closed gives the same rows.
    pub fn open(&self, face: &str, migrations: &[Migration]) -> Store {
        Store::open(self.options(face, migrations)).expect("a fresh store opens")
    }

    /// A folder of its own, for keys and files.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether this is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.schemas.is_some()
    }

    /// Runs SQL in the store of `face` past the store itself, as an intruder would: changed rows, broken chains. May name tables only.
    pub fn meddle(&self, face: &str, sql: &str) {
        match self.engine(face) {
            Engine::Sqlite { folder } => {
                let file = rusqlite::Connection::open(folder.join(crate::sqlite::FILE)).expect("the file opens");
                file.busy_timeout(Duration::from_secs(10)).expect("a timeout");
                file.execute_batch(sql).expect("the intruder's SQL runs");
            }
            Engine::Postgres { url, schema } => {
                PostgresLink::connect(&url, &schema).and_then(|mut link| link.batch(sql)).expect("the intruder's SQL runs");
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("the failed test's place stays at {}", self.folder.display());
        } else {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// Writes each test once and runs it on SQLite and on PostgreSQL: `store::on_both_engines! { fn a_dog_barks(place: Place) { … } }`.
#[macro_export]
macro_rules! on_both_engines {
    ($($(#[$attribute:meta])* fn $name:ident($place:ident: Place) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            $(#[$attribute])*
            fn on($place: &$crate::testing::Place) $body

            #[test]
            fn sqlite() {
                on(&$crate::testing::Place::sqlite());
            }

            #[test]
            fn postgres() {
                on(&$crate::testing::Place::postgres());
            }
        }
    )*};
}

/// Keys of a town that is the same in every test, by the sheet that its key came from. Anybody can read them here.
pub fn keys() -> Keys {
    Keys::of_town([0x42; 32])
}

/// Waits until something that happens by itself has happened.
pub fn until(what: &str, mut happened: impl FnMut() -> bool) {
    let start = Instant::now();
    while !happened() {
        assert!(start.elapsed() < Duration::from_secs(30), "half a minute, and still not: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// The address of this process's own PostgreSQL; started at the first call, ended with the process.
pub fn postgres_url() -> String {
    server().url.clone()
}

struct Server {
    url: String,
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(start_server)
}

fn unique() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

fn fresh_folder(name: &str) -> PathBuf {
    let chance = u64::from_le_bytes(crate::journal::random::<8>().expect("chance"));
    let folder = std::env::temp_dir().join(format!("{name}-{}-{chance:08x}", unique()));
    fs::create_dir_all(&folder).expect("the temporary folder can be written");
    folder
}

/// Debian keeps the server's programs out of PATH, one folder for a version; the newest is taken.
fn programs() -> PathBuf {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| bin.join("postgres").exists())
        .collect();
    versions.sort();
    versions.pop().map(|(_, bin)| bin).expect("no PostgreSQL in /usr/lib/postgresql: run scripts/install-test-tools (package postgresql)")
}

/// PostgreSQL refuses to run as root; then it runs as its own user, or as nobody.
fn unprivileged() -> Option<(String, u32, u32)> {
    if fs::metadata("/proc/self").expect("/proc is there").uid() != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").expect("/etc/passwd is there");
    let find = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2);
        Some((name.to_owned(), numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
    };
    Some(find("postgres").or_else(|| find("nobody")).expect("there is a user postgres or nobody to run PostgreSQL as"))
}

fn command(program: &Path, user: Option<&(String, u32, u32)>) -> Command {
    match user {
        None => Command::new(program),
        Some((_, uid, gid)) => {
            let mut command = Command::new("setpriv");
            command.arg(format!("--reuid={uid}")).arg(format!("--regid={gid}")).arg("--clear-groups").arg("--").arg(program);
            command
        }
    }
}

fn start_server() -> Server {
    let bin = programs();
    let folder = fresh_folder("yakuba-pg");
    let user = unprivileged();
    if let Some((_, uid, gid)) = &user {
        chown(&folder, Some(*uid), Some(*gid)).expect("the folder can be given to the server's user");
    }
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).expect("the folder is the server's own");
    let data = folder.join("data");
    let made = command(&bin.join("initdb"), user.as_ref())
        .args(["--username=yakuba", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
        .arg(&data)
        .current_dir("/")
        .output()
        .expect("initdb runs");
    assert!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));
    let log = fs::File::create(folder.join("log")).expect("a log");
    // Tests kill programs, not the machine: the server need not wait for the disk.
    let mut running = command(&bin.join("postgres"), user.as_ref())
        .args(["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=600", "-c", "shared_buffers=64MB"])
        .args(["-c", "max_pred_locks_per_transaction=128", "-c", "autovacuum=off", "-c"])
        .arg(format!("unix_socket_directories={}", folder.display()))
        .arg("-D")
        .arg(&data)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .expect("postgres starts");
    stop_with_this_process(running.id(), &folder);
    let url = format!("host={} user=yakuba dbname=postgres", folder.display());
    until("PostgreSQL answers", || {
        assert!(running.try_wait().expect("its state").is_none(), "postgres ended; see {}", folder.join("log").display());
        PostgresLink::connect(&url, "public").is_ok()
    });
    thread::spawn(move || running.wait());
    Server { url }
}

/// A shell that waits for this process's end, however it ends (its standard input closes), then stops the server.
fn stop_with_this_process(server: u32, folder: &Path) {
    let script = format!("cat >/dev/null; kill -QUIT {server}; sleep 1; rm -rf '{}'", folder.display());
    let watcher = Command::new("sh")
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell starts");
    // Its standard input stays open as long as this process lives.
    std::mem::forget(watcher);
}
