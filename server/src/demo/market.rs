//! What the demo world's agents are offered for, who asked them what, and what those say who did. Every answer is one that the
//! built-in engine gave.

use std::{sync::Arc, time::Duration};

use agents_core::service::{self as agents, Answerer, Ask};
use chrono::TimeDelta;
use kernel::{Actor, ListingId, Via};
use market_core::{
    LicenceKind,
    command::{Buy, ListingForm, NewReview, Reply},
    service::{self, MarketTerms},
};
use models_offline::Offline;
use platform::{
    Tx,
    models::{Chain, Link, ModelProvider},
};
use social_core::MessageBody;

use super::{Failed, Loader};

/// An agent as it is offered. Prices are euros, as their owners typed them.
struct Offer {
    handle: &'static str,
    title: &'static str,
    tagline: &'static str,
    category: &'static str,
    tags: &'static str,
    once: &'static str,
    monthly: &'static str,
    yearly: &'static str,
    message: &'static str,
    fork_royalty: &'static str,
    /// Who reviewed it after asking what: stars, and words.
    reviews: &'static [(&'static str, &'static str, u8, &'static str)],
    /// What its owner replied to the first of them.
    reply: &'static str,
}

/// What is empty of an offer. One without a price is free.
const PLAIN: Offer = Offer {
    handle: "",
    title: "",
    tagline: "",
    category: "other",
    tags: "",
    once: "",
    monthly: "",
    yearly: "",
    message: "",
    fork_royalty: "",
    reviews: &[],
    reply: "",
};

/// How many days ago they were first offered.
const OFFERED_DAYS_AGO: i64 = 10;

const OFFERS: [Offer; 10] = [
    Offer {
        handle: "owl_desk",
        title: "Owl Pedals support",
        tagline: "Answers about power, controls, orders and repairs, at any hour",
        category: "support",
        tags: "guitar, pedals, repairs",
        reviews: &[
            (
                "hanneke",
                "Which power supply does the Night Owl need?",
                5,
                "Had the number I needed before I found the manual.",
            ),
            ("tariq", "How do I reset the Tawny delay?", 4, "Right answer, and it says where it has it from."),
        ],
        reply: "Thank you! It has read the manual more often than I have.",
        ..PLAIN
    },
    Offer {
        handle: "clause_reader",
        title: "Clause reader for music contracts",
        tagline: "What is usual, what isn't, and what to ask a lawyer",
        category: "business",
        tags: "contracts, music, rights",
        message: "0.05",
        reviews: &[
            ("camille", "What is cross-collateralisation?", 5, "Explained in two sentences what took me an evening."),
            ("ines", "Is a 360 clause usual?", 4, "Careful where it has to be. It is no lawyer, and says so."),
        ],
        reply: "That is what it is for. The rest I do by hand.",
        ..PLAIN
    },
    Offer {
        handle: "penny",
        title: "Penny, royalty bookkeeper",
        tagline: "Split sheets, statements, and where the odd cent goes",
        category: "business",
        tags: "royalties, accounting",
        once: "12.00",
        reviews: &[("ana", "What is a split sheet?", 5, "My splits add up now. All of them.")],
        ..PLAIN
    },
    Offer {
        handle: "tide",
        title: "Release planner",
        tagline: "Says what has to be done by when, backwards from the date",
        category: "arts",
        tags: "music, releases, planning",
        monthly: "4.00",
        yearly: "40.00",
        reviews: &[("ines", "When must the vinyl be ordered?", 4, "I know now why we were late the last time.")],
        ..PLAIN
    },
    Offer {
        handle: "seo_lint",
        title: "Page checks, explained",
        tagline: "Titles, pictures and structured data, without promises",
        category: "marketing",
        tags: "search, pages, shops",
        fork_royalty: "10",
        reviews: &[("freya", "How long should a title be?", 4, "Dry, short, and it helped.")],
        ..PLAIN
    },
    Offer {
        handle: "scout_nine",
        title: "Playlist scout",
        tagline: "How playlists are found and pitched, and never paid for",
        category: "arts",
        tags: "music, playlists",
        monthly: "6.00",
        reviews: &[("ana", "Do you pay for placement?", 3, "Honest. I had hoped for more lists.")],
        reply: "Fair. It listens to more each week.",
        ..PLAIN
    },
    Offer {
        handle: "nib",
        title: "Newsletter drafts",
        tagline: "From what you have already published",
        category: "writing",
        tags: "newsletter, mail",
        message: "0.02",
        reviews: &[("mei", "How long should a newsletter be?", 5, "400 words. My readers thank it.")],
        ..PLAIN
    },
    Offer {
        handle: "plainview",
        title: "Accessibility, with the number of the rule",
        tagline: "Contrast, labels, focus and alternative texts",
        category: "technology",
        tags: "accessibility, wcag",
        once: "9.00",
        fork_royalty: "15",
        reviews: &[("lin_ux", "Which contrast does text need?", 5, "I quote it in meetings.")],
        ..PLAIN
    },
    Offer {
        handle: "stockroom",
        title: "Roast days at Qahwa North",
        tagline: "When we roast, what is there, and when your order leaves",
        category: "lifestyle",
        tags: "coffee",
        reviews: &[("wes", "How long is coffee fresh?", 4, "Six weeks. Mine never lasts that long.")],
        ..PLAIN
    },
    Offer {
        handle: "standup_scribe",
        title: "The morning note",
        tagline: "What was finished, what is planned, what is stuck",
        category: "business",
        tags: "projects, teams",
        monthly: "5.00",
        reviews: &[("hugo", "When is the note sent?", 5, "I stopped asking people what they did yesterday.")],
        ..PLAIN
    },
];

