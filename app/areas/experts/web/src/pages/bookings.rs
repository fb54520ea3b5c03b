//! Somebody's bookings, and the same in their own calendar.

use experts_core::{BookingState, Party};
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{
    Badge, ButtonLink, ButtonSize, Card, Cell, CellKind, Chip, ChipRow, Column, EmptyState, FormSkeleton, IconName,
    ListSkeleton, LocalTime, PageBody, PageHeader, Pagination, RowHead, Tab, Table, Tabs, Tone, Variant, ZoneNote,
    amount,
};
use web::{Done, Loaded, MembersOnly, query, use_viewer};

use crate::{
    api,
    dto::{Line, Lines},
    parts::{FeedAddress, MemberPage, TestMode, asked, state_badge},
    routes,
};

/// The page of somebody's bookings.
#[component]
pub fn Bookings() -> impl IntoView {
    let inside = if use_viewer().is_some() {
        view! { <Inside /> }.into_any()
    } else {
        view! { <MembersOnly title="Sign in to see your bookings" /> }.into_any()
    };
    let actions = || {
        view! {
            <ButtonLink href=routes::FEED size=ButtonSize::Small icon=IconName::Calendar>"Your calendar"</ButtonLink>
            <ButtonLink href=routes::EXPERTS size=ButtonSize::Small icon=IconName::Plus>"Book a call"</ButtonLink>
        }
    };
    view! {
        <Title text="Bookings" />
        <PageHeader title="Bookings" actions />
        {inside}
    }
    .into_any()
}

/// The address of a list: as one of both, of those to come or those that are over.
fn address(party: Option<&str>, which: Option<&str>) -> String {
    let party = party.map(|party| format!("as={party}"));
    let which = which.map(|which| format!("which={which}"));
    let words: Vec<String> = party.into_iter().chain(which).collect();
    if words.is_empty() { routes::BOOKINGS.to_owned() } else { format!("{}?{}", routes::BOOKINGS, words.join("&")) }
}

#[component]
fn Inside() -> impl IntoView {
    let (party, which, after) = (query("as"), query("which"), query("after"));
    let lines = Resource::new(
        move || (party.get(), which.get(), after.get()),
        |(party, which, after)| api::bookings(party, which, after),
    );
    let is_expert = move || party.with(|it| it.as_deref() == Some("expert"));
    let is_past = move || which.with(|it| it.as_deref() == Some("past"));
    let as_whom = move || is_expert().then_some("expert");
    let (to_come, over) =
        (Signal::derive(move || address(as_whom(), None)), Signal::derive(move || address(as_whom(), Some("past"))));
    view! {
        <Tabs label="Bookings">
            <Tab href=to_come label="To come" current=Signal::derive(move || !is_past()) />
            <Tab href=over label="Past" current=Signal::derive(is_past) />
        </Tabs>
        <PageBody>
            <TestMode />
            {move || {
                let which = is_past().then_some("past");
                view! {
                    <ChipRow label="As whom">
                        <Chip href=address(None, which) label="You asked" current=!is_expert() />
                        <Chip href=address(Some("expert"), which) label="You were asked" current=is_expert() />
                    </ChipRow>
                }
            }}
            <Loaded resource=lines skeleton=|| view! { <ListSkeleton count=5 /> } let:lines>
                <Contents
                    lines
                    is_expert=untrack(is_expert)
                    is_past=untrack(is_past)
                    at_beginning=after.read_untracked().is_none()
                />
            </Loaded>
        </PageBody>
    }
    .into_any()
}

#[component]
fn Contents(lines: Lines, is_expert: bool, is_past: bool, at_beginning: bool) -> impl IntoView {
    let Lines { lines, next } = lines;
    if lines.is_empty() && at_beginning {
        return view! { <Nothing is_expert is_past /> }.into_any();
    }
    let base = address(is_expert.then_some("expert"), is_past.then_some("past"));
    let sign = if base.contains('?') { '&' } else { '?' };
    let rows = lines.into_iter().map(|line| view! { <Row line /> }.into_any()).collect_view();
    let headers = vec![Column::text("Call"), Column::text("When"), Column::text("State"), Column::number("Price")];
    view! {
        <p><ZoneNote /></p>
        <Card flush=true>
            <Table label="Bookings" headers stack=true>{rows}</Table>
        </Card>
        {next.map(|next| view! {
            <Pagination>
                <ButtonLink href=format!("{base}{sign}after={next}")>{if is_past { "Older calls" } else { "Later calls" }}</ButtonLink>
            </Pagination>
        })}
    }
    .into_any()
}

#[component]
fn Row(line: Line) -> impl IntoView {
    let (tone, word) = state_badge(line.state);
    let moves = line.proposed_by.map(|by| match by == line.me {
        true => "You proposed another time",
        false => "Another time is proposed",
    });
    let waits = (line.state == BookingState::Requested && line.me == Party::Expert).then_some("Waits for your word");
    view! {
        <tr>
            <RowHead note=format!("With {} (@{})", line.other.name, line.other.handle)>
                <a href=routes::booking(line.id)>{line.title}</a>
            </RowHead>
            <Cell><LocalTime at=line.start /></Cell>
            <Cell>
                {match waits {
                    Some(waits) => view! { <Badge tone=Tone::Accent>{waits}</Badge> }.into_any(),
                    None => view! { <Badge tone>{word}</Badge> }.into_any(),
                }}
                {moves.map(|moves| view! { " " <Badge tone=Tone::Accent>{moves}</Badge> })}
            </Cell>
            <Cell kind=CellKind::Number>{amount(line.price)}</Cell>
        </tr>
    }
    .into_any()
}

#[component]
fn Nothing(is_expert: bool, is_past: bool) -> impl IntoView {
    let (title, text) = match (is_expert, is_past) {
        (false, false) => ("Nothing is booked", "Calls that you book stand here, with the way to the room."),
        (false, true) => {
            ("No calls yet", "Calls you had stand here, with what was noted of them and what they came to.")
        }
        (true, false) => ("Nobody has booked you", "Calls that others book with you stand here."),
        (true, true) => ("No calls yet", "Calls that others had with you stand here."),
    };
    let (href, label) =
        if is_expert { (routes::SETUP, "Set up how you are booked") } else { (routes::EXPERTS, "Find an expert") };
    view! {
        <EmptyState
            icon=IconName::Calendar
            title
            text
            action=move || view! { <ButtonLink href variant=Variant::Primary>{label}</ButtonLink> }
        />
    }
    .into_any()
}

/// The page of the address under which other programs read somebody's bookings.
#[component]
pub fn FeedPage() -> impl IntoView {
    view! {
        <MemberPage title="Your calendar" back=routes::BOOKINGS sign_in="Sign in to see the address of your calendar">
            <Done says=&[("renewed", "It has a new address. The old one leads nowhere any more.")] />
            <Feed />
        </MemberPage>
    }
    .into_any()
}

#[component]
fn Feed() -> impl IntoView {
    let at = asked();
    let feed = Resource::new(move || at.get(), |_| api::feed());
    view! {
        <Loaded resource=feed skeleton=|| view! { <FormSkeleton fields=1 /> } let:address>
            <Card title="Your bookings in your own calendar">
                <FeedAddress address page=routes::FEED />
            </Card>
        </Loaded>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn lists_have_addresses() {
        assert_eq!(address(None, None), "/bookings");
        assert_eq!(address(Some("expert"), Some("past")), "/bookings?as=expert&which=past");
    }
}
