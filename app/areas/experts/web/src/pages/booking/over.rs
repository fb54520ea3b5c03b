//! A call that is over: what it came to, what both noted, and what is said of it.

use experts_core::{BookingState, Party, booking::NOTES_LIMIT, review::REVIEW_LIMIT};
use kernel::TransferId;
use leptos::prelude::*;
use ui::{
    At, Button, ButtonLink, ButtonRow, ButtonSize, Card, Checkbox, Description, DescriptionList, Disclosure, Field,
    FormError, FormStack, IconName, LocalTime, Notice, StarInput, TextArea, TimeForm, Timestamp, Tone, Total, Totals,
    TypedText, Variant, amount,
};
use web::{Form, FormState};

use super::{When, published::Published};
use crate::{
    api::{DisputeCall, ReviewCall, SaveNotes},
    dto::{Booking, Dispute, Notes},
    parts::{DraftArea, Reviews, message_but, most, party_words},
    routes,
};

/// The most characters of a dispute.
const DISPUTE_LIMIT: usize = 2_000;

/// What it came to, and all that can be said of it.
#[component]
pub fn Over(
    /// The booking.
    it: Booking,
) -> impl IntoView {
    let (id, me) = (it.line.id.to_string(), it.line.me);
    let page = routes::booking(it.line.id);
    let notes = it.notes.clone().map(|notes| {
        let (id, other) = (id.clone(), it.line.other.name.clone());
        view! { <Noted id notes other me /> }
    });
    let published = view! { <Published it=it.clone() /> };
    let review = it.review.clone().map(|review| {
        view! {
            <Card title="What was said of it">
                <Reviews reviews=vec![review] may_reply={me == Party::Expert} page />
            </Card>
        }
    });
    let may_review = it.may_review.then(|| {
        let id = id.clone();
        view! { <ReviewForm id name=it.expert.name.clone() /> }
    });
    let dispute = it.dispute.clone().map(|dispute| view! { <Disputed dispute me /> });
    let disputable = it.disputable_until.map(|until| view! { <DisputeForm id until /> });
    view! {
        <Came it />
        {may_review}
        {notes}
        {published}
        {review}
        {dispute}
        {disputable}
    }
    .into_any()
}

/// Who came, and what became of the money.
#[component]
fn Came(it: Booking) -> impl IntoView {
    let me = it.line.me;
    let title = match it.line.state {
        BookingState::Completed => "You met".to_owned(),
        BookingState::ExpertMissed => format!("{} did not come", party_words(Party::Expert, me)),
        BookingState::ClientMissed => format!("{} did not come", party_words(Party::Client, me)),
        BookingState::NobodyCame => "Nobody came".to_owned(),
        _ => "It failed for technical reasons".to_owned(),
    };
    let came = it
        .came
        .iter()
        .map(|(who, at)| {
            let (term, at) = (format!("{} came", party_words(*who, me)), *at);
            view! { <Description term><LocalTime at form=TimeForm::Time /></Description> }.into_any()
        })
        .collect::<Vec<_>>();
    let ended = it.ended;
    let (paid, returned, payments) = (it.paid, it.returned, it.payments.clone());
    let page = routes::expert(&it.expert.handle);
    view! {
        <Card title>
            <When it />
            <DescriptionList>
                {came}
                {ended
                    .map(|at| view! { <Description term="Ended early"><LocalTime at form=TimeForm::Time /></Description> })}
            </DescriptionList>
            <Totals>
                <Total label="Paid" amount=paid note=None />
                <Total label="Went back to the client" amount=returned strong=true note=None />
            </Totals>
            <Payments payments />
            {(me == Party::Client)
                .then(|| view! {
                    <ButtonRow>
                        <ButtonLink href=page>"Book another call"</ButtonLink>
                    </ButtonRow>
                })}
        </Card>
    }
    .into_any()
}

/// The payments, each leading to what the ledger has of it.
#[component]
pub fn Payments(
    /// Oldest first.
    payments: Vec<TransferId>,
) -> impl IntoView {
    let links = payments
        .into_iter()
        .enumerate()
        .map(|(at, id)| {
            let words = if at == 0 { "The payment".to_owned() } else { format!("Ten minutes more ({at})") };
            let href = money_web::routes::transfer(id);
            view! { <ButtonLink href size=ButtonSize::Small icon=IconName::Receipt>{words}</ButtonLink> }.into_any()
        })
        .collect::<Vec<_>>();
    (!links.is_empty()).then(|| view! { <ButtonRow>{links}</ButtonRow> })
}

