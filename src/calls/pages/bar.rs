//! `/calls/bar/`: the call that is going on, at the foot of every page.

use askama::Template;
use axum::extract::State;

use super::outcome::OutcomeForm;
use crate::app::App;
use crate::calls::actions;
use crate::calls::model::{Answer, Outcome, State as CallState};
use crate::calls::paths;
use crate::calls::queries::read::Row;
use crate::error::FieldErrors;
use crate::values::{CompanyId, Phone, text};
use crate::web::assets::{self, Assets};
use crate::web::{Html, Viewer, fragment, whom};

/// A request whose time is over is closed by then.
const CLOSED_WITHIN_MS: i64 = 1_500;
/// How often a call that goes on is asked for when nothing is heard of it.
const GOING_ON_MS: i64 = 30_000;

#[derive(Template)]
#[template(path = "calls/_bar.html")]
struct Bar {
    assets: &'static Assets,
    csrf: String,
    call: Option<Shown>,
    /// What was typed and not taken.
    typed: OutcomeForm,
    refused: String,
}

/// A call on the screen.
struct Shown {
    who: String,
    company: Option<(String, String)>,
    number: String,
    /// What the button sends that asks for this call; empty: no button does.
    whom: String,
    tone: &'static str,
    state: String,
    /// The state as it stands within a sentence.
    word: String,
    hint: String,
    /// No phone is connected: how to connect one.
    has_no_phone: bool,
    /// How long they have talked, in milliseconds by the database's clock; `None`: they do not talk.
    talked_ms: Option<i64>,
    /// After how many milliseconds the page asks again by itself; 0: nothing more is to come.
    again_ms: i64,
    cancel: Option<String>,
    put_away: String,
    outcome: String,
    outcomes: Vec<(&'static str, &'static str)>,
    has_card: bool,
}

/// `GET /calls/bar/`; empty when nothing is going on.
pub(super) async fn show(State(app): State<App>, viewer: Viewer) -> Html {
    draw(&app, &viewer).await
}

pub(super) async fn draw(app: &App, viewer: &Viewer) -> Html {
    draw_refused(app, viewer, <_>::default()).await
}

/// The bar with what was typed and why it was not taken.
pub(super) async fn draw_refused(app: &App, viewer: &Viewer, (typed, errors): (OutcomeForm, FieldErrors)) -> Html {
    let now = actions::now(app, &viewer.actor()?).await?;
    let (phones, online) = (now.phones, now.online);
    fragment(&Bar {
        assets: assets::urls(),
        csrf: viewer.csrf.clone(),
        call: now.call.map(|call| shown(&call, phones, online)),
        typed,
        refused: errors.sentences().collect::<Vec<_>>().join(" "),
    })
}

/// «+7 (912) 345-67-89 доб. 12»
pub(crate) fn number(e164: &str, extension: &str) -> String {
    let Some(phone) = Phone::read(e164) else {
        return "номер стёрт".to_owned();
    };
    Phone {
        extension: extension.to_owned(),
        ..phone
    }
    .display()
}

/// What the button sent.
fn pressed(call: &Row) -> String {
    let Some(phone) = Phone::read(&call.phone) else {
        return String::new();
    };
    let phone = Phone {
        extension: call.extension.clone(),
        ..phone
    };
    whom(&phone, call.company, call.contact)
}

/// After how many milliseconds to ask again, though nothing was heard: soon after a request's time is over, and now and
/// then while a call goes on.
fn again(state: CallState, ttl_ms: i64) -> i64 {
    match state {
        CallState::Pending | CallState::Delivered => ttl_ms.max(0) + CLOSED_WITHIN_MS,
        CallState::Acked | CallState::Dialing => GOING_ON_MS,
        _ => 0,
    }
}

fn shown(call: &Row, phones: i64, online: i64) -> Shown {
    let state = CallState::read(&call.state);
    let (tone, words, hint) = words(call, state, (phones, online));
    let company = call.company.zip(call.company_name.clone());
    Shown {
        who: call.contact_name.clone().unwrap_or_default(),
        has_card: company.is_some(),
        company: company.map(|(id, name)| (crate::companies::paths::show(CompanyId(id)), name)),
        number: number(&call.phone, &call.extension),
        whom: pressed(call),
        tone,
        word: words.to_lowercase(),
        state: words,
        hint,
        has_no_phone: phones == 0,
        talked_ms: call.talked_ms.filter(|_| state == CallState::Dialing),
        again_ms: again(state, call.ttl_ms),
        cancel: matches!(state, CallState::Pending | CallState::Delivered).then(|| paths::cancel(call.id)),
        put_away: paths::put_away(call.id),
        outcome: paths::outcome(call.id),
        outcomes: if call.was_told {
            Outcome::ALL
                .iter()
                .map(|outcome| (outcome.code(), outcome.label()))
                .collect()
        } else {
            Vec::new()
        },
    }
}

/// The colour, the state and what it means.
fn words(call: &Row, state: CallState, (phones, online): (i64, i64)) -> (&'static str, String, String) {
    let said = |tone, state: &str, hint: &str| (tone, state.to_owned(), hint.to_owned());
    match state {
        CallState::Pending | CallState::Expired if phones == 0 => said("danger", "Телефон не подключён", ""),
        CallState::Pending if online == 0 => said(
            "warm",
            "Телефон не на связи",
            "Откройте приложение на телефоне: номер придёт, как только он появится",
        ),
        CallState::Pending => said("progress", "Ждёт телефон", ""),
        CallState::Delivered => said("progress", "Передаётся на телефон", ""),
        CallState::Acked => said("new", "На телефоне", "Нажмите «Вызов» на телефоне"),
        CallState::Dialing if call.talking_at.is_some() => said("done", "Разговор", ""),
        CallState::Dialing => said("progress", "Вызов идёт", ""),
        CallState::Expired if call.was_told => said(
            "warm",
            "Телефон не подтвердил",
            "Номер отправлен, но телефон не ответил. Проверьте его и повторите",
        ),
        CallState::Expired => said(
            "warm",
            "Истекло",
            "Телефон не отозвался вовремя. Нажмите кнопку ещё раз",
        ),
        CallState::Superseded => said("neutral", "Заменён новым звонком", ""),
        CallState::Cancelled => said("neutral", "Отменён", ""),
        CallState::Ended => ended(call),
    }
}

/// How it ended, by the phone's word.
fn ended(call: &Row) -> (&'static str, String, String) {
    let Some(answer) = Answer::of(call.result.as_deref(), call.duration) else {
        return ("neutral", "Завершён".to_owned(), String::new());
    };
    let hint = match (answer, call.duration) {
        (Answer::Connected, Some(seconds)) if seconds > 0 => text::duration(seconds),
        _ => String::new(),
    };
    let tone = if answer == Answer::Connected { "done" } else { "neutral" };
    (tone, answer.label().to_owned(), hint)
}
