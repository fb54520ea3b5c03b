//! A booking that came to nothing: why, and what went back.

use experts_core::{BookingState, Party};
use leptos::prelude::*;
use ui::{ButtonLink, ButtonRow, Card, Notice, Quote, Total, Totals, Variant};

use super::{When, over::Payments};
use crate::{dto::Booking, parts::party_words, routes};

/// What became of it.
#[component]
pub fn Closed(
    /// The booking.
    it: Booking,
) -> impl IntoView {
    let me = it.line.me;
    let why = why(&it);
    let (paid, returned, reason) = (it.paid, it.returned, it.reason.clone());
    let was_paid = paid.is_positive();
    let page = routes::expert(&it.expert.handle);
    let payments = it.payments.clone();
    let waits = it.line.state == BookingState::Lapsed && it.awaits_money && me == Party::Client;
    view! {
        <Card title=why>
            <When it />
            {reason.map(|reason| view! { <Quote text=reason /> })}
            {waits
                .then(|| view! {
                    <Notice title="Money is still on its way">
                        "If it comes, and nobody else has taken the time by then, the call is yours after all. Otherwise it stays in your wallet."
                    </Notice>
                })}
            {if was_paid {
                view! {
                    <Totals>
                        <Total label="Paid" amount=paid note=None />
                        <Total label="Went back" amount=returned strong=true note=None />
                    </Totals>
                    <Payments payments />
                }
                .into_any()
            } else {
                view! { <p>"Nothing was paid."</p> }.into_any()
            }}
            {(me == Party::Client)
                .then(|| view! {
                    <ButtonRow>
                        <ButtonLink href=page variant=Variant::Primary>"Choose a time again"</ButtonLink>
                    </ButtonRow>
                })}
        </Card>
    }
    .into_any()
}

/// Who did what, in a sentence.
fn why(it: &Booking) -> String {
    let who = it.closed_by.map(|who| party_words(who, it.line.me));
    match (it.line.state, who) {
        (BookingState::Lapsed, _) => "It was not paid".to_owned(),
        (BookingState::Declined, None) => "There was no answer in time".to_owned(),
        (BookingState::Declined, Some(who)) => format!("{who} declined it"),
        (_, Some(who)) => format!("{who} cancelled it"),
        (_, None) => "It was cancelled".to_owned(),
    }
}
