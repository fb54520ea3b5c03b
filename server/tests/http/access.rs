//! Who may call what. Every server function there is must stand in this table: a new one fails the test until somebody has
//! said who may call it, and whose things it may touch.

use agents_core::{command::NewMcpServer, service};
use kernel::{Actor, McpServerId, PostId};
use platform::Cx;
use serde_json::Value;

use crate::{
    chats::Chatted,
    experts::Held,
    support::{Bought, Server, Visitor},
};

/// Who may call a function.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Who {
    /// Everybody.
    Anybody,
    /// Whoever is signed in.
    SignedIn,
    /// Only the one whose thing it is.
    Owner,
    /// Those who administer the server.
    Admin,
}

/// A function's name, who may call it, and arguments for it.
type Function = (&'static str, Who, Vec<(&'static str, String)>);

/// Things of somebody called Ana.
struct Hers {
    post: PostId,
    deleted: PostId,
    session: String,
    account: String,
    transfer: String,
    wallet: String,
    bought: Bought,
    chatted: Chatted,
    kettle: String,
    built: Built,
    held: Held,
}

/// An agent of hers that is being built.
struct Built {
    agent: String,
    check: String,
    source: String,
    schedule: String,
    /// A server of tools of hers.
    tools: String,
}

impl Built {
    /// Makes it by the functions themselves, as its page does.
    async fn new(ana: &Visitor, tools: McpServerId) -> Self {
        let new = [("handle", "anas_robo"), ("name", "Robo"), ("template", "expert")];
        let (status, made) = ana.call("agents/create", &new).await;
        assert_eq!(status, 200, "{made}");
        let agent = made["go"].as_str().and_then(|path| path.strip_prefix("/agents/")).expect("its page");
        let agent = agent.split('?').next().expect("an id").to_owned();
        let text = [("agent", agent.as_str()), ("title", "Manual"), ("body", "Hold the red button.")];
        let (status, added) = ana.call("agents/add_text", &text).await;
        assert_eq!(status, 200, "{added}");
        let (_, checks) = ana.ask("agents/checks", &[("agent", &agent)]).await;
        let (_, knowledge) = ana.ask("agents/knowledge", &[("agent", &agent)]).await;
        let times = [("agent", agent.as_str()), ("instructions", "Post."), ("times", "09:00"), ("weekdays[0]", "mon")];
        let (status, saved) = ana.call("agents/save_schedule", &[&times[..], &[("catch_up", "skip")]].concat()).await;
        assert_eq!(status, 200, "{saved}");
        let (_, acting) = ana.ask("agents/acting", &[("agent", &agent)]).await;
        let first = |list: &Value| list[0]["id"].as_str().expect("an id").to_owned();
        let schedule = first(&acting["schedules"]);
        Self {
            check: first(&checks["checks"]),
            source: first(&knowledge["sources"]),
            schedule,
            agent,
            tools: tools.to_string(),
        }
    }
}

impl Server {
    /// Connects a server of tools, which is not asked.
    pub async fn tools_of(&self, cx: &Cx<Actor>) -> McpServerId {
        let new = NewMcpServer::parse("tools", "https://example.org/mcp", "", "").expect("a valid server");
        let mut tx = self.app.database.begin().await.expect("a transaction");
        let id = service::add_server(&mut tx, cx, &self.app.servers, &new).await.expect("added");
        tx.commit().await.expect("a commit");
        id
    }
}

