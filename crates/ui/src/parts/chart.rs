//! Charts as drawings from the server: readable without colour, axes begin at zero, each with its table below.

use maud::{Markup, html};

use crate::words::grouped;

/// One row of values: 今年度, 前年度.
#[derive(Clone, Debug)]
pub struct Series<'a> {
    /// What it is called.
    pub name: &'a str,
    /// One value per label; never negative.
    pub values: Vec<i64>,
}

const WIDTH: i64 = 720;
const HEIGHT: i64 = 260;
const LEFT: i64 = 64;
const TOP: i64 = 26;
const BOTTOM: i64 = 34;

/// Bars of one series.
pub fn bars(title: &str, unit: &str, labels: &[&str], series: &Series<'_>) -> Markup {
    let top = round_up(series.values.iter().copied().max().unwrap_or(0));
    let slot = (WIDTH - LEFT) / (labels.len().max(1) as i64);
    let drawing = html! {
        @for (at, value) in series.values.iter().enumerate() {
            @let height = (HEIGHT - TOP - BOTTOM) * value.max(&0) / top;
            @let x = LEFT + slot * at as i64 + slot / 5;
            rect.s0 x=(x) y=(HEIGHT - BOTTOM - height) width=(slot * 3 / 5) height=(height) {}
            text.val x=(x + slot * 3 / 10) y=(HEIGHT - BOTTOM - height - 6) text-anchor="middle" { (grouped(*value)) }
        }
    };
    frame(title, unit, labels, std::slice::from_ref(series), top, slot, drawing)
}

/// Lines of up to two series: the first solid, the second dashed, so that before and after stand in one drawing.
pub fn lines(title: &str, unit: &str, labels: &[&str], series: &[Series<'_>]) -> Markup {
    let top = round_up(series.iter().flat_map(|series| series.values.iter().copied()).max().unwrap_or(0));
    let slot = (WIDTH - LEFT) / (labels.len().max(1) as i64);
    let drawing = html! {
        @for (nth, one) in series.iter().take(2).enumerate() {
            @let points: Vec<(i64, i64)> = one.values.iter().enumerate()
                .map(|(at, value)| (LEFT + slot * at as i64 + slot / 2, HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value.max(&0) / top)).collect();
            polyline class={ "l" (nth) } points=(points.iter().map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ")) {}
            @if let Some((x, y)) = points.last() { text.val x=(x + 8) y=(y - 8) text-anchor="end" { (one.name) } }
        }
    };
    frame(title, unit, labels, series, top, slot, drawing)
}

/// 1, 2 or 5 times a power of ten, so that the axis has round numbers.
fn round_up(most: i64) -> i64 {
    let mut step = 1;
    loop {
        for factor in [1, 2, 5] {
            if step * factor >= most {
                return (step * factor).max(1);
            }
        }
        step *= 10;
    }
}

/// Two regions that scroll need two names.
fn unit_table(title: &str, unit: &str) -> String {
    format!("{title}（{unit}）")
}

fn frame(title: &str, unit: &str, labels: &[&str], series: &[Series<'_>], top: i64, slot: i64, drawing: Markup) -> Markup {
    html! {
        figure.chart {
            figcaption { (title) }
            div.scroll tabindex="0" role="region" aria-label=(title) {
            svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label=(title) {
                text x=(LEFT - 8) y="14" text-anchor="end" { (unit) }
                @for tenth in [5, 10] {
                    @let y = HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * tenth / 10;
                    line.rule x1=(LEFT) x2=(WIDTH) y1=(y) y2=(y) {}
                    text x=(LEFT - 8) y=(y + 4) text-anchor="end" { (grouped(top * tenth / 10)) }
                }
                text x=(LEFT - 8) y=(HEIGHT - BOTTOM + 4) text-anchor="end" { "0" }
                (drawing)
                line.axis x1=(LEFT) x2=(WIDTH) y1=(HEIGHT - BOTTOM) y2=(HEIGHT - BOTTOM) {}
                @for (at, label) in labels.iter().enumerate() {
                    text x=(LEFT + slot * at as i64 + slot / 2) y=(HEIGHT - 12) text-anchor="middle" { (label) }
                }
            }
            }
            div.scroll tabindex="0" role="region" aria-label=(unit_table(title, unit)) {
                table {
                    thead { tr { th scope="col" { (unit) } @for label in labels { th.num scope="col" { (label) } } } }
                    tbody { @for one in series { tr { th scope="row" { (one.name) } @for value in &one.values { td.num { (grouped(*value)) } } } } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_at_round_numbers() {
        assert_eq!([0, 1, 3, 7, 41, 128, 501].map(round_up), [1, 1, 5, 10, 50, 200, 1000]);
    }
}
