//! What was sold of an agent, and giving it back.

use leptos::prelude::*;
use ui::{
    Badge, Button, ButtonLink, ButtonSize, Card, Cell, CellKind, Column, EmptyState, IconName, ListSkeleton,
    Pagination, RowHead, Table, Timestamp, Variant, amount,
};
use web::{Done, Form, FormState, Loaded, param, query};

use crate::{
    api::{self, RefundSale},
    dto::{Sale, Sales},
    parts::{MemberPage, Refusal, asked, message_but},
    routes,
};

/// The page of what was sold of an agent.
#[component]
pub fn SalesPage() -> impl IntoView {
    let agent = param("agent");
    let back = format!("{}/{}", routes::SELL, agent.get_untracked());
    view! {
        <MemberPage title="Sales" back sign_in="Sign in to see what you sold">
            <Done says=&[("refunded", "It is given back: the buyer has all of it in their wallet.")] />
            <Inside agent />
        </MemberPage>
    }
    .into_any()
}

#[component]
fn Inside(agent: Memo<String>) -> impl IntoView {
    let (after, at) = (query("after"), asked());
    let sales =
        Resource::new(move || (agent.get(), after.get(), at.get()), |(agent, after, _)| api::sales(agent, after));
    view! {
        <Loaded resource=sales skeleton=|| view! { <ListSkeleton count=6 /> } let:sales>
            <Contents sales agent=agent.get_untracked() />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(sales: Sales, agent: String) -> impl IntoView {
    let Sales { title, sales, next } = sales;
    if sales.is_empty() {
        return view! {
            <EmptyState
                icon=IconName::Receipt
                title="Nothing sold yet"
                text=format!("Each sale of {title} stands here, with the rule that divided it.")
                action=|| view! { <ButtonLink href=routes::SELL>"Back to what you sell"</ButtonLink> }
            />
        }
        .into_any();
    }
    let base = format!("{}/{agent}/sales", routes::SELL);
    let rows = sales
        .into_iter()
        .map(|sale| {
            let agent = agent.clone();
            view! { <Row sale agent /> }.into_any()
        })
        .collect_view();
    let headers = vec![
        Column::text("Who"),
        Column::text("What"),
        Column::number("Paid"),
        Column::text("When"),
        Column::actions("Give back"),
    ];
    view! {
        <Card
            title
            note="Youngest first. What you give back is taken from everybody who had a part of it, and ends what was bought with it."
            flush=true
        >
            <Table label="What was sold" headers stack=true>{rows}</Table>
        </Card>
        {next.map(|next| view! {
            <Pagination>
                <ButtonLink href=format!("{base}?after={next}")>"Older sales"</ButtonLink>
            </Pagination>
        })}
    }
    .into_any()
}

#[component]
fn Row(sale: Sale, agent: String) -> impl IntoView {
    let state = FormState::<RefundSale>::of(sale.id.to_string());
    let price = amount(sale.amount);
    let words = format!("Give {price} back");
    let action = match sale.refunded {
        Some(_) => view! { <Badge>"Given back"</Badge> }.into_any(),
        None => view! {
            <Form state>
                <input type="hidden" name="agent" value=agent />
                <input type="hidden" name="sale" value=sale.id.to_string() />
                <Button variant=Variant::Quiet size=ButtonSize::Small busy=state.busy()>
                    {words}
                </Button>
                <Refusal message=message_but(state, &[]) />
            </Form>
        }
        .into_any(),
    };
    view! {
        <tr>
            <RowHead note=format!("Divided by rule {}", sale.rule)>
                <a href=social_web::routes::profile(&sale.buyer.handle)>{format!("@{}", sale.buyer.handle)}</a>
            </RowHead>
            <Cell>{sale.kind.label()}</Cell>
            <Cell kind=CellKind::Number>{price}</Cell>
            <Cell><Timestamp when=sale.at.into() /></Cell>
            <Cell kind=CellKind::Actions>{action}</Cell>
        </tr>
    }
    .into_any()
}
