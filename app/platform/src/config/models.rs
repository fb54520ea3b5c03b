//! The settings of models: who is asked, in which order, and what it costs.

use std::{collections::BTreeMap, fs};

use serde::Deserialize;
use url::{Host, Url};

use super::{Reader, Secret, constant};
use crate::models::{Model, Price, catalogue};

/// The name of the built-in answer engine.
const OFFLINE: &str = "offline";

/// Who writes answers.
#[derive(Debug, Clone)]
pub struct ModelsConfig {
    /// OpenAI, or somebody who speaks like it.
    pub openai: Option<RemoteConfig>,
    /// Anthropic, or somebody who speaks like it.
    pub anthropic: Option<RemoteConfig>,
    /// Who is asked, one after the other: `provider/model`, or `offline` for the built-in engine.
    pub chain: Vec<String>,
    /// Who makes embeddings, if anybody does.
    pub embedding: Option<String>,
}

/// Somebody who is asked over the network.
#[derive(Debug, Clone)]
pub struct RemoteConfig {
    /// Where.
    pub base: Url,
    /// With which key. Servers of one's own often want none.
    pub key: Option<Secret>,
    /// For which models.
    pub models: Vec<Model>,
}

impl ModelsConfig {
    /// Whether nobody but the built-in engine answers.
    pub fn is_offline(&self) -> bool {
        self.chain.iter().all(|name| name == OFFLINE)
    }

    fn remote(&self, provider: &str) -> Option<&RemoteConfig> {
        match provider {
            "openai" => self.openai.as_ref(),
            "anthropic" => self.anthropic.as_ref(),
            _ => None,
        }
    }

    /// The model of a name, of which the provider has to be in use.
    fn model(&self, name: &str) -> Option<&Model> {
        let (provider, id) = name.split_once('/')?;
        self.remote(provider)?.models.iter().find(|model| model.id == id)
    }
}

/// What MODEL_PRICES says of a model.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Described {
    input: u32,
    output: u32,
    label: Option<String>,
    context: Option<u32>,
    #[serde(default = "yes")]
    answers: bool,
    #[serde(default = "yes")]
    tools: bool,
    #[serde(default)]
    pictures: bool,
    #[serde(default)]
    embeddings: bool,
}

const fn yes() -> bool {
    true
}

impl Described {
    fn model(&self, id: &str) -> Model {
        Model {
            id: id.to_owned(),
            label: self.label.clone().unwrap_or_else(|| id.to_owned()),
            context_window: self.context.unwrap_or(catalogue::DEFAULT_CONTEXT),
            price: Price { input: self.input, output: self.output },
            answers: self.answers,
            tools: self.tools,
            pictures: self.pictures,
            embeddings: self.embeddings,
        }
    }
}

/// Reads the settings of models.
pub(super) fn read(reader: &mut Reader) -> ModelsConfig {
    let described = descriptions(reader);
    let mut config = ModelsConfig {
        openai: remote(reader, "openai", "https://api.openai.com/v1", &described),
        anthropic: remote(reader, "anthropic", "https://api.anthropic.com", &described),
        chain: Vec::new(),
        embedding: None,
    };
    config.chain = chain(reader, &config);
    config.embedding = embedding(reader, &config);
    config
}

fn remote(
    reader: &mut Reader,
    provider: &str,
    original: &'static str,
    described: &BTreeMap<String, Described>,
) -> Option<RemoteConfig> {
    let (key_name, base_name) = names(provider);
    let key = reader.text(&key_name);
    let base = reader.url(&base_name, &["http", "https"]);
    if key.is_none() && base.is_none() {
        return None;
    }
    let base = base.unwrap_or_else(|| constant(original));
    if key.as_ref().is_some_and(|key| !key.bytes().all(|byte| byte.is_ascii_graphic())) {
        reader.problem(&key_name, "has characters that no key has");
    }
    if key.is_some() && base.scheme() != "https" && !is_near(&base) {
        reader.problem(&base_name, &format!("must begin with https://, or {key_name} would travel in plain text"));
    }
    if !base.username().is_empty() || base.password().is_some() {
        reader.problem(&base_name, &format!("must have no name and password in it; a key goes into {key_name}"));
    }
    let mut models = catalogue::of(provider);
    for (name, described) in described {
        let Some(id) = name.strip_prefix(provider).and_then(|rest| rest.strip_prefix('/')) else { continue };
        models.retain(|model| model.id != id);
        models.push(described.model(id));
    }
    Some(RemoteConfig { base, key: key.map(Secret), models })
}

fn names(provider: &str) -> (String, String) {
    let provider = provider.to_ascii_uppercase();
    (format!("{provider}_API_KEY"), format!("{provider}_API_BASE"))
}

/// Whether an address is on this machine or in a network of one's own: a private address, or a name without a dot.
fn is_near(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => !name.contains('.') || name.ends_with(".internal") || name.ends_with(".local"),
        Some(Host::Ipv4(ip)) => ip.is_loopback() || ip.is_private(),
        Some(Host::Ipv6(ip)) => ip.is_loopback() || ip.is_unique_local(),
        None => false,
    }
}

