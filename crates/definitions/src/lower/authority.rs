//! 処分庁: who decides, and what may be done against it. The three ways of `appeal:` exclude one another, and each says all that its letters need.

use super::At;
use crate::{
    authority::{Appeal, AppealNotice, Authority, CourtNotice, Review},
    ids::AuthorityId,
    read::Node,
};

pub(super) fn authority(id: AuthorityId, at: &At<'_>) -> Option<Authority> {
    let holders = at.map("holders").filter_map(|(day, name)| Some((day.parse().ok()?, name.text()?.to_owned()))).collect();
    let appeal = match at.below("appeal") {
        Some(notice) => Appeal::Open(open(&notice)?),
        None if at.key("appeal").and_then(Node::text) == Some("court") => Appeal::Court(court(at)?),
        None => Appeal::None,
    };
    if !matches!(appeal, Appeal::Court(_))
        && let Some(node) = at.key("court")
    {
        at.gathered.problem(
            &node.place,
            "`court:` があるのに、`appeal:` が court でない",
            "裁判所だけが見なおすなら `appeal: court`、そうでなければ `court:` を消す",
        );
    }
    Some(Authority { id, name: at.needed_text("name"), holders, appeal })
}

fn open(at: &At<'_>) -> Option<AppealNotice> {
    let review = match (at.text("to"), at.period("within"), at.text("no_review")) {
        (Some(to), Some(within), None) => Review::To { to, within },
        (None, None, Some(by)) => Review::Excluded { by },
        (to, _, Some(_)) => {
            let beside = if to.is_some() { "to" } else { "within" };
            let hint = "審査請求ができるなら `no_review:` を、できないなら `to:` と `within:` を消す";
            at.gathered.problem(at.place(), format!("`{beside}:` と `no_review:` は一緒に書けない"), hint);
            return None;
        }
        (None, _, None) => {
            let hint =
                "`to:` に審査請求の相手を書く。法律が審査請求を許さないなら `no_review: 地方税法第434条第2項` のように、その法律を書く";
            at.gathered.problem(at.place(), "審査請求の相手がない", hint);
            return None;
        }
        (Some(_), None, None) => {
            // A period that is no period has been reported where it stands.
            if at.key("within").is_none() {
                at.gathered.problem(at.place(), "審査請求の期間がない", "`within: 3 months` のように書く（行政不服審査法18条）");
            }
            return None;
        }
    };
    let review_first = at.yes("review_first").unwrap_or(false);
    if review_first && matches!(review, Review::Excluded { .. }) {
        let hint = "`review_first:` を消す（審査請求ができなければ、裁決もない）";
        at.gathered.problem(at.place(), "審査請求ができないのに、審査請求前置になっている", hint);
    }
    Some(AppealNotice { review, sue: at.period("sue")?, defendant: at.needed_text("defendant"), review_first })
}

fn court(at: &At<'_>) -> Option<CourtNotice> {
    let Some(court) = at.below("court") else {
        let place = at.key("appeal").map_or_else(|| at.place(), |node| &node.place);
        let hint = "`court: { to: 家庭裁判所, by: 戸籍法第122条, no_review: 戸籍法第123条 }` のように書く";
        at.gathered.problem(place, "`appeal: court` なのに、`court:` がない", hint);
        return None;
    };
    Some(CourtNotice { to: court.needed_text("to"), by: court.needed_text("by"), no_review: court.needed_text("no_review") })
}