/// What both noted.
#[component]
fn Noted(id: String, notes: Notes, other: String, me: Party) -> impl IntoView {
    let state = FormState::<SaveNotes>::new();
    let Notes { mine, theirs } = notes;
    // A box that is not ticked is not sent: after a refusal what counts is what was sent.
    let was_sent = state.problem().with_untracked(Option::is_some);
    let consents = if was_sent { state.value("consents", "") == "true" } else { mine.consents };
    let has_theirs = !theirs.body.is_empty();
    let key = format!("call-notes:{id}");
    let noted = format!("{other} noted");
    // Whether it is published is for the expert to do, and for the client to allow.
    let allows = me == Party::Client;
    view! {
        <Card title="Notes" note="You both read both.">
            <Form state>
                <FormStack>
                    <FormError message=message_but(state, &["body"]) id="notes-error" />
                    <input type="hidden" name="booking" value=id />
                    <DraftArea
                        state
                        name="body"
                        label="What you take from it"
                        hint="What was agreed, what to do next."
                        saved=mine.body
                        key
                        rows=5
                        limit=NOTES_LIMIT
                    />
                    {allows
                        .then(|| view! {
                            <Checkbox
                                name="consents"
                                label="The expert may publish what was noted"
                                hint="Without names. You can take it back at any time: what was published is gone at once then."
                                checked=consents
                            />
                        })}
                    <ButtonRow>
                        <Button busy=state.busy()>"Save the notes"</Button>
                    </ButtonRow>
                </FormStack>
            </Form>
            {has_theirs
                .then(|| view! {
                    <DescriptionList>
                        <Description term=noted><TypedText text=theirs.body /></Description>
                    </DescriptionList>
                })}
        </Card>
    }
    .into_any()
}

#[component]
fn ReviewForm(id: String, name: String) -> impl IntoView {
    let state = FormState::<ReviewCall>::new();
    let rating = state.value("rating", "0").parse().unwrap_or(0);
    view! {
        <Card title=format!("How was it with {name}?") note="Everybody reads it, with your name. It can\u{2019}t be changed afterwards.">
            <Form state>
                <FormStack>
                    <FormError message=message_but(state, &["rating", "body"]) id="review-error" />
                    <input type="hidden" name="booking" value=id />
                    <StarInput id="review-rating" name="rating" legend="How good was it?" value=rating error=state.error("rating") />
                    <Field id="review-body" label="Why?" optional=true error=state.error("body")>
                        <TextArea name="body" value=state.value("body", "") rows=4 maxlength=most(REVIEW_LIMIT) />
                    </Field>
                    <ButtonRow>
                        <Button variant=Variant::Primary busy=state.busy()>"Publish the review"</Button>
                    </ButtonRow>
                </FormStack>
            </Form>
        </Card>
    }
    .into_any()
}

#[component]
fn DisputeForm(id: String, until: At) -> impl IntoView {
    let state = FormState::<DisputeCall>::new();
    let open = state.problem().with_untracked(Option::is_some);
    view! {
        <Card>
            <Disclosure title="Something went wrong" note=Some("An administrator decides what goes back".to_owned()) open>
                <Form state>
                    <FormStack>
                        <FormError message=message_but(state, &["reason"]) id="dispute-error" />
                        <p>"You can say so until " <LocalTime at=until /> ". The expert\u{2019}s money waits until it is decided."</p>
                        <input type="hidden" name="booking" value=id />
                        <Field id="dispute-reason" label="What went wrong?" error=state.error("reason")>
                            <TextArea name="reason" value=state.value("reason", "") rows=4 required=true maxlength=most(DISPUTE_LIMIT) />
                        </Field>
                        <ButtonRow>
                            <Button variant=Variant::Danger busy=state.busy()>"Dispute the call"</Button>
                        </ButtonRow>
                    </FormStack>
                </Form>
            </Disclosure>
        </Card>
    }
    .into_any()
}

/// What the client says went wrong, and what was decided.
#[component]
fn Disputed(dispute: Dispute, me: Party) -> impl IntoView {
    let Dispute { reason, opened, decided } = dispute;
    let said = format!("{} said", party_words(Party::Client, me));
    let is_open = decided.is_none();
    view! {
        <Card title="Disputed">
            {is_open
                .then(|| view! {
                    <Notice tone=Tone::Warning title="An administrator looks at it">"Until it is decided, the money waits."</Notice>
                })}
            <DescriptionList>
                <Description term=said><TypedText text=reason /></Description>
                <Description term="When"><Timestamp when=opened.into() /></Description>
                {decided
                    .map(|(back, answer, at)| view! {
                        <Description term="Decided"><Timestamp when=at.into() /></Description>
                        <Description term="Goes back to the client">{amount(back)}</Description>
                        <Description term="Why"><TypedText text=answer /></Description>
                    })}
            </DescriptionList>
        </Card>
    }
    .into_any()
}
