//! The table: who may what. Written by hand from the product page §3 and the older CRM's §2.2, never from `policy`: two
//! witnesses.

use crate::policy::Role;

/// Who may.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Who {
    /// Anybody, signed in or not.
    Public,
    /// Whoever has signed in.
    Everyone,
    /// [`EDITORS`].
    Editor,
    /// [`NOTE_EDITORS`].
    NoteEditor,
    /// The author, whoever else asks.
    Author,
    /// [`DELETERS`].
    Deleter,
    /// [`ASKERS`].
    Asker,
    /// The manager who asked.
    AskedBefore,
    /// Whoever named the filter; others are not told that there is one.
    Keeper,
    /// Whoever prepared the act on many companies.
    Preparer,
    /// Whoever did the act on many companies, and admins.
    Doer,
    /// Whoever may delete some company: all but managers.
    Decider,
    /// Admins.
    Admin,
}

/// Companies as they stand to one person, in the order of the columns below.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// The person is responsible; the branch is another one.
    Own,
    /// The person made it; everything else is another branch's.
    Made,
    /// Of the person's branch; the responsible is of another one.
    Branch,
    /// Without a branch; the responsible is of the person's one.
    ByResponsible,
    /// Of another branch, though the responsible is of the person's one.
    Lent,
    /// Of another branch and its people.
    Foreign,
    /// Without branch and responsible.
    Nobodys,
}

pub(super) const KINDS: [Kind; 7] = [
    Kind::Own,
    Kind::Made,
    Kind::Branch,
    Kind::ByResponsible,
    Kind::Lent,
    Kind::Foreign,
    Kind::Nobodys,
];

/// Who may edit a company. Columns: own, made, branch, by its responsible, lent, foreign, nobody's.
pub(super) const EDITORS: [(Role, &str); 5] = [
    (Role::Manager, "++-----"),
    (Role::SalesHead, "++++---"),
    (Role::BranchDirector, "++++---"),
    (Role::GroupManager, "+++++++"),
    (Role::Admin, "+++++++"),
];

/// Who may delete a company and decides about requests for it: its own branch's heads, or, when it has none, its
/// responsible's. Columns as above.
pub(super) const DELETERS: [(Role, &str); 5] = [
    (Role::Manager, "-------"),
    (Role::SalesHead, "--++---"),
    (Role::BranchDirector, "--++---"),
    (Role::GroupManager, "+++++++"),
    (Role::Admin, "+++++++"),
];

/// Who may ask for a company's deletion. Columns as above.
pub(super) const ASKERS: [(Role, &str); 5] = [
    (Role::Manager, "++-----"),
    (Role::SalesHead, "-------"),
    (Role::BranchDirector, "-------"),
    (Role::GroupManager, "-------"),
    (Role::Admin, "-------"),
];

/// Who may change a note's text: own note, foreign note; the company does not matter.
pub(super) const NOTE_EDITORS: [(Role, &str); 5] = [
    (Role::Manager, "+-"),
    (Role::SalesHead, "+-"),
    (Role::BranchDirector, "+-"),
    (Role::GroupManager, "++"),
    (Role::Admin, "++"),
];

pub(super) type Line = (
    &'static str,
    &'static str,
    Who,
    &'static [(&'static str, &'static str)],
    &'static [u16],
);

pub(super) const DONE: &[u16] = &[303];
pub(super) const SHOWN: &[u16] = &[200];

