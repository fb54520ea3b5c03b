//! What the demo world's experts offer, when they work, and a few of the calls they had.

use chrono::{TimeDelta, Timelike};
use experts_core::{
    command::{DayForm, Hold, HoursForm, NewNote, NewPublication, NewReview, ProfileForm, Reply, ServiceForm, Text},
    service,
};
use platform::Tx;

use super::{Failed, Loader};

/// Somebody who can be booked. Prices are euros, as they typed them.
struct Shop {
    handle: &'static str,
    headline: &'static str,
    about: &'static str,
    skills: &'static str,
    languages: &'static str,
    zone: &'static str,
    /// When they work, and on how many days from Monday on.
    hours: (&'static str, &'static str, usize),
    policy: &'static str,
    approval: bool,
    /// What they can be asked about, what to bring, and what ten minutes cost.
    services: &'static [(&'static str, &'static str, &'static str)],
}

const SHOPS: [Shop; 12] = [
    Shop {
        handle: "ben",
        headline: "Music contracts read with you, clause by clause",
        about: "Recording, publishing and **sync** contracts. We look at the three clauses that cost money, and at what to ask for instead.",
        skills: "music law, contracts, sync licence, publishing, neighbouring rights",
        languages: "en",
        zone: "Europe/London",
        hours: ("13:00", "17:00", 5),
        policy: "moderate",
        approval: false,
        services: &[
            ("A sync licence, checked", "The draft, and who is to use the music for what.", "32.00"),
            ("A question about a contract", "The clause you don't understand.", "25.00"),
        ],
    },
    Shop {
        handle: "hanneke",
        headline: "Mix notes with your session on screen",
        about: "You share your screen, I listen, and you leave with three things to change.",
        skills: "mixing, mastering, recording, music production",
        languages: "en, nl, de",
        zone: "Europe/Amsterdam",
        hours: ("10:00", "14:00", 5),
        policy: "flexible",
        approval: false,
        services: &[("Mix notes for one song", "The rough you love, as a link.", "18.00")],
    },
    Shop {
        handle: "hannah_tax",
        headline: "VAT and withholding tax for freelancers and small labels",
        about: "Cross-border invoices, royalties, and which receipts may go.",
        skills: "tax, vat, royalties, withholding tax, freelancing",
        languages: "de, en",
        zone: "Europe/Vienna",
        hours: ("09:00", "12:00", 4),
        policy: "strict",
        approval: true,
        services: &[
            ("VAT on one invoice", "The invoice, and where both of you are.", "28.00"),
            ("Royalties from abroad", "The statement, and the treaty form if you have one.", "35.00"),
        ],
    },
    Shop {
        handle: "amara",
        headline: "Is your catalogue ready to be licensed?",
        about: "Film, series, advertising: what supervisors ask for, and what stops a deal on the last day.",
        skills: "sync licence, licensing, film music, advertising",
        languages: "fr, en",
        zone: "Europe/Paris",
        hours: ("15:00", "19:00", 5),
        policy: "moderate",
        approval: false,
        services: &[("Catalogue check", "Five titles with splits and contacts.", "30.00")],
    },
    Shop {
        handle: "victor",
        headline: "Retention first, adverts last",
        about: "Bring one number that worries you.",
        skills: "marketing, retention, growth, e-mail marketing",
        languages: "pt, en, es",
        zone: "America/Sao_Paulo",
        hours: ("09:00", "13:00", 5),
        policy: "flexible",
        approval: false,
        services: &[("One number, looked at", "A screenshot of it over three months.", "20.00")],
    },
    Shop {
        handle: "ruth",
        headline: "Your page with a keyboard and a screen reader",
        about: "I use it in front of you, and say what stops me.",
        skills: "accessibility, wcag, screen readers, web design",
        languages: "en",
        zone: "America/Chicago",
        hours: ("08:00", "12:00", 5),
        policy: "moderate",
        approval: false,
        services: &[("One page, tried", "Its address.", "27.00")],
    },
    Shop {
        handle: "samir",
        headline: "Customs and returns without surprise bills",
        about: "Which papers, which code, who pays.",
        skills: "e-commerce, customs, shipping, returns, logistics",
        languages: "ar, en, fr",
        zone: "Asia/Dubai",
        hours: ("18:00", "22:00", 6),
        policy: "moderate",
        approval: false,
        services: &[("A parcel across a border", "What is in it, from where to where.", "16.00")],
    },
    Shop {
        handle: "grace",
        headline: "Cash flow and royalty accounting",
        about: "We put the next three months on one page.",
        skills: "accounting, cash flow, payroll, royalties",
        languages: "en, sw",
        zone: "Africa/Nairobi",
        hours: ("16:00", "20:00", 5),
        policy: "flexible",
        approval: false,
        services: &[("Three months on a page", "Your last bank statement, names struck out.", "15.00")],
    },
    Shop {
        handle: "kateryna",
        headline: "Slow queries, calm migrations",
        about: "Bring an `EXPLAIN (ANALYZE, BUFFERS)` and a cup of tea.",
        skills: "postgresql, databases, performance, sql",
        languages: "uk, en, pl",
        zone: "Europe/Kyiv",
        hours: ("19:00", "23:00", 7),
        policy: "flexible",
        approval: false,
        services: &[("One slow query", "The query, its plan, and the table definitions.", "24.00")],
    },
    Shop {
        handle: "theo",
        headline: "Boxes and mailers that survive couriers",
        about: "I look at your packaging and say where it breaks.",
        skills: "packaging, shipping, materials",
        languages: "el, en",
        zone: "Europe/Athens",
        hours: ("11:00", "13:30", 3),
        policy: "moderate",
        approval: false,
        services: &[("One box, dropped", "A photograph, the weight, and what is inside.", "14.00")],
    },
    Shop {
        handle: "lin_ux",
        headline: "Five interviews beat fifty opinions",
        about: "We write the questions for your first five interviews.",
        skills: "ux research, interviews, usability, product",
        languages: "en, zh",
        zone: "America/Vancouver",
        hours: ("09:00", "13:00", 5),
        policy: "moderate",
        approval: false,
        services: &[("Your interview guide", "What you want to know, in a sentence.", "22.00")],
    },
    Shop {
        handle: "maeve",
        headline: "Names, logos and letters you hoped not to receive",
        about: "EU, UK and Irish trade marks. General information here; advice once I have seen the papers.",
        skills: "trade marks, brands, law, names",
        languages: "en, ga",
        zone: "Europe/Dublin",
        hours: ("22:00", "01:00", 5),
        policy: "strict",
        approval: true,
        services: &[("Is this name free?", "The name, and what you want to sell under it.", "29.00")],
    },
];

