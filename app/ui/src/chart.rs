//! Figures to look at. What a picture shows stands in words beside it, or in a table behind it.

use leptos::prelude::*;

/// The size of the drawing, in its own units.
const WIDTH: u64 = 240;
const HEIGHT: u64 = 48;
/// Room above and below, so that no line is cut.
const MARGIN: u64 = 3;

/// Where each value stands: the highest at the top, nothing at the bottom.
fn points(values: &[u64]) -> Vec<(u64, u64)> {
    let most = values.iter().copied().max().unwrap_or(0).max(1);
    let steps = u64::try_from(values.len()).unwrap_or(u64::MAX).saturating_sub(1).max(1);
    let room = HEIGHT - 2 * MARGIN;
    (0_u64..)
        .zip(values)
        .map(|(at, value)| {
            let up = u128::from(*value) * u128::from(room) / u128::from(most);
            (at * WIDTH / steps, HEIGHT - MARGIN - u64::try_from(up).unwrap_or(room))
        })
        .collect()
}

/// How a figure went over time, in one small line. It has no scale: what it comes to stands beside it.
#[component]
pub fn Sparkline(
    /// The values, the oldest first.
    values: Vec<u64>,
    /// What it shows, in words, for those who don't see it.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let points = points(&values);
    let line = points.iter().map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ");
    let area = format!("0,{HEIGHT} {line} {WIDTH},{HEIGHT}");
    let last = points.last().copied();
    view! {
        <svg class="sparkline" viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" role="img" aria-label=label>
            <polygon class="sparkline-area" points=area></polygon>
            <polyline class="sparkline-line" points=line vector-effect="non-scaling-stroke"></polyline>
            {last.map(|(x, y)| view! {
                <line class="sparkline-end" x1=x x2=x y1=y y2=y vector-effect="non-scaling-stroke"></line>
            })}
        </svg>
    }
    .into_any()
}

/// A few figures beside each other, each with its name.
#[component]
pub fn FigureRow(
    /// `Figure`s.
    children: Children,
) -> impl IntoView {
    view! { <dl class="figure-row">{children()}</dl> }
}

/// A figure.
#[component]
pub fn Figure(
    /// What it is.
    #[prop(into)]
    label: String,
    /// The figure.
    #[prop(into)]
    value: String,
    /// A quiet line under it.
    #[prop(optional, into)]
    note: Option<String>,
) -> impl IntoView {
    view! {
        <div>
            <dt>{label}</dt>
            <dd>{value} {note.map(|note| view! { <span class="figure-note">{note}</span> })}</dd>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_value_stands_at_the_top() {
        assert_eq!(points(&[0, 5, 10]), [(0, 45), (120, 24), (240, 3)]);
        assert_eq!(points(&[7]), [(0, 3)]);
        assert_eq!(points(&[0, 0]), [(0, 45), (240, 45)]);
        assert_eq!(points(&[u64::MAX, 0])[0], (0, 3));
        assert!(points(&[]).is_empty());
    }
}
