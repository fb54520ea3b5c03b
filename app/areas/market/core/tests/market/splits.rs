//! Shares, forks and statements.

use std::collections::HashMap;

use agents_core::command::NewAgent;
use kernel::{AccountId, Actor, ListingId, PageSize};
use market_core::{
    Error, LicenceKind, Role,
    command::{ListingForm, OfferShare},
    service::{self, MarketTerms},
};
use platform::Cx;

use crate::{Market, euros, form, in_transaction, points, status};

fn once(royalty: &str) -> ListingForm {
    ListingForm { once: "10.00".to_owned(), fork_royalty: royalty.to_owned(), ..form("Soup master") }
}

impl Market {
    async fn fork(&self, cx: &Cx<Actor>, parent: ListingId, handle: &str) -> Result<AccountId, Error> {
        let new = NewAgent::parse(handle, handle, "").expect("a new agent");
        in_transaction!(self, |tx| service::fork(&mut tx, cx, parent, &new))
    }

    /// Publishes a fork as its checks had passed, and offers it.
    async fn offer_fork(&self, cx: &Cx<Actor>, agent: AccountId, form: ListingForm) -> Result<ListingId, Error> {
        let mut tx = self.app.database.begin().await.expect("a transaction");
        sqlx::query(
            "insert into agent_versions (agent_id, number, spec, note, published_by, published_at)
             select account_id, 1, draft, '', owner_id, updated_at from agents where account_id = $1",
        )
        .bind(agent.uuid())
        .execute(&mut *tx)
        .await
        .expect("a version");
        sqlx::query("update agents set version = 1, state = 'published' where account_id = $1")
            .bind(agent.uuid())
            .execute(&mut *tx)
            .await
            .expect("published");
        tx.commit().await.expect("a commit");
        let listing = self.draft(cx, agent, form).await?;
        self.list(cx, listing).await?;
        Ok(listing)
    }
}

#[tokio::test]
async fn a_share_counts_from_when_it_was_accepted_and_each_sale_says_by_which_rule() {
    let market = Market::new().await;
    let (listing, agent) = market.offered(&market.owner, "soup_bot", once("")).await;
    let (mia, eve) = (market.app.person("mia").await, market.app.person("eve").await);
    let buyers = [market.rich("ana", 1_000).await, market.rich("ben", 1_000).await, market.rich("cem", 1_000).await];
    let offer = OfferShare { listing, account: mia.actor.account, points: points(2_000) };
    let hers = in_transaction!(market, |tx| service::offer_share(&mut tx, &eve, offer));
    assert_eq!(status(hers.expect_err("not hers")), 404);
    in_transaction!(market, |tx| service::offer_share(&mut tx, &market.owner, offer)).expect("offered");
    market.buy(&buyers[0], listing, LicenceKind::Once, 1_000, "a").await.expect("bought");
    assert_eq!(market.has(&mia).await, (0, 0, 0));
    let none = in_transaction!(market, |tx| service::accept_share(&mut tx, &eve, listing));
    assert!(matches!(none, Err(Error::NoSuchShare)), "{none:?}");
    in_transaction!(market, |tx| service::accept_share(&mut tx, &mia, listing)).expect("accepted");
    market.app.clock.advance(chrono::TimeDelta::seconds(1));
    market.buy(&buyers[1], listing, LicenceKind::Once, 1_000, "a").await.expect("bought");
    // 20 % of what the platform leaves of ten euros.
    assert_eq!((market.has(&mia).await.2, market.has(&market.owner).await.2), (170, 850 + 680));
    let seen = service::simulate(market.pool(), &mia, agent, euros(1_000)).await.expect("parties");
    let seen: Vec<_> = seen.iter().map(|it| (it.role, it.amount.minor)).collect();
    assert_eq!(seen, [(Role::Platform, 150), (Role::Creator, 680), (Role::CoCreator, 170)]);

    in_transaction!(market, |tx| service::end_share(&mut tx, &mia, listing)).expect("left");
    market.app.clock.advance(chrono::TimeDelta::seconds(1));
    market.buy(&buyers[2], listing, LicenceKind::Once, 1_000, "a").await.expect("bought");
    let lines =
        service::revenue(market.pool(), &market.owner, Some(listing), None, PageSize::DEFAULT).await.expect("lines");
    let rules: Vec<_> = lines.items.iter().map(|line| (line.rule_version, line.amount.minor)).collect();
    assert_eq!(rules, [(3, 850), (2, 680), (1, 850)]);
    market.adds_up().await;
}