/// A call that was: who was asked what, by whom, and what they say of it.
struct Call {
    days_ago: i64,
    expert: &'static str,
    client: &'static str,
    brief: &'static str,
    stars: u8,
    words: &'static str,
    reply: &'static str,
    /// What the expert published of it, as its client agreed: a title and a text. Empty: nothing.
    published: (&'static str, &'static str),
}

const CALLS: [Call; 3] = [
    Call {
        days_ago: 12,
        expert: "ben",
        client: "ana",
        brief: "A film student wants Maré Alta for a festival cut. Is a festival licence a thing?",
        stars: 5,
        words: "Knew the one sentence that was missing, and why it matters after the festival.",
        reply: "Send me the final cut’s credit line when it is out!",
        published: (
            "Is there such a thing as a festival licence?",
            "There is, and it ends where the festival does:\n\n- Write down **which festivals**, and for how long.\n- \
             A stream of the festival’s is not the festival: say whether it is included.\n- Name a price for *all media* \
             now, while the film is small. Later it is a negotiation.",
        ),
    },
    Call {
        days_ago: 8,
        expert: "hanneke",
        client: "ana",
        brief: "The vocals sit on top of everything.",
        stars: 4,
        words: "Ten minutes, three fixes, all of them worked. Would have liked ten more.",
        reply: "",
        published: (
            "When the vocals sit on top of everything",
            "Turn them down until you miss them, then up by one decibel. If they still stand in front:\n\n1. less of \
             2 to 4 kHz,\n2. a shorter reverb, louder,\n3. the drums up, not the vocals down.",
        ),
    },
    Call {
        days_ago: 6,
        expert: "amara",
        client: "leila",
        brief: "Fourteen songs, two writers, no splits on paper.",
        stars: 5,
        words: "Told me to get the splits signed first. She was right.",
        reply: "",
        published: ("", ""),
    },
];

