//! The steps, in the order of a day. Each function is a sentence; each leaves the page signed in and at the desk's size.

mod accounts;
mod bulk;
mod calls;
mod card;
mod companies;
mod every_page;
mod import;
mod in_place;
mod manager;
mod no_script;
mod notes;
mod phone;
mod second_factor;
mod tasks;

use anyhow::{Context as _, Result};

use crate::Day;

pub(crate) use accounts::make_the_first_administrator;
pub(crate) use every_page::paths;

/// The whole day.
pub(crate) async fn all(day: &Day<'_>) -> Result<()> {
    come_in(day).await?;
    work_with_companies(day).await?;
    work_on_a_card(day).await?;
    work_through_tasks(day).await?;
    day.step("people and branches are added", accounts::add_people(day))
        .await?;
    have_a_managers_day(day).await?;
    call_from_the_phone(day).await?;
    day.step("a session on another device is ended", accounts::end_a_session(day))
        .await?;
    day.step(
        "a second factor guards signing in",
        second_factor::guard_the_account(day),
    )
    .await?;
    day.step("two statuses become one", accounts::merge_two_statuses(day))
        .await?;
    day.step("everything can be done without scripts", no_script::do_everything(day))
        .await?;
    day.step("the menu of a phone opens and closes", phone::open_the_menu(day))
        .await?;
    day.step(
        "every page is accessible and fits a phone",
        every_page::keeps_the_promises(day),
    )
    .await
}

async fn come_in(day: &Day<'_>) -> Result<()> {
    day.step(
        "an inline style is refused, and we hear of it",
        every_page::complains_aloud(day),
    )
    .await?;
    day.step(
        "the link in the log makes the first administrator",
        accounts::make_the_first_administrator(day),
    )
    .await?;
    day.step("a wrong password is refused in words", accounts::be_refused(day))
        .await?;
    day.step(
        "signing in leads to the page that was asked for",
        accounts::sign_in(day),
    )
    .await
}

async fn work_with_companies(day: &Day<'_>) -> Result<()> {
    day.step("a file is imported", import::upload(day)).await?;
    day.step("the same file changes nothing", import::upload_again(day))
        .await?;
    day.step("a company is found from any page", companies::find_from_anywhere(day))
        .await?;
    day.step("the list is walked by keys", companies::walk_by_keys(day))
        .await?;
    day.step("filters narrow the list", companies::narrow(day)).await?;
    day.step(
        "the form warns of a twin while it is typed",
        companies::be_warned_of_a_twin(day),
    )
    .await?;
    day.step(
        "a company is created with spheres chosen by keys",
        companies::create(day),
    )
    .await?;
    day.step("the search is used by keys alone", companies::search_by_keys_alone(day))
        .await?;
    day.step(
        "many companies are changed by keys alone, and back",
        bulk::change_and_undo(day),
    )
    .await?;
    day.step("ticks outlive paging and another order", bulk::tick_over_pages(day))
        .await?;
    day.step("a filter gets a name", bulk::name_a_filter(day)).await
}

async fn work_through_tasks(day: &Day<'_>) -> Result<()> {
    day.step("a task is set from a card in words", tasks::set_in_words(day))
        .await?;
    day.step("a task is finished on the desk", tasks::finish_on_the_desk(day))
        .await?;
    day.step("a task goes to another day by keys", tasks::move_by_keys(day))
        .await?;
    day.step("a task ends with the next one", tasks::finish_with_the_next_one(day))
        .await
}

/// Of the person whom the administrator has just added, in another browser.
async fn have_a_managers_day(day: &Day<'_>) -> Result<()> {
    day.step("a manager comes in and sets a task in words", manager::come_in(day))
        .await?;
    day.step(
        "the bell rings while the page stands open",
        manager::hear_of_a_task(day),
    )
    .await?;
    day.step(
        "a task from the desk ends with its result and the next one",
        manager::finish_with_the_next_one(day),
    )
    .await?;
    day.step(
        "a task is set, put off and finished by keys alone",
        manager::work_by_keys_alone(day),
    )
    .await?;
    day.step("a task is moved in the week by keys", manager::move_in_the_week(day))
        .await?;
    day.step(
        "midnight is another one in Kaliningrad than in Kamchatka",
        manager::cross_midnight(day),
    )
    .await?;
    day.step("the day fits a phone", manager::work_on_a_phone(day)).await
}

/// Of the same manager.
async fn call_from_the_phone(day: &Day<'_>) -> Result<()> {
    day.step(
        "whoever has no phone is told how to connect one",
        calls::be_told_to_connect_a_phone(day),
    )
    .await?;
    let mut phone = None;
    day.step("a phone is connected by a picture", async {
        phone = Some(calls::connect_a_phone(day).await?);
        Ok(())
    })
    .await?;
    let phone = phone.context("a phone")?;
    day.step(
        "a call is followed from the click to its outcome",
        calls::call(day, &phone),
    )
    .await?;
    day.step(
        "the queue of calls is worked through by keys alone",
        calls::work_through_the_queue(day, &phone),
    )
    .await?;
    day.step("calling fits a phone", calls::fit_a_phone(day, &phone)).await
}

async fn work_on_a_card(day: &Day<'_>) -> Result<()> {
    day.step("a card is edited and gets a second phone", card::edit(day))
        .await?;
    day.step(
        "a half-written form asks before it is left",
        card::leave_half_written(day),
    )
    .await?;
    day.step("fields are changed in their place by keys", in_place::edit_by_keys(day))
        .await?;
    day.step(
        "whoever is second in a field sees both versions",
        in_place::be_second_in_a_field(day),
    )
    .await?;
    day.step(
        "whoever is second in a form chooses field by field",
        in_place::be_second_in_a_form(day),
    )
    .await?;
    day.step("a contact is added and changed", card::add_a_contact(day))
        .await?;
    day.step("a card goes to paper", card::print(day)).await?;
    day.step("a contact moves to another company", card::move_a_contact(day))
        .await?;
    day.step("a note is added", notes::add(day)).await?;
    day.step("a note is edited and pinned", notes::edit_and_pin(day))
        .await?;
    day.step("a note is deleted after a question", notes::delete(day)).await
}
