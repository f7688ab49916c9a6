//! A town that is opened for a bench, as `serve` opens one: both faces, hatch, jobs, mail, the watch over its folder, the daily work.

use std::{fs, net::SocketAddr, path::Path, sync::Arc};

use access::{DeskFace, PortalFace};
use messages::{contact::MailAddress, relay::Relay};
use store::keys::Face;
use tempfile::TempDir;
use tokio::{runtime::Runtime, sync::oneshot, task::JoinHandle};
use web::{Listening, Towns, serve::Proxy};

use super::{clients::Clients, postgres, wait};
use crate::{
    Failure, command,
    command::Place,
    house::{self, House},
    open_town::{OpenTown, Opening},
    town::Loaded,
};

/// The bench town's folder, carried in the program: a bench runs in any place.
pub const FOLDER: [(&str, &str); 5] = [
    ("town.yaml", include_str!("../../bench-town/bench/town.yaml")),
    ("departments.yaml", include_str!("../../bench-town/bench/departments.yaml")),
    ("messages/occasions.yaml", include_str!("../../bench-town/bench/messages/occasions.yaml")),
    ("examples/residents.yaml", include_str!("../../bench-town/bench/examples/residents.yaml")),
    ("procedures/application.yaml", include_str!("../../bench-town/bench/procedures/application.yaml")),
];

/// The one procedure of the bench town.
pub const PROCEDURE: &str = "application";

/// Where a bench town lives: its folder and data, or its schemas, go when the bench ends.
pub struct Ground {
    // Before the folder: its server ends first.
    database: Option<postgres::Database>,
    folder: TempDir,
    /// Keys and data.
    pub house: House,
}

impl Ground {
    /// Lays out a place on SQLite or on PostgreSQL: at an address, or `private` for a server of the bench's own.
    ///
    /// # Errors
    /// When the place cannot be made, or the database holds a bench town already.
    pub fn lay_out(database: Option<&str>) -> Result<Ground, Failure> {
        let folder = tempfile::Builder::new().prefix("yakuba-bench-").tempdir()?;
        lay_out_town(&folder.path().join("bench"))?;
        let database = database.map(|asked| postgres::Database::open(asked, folder.path())).transpose()?;
        let url = database.as_ref().map(|database| database.url.clone());
        let house = House::of(&Place { data: folder.path().join("data"), keys: None, database: url });
        house::lay_out(&house)?;
        Ok(Ground { database, folder, house })
    }

    /// What the figures call the engine.
    pub fn engine_name(&self) -> &'static str {
        match &self.database {
            None => "sqlite",
            Some(database) if database.is_private => "postgresql (private server, fsync on)",
            Some(_) => "postgresql",
        }
    }

    /// The engine of a face, to ask it past the town.
    pub fn engine(&self, face: Face) -> store::Engine {
        self.house.engine("bench", face)
    }

    /// The town's folder.
    pub fn town_folder(&self) -> std::path::PathBuf {
        self.folder.path().join("bench")
    }
}

/// Writes the bench town's folder.
fn lay_out_town(folder: &Path) -> Result<(), Failure> {
    for (name, text) in FOLDER {
        let path = folder.join(name);
        if let Some(above) = path.parent() {
            fs::create_dir_all(above)?;
        }
        fs::write(path, text)?;
    }
    Ok(())
}

/// An open town with its doors at `address`.
pub struct OpenBench {
    /// The town.
    pub town: Arc<OpenTown>,
    /// Where it listens.
    pub address: SocketAddr,
    runtime: Runtime,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<std::io::Result<()>>>,
}

impl OpenBench {
    /// Opens the town; mail goes to where the clients catch it.
    ///
    /// # Errors
    /// As `serve`.
    pub fn open(ground: &Ground, clients: &Clients) -> Result<OpenBench, Failure> {
        let loaded = Loaded::open(&ground.town_folder())?;
        let from: MailAddress = "noreply@town.bench.example".parse()?;
        let opening = Opening {
            house: ground.house.clone(),
            loaded: loaded.clone(),
            face: command::Face::Both,
            hatch: None,
            site: "http://localhost".to_owned(),
            mail: Some((Relay::from_url(&format!("smtp://{}", clients.smtp))?, from)),
            demo: false,
        };
        let town = Arc::new(opening.open()?);
        town.sweep()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let listening = wait(&runtime, Listening::at(SocketAddr::from(([127, 0, 0, 1], 0))))?;
        let address = listening.address;
        let routes = Towns::one(town.routes(None, None)).router();
        let (stop, stopped) = oneshot::channel::<()>();
        runtime.spawn(loaded.watch(|_| {}));
        let serving = runtime.spawn(web::serve(listening, routes, Proxy::None, async move { stopped.await.unwrap_or(()) }));
        Ok(OpenBench { town, address, runtime, stop: Some(stop), serving: Some(serving) })
    }

    /// Residents' side.
    ///
    /// # Errors
    /// Never: a bench opens both faces.
    pub fn portal(&self) -> Result<&PortalFace, Failure> {
        self.town.portal.as_ref().ok_or_else(|| "a bench opens both faces".into())
    }

    /// Staff's side.
    ///
    /// # Errors
    /// As [`OpenBench::portal`].
    pub fn desk(&self) -> Result<&DeskFace, Failure> {
        self.town.desk.as_ref().ok_or_else(|| "a bench opens both faces".into())
    }

    /// Closes the doors, ends what works behind them, and gives the engine back.
    ///
    /// # Errors
    /// When serving failed meanwhile.
    pub fn close(mut self) -> Result<(), Failure> {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(serving) = self.serving.take() {
            wait(&self.runtime, serving)??;
        }
        self.runtime.shutdown_timeout(std::time::Duration::from_secs(5));
        Ok(())
    }
}
