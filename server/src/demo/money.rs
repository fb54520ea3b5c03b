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

/// What somebody paid for, and to whom.
type Sale = (&'static str, &'static str);

/// Days ago, whose wallet, euros in cents, and for what sale they left it; without one they came in. In the order of time.
const MOVES: [(i64, &str, i64, Option<Sale>); 14] = [
    (46, "ana", 30_000, None),
    (44, "camille", 12_000, None),
    (41, "ana", 6_000, Some(("ben", "Ten minutes on a sync licence"))),
    (38, "camille", 4_500, Some(("ben", "A look at a publishing contract"))),
    (33, "ana", 3_500, Some(("kofi_beats", "Mix notes for three songs"))),
    (30, "ben", 8_000, None),
    (27, "ben", 2_000, Some(("ana", "Marginal notes: how a small label splits its income"))),
    (21, "ana", 4_900, Some(("mira_sol", "Cover sketches, first round"))),
    (16, "ana", 15_000, None),
    (13, "camille", 1_200, Some(("ana", "Maré Alta, limited vinyl"))),
    (11, "ana", 9_000, Some(("ben", "Two calls on the distribution contract"))),
    (9, "leila", 6_000, None),
    (5, "leila", 1_200, Some(("ana", "Maré Alta, limited vinyl"))),
    (2, "camille", 4_000, Some(("ben", "Ten minutes on neighbouring rights"))),
];

impl Loader<'_> {
    /// Top-ups and payments as they happened, and something set aside for a call to come.
    pub(super) async fn move_money(&self, tx: &mut Tx) -> Result<(), Failed> {
        let euros = |minor| Amount::new(Money::new(minor, Currency::Eur));
        for (day, handle, minor, sale) in MOVES {
            self.at(self.now - TimeDelta::days(day));
            let cx = self.world.cx(None::<kernel::Actor>);
            let (account, amount) = (self.account(handle)?.0, euros(minor)?);
            let key = format!("demo-{day}-{handle}").parse()?;
            if let Some((payee, memo)) = sale {
                let pay = Pay {
                    payer: account,
                    lines: Lines::one(self.account(payee)?.0, amount, BasisPoints::try_from(FEE)?),
                    frees_after: FREE_AFTER,
                    key,
                    memo: Memo::from(memo),
                    subject: None,
                };
                service::pay(tx, &cx, &pay).await?;
            } else {
                let memo = Memo::from("By card, in the demo world");
                service::top_up(tx, &cx, &TopUp { account, amount, key, memo, subject: None }).await?;
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
