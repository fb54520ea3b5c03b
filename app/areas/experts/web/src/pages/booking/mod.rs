//! A booking: one page for all that can become of it.

mod cancel;
mod closed;
mod held;
mod open;
mod over;
mod published;
mod times;

use std::time::Duration;

use experts_core::{BookingState, Party};
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{
    Badge, CallTime, Card, Description, DescriptionList, Disclosure, Ladder, ListSkeleton, PageBody, PageHeader,
    TypedText, amount,
};
use web::{Done, Failure, Loaded, MembersOnly, param, query, use_viewer};

use self::{cancel::AskCancel, closed::Closed, held::Held, open::Open, over::Over, times::AskTimes};
use crate::{
    api,
    dto::Booking,
    parts::{TestMode, asked, look_again, row, state_badge},
    routes,
};

type Loading = Resource<Result<Booking, Failure>>;

/// How often a page looks by itself what has become of the booking.
const LOOKS: u32 = 400;

/// How long it waits before it looks again.
fn pause(it: &Booking) -> Option<Duration> {
    match it.line.state {
        BookingState::Held if it.awaits_money => Some(Duration::from_secs(2)),
        BookingState::Held => Some(Duration::from_secs(5)),
        BookingState::Requested => Some(Duration::from_secs(15)),
        BookingState::Confirmed => Some(Duration::from_secs(20)),
        // A payment may still come.
        BookingState::Lapsed if it.awaits_money => Some(Duration::from_secs(5)),
        _ => None,
    }
}

/// Whether something has become of it that the page shows otherwise.
fn differs(shown: &Booking, now: &Booking) -> bool {
    let key = |it: &Booking| {
        let (line, proposal) = (&it.line, it.proposal.as_ref().map(|it| it.id));
        (line.state, line.start, line.end, it.awaits_money, it.room_is_open, proposal)
    };
    key(shown) != key(now)
}

/// The page of a booking.
#[component]
pub fn BookingPage() -> impl IntoView {
    if use_viewer().is_none() {
        return view! {
            <Title text="Booking" />
            <PageHeader title="Booking" back=routes::BOOKINGS />
            <MembersOnly title="Sign in to see your booking" />
        }
        .into_any();
    }
    let (id, ask, week, at) = (param("id"), query("ask"), query("week"), asked());
    // Asked for anew with each question: what goes back is exact when it is seen.
    let booking: Loading = Resource::new(
        move || (id.get(), ask.get(), week.get(), at.get()),
        |(id, ask, week, _)| api::booking(id, ask.as_deref() == Some("times"), week),
    );
    look_again(booking, LOOKS, pause, differs, move || api::booking(id.get_untracked(), false, None));
    view! {
        <Loaded resource=booking skeleton=|| view! { <ListSkeleton count=4 /> } whole=true let:it>
            <Whole it booking />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Whole(it: Booking, booking: Loading) -> impl IntoView {
    let (tone, word) = state_badge(it.line.state);
    let asks_cancel = query("ask").with_untracked(|it| it.as_deref() == Some("cancel"));
    let title = it.line.title.clone();
    let inside = match it.line.state {
        BookingState::Held => view! { <Held it=it.clone() booking /> }.into_any(),
        BookingState::Requested | BookingState::Confirmed => view! { <Open it=it.clone() /> }.into_any(),
        BookingState::Lapsed | BookingState::Declined | BookingState::Cancelled => {
            view! { <Closed it=it.clone() /> }.into_any()
        }
        _ => view! { <Over it=it.clone() /> }.into_any(),
    };
    let cancel = (asks_cancel && it.quote.is_some()).then(|| view! { <AskCancel it=it.clone() /> });
    let times = it.times.is_some().then(|| view! { <AskTimes it=it.clone() /> });
    view! {
        <Title text=title.clone() />
        <PageHeader
            title
            back=routes::BOOKINGS
            back_label="Bookings"
            actions=move || view! { <Badge tone>{word}</Badge> }
        />
        <PageBody>
            <TestMode />
            <Done says=&[
                ("paid", "It is paid. The call is booked, and you both get a letter."),
                ("requested", "The money is set aside. Now the expert decides."),
                ("let_go", "It is let go. Nothing was paid."),
                ("accepted", "You said yes. The call is booked."),
                ("declined", "You said no. The client has all of it back."),
                ("proposed", "The times are proposed, and kept until there is an answer."),
                ("moved", "The call is at another time now."),
                ("stays", "The call stays as it was."),
                ("cancelled", "It is cancelled."),
                ("reviewed", "Thank you. Everybody reads it on the expert\u{2019}s page."),
                ("replied", "Your reply is published."),
                ("noted", "Your notes are saved. The other one reads them too."),
                ("published", "It stands on your page. The client reads it here."),
                ("hidden", "It is off your page."),
                ("disputed", "An administrator looks at it. Until then the money waits."),
            ] />
            {cancel}
            {times}
            {inside}
            <Facts it />
        </PageBody>
    }
    .into_any()
}

/// When it is, large.
#[component]
fn When(it: Booking) -> impl IntoView {
    let note = (it.line.me == Party::Client).then_some(it.there).filter(|there| !there.is_empty());
    view! { <CallTime start=it.line.start end=it.line.end note /> }.into_any()
}

/// Who, what about, for how much, and what is given back when.
#[component]
fn Facts(it: Booking) -> impl IntoView {
    let is_client = it.line.me == Party::Client;
    let about = if is_client { "The expert" } else { "Asked by" };
    let who = row(&it.line.other, about);
    let has_policy = it.line.state == BookingState::Held || it.quote.is_some();
    let bring = Some(it.bring).filter(|bring| !bring.is_empty());
    let brief = Some(it.brief).filter(|brief| !brief.is_empty());
    let fee = amount(it.fee);
    let page = routes::expert(&it.expert.handle);
    view! {
        <Card title="The call">
            {who}
            <DescriptionList>
                <Description term="About"><a href=page>{it.line.title}</a></Description>
                <Description term="Ten minutes cost">
                    {amount(it.line.price)}
                    {(!is_client).then(|| format!(", of which Magentic keeps {fee}"))}
                </Description>
                {bring.map(|bring| view! { <Description term="To bring"><TypedText text=bring /></Description> })}
                {brief.map(|brief| view! { <Description term="What it is about"><TypedText text=brief /></Description> })}
            </DescriptionList>
            {has_policy
                .then(|| view! {
                    <Disclosure title="What is given back when">
                        <Ladder label="What is given back when" steps=it.policy />
                    </Disclosure>
                })}
        </Card>
    }
    .into_any()
}
