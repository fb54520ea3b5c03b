//! What Stripe is asked, in its own words. Each request is the same whenever it is made from the same: otherwise it
//! could not be sent again with the same key.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Currency, Money, PayoutId};
use platform::payments::{
    HostedPayment, NewCharge, NewCustomer, NewPayment, NewPayout, NewRefund, PublishedPrice, PublishedProduct,
    lowercase,
};
use stripe_billing::billing_portal_session::{
    CreateBillingPortalSession, CreateBillingPortalSessionFlowData, CreateBillingPortalSessionFlowDataAfterCompletion,
    CreateBillingPortalSessionFlowDataAfterCompletionRedirect, CreateBillingPortalSessionFlowDataAfterCompletionType,
    CreateBillingPortalSessionFlowDataType,
};
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData,
    CreateCheckoutSessionPaymentIntentData, CreateCheckoutSessionPaymentIntentDataSetupFutureUsage,
    ExpireCheckoutSession, ProductData, RetrieveCheckoutSession,
};
use stripe_client_core::{RequestBuilder, StripeRequest};
use stripe_connect::{
    account::{
        CreateAccount, CreateAccountCapabilities, CreateAccountCapabilitiesTransfers, CreateAccountController,
        CreateAccountControllerFees, CreateAccountControllerFeesPayer, CreateAccountControllerLosses,
        CreateAccountControllerLossesPayments, CreateAccountControllerStripeDashboard,
        CreateAccountControllerStripeDashboardType, CreateAccountSettings, CreateAccountSettingsPayouts,
        CreateAccountSettingsPayoutsSchedule, CreateAccountSettingsPayoutsScheduleInterval, RetrieveAccount,
    },
    account_link::{CreateAccountLink, CreateAccountLinkType},
    transfer::{CreateTransfer, ListTransfer, RetrieveTransfer},
    transfer_reversal::CreateIdTransferReversal,
};
use stripe_core::{
    customer::CreateCustomer,
    payment_intent::{
        CancelPaymentIntent, CreatePaymentIntent, CreatePaymentIntentOffSession, ListPaymentIntent,
        RetrievePaymentIntent,
    },
    payout::CreatePayout,
    refund::CreateRefund,
};
use stripe_payment::payment_method::{DetachPaymentMethod, RetrievePaymentMethod};
use stripe_product::{
    price::{CreatePrice, CreatePriceRecurring, CreatePriceRecurringInterval},
    product::CreateProduct,
};
use stripe_shared::{CheckoutSessionMode, PaymentIntentAllowedPaymentMethodTypes, PaymentIntentSetupFutureUsage};
use stripe_types::{RangeBoundsTs, RangeQueryTs};
use url::Url;

use crate::http::Failure;

/// The most payments that Stripe puts on one page of a list.
const PAGE: i64 = 100;
/// Stripe wants a page to be open for half an hour at least, counted from when the request arrives there.
const OPEN_AT_LEAST: TimeDelta = TimeDelta::minutes(35);
/// And for a day at most.
const OPEN_AT_MOST: TimeDelta = TimeDelta::hours(24);

/// A reference that may stand in the path of a request. Stripe's own all may; nothing else gets there.
pub fn reference(text: &str) -> Result<&str, Failure> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let plain = !text.is_empty() && text.bytes().all(plain);
    if plain { Ok(text) } else { Err(Failure::refused("this is no reference of Stripe's")) }
}

fn currency(currency: Currency) -> stripe_types::Currency {
    // Only small letters are understood. Our minor units are Stripe's, also where there are none
    // (https://docs.stripe.com/currencies#minor-units).
    let Ok(currency) = lowercase(currency).parse();
    currency
}

fn metadata(name: &str, value: impl ToString) -> [(String, String); 1] {
    [(name.to_owned(), value.to_string())]
}

/// <https://docs.stripe.com/api/customers/create>
pub fn customer(customer: &NewCustomer) -> RequestBuilder {
    CreateCustomer::new()
        .name(customer.name.as_str())
        .email(customer.email.as_str())
        .metadata(metadata("magentic_account", customer.account))
        .build()
}

/// <https://docs.stripe.com/api/checkout/sessions/create>
pub fn payment_page(payment: &HostedPayment) -> RequestBuilder {
    use CreateCheckoutSessionPaymentIntentDataSetupFutureUsage::OffSession;
    let intent = CreateCheckoutSessionPaymentIntentData {
        description: Some(payment.description.clone()),
        metadata: Some(metadata("magentic_payment", payment.payment).into()),
        setup_future_usage: payment.keep_card.then_some(OffSession),
        ..CreateCheckoutSessionPaymentIntentData::new()
    };
    CreateCheckoutSession::new()
        .mode(CheckoutSessionMode::Payment)
        .customer(payment.customer.as_str())
        .client_reference_id(payment.payment.to_string())
        .line_items(vec![line_item(payment)])
        .payment_intent_data(intent)
        .metadata(metadata("magentic_payment", payment.payment))
        .success_url(payment.success_url.as_str())
        .cancel_url(payment.cancel_url.as_str())
        .expires_at(open_until(payment).timestamp())
        .build()
}

