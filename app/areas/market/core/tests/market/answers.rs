//! From the question to the money, with an answer in between.

use std::sync::Arc;

use agents_core::{
    RunState,
    service::{self as agents, Answerer},
};
use async_trait::async_trait;
use futures::StreamExt;
use market_core::{command::ListingForm, service::MarketTerms};
use platform::models::{Chain, EndReason, Link, Model, ModelError, ModelProvider, Piece, PieceStream, Price, Prompt};

use crate::{Market, form};

/// A model that says what it is made of.
struct Says(Vec<Model>, Vec<Result<Piece, ModelError>>);

#[async_trait]
impl ModelProvider for Says {
    fn name(&self) -> &str {
        "says"
    }

    fn models(&self) -> &[Model] {
        &self.0
    }

    async fn stream(&self, _: Prompt) -> Result<PieceStream, ModelError> {
        Ok(futures::stream::iter(self.1.clone()).boxed())
    }
}

fn answerer(market: &Market, pieces: Vec<Result<Piece, ModelError>>) -> Answerer {
    let model = Model {
        id: "one".to_owned(),
        label: "One".to_owned(),
        context_window: 100_000,
        price: Price::FREE,
        answers: true,
        tools: false,
        pictures: false,
        embeddings: false,
    };
    let link = Link { provider: Arc::new(Says(vec![model.clone()], pieces)), model };
    let chain = Chain::new(vec![link], market.app.world.clone());
    Answerer::new(market.app.database.clone(), market.app.world.clone(), Arc::new(chain), Arc::new(MarketTerms))
}

#[tokio::test]
async fn an_answer_is_paid_and_one_that_broke_off_or_is_empty_is_not() {
    let market = Market::new().await;
    let form = ListingForm { message: "0.10".to_owned(), ..form("Soup master") };
    let (_, agent) = market.offered(&market.owner, "soup_bot", form).await;
    let ana = market.rich("ana", 100).await;
    market.agree(&ana, agent, 10).await.expect("agreed");
    let words = || Ok(Piece::Text("For an hour.".to_owned()));
    let cases = [
        (vec![words(), Ok(Piece::End(EndReason::Stop))], RunState::Done, 90),
        (vec![Ok(Piece::End(EndReason::Stop))], RunState::Failed, 90),
        (vec![words()], RunState::Failed, 90),
    ];
    for (pieces, state, left) in cases {
        let asked = market.ask(&ana, agent).await.expect("asked");
        answerer(&market, pieces).answer(asked.run).await.expect("answered");
        let run = agents::run(market.pool(), &ana, asked.run).await.expect("a run");
        assert_eq!((run.state, market.has(&ana).await), (state, (left, 0, 0)));
    }
    market.adds_up().await;
}

#[tokio::test]
async fn what_nobody_works_on_any_more_is_let_go() {
    let market = Market::new().await;
    let form = ListingForm { message: "0.10".to_owned(), ..form("Soup master") };
    let (_, agent) = market.offered(&market.owner, "soup_bot", form).await;
    let ana = market.rich("ana", 100).await;
    market.agree(&ana, agent, 10).await.expect("agreed");
    // Stopped before anybody began; and begun by a process that died.
    let stopped = market.ask(&ana, agent).await.expect("asked");
    let mut tx = market.app.database.begin().await.expect("a transaction");
    assert!(agents::stop(&mut tx, &ana, &MarketTerms, stopped.run).await.expect("stopped"));
    tx.commit().await.expect("a commit");
    assert_eq!(market.has(&ana).await, (100, 0, 0));
    market.ask(&ana, agent).await.expect("asked");
    let left = market.app.world.now() - chrono::TimeDelta::minutes(1);
    sqlx::query("update runs set state = 'running', started_at = $1, alive_until = $1 where finished_at is null")
        .bind(left)
        .execute(market.pool())
        .await
        .expect("left");
    assert_eq!(market.has(&ana).await, (90, 10, 0));
    answerer(&market, Vec::new()).see_after_left().await.expect("seen after");
    assert_eq!(market.has(&ana).await, (100, 0, 0));
    market.adds_up().await;
}
