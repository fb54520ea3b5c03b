//! The pages of those who administer this server.

mod invoice;
mod invoices;
mod overview;
mod payments;
mod product;
mod products;
mod reconciliation;
mod subscriptions;
mod webhooks;

pub use invoice::AdminInvoice;
pub use invoices::AdminInvoices;
pub use overview::AdminOverview;
pub use payments::AdminPayments;
pub use product::AdminProduct;
pub use products::AdminProducts;
pub use reconciliation::AdminReconciliation;
pub use subscriptions::AdminSubscriptions;
pub use webhooks::AdminWebhooks;
