//! One product: what it is, and what it costs.

use billing_core::{Per, PriceView, ProductView};
use kernel::{Currency, ProductId};
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{
    Badge, Button, ButtonLink, ButtonRow, ButtonSize, Card, Cell, CellKind, Column, Field, FormError, FormSkeleton,
    FormStack, IconName, RowHead, Select, Table, TextInput, Tone, Variant,
};
use web::{Failure, Form, FormState, Loaded, param};

use super::products::{ProductForm, on_sale};
use crate::{
    api::admin::{self as api, RetirePrice, SetPrice},
    dto::admin::Product,
    parts::admin::{AdminFrame, AdminTab, Done, RowError, after, per, price, trial},
    routes,
};

type Changed = Resource<Result<Product, Failure>>;

/// The page of a product.
#[component]
pub fn AdminProduct() -> impl IntoView {
    view! {
        <Title text="Billing: product" />
        <AdminFrame tab=AdminTab::Products>
            <Inside />
        </AdminFrame>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let id = param("id");
    let product: Changed = Resource::new(move || id.get(), api::product);
    view! {
        <Done says=&[
            ("saved", "The product was saved."),
            ("priced", "The price was set. Who pays the old one goes on with it."),
            ("retired", "The price is no longer offered. Who pays it goes on with it."),
        ] />
        <Loaded resource=product skeleton=|| view! { <FormSkeleton fields=5 /> } let:it>
            <Contents it product />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(it: Product, product: Changed) -> impl IntoView {
    let Product { product: view, history } = it;
    let (id, prices) = (view.id, view.prices.clone());
    view! {
        <Edit view product />
        <Prices id prices product />
        <NewPrice id product />
        <History history />
    }
    .into_any()
}

#[component]
fn Edit(view: ProductView, product: Changed) -> impl IntoView {
    let (tone, word) = on_sale(&view);
    let note = format!("Its code is {}. What it gives changes at once for all who have it.", view.code);
    let all = move || {
        view! {
            <Badge tone>{word}</Badge>
            <ButtonLink href=routes::ADMIN_PRODUCTS size=ButtonSize::Small icon=IconName::Back>"All products"</ButtonLink>
        }
    };
    view! {
        <Card title=view.name.clone() note=note actions=all>
            <ProductForm product=view on_done=after(product) />
        </Card>
    }
    .into_any()
}

#[component]
fn Prices(id: ProductId, prices: Vec<PriceView>, product: Changed) -> impl IntoView {
    if prices.is_empty() {
        return view! {
            <Card title="Prices"><p>"It has none, so nobody can buy it. Set one below."</p></Card>
        }
        .into_any();
    }
    let heads = vec![Column::text("Price"), Column::text("Trial"), Column::text("Version"), Column::actions("Stop")];
    let rows = prices.into_iter().map(|it| view! { <PriceRow id it product /> }.into_any()).collect_view();
    view! {
        <Card
            title="Prices"
            note="What it costs today: one price for each currency and way of paying."
            flush=true
        >
            <Table label="Prices" headers=heads stack=true>{rows}</Table>
        </Card>
    }
    .into_any()
}

#[component]
fn PriceRow(id: ProductId, it: PriceView, product: Changed) -> impl IntoView {
    let state = FormState::<RetirePrice>::of(it.id.to_string());
    let words = price(&it);
    view! {
        <tr>
            <RowHead>{words}</RowHead>
            <Cell>{trial(it.trial_days)}</Cell>
            <Cell label="Version">{it.version.to_string()}</Cell>
            <Cell kind=CellKind::Actions>
                <Form state on_done=after(product)>
                    <input type="hidden" name="product" value=id.to_string() />
                    <input type="hidden" name="price" value=it.id.to_string() />
                    <Button size=ButtonSize::Small busy=state.busy()>"Stop offering"</Button>
                    <RowError message=state.message() />
                </Form>
            </Cell>
        </tr>
    }
    .into_any()
}

#[component]
fn NewPrice(id: ProductId, product: Changed) -> impl IntoView {
    let state = FormState::<SetPrice>::new();
    let currencies = Currency::ALL.map(|it| (it.to_string(), it.to_string())).into();
    let pers = [Per::Month, Per::Year, Per::Once].map(|it| (it.as_str().to_owned(), per(it).to_owned())).into();
    view! {
        <Card
            title="New price"
            note="It takes the place of the one for the same currency and way of paying. Who pays the old one goes on with it."
        >
            <Form state on_done=after(product)>
                <FormStack>
                    <FormError message=state.message() id="price-error" />
                    <input type="hidden" name="product" value=id.to_string() />
                    <Field id="amount" label="Amount" hint="Tax included." error=state.error("amount")>
                        <TextInput
                            name="amount"
                            value=state.value("amount", "")
                            input_mode="decimal"
                            autocomplete="off"
                            required=true
                            maxlength=20
                            spellcheck=false
                        />
                    </Field>
                    <Field id="currency" label="Currency" error=state.error("currency")>
                        <Select
                            name="currency"
                            options=currencies
                            value=state.value("currency", Currency::Eur.as_str())
                        />
                    </Field>
                    <Field id="per" label="Paid" error=state.error("per")>
                        <Select name="per" options=pers value=state.value("per", Per::Month.as_str()) />
                    </Field>
                    <Field
                        id="trial_days"
                        label="Days of trial"
                        optional=true
                        hint="How long a new subscriber pays nothing. What is bought once has none."
                        error=state.error("trial_days")
                    >
                        <TextInput
                            name="trial_days"
                            value=state.value("trial_days", "")
                            input_mode="numeric"
                            autocomplete="off"
                            maxlength=3
                            spellcheck=false
                        />
                    </Field>
                    <ButtonRow>
                        <Button variant=Variant::Primary busy=state.busy()>"Set the price"</Button>
                    </ButtonRow>
                </FormStack>
            </Form>
        </Card>
    }
    .into_any()
}

#[component]
fn History(history: Vec<PriceView>) -> impl IntoView {
    let heads = vec![Column::text("Price"), Column::text("Version"), Column::text("Trial"), Column::text("State")];
    let row = |it: PriceView| {
        let (tone, word) = if it.retired { (Tone::Neutral, "No longer offered") } else { (Tone::Success, "Offered") };
        let words = price(&it);
        view! {
            <tr>
                <RowHead note=it.id.to_string()>{words}</RowHead>
                <Cell label="Version">{it.version.to_string()}</Cell>
                <Cell>{trial(it.trial_days)}</Cell>
                <Cell><Badge tone>{word}</Badge></Cell>
            </tr>
        }
        .into_any()
    };
    (!history.is_empty()).then(|| {
        let rows = history.into_iter().map(row).collect_view();
        view! {
            <Card title="All versions" note="Youngest first. A price is never changed, only replaced." flush=true>
                <Table label="All versions of the prices" headers=heads stack=true>{rows}</Table>
            </Card>
        }
    })
}
