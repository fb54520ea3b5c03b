//! What is sold.

use billing_core::ProductView;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{
    Badge, Button, ButtonRow, Card, Cell, Checkbox, Column, EmptyState, Field, FormError, FormStack, IconName,
    ListSkeleton, RowHead, Table, TextArea, TextInput, Tone, Variant,
};
use web::{Form, FormState, Loaded};

use crate::{
    api::admin::{self as api, SaveProduct},
    parts::admin::{AdminFrame, AdminTab, grants, price},
    routes,
};

/// How features are typed.
const GRANTS: &str = "One feature per line. With a number it is a limit: agents_at_work 5. Without one there is no limit: \
    priority_support. With the word credits it is used up, and given anew with each paid period: api_calls 10000 credits.";

/// The page of all products.
#[component]
pub fn AdminProducts() -> impl IntoView {
    view! {
        <Title text="Billing: products" />
        <AdminFrame tab=AdminTab::Products>
            <Inside />
        </AdminFrame>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let products = Resource::new(|| (), |()| api::products());
    view! {
        <Loaded resource=products skeleton=|| view! { <ListSkeleton count=4 /> } let:products>
            <Contents products />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(products: Vec<ProductView>) -> impl IntoView {
    let empty = products.is_empty();
    let heads = vec![Column::text("Product"), Column::text("Prices"), Column::text("Tax"), Column::text("State")];
    let rows = products.into_iter().map(|product| view! { <Row product /> }.into_any()).collect_view();
    view! {
        {if empty {
            view! {
                <EmptyState
                    icon=IconName::Store
                    title="Nothing is sold yet"
                    text="A product is what people subscribe to or buy once. Make the first one below, then give it a price."
                />
            }
            .into_any()
        } else {
            view! {
                <Card title="Products" flush=true>
                    <Table label="Products" headers=heads stack=true>{rows}</Table>
                </Card>
            }
            .into_any()
        }}
        <Card title="New product" note="It gets its prices on the page that follows.">
            <ProductForm />
        </Card>
    }
    .into_any()
}

#[component]
fn Row(product: ProductView) -> impl IntoView {
    let (tone, word) = on_sale(&product);
    let prices = product.prices.iter().map(|it| view! { <div>{price(it)}</div> }.into_any()).collect::<Vec<_>>();
    let priceless = prices.is_empty();
    view! {
        <tr>
            <RowHead note=product.code.to_string()>
                <a href=routes::admin_product(product.id)>{product.name}</a>
            </RowHead>
            <Cell>{prices} {priceless.then_some("No price yet")}</Cell>
            <Cell label="Tax:">{product.tax_rate.to_string()}</Cell>
            <Cell><Badge tone>{word}</Badge></Cell>
        </tr>
    }
    .into_any()
}

/// Whether a product can be bought, in words.
pub fn on_sale(product: &ProductView) -> (Tone, &'static str) {
    match (product.on_sale, product.prices.is_empty()) {
        (true, false) => (Tone::Success, "On sale"),
        (true, true) => (Tone::Warning, "Needs a price"),
        (false, _) => (Tone::Neutral, "Not on sale"),
    }
}

/// What a product is: for a new one, or to change one. Its code stays what it was.
#[component]
pub fn ProductForm(
    /// The one to be changed.
    #[prop(optional)]
    product: Option<ProductView>,
    /// Called in place of going where the answer leads.
    #[prop(optional, into)]
    on_done: Option<Callback<web::Outcome>>,
) -> impl IntoView {
    let state = FormState::<SaveProduct>::new();
    let (id, code) = product.as_ref().map(|it| (it.id.to_string(), it.code.to_string())).unwrap_or_default();
    let on_sale = match state.problem().with_untracked(Option::is_some) {
        // A box that is not ticked is not sent.
        true => state.value("on_sale", "") == "true",
        false => product.as_ref().is_none_or(|it| it.on_sale),
    };
    let new = product.is_none();
    let (name, summary, tax_rate, gives) = product
        .map(|it| (it.name, it.summary, it.tax_rate.to_string(), grants(&it.grants)))
        .unwrap_or_else(|| (String::new(), String::new(), "0 %".to_owned(), String::new()));
    let code_field = if new {
        view! {
            <Field
                id="code"
                label="Code"
                hint="What addresses and programs call it: small letters, digits and hyphens. It can't be changed later."
                error=state.error("code")
            >
                <TextInput name="code" value=state.value("code", "") required=true maxlength=40 spellcheck=false />
            </Field>
        }
        .into_any()
    } else {
        view! { <input type="hidden" name="code" value=code /> }.into_any()
    };
    let fields = view! {
        <FormStack>
            <FormError message=state.message() />
            <input type="hidden" name="id" value=id />
            {code_field}
            <Field id="name" label="Name" error=state.error("name")>
                <TextInput name="name" value=state.value("name", name) required=true maxlength=80 />
            </Field>
            <Field
                id="summary"
                label="Summary"
                optional=true
                hint="What it is, in a sentence or two."
                error=state.error("summary")
            >
                <TextArea name="summary" value=state.value("summary", summary) rows=2 maxlength=300 />
            </Field>
            <Field
                id="tax_rate"
                label="Tax included in the price"
                hint="In percent: 19 of a price without tax of 100 make a price of 119."
                error=state.error("tax_rate")
            >
                <TextInput
                    name="tax_rate"
                    value=state.value("tax_rate", tax_rate)
                    input_mode="decimal"
                    autocomplete="off"
                    required=true
                    maxlength=8
                    spellcheck=false
                />
            </Field>
            <Field id="grants" label="What it gives" optional=true hint=GRANTS error=state.error("grants")>
                <TextArea name="grants" value=state.value("grants", gives) rows=4 />
            </Field>
            <Checkbox
                name="on_sale"
                label="On sale"
                hint="Those who have it keep it when it is no longer sold."
                checked=on_sale
            />
            <ButtonRow>
                <Button variant=Variant::Primary busy=state.busy()>{if new { "Make the product" } else { "Save" }}</Button>
            </ButtonRow>
        </FormStack>
    };
    match on_done {
        Some(on_done) => view! { <Form state on_done>{fields}</Form> }.into_any(),
        None => view! { <Form state>{fields}</Form> }.into_any(),
    }
}
