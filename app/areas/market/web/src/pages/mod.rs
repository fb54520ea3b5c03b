//! The pages.

mod buy;
mod creator;
mod earnings;
mod fork;
mod listing;
mod market;
mod purchases;
mod sales;
mod sell;
mod sell_form;

pub use buy::BuyPage;
pub use creator::CreatorPage;
pub use earnings::EarningsPage;
pub use fork::ForkPage;
pub use listing::ListingPage;
pub use market::Market;
pub use purchases::{PurchasePage, Purchases};
pub use sales::SalesPage;
pub use sell::SellPage;
pub use sell_form::SellForm;