fn line_item(payment: &HostedPayment) -> CreateCheckoutSessionLineItems {
    let amount = payment.amount;
    let ad_hoc = || CreateCheckoutSessionLineItemsPriceData {
        unit_amount: Some(amount.minor),
        product_data: Some(ProductData::new(payment.description.as_str())),
        ..CreateCheckoutSessionLineItemsPriceData::new(currency(amount.currency))
    };
    CreateCheckoutSessionLineItems {
        price: payment.price.clone(),
        price_data: if payment.price.is_none() { Some(ad_hoc()) } else { None },
        quantity: Some(1),
        ..CreateCheckoutSessionLineItems::new()
    }
}

/// Until when the page is open, within what Stripe takes. Counted from when the payment was made, which its id tells, and
/// not from now: sent again later it would be another request.
fn open_until(payment: &HostedPayment) -> DateTime<Utc> {
    let made = payment.payment.uuid().get_timestamp().map(|made| made.to_unix());
    let made = made.and_then(|(seconds, nanos)| DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos));
    match made {
        Some(made) => payment.expires_at.clamp(made + OPEN_AT_LEAST, made + OPEN_AT_MOST),
        None => payment.expires_at,
    }
}

/// <https://docs.stripe.com/api/checkout/sessions/expire>
pub fn expire_page(page: &str) -> Result<RequestBuilder, Failure> {
    Ok(ExpireCheckoutSession::new(reference(page)?).build())
}

/// <https://docs.stripe.com/api/checkout/sessions/retrieve>
pub fn page(page: &str) -> Result<RequestBuilder, Failure> {
    Ok(RetrieveCheckoutSession::new(reference(page)?).build())
}

/// <https://docs.stripe.com/customer-management/portal-deep-links>
pub fn card_page(customer: &str, return_url: &Url) -> RequestBuilder {
    // Without it the portal's front page would come next, which shows more than there is for us.
    let back = CreateBillingPortalSessionFlowDataAfterCompletion {
        redirect: Some(CreateBillingPortalSessionFlowDataAfterCompletionRedirect::new(return_url.as_str())),
        ..CreateBillingPortalSessionFlowDataAfterCompletion::new(
            CreateBillingPortalSessionFlowDataAfterCompletionType::Redirect,
        )
    };
    let flow = CreateBillingPortalSessionFlowData {
        after_completion: Some(back),
        ..CreateBillingPortalSessionFlowData::new(CreateBillingPortalSessionFlowDataType::PaymentMethodUpdate)
    };
    CreateBillingPortalSession::new().customer(customer).return_url(return_url.as_str()).flow_data(flow).build()
}

/// <https://docs.stripe.com/api/payment_intents/create>
pub fn charge(charge: &NewCharge) -> RequestBuilder {
    let Money { minor, currency: of } = charge.amount;
    CreatePaymentIntent::new(minor, currency(of))
        .customer(charge.customer.as_str())
        .payment_method(charge.card.as_str())
        .confirm(true)
        .off_session(CreatePaymentIntentOffSession::Bool(true))
        .description(charge.description.as_str())
        .metadata(metadata("magentic_payment", charge.payment))
        .expand(parts())
        .build()
}

/// <https://docs.stripe.com/api/payment_intents/create>, to be confirmed by Stripe.js. Cards only: the form is for those.
pub fn begin(payment: &NewPayment) -> RequestBuilder {
    let Money { minor, currency: of } = payment.amount;
    let begun = CreatePaymentIntent::new(minor, currency(of))
        .customer(payment.customer.as_str())
        .description(payment.description.as_str())
        .allowed_payment_method_types(vec![PaymentIntentAllowedPaymentMethodTypes::Card])
        .metadata(metadata("magentic_payment", payment.payment));
    if payment.keep_card {
        begun.setup_future_usage(PaymentIntentSetupFutureUsage::OffSession).build()
    } else {
        begun.build()
    }
}

/// <https://docs.stripe.com/api/payment_intents/cancel>
pub fn cancel(payment: &str) -> Result<RequestBuilder, Failure> {
    Ok(CancelPaymentIntent::new(reference(payment)?).expand(parts()).build())
}

