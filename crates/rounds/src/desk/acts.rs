//! The buttons of a round. Those that go over many cases do a bounded part of them and come back; pressed again they go on.

use std::sync::Arc;

use access::{Act, PageError, Posted};
use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use definitions::round::Round;

use super::{Sheet, refusal};
use crate::{
    lots::Seed,
    lottery,
    result::Announcing,
    round::{Fate, Stage},
    rows,
    verbs::{self, NotNow},
};

/// Cases that one press goes over: some seconds of work. The page says how many are left.
const A_PRESS: usize = 300;

pub(super) async fn act(sheet: Sheet, Path((round, verb)): Path<(String, String)>, Posted(typed): Posted) -> Result<Response, PageError> {
    let round = sheet.round(&round)?;
    let number = |name: &str| typed.first(name).and_then(|text| text.parse::<i64>().ok());
    match verb.as_str() {
        "seal" => {
            let (of, drawn) = (Arc::clone(&round), Seed::draw().map_err(PageError::internal)?);
            sheet.write(move |tx, acting| lottery::commit(tx, acting, &of, &drawn)).await.map_err(refusal)?;
        }
        "score" => score(&sheet, &round).await?,
        "allocate" => allocate(&sheet, &round).await?,
        "agree" => {
            let (of, id) = (Arc::clone(&round), typed.first("id").unwrap_or_default().to_owned());
            sheet.write(move |tx, acting| verbs::agree_points(tx, acting, &of, &id)).await.map_err(refusal)?;
        }
        "review" => {
            let (of, run) = (Arc::clone(&round), number("run").unwrap_or(0));
            sheet.write(move |tx, acting| verbs::review(tx, acting, &of, run)).await.map_err(refusal)?;
        }
        "propose" => propose(&sheet, &round).await?,
        "announce" => announce(&sheet, &round).await?,
        _ => return Err(PageError::NotFound),
    }
    let back = typed.first("back").filter(|back| back.chars().all(|c| c.is_ascii_alphanumeric()) && !back.is_empty());
    let to = match back {
        Some(number) => format!("/desk/rounds/{}/cases/{number}?done={verb}", round.id),
        None => format!("/desk/rounds/{}?done={verb}", round.id),
    };
    Ok(Redirect::to(&to).into_response())
}

async fn score(sheet: &Sheet, round: &Arc<Round>) -> Result<(), PageError> {
    // Drawn here, never typed: nobody chooses a result. What was sealed while the round was open stands.
    let drawn = Seed::draw().map_err(PageError::internal)?;
    let of = Arc::clone(round);
    sheet.write(move |tx, acting| verbs::begin_scoring(tx, acting, &of, &drawn)).await.map_err(refusal)?;
    let mut after = None;
    loop {
        let of = Arc::clone(round);
        after = sheet.write(move |tx, acting| verbs::score_some(tx, acting, &of, after)).await.map_err(refusal)?;
        if after.is_none() {
            return Ok(());
        }
    }
}

async fn allocate(sheet: &Sheet, round: &Arc<Round>) -> Result<(), PageError> {
    let of = Arc::clone(round);
    let held = sheet.read(move |tx, acting| Ok(verbs::held(tx, acting.keys, &of)?)).await.map_err(refusal)?;
    let held = held.ok_or_else(|| refusal(NotNow::Stage))?;
    let allocation = verbs::reckon(round, &held);
    let of = Arc::clone(round);
    sheet.write(move |tx, acting| verbs::keep_run(tx, acting, &of, &held, &allocation)).await.map(drop).map_err(refusal)
}

async fn chosen(sheet: &Sheet, round: &Arc<Round>) -> Result<(verbs::Held, crate::allocation::Allocation), PageError> {
    let of = Arc::clone(round);
    let found = sheet.read(move |tx, acting| {
        let Some(held) = verbs::held(tx, acting.keys, &of)? else { return Ok(None) };
        let Some(run) = held.kept.run else { return Ok(None) };
        Ok(rows::allocation(tx, acting.keys, &of.id, run)?.map(|allocation| (held, allocation)))
    });
    found.await.map_err(refusal)?.ok_or_else(|| refusal(NotNow::Stage))
}

async fn propose(sheet: &Sheet, round: &Arc<Round>) -> Result<(), PageError> {
    let (held, allocation) = chosen(sheet, round).await?;
    if !matches!(held.kept.stage, Stage::Reviewed | Stage::Decided) {
        return Err(refusal(NotNow::Stage));
    }
    let ranks = crate::waiting::ranks(&held.contest(round), &allocation);
    let reckoned = Arc::new((allocation, ranks));
    // Those that a person had to see to are tried again: their correction may have come.
    let by_hand = next(sheet, round, Fate::ByHand).await?;
    for number in next(sheet, round, Fate::Scored).await?.into_iter().chain(by_hand) {
        let (of, reckoned) = (Arc::clone(round), Arc::clone(&reckoned));
        sheet.write(move |tx, acting| verbs::propose_one(tx, acting, &of, (&reckoned.0, &reckoned.1), &number)).await.map_err(refusal)?;
    }
    let of = Arc::clone(round);
    sheet.write(move |tx, acting| verbs::go_on(tx, acting, &of, Stage::Decided)).await.map(drop).map_err(refusal)
}

async fn announce(sheet: &Sheet, round: &Arc<Round>) -> Result<(), PageError> {
    if !sheet.may(round, Act::Decide) {
        return Err(PageError::Refused);
    }
    if !verbs::is_time(round, sheet.face.clock.now()) {
        return Err(refusal(NotNow::TooSoon));
    }
    let (held, allocation) = chosen(sheet, round).await?;
    if held.kept.stage != Stage::Decided {
        return Err(refusal(NotNow::Stage));
    }
    let news = Arc::new(Announcing::of(Arc::clone(round), held, allocation, sheet.face.clock.now()));
    let by_hand = next(sheet, round, Fate::ByHand).await?;
    for number in next(sheet, round, Fate::Proposed).await?.into_iter().chain(by_hand) {
        let (of, news) = (Arc::clone(round), Arc::clone(&news));
        sheet.write(move |tx, acting| verbs::announce_one(tx, acting, &of, &news, &number)).await.map_err(refusal)?;
    }
    let of = Arc::clone(round);
    sheet.write(move |tx, acting| verbs::go_on(tx, acting, &of, Stage::Announced)).await.map(drop).map_err(refusal)
}

async fn next(sheet: &Sheet, round: &Arc<Round>, fate: Fate) -> Result<Vec<String>, PageError> {
    let of = Arc::clone(round);
    let most = i64::try_from(A_PRESS).unwrap_or(i64::MAX);
    sheet.read(move |tx, _| Ok(rows::next_of(tx, &of.id, fate, most)?)).await.map_err(refusal)
}
