//! Who pays.

use serde::{Deserialize, Serialize};

/// What stands on somebody's invoices, and what they pay with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerView {
    /// Who invoices are made out to; their own name when empty.
    pub bill_name: String,
    /// Where they live, in lines.
    pub bill_address: String,
    /// What the tax office calls them.
    pub bill_tax_id: String,
    /// The card they left.
    pub card: Option<CardView>,
}

/// A card that was left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardView {
    /// Such as `visa`.
    pub brand: String,
    /// Its last four digits.
    pub last4: String,
    /// The month it is good until.
    pub exp_month: u8,
    /// The year it is good until.
    pub exp_year: u16,
}