/// <https://docs.stripe.com/api/payment_intents/retrieve>
pub fn payment(payment: &str) -> Result<RequestBuilder, Failure> {
    Ok(RetrievePaymentIntent::new(reference(payment)?).expand(parts()).build())
}

/// What a payment is answered with in full: the card, and how much went back.
fn parts() -> Vec<String> {
    vec!["payment_method".to_owned(), "latest_charge".to_owned()]
}

/// <https://docs.stripe.com/api/payment_intents/list>
pub fn payments(from: DateTime<Utc>, to: DateTime<Utc>, after: Option<&str>) -> Result<RequestBuilder, Failure> {
    // Stripe counts whole seconds: what was made within the first or last one belongs to where it begins.
    let made = RangeBoundsTs { gte: Some(seconds(from)), lt: Some(seconds(to)), ..RangeBoundsTs::default() };
    let list = ListPaymentIntent::new().created(RangeQueryTs::Bounds(made)).limit(PAGE);
    Ok(match after {
        Some(after) => list.starting_after(reference(after)?).build(),
        None => list.build(),
    })
}

/// The first whole second at or after.
fn seconds(at: DateTime<Utc>) -> i64 {
    at.timestamp() + i64::from(at.timestamp_subsec_nanos() > 0)
}

/// <https://docs.stripe.com/api/refunds/create>
pub fn refund(refund: &NewRefund) -> RequestBuilder {
    CreateRefund::new().payment_intent(refund.payment.as_str()).amount(refund.amount.minor).build()
}

/// <https://docs.stripe.com/api/payment_methods/detach>
pub fn forget_card(card: &str) -> Result<RequestBuilder, Failure> {
    Ok(DetachPaymentMethod::new(reference(card)?).build())
}

/// <https://docs.stripe.com/api/payment_methods/retrieve>
pub fn card(card: &str) -> Result<RequestBuilder, Failure> {
    Ok(RetrievePaymentMethod::new(reference(card)?).build())
}

/// <https://docs.stripe.com/api/accounts/create>. What used to be called an Express account: Stripe asks its owner for
/// what has to be known, we pay the fees and bear the losses.
pub fn payout_account(owner: &NewCustomer) -> RequestBuilder {
    let controller = CreateAccountController {
        fees: Some(CreateAccountControllerFees { payer: Some(CreateAccountControllerFeesPayer::Application) }),
        losses: Some(CreateAccountControllerLosses {
            payments: Some(CreateAccountControllerLossesPayments::Application),
        }),
        stripe_dashboard: Some(CreateAccountControllerStripeDashboard {
            type_: Some(CreateAccountControllerStripeDashboardType::Express),
        }),
        ..CreateAccountController::new()
    };
    let capabilities = CreateAccountCapabilities {
        transfers: Some(CreateAccountCapabilitiesTransfers { requested: Some(true) }),
        ..CreateAccountCapabilities::new()
    };
    CreateAccount::new()
        .email(owner.email.as_str())
        .controller(controller)
        .capabilities(capabilities)
        .settings(CreateAccountSettings { payouts: Some(payouts_by_us()), ..CreateAccountSettings::new() })
        .metadata(metadata("magentic_account", owner.account))
        .build()
}

/// Stripe would empty the account each day of its own accord, and our payouts would find nothing there.
fn payouts_by_us() -> CreateAccountSettingsPayouts {
    let schedule = CreateAccountSettingsPayoutsSchedule {
        interval: Some(CreateAccountSettingsPayoutsScheduleInterval::Manual),
        ..CreateAccountSettingsPayoutsSchedule::new()
    };
    CreateAccountSettingsPayouts { schedule: Some(schedule), ..CreateAccountSettingsPayouts::new() }
}

/// <https://docs.stripe.com/api/account_links/create>
pub fn payout_account_page(account: &str, return_url: &Url) -> RequestBuilder {
    CreateAccountLink::new(account, CreateAccountLinkType::AccountOnboarding)
        // Whoever comes back with a link that no longer works gets another on the same page.
        .refresh_url(return_url.as_str())
        .return_url(return_url.as_str())
        .build()
}

/// <https://docs.stripe.com/api/accounts/retrieve>
pub fn account(account: &str) -> Result<RequestBuilder, Failure> {
    Ok(RetrieveAccount::new(reference(account)?).build())
}

/// <https://docs.stripe.com/api/transfers/create>
pub fn transfer(payout: &NewPayout) -> RequestBuilder {
    let Money { minor, currency: of } = payout.amount;
    CreateTransfer::new(currency(of), payout.account.as_str())
        .amount(minor)
        .transfer_group(payout.payout.to_string())
        .metadata(metadata("magentic_payout", payout.payout))
        .build()
}