/// What MODEL_PRICES says: TOML, or the path of a file with TOML in it.
fn descriptions(reader: &mut Reader) -> BTreeMap<String, Described> {
    let Some(text) = reader.text("MODEL_PRICES") else { return BTreeMap::new() };
    let toml = match text.as_str() {
        inline if inline.starts_with('{') => Ok(format!("models = {inline}")),
        inline if inline.contains('=') => Ok(format!("[models]\n{inline}")),
        path => fs::read_to_string(path).map(|text| format!("[models]\n{text}")),
    };
    #[derive(Deserialize)]
    struct File {
        models: BTreeMap<String, Described>,
    }
    let read = match toml {
        Ok(toml) => toml::from_str::<File>(&toml).map_err(|error| error.message().to_owned()),
        Err(error) => Err(format!("{text} can't be read: {error}")),
    };
    let models = match read {
        Ok(file) => file.models,
        Err(error) => {
            let example = "\"openai/llama3.2\" = { input = 0, output = 0, context = 8192 }";
            reader.problem("MODEL_PRICES", &format!("must be lines such as {example}, or a file of them: {error}"));
            BTreeMap::new()
        }
    };
    for name in models.keys().filter(|name| !["openai/", "anthropic/"].iter().any(|it| name.starts_with(it))) {
        reader.problem("MODEL_PRICES", &format!("names {name}, which begins neither with openai/ nor with anthropic/"));
    }
    models
}

/// Who is asked. Without MODELS: whoever is configured, and then the built-in engine.
fn chain(reader: &mut Reader, config: &ModelsConfig) -> Vec<String> {
    let Some(text) = reader.text("MODELS") else { return default_chain(reader, config) };
    let mut chain: Vec<String> = Vec::new();
    for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        if chain.iter().any(|before| before == name) {
            reader.problem("MODELS", &format!("names {name} twice"));
        } else if name == OFFLINE || is_usable(reader, config, "MODELS", name, |model| model.answers) {
            chain.push(name.to_owned());
        }
    }
    chain
}

fn default_chain(reader: &mut Reader, config: &ModelsConfig) -> Vec<String> {
    let mut chain = Vec::new();
    for (provider, host, model) in
        [("openai", "api.openai.com", "gpt-5-mini"), ("anthropic", "api.anthropic.com", "claude-haiku-4-5")]
    {
        let Some(remote) = config.remote(provider) else { continue };
        if remote.base.host_str() == Some(host) {
            chain.push(format!("{provider}/{model}"));
        } else {
            let (_, base) = names(provider);
            reader.problem("MODELS", &format!("is needed because {base} is set: which models does it have?"));
        }
    }
    chain.push(OFFLINE.to_owned());
    chain
}

/// Who makes embeddings. Without EMBEDDING_MODEL: OpenAI, if it is configured.
fn embedding(reader: &mut Reader, config: &ModelsConfig) -> Option<String> {
    match reader.text("EMBEDDING_MODEL") {
        Some(none) if none.eq_ignore_ascii_case("none") => None,
        Some(name) => is_usable(reader, config, "EMBEDDING_MODEL", &name, |model| model.embeddings).then_some(name),
        None => {
            let original = config.openai.as_ref().filter(|it| it.base.host_str() == Some("api.openai.com"));
            original.map(|_| "openai/text-embedding-3-small".to_owned())
        }
    }
}

