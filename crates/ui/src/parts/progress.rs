//! Where things stand: pages of a form, steps of a case, days until it is due.

use maud::{Markup, html};

use super::{Say, icons};

/// How full, from 0 to 100, as a drawing beside which the words stand. Never `style=`: the width is an attribute of the drawing.
pub fn bar(percent: u8, class: &str) -> Markup {
    html! {
        svg class={ "bar" (if class.is_empty() { "" } else { " " }) (class) } viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"
            focusable="false" { rect width=(percent.min(100)) height="8" {} }
    }
}

/// Page n of m of a form: 放課後児童会 入会申請 ▬▬▬ 4 / 8.
pub fn steps(say: Say<'_>, what: &str, at: usize, of: usize) -> Markup {
    let percent = (at.min(of) * 100).checked_div(of).unwrap_or(0) as u8;
    html! {
        div.steps {
            span.what { (what) }
            (bar(percent, ""))
            span.nums aria-hidden="true" { (at) " / " (of) }
            span.sr { (say.html("ui-page-of", &[("at", at.into()), ("of", of.into())])) }
        }
    }
}

/// Whether a step lies behind, is now, or comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Behind.
    Done,
    /// Now.
    Now,
    /// Later.
    Later,
}

/// A step of a case in plain words.
#[derive(Clone, Debug)]
pub struct Step {
    /// Where it stands.
    pub stage: Stage,
    /// 書類を確認しました.
    pub title: Markup,
    /// 11月24日（火）13:05, or until when.
    pub when: Option<Markup>,
    /// What was done, what is asked, a button.
    pub more: Option<Markup>,
}

/// The steps of a case, first to last. A reader by ear hears "done", "now", "later" before each.
pub fn timeline(say: Say<'_>, steps: &[Step]) -> Markup {
    html! {
        ol.line {
            @for step in steps {
                @let (class, word) = match step.stage {
                    Stage::Done => ("done", say.text("ui-step-done", &[])),
                    Stage::Now => ("now", say.text("ui-step-now", &[])),
                    Stage::Later => ("later", say.text("ui-step-later", &[])),
                };
                li class=(class) aria-current=[(step.stage == Stage::Now).then_some("step")] {
                    span.dot aria-hidden="true" { @if step.stage == Stage::Done { (icons::CHECK) } }
                    b { span.sr { (word) "：" } (step.title) }
                    @if let Some(when) = &step.when { span.when { (when) } }
                    @if let Some(more) = &step.more { div { (more) } }
                }
            }
        }
    }
}

/// How long something has until it is due, as the law or the town counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// So many business days are left of so many.
    Left {
        /// Business days left; 0 is today.
        days: u32,
        /// Business days at the beginning.
        of: u32,
    },
    /// So many business days too late.
    Over {
        /// How many.
        days: u32,
    },
    /// The clock stands while the applicant corrects (行政手続法7条).
    Stopped,
    /// Decided.
    Done,
    /// No day is set.
    Open,
}

/// At most so many business days left is near: two give a clerk the rest of today and tomorrow.
const NEAR_DAYS: u32 = 2;

/// A bar with its words: あと8営業日, 2営業日超過, 停止中. What is late is bold and has words of its own; the colour only helps.
pub fn due(say: Say<'_>, due: Due) -> Markup {
    let (class, percent, words) = match due {
        Due::Left { days: 0, .. } => ("near", 100, say.html("ui-due-today", &[])),
        Due::Left { days, of } => {
            let passed = u64::from(of.saturating_sub(days)) * 100 / u64::from(of.max(1));
            (if days <= NEAR_DAYS { "near" } else { "" }, passed.clamp(4, 100) as u8, say.html("ui-due-left", &[("days", days.into())]))
        }
        // It ended on the last open day, and the town hall has been closed since.
        Due::Over { days: 0 } => ("late", 100, say.html("ui-due-passed", &[])),
        Due::Over { days } => ("late", 100, say.html("ui-due-over", &[("days", days.into())])),
        Due::Stopped => ("stopped", 50, say.html("ui-due-stopped", &[])),
        Due::Done => return html! { span.due { (say.html("ui-due-done", &[])) } },
        Due::Open => return html! { span.due { (say.html("ui-due-open", &[])) } },
    };
    html! { span class={ "due" (if class.is_empty() { "" } else { " " }) (class) } { (bar(percent, class)) span { (words) } } }
}
