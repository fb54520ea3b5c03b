//! Many at once. Whatever the order turns out to be, what must hold holds afterwards.

use std::sync::Arc;

use kernel::TransferId;
use money_core::{Draft, Error, LedgerKind, Memo, PayoutNews, TransferKind, service};
use testkit::TestApp;
use testkit::at_once;

use crate::{Ledger, euros, holding, key, paying, split, to};

/// How many succeeded; the others failed because of the amount, as `expected` says.
fn succeeded<T>(results: Vec<Result<T, Error>>, expected: impl Fn(&Error) -> bool) -> usize {
    let all = results.len();
    let failures: Vec<Error> = results.into_iter().filter_map(Result::err).collect();
    assert!(failures.iter().all(expected), "{failures:?}");
    all - failures.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_spenders_ten_are_served() {
    let app = Arc::new(TestApp::new().await);
    let (ana, ben) = (app.rich("ana", 1050).await, app.person("ben").await);
    let payments = (0..50).map(|n| {
        let (app, ana, lines) = (app.clone(), ana.clone(), to(&ben, euros(100)));
        async move { app.pay(&ana, &paying(&ana, lines, &n.to_string())).await }
    });
    let served = succeeded(at_once(payments).await, |error| matches!(error, Error::NotEnough { .. }));
    assert_eq!(served, 10);
    assert_eq!(app.sums(&ana).await.0, 50);
    assert_eq!(app.sums(&ben).await.2, 900);
    app.adds_up().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_key_twenty_times_at_once_is_one_transfer() {
    let app = Arc::new(TestApp::new().await);
    let (ana, ben, cleo) = (app.person("ana").await, app.person("ben").await, app.person("cleo").await);
    // The very first time, when not even the accounts are there.
    let top_ups = (0..20).map(|_| {
        let (app, ana) = (app.clone(), ana.clone());
        async move { app.top_up(&ana, euros(1000), "pi_1").await.expect("in").id }
    });
    let mut ids = at_once(top_ups).await;
    ids.dedup();
    assert_eq!(ids.len(), 1);
    let payments = (0..20).map(|_| {
        let (app, ana, lines) = (app.clone(), ana.clone(), to(&ben, euros(900)));
        async move { app.pay(&ana, &paying(&ana, lines, "a")).await.expect("paid") }
    });
    let payments = at_once(payments).await;
    assert_eq!(payments.iter().filter(|payment| !payment.repeated).count(), 1);
    let payment = payments[0].id;
    assert!(payments.iter().all(|other| other.id == payment));
    let refunds = (0..20).map(|_| {
        let app = app.clone();
        async move { app.refund(payment, euros(500), "r").await.expect("given back").id }
    });
    let mut ids = at_once(refunds).await;
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert_eq!(app.sums(&ana).await.0, 600);

    // The same key for something else, at the same moment: one of them is it, the others are told.
    let mixed = (0..20).map(|n| {
        let (app, ana, payee) = (app.clone(), ana.clone(), if n % 2 == 0 { ben.clone() } else { cleo.clone() });
        async move { app.pay(&ana, &paying(&ana, to(&payee, euros(10)), "b")).await.map(|transfer| transfer.id) }
    });
    assert_eq!(succeeded(at_once(mixed).await, |error| matches!(error, Error::KeyReused)), 10);
    assert_eq!(app.count("select count(*) from transfers").await, 4);
    assert_eq!((app.events("money.topped_up").await, app.events("money.paid").await), (1, 2));
    app.adds_up().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_key_for_unlike_things_without_a_common_account_is_one_of_them() {
    let app = Arc::new(TestApp::new().await);
    let fees = app.account(None, LedgerKind::Fees).await;
    let losses = app.account(None, LedgerKind::Losses).await;
    let mut wallets = Vec::new();
    for handle in ["ana", "ben", "cleo", "dora"] {
        let whom = app.rich(handle, 1000).await;
        wallets.push(app.account(Some(whom.actor.account), LedgerKind::Wallet).await);
    }
    // Each pair of accounts is its own: nothing but the key is common to them.
    let pairs = [(wallets[0], wallets[1]), (wallets[2], wallets[3]), (fees, losses)];
    let drafts = (0..30).map(|n| {
        let (app, (from, into)) = (app.clone(), pairs[n % 3]);
        let draft = Draft {
            kind: TransferKind::Adjustment,
            key: key("k"),
            memo: Memo::default(),
            subject: None,
            postings: vec![(from, -5), (into, 5)],
        };
        async move { app.post(&draft).await }
    });
    assert_eq!(succeeded(at_once(drafts).await, |error| matches!(error, Error::KeyReused)), 10);
    assert_eq!(app.count("select count(*) from transfers where kind = 'adjustment'").await, 1);
    app.adds_up().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn captures_and_releases_at_once_never_exceed_the_hold() {
    let app = Arc::new(TestApp::new().await);
    let (ana, ben) = (app.rich("ana", 10_000).await, app.person("ben").await);
    for round in 0..4 {
        let hold = app.hold(&ana, &holding(&ana, euros(1000), &format!("h{round}"))).await.expect("held").id;
        let captures = (0..20).map(|n| {
            let (app, lines) = (app.clone(), to(&ben, euros(150)));
            async move {
                match n {
                    // In half of the rounds somebody lets go meanwhile.
                    10 if round % 2 == 0 => app.release(hold).await.map(|_| ()),
                    _ => app.capture(hold, lines, &n.to_string()).await.map(|_| ()),
                }
            }
        });
        let results = at_once(captures).await;
        let captured = succeeded(results, |error| matches!(error, Error::OverHold { .. } | Error::HoldClosed));
        assert!(captured <= 7, "{captured}");
        app.adds_up().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn refunds_at_once_never_exceed_the_payment() {
    let app = Arc::new(TestApp::new().await);
    let (ana, ben, cleo) = (app.rich("ana", 1000).await, app.person("ben").await, app.person("cleo").await);
    let payment: TransferId =
        app.pay(&ana, &paying(&ana, split(&[(&ben, 700), (&cleo, 300)], 1000), "a")).await.expect("paid").id;
    app.clock.advance(crate::PENDING);
    // While the earnings become free, and some of them go out.
    let acts = (0..40).map(|n| {
        let (app, ben) = (app.clone(), ben.clone());
        async move {
            match n {
                5 | 15 => service::free_earnings(&app.database, &app.world).await.map(|_| false),
                25 | 30 => Ok(app.payout(&ben, euros(100), &n.to_string()).await.is_ok_and(|_| false)),
                _ => app.refund(payment, euros(130), &n.to_string()).await.map(|_| true),
            }
        }
    });
    let results = at_once(acts).await;
    let refunds = results.iter().filter(|result| matches!(result, Ok(true))).count();
    succeeded(results, |error| matches!(error, Error::OverRefund { .. }));
    assert_eq!(refunds, 7);
    assert_eq!(app.sums(&ana).await.0, 910);
    app.adds_up().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn payouts_at_once_never_exceed_the_earnings() {
    let app = Arc::new(TestApp::new().await);
    let (ana, ben) = (app.rich("ana", 1000).await, app.person("ben").await);
    app.pay(&ana, &paying(&ana, split(&[(&ben, 1000)], 0), "a")).await.expect("paid");
    app.free().await;
    let requests = (0..30).map(|n| {
        let (app, ben) = (app.clone(), ben.clone());
        async move { app.payout(&ben, euros(150), &n.to_string()).await }
    });
    let mut results = at_once(requests).await;
    let one = results.iter().position(Result::is_ok).expect("some succeed");
    let payout = results.swap_remove(one).expect("it is");
    assert_eq!(1 + succeeded(results, |error| matches!(error, Error::NotEnough { .. })), 6);
    assert_eq!((app.sums(&ben).await.3, app.platform(LedgerKind::Payouts).await), (100, 900));

    // News about one of them, all at once.
    let news = (0..12).map(|n| {
        let app = app.clone();
        let news = match n % 3 {
            0 => PayoutNews::Sent,
            1 => PayoutNews::Paid,
            _ => PayoutNews::Failed { reason: "No".to_owned() },
        };
        async move { app.mark(&payout, news).await }
    });
    assert_eq!(succeeded(at_once(news).await, |_| false), 12);
    assert_eq!((app.sums(&ben).await.3, app.platform(LedgerKind::Payouts).await), (250, 750));
    app.adds_up().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn paying_crosswise_never_locks_up() {
    let app = Arc::new(TestApp::new().await);
    let mut people = Vec::new();
    for handle in ["ana", "ben", "cleo", "dora"] {
        people.push(app.rich(handle, 10_000).await);
    }
    let acts = (0..80).map(|n| {
        let (app, from) = (app.clone(), people[n % 4].clone());
        let others = [people[(n + 1) % 4].clone(), people[(n + 2 + n / 20) % 4].clone()];
        async move {
            let lines: Vec<_> = others.iter().filter(|other| other.actor.account != from.actor.account).collect();
            let lines = split(&lines.into_iter().map(|other| (other, 30)).collect::<Vec<_>>(), 500);
            let payment = app.pay(&from, &paying(&from, lines, &n.to_string())).await?;
            if n % 3 == 0 {
                app.refund(payment.id, euros(17), "r").await?;
            }
            Ok(())
        }
    });
    assert_eq!(succeeded(at_once(acts).await, |_| false), 80);
    app.adds_up().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn money_taken_back_while_it_is_spent_is_taken_once() {
    let app = Arc::new(TestApp::new().await);
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    let top_up = app.top_up(&ana, euros(1000), "pi_1").await.expect("in").id;
    let acts = (0..30).map(|n| {
        let (app, ana, lines) = (app.clone(), ana.clone(), to(&ben, euros(100)));
        async move {
            if n % 2 == 0 {
                app.pay(&ana, &paying(&ana, lines, &n.to_string())).await.map(|_| ())
            } else {
                app.reverse(top_up, euros(300), &n.to_string()).await.map(|_| ())
            }
        }
    });
    succeeded(at_once(acts).await, |error| matches!(error, Error::NotEnough { .. } | Error::OverReversal { .. }));
    assert_eq!(app.count("select count(*) from transfers where kind = 'top_up_reversal'").await, 3);
    assert_eq!(app.platform(LedgerKind::Provider).await, -100);
    app.adds_up().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_sweepers_free_each_line_once() {
    let app = Arc::new(TestApp::new().await);
    let (ana, ben) = (app.rich("ana", 10_000).await, app.person("ben").await);
    for n in 0..20 {
        app.pay(&ana, &paying(&ana, to(&ben, euros(100)), &n.to_string())).await.expect("paid");
        app.hold(&ana, &holding(&ana, euros(100), &n.to_string())).await.expect("held");
    }
    app.clock.advance(crate::PENDING);
    let sweeps = (0..4).map(|_| {
        let app = app.clone();
        async move {
            let freed = service::free_earnings(&app.database, &app.world).await.expect("swept");
            (freed, service::expire_holds(&app.database, &app.world).await.expect("swept"))
        }
    });
    let swept = at_once(sweeps).await;
    let (freed, expired) = swept.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    assert_eq!((freed, expired), (20, 20));
    assert_eq!((app.sums(&ana).await, app.sums(&ben).await), ((8000, 0, 0, 0), (0, 0, 0, 1800)));
    app.adds_up().await;
}
