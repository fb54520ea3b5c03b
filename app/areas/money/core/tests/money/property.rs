//! Ten thousand operations of every kind, in a random order and several at a time, over few accounts and two
//! currencies.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicI64, AtomicUsize, Ordering},
};

use chrono::TimeDelta;
use kernel::{Actor, Currency, HoldId, TransferId};
use money_core::{
    Amount, Error, Line, Lines, PayoutNews,
    service::{self, RequestedPayout},
};
use platform::Cx;
use proptest::{collection::vec, prelude::*, strategy::ValueTree, test_runner::TestRunner};
use testkit::TestApp;

use crate::{Ledger, amount, holding, paying, rate};

/// How many operations there are, and how many at a time.
const OPERATIONS: usize = 10_000;
const AT_A_TIME: usize = 4;
const PEOPLE: usize = 4;

/// What can happen. Whom and what it is about is chosen by numbers, from what there is by then.
#[derive(Debug, Clone)]
enum Operation {
    TopUp {
        who: usize,
        amount: Amount,
    },
    Reverse {
        which: usize,
        amount: Amount,
    },
    Pay {
        who: usize,
        to: Vec<(usize, i64, u16)>,
        currency: Currency,
    },
    Hold {
        who: usize,
        amount: Amount,
    },
    Capture {
        which: usize,
        to: usize,
        amount: Amount,
        fee: u16,
    },
    Release {
        which: usize,
    },
    Refund {
        which: usize,
        amount: Amount,
    },
    Payout {
        who: usize,
        amount: Amount,
    },
    Mark {
        which: usize,
        news: u8,
    },
    Sweep,
    /// The last operation of the same worker, once more with the same key.
    Again,
}

fn currencies() -> impl Strategy<Value = Currency> {
    prop_oneof![3 => Just(Currency::Eur), 1 => Just(Currency::Jpy)]
}

fn amounts(most: i64) -> impl Strategy<Value = Amount> {
    (1..=most, currencies()).prop_map(|(minor, currency)| amount(minor, currency))
}

fn operations() -> impl Strategy<Value = Operation> {
    let (who, which, fee) = (0..PEOPLE, any::<prop::sample::Index>(), 0_u16..=10_000);
    let which = which.prop_map(|index| index.index(usize::MAX / 2));
    let lines = vec((0..PEOPLE, 1_i64..800, fee.clone()), 1..4);
    prop_oneof![
        3 => (who.clone(), amounts(3000)).prop_map(|(who, amount)| Operation::TopUp { who, amount }),
        1 => (which.clone(), amounts(2000)).prop_map(|(which, amount)| Operation::Reverse { which, amount }),
        5 => (who.clone(), lines, currencies()).prop_map(|(who, to, currency)| Operation::Pay { who, to, currency }),
        4 => (who.clone(), amounts(1500)).prop_map(|(who, amount)| Operation::Hold { who, amount }),
        4 => (which.clone(), who.clone(), amounts(900), fee)
            .prop_map(|(which, to, amount, fee)| Operation::Capture { which, to, amount, fee }),
        1 => which.clone().prop_map(|which| Operation::Release { which }),
        4 => (which.clone(), amounts(700)).prop_map(|(which, amount)| Operation::Refund { which, amount }),
        2 => (who, amounts(1500)).prop_map(|(who, amount)| Operation::Payout { who, amount }),
        2 => (which, 0_u8..4).prop_map(|(which, news)| Operation::Mark { which, news }),
        1 => Just(Operation::Sweep),
        2 => Just(Operation::Again),
    ]
}

/// What has come about so far, for later operations to be about.
#[derive(Default)]
struct Made {
    top_ups: Mutex<Vec<TransferId>>,
    holds: Mutex<Vec<HoldId>>,
    payments: Mutex<Vec<TransferId>>,
    payouts: Mutex<Vec<RequestedPayout>>,
    /// What came in from outside in euros, less what went out again.
    inside: AtomicI64,
    succeeded: AtomicUsize,
}

fn keep<T>(list: &Mutex<Vec<T>>, it: T) {
    list.lock().unwrap_or_else(PoisonError::into_inner).push(it);
}

/// One of the last few, so that most are still open.
fn pick<T: Copy>(list: &Mutex<Vec<T>>, which: usize) -> Option<T> {
    let list = list.lock().unwrap_or_else(PoisonError::into_inner);
    let recent = &list[list.len().saturating_sub(30)..];
    (!recent.is_empty()).then(|| recent[which % recent.len()])
}

fn euros_of(amount: Amount) -> i64 {
    if amount.currency() == Currency::Eur { amount.minor() } else { 0 }
}

