//! A time that is kept for whoever pays.

use experts_core::Party;
use kernel::Money;
use leptos::prelude::*;
use ui::{
    Button, ButtonLink, ButtonRow, Card, Countdown, IconName, LocalTime, Notice, TimeForm, Tone, Total, Totals,
    Variant, amount,
};
use web::{Form, FormState, here};

use super::{Loading, When};
use crate::{
    api::{AwaitMoney, LetGo, PayNow},
    dto::Booking,
    parts::{Refusal, message_but},
    routes,
};

/// The least that can be put into a wallet at once, in minor units.
const LEAST_TOP_UP: i64 = 500;

/// What is kept, how long, and what it takes to have it.
#[component]
pub fn Held(
    /// The booking.
    it: Booking,
    /// The page, to be shown anew when the time is over.
    booking: Loading,
) -> impl IntoView {
    let until = it.line.due.unwrap_or(it.line.start);
    if it.line.me == Party::Expert {
        return view! {
            <Card title="Kept for somebody who has not paid yet">
                <When it />
                <p>"If they don\u{2019}t pay, the time is free again at " <LocalTime at=until form=TimeForm::Time /> "."</p>
            </Card>
        }
        .into_any();
    }
    if it.seconds_left <= 0 && it.awaits_money {
        return view! {
            <Notice tone=Tone::Accent title="The five minutes are over, and money is on its way" live=true>
                "If it comes, and nobody else has taken the time by then, the call is yours. Otherwise it stays in your wallet."
            </Notice>
        }
        .into_any();
    }
    if it.seconds_left <= 0 {
        let page = routes::expert(&it.expert.handle);
        return view! {
            <Notice tone=Tone::Warning title="The five minutes are over" live=true>
                "This time is not kept for you any more. Nothing was paid. " <a href=page>"Choose a time again"</a>
            </Notice>
        }
        .into_any();
    }
    let (left, price) = (it.seconds_left, it.line.price);
    let balance = it.balance.unwrap_or(Money::zero(price.currency));
    let on_end = Callback::new(move |()| booking.refetch());
    let (for_when, for_pay) = (it.clone(), it.clone());
    view! {
        <Card title="Kept for you" note="Pay while the time runs, and the call is yours.">
            <When it=for_when />
            <Countdown until left label="Time left to pay" on_end />
            <Totals>
                <Total label="Price" amount=price strong=true note=None />
                <Total label="In your wallet" amount=balance note=None />
            </Totals>
            <Pay it=for_pay />
            <GiveUp id=it.line.id.to_string() />
        </Card>
    }
    .into_any()
}

/// From the wallet, or what is missing there by card first.
#[component]
fn Pay(it: Booking) -> impl IntoView {
    let (pay, fill) = (FormState::<PayNow>::new(), FormState::<AwaitMoney>::new());
    let (id, price, again) = (it.line.id.to_string(), it.line.price, here());
    let Some(missing) = it.missing else {
        return view! {
            <Form state=pay>
                <input type="hidden" name="booking" value=id />
                <input type="hidden" name="seen" value=price.minor.to_string() />
                <ButtonRow>
                    <Button variant=Variant::Primary busy=pay.busy()>{format!("Pay {} from the wallet", amount(price))}</Button>
                </ButtonRow>
                <Refusal message=message_but(pay, &[]) />
                {move || pay.problem().with(Option::is_some).then(|| view! {
                    <p><a href=again.clone() rel="external">"Look at it again"</a></p>
                })}
            </Form>
        }
        .into_any();
    };
    let at_least = Money::new(missing.minor.max(LEAST_TOP_UP), missing.currency);
    let rest = at_least.minor - missing.minor;
    let words = format!("Pay the missing {} by card", amount(missing));
    let top_up = routes::top_up(at_least, &routes::booking(it.line.id));
    let waits = it.awaits_money;
    view! {
        {waits
            .then(|| view! {
                <Notice tone=Tone::Accent title="It is paid by itself once the money is there" live=true>
                    "You may leave this page. If the money comes after the time is over, the call is still yours as long as nobody else took the time; otherwise the money stays in your wallet. "
                    <a href=again.clone() rel="external">"Look again"</a>
                </Notice>
            })}
        {(rest > 0)
            .then(|| view! {
                <p>{format!("{} is the least that can be put in at once. What is left stays in your wallet.", amount(at_least))}</p>
            })}
        {if waits {
            view! {
                <ButtonRow>
                    <ButtonLink href=top_up variant=Variant::Primary icon=IconName::CreditCard>{words}</ButtonLink>
                </ButtonRow>
            }
            .into_any()
        } else {
            view! {
                <Form state=fill>
                    <input type="hidden" name="booking" value=id />
                    <input type="hidden" name="missing" value=at_least.minor.to_string() />
                    <ButtonRow>
                        <Button variant=Variant::Primary icon=IconName::CreditCard busy=fill.busy()>{words}</Button>
                    </ButtonRow>
                    <Refusal message=message_but(fill, &[]) />
                </Form>
            }
            .into_any()
        }}
    }
    .into_any()
}

/// The time is let go.
#[component]
fn GiveUp(id: String) -> impl IntoView {
    let state = FormState::<LetGo>::new();
    view! {
        <Form state>
            <input type="hidden" name="booking" value=id />
            <ButtonRow>
                <Button variant=Variant::Quiet busy=state.busy()>"Let it go"</Button>
            </ButtonRow>
            <Refusal message=message_but(state, &[]) />
        </Form>
    }
    .into_any()
}
