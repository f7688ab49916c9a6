//! 公開した改訂の層 What was published lies over the town's own folder, file by file. It is kept in the stores and not in the folder: the folder
//! is read-only on many servers and often under version control; a store is in every backup, is shared by all nodes of a face, and reaches the
//! portal behind the wall through the hatch. Once the folder itself says the same, the layer lets go of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use definitions::sources::Sources;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use store::{
    Desk, Parcel, Portal, Read, StoreError, Write,
    hatch::{Failure, Receiver},
    params,
};

use crate::{
    revision::{File, Refused, Revision, RevisionId},
    rows, verbs,
};

/// Down: a revision is in force.
pub const PUBLISHED: &str = "definition.published";

/// What the portal is told.
#[derive(Serialize, Deserialize)]
pub(crate) struct Down {
    procedure: String,
    published: i64,
    files: Vec<(String, String)>,
}

impl Down {
    pub(crate) fn of(revision: &Revision, files: Vec<File>) -> Down {
        let files = files.into_iter().map(|file| (file.path, file.text)).collect();
        Down { procedure: revision.procedure.to_string(), published: revision.published.unwrap_or_default(), files }
    }
}

/// Files that lie over the town's own folder, the oldest publication first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layer {
    /// Each publication: what it is of, and its files by path.
    pub published: Vec<(String, Vec<(String, String)>)>,
}

impl Layer {
    /// The folder with the layer over it.
    pub fn over(&self, mut sources: Sources) -> Sources {
        self.published.iter().for_each(|(_, files)| lay(&mut sources, files.iter().map(|(path, text)| (path.as_str(), text.as_str()))));
        sources
    }

    /// Whether nothing lies over the folder.
    pub fn is_empty(&self) -> bool {
        self.published.is_empty()
    }
}

/// Lays texts over the town's own folder.
pub fn lay<'f>(sources: &mut Sources, files: impl Iterator<Item = (&'f str, &'f str)>) {
    let own = sources.folders.entry(sources.town.clone()).or_default();
    for (path, text) in files {
        own.insert(path.to_owned(), text.as_bytes().to_vec());
    }
}

/// The layer as the desk knows it.
///
/// # Errors
/// When the store fails.
pub fn at_desk(tx: &Read<'_>) -> Result<Layer, StoreError> {
    let mut layer = Layer::default();
    for revision in rows::in_force(tx)? {
        let files = rows::files(tx, revision.id)?.into_iter().map(|file| (file.path, file.text)).collect();
        layer.published.push((revision.procedure.to_string(), files));
    }
    Ok(layer)
}

/// The layer as a portal alone knows it.
///
/// # Errors
/// When the store fails.
pub fn at_portal(tx: &Read<'_>) -> Result<Layer, StoreError> {
    let rows = tx.all("select procedure, path, body from revision_layer where let_go = 0 order by published, path", params![])?;
    let published = rows.iter().map(|row| Ok((row.get::<String>(0)?, vec![(row.get::<String>(1)?, row.get::<String>(2)?)])));
    Ok(Layer { published: published.collect::<Result<_, StoreError>>()? })
}

/// From which store a process reads the layer: the desk's where it serves it.
#[derive(Clone)]
pub enum Shelf {
    /// Publishes what is due, too.
    Desk(Desk),
    /// A portal behind the wall.
    Portal(Portal),
}

impl Shelf {
    /// What changes when anything is published, let go of, or due.
    ///
    /// # Errors
    /// When the store fails.
    pub fn mark(&self, today: Date) -> Result<String, StoreError> {
        match self {
            Shelf::Portal(portal) => portal.read(|tx| Ok(format!("{:?}", at_portal(tx)?))),
            Shelf::Desk(desk) => desk.read(move |tx| {
                let due: Vec<RevisionId> = rows::due(tx, today)?.into_iter().map(|revision| revision.id).collect();
                Ok(format!("{:?} {due:?}", at_desk(tx)?))
            }),
        }
    }

    /// The layer now. At the desk what is due today is published first, one revision at a time; what does not fit into the folder any more
    /// stays out, with the reason, and what is in force stays in force.
    ///
    /// # Errors
    /// When the store fails.
    pub fn layer(&self, folder: &Sources, today: Date, now: Timestamp) -> Result<Layer, Refused> {
        let desk = match self {
            Shelf::Portal(portal) => return Ok(let_go_at_portal(portal, folder)?),
            Shelf::Desk(desk) => desk,
        };
        let (mut layer, due) = desk.read(move |tx| {
            let due = rows::due(tx, today)?.into_iter().map(|revision| Ok((rows::files(tx, revision.id)?, revision)));
            Ok::<_, StoreError>((at_desk(tx)?, due.collect::<Result<Vec<_>, StoreError>>()?))
        })?;
        for (files, revision) in due {
            let id = revision.id;
            let mut laid = layer.over(folder.clone());
            lay(&mut laid, files.iter().map(|file| (file.path.as_str(), file.text.as_str())));
            let report = definitions::check::watched::watch(&laid, revision.procedure.as_str()).report;
            if report.is_good() {
                if desk.write(move |tx| verbs::publish(tx, id, now))? {
                    tracing::info!(procedure = %revision.procedure, "a revision was published");
                    layer.published.push((revision.procedure.to_string(), files.into_iter().map(|file| (file.path, file.text)).collect()));
                } else {
                    // Another node was faster, or it was taken back meanwhile: the store knows which.
                    layer = desk.read(at_desk)?;
                }
            } else {
                let said: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
                let said = said.join("\n");
                tracing::warn!(procedure = %revision.procedure, mistakes = report.problems.len(), "a revision could not be published");
                desk.write(move |tx| verbs::refuse(tx, id, &said, now))?;
            }
        }
        fold(desk, folder)?;
        Ok(layer)
    }
}

