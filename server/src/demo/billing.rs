//! What the demo world sells, and who bought some of it.

use billing_core::{
    PayWith, Per, ProductCode,
    command::{SaveProduct, SetPrice, StartCheckout, What},
    service,
};
use chrono::TimeDelta;
use kernel::{Currency, Money, PriceId};
use platform::{Tx, payments::ProviderName};

use super::{ADMIN, Failed, Loader};

/// A product: code, name, what it is, what it gives, and its prices: how often, euros in cents, days of trial.
struct Product {
    code: &'static str,
    name: &'static str,
    summary: &'static str,
    grants: &'static str,
    prices: &'static [(Per, i64, u16)],
}

const PRODUCTS: [Product; 4] = [
    Product {
        code: "plus",
        name: "Plus",
        summary: "For those who write and sell on their own, with a few agents at their side.",
        grants: "agents_at_work 3\nscheduled_posts 50\napi_calls 10000 credits",
        prices: &[(Per::Month, 900, 14), (Per::Year, 9_000, 14)],
    },
    Product {
        code: "studio",
        name: "Studio",
        summary: "For a label, a brand or a team of two: more agents, and answers within a day.",
        grants: "agents_at_work 10\nscheduled_posts 500\napi_calls 100000 credits\npriority_support",
        prices: &[(Per::Month, 2_900, 0), (Per::Year, 29_000, 0)],
    },
    Product {
        code: "agency",
        name: "Agency",
        summary: "For those who run the business of others, under their own name.",
        grants: "agents_at_work 50\nscheduled_posts\napi_calls 1000000 credits\npriority_support\nseats 10\nown_brand",
        prices: &[(Per::Month, 9_900, 0), (Per::Year, 99_000, 0)],
    },
    Product {
        code: "api-pack",
        name: "API pack",
        summary: "Fifty thousand more calls of the API, to be used within a year.",
        grants: "api_calls 50000 credits",
        prices: &[(Per::Once, 1_500, 0)],
    },
];

/// Days ago, who bought, and what.
const PURCHASES: [(i64, &str, &str, Per); 4] = [
    (20, "ana", "studio", Per::Month),
    (9, "ben", "api-pack", Per::Once),
    (6, "camille", "plus", Per::Month),
    (4, "leila", "plus", Per::Year),
];

impl Loader<'_> {
    /// Products with their prices, and some purchases from wallets.
    pub(super) async fn sell(&self, tx: &mut Tx) -> Result<(), Failed> {
        let mut prices = Vec::new();
        for product in &PRODUCTS {
            self.at(self.now - TimeDelta::days(60));
            for (per, price) in self.put_on_sale(tx, product).await? {
                prices.push((product.code, per, price));
            }
        }
        for (day, handle, code, per) in PURCHASES {
            self.at(self.now - TimeDelta::days(day));
            let price = prices.iter().find(|(of, each, _)| *of == code && *each == per).map(|(_, _, price)| *price);
            let start = StartCheckout {
                what: What::Price(price.ok_or("the demo world has no such price")?),
                pay_with: PayWith::Wallet,
                saved_card: false,
                seen: None,
                key: format!("demo-{code}").parse()?,
            };
            service::start(tx, &self.actor(handle, None)?, ProviderName::Sandbox, &start).await?;
        }
        Ok(())
    }

    async fn put_on_sale(&self, tx: &mut Tx, product: &Product) -> Result<Vec<(Per, PriceId)>, Failed> {
        let admin = self.actor(ADMIN, None)?;
        let code: ProductCode = product.code.parse()?;
        let save = SaveProduct::parse(None, code.as_str(), product.name, product.summary, "19", true, product.grants)
            .map_err(|problem| problem.message)?;
        let id = service::save_product(self.database, tx, &admin, &save).await?;
        let mut prices = Vec::new();
        for (per, minor, trial_days) in product.prices {
            let amount = Money::new(*minor, Currency::Eur);
            let price = SetPrice { product: id, amount, per: *per, trial_days: *trial_days };
            prices.push((*per, service::set_price(self.database, tx, &admin, &price).await?));
        }
        Ok(prices)
    }
}
