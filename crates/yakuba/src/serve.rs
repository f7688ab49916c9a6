//! `yakuba serve`: towns are opened, their folders watched, their daily work done, until the machine says stop.

use std::{
    io::Write,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum::{Router, http::Uri};
use definitions::library::Library;
use messages::{contact::MailAddress, relay::Relay};
use tokio::signal::unix::{SignalKind, signal};
use web::{Listening, Towns, serve::Proxy};

use crate::{
    Failure,
    command::Serve,
    house::House,
    open_town::{OpenTown, Opening},
    town::Loaded,
};

/// How often the daily work is done.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// An open town and where its things lie.
#[derive(Clone)]
pub struct Standing {
    /// The town.
    pub open: Arc<OpenTown>,
    /// Its house.
    pub house: House,
}

impl Standing {
    /// The daily work, at once and then every day. What fails is tried again tomorrow.
    async fn look_after(self) {
        loop {
            let today = self.clone();
            let done = tokio::task::spawn_blocking(move || today.open.sweep().and_then(|()| today.open.keep_heads(&today.house))).await;
            if let Ok(Err(error)) = done {
                tracing::warn!(%error, data = %self.house.data.display(), "the daily work was not done; trying again tomorrow");
            }
            tokio::time::sleep(DAY).await;
        }
    }
}

/// Serves open towns until the machine says stop. `opened` is told the address once people can come.
///
/// # Errors
/// When the address is taken.
pub fn until_stopped(
    towns: &[Standing],
    listen: SocketAddr,
    proxy: Proxy,
    routes: impl FnOnce(SocketAddr) -> Router,
    opened: impl FnOnce(SocketAddr),
) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        let listening = Listening::at(listen).await.map_err(|error| format!("{listen} cannot be listened on: {error}"))?;
        let address = listening.address;
        let mut behind = tokio::task::JoinSet::new();
        for town in towns {
            let open = Arc::clone(&town.open);
            behind.spawn(town.open.watched().watch(move |town| open.takes(town)));
            behind.spawn(town.clone().look_after());
        }
        let routes = routes(address);
        let stop = stop_asked()?;
        opened(address);
        web::serve(listening, routes, proxy, stop).await?;
        behind.abort_all();
        Ok::<(), Failure>(())
    })?;
    towns.iter().try_for_each(|town| town.open.keep_heads(&town.house))
}

/// Ends when the machine (SIGTERM) or the person at the terminal (SIGINT) says stop. Heard from now on, not from when it is awaited:
/// a town may be asked to stop the moment it has opened.
fn stop_asked() -> std::io::Result<impl Future<Output = ()>> {
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
    })
}

/// `yakuba serve`.
///
/// # Errors
/// When a place is empty, a folder has mistakes, two towns have one name, or the address is taken.
pub fn run(asked: &Serve) -> Result<(), Failure> {
    let mail = mail_of(asked)?;
    let named = named_towns(asked)?;
    let mut towns = Vec::new();
    let mut doors = Towns::default();
    let library = Library::open();
    for Named { folder, site, host } in &named {
        let loaded = Loaded::open_in(folder, &library)?;
        let town = loaded.town.current().id.to_string();
        let house = if named.len() == 1 { House::of(&asked.place) } else { House::among(&asked.place, &town) };
        house.must_be_laid_out()?;
        let hatch = asked.hatch.as_ref().map(|folder| if named.len() == 1 { folder.clone() } else { folder.join(&town) });
        let opening =
            Opening { house: house.clone(), loaded, face: asked.face, hatch, site: site.clone(), mail: mail.clone(), demo: false };
        let open = Arc::new(opening.open().map_err(|error| format!("{}: {error}", folder.display()))?);
        doors = match host {
            None => Towns::one(open.routes(None, None)),
            Some(host) => doors.and([host.clone()], open.routes(None, None)),
        };
        towns.push(Standing { open, house });
    }
    library.close();
    let proxy = if asked.behind_proxy { Proxy::Forwards } else { Proxy::None };
    let opened = |address: SocketAddr| match &named[..] {
        [_] => say(&format!("Yakuba is open at http://{address}/ (staff: http://{address}/desk)")),
        several => {
            say(&format!("Yakuba is open at http://{address}/ for {} towns, by the name that is asked for:", several.len()));
            several.iter().for_each(|town| say(&format!("  {} ({})", town.site, town.folder.display())));
        }
    };
    until_stopped(&towns, asked.listen, proxy, |_| doors.router(), opened)
}

/// A line on standard output. Whoever read it may have gone: that closes no town.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn mail_of(asked: &Serve) -> Result<Option<(Relay, MailAddress)>, Failure> {
    Ok(match (&asked.smtp, &asked.mail_from) {
        (Some(smtp), Some(from)) => Some((Relay::from_url(smtp)?, from.parse::<MailAddress>()?)),
        (Some(_), None) => return Err("--smtp needs --mail-from: the address that mail comes from".into()),
        (None, _) => {
            tracing::warn!("no --smtp: mail waits until a mail server is named");
            None
        }
    })
}

/// A town as it was named at the terminal.
struct Named {
    folder: PathBuf,
    site: String,
    /// The name under which it is asked for; a town alone answers under every name.
    host: Option<String>,
}

/// Pairs each town with its site. A town alone needs none.
fn named_towns(asked: &Serve) -> Result<Vec<Named>, Failure> {
    let site = |site: &String| site.trim_end_matches('/').to_owned();
    if let [folder] = &asked.town[..] {
        if asked.site.len() > 1 {
            return Err(format!("{} sites were named for one town", asked.site.len()).into());
        }
        let here = format!("http://{}", asked.listen);
        return Ok(vec![Named { folder: folder.clone(), site: site(asked.site.first().unwrap_or(&here)), host: None }]);
    }
    if asked.site.len() != asked.town.len() {
        return Err(format!(
            "{} towns and {} sites were named; each town needs a --site of its own, in the same order: residents' host name tells whose              page they ask for",
            asked.town.len(),
            asked.site.len()
        )
        .into());
    }
    let mut named: Vec<Named> = Vec::new();
    for (folder, url) in asked.town.iter().zip(&asked.site) {
        let host = url.parse::<Uri>().ok().and_then(|url| url.host().map(str::to_ascii_lowercase));
        let host = host.ok_or_else(|| format!("{url:?} is no site; write it as https://mihon.example.jp"))?;
        if let Some(other) = named.iter().find(|other| other.host.as_ref() == Some(&host) || is_same(&other.folder, folder)) {
            return Err(format!("{} and {} cannot both be {url}", other.folder.display(), folder.display()).into());
        }
        named.push(Named { folder: folder.clone(), site: site(url), host: Some(host) });
    }
    Ok(named)
}

fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}
