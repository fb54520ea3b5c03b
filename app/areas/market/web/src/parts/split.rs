//! Who gets what.

use kernel::Money;
use leptos::prelude::*;
use market_core::{Role, listing::CURRENCY};
use ui::{Cell, CellKind, Column, RowHead, Table, amount};

use crate::dto::Party;

/// How ten would be divided, to the cent.
#[component]
pub fn SplitTable(
    /// Who gets what.
    parties: Vec<Party>,
) -> impl IntoView {
    let ten = amount(Money::new(1_000, CURRENCY));
    let rows = parties
        .into_iter()
        .map(|party| {
            let name = party.who.map_or_else(|| "Magentic".to_owned(), |who| format!("@{}", who.handle));
            let of = match party.role {
                Role::Platform => format!("{} of the price", party.points),
                _ => format!("{} of the rest", party.points),
            };
            view! {
                <tr>
                    <RowHead note=party.role.label()>{name}</RowHead>
                    <Cell>{of}</Cell>
                    <Cell kind=CellKind::Number>{amount(party.amount)}</Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let headers = vec![Column::text("Who"), Column::text("Share"), Column::number(&format!("Of {ten}"))];
    view! { <Table label=format!("Who gets what of {ten}") headers stack=true>{rows}</Table> }.into_any()
}