/// Who bought what, how many days ago, for how many cents.
const BOUGHT: [(i64, &str, &str, LicenceKind, i64); 2] =
    [(6, "ana", "penny", LicenceKind::Once, 1_200), (4, "camille", "tide", LicenceKind::Monthly, 400)];

impl Loader<'_> {
    /// Offers the agents, and has them asked and reviewed.
    pub(super) async fn open_market(&self) -> Result<(), Failed> {
        let engine = Arc::new(Offline::with_pace(Duration::ZERO));
        let model = engine.models().first().cloned().ok_or("the built-in engine has no model")?;
        let chain = Chain::new(vec![Link { provider: engine, model }], self.world.clone());
        let terms = Arc::new(MarketTerms);
        let answerer = Answerer::new(self.database.clone(), self.world.clone(), Arc::new(chain), terms);
        for offer in &OFFERS {
            self.at(self.now - TimeDelta::days(OFFERED_DAYS_AGO));
            let listing = self.offer(offer).await?;
            for (days_later, (who, question, stars, words)) in (1..).zip(offer.reviews) {
                self.at(self.now - TimeDelta::days(OFFERED_DAYS_AGO - days_later));
                self.ask_and_review(&answerer, offer, listing, who, question, (*stars, *words)).await?;
            }
        }
        self.at(self.now);
        Ok(())
    }

    /// Has some of them bought, from wallets that were filled before.
    pub(super) async fn buy_agents(&self, tx: &mut Tx) -> Result<(), Failed> {
        for (days, who, handle, kind, cents) in BOUGHT {
            self.at(self.now - TimeDelta::days(days));
            self.buy(tx, who, handle, kind, cents).await?;
        }
        self.at(self.now);
        Ok(())
    }

    async fn offer(&self, offer: &Offer) -> Result<ListingId, Failed> {
        let (agent, owner) = self.account(offer.handle)?;
        let cx = self.world.cx(Actor::human(owner.ok_or("an agent without an owner")?, Via::System));
        let spec = agents::agent(self.database.pool(), &cx, agent).await?.draft;
        let has_price = [offer.once, offer.monthly, offer.yearly, offer.message].iter().any(|it| !it.is_empty());
        let form = ListingForm {
            title: offer.title.to_owned(),
            tagline: offer.tagline.to_owned(),
            description: spec.greeting,
            category: offer.category.to_owned(),
            tags: offer.tags.to_owned(),
            language: "en".to_owned(),
            suggestions: spec.suggestions.join("\n"),
            free: !has_price,
            once: offer.once.to_owned(),
            monthly: offer.monthly.to_owned(),
            yearly: offer.yearly.to_owned(),
            message: offer.message.to_owned(),
            free_messages: 3,
            fork_royalty: offer.fork_royalty.to_owned(),
        };
        let text = form.parse().map_err(|wrong| format!("{}: {wrong:?}", offer.handle))?;
        let mut tx = self.database.begin().await?;
        let listing = service::save_listing(&mut tx, &cx, agent, &text).await?;
        service::list(&mut tx, &cx, listing).await?;
        tx.commit().await?;
        Ok(listing)
    }

    async fn ask_and_review(
        &self,
        answerer: &Answerer,
        offer: &Offer,
        listing: ListingId,
        who: &str,
        question: &str,
        (stars, words): (u8, &str),
    ) -> Result<(), Failed> {
        let (agent, owner) = self.account(offer.handle)?;
        let cx = self.actor(who, None)?;
        let body = MessageBody::parse(question).map_err(|error| error.to_string())?;
        let ask = Ask {
            agent,
            conversation: None,
            parent: None,
            body,
            attachments: Vec::new(),
            submission: None,
            preview: false,
        };
        let mut tx = self.database.begin().await?;
        let asked = agents::ask(&mut tx, &cx, &MarketTerms, &ask).await?;
        tx.commit().await?;
        answerer.answer(asked.run).await?;
        let review = NewReview::parse(stars, words).map_err(|wrong| format!("{wrong:?}"))?;
        let mut tx = self.database.begin().await?;
        let review = service::put_review(&mut tx, &cx, listing, &review).await?;
        if offer.reviews.first().is_some_and(|first| first.0 == who) && !offer.reply.is_empty() {
            let owner = self.world.cx(Actor::human(owner.ok_or("an agent without an owner")?, Via::System));
            let reply = Reply::parse(offer.reply).map_err(|wrong| format!("{wrong:?}"))?;
            service::reply(&mut tx, &owner, review, &reply).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn buy(&self, tx: &mut Tx, who: &str, handle: &str, kind: LicenceKind, cents: i64) -> Result<(), Failed> {
        let (agent, _) = self.account(handle)?;
        let visitor = self.world.cx(None);
        let view = service::listing_of(self.database.pool(), &visitor, agent).await?.ok_or("no listing")?;
        let seen = kernel::Money::new(cents, market_core::listing::CURRENCY);
        let buy = Buy { listing: view.card.id, kind, seen, key: format!("demo-{handle}").parse()? };
        service::buy(tx, &self.actor(who, None)?, &buy).await?;
        Ok(())
    }
}
