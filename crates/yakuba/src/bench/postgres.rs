//! The database of a bench: somebody's, or a server of the bench's own that waits for the disk as a town's does.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::Failure;

/// How long a server may take to answer for the first time.
const PATIENCE: Duration = Duration::from_secs(30);

/// What asks for a server of the bench's own.
const PRIVATE: &str = "private";

/// The schemas of the bench town.
const SCHEMAS: [&str; 2] = ["bench_portal", "bench_desk"];

/// A database for one bench.
pub struct Database {
    /// Its address.
    pub url: String,
    /// Whether it ends with the bench.
    pub is_private: bool,
    /// A shell that waits for this process's end, however it ends (its standard input closes), then stops the server.
    watcher: Option<Child>,
}

impl Database {
    /// Somebody's database at `asked`, or a server below `folder` when that is `private`.
    ///
    /// # Errors
    /// When it does not answer, or holds a bench town: what is there is never thrown away unasked.
    pub fn open(asked: &str, folder: &Path) -> Result<Database, Failure> {
        let database = if asked == PRIVATE {
            start(&folder.join("postgres"))?
        } else {
            Database { url: asked.to_owned(), is_private: false, watcher: None }
        };
        let mut client = postgres::Client::connect(&database.url, postgres::NoTls)?;
        for schema in SCHEMAS {
            if client.query_opt("select 1 from information_schema.schemata where schema_name = $1", &[&schema])?.is_some() {
                return Err(
                    format!("the database has a schema {schema} already; `drop schema {schema} cascade` if it is an old bench's").into()
                );
            }
        }
        Ok(database)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        match &mut self.watcher {
            Some(watcher) => {
                drop(watcher.stdin.take());
                let _ = watcher.wait();
            }
            None => {
                if let Ok(mut client) = postgres::Client::connect(&self.url, postgres::NoTls) {
                    for schema in SCHEMAS {
                        let _ = client.batch_execute(&format!("drop schema if exists {schema} cascade"));
                    }
                }
            }
        }
    }
}

/// Debian keeps the server's programs out of PATH, one folder for a version; the newest is taken.
fn programs() -> Result<PathBuf, Failure> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")?
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| bin.join("postgres").exists())
        .collect();
    versions.sort();
    versions.pop().map(|(_, bin)| bin).ok_or_else(|| "no PostgreSQL in /usr/lib/postgresql: install the package postgresql".into())
}

/// PostgreSQL refuses to run as root; then it runs as its own user, or as nobody.
fn unprivileged() -> Result<Option<(u32, u32)>, Failure> {
    use std::os::unix::fs::MetadataExt;
    if fs::metadata("/proc/self")?.uid() != 0 {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let find = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2);
        Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
    };
    Ok(Some(find("postgres").or_else(|| find("nobody")).ok_or("there is no user postgres or nobody to run PostgreSQL as")?))
}

fn command(program: &Path, user: Option<(u32, u32)>) -> Command {
    let Some((uid, gid)) = user else { return Command::new(program) };
    let mut command = Command::new("setpriv");
    command.arg(format!("--reuid={uid}")).arg(format!("--regid={gid}")).arg("--clear-groups").arg("--").arg(program);
    command
}

fn start(folder: &Path) -> Result<Database, Failure> {
    let (bin, user) = (programs()?, unprivileged()?);
    fs::create_dir_all(folder)?;
    if let Some((uid, gid)) = user {
        // The bench's own folder is closed to others; the server only passes through it.
        if let Some(above) = folder.parent() {
            fs::set_permissions(above, fs::Permissions::from_mode(0o711))?;
        }
        chown(folder, Some(uid), Some(gid))?;
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    let data = folder.join("data");
    let made = command(&bin.join("initdb"), user)
        .args(["--username=yakuba", "--auth=trust", "--encoding=UTF8", "--locale=C", "-D"])
        .arg(&data)
        .current_dir("/")
        .output()?;
    if !made.status.success() {
        return Err(format!("initdb failed: {}", String::from_utf8_lossy(&made.stderr)).into());
    }
    let log = fs::File::create(folder.join("log"))?;
    let mut server = command(&bin.join("postgres"), user)
        .args(["-c", "listen_addresses=", "-c", "max_connections=100", "-c", "shared_buffers=1GB", "-c", "max_wal_size=4GB", "-c"])
        .arg(format!("unix_socket_directories={}", folder.display()))
        .arg("-D")
        .arg(&data)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()?;
    let url = format!("host={} user=yakuba dbname=postgres", folder.display());
    let watcher = Command::new("sh")
        .args(["-c", &format!("cat >/dev/null; kill -QUIT {}; sleep 0.3", server.id())])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let database = Database { url, is_private: true, watcher: Some(watcher) };
    let began = Instant::now();
    while postgres::Client::connect(&database.url, postgres::NoTls).is_err() {
        if server.try_wait()?.is_some() || began.elapsed() > PATIENCE {
            return Err(format!("PostgreSQL does not answer; see {}", folder.join("log").display()).into());
        }
        thread::sleep(Duration::from_millis(20));
    }
    thread::spawn(move || server.wait());
    Ok(database)
}
