//! Other times: choosing some to propose, and answering those that were proposed.

use experts_core::{Party, booking::MOST_PROPOSED};
use kernel::BookingId;
use leptos::prelude::*;
use ui::{
    At, Button, ButtonLink, ButtonRow, Card, ChoiceGroup, Choosing, FormError, FormStack, FreeTimes, LocalTime, Notice,
    TimeChoice, TimeForm, Variant, ZoneNote,
};
use web::{Form, FormState};

use crate::{
    api::{Agree, Disagree, Propose},
    dto::{self, Booking, Proposal},
    parts::{Refusal, Weeks, message_but},
    routes,
};

/// The form that proposes other times.
#[component]
pub fn AskTimes(
    /// The booking, with times to choose from.
    it: Booking,
) -> impl IntoView {
    let state = FormState::<Propose>::new();
    let Some(times) = it.times else { return ().into_any() };
    let (id, page) = (it.line.id.to_string(), routes::booking(it.line.id));
    let base = format!("{}&", routes::asking(it.line.id, "times"));
    let is_typed = |(at, time): &(usize, &At)| state.value(&format!("times[{at}]"), "") == time.iso();
    let typed = times.times.iter().enumerate().filter(is_typed);
    let chosen = RwSignal::new(typed.map(|(_, time)| *time).collect::<Vec<At>>());
    let local = RwSignal::new(false);
    let dto::Times { times, first, last, earlier, later } = times;
    let many = move || match chosen.with(Vec::len) {
        0 | 1 => "Propose this time".to_owned(),
        many => format!("Propose these {many} times"),
    };
    let note = format!(
        "Up to {MOST_PROPOSED}, of one week. They are kept until {} has answered, for a day at most.",
        it.line.other.name
    );
    view! {
        <Card title="Propose other times" note>
            <p><ZoneNote /></p>
            <Form state>
                <FormStack>
                    <FormError message=message_but(state, &["times"]) id="times-error" />
                    <input type="hidden" name="booking" value=id />
                    <FreeTimes
                        id="times"
                        legend="Times that are free"
                        choosing=Choosing::Several(MOST_PROPOSED)
                        name="times"
                        times
                        first
                        last
                        chosen
                        local
                        error=state.error("times")
                    />
                    <Weeks base earlier later />
                    <ButtonRow>
                        <Button variant=Variant::Primary busy=state.busy()>{many}</Button>
                        <ButtonLink href=page variant=Variant::Quiet>"Keep it as it is"</ButtonLink>
                    </ButtonRow>
                </FormStack>
            </Form>
        </Card>
    }
    .into_any()
}

/// Times that were proposed, for whoever answers and whoever waits.
#[component]
pub fn Proposed(
    /// The times.
    proposal: Proposal,
    /// Which of both the reader is.
    me: Party,
    /// Of which booking.
    booking: BookingId,
) -> impl IntoView {
    let Proposal { id, by, until, times } = proposal;
    let (id, booking) = (id.to_string(), booking.to_string());
    if by == me {
        let times = times.into_iter().map(|(_, at)| view! { <li><LocalTime at form=TimeForm::Full /></li> }.into_any());
        let times = times.collect_view();
        return view! {
            <Card title="You proposed another time">
                <ul>{times}</ul>
                <p>"There is an answer until " <LocalTime at=until /> ", or the call stays as it is."</p>
                <No id booking words="Take it back" />
            </Card>
        }
        .into_any();
    }
    let state = FormState::<Agree>::new();
    let typed = state.value("slice", "");
    let is_one = times.len() == 1;
    let choices = times
        .into_iter()
        .map(|(slice, at)| {
            let value = slice.to_string();
            let checked = is_one || value == typed;
            view! { <TimeChoice name="slice" value at checked /> }.into_any()
        })
        .collect_view();
    let (for_no, proposal) = (id.clone(), id);
    let of = booking.clone();
    view! {
        <Card title="Another time is proposed">
            <Notice>"They are kept until " <LocalTime at=until /> ". Without an answer the call stays as it is."</Notice>
            <Form state>
                <FormStack>
                    <FormError message=message_but(state, &["slice"]) id="agree-error" />
                    <input type="hidden" name="booking" value=of />
                    <input type="hidden" name="proposal" value=proposal />
                    <ChoiceGroup id="slice" legend="Which one?" error=state.error("slice")>{choices}</ChoiceGroup>
                    <ButtonRow>
                        <Button variant=Variant::Primary busy=state.busy()>"Move the call"</Button>
                    </ButtonRow>
                </FormStack>
            </Form>
            <No id=for_no booking words="Keep the time it has" />
        </Card>
    }
    .into_any()
}

/// Says no, or takes one's own proposal back.
#[component]
fn No(id: String, booking: String, words: &'static str) -> impl IntoView {
    let state = FormState::<Disagree>::new();
    view! {
        <Form state>
            <input type="hidden" name="booking" value=booking />
            <input type="hidden" name="proposal" value=id />
            <ButtonRow>
                <Button variant=Variant::Quiet busy=state.busy()>{words}</Button>
            </ButtonRow>
            <Refusal message=message_but(state, &[]) />
        </Form>
    }
    .into_any()
}
