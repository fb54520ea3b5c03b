//! Several models, asked one after the other until one answers.
//!
//! A model that fails before a word of its answer was passed on is asked again a little later, or the next one is. From the
//! first word on the answer is that model's: when it breaks off, whoever reads gets the error and keeps what came.

use std::{collections::BTreeMap, future::Future, sync::Arc, time::Duration};

use chrono::TimeDelta;
use futures::{StreamExt, future, stream};
use kernel::Randomness;

use super::{
    Cost, CostError, Embeddings, EndReason, Model, ModelError, Piece, PieceStream, Prompt, Provider, breaker::Breaker,
};
use crate::World;

/// How long a chain bears with a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How often one model is asked in all.
    pub attempts: u32,
    /// The pause after the first time, at most. It doubles.
    pub pause: Duration,
    /// The longest pause that a provider can ask for; for a longer one the next model is asked.
    pub longest_pause: Duration,
    /// After so many failures in a row a provider is left alone …
    pub failures: u32,
    /// … for so long.
    pub rest: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempts: 2,
            pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(5),
            failures: 5,
            rest: Duration::from_secs(30),
        }
    }
}

/// A model of a provider's.
#[derive(Clone)]
pub struct Link {
    /// Whom to ask.
    pub provider: Provider,
    /// For which of its models.
    pub model: Model,
}

impl Link {
    /// `provider/model`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.provider.name(), self.model.id)
    }
}

/// Models in the order in which they are asked.
pub struct Chain {
    links: Vec<Link>,
    embedder: Option<Link>,
    breakers: BTreeMap<String, Arc<Breaker>>,
    patience: Patience,
    world: World,
}

/// An answer that has begun.
pub struct Answer {
    /// Who gives it.
    pub by: Link,
    /// Who was asked before and did not.
    pub tried: Vec<Tried>,
    /// The answer.
    pub pieces: PieceStream,
}

/// A model that did not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// `provider/model`.
    pub model: String,
    /// Why not; the last time, when it was asked more than once.
    pub error: ModelError,
}

/// Nobody answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no model answered: {}", .tried.iter().map(|it| format!("{}: {}", it.model, it.error)).collect::<Vec<_>>().join("; "))]
pub struct ChainError {
    /// Who was asked.
    pub tried: Vec<Tried>,
}

impl ChainError {
    /// The error that stands for all of them: that of the last model that was asked.
    pub fn error(&self) -> ModelError {
        let last = self.tried.last().map(|tried| tried.error.clone());
        last.unwrap_or_else(|| ModelError::Unsupported("there is no model".to_owned()))
    }
}

impl Chain {
    /// A chain of these models.
    pub fn new(links: Vec<Link>, world: World) -> Self {
        Self { links, embedder: None, breakers: BTreeMap::new(), patience: Patience::default(), world }.with_breakers()
    }

    /// The same, with a model that makes embeddings.
    #[must_use]
    pub fn with_embedder(self, embedder: Option<Link>) -> Self {
        Self { embedder, ..self }.with_breakers()
    }

