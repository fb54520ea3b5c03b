//! The area's routes. Everything is rendered whole, so that the status says what was found.

use leptos::prelude::*;
use leptos_router::{SsrMode, any_nested_route::IntoAnyNestedRoute, components::Route, path};

use crate::pages::{
    AppearancePage, CheckMailPage, ConfirmEmailPage, DevicesPage, ForgotPasswordPage, LetterPage, MailboxPage,
    ProfilePage, ResetMailPage, ResetPasswordPage, SignInPage, SignUpPage,
};

/// The area's routes.
#[component(transparent)]
pub fn IdentityRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/sign-up") view=SignUpPage ssr=SsrMode::Async />
        <Route path=path!("/sign-up/check-mail") view=CheckMailPage ssr=SsrMode::Async />
        <Route path=path!("/confirm-email") view=ConfirmEmailPage ssr=SsrMode::Async />
        <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
        <Route path=path!("/forgot-password") view=ForgotPasswordPage ssr=SsrMode::Async />
        <Route path=path!("/forgot-password/check-mail") view=ResetMailPage ssr=SsrMode::Async />
        <Route path=path!("/reset-password") view=ResetPasswordPage ssr=SsrMode::Async />
        <Route path=path!("/settings") view=ProfilePage ssr=SsrMode::Async />
        <Route path=path!("/settings/devices") view=DevicesPage ssr=SsrMode::Async />
        <Route path=path!("/settings/appearance") view=AppearancePage ssr=SsrMode::Async />
        <Route path=path!("/dev/mailbox") view=MailboxPage ssr=SsrMode::Async />
        <Route path=path!("/dev/mailbox/:id") view=LetterPage ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}
