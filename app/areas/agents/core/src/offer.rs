//! The models that a server offers to those who build agents.

use kernel::Money;
use serde::{Deserialize, Serialize};

/// A model that an agent can answer by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelOffer {
    /// `provider/model`, as a draft names it.
    pub name: String,
    /// What people read.
    pub label: String,
    /// What a million tokens of questions cost.
    pub input: Money,
    /// What a million tokens of answers cost.
    pub output: Money,
    /// Whether it calls tools.
    pub tools: bool,
    /// Whether it sees pictures.
    pub pictures: bool,
}

impl ModelOffer {
    /// Whether it costs nothing.
    pub const fn is_free(&self) -> bool {
        self.input.minor == 0 && self.output.minor == 0
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl ModelOffer {
    /// The models of a chain that write answers, in the order in which they are asked.
    pub fn of_chain(chain: &platform::models::Chain) -> Vec<Self> {
        let euros = |cents: u32| Money::new(cents.into(), kernel::Currency::Eur);
        let offer = |link: &platform::models::chain::Link| Self {
            name: link.name(),
            label: link.model.label.clone(),
            input: euros(link.model.price.input),
            output: euros(link.model.price.output),
            tools: link.model.tools,
            pictures: link.model.pictures,
        };
        chain.links().iter().filter(|link| link.model.answers).map(offer).collect()
    }
}
