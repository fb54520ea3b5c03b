//! Remote models: the port [`ModelProvider`] over the two dialects that are spoken, OpenAI's chat completions
//! (<https://platform.openai.com/docs/api-reference/chat>; also Ollama, vLLM, llama.cpp and many more) and Anthropic's
//! messages (<https://docs.anthropic.com/en/api/messages>).
//!
//! What is answered is given on piece by piece, and never more is kept than one event. A provider that is silent, does not
//! end, or sends what nobody asked for is left after a while; see [`Limits`].

mod anthropic;
mod http;
mod openai;
mod stream;

use async_trait::async_trait;
use platform::{
    World,
    config::{ModelsConfig, RemoteConfig},
    models::{Chain, Embeddings, Link, Model, ModelError, ModelProvider, PieceStream, Prompt, Provider},
};

use crate::http::Http;
pub use crate::http::Limits;

/// How a provider is spoken with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// As with OpenAI.
    OpenAi,
    /// As with Anthropic.
    Anthropic,
}

/// Somebody who answers over the network.
pub struct Remote {
    name: &'static str,
    dialect: Dialect,
    http: Http,
    models: Vec<Model>,
    /// Whether it is OpenAI itself, which wants some things to be named otherwise than those who speak like it.
    is_original: bool,
}

/// Why a provider can't be asked with these settings.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The key has characters in it that no key has.
    #[error("the key of {0} has characters that can't be sent")]
    Key(&'static str),
    /// Connections can't be made at all, for want of certificates for example.
    #[error("connections to models can't be made")]
    Client(#[source] reqwest::Error),
    /// The chain names the built-in engine, and there is none.
    #[error("the chain names a provider that there is not: {0}")]
    NoProvider(String),
}

impl Remote {
    /// Prepares to ask somebody who speaks as OpenAI does. Nothing is sent yet.
    ///
    /// # Errors
    /// When the settings can't work.
    pub fn openai(config: &RemoteConfig, limits: Limits) -> Result<Self, SetupError> {
        Self::new("openai", Dialect::OpenAi, config, limits)
    }

    /// Prepares to ask somebody who speaks as Anthropic does. Nothing is sent yet.
    ///
    /// # Errors
    /// When the settings can't work.
    pub fn anthropic(config: &RemoteConfig, limits: Limits) -> Result<Self, SetupError> {
        Self::new("anthropic", Dialect::Anthropic, config, limits)
    }

    fn new(name: &'static str, dialect: Dialect, config: &RemoteConfig, limits: Limits) -> Result<Self, SetupError> {
        let headers = match dialect {
            Dialect::OpenAi => openai::headers(config.key.as_ref()),
            Dialect::Anthropic => anthropic::headers(config.key.as_ref()),
        };
        let headers = headers.map_err(|_| SetupError::Key(name))?;
        Ok(Self {
            name,
            dialect,
            http: Http::new(&config.base, headers, config.key.clone(), limits).map_err(SetupError::Client)?,
            models: config.models.clone(),
            is_original: config.base.host_str() == Some("api.openai.com"),
        })
    }

    fn model(&self, id: &str) -> Result<&Model, ModelError> {
        let found = self.models.iter().find(|model| model.id == id);
        found.ok_or_else(|| ModelError::BadRequest(format!("{} has no model {id} in the settings", self.name)))
    }
}

#[async_trait]
impl ModelProvider for Remote {
    fn name(&self) -> &str {
        self.name
    }

    fn models(&self) -> &[Model] {
        &self.models
    }

    async fn stream(&self, prompt: Prompt) -> Result<PieceStream, ModelError> {
        let model = self.model(&prompt.model)?;
        let unsupported = |what: &str| Err(ModelError::Unsupported(format!("{}/{} {what}", self.name, model.id)));
        if !model.answers {
            return unsupported("writes no answers");
        }
        if prompt.has_pictures() && !model.pictures {
            return unsupported("sees no pictures");
        }
        if !prompt.tools.is_empty() && !model.tools {
            return unsupported("calls no tools");
        }
        let most = prompt.max_output_tokens;
        match self.dialect {
            Dialect::OpenAi => {
                let request = openai::request(&prompt, self.is_original);
                let events = self.http.events("chat/completions", &request, most).await?;
                Ok(stream::pieces(events, openai::Reader::new(self.http.key())))
            }
            Dialect::Anthropic => {
                let events = self.http.events("v1/messages", &anthropic::request(&prompt), most).await?;
                Ok(stream::pieces(events, anthropic::Reader::new(self.http.key())))
            }
        }
    }

    async fn embed(&self, model: &str, texts: &[String]) -> Result<Embeddings, ModelError> {
        let model = self.model(model)?;
        if self.dialect == Dialect::Anthropic || !model.embeddings {
            return Err(ModelError::Unsupported(format!("{}/{} makes no embeddings", self.name, model.id)));
        }
        openai::embed(&self.http, &model.id, texts).await
    }
}

/// The chain that the settings name. `offline` is the built-in engine.
///
/// # Errors
/// When the settings can't work.
pub fn chain(config: &ModelsConfig, offline: Option<Provider>, world: &World) -> Result<Chain, SetupError> {
    let mut providers: Vec<Provider> = offline.into_iter().collect();
    if let Some(remote) = &config.openai {
        providers.push(std::sync::Arc::new(Remote::openai(remote, Limits::default())?));
    }
    if let Some(remote) = &config.anthropic {
        providers.push(std::sync::Arc::new(Remote::anthropic(remote, Limits::default())?));
    }
    let link = |name: &String| {
        let (provider, model) = name.split_once('/').unwrap_or((name, ""));
        let provider = providers.iter().find(|it| it.name() == provider);
        // A name without a model means the provider's first.
        let found =
            provider.and_then(|it| Some((it, it.models().iter().find(|it| model.is_empty() || it.id == model)?)));
        let (provider, model) = found.ok_or_else(|| SetupError::NoProvider(name.clone()))?;
        Ok(Link { provider: provider.clone(), model: model.clone() })
    };
    let links = config.chain.iter().map(link).collect::<Result<_, SetupError>>()?;
    let embedder = config.embedding.as_ref().map(link).transpose()?;
    Ok(Chain::new(links, world.clone()).with_embedder(embedder))
}
