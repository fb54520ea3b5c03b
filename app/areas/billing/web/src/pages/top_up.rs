//! Money for the wallet.

use kernel::{Currency, Money};
use leptos::prelude::*;
use ui::{
    Button, Card, Description, DescriptionList, Field, FormError, FormSkeleton, FormStack, Select, TextInput, Variant,
    amount,
};
use web::{Form, FormState, Loaded, local_path, query};

use crate::{
    api, dto,
    dto::Ways,
    parts::{Afresh, MemberPage, PayChoice, message_but},
};

/// The page to put money into the wallet on.
#[component]
pub fn TopUp() -> impl IntoView {
    view! {
        <MemberPage title="Top up" back=money_web::routes::WALLET sign_in="Sign in to top up your wallet">
            <Inside />
        </MemberPage>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let (wanted, currency, next) = (query("amount"), query("currency"), query("next"));
    let form = Resource::new(|| (), |()| api::top_up_form());
    view! {
        <Loaded resource=form skeleton=|| view! { <FormSkeleton fields=3 /> } let:form>
            <Contents
                form
                wanted=wanted.get_untracked().unwrap_or_default()
                currency=currency.get_untracked().and_then(|text| text.parse().ok())
                next=next.get_untracked().as_deref().and_then(local_path).unwrap_or_default().to_owned()
            />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(form: dto::TopUp, wanted: String, currency: Option<Currency>, next: String) -> impl IntoView {
    let state = FormState::<api::TopUp>::new();
    let dto::TopUp { card, balances, key } = form;
    let currency = currency.or_else(|| balances.first().map(|it| it.currency)).unwrap_or(Currency::Eur);
    let ways = Ways { total: Money::zero(currency), balance: Money::zero(currency), missing: None, card };
    let currencies = Currency::ALL.map(|it| (it.to_string(), it.to_string())).to_vec();
    let rows = balances
        .into_iter()
        .map(|it| view! { <Description term=format!("In {}", it.currency)>{amount(it)}</Description> }.into_any())
        .collect::<Vec<_>>();
    view! {
        {(!rows.is_empty())
            .then(|| view! {
                <Card title="In your wallet">
                    <DescriptionList>{rows}</DescriptionList>
                </Card>
            })}
        <Card title="Put money in" note="What is in your wallet can be spent on anything here.">
            <Form state>
                <FormStack>
                    <FormError message=message_but(state, &["amount", "currency", "pay_with"]) />
                    <Afresh problem=state.problem() />
                    <input type="hidden" name="key" value=state.value("key", key) />
                    <input type="hidden" name="next" value=state.value("next", next) />
                    <Field
                        id="amount"
                        label="Amount"
                        hint="From 5.00 to 10,000.00 at once; of yen, from 500 to 1,000,000."
                        error=state.error("amount")
                    >
                        <TextInput
                            name="amount"
                            value=state.value("amount", wanted)
                            input_mode="decimal"
                            autocomplete="off"
                            required=true
                            maxlength=20
                            spellcheck=false
                        />
                    </Field>
                    <Field id="currency" label="Currency" error=state.error("currency")>
                        <Select name="currency" options=currencies value=state.value("currency", currency.to_string()) />
                    </Field>
                    <PayChoice
                        ways
                        chosen=state.value("pay_with", "")
                        cards_only=true
                        error=state.error("pay_with")
                    />
                    <Button variant=Variant::Primary wide=true busy=state.busy()>"Top up"</Button>
                </FormStack>
            </Form>
        </Card>
    }
    .into_any()
}