/// Each function, who may call it, and arguments that name those things.
fn functions(hers: &Hers) -> Vec<Function> {
    use Who::{Anybody, Owner, SignedIn};
    let Hers { deleted, session, account, transfer, wallet, bought, built, .. } = hers;
    let post = hers.post.to_string();
    let one = |name, value: &str| vec![(name, value.to_owned())];
    let mut all = vec![
        ("identity/sign_up", Anybody, vec![]),
        ("identity/check_handle", Anybody, one("handle", "somebody")),
        ("identity/resend_confirmation", Anybody, one("email", "a@example.org")),
        ("identity/confirm_email", Anybody, one("token", "x")),
        ("identity/sign_in", Anybody, vec![]),
        ("identity/sign_out", Anybody, vec![]),
        ("identity/request_reset", Anybody, one("email", "a@example.org")),
        ("identity/reset_password", Anybody, vec![]),
        ("identity/set_theme", Anybody, one("theme", "dark")),
        ("identity/open_mailbox", Anybody, vec![]),
        ("identity/open_letter", Anybody, one("id", "mail_00000000000000000000000000000000")),
        ("identity/my_profile", SignedIn, vec![]),
        (
            "identity/edit_profile",
            SignedIn,
            vec![("name", "N".to_owned()), ("headline", String::new()), ("bio", String::new())],
        ),
        ("identity/preview_bio", SignedIn, one("bio", "Hello")),
        ("identity/my_devices", SignedIn, vec![]),
        ("identity/revoke_session", Owner, one("session", session)),
        ("identity/revoke_other_sessions", SignedIn, vec![]),
        ("money/wallet", Owner, one("of", wallet)),
        ("money/transfer", Owner, one("id", transfer)),
        ("money/payouts", SignedIn, vec![]),
        (
            "money/request_payout",
            SignedIn,
            vec![("amount", "1".to_owned()), ("currency", "EUR".to_owned()), ("key", "k".to_owned())],
        ),
        ("social/public_feed", Anybody, vec![]),
        ("social/home_feed", SignedIn, vec![]),
        ("social/posts_of", Anybody, one("handle", "ana")),
        ("social/profile", Anybody, one("handle", "ana")),
        ("social/connections", Anybody, vec![("handle", "ana".to_owned()), ("direction", "Followers".to_owned())]),
        ("social/thread", Anybody, one("post", &post)),
        ("social/history", Anybody, one("post", &post)),
        ("social/newer", Anybody, vec![("feed", "Public".to_owned()), ("top", post.clone())]),
        ("social/write_form", SignedIn, vec![]),
        ("social/preview", SignedIn, one("body", "Hello")),
        ("social/publish", SignedIn, one("body", "Hello")),
        ("social/like", SignedIn, vec![("post", post.clone()), ("liked", "true".to_owned())]),
        ("social/follow", SignedIn, vec![("account", account.clone()), ("following", "true".to_owned())]),
        ("social/reading_choice", SignedIn, vec![]),
        ("social/show_agents", SignedIn, one("agents", "all")),
        ("social/draft", Owner, one("post", &post)),
        (
            "social/edit",
            Owner,
            vec![("post", post.clone()), ("body", "Mine now".to_owned()), ("expected_revision", "0".to_owned())],
        ),
        ("social/delete", Owner, one("post", &post)),
        ("social/restore", Owner, one("post", &deleted.to_string())),
    ];
    all.extend(of_builders(built));
    all.extend(of_acting(built));
    all.extend(of_chats(&hers.chatted, &hers.kettle));
    all.extend(of_market(built));
    all.extend(of_experts(&hers.held));
    all.extend(of_calls(&hers.held));
    all.extend(of_billing(bought));
    all.extend(of_billing_admins(bought));
    all
}