/// Method, pattern, who may, the fields of the form, what those who may are answered.
pub(super) const TABLE: &[Line] = &[
    ("GET", "/health/", Who::Public, &[], &[503]),
    ("GET", "/health/live", Who::Public, &[], SHOWN),
    ("GET", "/static/{hash}/{*path}", Who::Public, &[], SHOWN),
    ("GET", "/favicon.ico", Who::Public, &[], &[308]),
    ("GET", "/robots.txt", Who::Public, &[], SHOWN),
    ("GET", "/login/", Who::Public, &[], &[200, 303]),
    (
        "POST",
        "/login/",
        Who::Public,
        &[("username", "nobody"), ("password", "wrong")],
        &[422, 429],
    ),
    // Nothing is pending: back to the sign-in page.
    ("GET", "/login/code/", Who::Public, &[], DONE),
    ("POST", "/login/code/", Who::Public, &[("code", "123456")], DONE),
    ("GET", "/login/second-factor/", Who::Public, &[], DONE),
    (
        "POST",
        "/login/second-factor/",
        Who::Public,
        &[("code", "123456")],
        DONE,
    ),
    ("POST", "/logout/", Who::Public, &[], DONE),
    ("GET", "/setup/{token}/", Who::Public, &[], &[404]),
    (
        "POST",
        "/setup/{token}/",
        Who::Public,
        &[("username", "thief")],
        &[404, 422],
    ),
    ("GET", "/account/", Who::Everyone, &[], SHOWN),
    ("GET", "/account/sessions/", Who::Everyone, &[], SHOWN),
    ("POST", "/account/sessions/{id}/end/", Who::Everyone, &[], DONE),
    ("POST", "/account/sessions/end-others/", Who::Everyone, &[], DONE),
    ("GET", "/account/password/", Who::Everyone, &[], SHOWN),
    ("POST", "/account/password/", Who::Everyone, &[], &[422]),
    ("GET", "/account/second-factor/", Who::Everyone, &[], SHOWN),
    ("POST", "/account/second-factor/begin/", Who::Everyone, &[], &[422]),
    // Nothing was begun.
    ("GET", "/account/second-factor/set-up/", Who::Everyone, &[], DONE),
    ("POST", "/account/second-factor/set-up/", Who::Everyone, &[], DONE),
    ("POST", "/account/second-factor/codes/", Who::Everyone, &[], &[422]),
    ("POST", "/account/second-factor/codes/file/", Who::Everyone, &[], DONE),
    ("POST", "/account/second-factor/turn-off/", Who::Everyone, &[], &[422]),
    ("GET", "/", Who::Everyone, &[], &[200, 303]),
    // No file: past the guard and no further.
    ("POST", "/files/", Who::Everyone, &[], &[422]),
    ("GET", "/files/{id}/", Who::Everyone, &[], SHOWN),
    ("GET", "/files/{id}/view/", Who::Everyone, &[], SHOWN),
    // A manager's list opens with the own companies.
    ("GET", "/companies/", Who::Everyone, &[], &[200, 303]),
    ("GET", "/companies/count/", Who::Everyone, &[], SHOWN),
    ("GET", "/companies/view/", Who::Everyone, &[], SHOWN),
    ("POST", "/companies/view/", Who::Everyone, &[("size", "25")], DONE),
    ("POST", "/companies/view/size/", Who::Everyone, &[("size", "100")], DONE),
    ("GET", "/companies/saved/", Who::Everyone, &[], SHOWN),
    (
        "POST",
        "/companies/saved/",
        Who::Everyone,
        &[("name", "Мой"), ("query", "q=а")],
        DONE,
    ),
    ("POST", "/companies/saved/open/", Who::Everyone, &[], DONE),
    (
        "POST",
        "/companies/saved/{id}/",
        Who::Keeper,
        &[("name", "Иначе")],
        DONE,
    ),
    ("POST", "/companies/saved/{id}/delete/", Who::Keeper, &[], DONE),
    ("GET", "/companies/bulk/", Who::Everyone, &[], SHOWN),
    // Nothing is ticked: back to the list.
    ("POST", "/companies/bulk/", Who::Everyone, &[], DONE),
    ("GET", "/companies/bulk/{id}/", Who::Doer, &[], SHOWN),
    ("POST", "/companies/bulk/{id}/run/", Who::Preparer, &[], DONE),
    ("POST", "/companies/bulk/{id}/undo/", Who::Doer, &[], DONE),
    ("GET", "/companies/duplicates/", Who::Everyone, &[], SHOWN),
    ("GET", "/companies/new/", Who::Everyone, &[], SHOWN),
    ("POST", "/companies/new/", Who::Everyone, &[("name", "Новая")], DONE),
    ("GET", "/companies/{id}/", Who::Everyone, &[], SHOWN),
    ("GET", "/companies/{id}/edit/", Who::Editor, &[], SHOWN),
    (
        "POST",
        "/companies/{id}/edit/",
        Who::Editor,
        &[("name", "Другое имя"), ("version", "1")],
        DONE,
    ),
    ("GET", "/companies/{id}/fields/{field}/", Who::Editor, &[], SHOWN),
    (
        "POST",
        "/companies/{id}/fields/{field}/",
        Who::Editor,
        &[("address", "Пермь"), ("seen", "")],
        DONE,
    ),
    ("POST", "/companies/{id}/update/", Who::Editor, &[("status", "1")], DONE),
    ("GET", "/companies/{id}/transfer/", Who::Editor, &[], SHOWN),
    (
        "POST",
        "/companies/{id}/transfer/",
        Who::Editor,
        &[("responsible_id", "{heir}")],
        DONE,
    ),
    ("GET", "/companies/{id}/do-not-call/", Who::Editor, &[], SHOWN),
    (
        "POST",
        "/companies/{id}/do-not-call/",
        Who::Editor,
        &[("reason", "Просили не звонить")],
        DONE,
    ),
    // Not marked: nothing to take off.
    ("POST", "/companies/{id}/do-not-call/clear/", Who::Editor, &[], DONE),
    ("GET", "/companies/{id}/head/", Who::Editor, &[], SHOWN),
    // Independent already: nothing to change.
    ("POST", "/companies/{id}/head/", Who::Editor, &[], DONE),
    ("GET", "/companies/deletions/", Who::Decider, &[], SHOWN),
    ("GET", "/companies/{id}/delete/", Who::Deleter, &[], SHOWN),
    (
        "POST",
        "/companies/{id}/delete/",
        Who::Deleter,
        &[("reason", "Дубль"), ("sure", "1")],
        DONE,
    ),
    ("GET", "/companies/{id}/delete-request/", Who::Asker, &[], SHOWN),
    (
        "POST",
        "/companies/{id}/delete-request/",
        Who::Asker,
        &[("note", "Дубль")],
        DONE,
    ),
    (
        "GET",
        "/companies/{id}/delete-request/{request}/",
        Who::Deleter,
        &[],
        SHOWN,
    ),
    (
        "POST",
        "/companies/{id}/delete-request/{request}/approve/",
        Who::Deleter,
        &[("sure", "1")],
        DONE,
    ),
    (
        "POST",
        "/companies/{id}/delete-request/{request}/cancel/",
        Who::Deleter,
        &[("decision_note", "Нужна")],
        DONE,
    ),
    (
        "POST",
        "/companies/{id}/delete-request/{request}/withdraw/",
        Who::AskedBefore,
        &[],
        DONE,
    ),
    ("GET", "/companies/{id}/contacts/new/", Who::Editor, &[], SHOWN),
    (
        "POST",
        "/companies/{id}/contacts/new/",
        Who::Editor,
        &[("last_name", "Новый")],
        DONE,
    ),
    (
        "POST",
        "/companies/{id}/contacts/quick/",
        Who::Editor,
        &[("name", "Новый")],
        DONE,
    ),
    ("GET", "/contacts/", Who::Everyone, &[], SHOWN),
    ("GET", "/contacts/same/", Who::Everyone, &[], SHOWN),
    ("GET", "/contacts/new/", Who::Everyone, &[], SHOWN),
    ("POST", "/contacts/new/", Who::Everyone, &[("last_name", "Новый")], DONE),
    ("GET", "/contacts/{id}/", Who::Everyone, &[], SHOWN),
    ("GET", "/contacts/{id}/relocate/", Who::Editor, &[], SHOWN),
    // Out of the company: whoever may change the company may do that.
    (
        "POST",
        "/contacts/{id}/relocate/",
        Who::Editor,
        &[("lone", "1"), ("version", "1")],
        DONE,
    ),
    ("GET", "/contacts/{id}/do-not-call/", Who::Editor, &[], SHOWN),
    (
        "POST",
        "/contacts/{id}/do-not-call/",
        Who::Editor,
        &[("reason", "Просил писать")],
        DONE,
    ),
    // Not marked: nothing to take off.
    ("POST", "/contacts/{id}/do-not-call/clear/", Who::Editor, &[], DONE),
    ("GET", "/contacts/{id}/edit/", Who::Editor, &[], SHOWN),
    ("GET", "/contacts/{id}/delete/", Who::Editor, &[], SHOWN),
    ("POST", "/contacts/{id}/delete/", Who::Editor, &[], DONE),
    (
        "POST",
        "/contacts/{id}/edit/",
        Who::Editor,
        &[("last_name", "Другой"), ("version", "1")],
        DONE,
    ),
    (
        "POST",
        "/companies/{id}/notes/add/",
        Who::Everyone,
        &[("text", "Звонил")],
        DONE,
    ),
    ("GET", "/companies/{id}/notes/{note}/edit/", Who::NoteEditor, &[], SHOWN),
    (
        "POST",
        "/companies/{id}/notes/{note}/edit/",
        Who::NoteEditor,
        &[("text", "Иначе"), ("version", "1")],
        DONE,
    ),
    ("POST", "/companies/{id}/notes/{note}/delete/", Who::Author, &[], DONE),
    ("POST", "/companies/{id}/notes/{note}/pin/", Who::Editor, &[], DONE),
    ("GET", "/duplicates/", Who::Everyone, &[], SHOWN),
    // Nothing is ticked: said at the list.
    ("POST", "/duplicates/", Who::Everyone, &[], &[422]),
    ("POST", "/duplicates/find/", Who::Admin, &[], DONE),
    ("GET", "/duplicates/denied/", Who::Everyone, &[], SHOWN),
    // No pair is named: back to the list.
    ("POST", "/duplicates/denied/", Who::Everyone, &[], DONE),
    ("GET", "/search/", Who::Everyone, &[], SHOWN),
    ("GET", "/settings/import/", Who::Admin, &[], SHOWN),
    // Not a multipart form: past the guard and no further.
    ("POST", "/settings/import/", Who::Admin, &[], &[400, 422]),
    ("GET", "/settings/import/{id}/", Who::Admin, &[], SHOWN),
    ("GET", "/settings/import/{id}/report.csv", Who::Admin, &[], SHOWN),
    ("GET", "/settings/trash/", Who::Admin, &[], SHOWN),
    ("GET", "/settings/trash/{id}/", Who::Admin, &[], SHOWN),
    ("POST", "/settings/trash/{id}/restore/", Who::Admin, &[], DONE),
    ("GET", "/settings/trash/{id}/erase/", Who::Admin, &[], SHOWN),
    (
        "POST",
        "/settings/trash/{id}/erase/",
        Who::Admin,
        &[("name", "ивушкин")],
        DONE,
    ),
    ("GET", "/admin/", Who::Admin, &[], &[303]),
    ("GET", "/settings/", Who::Admin, &[], SHOWN),
    ("GET", "/settings/styleguide/", Who::Admin, &[], SHOWN),
    ("GET", "/settings/users/", Who::Admin, &[], SHOWN),
    ("GET", "/settings/users/new/", Who::Admin, &[], SHOWN),
    ("POST", "/settings/users/new/", Who::Admin, &[("username", "x")], &[422]),
    ("GET", "/settings/users/{id}/edit/", Who::Admin, &[], SHOWN),
    (
        "POST",
        "/settings/users/{id}/edit/",
        Who::Admin,
        &[("username", "x")],
        &[409, 422],
    ),
    ("POST", "/settings/users/{id}/deactivate/", Who::Admin, &[], DONE),
    ("POST", "/settings/users/{id}/activate/", Who::Admin, &[], DONE),
    (
        "POST",
        "/settings/users/{id}/reset-password/",
        Who::Admin,
        &[("password", "1")],
        &[422],
    ),
    ("POST", "/settings/users/{id}/end-sessions/", Who::Admin, &[], DONE),
    (
        "POST",
        "/settings/users/{id}/sessions/{session}/end/",
        Who::Admin,
        &[],
        DONE,
    ),
    ("POST", "/settings/users/{id}/unlock/", Who::Admin, &[], DONE),
    (
        "POST",
        "/settings/users/{id}/reset-second-factor/",
        Who::Admin,
        &[],
        DONE,
    ),
    ("GET", "/settings/system/", Who::Admin, &[], SHOWN),
    ("GET", "/settings/system/copies/", Who::Admin, &[], DONE),
    ("POST", "/settings/system/backup/", Who::Admin, &[], DONE),
    ("POST", "/settings/system/make-working/", Who::Admin, &[], DONE),
    ("GET", "/settings/activity/", Who::Admin, &[], SHOWN),
    ("POST", "/settings/activity/export/", Who::Admin, &[], SHOWN),
    ("GET", "/settings/security/", Who::Admin, &[], SHOWN),
    ("GET", "/settings/security/locks/", Who::Admin, &[], SHOWN),
    ("POST", "/settings/security/locks/lift/", Who::Admin, &[], DONE),
    ("GET", "/settings/security/second-factor/", Who::Admin, &[], SHOWN),
    // Nothing is chosen and nothing was: the same rules.
    ("POST", "/settings/security/second-factor/", Who::Admin, &[], DONE),
    ("GET", "/settings/dictionaries/", Who::Admin, &[], SHOWN),
    ("GET", "/settings/dictionaries/{kind}/", Who::Admin, &[], SHOWN),
    ("GET", "/settings/dictionaries/{kind}/new/", Who::Admin, &[], SHOWN),
    ("POST", "/settings/dictionaries/{kind}/new/", Who::Admin, &[], &[422]),
    (
        "GET",
        "/settings/dictionaries/{kind}/{key}/edit/",
        Who::Admin,
        &[],
        SHOWN,
    ),
    (
        "POST",
        "/settings/dictionaries/{kind}/{key}/edit/",
        Who::Admin,
        &[],
        &[422],
    ),
    ("POST", "/settings/dictionaries/{kind}/{key}/up/", Who::Admin, &[], DONE),
    (
        "POST",
        "/settings/dictionaries/{kind}/{key}/down/",
        Who::Admin,
        &[],
        DONE,
    ),
    (
        "GET",
        "/settings/dictionaries/{kind}/{key}/remove/",
        Who::Admin,
        &[],
        SHOWN,
    ),
    // What takes over is not there.
    (
        "POST",
        "/settings/dictionaries/{kind}/{key}/remove/",
        Who::Admin,
        &[("to", "999")],
        &[422],
    ),
    ("GET", "/settings/branches/", Who::Admin, &[], SHOWN),
    ("GET", "/settings/branches/new/", Who::Admin, &[], SHOWN),
    ("POST", "/settings/branches/new/", Who::Admin, &[], &[422]),
    ("GET", "/settings/branches/{id}/edit/", Who::Admin, &[], SHOWN),
    ("POST", "/settings/branches/{id}/edit/", Who::Admin, &[], &[409, 422]),
];

