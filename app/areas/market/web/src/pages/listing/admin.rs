//! What administrators can do with a listing.

use kernel::ListingId;
use leptos::prelude::*;
use market_core::ListingState;
use ui::{Button, ButtonRow, Card, Field, FormError, FormStack, TextInput, Variant};
use web::{Form, FormState};

use crate::{
    api::Withdraw,
    parts::{Refusal, message_but},
};

/// Takes a listing off the market with a reason, or lets it back.
#[component]
pub fn Administer(
    /// The listing.
    id: ListingId,
    /// How it is doing.
    state: ListingState,
) -> impl IntoView {
    let form = FormState::<Withdraw>::new();
    match state {
        ListingState::Draft => ().into_any(),
        ListingState::Withdrawn => view! {
            <Card title="Administration" note="Its owner can offer it again after that.">
                <Form state=form>
                    <input type="hidden" name="listing" value=id.to_string() />
                    <input type="hidden" name="restore" value="true" />
                    <ButtonRow>
                        <Button busy=form.busy()>"Let it back on the market"</Button>
                    </ButtonRow>
                    <Refusal message=message_but(form, &[]) />
                </Form>
            </Card>
        }
        .into_any(),
        ListingState::Listed | ListingState::Paused => view! {
            <Card
                title="Administration"
                note="Off the market it takes on nobody new, and subscriptions end with the period that is paid. Its owner reads the reason."
            >
                <Form state=form>
                    <FormStack>
                        <FormError message=message_but(form, &["reason"]) id="withdraw-error" />
                        <input type="hidden" name="listing" value=id.to_string() />
                        <Field id="reason" label="Why it is taken off the market" error=form.error("reason")>
                            <TextInput name="reason" value=form.value("reason", "") maxlength=500 required=true />
                        </Field>
                        <ButtonRow>
                            <Button variant=Variant::Danger busy=form.busy()>"Take it off the market"</Button>
                        </ButtonRow>
                    </FormStack>
                </Form>
            </Card>
        }
        .into_any(),
    }
}