/// The functions of those who build agents.
fn of_builders(built: &Built) -> Vec<Function> {
    use Who::{Owner, SignedIn};
    let Built { agent, check, source, tools, .. } = built;
    let some =
        |pairs: &[(&'static str, &str)]| pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let its = ("agent", agent.as_str());
    let (its_check, its_source) = (("check", check.as_str()), ("source", source.as_str()));
    let draft = [("name", "Mine"), ("length", "short"), ("max_output_tokens", "512"), ("number", "1")];
    let written = [("question", "Why?"), ("manner", "answers")];
    vec![
        ("agents/mine", SignedIn, some(&[])),
        ("agents/templates", SignedIn, some(&[])),
        ("agents/create", SignedIn, some(&[("handle", "another_robo"), ("name", "Robo")])),
        ("agents/head", Owner, some(&[its])),
        ("agents/build_form", Owner, some(&[its])),
        ("agents/tools_form", Owner, some(&[its])),
        ("agents/test_chat", Owner, some(&[its])),
        ("agents/limits", Owner, some(&[its])),
        ("agents/save", Owner, some(&[its, draft[0], draft[1], draft[2], draft[3]])),
        ("agents/save_tools", Owner, some(&[its, ("number", "1"), ("tools[calculator]", "allow")])),
        ("agents/servers", SignedIn, some(&[])),
        ("agents/add_server", SignedIn, some(&[("name", "tools"), ("address", "http://10.0.0.7/mcp")])),
        ("agents/ask_server", Owner, some(&[("server", tools)])),
        ("agents/remove_server", Owner, some(&[("server", tools)])),
        ("agents/set_caps", Owner, some(&[its, ("daily", "1"), ("monthly", "2")])),
        ("agents/set_state", Owner, some(&[its, ("wish", "retire")])),
        ("agents/knowledge", Owner, some(&[its])),
        ("agents/add_text", Owner, some(&[its, ("title", "T"), ("body", "B")])),
        ("agents/add_page", Owner, some(&[its, ("address", "https://example.org/")])),
        ("agents/add_file", Owner, some(&[its, ("knowledge", source)])),
        ("agents/reread_source", Owner, some(&[its, its_source])),
        ("agents/remove_source", Owner, some(&[its, its_source])),
        ("agents/checks", Owner, some(&[its])),
        ("agents/check_form", Owner, some(&[its, its_check])),
        ("agents/save_check", Owner, some(&[its, its_check, written[0], written[1]])),
        ("agents/move_check", Owner, some(&[its, its_check, ("place", "0")])),
        ("agents/remove_check", Owner, some(&[its, its_check])),
        ("agents/run_checks", Owner, some(&[its])),
        ("agents/versions", Owner, some(&[its])),
        ("agents/compare", Owner, some(&[its])),
        ("agents/publish", Owner, some(&[its])),
        ("agents/restore", Owner, some(&[its, ("version", "1")])),
    ]
}

/// The functions of those who sell and buy agents.
fn of_market(built: &Built) -> Vec<Function> {
    use Who::{Admin, Anybody, Owner, SignedIn};
    let some =
        |pairs: &[(&'static str, &str)]| pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let its = ("agent", built.agent.as_str());
    let listing = ("listing", "lst_00000000000000000000000000000000");
    let licence = ("licence", "lic_00000000000000000000000000000000");
    let review = ("review", "rev_00000000000000000000000000000000");
    let sale = ("sale", "sale_00000000000000000000000000000000");
    let key = ("key", "00000000000000000000000000000001");
    let said = [
        ("title", "Mine now"),
        ("tagline", "Mine"),
        ("description", "Mine."),
        ("category", "other"),
        ("language", "en"),
        ("free", "true"),
    ];
    vec![
        ("market/market", Anybody, some(&[])),
        ("market/listing", Anybody, some(&[("of", listing.1)])),
        ("market/creator", Anybody, some(&[("handle", "ana")])),
        ("market/buy_form", SignedIn, some(&[listing, ("kind", "once")])),
        ("market/buy", SignedIn, some(&[listing, ("kind", "once"), ("seen", "100"), key])),
        ("market/agree", SignedIn, some(&[listing, ("seen", "100")])),
        ("market/bought", SignedIn, some(&[])),
        ("market/licence", Owner, some(&[("id", licence.1)])),
        ("market/decide_end", Owner, some(&[licence, ("at_end", "cancel")])),
        ("market/pay_now", Owner, some(&[licence])),
        ("market/give_back", Owner, some(&[licence])),
        ("market/sell", SignedIn, some(&[])),
        ("market/sell_form", Owner, some(&[its])),
        ("market/sales", Owner, some(&[its])),
        ("market/earned", SignedIn, some(&[])),
        ("market/fork_form", SignedIn, some(&[listing])),
        ("market/fork", SignedIn, some(&[listing, ("handle", "forked_bot"), ("name", "Forked")])),
        ("market/save_listing", Owner, some(&[&[its][..], &said].concat())),
        ("market/turn_listing", Owner, some(&[its, listing, ("wish", "pause")])),
        ("market/withdraw", Admin, some(&[listing, ("reason", "Because")])),
        ("market/offer_share", Owner, some(&[its, listing, ("account", "eve"), ("share", "10")])),
        ("market/answer_share", SignedIn, some(&[listing, ("wish", "accept")])),
        ("market/review", SignedIn, some(&[listing, ("rating", "5"), ("body", "Good")])),
        ("market/delete_review", SignedIn, some(&[listing, review])),
        ("market/reply", Owner, some(&[listing, review, ("body", "Thanks")])),
        ("market/refund_sale", Owner, some(&[its, sale, ("reason", "Because")])),
    ]
}

/// The functions of those whose agents act.
fn of_acting(built: &Built) -> Vec<Function> {
    use Who::{Owner, SignedIn};
    let Built { agent, schedule, .. } = built;
    let some =
        |pairs: &[(&'static str, &str)]| pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let (its, its_schedule) = (("agent", agent.as_str()), ("schedule", schedule.as_str()));
    let run = ("run", "run_00000000000000000000000000000000");
    let item = "prop_00000000000000000000000000000000";
    let acting =
        [("answers", "everybody"), ("zone", "UTC"), ("daily_posts", "1"), ("depth_cap", "1"), ("threshold", "1")];
    let times = [("instructions", "Post."), ("times", "10:00"), ("weekdays[0]", "mon"), ("catch_up", "skip")];
    vec![
        ("agents/inbox", SignedIn, some(&[])),
        ("agents/pending", SignedIn, some(&[])),
        ("agents/dashboard", SignedIn, some(&[])),
        ("agents/review", Owner, some(&[("item", item)])),
        ("agents/decide_review", Owner, some(&[("item", item), ("wish", "approve")])),
        ("agents/decide_many", Owner, some(&[("items[0]", item), ("wish", "approve")])),
        ("agents/acting", Owner, some(&[its])),
        ("agents/runs", Owner, some(&[its])),
        ("agents/run", Owner, some(&[its, run])),
        ("agents/save_acting", Owner, some(&[&[its, ("unedited_needed", "1")][..], &acting].concat())),
        ("agents/save_schedule", Owner, some(&[&[its, its_schedule][..], &times].concat())),
        ("agents/remove_schedule", Owner, some(&[its, its_schedule])),
    ]
}

/// The functions of those who talk with agents.
fn of_chats(chatted: &Chatted, agent: &str) -> Vec<Function> {
    use Who::{Owner, SignedIn};
    let some =
        |pairs: &[(&'static str, &str)]| pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let (chat, run) = (chatted.asked.conversation.to_string(), chatted.asked.run.to_string());
    let answer = chatted.asked.message.map(|it| it.to_string()).unwrap_or_default();
    let memory = chatted.memory.to_string();
    vec![
        ("agents/chats", SignedIn, some(&[])),
        ("agents/new_chat", SignedIn, some(&[("with", "kettle_bot")])),
        ("agents/chat", Owner, some(&[("id", &chat)])),
        (
            "agents/ask",
            Owner,
            some(&[("agent", agent), ("conversation", &chat), ("parent", &answer), ("body", "Me too")]),
        ),
        ("agents/ask_again", Owner, some(&[("message", &answer)])),
        ("agents/stop", Owner, some(&[("run", &run)])),
        ("agents/decide_call", Owner, some(&[("call", "call_00000000000000000000000000000000"), ("wish", "allow")])),
        ("agents/show_branch", Owner, some(&[("message", &answer)])),
        ("agents/rate", Owner, some(&[("message", &answer), ("judgement", "bad")])),
        ("agents/rename_chat", Owner, some(&[("conversation", &chat), ("title", "Mine now")])),
        ("agents/delete_chat", Owner, some(&[("conversation", &chat)])),
        ("agents/choose_training", Owner, some(&[("conversation", &chat), ("allowed", "true")])),
        ("agents/memories", SignedIn, some(&[])),
        ("agents/edit_memory", Owner, some(&[("memory", &memory), ("body", "I am Eve")])),
        ("agents/forget", Owner, some(&[("memory", &memory)])),
        ("agents/forget_all", SignedIn, some(&[("of", "kettle_bot")])),
        ("agents/agree", SignedIn, some(&[("agent", agent), ("minor", "10")])),
        ("agents/my_spending", SignedIn, some(&[])),
        ("agents/set_my_limits", SignedIn, some(&[("daily", "1"), ("monthly", "2")])),
    ]
}

/// The functions of those who buy.
fn of_billing(bought: &Bought) -> Vec<Function> {
    use Who::{Anybody, Owner, SignedIn};
    let some =
        |pairs: &[(&'static str, &str)]| pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let (price, subscription) = (bought.price.to_string(), bought.subscription.to_string());
    let (checkout, invoice) = (bought.checkout.to_string(), bought.invoice.to_string());
    let (seen, way) = ([("seen_minor", "500"), ("seen_currency", "EUR")], ("pay_with", "wallet"));
    vec![
        ("billing/pricing", Anybody, some(&[])),
        ("billing/sandbox_page", Anybody, some(&[("reference", "cs_nothing")])),
        ("billing/submit_card", Anybody, some(&[("reference", "cs_nothing")])),
        ("billing/confirm_card", Anybody, some(&[("reference", "cs_nothing"), ("answer", "approve")])),
        ("billing/submit_payout_account", Anybody, some(&[("reference", "cs_nothing"), ("iban", "x")])),
        ("billing/checkout_form", SignedIn, some(&[("price", &price)])),
        ("billing/checkout_status", Owner, some(&[("id", &checkout)])),
        ("billing/card_page", Owner, some(&[("id", &checkout)])),
        ("billing/card_secret", Owner, some(&[("checkout", &checkout)])),
        ("billing/pay_on_page", Owner, some(&[("checkout", &checkout)])),
        ("billing/my_billing", SignedIn, some(&[])),
        ("billing/my_card", SignedIn, some(&[])),
        ("billing/my_bill_to", SignedIn, some(&[])),
        ("billing/features", SignedIn, some(&[])),
        ("billing/top_up_form", SignedIn, some(&[])),
        ("billing/payout_destination", SignedIn, some(&[])),
        ("billing/subscription", Owner, some(&[("id", &subscription)])),
        ("billing/invoice", Owner, some(&[("id", &invoice)])),
        ("billing/change_plan", Owner, some(&[("id", &subscription), ("to", &price)])),
        ("billing/invoices", SignedIn, some(&[])),
        ("billing/buy", SignedIn, some(&[("price", &price), way, seen[0], seen[1], ("key", "k")])),
        (
            "billing/change",
            Owner,
            some(&[
                ("subscription", &subscription),
                ("to", &price),
                ("reckoned_at", "2026-06-01T12:00:00Z"),
                way,
                seen[0],
                seen[1],
                ("key", "k"),
            ]),
        ),
        ("billing/schedule_change", Owner, some(&[("subscription", &subscription), ("to", &price)])),
        ("billing/pay_invoice", Owner, some(&[("invoice", &invoice), way, ("key", "k")])),
        (
            "billing/top_up",
            SignedIn,
            some(&[("amount", "10"), ("currency", "EUR"), ("pay_with", "other"), ("key", "k")]),
        ),
        ("billing/manage", Owner, some(&[("subscription", &subscription), ("wish", "cancel")])),
        ("billing/pay_with", Owner, some(&[("subscription", &subscription), way])),
        ("billing/set_bill_to", SignedIn, some(&[("name", "N"), ("address", ""), ("tax_id", "")])),
        ("billing/leave_card", SignedIn, some(&[])),
        ("billing/forget_card", SignedIn, some(&[])),
        ("billing/set_up_payouts", SignedIn, some(&[])),
    ]
}

/// The functions of those who sell.
fn of_billing_admins(bought: &Bought) -> Vec<Function> {
    let some =
        |pairs: &[(&'static str, &str)]| pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let (product, price, invoice) = (bought.product.to_string(), bought.price.to_string(), bought.invoice.to_string());
    let event = "whk_00000000000000000000000000000000";
    let all: Vec<(&str, Vec<(&str, String)>)> = vec![
        ("billing/admin_overview", some(&[])),
        ("billing/admin_products", some(&[])),
        ("billing/admin_product", some(&[("id", &product)])),
        ("billing/admin_subscriptions", some(&[])),
        ("billing/admin_invoices", some(&[])),
        ("billing/admin_invoice", some(&[("id", &invoice)])),
        ("billing/admin_payments", some(&[])),
        ("billing/admin_webhooks", some(&[])),
        ("billing/admin_reconciliations", some(&[])),
        (
            "billing/admin_save_product",
            some(&[("id", ""), ("code", "new"), ("name", "New"), ("summary", ""), ("tax_rate", "0"), ("grants", "")]),
        ),
        (
            "billing/admin_set_price",
            some(&[("product", &product), ("amount", "1"), ("currency", "EUR"), ("per", "month"), ("trial_days", "")]),
        ),
        ("billing/admin_retire_price", some(&[("product", &product), ("price", &price)])),
        (
            "billing/admin_give_back",
            some(&[
                ("invoice", &invoice),
                ("amount", "1"),
                ("currency", "EUR"),
                ("to", "wallet"),
                ("reason", ""),
                ("key", "k"),
            ]),
        ),
        ("billing/admin_replay_webhook", some(&[("event", event)])),
        ("billing/admin_reconcile", some(&[])),
        ("billing/admin_settle_dispute", some(&[("payment", "pi_nothing"), ("decision", "us")])),
    ];
    all.into_iter().map(|(name, arguments)| (name, Who::Admin, arguments)).collect()
}

/// The functions of those who book experts, and of those who are booked.
fn of_experts(held: &Held) -> Vec<Function> {
    use Who::{Admin, Anybody, Owner, SignedIn};
    let some =
        |pairs: &[(&'static str, &str)]| pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let (expert, service) = (held.expert.to_string(), held.service.to_string());
    let chosen = format!("{service}:2500");
    let (who, calendar) = (("expert", expert.as_str()), "cal_00000000000000000000000000000000");
    let wish = [("service", chosen.as_str()), ("start", "2026-06-03T09:00:00Z"), ("key", "k")];
    vec![
        ("experts/search", Anybody, some(&[])),
        ("experts/expert", Anybody, some(&[("handle", "vera")])),
        ("experts/hold", SignedIn, some(&[&[who][..], &wish].concat())),
        ("experts/wait", SignedIn, some(&[who])),
        ("experts/stop_waiting", SignedIn, some(&[who])),
        ("experts/bookings", SignedIn, some(&[])),
        ("experts/setup", SignedIn, some(&[])),
        ("experts/diary", SignedIn, some(&[])),
        ("experts/affected", SignedIn, some(&[])),
        ("experts/save_profile", SignedIn, some(&[("headline", "I"), ("zone", "UTC"), ("policy", "strict")])),
        ("experts/save_hours", SignedIn, some(&[("buffer", "5"), ("notice", "60"), ("ahead", "28")])),
        ("experts/save_service", SignedIn, some(&[("title", "T"), ("price", "10")])),
        ("experts/withdraw_service", Owner, some(&[("service", &service)])),
        ("experts/turn", SignedIn, some(&[("wish", "pause")])),
        ("experts/calendars", SignedIn, some(&[])),
        ("experts/add_calendar", SignedIn, some(&[("name", "C"), ("address", "https://example.org/c.ics")])),
        ("experts/remove_calendar", Owner, some(&[("calendar", calendar)])),
        ("experts/feed", SignedIn, some(&[])),
        ("experts/renew_feed", SignedIn, some(&[])),
        ("experts/disputes", Admin, some(&[])),
    ]
}

/// The functions of both who meet.
fn of_calls(held: &Held) -> Vec<Function> {
    use Who::{Admin, Owner};
    let some =
        |pairs: &[(&'static str, &str)]| pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let id = held.booking.to_string();
    let (booking, by_id) = (("booking", id.as_str()), ("id", id.as_str()));
    let (proposal, slice) = ("move_00000000000000000000000000000000", "slice_00000000000000000000000000000000");
    let (body, reason) = (("body", "Hello"), ("reason", "Because"));
    vec![
        ("experts/booking", Owner, some(&[by_id])),
        ("experts/let_go", Owner, some(&[booking])),
        ("experts/pay", Owner, some(&[booking, ("seen", "2500")])),
        ("experts/await_money", Owner, some(&[booking, ("missing", "2500")])),
        ("experts/accept", Owner, some(&[booking])),
        ("experts/decline", Owner, some(&[booking, reason])),
        ("experts/propose", Owner, some(&[booking, ("times[0]", "2026-06-03T09:00:00Z")])),
        ("experts/agree", Owner, some(&[booking, ("proposal", proposal), ("slice", slice)])),
        ("experts/disagree", Owner, some(&[booking, ("proposal", proposal)])),
        ("experts/cancel", Owner, some(&[booking, ("seen", "0"), reason])),
        ("experts/review", Owner, some(&[booking, ("rating", "5"), body])),
        ("experts/reply", Owner, some(&[booking, body])),
        ("experts/save_notes", Owner, some(&[booking, body])),
        ("experts/publish_notes", Owner, some(&[booking, ("title", "Clause 4"), body])),
        ("experts/hide_notes", Owner, some(&[booking])),
        ("experts/dispute", Owner, some(&[booking, reason])),
        ("experts/decide_dispute", Admin, some(&[booking, ("back", "0"), ("answer", "No")])),
        ("experts/room", Owner, some(&[by_id])),
        ("experts/room_news", Owner, some(&[by_id, ("after_signal", "0")])),
        ("experts/room_servers", Owner, some(&[by_id])),
        ("experts/room_notes", Owner, some(&[by_id])),
        ("experts/enter_room", Owner, some(&[booking])),
        ("experts/say_in_room", Owner, some(&[booking, body])),
        ("experts/signal_in_room", Owner, some(&[booking, body])),
        ("experts/note_in_room", Owner, some(&[booking, body])),
        ("experts/extend_call", Owner, some(&[booking, ("seen", "2500"), ("place", "1")])),
        ("experts/end_call", Owner, some(&[booking])),
        ("experts/call_broken", Owner, some(&[booking])),
    ]
}

async fn call(visitor: &Visitor, function: &str, arguments: &[(&str, String)]) -> (u16, Value) {
    let arguments: Vec<(&str, &str)> = arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let reads = server_fn::axum::server_fn_paths()
        .any(|(path, method)| path == format!("/api/{function}") && method == http::Method::GET);
    if reads { visitor.ask(function, &arguments).await } else { visitor.call(function, &arguments).await }
}

#[tokio::test]
async fn each_function_is_open_to_those_it_is_for_and_nobody_else() {
    let server = Server::start().await;
    let (ana, eve) = (server.app.person("ana").await, server.app.person("eve").await);
    let post = server.post(&ana, "By Ana").await;
    let deleted = server.post(&ana, "Deleted by Ana").await;
    let (as_ana, as_eve) = (server.signed_in(&ana).await, server.signed_in(&eve).await);
    let (status, _) = as_ana.call("social/delete", &[("post", &deleted.to_string())]).await;
    assert_eq!(status, 200);
    let (_, devices) = as_ana.call("identity/my_devices", &[]).await;
    let session = devices[0]["id"].as_str().expect("a device").to_owned();

    let transfer = server.top_up(&ana).await.to_string();
    let (_, wallet) = as_ana.ask("money/wallet", &[]).await;
    let wallet = wallet["statement"]["account"].as_str().expect("a statement").to_owned();
    let csv = format!("/wallet/statement.csv?of={wallet}");
    for (visitor, expected) in [(&as_ana, 200), (&as_eve, 404), (&server.visitor(), 401)] {
        assert_eq!(visitor.get(&csv).await.status(), expected);
    }
    let (_, file) = as_ana.read(&csv).await;
    assert!(file.contains("\"'=1+1, for a test\",12.00,12.00,EUR\r\n"), "{file}");

    let bought = server.subscribe(&ana).await;
    let pdf = format!("/billing/invoices/{}/pdf", bought.invoice);
    let as_admin = server.signed_in(&bought.admin).await;
    for (visitor, expected) in [(&as_ana, 200), (&as_admin, 200), (&as_eve, 404), (&server.visitor(), 401)] {
        assert_eq!(visitor.get(&pdf).await.status(), expected);
    }
    let (subscription, account) = (bought.subscription.to_string(), ana.actor.account.to_string());
    let built = Built::new(&as_ana, server.tools_of(&ana).await).await;
    let agent = built.agent.clone();
    for (visitor, expected) in [(&as_eve, 404), (&server.visitor(), 401)] {
        let upload = format!("/api/knowledge?agent={agent}&name=a.txt");
        let upload = visitor.request(reqwest::Method::POST, &upload).body("Known to Eve.");
        assert_eq!(upload.send().await.expect("an answer").status(), expected, "a file for somebody else's agent");
    }
    let kettle = server.kettle_bot(&ana).await;
    let chatted = server.chatted(&ana, kettle).await;
    let chat = chatted.asked.conversation.to_string();
    let kettle = kettle.to_string();
    let held = server.held(&ana).await;
    let booking = held.booking.to_string();
    let hers = Hers { post, deleted, session, account, transfer, wallet, bought, chatted, kettle, built, held };
    let table = functions(&hers);
    let mut known: Vec<String> = table.iter().map(|(function, _, _)| format!("/api/{function}")).collect();
    let mut registered: Vec<String> = server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    known.sort();
    registered.sort();
    assert_eq!(known, registered, "every server function stands in the table of this test");

    for (function, who, arguments) in &table {
        let (status, answer) = call(&server.visitor(), function, arguments).await;
        let refused = matches!(status, 401 | 403 | 404);
        assert_eq!(status == 401, *who != Who::Anybody, "{function} for a visitor: {status} {answer}");
        if matches!(who, Who::Owner | Who::Admin) {
            let (status, answer) = call(&as_eve, function, arguments).await;
            assert!(matches!(status, 403 | 404 | 410), "{function} for somebody else: {status} {answer}");
            assert!(refused);
        }
    }
    let (_, hers) = as_ana.ask("billing/subscription", &[("id", &subscription)]).await;
    assert!(hers.to_string().contains("renew"), "nothing of Ana's was changed: {hers}");
    let (_, head) = as_ana.ask("agents/head", &[("agent", &agent)]).await;
    assert_eq!((&head["agent"]["name"], &head["checks"], &head["sources"]), (&"Robo".into(), &2.into(), &1.into()));
    let (_, said) = as_ana.ask("agents/chat", &[("id", &chat)]).await;
    assert!(said.to_string().contains("How long is the warranty") && !said.to_string().contains("Mine now"), "{said}");
    let (_, kept) = as_ana.ask("experts/booking", &[("id", &booking)]).await;
    assert!(kept.to_string().contains("held"), "nothing of Ana's was changed: {kept}");
    let (_, thread) = as_ana.ask("social/thread", &[("post", &post.to_string())]).await;
    assert!(thread.to_string().contains("By Ana"), "nothing of Ana's was changed: {thread}");
}

#[tokio::test]
async fn what_stands_with_a_message_is_for_the_members_of_its_conversation() {
    let server = Server::start().await;
    let (ana, eve) = (server.app.person("ana").await, server.app.person("eve").await);
    let kettle = server.kettle_bot(&ana).await.to_string();
    let (ana, eve) = (server.signed_in(&ana).await, server.signed_in(&eve).await);
    let upload = async |visitor: &Visitor, name: &str, body: &'static str| {
        let path = format!("/api/attachment?name={name}");
        let response = visitor.request(reqwest::Method::POST, &path).body(body).send().await.expect("an answer");
        let status = response.status().as_u16();
        (status, serde_json::from_str::<Value>(&response.text().await.expect("text")).unwrap_or_default())
    };
    assert_eq!(upload(&server.visitor(), "a.txt", "Words.").await.0, 401);
    let (status, refused) = upload(&ana, "a.pdf", "%PDF-1.7 and nothing").await;
    assert!(status == 422 && refused.to_string().contains("a.pdf: This PDF is damaged"), "{status} {refused}");
    let (status, kept) = upload(&ana, "price%20list.csv", "item,price\nkettle,40\npot,30\n").await;
    let id = kept["id"].as_str().expect("an id").to_owned();
    assert_eq!((status, &kept["name"]), (200, &"price list.csv".into()));

    let file = format!("/attachments/{id}/file");
    let seen = async || {
        let mut seen = Vec::new();
        for visitor in [&ana, &eve, &server.visitor()] {
            seen.push(visitor.get(&file).await.status().as_u16());
        }
        seen
    };
    assert_eq!(seen().await, [200, 404, 401], "before it is sent");
    let ask = [("agent", kettle.as_str()), ("body", "What does it cost?"), ("attachments[0][id]", id.as_str())];
    let (status, refused) = eve.call("agents/ask", &ask).await;
    assert!(status == 422 && !refused.to_string().contains("price list"), "{status} {refused}");
    let (status, answer) = ana.call("agents/ask", &ask).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(seen().await, [200, 404, 401], "and after");
    let response = ana.get(&file).await;
    let header = |name: &str| response.headers()[name].to_str().expect("text").to_owned();
    assert_eq!(header("content-type"), "text/csv");
    assert!(header("content-disposition").starts_with("attachment; filename=\"price list.csv\""));
    assert_eq!(ana.get(&format!("/attachments/{id}/small.webp")).await.status(), 404);
}

#[tokio::test]
async fn an_unattached_picture_is_its_owners_alone() {
    let server = Server::start().await;
    let (ana, eve) = (server.app.person("ana").await, server.app.person("eve").await);
    let (ana, eve) = (server.signed_in(&ana).await, server.signed_in(&eve).await);
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(16, 16).write_to(&mut bytes, image::ImageFormat::Png).expect("a picture");
    let upload = ana.request(reqwest::Method::POST, "/api/upload?purpose=post").body(bytes.into_inner());
    let uploaded: Value =
        serde_json::from_str(&upload.send().await.expect("an answer").text().await.expect("text")).expect("JSON");
    let (url, media) = (uploaded["url"].as_str().expect("a URL"), uploaded["media"].as_str().expect("an id"));
    assert_eq!(ana.get(url).await.status(), 200);
    assert_eq!(eve.get(url).await.status(), 404);
    assert_eq!(server.visitor().get(url).await.status(), 404);
    let stolen = [("body", "Mine"), ("pictures[0][media]", media), ("pictures[0][alt]", "")];
    let (status, answer) = eve.call("social/publish", &stolen).await;
    assert!(matches!(status, 404 | 422), "{status} {answer}");
    assert_eq!(
        server
            .visitor()
            .request(reqwest::Method::POST, "/api/upload?purpose=post")
            .body("x")
            .send()
            .await
            .expect("an answer")
            .status(),
        401
    );
}
