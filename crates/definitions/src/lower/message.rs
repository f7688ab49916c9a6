//! Messages.

use indexmap::IndexMap;

use super::{At, Gathered, Merged};
use crate::{
    ids::MessageId,
    keys::DOCUMENTS,
    message::{IfUnread, Message, Then, Way},
    read::Node,
};

/// All messages.
pub(super) fn messages(merged: &Merged, gathered: &Gathered) -> IndexMap<MessageId, Message> {
    let Some(document) = DOCUMENTS.iter().find(|document| document.key == "message") else { return IndexMap::new() };
    let members = merged.section("messages").and_then(Node::map).into_iter().flatten();
    members
        .filter_map(|(id, entry)| message(&At::new(gathered, &entry.node, document.form, format!("messages.{id}"))))
        .map(|message| (message.id.clone(), message))
        .collect()
}

fn message(at: &At<'_>) -> Option<Message> {
    let if_unread =
        at.below("if_unread").and_then(|at| Some(IfUnread { after: at.period("for")?, then: Then::from_word(&at.line("then")?)? }));
    Some(Message {
        id: at.id("message")?,
        courtesy: at.yes("courtesy").unwrap_or(false),
        subject: at.needed_text("subject"),
        outside: at.needed_text("outside"),
        my_page: at.needed_text("my_page"),
        body: at.text("body"),
        channels: at.lines("channels").into_iter().filter_map(Way::from_word).collect(),
        if_unread,
    })
}
