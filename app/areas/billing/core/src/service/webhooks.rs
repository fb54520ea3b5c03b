//! What payment providers tell: stored as it came, and then handled, once, news of one thing after the other.

use kernel::{Actor, Cursor, Id, Page, PageSize, PaymentStatus, WebhookId};
use money_core::{MarkPayout, PayoutNews};
use platform::{
    Cx, Database, Tx, World,
    job::{self, When},
    payments::{PaymentProvider, ProviderName, signature},
};
use sqlx::PgPool;
use uuid::Uuid;

use super::{
    admins_only,
    invoicing::Server,
    refunds,
    settle::{self, Heard},
};
use crate::{
    Error, WebhookState, WebhookView,
    job::{HandleWebhook, TakeBackPayout},
    news::{Envelope, News},
    store::{
        customers, payout_accounts,
        webhooks::{self as rows, New},
    },
};

/// How often an event is tried before somebody has to look at it: with the queue's back-off, for more than an hour.
pub const MOST_TRIES: i16 = 9;

/// Takes an event that a provider tells: checks its signature, stores it, and has it handled. One that has come before
/// is taken and nothing is made of it.
///
/// # Errors
/// When the signature is wrong or old, it is no event, or there is one with its id and another body.
pub async fn receive(
    database: &Database,
    world: &World,
    provider: &dyn PaymentProvider,
    header: &str,
    body: &[u8],
) -> Result<(), Error> {
    let cx = world.cx(None::<Actor>);
    signature::verify(&provider.webhook_secrets(), header, body, cx.now())?;
    let envelope = Envelope::read(body)?;
    if envelope.livemode == provider.is_test() {
        return Err(Error::OtherMode);
    }
    let new = New {
        id: cx.id(),
        provider: provider.name().as_str(),
        reference: &envelope.id,
        kind: &envelope.kind,
        object: &envelope.object(),
        body,
        occurred_at: envelope.occurred_at()?,
        now: cx.now(),
    };
    let mut tx = database.begin().await?;
    if rows::insert(&mut tx, &new).await? {
        enqueue(&mut tx, new.id).await?;
    } else if !rows::has_body(&mut tx, new.provider, new.reference, body).await? {
        return Err(Error::OtherBody);
    }
    Ok(tx.commit().await?)
}

async fn enqueue(tx: &mut Tx, event: WebhookId) -> Result<(), Error> {
    let when =
        When { key: Some(format!("webhook:{event}")), max_attempts: Some(i32::from(MOST_TRIES)), ..When::default() };
    Ok(job::enqueue(tx, &HandleWebhook { event }, when).await?)
}

/// Handles a stored event. One that was handled is left alone.
///
/// # Errors
/// When it fails: it has been written down, and is to be tried again.
pub async fn handle(database: &Database, world: &World, provider: ProviderName, id: WebhookId) -> Result<(), Error> {
    let done = try_to_handle(database, &world.cx(None), provider, id).await;
    if let Err(error) = &done {
        rows::fail(database.pool(), id, &error.to_string(), MOST_TRIES).await?;
    }
    done
}

async fn try_to_handle(database: &Database, cx: &Server, provider: ProviderName, id: WebhookId) -> Result<(), Error> {
    let stored = rows::one(database.pool(), id).await?.ok_or(Error::NoSuchWebhook)?;
    if stored.state != WebhookState::Waiting || stored.provider != provider.as_str() {
        return Ok(());
    }
    let mut tx = database.begin().await?;
    if !rows::take(&mut tx, id, &stored).await? {
        return Ok(());
    }
    let envelope = Envelope::read(&stored.body)?;
    let news = envelope.news()?;
    // What is about somebody else's business with the same provider is kept, and nothing is made of it.
    let foreign = match &news {
        News::Payment { of, .. } => of.payment.is_none(),
        News::CardLeft { .. } => true,
        _ => false,
    };
    let mut state = if news == News::Other { WebhookState::Kept } else { WebhookState::Done };
    match apply(&mut tx, cx, provider, &envelope, news).await {
        Err(Error::Unknown(_)) if foreign => state = WebhookState::Kept,
        other => other?,
    }
    rows::finish(&mut tx, id, state, cx.now()).await?;
    Ok(tx.commit().await?)
}

/// Does what news are about.
async fn apply(
    tx: &mut Tx,
    cx: &Server,
    provider: ProviderName,
    envelope: &Envelope<'_>,
    news: News,
) -> Result<(), Error> {
    let at = envelope.occurred_at()?;
    let name = provider.as_str();
    match news {
        News::Payment { of, status, received, card, failure } => {
            let heard = Heard::Status { status, received: Some(received), card, failure };
            settle::hear(tx, cx, provider, &of, at, heard).await
        }
        News::PageCompleted { of, paid } => {
            let status = if paid { PaymentStatus::Succeeded } else { PaymentStatus::Processing };
            settle::hear(tx, cx, provider, &of, at, Heard::PageDone(status)).await
        }
        News::PageExpired { of } => {
            let heard = Heard::Status { status: PaymentStatus::Canceled, received: Some(0), card: None, failure: None };
            settle::hear(tx, cx, provider, &of, at, heard).await
        }
        News::Refunded { of, refunded } => settle::hear(tx, cx, provider, &of, at, Heard::Refunded(refunded)).await,
        News::Dispute { of, amount, state } => {
            settle::hear(tx, cx, provider, &of, at, Heard::Dispute(state, amount)).await
        }
        News::RefundFailed { refund, reason } => refunds::failed(tx, cx, provider, &refund, &reason).await,
        News::CardLeft { customer, card } => {
            // A card that was only brought up to date is not one that was left just now.
            let known_only = envelope.kind != "payment_method.attached";
            let known = customers::set_card(tx, (name, &customer), &card, at, known_only).await?;
            if known { Ok(()) } else { Err(Error::Unknown(customer)) }
        }
        News::CardGone { card } => customers::forget_card(tx, name, &card, at).await,
        News::PayoutAccount { account, complete, enabled } => {
            let known = payout_accounts::hear(tx, name, &account, (complete, enabled), at).await?;
            if known { Ok(()) } else { Err(Error::Unknown(account)) }
        }
        News::Payout { payout, failure } => {
            if failure.is_some() {
                let when = When { key: Some(format!("take_back:{payout}")), ..When::default() };
                job::enqueue(tx, &TakeBackPayout { payout }, when).await?;
            }
            let news = failure.map_or(PayoutNews::Paid, |reason| PayoutNews::Failed { reason });
            money_core::service::mark_payout(tx, cx, &MarkPayout { payout, news }).await?;
            Ok(())
        }
        News::Other => Ok(()),
    }
}

/// What providers told, youngest first, in one state or in all, for administrators.
///
/// # Errors
/// When the actor is no administrator.
pub async fn webhooks(
    pool: &PgPool,
    actor: Actor,
    state: Option<WebhookState>,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<WebhookView>, Error> {
    admins_only(pool, actor).await?;
    let before = after.map_or(Ok(Id::from_uuid(Uuid::max())), Cursor::id)?;
    let found = rows::page(pool, state, before, size.overfull()).await?;
    Ok(Page::from_overfull(found, size, |it| it.id))
}

/// Has an event that was given up, or waits, handled again.
///
/// # Errors
/// When the actor is no administrator, or there is no such event.
pub async fn replay(database: &Database, tx: &mut Tx, cx: &Cx<Actor>, id: WebhookId) -> Result<(), Error> {
    admins_only(database.pool(), cx.actor).await?;
    if !rows::revive(tx, id).await? {
        return Err(Error::NoSuchWebhook);
    }
    enqueue(tx, id).await
}