/// The layer of a portal alone, without what its folder itself says now. How far it had come is kept: an older publication that arrives late
/// does not come up again.
fn let_go_at_portal(portal: &Portal, folder: &Sources) -> Result<Layer, StoreError> {
    let layer = portal.read(at_portal)?;
    let own = folder.folders.get(&folder.town);
    let is_said = |path: &str, text: &str| own.and_then(|own| own.get(path)).is_some_and(|bytes| bytes == text.as_bytes());
    let files = layer.published.iter().flat_map(|(_, files)| files);
    let said: Vec<(String, String)> = files.filter(|(path, text)| is_said(path, text)).cloned().collect();
    if said.is_empty() {
        return Ok(layer);
    }
    portal.write(move |tx| {
        for (path, text) in &said {
            tx.run("update revision_layer set let_go = 1 where path = $1 and body = $2", params![path.as_str(), text.as_str()])?;
        }
        Ok::<_, StoreError>(())
    })?;
    portal.read(at_portal)
}

/// Lets go of what the folder itself says now.
fn fold(desk: &Desk, folder: &Sources) -> Result<(), StoreError> {
    let own = folder.folders.get(&folder.town).cloned().unwrap_or_default();
    let published = desk.read(move |tx| {
        let all = rows::in_force(tx)?;
        all.into_iter().map(|revision| Ok((revision.id, rows::files(tx, revision.id)?))).collect::<Result<Vec<_>, StoreError>>()
    })?;
    let folded = taken_in(&published, &own);
    if folded.is_empty() {
        return Ok(());
    }
    desk.write(move |tx| {
        for id in &folded {
            rows::fold(tx, *id)?;
        }
        Ok(())
    })
}

/// The publications that a folder says by itself: those whose texts are, path by path, what the folder says, and under which no older text
/// would come up again.
fn taken_in(published: &[(RevisionId, Vec<File>)], own: &BTreeMap<String, Vec<u8>>) -> Vec<RevisionId> {
    let last: BTreeMap<&str, &str> =
        published.iter().flat_map(|(_, files)| files).map(|file| (file.path.as_str(), file.text.as_str())).collect();
    let is_same = |file: &File| own.get(&file.path).map(Vec::as_slice) == last.get(file.path.as_str()).map(|text| text.as_bytes());
    let mut folded: BTreeSet<RevisionId> = published.iter().filter(|(_, files)| files.iter().all(is_same)).map(|(id, _)| *id).collect();
    loop {
        let still: BTreeSet<&str> = published
            .iter()
            .filter(|(id, _)| !folded.contains(id))
            .flat_map(|(_, files)| files.iter().map(|file| file.path.as_str()))
            .collect();
        let meet =
            |id: &RevisionId| published.iter().any(|(one, files)| one == id && files.iter().any(|file| still.contains(file.path.as_str())));
        let before = folded.len();
        folded.retain(|id| !meet(id));
        if folded.len() == before {
            return folded.into_iter().collect();
        }
    }
}

/// Takes a published revision out of the hatch.
struct Published;

impl Receiver for Published {
    fn kind(&self) -> &str {
        PUBLISHED
    }

    fn receive(&self, tx: &Write<'_>, parcel: &Parcel) -> Result<(), Failure> {
        const PUT: &str = "insert into revision_layer (path, procedure, body, published) values ($1, $2, $3, $4) on conflict (path) do \
            update set procedure = $2, body = $3, published = $4, let_go = 0 where revision_layer.published < $4";
        let body: Down = serde_json::from_slice(&parcel.body)?;
        for (path, text) in &body.files {
            tx.run(PUT, params![path.as_str(), body.procedure.as_str(), text.as_str(), body.published])?;
        }
        Ok(())
    }
}

/// What this room receives at the portal.
pub fn portal_receivers() -> Vec<Arc<dyn Receiver>> {
    vec![Arc::new(Published)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published(number: u128, files: &[(&str, &str)]) -> (RevisionId, Vec<File>) {
        let file = |(path, text): &(&str, &str)| File { path: (*path).to_owned(), base: None, text: (*text).to_owned() };
        (RevisionId(uuid::Uuid::from_u128(number)), files.iter().map(file).collect())
    }

    fn folded(all: &[(RevisionId, Vec<File>)], own: &[(&str, &str)]) -> Vec<u128> {
        let own = own.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        taken_in(all, &own).iter().map(|id| id.0.as_u128()).collect()
    }

    #[test]
    fn what_the_folder_says_by_itself_is_let_go_of_and_nothing_older_comes_up_again() {
        let all = [published(1, &[("a", "1"), ("b", "1")]), published(2, &[("a", "2")]), published(3, &[("c", "3")])];
        assert_eq!(folded(&all, &[("a", "0"), ("b", "0"), ("c", "0")]), [] as [u128; 0]);
        assert_eq!(folded(&all, &[("c", "3")]), [3]);
        assert_eq!(folded(&all, &[("a", "2"), ("b", "0"), ("c", "0")]), [] as [u128; 0], "1 still says b, and would say a again");
        assert_eq!(folded(&all, &[("a", "2"), ("b", "1"), ("c", "0")]), [1, 2]);
        assert_eq!(folded(&all, &[("a", "1"), ("b", "1"), ("c", "0")]), [] as [u128; 0], "an older text is not what is in force");
    }
}