/// Whether a model can be asked, with a problem when it can't.
fn is_usable(
    reader: &mut Reader,
    config: &ModelsConfig,
    setting: &str,
    name: &str,
    does: impl Fn(&Model) -> bool,
) -> bool {
    let provider = name.split_once('/').map(|(provider, _)| provider).unwrap_or_default();
    if !["openai", "anthropic"].contains(&provider) {
        reader.problem(
            setting,
            &format!("names {name}, which is not like openai/gpt-5-mini, anthropic/claude-haiku-4-5"),
        );
        return false;
    }
    if config.remote(provider).is_none() {
        let (key, base) = names(provider);
        reader.problem(setting, &format!("names {name}, but neither {key} nor {base} is set"));
        return false;
    }
    let Some(model) = config.model(name) else {
        let example = format!("\"{name}\" = {{ input = 25, output = 200 }}");
        reader
            .problem("MODEL_PRICES", &format!("must say what {name} costs, in cents for a million tokens: {example}"));
        return false;
    };
    if !does(model) {
        reader.problem(setting, &format!("names {name}, which does something else"));
        return false;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Config, ConfigError},
        *,
    };

    const OPENAI: (&str, &str) = ("OPENAI_API_KEY", "sk-hunter2");
    const ANTHROPIC: (&str, &str) = ("ANTHROPIC_API_KEY", "sk-ant-hunter2");
    const OLLAMA: (&str, &str) = ("OPENAI_API_BASE", "http://127.0.0.1:11434/v1");

    fn models(values: &[(&str, &str)]) -> Result<ModelsConfig, ConfigError> {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::from_values(values.collect()).map(|config| config.models)
    }

    #[test]
    fn with_nothing_set_the_built_in_engine_answers() {
        let config = models(&[]).expect("valid");
        assert!(config.openai.is_none() && config.anthropic.is_none());
        assert!(config.is_offline());
        assert_eq!((config.chain, config.embedding), (vec!["offline".to_owned()], None));
    }

    #[test]
    fn whoever_is_configured_is_asked_first() {
        let config = models(&[OPENAI, ANTHROPIC]).expect("valid");
        assert_eq!(config.chain, ["openai/gpt-5-mini", "anthropic/claude-haiku-4-5", "offline"]);
        assert_eq!(config.embedding.as_deref(), Some("openai/text-embedding-3-small"));
        assert!(!format!("{config:?}").contains("hunter2"));
        let config = models(&[OPENAI, ("EMBEDDING_MODEL", "none")]).expect("valid");
        assert_eq!(config.embedding, None);
        let config = models(&[ANTHROPIC, ("MODELS", " anthropic/claude-sonnet-4-5 ,offline")]).expect("valid");
        assert_eq!(config.chain, ["anthropic/claude-sonnet-4-5", "offline"]);
    }

    #[test]
    fn a_server_of_ones_own_needs_no_key_but_prices() {
        let chain = ("MODELS", "openai/llama3.2, offline");
        for prices in [
            "\"openai/llama3.2\" = { input = 0, output = 0, context = 8192 }",
            "{ \"openai/llama3.2\" = { input = 0, output = 0, context = 8192 } }",
        ] {
            let config = models(&[OLLAMA, chain, ("MODEL_PRICES", prices)]).expect("valid");
            let model = config.model("openai/llama3.2").expect("a model");
            assert_eq!((model.price, model.context_window, model.tools), (Price::FREE, 8192, true));
            assert_eq!(config.embedding, None);
        }
        let file = tempfile::NamedTempFile::new().expect("a file");
        fs::write(file.path(), "\"openai/llama3.2\" = { input = 1, output = 2 }\n").expect("written");
        let path = file.path().to_str().expect("a path");
        let config = models(&[OLLAMA, chain, ("MODEL_PRICES", path)]).expect("valid");
        assert_eq!(config.model("openai/llama3.2").expect("a model").price, Price { input: 1, output: 2 });
    }

    #[test]
    fn prices_of_known_models_can_be_changed() {
        let prices = ("MODEL_PRICES", "\"openai/gpt-5-mini\" = { input = 30, output = 240, pictures = true }");
        let config = models(&[OPENAI, prices]).expect("valid");
        let model = config.model("openai/gpt-5-mini").expect("a model");
        assert_eq!((model.price.input, model.price.output, model.pictures), (30, 240, true));
        assert_eq!(config.openai.expect("a provider").models.iter().filter(|it| it.id == "gpt-5-mini").count(), 1);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let free = "{ input = 0, output = 0 }";
        for (settings, said) in [
            (vec![OLLAMA], "MODELS is needed because OPENAI_API_BASE is set"),
            (vec![OLLAMA, ("MODELS", "openai/llama3.2")], "MODEL_PRICES must say what openai/llama3.2 costs"),
            (vec![("MODELS", "openai/gpt-5-mini")], "but neither OPENAI_API_KEY nor OPENAI_API_BASE is set"),
            (vec![("MODELS", "gpt-5-mini")], "MODELS names gpt-5-mini, which is not like"),
            (vec![("MODELS", "offline, offline")], "MODELS names offline twice"),
            (vec![OPENAI, ("MODELS", "openai/text-embedding-3-small")], "MODELS names openai/text-embedding-3-small"),
            (vec![OPENAI, ("EMBEDDING_MODEL", "openai/gpt-5")], "EMBEDDING_MODEL names openai/gpt-5, which does"),
            (vec![OPENAI, ("MODEL_PRICES", "/nowhere/prices.toml")], "MODEL_PRICES must be lines such as"),
            (vec![("MODEL_PRICES", "\"openai/x\" = { input = -1, output = 0 }")], "MODEL_PRICES must be lines"),
            (vec![("MODEL_PRICES", &format!("\"other/x\" = {free}"))], "MODEL_PRICES names other/x"),
            (vec![("OPENAI_API_BASE", "ollama:11434")], "OPENAI_API_BASE must be an address"),
            (
                vec![OPENAI, ("OPENAI_API_BASE", "http://models.example.org")],
                "OPENAI_API_BASE must begin with https://",
            ),
            (vec![("ANTHROPIC_API_BASE", "https://me:hunter2@gateway")], "ANTHROPIC_API_BASE must have no name"),
            (vec![("ANTHROPIC_API_KEY", "sk-ant hunter2")], "ANTHROPIC_API_KEY has characters that no key has"),
        ] {
            let error = models(&settings).expect_err("wrong").to_string();
            assert!(error.contains(said) && !error.contains("hunter2"), "{said} in {error}");
        }
    }
}
