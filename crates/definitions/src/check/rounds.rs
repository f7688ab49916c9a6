//! The examples of rounds: the answers of an example of the procedure, and the points that they give.

use super::{Report, example, facts, run::Walk};
use crate::{
    form::Known,
    keys::nearest,
    lower::Loaded,
    problem::Problem,
    procedure::Procedure,
    read::Node,
    round::{Line, Round},
    town::Town,
};

/// Runs the examples of all rounds.
pub(super) fn check(town: &Town, loaded: &Loaded, report: &mut Report) {
    for round in town.rounds.values() {
        let base = format!("rounds.{}", round.id);
        let (Some(procedure), Some(node)) = (town.procedures.get(&round.procedure), loaded.merged.find(&base)) else { continue };
        if !loaded.unsound.is_empty() && node.stands_in(&|file| loaded.unsound.contains(file)) {
            continue;
        }
        for (id, entry) in loaded.merged.find(&format!("{base}.examples")).and_then(Node::map).into_iter().flatten() {
            report.examples += 1;
            one(town, loaded, (round, procedure), (id, &entry.node), &mut report.problems);
        }
    }
}

fn one(town: &Town, loaded: &Loaded, (round, procedure): (&Round, &Procedure), (id, node): (&str, &Node), problems: &mut Vec<Problem>) {
    // What is wrong with the procedure's own examples has been told there.
    let examples = example::examples(procedure, town, loaded, &mut Vec::new());
    let of = node.get("of").and_then(Node::text).unwrap_or_default();
    let Some(example) = examples.iter().find(|example| example.id == of) else {
        let near = nearest(of, examples.iter().map(|example| example.id.as_str()));
        let hint = near.map_or_else(|| format!("手続 `{}` の例の id を書く", procedure.id), |near| format!("`{near}` のことか"));
        let place = node.get("of").map_or(&node.place, |of| &of.place);
        problems.push(Problem::new(place, format!("例 `{id}`：`{of}` という例は手続にない"), hint));
        return;
    };
    let options = facts::options(town);
    let filled = Walk::of(procedure, example, town, &options).fill(procedure);
    let sheet = facts::facts(town, procedure, example.who.as_ref(), &options);
    let known = Known::new(procedure, &filled.answers, &sheet, example.on);
    let children = round.children(&known);
    let first = round.wishes(&filled.answers).into_iter().next().unwrap_or_default();
    let score = round.score(&known, children.first().and_then(Option::as_ref), &first);
    let mut differs = |key: &str, wanted: String, have: String| {
        let place = node.get(key).map_or(&node.place, |node| &node.place);
        let what = format!("例 `{id}`：{wanted} のはずが {have}");
        problems.push(Problem::new(place, what, "指数表か例の、まちがっているほうを直す"));
    };
    let mut have: Vec<String> = score.counting().map(name).collect();
    if let Some(list) = node.get("counts").and_then(Node::list) {
        let mut wanted: Vec<String> = list.iter().filter_map(Node::text).map(str::to_owned).collect();
        wanted.sort();
        have.sort();
        if wanted != have {
            differs("counts", format!("[{}]", wanted.join(", ")), format!("[{}]", have.join(", ")));
        }
    }
    let wanted = node.get("points").and_then(Node::text).and_then(|text| text.parse::<i64>().ok());
    if let Some(wanted) = wanted.filter(|wanted| *wanted != score.total()) {
        differs("points", format!("{wanted} 点"), format!("{} 点（{}）", score.total(), have.join("、")));
    }
}

/// `base.work_160`, from the second row on `base.work_160.2`.
fn name(line: &Line) -> String {
    let row = line.row.filter(|row| *row > 0).map(|row| format!(".{}", row + 1)).unwrap_or_default();
    format!("{}.{}{row}", line.table, line.item)
}
