//! What members of the demo world paid each other. It goes into the ledger, from which nothing is ever removed: so it is written in
//! the very transaction that ends the load.

use chrono::TimeDelta;
use kernel::{BasisPoints, Currency, Money};
use money_core::{Amount, Lines, Memo, Pay, PlaceHold, TopUp, job::SweepMoney, service};
use platform::{
    Tx,
    job::{self, When},
};

use super::{Failed, Loader};

/// What the platform keeps of the demo world's sales.
const FEE: u16 = 1_000;
/// How long until earnings are free.
const FREE_AFTER: TimeDelta = TimeDelta::days(7);

/// Days ago, whose wallet, euros in cents.
const TOP_UPS: [(i64, &str, i64); 5] =
    [(46, "ana", 30_000), (44, "camille", 12_000), (30, "ben", 8_000), (16, "ana", 15_000), (9, "leila", 6_000)];

/// Days ago, who pays, who is paid, euros in cents, and what for.
const PAYMENTS: [(i64, &str, &str, i64, &str); 9] = [
    (41, "ana", "ben", 6_000, "Ten minutes on a sync licence"),
    (38, "camille", "ben", 4_500, "A look at a publishing contract"),
    (33, "ana", "kofi_beats", 3_500, "Mix notes for three songs"),
    (27, "ben", "ana", 2_000, "Marginal notes: how a small label splits its income"),
    (21, "ana", "mira_sol", 4_900, "Cover sketches, first round"),
    (13, "camille", "ana", 1_200, "Maré Alta, limited vinyl"),
    (11, "ana", "ben", 9_000, "Two calls on the distribution contract"),
    (5, "leila", "ana", 1_200, "Maré Alta, limited vinyl"),
    (2, "camille", "ben", 4_000, "Ten minutes on neighbouring rights"),
];

impl Loader<'_> {
    /// Top-ups, payments in the order they happened, and something set aside for a call to come.
    pub(super) async fn move_money(&self, tx: &mut Tx) -> Result<(), Failed> {
        let euros = |minor| Amount::new(Money::new(minor, Currency::Eur));
        // In the order of time: wallets are filled before they are emptied.
        let mut days: Vec<i64> = TOP_UPS.iter().map(|it| it.0).chain(PAYMENTS.iter().map(|it| it.0)).collect();
        days.sort_unstable_by(|one, other| other.cmp(one));
        days.dedup();
        for day in days {
            self.at(self.now - TimeDelta::days(day));
            let cx = self.world.cx(None::<kernel::Actor>);
            for (_, handle, minor) in TOP_UPS.iter().filter(|it| it.0 == day) {
                let top_up = TopUp {
                    account: self.account(handle)?.0,
                    amount: euros(*minor)?,
                    key: format!("demo-{day}-{handle}").parse()?,
                    memo: Memo::from("By card, in the demo world"),
                    subject: None,
                };
                service::top_up(tx, &cx, &top_up).await?;
            }
            for (_, payer, payee, minor, memo) in PAYMENTS.iter().filter(|it| it.0 == day) {
                let pay = Pay {
                    payer: self.account(payer)?.0,
                    lines: Lines::one(self.account(payee)?.0, euros(*minor)?, BasisPoints::try_from(FEE)?),
                    frees_after: FREE_AFTER,
                    key: format!("demo-{day}-{payer}-{payee}").parse()?,
                    memo: Memo::from(*memo),
                    subject: None,
                };
                service::pay(tx, &cx, &pay).await?;
            }
        }
        self.at(self.now);
        let cx = self.world.cx(None::<kernel::Actor>);
        let hold = PlaceHold {
            payer: self.account("ana")?.0,
            amount: euros(4_000)?,
            lasts: TimeDelta::days(6),
            key: "demo-hold".parse()?,
            memo: Memo::from("For ten minutes with Ben next week"),
            subject: None,
        };
        service::hold(tx, &cx, &hold).await?;
        // What was earned long enough ago is free at once, not when the sweep comes round.
        Ok(job::enqueue(tx, &SweepMoney, When::default()).await?)
    }
}
