//! Charts as drawings from the server: readable without colour and on paper, axes begin at zero. The table that belongs to each stands below it.

use maud::{Markup, html};
use ui::words::grouped;

/// Values of one name, one for each label; none where there is nothing to draw.
pub struct Series {
    /// What it is called.
    pub name: String,
    /// In tenths, so that 2.5 days can be drawn.
    pub tenths: Vec<Option<i64>>,
}

const WIDTH: i64 = 720;
const HEIGHT: i64 = 250;
const LEFT: i64 = 52;
const TOP: i64 = 40;
const BOTTOM: i64 = 30;

/// Columns side by side: the first series filled, the second outlined. For counts.
pub fn columns(title: &str, unit: &str, labels: &[String], series: &[Series]) -> Markup {
    let top = round_up(most(series));
    let slot = (WIDTH - LEFT) / (labels.len().max(1) as i64);
    let wide = (slot * 4 / 5 / (series.len().max(1) as i64)).min(48);
    let drawing = html! {
        @for (nth, one) in series.iter().enumerate() {
            @for (at, value) in one.tenths.iter().enumerate() {
                @let value = value.unwrap_or(0);
                @let height = scaled(value, top);
                @let x = LEFT + slot * at as i64 + (slot - wide * series.len() as i64) / 2 + wide * nth as i64;
                rect class={ "s" (nth) } x=(x) y=(HEIGHT - BOTTOM - height) width=(wide - 2) height=(height) {}
                @if value > 0 && wide >= 16 {
                    text.val x=(x + wide / 2 - 1) y=(HEIGHT - BOTTOM - height - 5) text-anchor="middle" { (tenths(value)) }
                }
            }
        }
    };
    frame(title, unit, labels, series, top, drawing, "s")
}