/// Whether the table lets this person through.
pub(super) fn may(who: Who, role: Role, kind: Kind, is_author: bool) -> bool {
    let at = |grid: [(Role, &str); 5], column: usize| {
        let (_, cells) = grid
            .into_iter()
            .find(|(of, _)| *of == role)
            .expect("a line for each role");
        cells.as_bytes()[column] == b'+'
    };
    let column = KINDS.iter().position(|other| *other == kind).expect("a column");
    match who {
        Who::Public | Who::Everyone => true,
        Who::Editor => at(EDITORS, column),
        Who::Deleter => at(DELETERS, column),
        Who::Asker => at(ASKERS, column),
        Who::AskedBefore => role == Role::Manager && is_author,
        Who::Decider => role != Role::Manager,
        Who::NoteEditor => at(NOTE_EDITORS, usize::from(!is_author)),
        Who::Author | Who::Preparer | Who::Keeper => is_author,
        Who::Doer => is_author || role == Role::Admin,
        Who::Admin => role == Role::Admin,
    }
}

/// What the 403 page says of those who may.
pub(super) fn sentence(who: Who) -> &'static str {
    match who {
        Who::Public | Who::Everyone => "каждому сотруднику",
        Who::Editor => "её создатель, ответственный, руководитель отдела продаж или директор её филиала",
        Who::NoteEditor => "её автор, управляющий и администратор",
        Who::Author => "только её автор",
        Who::Keeper => "Страница не найдена",
        Who::Preparer => "выполняет тот, кто его подготовил",
        Who::Doer => "может отменить тот, кто его выполнил",
        Who::Deleter | Who::Decider => "Удалить компанию могут руководитель отдела продаж и директор её филиала",
        Who::Asker | Who::AskedBefore => "Просить об удалении может менеджер",
        Who::Admin => "только администратору",
    }
}
