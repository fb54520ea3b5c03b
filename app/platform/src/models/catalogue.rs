//! Models that are known without being described in the settings, with what their providers ask for them.

use super::{Model, Price};

/// So long is the prompt of a model whose settings don't say.
pub const DEFAULT_CONTEXT: u32 = 32_000;

/// A model that is known: its name, its label, its context window, and what it costs.
struct Known(&'static str, &'static str, u32, Price);

const fn price(input: u32, output: u32) -> Price {
    Price { input, output }
}

/// Models that write answers, call tools and see pictures. Prices are those of the providers' lists, in US cents
/// (<https://platform.openai.com/docs/pricing>, <https://docs.anthropic.com/en/docs/about-claude/pricing>). Cheaper prices
/// for what a provider remembers are left out: costs are never shown lower than they are.
const ANSWERS: &[Known] = &[
    Known("openai/gpt-5", "GPT-5", 400_000, price(125, 1_000)),
    Known("openai/gpt-5-mini", "GPT-5 mini", 400_000, price(25, 200)),
    Known("openai/gpt-5-nano", "GPT-5 nano", 400_000, price(5, 40)),
    Known("openai/gpt-4.1", "GPT-4.1", 1_047_576, price(200, 800)),
    Known("openai/gpt-4.1-mini", "GPT-4.1 mini", 1_047_576, price(40, 160)),
    Known("openai/gpt-4.1-nano", "GPT-4.1 nano", 1_047_576, price(10, 40)),
    Known("openai/gpt-4o", "GPT-4o", 128_000, price(250, 1_000)),
    Known("anthropic/claude-haiku-4-5", "Claude Haiku 4.5", 200_000, price(100, 500)),
    Known("anthropic/claude-sonnet-4-5", "Claude Sonnet 4.5", 200_000, price(300, 1_500)),
    Known("anthropic/claude-opus-4-5", "Claude Opus 4.5", 200_000, price(500, 2_500)),
];

/// Models that make embeddings.
const EMBEDDINGS: &[Known] = &[
    Known("openai/text-embedding-3-small", "Embedding 3 small", 8_191, price(2, 0)),
    Known("openai/text-embedding-3-large", "Embedding 3 large", 8_191, price(13, 0)),
];

/// The models of a provider.
pub fn of(provider: &str) -> Vec<Model> {
    let model = |Known(name, label, context_window, price): &Known, answers: bool| {
        let id = name.strip_prefix(provider)?.strip_prefix('/')?;
        Some(Model {
            id: id.to_owned(),
            label: (*label).to_owned(),
            context_window: *context_window,
            price: *price,
            answers,
            tools: answers,
            pictures: answers,
            embeddings: !answers,
        })
    };
    let answers = ANSWERS.iter().filter_map(|known| model(known, true));
    answers.chain(EMBEDDINGS.iter().filter_map(|known| model(known, false))).collect()
}