/// Lines: the first solid with round marks, the second dashed with open ones, so that before and after stand in one drawing.
pub fn lines(title: &str, unit: &str, labels: &[String], series: &[Series]) -> Markup {
    let top = round_up(most(series));
    let slot = (WIDTH - LEFT) / (labels.len().max(1) as i64);
    let point = |at: usize, value: i64| (LEFT + slot * at as i64 + slot / 2, HEIGHT - BOTTOM - scaled(value, top));
    let drawing = html! {
        @for (nth, one) in series.iter().enumerate().rev() {
            @for stretch in stretches(&one.tenths) {
                polyline class={ "l" (nth) } points=(stretch.iter().map(|(at, value)| point(*at, *value)).map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ")) {}
                @for (at, value) in &stretch {
                    @let (x, y) = point(*at, *value);
                    circle class={ "s" (nth) } cx=(x) cy=(y) r="4" {}
                    @if nth == 0 { text.val x=(x) y=(y - 9) text-anchor="middle" { (tenths(*value)) } }
                }
            }
        }
    };
    frame(title, unit, labels, series, top, drawing, "l")
}

/// A bar across: what it is called, its size in tenths, and how it reads.
pub struct Bar {
    /// What it is called.
    pub label: String,
    /// How long, in tenths.
    pub tenths: i64,
    /// What stands beside it.
    pub shown: String,
}

const ACROSS: i64 = 360;
const LINE: i64 = 40;

/// Bars across, one below the other, each with its name above it: they can be read on a phone.
pub fn bars(title: &str, bars: &[Bar]) -> Markup {
    let top = bars.iter().map(|bar| bar.tenths).max().unwrap_or(0).max(1);
    let room = ACROSS - 76;
    html! {
        figure.chart {
            figcaption { (title) }
            svg.narrow viewBox={ "0 0 " (ACROSS) " " (LINE * bars.len() as i64 + 4) } role="img" aria-label=(title) {
                line.axis x1="1" x2="1" y1="0" y2=(LINE * bars.len() as i64 + 2) {}
                @for (at, bar) in bars.iter().enumerate() {
                    @let y = LINE * at as i64;
                    text.val x="6" y=(y + 14) { (shortened(&bar.label)) }
                    rect.s0 x="1" y=(y + 19) width=((room * bar.tenths.max(0) / top).max(if bar.tenths > 0 { 2 } else { 0 })) height="14" {}
                    text.val x=(room * bar.tenths.max(0) / top + 8) y=(y + 31) { (bar.shown) }
                }
            }
        }
    }
}

/// A label that fits over its bar.
fn shortened(label: &str) -> String {
    const MOST: usize = 28;
    if label.chars().count() <= MOST { label.to_owned() } else { label.chars().take(MOST - 1).chain(['…']).collect() }
}

fn stretches(values: &[Option<i64>]) -> Vec<Vec<(usize, i64)>> {
    let placed: Vec<(usize, Option<i64>)> = values.iter().copied().enumerate().collect();
    placed
        .split(|(_, value)| value.is_none())
        .map(|stretch| stretch.iter().filter_map(|(at, value)| Some((*at, (*value)?))).collect::<Vec<_>>())
        .filter(|stretch| !stretch.is_empty())
        .collect()
}

fn most(series: &[Series]) -> i64 {
    series.iter().flat_map(|one| one.tenths.iter().flatten().copied()).max().unwrap_or(0)
}

fn scaled(value: i64, top: i64) -> i64 {
    (HEIGHT - TOP - BOTTOM) * value.max(0) / top.max(1)
}

/// Tenths as they read: `2.5`, and whole numbers without a point.
pub fn tenths(value: i64) -> String {
    if value % 10 == 0 { grouped(value / 10) } else { format!("{}.{}", grouped(value / 10), value.abs() % 10) }
}

/// 1, 2 or 5 times a power of ten, in tenths of the unit and at least one whole.
fn round_up(most: i64) -> i64 {
    let mut step = 10;
    loop {
        for factor in [1, 2, 5] {
            if step * factor >= most {
                return step * factor;
            }
        }
        step *= 10;
    }
}

fn frame(title: &str, unit: &str, labels: &[String], series: &[Series], top: i64, drawing: Markup, mark: &str) -> Markup {
    let slot = (WIDTH - LEFT) / (labels.len().max(1) as i64);
    html! {
        figure.chart {
            figcaption { (title) "（" (unit) "）" }
            div.scroll tabindex="0" role="region" aria-label=(title) {
                svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label=(title) {
                    @for (nth, one) in series.iter().enumerate() {
                        @let x = LEFT + 170 * nth as i64;
                        @if mark == "s" { rect class={ "s" (nth) } x=(x) y="6" width="14" height="12" {} }
                        @else {
                            line class={ "l" (nth) } x1=(x - 4) x2=(x + 18) y1="12" y2="12" {}
                            circle class={ "s" (nth) } cx=(x + 7) cy="12" r="4" {}
                        }
                        text.val x=(x + 24) y="16" { (one.name) }
                    }
                    @for part in [1, 2] {
                        @let y = HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * part / 2;
                        line.rule x1=(LEFT) x2=(WIDTH) y1=(y) y2=(y) {}
                        text x=(LEFT - 8) y=(y + 4) text-anchor="end" { (tenths(top * part / 2)) }
                    }
                    text x=(LEFT - 8) y=(HEIGHT - BOTTOM + 4) text-anchor="end" { "0" }
                    (drawing)
                    line.axis x1=(LEFT) x2=(WIDTH) y1=(HEIGHT - BOTTOM) y2=(HEIGHT - BOTTOM) {}
                    @for (at, label) in labels.iter().enumerate() {
                        text x=(LEFT + slot * at as i64 + slot / 2) y=(HEIGHT - 10) text-anchor="middle" { (label) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_at_round_numbers_and_gaps_stay_gaps() {
        assert_eq!([0, 10, 31, 70, 411, 1280].map(round_up), [10, 10, 50, 100, 500, 2000]);
        assert_eq!(stretches(&[None, Some(1), Some(2), None, Some(3)]), [vec![(1, 1), (2, 2)], vec![(4, 3)]]);
        assert_eq!([25, 30, 12_345].map(tenths), ["2.5", "3", "1,234.5"]);
    }
}