impl Loader<'_> {
    /// Sets the experts up. Their calls come with the money, in [`Loader::call`].
    pub(super) async fn open_shops(&self, tx: &mut Tx) -> Result<(), Failed> {
        for shop in &SHOPS {
            self.at(self.now - TimeDelta::days(60));
            self.open_shop(tx, shop).await.map_err(|error| format!("{}: {error}", shop.handle))?;
        }
        self.at(self.now);
        Ok(())
    }

    async fn open_shop(&self, tx: &mut Tx, shop: &Shop) -> Result<(), Failed> {
        let cx = self.actor(shop.handle, None)?;
        let profile = ProfileForm {
            headline: shop.headline.to_owned(),
            about: shop.about.to_owned(),
            skills: shop.skills.to_owned(),
            languages: shop.languages.to_owned(),
            zone: shop.zone.to_owned(),
            policy: shop.policy.to_owned(),
            approval: shop.approval,
        };
        let profile = profile.parse().map_err(|wrong| format!("{wrong:?}"))?;
        service::save_profile(tx, &cx, &profile).await?;
        let mut hours = HoursForm { buffer: 5, notice: 30, ahead: 28, ..HoursForm::default() };
        for day in hours.days.iter_mut().take(shop.hours.2) {
            *day = DayForm { from: shop.hours.0.to_owned(), until: shop.hours.1.to_owned() };
        }
        let hours = hours.parse().map_err(|wrong| format!("{wrong:?}"))?;
        service::save_hours(tx, &cx, &hours).await?;
        for (title, bring, price) in shop.services {
            let form = ServiceForm {
                title: (*title).to_owned(),
                description: String::new(),
                bring: (*bring).to_owned(),
                price: (*price).to_owned(),
            };
            let service = form.parse().map_err(|wrong| format!("{wrong:?}"))?;
            service::save_service(tx, &cx, None, &service).await?;
        }
        service::publish(tx, &cx).await?;
        Ok(())
    }

    /// Has the calls that were: paid, met and reviewed. In the transaction that ends the load.
    pub(super) async fn call(&self, tx: &mut Tx) -> Result<(), Failed> {
        for call in &CALLS {
            self.one_call(tx, call).await.map_err(|error| format!("{}: {error}", call.expert))?;
        }
        self.at(self.now);
        Ok(())
    }

    async fn one_call(&self, tx: &mut Tx, call: &Call) -> Result<(), Failed> {
        let (expert, _) = self.account(call.expert)?;
        let (client, owner) = (self.actor(call.client, None)?, self.actor(call.expert, None)?);
        // Booked at noon, some days before.
        let noon = (self.now - TimeDelta::days(call.days_ago + 4)).with_hour(12).unwrap_or(self.now);
        self.at(noon);
        let pool = self.database.pool();
        let view = service::expert(pool, &self.world.cx(None), expert).await?;
        let offered = view.services.first().ok_or("an expert without a service")?;
        let week = self.world.now() + TimeDelta::days(7);
        let slots = service::slots(pool, &self.world.cx(()), expert, self.world.now(), week).await?;
        let start = slots.first().ok_or("an expert without time")?.start;
        let hold = Hold {
            expert,
            service: offered.id,
            start,
            seen: offered.price,
            brief: Text::parse("brief", call.brief).map_err(|wrong| format!("{wrong:?}"))?,
            key: format!("demo-{}-{}", call.expert, call.days_ago).parse()?,
        };
        let booking = service::hold(tx, &client, &hold).await?;
        service::pay(tx, &client, booking, offered.price).await?;
        self.at(start);
        service::check_in(tx, &owner, booking).await?;
        service::check_in(tx, &client, booking).await?;
        self.at(start + TimeDelta::minutes(10) - TimeDelta::seconds(5));
        service::end(tx, &client, booking).await?;
        self.at(start + TimeDelta::minutes(50));
        let review = NewReview::parse(call.stars, call.words).map_err(|wrong| format!("{wrong:?}"))?;
        service::review(tx, &client, booking, &review).await?;
        if !call.reply.is_empty() {
            let reply = Reply::parse(call.reply).map_err(|wrong| format!("{wrong:?}"))?;
            service::reply(tx, &owner, booking, &reply).await?;
        }
        let (title, text) = call.published;
        if !title.is_empty() {
            let agreed = NewNote::parse("", Some(true)).map_err(|wrong| format!("{wrong:?}"))?;
            service::save_notes(tx, &client, booking, &agreed).await?;
            let publication = NewPublication::parse(title, text).map_err(|wrong| format!("{wrong:?}"))?;
            service::publish_notes(tx, &owner, booking, &publication).await?;
        }
        Ok(())
    }
}
