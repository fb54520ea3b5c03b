//! The question before a booking is taken back: what goes back is seen first.

use experts_core::{Party, booking::REASON_LIMIT};
use leptos::prelude::*;
use ui::{Button, ButtonLink, ButtonRow, Card, Field, FormError, FormStack, TextInput, Total, Totals, Variant, amount};
use web::{Form, FormState};

use crate::{
    api::CancelBooking,
    dto::Booking,
    parts::{message_but, most},
    routes,
};

/// Asks before a booking is cancelled.
#[component]
pub fn AskCancel(
    /// The booking, with what would go back.
    it: Booking,
) -> impl IntoView {
    let state = FormState::<CancelBooking>::new();
    let Some(quote) = it.quote else { return ().into_any() };
    let (id, page) = (it.line.id.to_string(), routes::booking(it.line.id));
    let again = routes::asking(it.line.id, "cancel");
    let (back, percent) = (amount(quote.back), quote.percent);
    let (note, words) = match (it.line.me, quote.back.is_positive()) {
        (Party::Client, true) => {
            (format!("{percent} % of what you paid goes back to your wallet."), format!("Cancel, and get {back} back"))
        }
        (Party::Client, false) => {
            ("It is too late to get anything back.".to_owned(), "Cancel, and get nothing back".to_owned())
        }
        (Party::Expert, _) => {
            (format!("{} gets all of it back.", it.line.other.name), format!("Cancel, and give {back} back"))
        }
    };
    view! {
        <Card title="Cancel the call?" note>
            <Totals>
                <Total label="Paid" amount=quote.paid note=None />
                <Total label="Goes back" amount=quote.back strong=true note=None />
            </Totals>
            <Form state>
                <FormStack>
                    <FormError message=message_but(state, &["reason"]) id="cancel-error" />
                    {move || state.problem().with(Option::is_some).then(|| view! {
                        <p><a href=again.clone() rel="external">"Look at it again"</a></p>
                    })}
                    <input type="hidden" name="booking" value=id />
                    <input type="hidden" name="seen" value=quote.back.minor.to_string() />
                    <Field id="cancel-reason" label="Why?" hint="They read it." optional=true error=state.error("reason")>
                        <TextInput name="reason" value=state.value("reason", "") maxlength=most(REASON_LIMIT) />
                    </Field>
                    <ButtonRow>
                        <ButtonLink href=page>"Keep it"</ButtonLink>
                        <Button variant=Variant::Danger busy=state.busy()>{words}</Button>
                    </ButtonRow>
                </FormStack>
            </Form>
        </Card>
    }
    .into_any()
}