async fn perform(
    app: &TestApp,
    people: &[Cx<Actor>],
    made: &Made,
    operation: &Operation,
    key: &str,
) -> Result<(), Error> {
    match operation {
        Operation::TopUp { who, amount } => {
            let transfer = app.top_up(&people[*who], *amount, key).await?;
            if !transfer.repeated {
                keep(&made.top_ups, transfer.id);
                made.inside.fetch_add(euros_of(*amount), Ordering::Relaxed);
            }
        }
        Operation::Reverse { which, amount } => {
            let Some(top_up) = pick(&made.top_ups, *which) else { return Ok(()) };
            if !app.reverse(top_up, *amount, key).await?.repeated {
                made.inside.fetch_sub(euros_of(*amount), Ordering::Relaxed);
            }
        }
        Operation::Pay { who, to, currency } => {
            let lines = to.iter().map(|(to, minor, fee)| Line {
                to: people[*to].actor.account,
                amount: amount(*minor, *currency),
                fee: rate(*fee).into(),
            });
            let pay = paying(&people[*who], Lines::new(lines.collect())?, key);
            let transfer = app.pay(&people[*who], &pay).await?;
            keep(&made.payments, transfer.id);
        }
        Operation::Hold { who, amount } => {
            let hold = app.hold(&people[*who], &holding(&people[*who], *amount, key)).await?;
            keep(&made.holds, hold.id);
        }
        Operation::Capture { which, to, amount, fee } => {
            let Some(hold) = pick(&made.holds, *which) else { return Ok(()) };
            let lines = Lines::one(people[*to].actor.account, *amount, rate(*fee));
            let transfer = app.capture(hold, lines, key).await?;
            keep(&made.payments, transfer.id);
        }
        Operation::Release { which } => {
            let Some(hold) = pick(&made.holds, *which) else { return Ok(()) };
            app.release(hold).await?;
        }
        Operation::Refund { which, amount } => {
            let Some(payment) = pick(&made.payments, *which) else { return Ok(()) };
            app.refund(payment, *amount, key).await?;
        }
        Operation::Payout { who, amount } => {
            let payout = app.payout(&people[*who], *amount, key).await?;
            keep(&made.payouts, payout);
        }
        Operation::Mark { which, news } => {
            let Some(payout) = pick(&made.payouts, *which) else { return Ok(()) };
            let news = match news {
                0 => PayoutNews::Sent,
                1 | 2 => PayoutNews::Paid,
                _ => PayoutNews::Failed { reason: "No".to_owned() },
            };
            app.mark(&payout, news).await?;
        }
        Operation::Sweep => {
            app.clock.advance(TimeDelta::hours(12));
            service::free_earnings(&app.database, &app.world).await?;
            service::expire_holds(&app.database, &app.world).await?;
        }
        Operation::Again => {}
    }
    Ok(())
}

/// The ways in which an operation may fail here.
fn is_expected(error: &Error) -> bool {
    matches!(
        error,
        Error::NotEnough { .. }
            | Error::KeyReused
            | Error::Yourself
            | Error::HoldClosed
            | Error::OverHold { .. }
            | Error::OverRefund { .. }
            | Error::OverReversal { .. }
            | Error::Money(_)
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_happens_everything_adds_up() {
    let mut runner = TestRunner::deterministic();
    let operations = vec(operations(), OPERATIONS).new_tree(&mut runner).expect("operations").current();
    let app = Arc::new(TestApp::new().await);
    let mut people = Vec::new();
    for handle in ["ana", "ben", "cleo", "dora"] {
        people.push(app.person(handle).await);
    }
    let (people, made) = (Arc::new(people), Arc::new(Made::default()));
    let mut workers = tokio::task::JoinSet::new();
    for (worker, part) in operations.chunks(OPERATIONS / AT_A_TIME).enumerate() {
        let (app, people, made, part) = (app.clone(), people.clone(), made.clone(), part.to_vec());
        workers.spawn(async move {
            let mut last = (Operation::Sweep, String::new());
            for (n, operation) in part.into_iter().enumerate() {
                if !matches!(operation, Operation::Again) {
                    last = (operation, format!("{worker}_{n}"));
                }
                match perform(&app, &people, &made, &last.0, &last.1).await {
                    Ok(()) => _ = made.succeeded.fetch_add(1, Ordering::Relaxed),
                    Err(error) => assert!(is_expected(&error), "{last:?}: {error:?}"),
                }
                if worker == 0 && n % 500 == 499 {
                    app.adds_up().await;
                }
            }
        });
    }
    workers.join_all().await;
    app.adds_up().await;

    // What is inside is what came in and has not gone out again.
    let paid_out = app
        .count("select coalesce(sum(amount), 0)::bigint from payouts where state = 'paid' and currency = 'EUR'")
        .await;
    let inside = made.inside.load(Ordering::Relaxed) - paid_out;
    assert_eq!(app.platform(money_core::LedgerKind::Provider).await, -inside);
    let succeeded = made.succeeded.load(Ordering::Relaxed);
    assert!(succeeded > OPERATIONS / 3, "only {succeeded} operations succeeded: this tests too little");
    let kinds = app.count("select count(distinct kind) from transfers").await;
    assert_eq!(kinds, 11, "every kind of transfer but adjustments");
}