/// <https://docs.stripe.com/api/transfers/retrieve>
pub fn transferred(transfer: &str) -> Result<RequestBuilder, Failure> {
    Ok(RetrieveTransfer::new(reference(transfer)?).build())
}

/// <https://docs.stripe.com/api/transfers/list>, of one payout: there is one, or a few of tries that were refused.
pub fn transfers_of(payout: PayoutId) -> RequestBuilder {
    ListTransfer::new().transfer_group(payout.to_string()).limit(100).build()
}

/// <https://docs.stripe.com/api/transfer_reversals/create>, of all of it.
pub fn take_back(transfer: &str) -> Result<RequestBuilder, Failure> {
    Ok(CreateIdTransferReversal::new(reference(transfer)?).build())
}

/// <https://docs.stripe.com/api/payouts/create>, in the account that the money was transferred to.
pub fn payout(payout: &NewPayout) -> RequestBuilder {
    let Money { minor, currency: of } = payout.amount;
    CreatePayout::new(minor, currency(of)).metadata(metadata("magentic_payout", payout.payout)).build()
}

/// <https://docs.stripe.com/api/products/create>
pub fn product(product: &PublishedProduct) -> RequestBuilder {
    CreateProduct::new(product.name.as_str()).metadata(metadata("magentic_product", &product.code)).build()
}

/// <https://docs.stripe.com/api/prices/create>
pub fn price(price: &PublishedPrice) -> RequestBuilder {
    let Money { minor, currency: of } = price.amount;
    let new = CreatePrice::new(currency(of)).product(price.product.as_str()).unit_amount(minor);
    match price.every_months {
        Some(months) => new.recurring(recurring(months)).build(),
        None => new.build(),
    }
}

fn recurring(months: u8) -> CreatePriceRecurring {
    let whole_years = months > 0 && months.is_multiple_of(12);
    let (interval, count) = if whole_years {
        (CreatePriceRecurringInterval::Year, months / 12)
    } else {
        (CreatePriceRecurringInterval::Month, months)
    };
    CreatePriceRecurring { interval_count: Some(count.into()), ..CreatePriceRecurring::new(interval) }
}

#[cfg(test)]
mod tests {
    use kernel::{Id, Randomness};

    use super::*;

    struct Nothing;
    impl Randomness for Nothing {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    #[test]
    fn a_page_is_open_as_long_as_stripe_takes() {
        let made = DateTime::from_timestamp(1_800_000_000, 0).expect("an instant");
        let url: Url = "https://example.org/".parse().expect("a URL");
        let until = |payment, expires_at| {
            open_until(&HostedPayment {
                payment,
                customer: "cus_1".to_owned(),
                amount: Money::new(1, Currency::Eur),
                description: String::new(),
                price: None,
                keep_card: false,
                success_url: url.clone(),
                cancel_url: url.clone(),
                expires_at,
            }) - made
        };
        let (minutes, payment) = (TimeDelta::minutes, Id::generate(made, &Nothing));
        assert_eq!(until(payment, made + minutes(60)), minutes(60));
        assert_eq!(until(payment, made + minutes(10)), minutes(35));
        assert_eq!(until(payment, made + minutes(60 * 48)), minutes(60 * 24));
        // An id that does not tell its time.
        assert_eq!(until(Id::from_uuid(Default::default()), made + minutes(10)), minutes(10));
    }

    #[test]
    fn only_references_get_into_paths() {
        for wrong in ["", "pi_1/capture", "pi_1?x=1", "..", "pi 1", "pi_é", "pi_1%2f", "pi_1#"] {
            assert!(payment(wrong).is_err(), "{wrong}");
        }
        assert_eq!(payment("pi_1Ab").expect("a request").path, "/payment_intents/pi_1Ab");
    }

    #[test]
    fn whole_seconds_leave_nothing_out_and_take_nothing_twice() {
        let second = DateTime::from_timestamp(7, 0).expect("an instant");
        assert_eq!((seconds(second), seconds(second + TimeDelta::nanoseconds(1))), (7, 8));
    }

    #[test]
    fn a_year_is_a_year() {
        for (months, body) in [
            (1, "recurring[interval]=month&recurring[interval_count]=1"),
            (6, "recurring[interval]=month&recurring[interval_count]=6"),
            (12, "recurring[interval]=year&recurring[interval_count]=1"),
            (24, "recurring[interval]=year&recurring[interval_count]=2"),
        ] {
            let amount = Money::new(900, Currency::Jpy);
            let request = price(&PublishedPrice { product: "prod_1".to_owned(), amount, every_months: Some(months) });
            let sent = request.body.expect("a body").replace("%5B", "[").replace("%5D", "]");
            assert!(sent.contains(body) && sent.contains("currency=jpy") && sent.contains("unit_amount=900"), "{sent}");
        }
    }
}