#[tokio::test]
async fn never_more_than_all_of_it_is_given_away() {
    let market = Market::new().await;
    let (listing, _) = market.offered(&market.owner, "soup_bot", once("")).await;
    let (mia, kim) = (market.app.person("mia").await, market.app.person("kim").await);
    market.share(&market.owner, listing, &mia, 6_000).await.expect("shared");
    let over = market.share(&market.owner, listing, &kim, 4_001).await;
    assert!(matches!(over, Err(Error::OverWhole { over }) if over == points(1)), "{over:?}");
    market.share(&market.owner, listing, &kim, 4_000).await.expect("all of it");
    let ana = market.rich("ana", 1_000).await;
    market.buy(&ana, listing, LicenceKind::Once, 1_000, "a").await.expect("bought");
    assert_eq!((market.has(&mia).await.2, market.has(&kim).await.2, market.has(&market.owner).await.2), (510, 340, 0));
    market.adds_up().await;
}

#[tokio::test]
async fn forks_three_deep_pay_those_above_to_the_cent() {
    let market = Market::new().await;
    let (root, _) =
        market.offered(&market.owner, "root_bot", ListingForm { free: true, once: String::new(), ..once("10") }).await;
    let people = [market.app.person("bea").await, market.app.person("cem").await, market.app.person("dan").await];
    let free = |royalty: &str| ListingForm { free: true, once: String::new(), ..once(royalty) };
    let second = market.fork(&people[0], root, "second_bot").await.expect("forked");
    let second = market.offer_fork(&people[0], second, free("20")).await.expect("offered");
    let third = market.fork(&people[1], second, "third_bot").await.expect("forked");
    let third = market.offer_fork(&people[1], third, free("5")).await.expect("offered");
    let fourth = market.fork(&people[2], third, "fourth_bot").await.expect("forked");
    let sold = market
        .offer_fork(&people[2], fourth, ListingForm { once: "9.99".to_owned(), ..once("") })
        .await
        .expect("offered");
    let draft = agents_core::service::agent(market.pool(), &people[2], fourth).await.expect("the fork").draft;
    assert_eq!(draft.instructions, "Cook.");

    let ana = market.rich("ana", 999).await;
    market.buy(&ana, sold, LicenceKind::Once, 999, "a").await.expect("bought");
    // Of 9.99, 1.4985 are the platform's; of the other 8.4915: 5 %, 20 % and 10 %, and 65 % to whoever made it.
    let mut got = vec![market.fees().await, market.has(&people[2]).await.2, market.has(&people[1]).await.2];
    got.extend([market.has(&people[0]).await.2, market.has(&market.owner).await.2]);
    assert_eq!(got, [150, 552, 42, 170, 85]);
    let above = service::forks_of(market.pool(), fourth).await.expect("those above");
    assert_eq!(above.iter().map(|it| it.1.get()).collect::<Vec<_>>(), [500, 2_000, 1_000]);
    market.adds_up().await;
}

#[tokio::test]
async fn forks_are_made_of_what_allows_it_five_deep_and_no_deeper() {
    let market = Market::new().await;
    let ana = market.app.person("ana").await;
    let (closed, _) = market.offered(&market.owner, "closed_bot", once("")).await;
    assert!(matches!(market.fork(&ana, closed, "a_fork").await, Err(Error::NoForks)));
    let (dear, _) = market.offered(&market.owner, "dear_bot", once("10")).await;
    assert!(matches!(market.fork(&ana, dear, "a_fork").await, Err(Error::BuyFirst)));
    let free = |royalty: &str| ListingForm { free: true, once: String::new(), ..once(royalty) };
    let (mut parent, _) = market.offered(&market.owner, "root_bot", free("0")).await;
    for depth in 1..=5 {
        let agent = market.fork(&ana, parent, &format!("fork_{depth}")).await.expect("forked");
        parent = market.offer_fork(&ana, agent, free("0")).await.expect("offered");
    }
    assert!(matches!(market.fork(&ana, parent, "too_deep").await, Err(Error::TooDeep)));
    // A royalty of all of it leaves nothing for the next.
    let (greedy, _) = market.offered(&market.owner, "greedy_bot", free("60")).await;
    let fork = market.fork(&ana, greedy, "greedy_fork").await.expect("forked");
    let fork = market.offer_fork(&ana, fork, free("41")).await.expect("offered");
    assert!(matches!(market.fork(&ana, fork, "nothing_left").await, Err(Error::OverWhole { .. })));
}