    /// The same, with another patience.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }.with_breakers()
    }

    fn with_breakers(mut self) -> Self {
        let rest = TimeDelta::from_std(self.patience.rest).unwrap_or(TimeDelta::MAX);
        let names = self.links.iter().chain(&self.embedder).map(|link| link.provider.name().to_owned());
        self.breakers = names.map(|name| (name, Arc::new(Breaker::new(self.patience.failures, rest)))).collect();
        self
    }

    /// The models, in the order in which they are asked.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// The model that makes embeddings, if there is one.
    pub fn embedder(&self) -> Option<&Link> {
        self.embedder.as_ref()
    }

    /// The most that an answer to this prompt can cost, whoever gives it.
    ///
    /// # Errors
    /// When it is more than can be counted.
    pub fn most(&self, prompt: &Prompt) -> Result<Cost, CostError> {
        self.links.iter().map(|link| link.model.price.most(prompt)).try_fold(Cost::ZERO, |most, it| Ok(most.max(it?)))
    }

    /// Begins an answer, by the model that the prompt names if the chain has it, or else the first that is able to. Comes
    /// back with the first words, not before.
    ///
    /// # Errors
    /// When nobody answers, with why each of them doesn't.
    pub async fn stream(&self, prompt: &Prompt) -> Result<Answer, ChainError> {
        let mut tried = Vec::new();
        for link in self.order(&prompt.model) {
            let mut prompt = Prompt { model: link.model.id.clone(), ..prompt.clone() };
            if !link.model.tools {
                // It answers without.
                prompt.tools.clear();
            }
            let begun =
                self.attempts(link, || async { begin(link.provider.stream(prompt.clone()).await?).await }).await;
            match begun {
                Ok(pieces) => return Ok(Answer { by: link.clone(), tried, pieces: self.watch(link, pieces) }),
                Err(error) => {
                    let goes_on = error.may_go_elsewhere();
                    tried.push(Tried { model: link.name(), error });
                    if !goes_on {
                        break;
                    }
                }
            }
        }
        Err(ChainError { tried })
    }

    /// Turns texts into vectors.
    ///
    /// # Errors
    /// As the provider's; [`ModelError::Unsupported`] when no model of the chain does that.
    pub async fn embed(&self, texts: &[String]) -> Result<Embeddings, ModelError> {
        let none = || ModelError::Unsupported("no model makes embeddings".to_owned());
        let link = self.embedder.as_ref().ok_or_else(none)?;
        self.attempts(link, || link.provider.embed(&link.model.id, texts)).await
    }

    fn order(&self, wanted: &str) -> impl Iterator<Item = &Link> {
        let (first, then): (Vec<_>, Vec<_>) = self.links.iter().partition(|link| link.name() == wanted);
        first.into_iter().chain(then)
    }

    /// Asks one model, and again when that may help.
    async fn attempts<T, F>(&self, link: &Link, call: impl Fn() -> F) -> Result<T, ModelError>
    where
        F: Future<Output = Result<T, ModelError>>,
    {
        let mut attempt = 1;
        let mut before = None;
        loop {
            let error = match (self.attempt(link, call()).await, before) {
                (Ok(answer), _) => return Ok(answer),
                // What was one failure too many says more than that it was.
                (Err(ModelError::Resting(_)), Some(before)) => return Err(before),
                (Err(error), _) => error,
            };
            tracing::warn!(model = link.name(), attempt, %error, "a model did not answer");
            match self.pause(&error, attempt) {
                Some(pause) if attempt < self.patience.attempts => tokio::time::sleep(pause).await,
                _ => return Err(error),
            }
            before = Some(error);
            attempt += 1;
        }
    }

    async fn attempt<T>(
        &self,
        link: &Link,
        call: impl Future<Output = Result<T, ModelError>>,
    ) -> Result<T, ModelError> {
        let breaker = self.breakers.get(link.provider.name());
        if let Some(left) = breaker.and_then(|breaker| breaker.admit(self.world.now()).err()) {
            let seconds = left.num_seconds();
            return Err(ModelError::Resting(format!("it failed too often and is left alone for {seconds} s")));
        }
        let answer = call.await;
        let well = answer.as_ref().err().is_none_or(|error| !error.is_providers());
        if let Some(breaker) = breaker {
            breaker.note(well, self.world.now());
        }
        let outcome = if answer.is_ok() { "answered" } else { "failed" };
        metrics::counter!("magentic_model_calls_total", "model" => link.name(), "outcome" => outcome).increment(1);
        answer
    }

    /// How long to wait before the same model is asked again; `None` when the next one is better. Who let us wait once is
    /// not waited for again.
    fn pause(&self, error: &ModelError, attempt: u32) -> Option<Duration> {
        let longest = self.patience.pause * 2_u32.saturating_pow(attempt - 1);
        let pause = match error {
            ModelError::RateLimited { retry_after: Some(wait) } => *wait + self.jitter(self.patience.pause / 2),
            ModelError::Timeout(_) | ModelError::Resting(_) => return None,
            error if error.is_retryable() => longest / 2 + self.jitter(longest / 2),
            _ => return None,
        };
        (pause <= self.patience.longest_pause + self.patience.pause).then_some(pause)
    }

    /// From nothing to `most`, so that those who failed together don't come back together.
    fn jitter(&self, most: Duration) -> Duration {
        most.mul_f64(f64::from(chance(self.world.randomness.as_ref())) / f64::from(u32::MAX))
    }

    /// What breaks in the middle counts against its provider as well.
    fn watch(&self, link: &Link, pieces: PieceStream) -> PieceStream {
        let (breaker, world) = (self.breakers.get(link.provider.name()).cloned(), self.world.clone());
        let model = link.name();
        let noted = pieces.inspect(move |piece| {
            let Err(error) = piece else { return };
            tracing::warn!(model, %error, "an answer broke off");
            metrics::counter!("magentic_model_calls_total", "model" => model.clone(), "outcome" => "broke")
                .increment(1);
            if let Some(breaker) = breaker.as_ref().filter(|_| error.is_providers()) {
                breaker.note(false, world.now());
            }
        });
        noted.boxed()
    }
}

fn chance(randomness: &dyn Randomness) -> u32 {
    let mut bytes = [0; 4];
    randomness.fill(&mut bytes);
    u32::from_le_bytes(bytes)
}

/// Waits for the first words. What came before them is kept; an answer without any is none.
async fn begin(mut pieces: PieceStream) -> Result<PieceStream, ModelError> {
    let mut usage = None;
    loop {
        let first = match pieces.next().await.unwrap_or(Err(cut_off()))? {
            Piece::Usage(so_far) => {
                usage = Some(Piece::Usage(so_far));
                continue;
            }
            Piece::Text(text) if text.is_empty() => continue,
            Piece::End(EndReason::Filtered) => return Err(ModelError::Refused("it was filtered".to_owned())),
            Piece::End(EndReason::Length) => Piece::End(EndReason::Length),
            Piece::End(_) => return Err(ModelError::Broken("an answer without a word".to_owned())),
            first => first,
        };
        let begun = stream::iter(usage.into_iter().chain([first]).map(Ok));
        return Ok(begun.chain(pieces).filter(|piece| future::ready(!is_nothing(piece))).boxed());
    }
}

fn is_nothing(piece: &Result<Piece, ModelError>) -> bool {
    matches!(piece, Ok(Piece::Text(text)) if text.is_empty())
}

fn cut_off() -> ModelError {
    ModelError::Broken("it ended before it began".to_owned())
}

#[cfg(test)]
mod tests;
