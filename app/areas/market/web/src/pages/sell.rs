//! What somebody offers, what they could offer, and in what they share.

use agents_core::AgentState;
use kernel::Money;
use leptos::prelude::*;
use ui::{
    AccountRow, Badge, Button, ButtonLink, ButtonRow, ButtonSize, Card, Cell, CellKind, Column, EmptyState, IconName,
    ItemList, ItemRow, ListSkeleton, Notice, Pagination, RowHead, Stars, Table, Tone, Variant, amount, grouped,
};
use web::{Done, Form, FormState, Loaded, query, use_viewer};

use crate::{
    api::{self, AnswerShare},
    dto::{Card as Listed, Sell, SharedWithMe, Who},
    parts::{MarketTab, Refusal, Trading, agent_state, agent_tone, asked, byline, message_but, prices, state_tone},
    routes,
};

/// The page of what somebody offers.
#[component]
pub fn SellPage() -> impl IntoView {
    view! {
        <Trading tab=MarketTab::Sell sign_in="Sign in to sell an agent">
            <Done says=&[
                ("accepted", "You share in it from now on."),
                ("declined", "You declined the offer."),
                ("ended", "You gave your share back."),
            ] />
            <Inside />
        </Trading>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let (after, at) = (query("after"), asked());
    let sell = Resource::new(move || (after.get(), at.get()), |(after, _)| api::sell(after));
    view! {
        <Loaded resource=sell skeleton=|| view! { <ListSkeleton count=6 /> } let:sell>
            <Contents sell />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(sell: Sell) -> impl IntoView {
    let Sell { listings, next, agents, shares } = sell;
    let (offered, shared): (Vec<_>, Vec<_>) = shares.into_iter().partition(|it| it.offered.is_some());
    let invitations = offered.into_iter().map(|share| view! { <Invitation share /> }.into_any()).collect_view();
    if listings.is_empty() && agents.is_empty() {
        return view! {
            {invitations}
            <Shared shared />
            <EmptyState
                icon=IconName::Agent
                title="You have no agent yet"
                text="Build one, publish a version of it, and offer it here for a price of your own."
                action=|| view! { <ButtonLink href=routes::AGENTS variant=Variant::Primary>"Build an agent"</ButtonLink> }
            />
        }
        .into_any();
    }
    view! {
        {invitations}
        <Listings listings />
        {next.map(|next| view! {
            <Pagination>
                <ButtonLink href=format!("{}?after={next}", routes::SELL)>"Older listings"</ButtonLink>
            </Pagination>
        })}
        <Agents agents />
        <Shared shared />
    }
    .into_any()
}

#[component]
fn Listings(listings: Vec<(Listed, Money)>) -> impl IntoView {
    if listings.is_empty() {
        return view! {
            <Card title="On the market">
                <p>"You offer nothing yet. Choose one of your agents below, say what it costs, and offer it."</p>
            </Card>
        }
        .into_any();
    }
    let rows =
        listings.into_iter().map(|(card, earned)| view! { <ListingRow card earned /> }.into_any()).collect_view();
    let headers = vec![
        Column::text("Agent"),
        Column::text("State"),
        Column::number("Earned"),
        Column::number("Users"),
        Column::text("Reviews"),
    ];
    let mine = use_viewer().map(|viewer| routes::by(viewer.handle.as_str()));
    let actions =
        move || mine.map(|href| view! { <ButtonLink href size=ButtonSize::Small>"As others see it"</ButtonLink> });
    view! {
        <Card title="On the market" actions flush=true>
            <Table label="What you offer" headers stack=true>{rows}</Table>
        </Card>
    }
    .into_any()
}

#[component]
fn ListingRow(card: Listed, earned: Money) -> impl IntoView {
    let (figures, state) = (card.figures, card.state);
    view! {
        <tr>
            <RowHead note=prices(&card.prices)>
                <a href=routes::sell(card.agent.id)>
                    {if card.title.is_empty() { card.agent.name } else { card.title }}
                </a>
            </RowHead>
            <Cell><Badge tone=state_tone(state)>{state.label()}</Badge></Cell>
            <Cell kind=CellKind::Number>{amount(earned)}</Cell>
            <Cell kind=CellKind::Number label="Users">{grouped(figures.users.into())}</Cell>
            <Cell><Stars tenths=figures.rating_tenths count=Some(figures.ratings) /></Cell>
        </tr>
    }
    .into_any()
}

/// Agents without a listing.
#[component]
fn Agents(agents: Vec<(Who, AgentState)>) -> impl IntoView {
    if agents.is_empty() {
        return ().into_any();
    }
    let rows = agents
        .into_iter()
        .map(|(who, state)| {
            let href = routes::sell(who.id);
            let mark = move || view! { <Badge tone=agent_tone(state)>{agent_state(state)}</Badge> };
            let action = move || view! { <ButtonLink href size=ButtonSize::Small>"Prepare the listing"</ButtonLink> };
            view! {
                <ItemRow>
                    <AccountRow account=byline(&who) note=None mark action />
                </ItemRow>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <Card title="Not on the market" note="Agents of yours that could be offered. One has to be published first." flush=true>
            <ItemList label="Agents that could be offered">{rows}</ItemList>
        </Card>
    }
    .into_any()
}

/// Somebody offers the reader a share.
#[component]
fn Invitation(share: SharedWithMe) -> impl IntoView {
    let offered = share.offered.map(|points| points.to_string()).unwrap_or_default();
    let owner = share.card.agent.owner.clone().unwrap_or_default();
    let title = if share.card.title.is_empty() { share.card.agent.name.clone() } else { share.card.title.clone() };
    let listing = routes::listing(share.card.id);
    let now = (share.points.get() > 0).then(|| format!(" You have {} of it now.", share.points));
    let id = share.card.id.to_string();
    let same = id.clone();
    let (accept, decline) =
        (FormState::<AnswerShare>::of(format!("accept-{id}")), FormState::<AnswerShare>::of(format!("decline-{id}")));
    view! {
        <Notice tone=Tone::Accent title=format!("@{owner} offers you {offered} of what {title} earns")>
            <p>
                "It is what is left after Magentic\u{2019}s part, of every sale from the day you accept." {now} " "
                <a href=listing>"See the agent"</a>
            </p>
            <ButtonRow>
                <Form state=accept>
                    <input type="hidden" name="listing" value=same />
                    <input type="hidden" name="wish" value="accept" />
                    <Button variant=Variant::Primary size=ButtonSize::Small busy=accept.busy()>"Accept"</Button>
                    <Refusal message=message_but(accept, &[]) />
                </Form>
                <Form state=decline>
                    <input type="hidden" name="listing" value=id />
                    <input type="hidden" name="wish" value="decline" />
                    <Button size=ButtonSize::Small busy=decline.busy()>"Decline"</Button>
                    <Refusal message=message_but(decline, &[]) />
                </Form>
            </ButtonRow>
        </Notice>
    }
    .into_any()
}

/// Others' listings in which the reader shares.
#[component]
fn Shared(shared: Vec<SharedWithMe>) -> impl IntoView {
    if shared.is_empty() {
        return ().into_any();
    }
    let rows = shared
        .into_iter()
        .map(|share| {
            let state = FormState::<AnswerShare>::of(format!("end-{}", share.card.id));
            let of_ten = share.of_ten.map(|it| format!("{} of each 10.00 EUR", amount(it)));
            view! {
                <tr>
                    <RowHead note=of_ten.unwrap_or_default()>
                        <a href=routes::listing(share.card.id)>{share.card.title.clone()}</a>
                    </RowHead>
                    <Cell kind=CellKind::Number>{share.points.to_string()}</Cell>
                    <Cell kind=CellKind::Actions>
                        <Form state>
                            <input type="hidden" name="listing" value=share.card.id.to_string() />
                            <input type="hidden" name="wish" value="end" />
                            <Button variant=Variant::Quiet size=ButtonSize::Small busy=state.busy()>"Give the share back"</Button>
                            <Refusal message=message_but(state, &[]) />
                        </Form>
                    </Cell>
                </tr>
            }
            .into_any()
        })
        .collect_view();
    let headers = vec![Column::text("Agent"), Column::number("Your share"), Column::actions("Give back")];
    view! {
        <Card title="You share in" note="Others' agents that you earn with." flush=true>
            <Table label="What you share in" headers stack=true>{rows}</Table>
        </Card>
    }
    .into_any()
}
