//! The last look before something is paid.

use kernel::Money;
use leptos::prelude::*;
use market_core::LicenceKind;
use ui::{
    Button, ButtonLink, ButtonRow, Card, FormError, FormSkeleton, FormStack, IconName, Notice, Tone, Total, Totals,
    Variant, amount,
};
use web::{Form, FormState, Loaded, param, query};

use crate::{
    api::{self, BuyAgent},
    dto,
    parts::{MemberPage, message_but, per},
    routes,
};

/// The least that can be put into a wallet at once, in minor units.
const LEAST_TOP_UP: i64 = 500;

/// The page to buy an agent on, or to subscribe to it.
#[component]
pub fn BuyPage() -> impl IntoView {
    let listing = param("listing");
    let back = format!("{}/{}", routes::MARKET, listing.get_untracked());
    view! {
        <MemberPage title="Buy" back sign_in="Sign in to buy an agent">
            <Inside listing />
        </MemberPage>
    }
    .into_any()
}

#[component]
fn Inside(listing: Memo<String>) -> impl IntoView {
    let kind = query("kind");
    let form = Resource::new(
        move || (listing.get(), kind.get().unwrap_or_default()),
        |(listing, kind)| api::buy_form(listing, kind),
    );
    view! {
        <Loaded resource=form skeleton=|| view! { <FormSkeleton fields=2 /> } let:buy>
            <Contents buy />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(buy: dto::Buy) -> impl IntoView {
    let dto::Buy { card, kind, price, platform, balance, missing, has, key } = buy;
    let state = FormState::<BuyAgent>::new();
    if let Some(licence) = has {
        let href = routes::purchase(licence);
        return view! {
            <Notice tone=Tone::Accent title="You have this agent already">
                "Nothing has to be paid. " <a href=href>"See what you bought"</a>
            </Notice>
        }
        .into_any();
    }
    let what = match kind {
        LicenceKind::Once => "It is yours for good.",
        LicenceKind::Monthly => "It goes on each month with the same price, until you cancel.",
        LicenceKind::Yearly => "It goes on each year with the same price, until you cancel.",
    };
    let words = match kind {
        LicenceKind::Once => format!("Pay {}", amount(price)),
        _ => format!("Pay {} and subscribe", amount(price)),
    };
    let to_listing = routes::listing(card.id);
    let listing = card.id.to_string();
    let next = routes::buy(card.id, kind);
    let again = next.clone();
    let pay = match missing {
        Some(missing) => view! {
            <Notice tone=Tone::Warning title=format!("{} are missing in your wallet", amount(missing))>
                "Put money in, and you come back to this page."
            </Notice>
            <ButtonRow>
                <ButtonLink href=routes::top_up(at_least(missing), &next) variant=Variant::Primary icon=IconName::Plus>
                    "Top up the wallet"
                </ButtonLink>
                <ButtonLink href=to_listing variant=Variant::Quiet>"Not now"</ButtonLink>
            </ButtonRow>
        }
        .into_any(),
        None => view! {
            <Form state>
                <FormStack>
                    <FormError message=message_but(state, &[]) />
                    {move || state.problem().with(Option::is_some).then(|| view! {
                        <p><a href=again.clone() rel="external">"Look at it again"</a></p>
                    })}
                    <input type="hidden" name="listing" value=listing />
                    <input type="hidden" name="kind" value=kind.as_str() />
                    <input type="hidden" name="seen" value=price.minor.to_string() />
                    <input type="hidden" name="key" value=state.value("key", key) />
                    <ButtonRow>
                        <Button variant=Variant::Primary busy=state.busy()>{words}</Button>
                        <ButtonLink href=to_listing variant=Variant::Quiet>"Not now"</ButtonLink>
                    </ButtonRow>
                </FormStack>
            </Form>
        }
        .into_any(),
    };
    view! {
        <Card title=card.title note=what>
            <Totals>
                <Total label=format!("Price, {}", per(Some(kind))) amount=price strong=true
                    note=Some(format!("Of it {} go to Magentic.", amount(platform))) />
                <Total label="In your wallet" amount=balance note=None />
            </Totals>
            <p>
                "You can give it back within 14 days for all of what you paid, unless it gave you 20 answers by then."
            </p>
            {pay}
        </Card>
    }
    .into_any()
}

/// What has to be put in: what is missing, or the least there may be put in at once.
fn at_least(missing: Money) -> Money {
    Money::new(missing.minor.max(LEAST_TOP_UP), missing.currency)
}