#[tokio::test]
async fn the_table_of_a_creator_adds_up_to_the_ledger() {
    let market = Market::new().await;
    let (listing, agent) =
        market.offered(&market.owner, "soup_bot", ListingForm { message: "0.07".to_owned(), ..once("") }).await;
    let (ana, ben) = (market.rich("ana", 2_000).await, market.rich("ben", 2_000).await);
    market.agree(&ben, agent, 7).await.expect("agreed");
    for _ in 0..3 {
        market.answered(&ben, agent).await;
    }
    let licence = market.buy(&ana, listing, LicenceKind::Once, 1_000, "a").await.expect("bought");
    market.give_back(&ana, licence).await.expect("given back");
    market.buy(&ben, listing, LicenceKind::Once, 1_000, "a").await.expect("bought");
    let mut csv = Vec::new();
    let sum = service::statement_csv(market.pool(), &market.owner, None, &mut csv).await.expect("a table");
    let csv = String::from_utf8(csv).expect("text");
    let amounts: i64 = csv
        .lines()
        .skip(1)
        .map(|row| row.rsplit(',').nth(2).expect("an amount").replace('.', "").parse::<i64>().expect("a number"))
        .sum();
    assert_eq!(
        (sum.minor, amounts, csv.lines().count()),
        (market.has(&market.owner).await.2, sum.minor, 1 + 3 + 1 + 2)
    );
    let of_agent = service::earnings_of(market.pool(), &market.owner, agent, chrono::DateTime::UNIX_EPOCH)
        .await
        .expect("earnings");
    assert_eq!((of_agent.earned, of_agent.paid), (sum, euros(1_021)));
    let by = service::revenue_by_listing(market.pool(), &market.owner, chrono::DateTime::UNIX_EPOCH)
        .await
        .expect("listings");
    assert_eq!((by.len(), by[0].sales, by[0].earned, by[0].paid), (1, 5, sum, euros(1_021)));
    assert_eq!(
        status(service::earnings_of(market.pool(), &ana, agent, chrono::DateTime::UNIX_EPOCH).await.expect_err("hers")),
        404
    );
    market.adds_up().await;
}

#[tokio::test]
async fn the_figures_of_agents_say_what_each_earned_this_month_in_whatever_way_it_was_sold() {
    let market = Market::new().await;
    let sold = ListingForm { message: "0.07".to_owned(), monthly: "3.00".to_owned(), ..once("") };
    let (soup, agent) = market.offered(&market.owner, "soup_bot", sold).await;
    let (bread, other) = market.offered(&market.owner, "bread_bot", once("")).await;
    let idle = market.agent(&market.owner, "idle_bot").await;
    let mia = market.app.person("mia").await;
    market.share(&market.owner, soup, &mia, 2_000).await.expect("shared");
    let (ana, ben, cem) =
        (market.rich("ana", 2_000).await, market.rich("ben", 2_000).await, market.rich("cem", 2_000).await);
    market.buy(&ana, soup, LicenceKind::Once, 1_000, "a").await.expect("bought");
    market.buy(&ben, soup, LicenceKind::Monthly, 300, "a").await.expect("subscribed");
    market.agree(&cem, agent, 7).await.expect("agreed");
    market.answered(&cem, agent).await;
    market.buy(&ana, bread, LicenceKind::Once, 1_000, "b").await.expect("bought");
    let back = market.buy(&ben, bread, LicenceKind::Once, 1_000, "b").await.expect("bought");
    market.give_back(&ben, back).await.expect("given back");

    let earned = async |cx: &Cx<Actor>| {
        let figures = agents_core::service::figures(market.pool(), cx, &MarketTerms).await.expect("figures");
        figures.into_iter().map(|it| (it.account.id, it.revenue)).collect::<HashMap<_, _>>()
    };
    let mine = earned(&market.owner).await;
    let since = chrono::DateTime::UNIX_EPOCH;
    for (agent, minor) in [(agent, 680 + 204 + 5), (other, 850)] {
        assert_eq!(mine[&agent], [euros(minor)]);
        let one = service::earnings_of(market.pool(), &market.owner, agent, since).await.expect("earnings");
        assert_eq!(one.earned, euros(minor), "as the market itself says");
    }
    assert_eq!((mine.len(), mine[&idle].as_slice()), (3, [].as_slice()));
    assert!(earned(&mia).await.is_empty() && earned(&ana).await.is_empty(), "of one's own agents alone");
    assert_eq!(market.has(&market.owner).await.2, 680 + 204 + 5 + 850, "and as the ledger has it");

    // The next month begins with what is sold in it.
    market.app.clock.advance(chrono::TimeDelta::days(31));
    service::run_due(&market.app.database, &market.app.world).await.expect("renewed");
    let mine = earned(&market.owner).await;
    assert_eq!((mine[&agent].as_slice(), mine[&other].as_slice()), ([euros(204)].as_slice(), [].as_slice()));
}
